"""What two lists of rules differ in, rule by rule, in words: added, removed, moved, and what was changed in each.

Rules are paired by their names first, then by what they say: one that was moved or mended is still itself, and one that
was only renamed too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from partidor.domain.routing.words.rules import Line, RuleTold, StepTold

PARTS = ("name", "when", "who", "order", "plan", "also")


class Piece(NamedTuple):
    """A piece of a changed line; ``mark`` is "", del or ins."""

    text: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Paired:
    """Where a rule stood and where it stands, from 0; None: not there."""

    before: int | None
    after: int | None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class LineChanged:
    """One line of one part of a rule."""

    part: str
    pieces: tuple[Piece, ...]


def paired(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Paired]:
    """Pair the rules of two lists: those of the second in their order, then those that are gone."""
    places: dict[str, list[int]] = defaultdict(list)
    for at, rule in enumerate(before):
        places[str(rule.get("name"))].append(at)
    found: dict[int, int] = {}
    for at, rule in enumerate(after):
        if waiting := places.get(str(rule.get("name"))):
            found[at] = waiting.pop(0)
    left = [at for waiting in places.values() for at in waiting]
    for at, rule in enumerate(after):
        if at not in found and left:
            said = {**rule, "name": ""}
            same = next((one for one in left if {**before[one], "name": ""} == said), None)
            if same is not None:
                found[at] = same
                left.remove(same)
    stays = _stays(found)
    pairs = [
        Paired(found.get(at), at, moved=at in found and found[at] not in stays) for at in range(len(after))
    ]  # fmt: skip
    return pairs + [Paired(at, None) for at in sorted(left)]


def _stays(found: dict[int, int]) -> set[int]:
    """Return which rules kept their order, by their old places: whoever has the same number, and most of the others.

    Whatever is told to have moved so has another number than before.
    """
    same = sorted(at for at, before in found.items() if at == before)
    among = [found[at] for at in sorted(found) if bisect_left(same, at) == bisect_left(same, found[at])]
    return _longest_rise(among)


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """Return a longest rising subsequence: the rules that kept their order (Fredman 1975)."""
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int | None] = []
    for at, number in enumerate(numbers):
        place = bisect_left(ends, number)
        before.append(at_end[place - 1] if place else None)
        ends[place : place + 1] = [number]
        at_end[place : place + 1] = [at]
    rise: set[int] = set()
    here = at_end[-1] if at_end else None
    while here is not None:
        rise.add(numbers[here])
        here = before[here]
    return rise


def lines_changed(old_name: str, old: RuleTold, new_name: str, new: RuleTold) -> list[LineChanged]:
    """Return every line in which two tellings of one rule differ."""
    pairs = zip(PARTS, _parts(old_name, old), _parts(new_name, new), strict=True)
    return [LineChanged(part, pieces) for part, was, now in pairs for pieces in _changed(was, now)]


def _parts(name: str, told: RuleTold) -> Iterator[list[str]]:
    yield [name]
    yield [_line(line) for line in told.when]
    yield [_line(line) for line in told.who]
    yield [*(f"{one.text}: {one.points}" for one in told.order), told.equal]
    yield [_step(step) for step in told.plan]
    yield list(told.notes)


def _line(line: Line) -> str:
    glue = f"{line.glue} " if line.depth or line.glue not in ("all of", "and", "alle", "und") else ""
    return f"{glue}{line.subject} {line.asks} {', '.join(line.values)}".strip()


def _step(step: StepTold) -> str:
    return f"{step.title}: {step.text}"


def _changed(was: Sequence[str], now: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(b - a, d - c)
        for old, new in zip(was[a : a + both], now[c : c + both], strict=True):
            yield _pieces(old, new)
        for old in was[a + both : b]:
            yield (Piece(old, "del"),)
        for new in now[c + both : d]:
            yield (Piece(new, "ins"),)


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    was, now = old.split(" "), new.split(" ")
    pieces: list[Piece] = []
    for what, a, b, c, d in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(" ".join(was[a:b])))
            continue
        if a < b:
            pieces.append(Piece(" ".join(was[a:b]), "del"))
        if c < d:
            pieces.append(Piece(" ".join(now[c:d]), "ins"))
    return tuple(pieces)
