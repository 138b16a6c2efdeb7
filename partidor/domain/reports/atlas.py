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
DOTS = 120
"""Dots of the raster from left to right."""
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

    @property
    def step_lon(self) -> float:
        """Return how far apart the dots of the raster are, in degrees of longitude."""
        return (self.east - self.west) / DOTS

    @property
    def step_lat(self) -> float:
        """Return the same in degrees of latitude, so that the raster is square."""
        return self.step_lon * (self.north - self.south) / (self.east - self.west) * self.width / self.height

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
