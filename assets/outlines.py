"""Make the outlines of the countries for our own map, from Natural Earth's (1:50 million, public domain).

The package world-atlas (ISC) brings them as TopoJSON: arcs, which neighbours share, in whole steps of a grid. Each arc
is made simpler by itself, so that neighbours still meet: finely in Europe, coarsely elsewhere.
"""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from babel.core import get_global

Point = tuple[float, float]

FINE, COARSE = 0.02, 0.15
"""How far a point may lie off the line that leaves it out, in degrees: in Europe, and elsewhere."""
EUROPE = ((-26.0, 33.0), (46.0, 72.0))
"""West and south, east and north."""
FEWEST = 8
"""Numbers of the smallest ring: three points and the first again. An island that is less is left out."""
NAMED = {"Kosovo": "XK"}
"""What has no number of ISO 3166-1; the others of these are drawn without a name."""


def build_outlines(source: Path, into: Path) -> int:
    """Write ``{"DE": [[[lon, lat, …], …], …]}``: polygons by country, each a list of rings; return how many countries.

    Degrees are in whole hundredths, those of each further point as the way from the one before.
    """
    topology = json.loads(source.read_text(encoding="utf-8"))
    arcs = [_simplified(arc) for arc in _arcs(topology)]
    by_number = {number: codes[0] for number, codes in get_global("territory_aliases").items() if number.isdigit()}
    countries: dict[str, list[Any]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = by_number.get(shape.get("id", ""), NAMED.get(shape["properties"]["name"], ""))
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [[_ring(ring, arcs) for ring in polygon] for polygon in polygons]
        countries.setdefault(code, []).extend([each for each in rings if len(each[0]) >= FEWEST])
    into.write_text(json.dumps(countries, separators=(",", ":")), encoding="utf-8")
    return len(countries)


def _arcs(topology: dict[str, Any]) -> list[list[Point]]:
    """Read the arcs: each point is told by its distance from the one before, in steps of the grid."""
    (step_x, step_y), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        xs, ys = accumulate(point[0] for point in arc), accumulate(point[1] for point in arc)
        arcs.append([(west + x * step_x, south + y * step_y) for x, y in zip(xs, ys, strict=True)])
    return arcs


def _simplified(arc: list[Point]) -> list[Point]:
    """Leave out what hardly bends the line (Ramer 1972, Douglas and Peucker 1973); its ends stay."""
    (west, south), (east, north) = EUROPE
    is_near = any(west < x < east and south < y < north for x, y in arc)
    tolerance = FINE if is_near else COARSE
    kept, open_spans = {0, len(arc) - 1}, [(0, len(arc) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        if last - first < 2:
            continue
        far, at = max((_off(arc[number], arc[first], arc[last]), number) for number in range(first + 1, last))
        if far > tolerance:
            kept.add(at)
            open_spans += [(first, at), (at, last)]
    return [arc[number] for number in sorted(kept)]


def _off(point: Point, start: Point, end: Point) -> float:
    """Return how far a point lies off the line between two others, in degrees."""
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if not length else min(1.0, max(0.0, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length))
    return float(((x - x1 - along * (x2 - x1)) ** 2 + (y - y1 - along * (y2 - y1)) ** 2) ** 0.5)


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[int]:
    """Join arcs to a ring, flat; a negative number is the arc from behind, and each begins where the last one ended."""
    ring: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        ring += arc[1:] if ring else arc
    whole = [(round(100 * x), round(100 * y)) for x, y in ring]
    steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(whole)]
    return [*whole[0], *(step for each in steps for step in each)]
