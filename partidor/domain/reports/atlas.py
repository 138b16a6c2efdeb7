"""A map of our own: an equirectangular projection, true to shape in the middle of what is shown; nothing is fetched."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from partidor.domain.facts import Point

WIDTH, TALLEST = 960.0, 720.0
NARROWEST = 3.0
"""Degrees of latitude that are shown at least."""
EUROPE = ((36.0, -10.0), (60.0, 30.0))
BESIDE = 8.0
"""How far an outline goes on beyond the paper, so that the edge along which it is cut is not seen."""
FINEST = 1.2
"""Points of an outline that are nearer to each other are drawn as one."""
_SEATS = 2.399963
"""The golden angle in radians: those who share one place sit around it like seeds, none upon another (Vogel 1979)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What is shown, in degrees, and how large it is drawn."""

    south: float
    west: float
    north: float
    east: float
    width: float
    height: float

    def place(self, point: Point) -> tuple[float, float]:
        """Return where a point is drawn."""
        return (
            (point[1] - self.west) / (self.east - self.west) * self.width,
            (self.north - point[0]) / (self.north - self.south) * self.height,
        )

    def graticule(self) -> Iterator[tuple[str, float]]:
        """Yield the lines of latitude (``y``) and longitude (``x``) at round degrees, some five each way."""
        for axis, low, high in (("y", self.south, self.north), ("x", self.west, self.east)):
            step = next(one for one in (1, 2, 5, 10, 15, 30, 45, 90) if (high - low) / one <= 7 or one == 90)
            for line in range(math.ceil(low / step), math.floor(high / step) + 1):
                yield axis, self.place((line * step, self.west))[1] if axis == "y" else self.place((0, line * step))[0]


def frame_of(points: Sequence[Point]) -> Frame:
    """Frame all points with a margin; without a point, Europe."""
    lats, lons = zip(*(points or EUROPE), strict=True)
    south, north, west, east = min(lats), max(lats), min(lons), max(lons)
    middle = (south + north) / 2
    narrow = max(0.2, math.cos(math.radians(middle)))
    margin = max((north - south) * 0.08, (east - west) * narrow * 0.06, (NARROWEST - (north - south)) / 2)
    south, north = max(-85.0, south - margin), min(85.0, north + margin)
    west, east = max(-180.0, west - margin / narrow), min(180.0, east + margin / narrow)
    tall = (north - south) / ((east - west) * narrow)
    # Wider or taller than the paper: the same scale on both axes, more sea beside it.
    if tall > TALLEST / WIDTH:
        more = ((north - south) * WIDTH / TALLEST / narrow - (east - west)) / 2
        west, east, tall = max(-180.0, west - more), min(180.0, east + more), TALLEST / WIDTH
        tall = min(tall, (north - south) / ((east - west) * narrow))
    return Frame(south, west, north, east, WIDTH, round(WIDTH * tall, 1))


def seated(places: Iterable[tuple[float, float]], apart: float) -> list[tuple[float, float]]:
    """Move those who share one place apart: the first stays, the others sit around it, ``apart`` units away."""
    taken: dict[tuple[int, int], int] = {}
    seats = []
    for x, y in places:
        here = (round(x / 3), round(y / 3))
        number = taken.get(here, 0)
        taken[here] = number + 1
        far, turn = apart * math.sqrt(number), number * _SEATS
        seats.append((x + far * math.cos(turn), y + far * math.sin(turn)))
    return seats


Ring = Sequence[tuple[float, float]]
"""A closed line; its last point is not its first."""


def outline_on(frame: Frame, ring: Ring) -> list[tuple[float, float]]:
    """Draw a ring of (longitude, latitude) in degrees on the paper, cut along its edges; empty if nothing is seen."""
    lons, lats = [point[0] for point in ring], [point[1] for point in ring]
    if max(lons) < frame.west or min(lons) > frame.east or max(lats) < frame.south or min(lats) > frame.north:
        return []
    drawn: list[tuple[float, float]] = []
    for lon, lat in ring:
        x, y = frame.place((lat, lon))
        if not drawn or abs(x - drawn[-1][0]) + abs(y - drawn[-1][1]) >= FINEST:
            drawn.append((x, y))
    return _cut(drawn, frame.width, frame.height) if len(drawn) > 2 else []


def _cut(ring: list[tuple[float, float]], width: float, height: float) -> list[tuple[float, float]]:
    """Cut a ring along the four edges of the paper, one after the other (Sutherland and Hodgman, 1974)."""
    for axis, edge, inward in ((0, -BESIDE, 1), (0, width + BESIDE, -1), (1, -BESIDE, 1), (1, height + BESIDE, -1)):
        kept: list[tuple[float, float]] = []
        for number, point in enumerate(ring):
            before = ring[number - 1]
            inside, was_inside = ((one[axis] - edge) * inward >= 0 for one in (point, before))
            if inside != was_inside:
                share = (edge - before[axis]) / (point[axis] - before[axis])
                kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
            if inside:
                kept.append(point)
        ring = kept
        if not ring:
            return []
    return ring


def middle_of(ring: Ring) -> tuple[float, float, float]:
    """Return the centre of gravity of a ring, and its area."""
    twice = x = y = 0.0
    for number, (x1, y1) in enumerate(ring):
        x0, y0 = ring[number - 1]
        cross = x0 * y1 - x1 * y0
        twice, x, y = twice + cross, x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return (x / (3 * twice), y / (3 * twice), abs(twice) / 2) if twice else (0.0, 0.0, 0.0)


def width_at(ring: Ring, x: float, y: float) -> float:
    """Return how much room a ring gives on both sides of a point alike; 0 if the point lies outside."""
    crossings = []
    for number, (x1, y1) in enumerate(ring):
        x0, y0 = ring[number - 1]
        if (y0 > y) != (y1 > y):
            crossings.append(x0 + (y - y0) / (y1 - y0) * (x1 - x0))
    left = [one for one in crossings if one < x]
    right = [one for one in crossings if one >= x]
    return 2 * min(x - max(left), min(right) - x) if len(left) % 2 and len(right) % 2 else 0.0


@dataclass(frozen=True, slots=True)
class Box:
    """What a name or a mark covers on the paper."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Say whether two boxes have room in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def lies_in(self, paper: Box) -> bool:
        """Say whether the box lies wholly in another."""
        return (
            paper.left <= self.left and self.right <= paper.right
            and paper.top <= self.top and self.bottom <= paper.bottom
        )  # fmt: skip


def with_room(wanted: Iterable[Sequence[Box]], taken: Iterable[Box], paper: Box) -> list[int | None]:
    """Find room for names one after the other: for each the number of its first box that meets none, or None."""
    full, found = list(taken), []
    for boxes in wanted:
        free = (
            number
            for number, box in enumerate(boxes)
            if box.lies_in(paper) and not any(box.meets(other) for other in full)
        )
        chosen = next(free, None)
        found.append(chosen)
        if chosen is not None:
            full.append(boxes[chosen])
    return found
