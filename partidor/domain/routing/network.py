"""The partners of a vendor as bitsets: one Python integer per tag value, with a bit per partner.

Ids are sorted, so that the order of the bits is the order of the ids, the stable key of every choice.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import compress

from partidor.domain.business_time import SOON, Calendar, Written, calendar_of
from partidor.domain.conditions import fold_lead
from partidor.domain.facts import LeadFacts, PartnerFacts, Point

EARTH_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""
_PLACES = 4
"""Decimals of a degree that count (11 m): a decision keeps no finer place of a lead."""
_FEW = 16
"""Up to so many bits of a mask are written as their positions."""
_TO_BIT = bytes.maketrans(b"01", b"\x00\x01")


def bits(mask: int) -> list[int]:
    """Return the positions of the bits of a mask, ascending."""
    few = mask.bit_count()
    if few == 0:
        return []
    if few == 1:
        return [mask.bit_length() - 1]
    text = f"{mask:b}"[::-1]
    if few > 100:
        return list(compress(range(len(text)), text.encode().translate(_TO_BIT)))
    found, at = [], -1
    find = text.find
    for _ in range(few):
        at = find("1", at + 1)
        found.append(at)
    return found


def mask_of(positions: Iterable[int], size: int) -> int:
    """Return the mask with these bits, for a network of ``size`` partners."""
    room = bytearray((size >> 3) + 1)
    for at in positions:
        room[at >> 3] |= 1 << (at & 7)
    return int.from_bytes(room, "little")


def pack(mask: int) -> list[int] | str:
    """Write a mask compactly for JSON: few bits as their positions, many as hexadecimal text."""
    return bits(mask) if mask.bit_count() <= _FEW else f"{mask:x}"


def pack_places(positions: Sequence[int]) -> Sequence[int] | str:
    """Write positions, ascending, as ``pack`` writes their mask."""
    return list(positions) if len(positions) <= _FEW else f"{mask_of(positions, positions[-1]):x}"


def unpack(packed: Sequence[int] | str) -> int:
    """Read what ``pack`` wrote."""
    if isinstance(packed, str):
        return int(packed, 16)
    return mask_of(packed, max(packed, default=0))


def pack_counts(counts: Sequence[int]) -> str:
    """Write counts compactly for JSON: as one text, which databases read faster than hundreds of numbers."""
    return " ".join(map(str, counts)) if any(counts) else ""


def unpack_counts(packed: str) -> list[int]:
    """Read what ``pack_counts`` wrote; when all were 0, nothing is left of them."""
    return [int(count) for count in packed.split()]


def rounded(point: Point | None) -> Point | None:
    """Return the point in the precision that routing uses and keeps."""
    return None if point is None else (round(point[0], _PLACES), round(point[1], _PLACES))


def distance_km(one: Point, other: Point) -> float:
    """Return the great-circle distance of two points in km, on a sphere.

    By the chord between their unit vectors, which is the haversine formula without its trigonometry per pair.
    """
    return _along(math.dist(_unit(one), _unit(other)))


def _along(chord: float) -> float:
    """Return the km along the surface under a chord of the unit sphere."""
    return 2 * EARTH_KM * math.asin(min(1.0, chord / 2))


class LeadView:
    """One lead as the engine looks at it: folded values, rounded point and its unit vector, boxes around it."""

    __slots__ = ("boxes", "customer_of", "folded", "point", "unit")

    def __init__(self, lead: LeadFacts, fields: Iterable[str]) -> None:
        """Take the lead's facts and the fields that the ruleset reads."""
        self.folded = fold_lead(lead.values, fields)
        self.point = rounded(lead.point)
        self.customer_of = lead.customer_of
        self.unit = None if self.point is None else _unit(self.point)
        self.boxes: dict[float, int] = {}
        """Who is roughly within so many km, as far as it was asked; of one network."""


class Network:
    """The partners of one vendor at one network version: immutable, sorted by id, a bit each.

    ``dimensions`` names the ordered tag dimensions with their values from low to high; ``calendar`` is the vendor's,
    from which partners inherit. Without one everybody always works.
    """

    def __init__(
        self,
        partners: Iterable[PartnerFacts],
        *,
        dimensions: Mapping[str, Sequence[str]] | None = None,
        calendar: Written | None = None,
    ) -> None:
        """Take the facts of every partner that takes part in routing; an id given twice is a bug (ValueError)."""
        self.facts = tuple(sorted(partners, key=lambda partner: partner.id))
        self.ids = tuple(partner.id for partner in self.facts)
        self.index = {partner: at for at, partner in enumerate(self.ids)}
        if len(self.index) < len(self.ids):
            raise ValueError("a network names one partner twice")
        self.size = len(self.ids)
        self.everyone = (1 << self.size) - 1
        self.dimensions = {
            dimension: {value.casefold(): rank for rank, value in enumerate(values)}
            for dimension, values in (dimensions or {}).items()
        }
        self.capped = tuple(
            at
            for at, partner in enumerate(self.facts)
            if (partner.max_open_leads, partner.monthly_cap, partner.weekly_pace) != (None, None, None)
        )
        self.paced = any(partner.weekly_pace is not None for partner in self.facts)
        """Whether anybody has a pace."""
        self.memo: dict[Hashable, object] = {}
        """Whatever was compiled for this network, by what it was compiled from."""
        self._calendar = calendar
        self._shifts: dict[Calendar, int] | None = None
        self._units = [None if partner.point is None else _unit(partner.point) for partner in self.facts]
        self._holders = self._find_holders()
        self._bands: tuple[list[int], list[int]] | None = None

    @property
    def caps(self) -> bool:
        """Say whether anybody has a limit of open leads, a monthly cap or a pace."""
        return bool(self.capped)

    @property
    def calendar(self) -> Calendar | None:
        """Return the vendor's calendar."""
        return None if self._calendar is None else calendar_of(self._calendar)

    def calendar_at(self, at: int) -> Calendar | None:
        """Return the calendar of the partner at a position."""
        return None if self._calendar is None else calendar_of(self._calendar, self.facts[at].calendar)

    def at_work(self, moment: datetime) -> tuple[int, int | None]:
        """Return who does not work in the next 14 days, and who is at work now (None: everybody always is).

        Calendars are few, partners are many: each different one is asked once.
        """
        if self._calendar is None:
            return 0, None
        if self._shifts is None:
            self._shifts = self._find_shifts()
        idle = here = 0
        for calendar, mask in self._shifts.items():
            opening = calendar.next_opening(moment, SOON)
            if opening is None:
                idle |= mask
            elif opening == moment:
                here |= mask
        return idle, here

    def _find_shifts(self) -> dict[Calendar, int]:
        positions: dict[Calendar, list[int]] = {}
        for at in range(self.size):
            positions.setdefault(self.calendar_at(at), []).append(at)  # type: ignore[arg-type]
        return {calendar: mask_of(each, self.size) for calendar, each in positions.items()}

    def mask(self, partners: Iterable[str]) -> int:
        """Return the mask of these partners; ids that are not in the network are passed over."""
        index = self.index
        return mask_of((index[partner] for partner in partners if partner in index), self.size)

    @cached_property
    def placed(self) -> int:
        """Who has a known place."""
        return mask_of((at for at, partner in enumerate(self.facts) if partner.point is not None), self.size)

    def having(self, what: str, value: object) -> int:
        """Return who has a folded value of a kind, country, parent, or ``tag:DIMENSION``."""
        return self._holders.get(what, {}).get(value, 0)

    def values(self, what: str) -> Mapping[object, int]:
        """Return all values of a kind, country, parent, or ``tag:DIMENSION``, with who has them."""
        return self._holders.get(what, {})

    def distance(self, view: LeadView, at: int) -> float | None:
        """Return how many km lie between a lead and the partner at a position; None when either place is unknown."""
        return self.distances(view, (at,))[0]

    def distances(self, view: LeadView, members: Sequence[int]) -> list[float | None]:
        """Return the distances in km of several partners (positions), in their order."""
        here, units = view.unit, self._units
        if here is None:
            return [None] * len(members)
        return [None if (there := units[at]) is None else _along(math.dist(here, there)) for at in members]

    def near(self, view: LeadView, km: float, within: int) -> int:
        """Return who of these is at most so many km from the lead."""
        asked = bits(within & self.box(view, km))
        far = zip(asked, self.distances(view, asked), strict=True)
        return mask_of((at for at, found in far if found is not None and found <= km), self.size)

    def _find_holders(self) -> dict[str, dict[object, int]]:
        gathered: dict[str, dict[object, list[int]]] = {"kind": {}, "country": {}, "parent": {}, "partner": {}}
        for at, partner in enumerate(self.facts):
            gathered["kind"].setdefault(partner.kind, []).append(at)
            gathered["country"].setdefault(partner.country.casefold(), []).append(at)
            for parent in partner.parents:
                gathered["parent"].setdefault(parent, []).append(at)
            for dimension, values in partner.tags.items():
                by_value = gathered.setdefault(f"tag:{dimension}", {})
                for value in values:
                    by_value.setdefault(value.casefold(), []).append(at)
        return {
            what: {value: mask_of(positions, self.size) for value, positions in by_value.items()}
            for what, by_value in gathered.items()
        }

    def box(self, view: LeadView, km: float) -> int:
        """Return everyone in a box of whole degrees around the circle: cheap, and leaves nobody near out."""
        if view.point is None:
            return 0
        if km not in view.boxes:
            view.boxes[km] = self._box(view.point, km)
        return view.boxes[km]

    def _box(self, point: Point, km: float) -> int:
        if self._bands is None:
            self._bands = self._make_bands()
        by_latitude, by_longitude = self._bands
        reach = math.degrees(km / EARTH_KM) + 1e-6
        low, high = point[0] - reach, point[0] + reach
        south = min(max(math.floor(low) + 90, 0), 181)
        north = min(max(math.floor(high) + 91, 0), 181)
        box = by_latitude[north] & ~by_latitude[south]
        if low > -89 and high < 89:
            sine = math.sin(math.radians(reach)) / math.cos(math.radians(point[0]))
            if sine < 1:
                width = math.degrees(math.asin(sine)) + 1e-6
                west, east = math.floor(point[1] - width) + 180, math.floor(point[1] + width) + 181
                if west >= 0 and east <= 361:
                    box &= by_longitude[east] & ~by_longitude[west]
        return box

    def _make_bands(self) -> tuple[list[int], list[int]]:
        columns = []
        for axis, half in ((0, 90), (1, 180)):
            bands: list[list[int]] = [[] for _ in range(2 * half + 1)]
            for at, partner in enumerate(self.facts):
                if partner.point is not None:
                    bands[min(max(math.floor(partner.point[axis]) + half, 0), 2 * half)].append(at)
            below = [0]
            for positions in bands:
                below.append(below[-1] | mask_of(positions, self.size))
            columns.append(below)
        return columns[0], columns[1]


def _unit(point: Point) -> tuple[float, float, float]:
    """Return a point as a vector of length 1 from the middle of the Earth."""
    latitude, longitude = math.radians(point[0]), math.radians(point[1])
    across = math.cos(latitude)
    return across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude)
