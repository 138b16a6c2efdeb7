"""A figure over the last days as one small line: geometry for SVG attributes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 72, 24, 2


@dataclass(frozen=True, slots=True)
class Spark:
    """A line as an SVG path, and the point at its end, in a box of 72 by 24."""

    path: str
    x: float
    y: float


def spark(points: Sequence[float | None]) -> Spark | None:
    """Draw points from left to right, the largest on top; a gap is left out. None with fewer than two points."""
    known = [(place, value) for place, value in enumerate(points) if value is not None]
    if len(known) < 2:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    step = (WIDTH - 2) / (len(points) - 1)
    tall = HEIGHT - 2 * MARGIN
    drawn = [
        (
            round(1 + place * step, 1),
            round(HEIGHT - MARGIN - tall * ((value - low) / (high - low) if high > low else 0.5), 1),
        )
        for place, value in known
    ]
    path = "M" + "L".join(f"{x} {y}" for x, y in drawn)
    return Spark(path, *drawn[-1])
