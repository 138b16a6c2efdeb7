"""Partners on the map, and under their distributors."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import path

from partidor.domain.reports.atlas import Box, Frame, seated, with_room
from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.console.lists import asked, leaf, page_number
from partidor.inbound.web.console.partners.outlines import countries_in
from partidor.inbound.web.console.partners.table import choices
from partidor.inbound.web.console.wording import coordinate, owed
from partidor.queries.partners.map import Branch, Distributor, Spot, partner_map, partner_tree
from partidor.queries.partners.table import Narrowed

SMALLEST, LARGEST = 4.5, 13.0
"""How large a partner is drawn: without a load, and with the largest."""
MOST_LISTED = 500
LETTER, LINE, LONGEST = 7.6, 16.0, 28
"""How wide and how high a letter of a partner's name is drawn, and how many letters stand there at rest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A partner as it is drawn: where, its outline, and where its name stands, in the shape's own words."""

    spot: Spot
    tier: str
    shape: str
    x: str
    y: str
    name_x: str
    name_y: str
    anchor: str
    named: bool
    """Whether there is room for the name at rest; every other name is shown when one points at it."""


@console_page
def show_map(visit: ConsoleVisit) -> HttpResponse:
    """Show where the partners are."""
    narrowed = Narrowed(tag=asked(visit, "tag"), kind=asked(visit, "kind"), country=asked(visit, "country"))
    found = partner_map(visit.viewer, narrowed, at=visit.at)
    frame = found.frame
    countries = countries_in(frame)
    context = {
        "room": "partners",
        "found": found,
        "frame": frame,
        "outlines": countries,
        "lines": [(axis, coordinate(at)) for axis, at in frame.graticule()],
        "marks": marks(frame, found.spots, visit.language, [one.box for one in countries if one.box]),
        "legend": [
            (outline(0, 0, 6, 2 - at), tag_name("tier", tier, visit.language)) for at, tier in enumerate(found.ranked)
        ],
        "others": outline(0, 0, 6, 0),
        "listed": MOST_LISTED,
        **choices(found.choices, narrowed, visit.language),
    }
    return visit.show("console/partners/map.html", context)


def marks(frame: Frame, spots: Iterable[Spot], language: str, taken: Iterable[Box] = ()) -> list[Mark]:
    """Draw the partners, the most loaded first, so that the small ones lie on top; ``taken`` is where names stand."""
    spots = list(spots)
    most = max((spot.load for spot in spots), default=0) or 1
    places = seated((frame.place(spot.point) for spot in spots), 11)
    sizes = [SMALLEST + (LARGEST - SMALLEST) * math.sqrt(spot.load / most) for spot in spots]
    shapes = [Box(x - size, y - size, x + size, y + size) for (x, y), size in zip(places, sizes, strict=True)]
    wanted = [
        _beside(x, y, size, min(LONGEST, len(spot.name)) * LETTER)
        for spot, (x, y), size in zip(spots, places, sizes, strict=True)
    ]
    paper = Box(0, 0, frame.width, frame.height)
    rooms = with_room(wanted, [*shapes, *taken], paper)
    drawn = []
    for spot, (x, y), size, room in zip(spots, places, sizes, rooms, strict=True):
        left = x > frame.width * 0.7 if room is None else bool(room)
        name_x = x - size - 4 if left else x + size + 4
        drawn.append(
            Mark(
                spot,
                tag_name("tier", spot.tier, language) if spot.tier else "",
                outline(x, y, size, spot.rank),
                coordinate(x),
                coordinate(y),
                coordinate(name_x),
                coordinate(y + 4),
                "end" if left else "start",
                room is not None,
            )
        )
    return drawn


def _beside(x: float, y: float, size: float, width: float) -> tuple[Box, Box]:
    """Return where a name would stand on the right, and on the left."""
    top, bottom = y - LINE / 2, y + LINE / 2
    return Box(x + size + 2, top, x + size + 6 + width, bottom), Box(x - size - 6 - width, top, x - size - 2, bottom)


def outline(x: float, y: float, size: float, rank: int) -> str:
    """Draw a diamond for the highest tier, a square for the next, a circle for all others, alike in weight."""
    if rank == 2:
        far = size * 1.25
        return f"M{x - far:.1f} {y:.1f}l{far:.1f} {-far:.1f} {far:.1f} {far:.1f} {-far:.1f} {far:.1f}z"
    if rank == 1:
        side = size * 1.78
        return f"M{x - side / 2:.1f} {y - side / 2:.1f}h{side:.1f}v{side:.1f}h{-side:.1f}z"
    half = f"a{size:.1f} {size:.1f} 0 1 0 "
    return f"M{x - size:.1f} {y:.1f}{half}{2 * size:.1f} 0{half}{-2 * size:.1f} 0z"


@dataclass(frozen=True, slots=True)
class Line:
    """A partner in the tree, ready to be shown."""

    branch: Branch
    tier: str
    owed: str
    own: bool = False
    """Whether it is the distributor itself."""


@dataclass(frozen=True, slots=True)
class Group:
    """A distributor, first among its lines, and its resellers, ready to be shown."""

    distributor: Distributor
    line: Line
    lines: tuple[Line, ...]
    more: int


@console_page
def tree(visit: ConsoleVisit) -> HttpResponse:
    """Show who stands under whom."""
    found = partner_tree(visit.viewer, page=page_number(visit), at=visit.at)
    context = {
        "room": "partners",
        "groups": [_group(one, visit.language) for one in found.distributors.items],
        "alone": found.alone,
        "leaf": leaf(visit, found.distributors),
    }
    return visit.show("console/partners/tree.html", context)


def _group(one: Distributor, language: str) -> Group:
    first = _line(one.self, language, own=True)
    lines = tuple(_line(branch, language) for branch in one.resellers)
    return Group(one, first, (first, *lines), one.count - len(lines))


def _line(branch: Branch, language: str, *, own: bool = False) -> Line:
    tier = tag_name("tier", branch.tier, language) if branch.tier else ""
    return Line(branch, tier, owed(branch.debt), own)


urlpatterns = [
    path("partners/map", show_map, name="partners-map"),
    path("partners/tree", tree, name="partners-tree"),
]
