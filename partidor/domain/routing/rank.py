"""How well partners suit a lead: the points of a rule's ``order``, in whole hundredths.

Each line gives 0 to its ``points``:

* ``tag``: all of them when the partner has any of the values;
* ``distance``: points x max(0, 1 - km / zero_at_km); an unknown place, the lead's or the partner's, gives none;
* ``win_rate``, ``conversion``: points x rate, in the lead's vertical where the partner has one of its own there;
* ``past_sales``: points x place; unknown shares give half, neither praise nor blame;
* ``load``: points / (1 + load), load being running leads and open exclusive offers;
* ``language``: all when the lead's language is the partner's, or one of its ``language`` tags (de is also de-AT);
* ``open_now``: all when the partner is at work now, by its calendar.

Whole hundredths make sums exact, whatever their order, and what is shown is what was compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil
from operator import add
from typing import NamedTuple, Protocol

from partidor.domain.facts import PartnerFacts
from partidor.domain.routing.match import fixed_mask
from partidor.domain.routing.network import LeadView, Network, bits, mask_of
from partidor.domain.routing.ruleset import CENT, Criterion
from partidor.domain.routing.suitability import OVERALL
from partidor.domain.routing.who import Tagged

UNKNOWN_SHARE = 0.5
RATED = ("win_rate", "conversion")
"""Measures that a partner may have by vertical."""
_MOVING = ("distance", "load", "language", "open_now")
_SLICES = 32
"""Into so many parts the range of fixed points is cut."""
_TABLES = 16
"""Loads stand together if they leave the same points but for such a part of what no load leaves."""
_FEW = 32
"""So few eligible are not parted at all."""
_AT_ONCE = 8
"""Partners that are scored together."""
_RINGS = (1 / 3, 1)
"""Distances at which partners are parted, as shares of ``zero_at_km``."""


class Moment(Protocol):
    """What the order asks of the moment of a decision (live.LiveState has it)."""

    open_now: int | None
    """Who is at work, as a mask; None: everybody always is."""

    @property
    def loads(self) -> Sequence[int]:
        """Return running leads and open exclusive offers, by position."""

    def by_load(self) -> Sequence[tuple[int, int]]:
        """Return the loads there are, the least first, each with who has it, as a mask."""


class Candidate(NamedTuple):
    """An eligible partner: its points in all and by criterion, its debt in leads before this decision, its place."""

    partner: str
    score: float
    parts: Mapping[str, float]
    debt: float
    place: int


class _Best:
    """Scores members several at a time, and knows how many points one must have to matter still."""

    __slots__ = ("_equal", "_found", "_needed", "_scores", "_slots", "_top", "_waiting", "least")

    def __init__(self, needed: int, slots: int, equal: int, scores: Callable[[list[int]], list[int]]) -> None:
        self._needed, self._slots, self._equal, self._scores = needed, slots, equal, scores
        self._waiting = 0
        self._found: list[tuple[int, int]] = []
        self._top: list[int] = []
        self.least = -1

    def take(self, piece: int) -> None:
        self._waiting |= piece
        if self._waiting.bit_count() >= _AT_ONCE:
            self._score()

    def _score(self) -> None:
        members = bits(self._waiting)
        scores = self._scores(members)
        self._found += zip(members, scores, strict=True)
        self._top = top = sorted(self._top + scores, reverse=True)[: self._needed]
        if len(top) == self._needed:
            self.least = min(top[-1], top[self._slots - 1] - self._equal)
        self._waiting = 0

    def found(self) -> tuple[list[int], list[int]]:
        self._score()
        pairs = sorted([pair for pair in self._found if pair[1] >= self.least])
        return [at for at, _ in pairs], [score for _, score in pairs]


class _ByLoad(dict[int, int]):
    """The hundredths of a point that some lines give for a load, worked out when they are first asked for."""

    def __init__(self, lines: Sequence[Criterion]) -> None:
        super().__init__()
        self._points = [line.points for line in lines]

    def __missing__(self, load: int) -> int:
        found = self[load] = sum(round(points / (1 + load)) for points in self._points)
        return found


class Order:
    """The ``order`` of a rule on one network, for leads of one vertical."""

    __slots__ = (
        "_by_load", "_distances", "_fixed", "_labelled", "_loads", "_network", "_own", "_slices", "_vertical",
    )  # fmt: skip

    def __init__(self, lines: tuple[Criterion, ...], network: Network, vertical: str) -> None:
        """Add up what no lead of the vertical changes, once per partner."""
        self._vertical = vertical
        self._labelled = tuple((line, line.label) for line in lines)
        self._network = network
        self._distances = tuple(line for line in lines if line.by == "distance")
        self._loads = tuple(line for line in lines if line.by == "load")
        self._by_load = _ByLoad(self._loads)
        self._own = tuple(line for line in lines if line.by in ("language", "open_now"))
        self._fixed = [0] * network.size
        for line in lines:
            if line.by not in _MOVING:
                for at, points in enumerate(_column(line, network, vertical)):
                    self._fixed[at] += points
        self._slices = _slices(self._fixed, network)

    def scores(self, members: Sequence[int], view: LeadView, live: Moment) -> list[int]:
        """Return the hundredths of a point of each member (positions in the network), in their order."""
        fixed, loads, by_load = self._fixed, live.loads, self._by_load
        scores = [fixed[at] + by_load[loads[at]] for at in members] if self._loads else [fixed[at] for at in members]
        for line in (*self._own, *self._distances):
            scores = list(map(add, scores, self._cents(line, members, view, live)))
        return scores

    def best(
        self, eligible: int, view: LeadView, live: Moment, slots: int, shown: int, equal: int
    ) -> tuple[list[int], list[int]]:
        """Return positions (ascending) and scores of at least everyone who may matter, looking at few of many.

        That is the first ``max(slots, shown)``, and everyone within ``equal`` of the last slot. Partners are taken
        up in pieces, by the most that anybody in a piece can have (its fixed points, its load, its distance), until
        that is too little: a threshold algorithm (Fagin, Lotem & Naor, "Optimal aggregation algorithms for
        middleware", PODS 2001).
        """
        needed = max(slots, shown)
        if eligible.bit_count() <= max(_FEW, needed):
            members = bits(eligible)
            return members, self.scores(members, view, live)
        best = _Best(needed, slots, equal, lambda members: self.scores(members, view, live))
        own = sum(line.points for line in self._own)
        tables, rings = self._tables(live), self._rings(view)
        reach = own + rings[0][0]
        for most, part in self._slices:
            if most + tables[0][0] + reach < best.least:
                break
            here = eligible & part
            for room, table in tables if here else ():
                if most + room + reach < best.least:
                    break
                there = here & table
                for near, ring in rings if there else ():
                    if most + room + own + near < best.least:
                        break
                    piece = there & ring
                    if piece:
                        best.take(piece)
        return best.found()

    def _tables(self, live: Moment) -> list[tuple[int, int]]:
        """Part the network by the points for its loads; return (most points, mask), the most first.

        Loads that leave nearly the same points stand together.
        """
        if not self._loads:
            return [(0, self._network.everyone)]
        by_load, tables = self._by_load, []
        most, together, near = 0, 0, sum(line.points for line in self._loads) // _TABLES
        for load, mask in live.by_load():
            room = by_load[load]
            if together and most - room > near:
                tables.append((most, together))
                together = 0
            if not together:
                most = room
            together |= mask
        return [*tables, (most, together)]

    def _rings(self, view: LeadView) -> list[tuple[int, int]]:
        """Part the network by distance; return (most points that it can give there, mask), the nearest first."""
        everyone = self._network.everyone
        if not self._distances or view.point is None:
            return [(0, everyone)]
        far = max(line.zero_at_km for line in self._distances)
        rings, inside, from_km = [], 0, 0.0
        for part in _RINGS:
            most = sum(ceil(line.points * max(0.0, 1 - from_km / line.zero_at_km)) for line in self._distances)
            box = self._network.box(view, far * part)
            rings.append((most, box & ~inside))
            inside |= box
            from_km = far * part
        rings.append((0, everyone & ~inside))
        return rings

    def parts(self, members: Sequence[int], view: LeadView, live: Moment) -> list[dict[str, float]]:
        """Return the points of each member by criterion; several lines of one name are added up."""
        columns: dict[str, list[float]] = {}
        for line, label in self._labelled:
            cents = self._cents(line, members, view, live)
            if label in columns:
                columns[label] = [
                    round(sum(pair), 2) for pair in zip(columns[label], (c / CENT for c in cents), strict=True)
                ]
            else:
                columns[label] = [one / CENT for one in cents]
        if not columns:
            return [{} for _ in members]
        labels = tuple(columns)
        return [dict(zip(labels, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def _cents(self, line: Criterion, members: Sequence[int], view: LeadView, live: Moment) -> list[int]:
        points = line.points
        if line.by == "load":
            loads = live.loads
            return [round(points / (1 + loads[at])) for at in members]
        if line.by == "distance":
            zero = line.zero_at_km
            distances = self._network.distances(view, members)
            return [0 if km is None or km >= zero else round(points * (1 - km / zero)) for km in distances]
        if line.by == "language":
            spoken, speakers = _language(view), _languages(self._network)
            return [points if spoken in speakers[at] else 0 for at in members]
        if line.by == "open_now":
            here = self._network.everyone if live.open_now is None else live.open_now
            return [points if here >> at & 1 else 0 for at in members]
        column = _column(line, self._network, self._vertical)
        return [column[at] for at in members]


def order_on(lines: tuple[Criterion, ...], network: Network, view: LeadView) -> Order:
    """Return the order for a network and the lead's vertical; equal orders of several rules are made once."""
    vertical = _vertical(view, network) if any(line.by in RATED for line in lines) else OVERALL
    key = ("order", lines, vertical)
    found = network.memo.get(key)
    if found is None:
        found = network.memo[key] = Order(lines, network, vertical)
    return found  # type: ignore[return-value]


def _vertical(view: LeadView, network: Network) -> str:
    """Return the lead's vertical if anybody has a rate of its own there, else all of them together."""
    known = network.memo.get("verticals")
    if known is None:
        rated = (getattr(partner, name) for partner in network.facts for name in RATED)
        known = network.memo["verticals"] = frozenset(vertical for rates in rated for vertical in rates)
    found = view.folded.get("vertical")
    return found if isinstance(found, str) and found in known else OVERALL  # type: ignore[operator]


def _slices(fixed: Sequence[int], network: Network) -> list[tuple[int, int]]:
    """Part the network by fixed points, the most first; return (most points, mask) of each slice."""
    least, most = min(fixed, default=0), max(fixed, default=0)
    width = (most - least) // _SLICES + 1
    positions: dict[int, list[int]] = {}
    for at, points in enumerate(fixed):
        positions.setdefault((points - least) // width, []).append(at)
    slices = ((max(fixed[at] for at in each), mask_of(each, network.size)) for each in positions.values())
    return sorted(slices, reverse=True)


def _column(line: Criterion, network: Network, vertical: str) -> Sequence[int]:
    """Return the points of every partner by a criterion that depends on nothing of a lead but its vertical."""
    key = (line, vertical if line.by in RATED else OVERALL)
    found = network.memo.get(key)
    if found is None:
        found = network.memo[key] = _make_column(line, network, vertical)
    return found  # type: ignore[return-value]


def _make_column(line: Criterion, network: Network, vertical: str) -> Sequence[int]:
    if line.by == "tag":
        column = array("q", bytes(8 * network.size))
        for at in bits(fixed_mask(Tagged(line.dimension, "in", line.values), network) or 0):
            column[at] = line.points
        return column
    shares: Iterable[float | None] = (partner.past_sales for partner in network.facts)
    if line.by in RATED:
        rated = (getattr(partner, line.by) for partner in network.facts)
        shares = (rates.get(vertical, rates.get(OVERALL)) for rates in rated)
    return array(
        "q", [round(line.points * (UNKNOWN_SHARE if one is None else min(1.0, max(0.0, one)))) for one in shares]
    )


def _language(view: LeadView) -> str:
    spoken = view.folded.get("language")
    return spoken.partition("-")[0] if isinstance(spoken, str) and spoken else "?"


def _languages(network: Network) -> Sequence[frozenset[str]]:
    found = network.memo.get("languages")
    if found is None:
        found = network.memo["languages"] = [_spoken(partner) for partner in network.facts]
    return found  # type: ignore[return-value]


def _spoken(partner: PartnerFacts) -> frozenset[str]:
    named = (partner.language, *partner.tags.get("language", ()))
    return frozenset(one.casefold().partition("-")[0] for one in named if one)
