"""Pages by number, for lists that people sort and leaf through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from partidor.domain.intake.folding import folded

SIZE = 50
Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True, slots=True)
class Numbered(Generic[Item]):
    """One page of a list: its number (from 1), how many pages there are, and how many items in all."""

    items: Sequence[Item]
    number: int
    pages: int
    total: int

    @property
    def first(self) -> int:
        """Return the place of the first item shown, from 1; 0 when there is none."""
        return (self.number - 1) * SIZE + 1 if self.total else 0

    @property
    def last(self) -> int:
        """Return the place of the last item shown."""
        return (self.number - 1) * SIZE + len(self.items)

    def of(self, cards: Sequence[Other]) -> Numbered[Other]:
        """Return the same page with other items."""
        return Numbered(cards, self.number, self.pages, self.total)


def numbered(total: int, number: int, cut: Callable[[int, int], Sequence[Item]]) -> Numbered[Item]:
    """Cut one page out of a list of known length; a number that is too large gives the last page."""
    pages = max(1, -(-total // SIZE))
    number = min(max(1, number), pages)
    return Numbered(list(cut((number - 1) * SIZE, number * SIZE)), number, pages, total)


def numbered_of(items: Sequence[Item], number: int) -> Numbered[Item]:
    """Cut one page out of a list in hand."""
    return numbered(len(items), number, lambda start, end: items[start:end])


def holds_words(text: str, words: str) -> bool:
    """Say whether every word stands somewhere in a text: in any case, with its marks (Müller) or without (Mueller)."""
    plain = text.casefold()
    return all(
        word in plain or (bool(bare := folded(word)) and bare in folded(text)) for word in words.casefold().split()[:8]
    )
