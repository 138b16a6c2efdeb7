"""The life of a record: which verb moves it from which states to which, and what is told about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a life: ``verb`` takes the record from any of ``sources`` to ``target`` and tells ``event``."""

    verb: str
    sources: frozenset[str]
    target: str
    event: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """All moves of one kind of record."""

    record: str
    start: str
    moves: tuple[Move, ...]

    @classmethod
    def table(cls, record: str, start: str, rows: Iterable[tuple[str, str, str, str | None]]) -> Life:
        """Read an aligned table: verb | sources, parted by blanks | target | event."""
        moves = tuple(Move(verb, frozenset(sources.split()), target, event) for verb, sources, target, event in rows)
        return cls(record, start, moves)

    def move(self, verb: str) -> Move:
        """Return the move of a verb; an unknown verb is a bug (KeyError)."""
        for move in self.moves:
            if move.verb == verb:
                return move
        raise KeyError(f"{self.record} has no verb {verb!r}")

    @property
    def states(self) -> tuple[str, ...]:
        """Return every state in the order in which the table first names it."""
        named = {self.start: None}
        for move in self.moves:
            named.update(dict.fromkeys([*sorted(move.sources), move.target]))
        return tuple(named)

    @property
    def final(self) -> frozenset[str]:
        """Return the states that no verb leaves."""
        return frozenset(self.states) - frozenset().union(*(move.sources for move in self.moves))

    def mermaid(self) -> str:
        """Draw the table as a Mermaid state diagram, for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.start}"]
        lines += [
            f"    {source} --> {move.target}: {move.verb}" for move in self.moves for source in sorted(move.sources)
        ]
        lines += [f"    {state} --> [*]" for state in self.states if state in self.final]
        return "\n".join(lines)
