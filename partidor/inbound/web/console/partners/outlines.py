"""The outlines of countries below the partners: Natural Earth's, made simple by ``assets/outlines.py``."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

from partidor.domain.reports.atlas import Box, Frame, Ring, middle_of, outline_on, width_at
from partidor.inbound.web.components.wording import country_name
from partidor.inbound.web.console.wording import coordinate

OUTLINES = Path(__file__).resolve().parents[2] / "outlines.json"
LETTER, LINE = 8.0, 14.0
"""How wide and how high a letter of a country's name is drawn."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country as it is drawn: its path, and its name where there is room for it."""

    shape: str
    name: str
    x: str
    y: str
    box: Box | None


def countries_in(frame: Frame) -> list[Country]:
    """Draw the countries of which something is seen."""
    drawn = []
    for code, rings in _outlines().items():
        seen = [ring for ring in (outline_on(frame, ring) for ring in rings) if ring]
        if seen:
            drawn.append(_country(frame, country_name(code) if code else "", seen))
    return drawn


def _country(frame: Frame, name: str, rings: list[list[tuple[float, float]]]) -> Country:
    x, y, _area, largest = max(((*middle_of(ring), ring) for ring in rings), key=lambda each: each[2])
    half = len(name) * LETTER / 2
    box = Box(x - half, y - LINE, x + half, y + 4)
    fits = width_at(largest, x, y) > 2 * half and box.left > 0 and box.right < frame.width and LINE < y < frame.height
    shape = "".join(_path(ring) for ring in rings)
    return Country(shape, name if fits else "", coordinate(x), coordinate(y), box if fits and name else None)


def _path(ring: Ring) -> str:
    """Write a ring as a path of whole units, each point as the way from the one before."""
    whole = [(round(x), round(y)) for x, y in ring]
    steps = [f"{x - x0} {y - y0}" for (x0, y0), (x, y) in pairwise(whole) if (x, y) != (x0, y0)]
    return f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}z" if steps else ""


@cache
def _outlines() -> dict[str, list[Ring]]:
    """Read the rings of each country, in degrees; holes are rings as well, for they are drawn by the even-odd rule."""
    read = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return {code: [_degrees(ring) for polygon in polygons for ring in polygon] for code, polygons in read.items()}


def _degrees(steps: Iterable[int]) -> Ring:
    steps = list(steps)
    lons, lats = (accumulate(steps[axis::2]) for axis in (0, 1))
    return [(lon / 100, lat / 100) for lon, lat in zip(lons, lats, strict=True)]
