"""What the rules' pages draw: a square per lead, a bar per partner, a rule's share; geometry as SVG attributes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLUMNS, STEP, SIDE = 25, 10.6, 8
"""Squares in a row, and how far apart and how large they are."""


@dataclass(frozen=True, slots=True)
class Square:
    """One of the last leads: where it stands, what the rule makes of it (on, new, off), and how to find it."""

    x: str
    y: str
    code: str
    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A partner with a number of leads, and the width of its bar, of 100."""

    name: str
    count: int
    width: str


def squares(leads: Iterable[tuple[str, str, str]]) -> list[Square]:
    """Place a square per lead, the newest first: of each the code, its reference and its name."""
    return [
        Square(f"{at % COLUMNS * STEP:.1f}", f"{at // COLUMNS * STEP:.1f}", code, ref, name)
        for at, (code, ref, name) in enumerate(leads)
    ]


def height(number: int) -> str:
    """Return how high so many squares stand."""
    return f"{-(-number // COLUMNS) * STEP - (STEP - SIDE):.1f}"


def bars(counted: Sequence[tuple[str, int]]) -> list[Bar]:
    """Draw a bar per partner, the longest 100 wide."""
    most = max((number for _, number in counted), default=1)
    return [Bar(name, number, f"{100 * number / most:.1f}") for name, number in counted]


def share(part: int, whole: int) -> str:
    """Return the width of a part, of 100."""
    return f"{100 * part / whole:.1f}" if whole else "0"
