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

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
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
_FEW = 1000
"""Up to so many eligible are looked at ring by ring, more of them piece by piece."""
_FIRST_CHUNK = 64
_RINGS_OF_FEW = (1 / 3, 1)
_RINGS = (1 / 32, 1 / 8, 1 / 3, 1)
"""Distances at which partners are parted, as shares of ``zero_at_km``."""


class Moment(Protocol):
    """What the order asks of the moment of a decision (live.LiveState has it)."""

    open_now: int | None
    """Who is at work, as a mask; None: everybody always is."""

    def room(self, points: int) -> Sequence[int]:
        """Return the points that each partner gets for the load it has."""


class Candidate(NamedTuple):
    """An eligible partner: its points in all and by criterion, its debt in leads before this decision, its place."""

    partner: str
    score: float
    parts: Mapping[str, float]
    debt: float
    place: int


class Order:
    """The ``order`` of a rule on one network, for leads of one vertical."""

    __slots__ = ("_chunks", "_distance", "_fixed", "_labelled", "_moving", "_near", "_network", "_vertical")

    def __init__(self, lines: tuple[Criterion, ...], network: Network, vertical: str) -> None:
        """Add up what no lead of the vertical changes, once per partner."""
        self._vertical = vertical
        self._labelled = tuple((line, line.label) for line in lines)
        self._network = network
        self._moving = tuple(line for line in lines if line.by in _MOVING)
        self._distance = next((line for line in self._moving if line.by == "distance"), None)
        self._near = tuple(line for line in self._moving if line is not self._distance)
        self._fixed = [0] * network.size
        for line in lines:
            if line not in self._moving:
                for at, points in enumerate(_column(line, network, vertical)):
                    self._fixed[at] += points
        self._chunks = _chunks(self._fixed, network)

    def scores(self, members: Sequence[int], view: LeadView, live: Moment) -> list[int]:
        """Return the hundredths of a point of each member (positions in the network), in their order."""
        fixed = self._fixed
        found = list(map(fixed.__getitem__, members))
        for line in self._moving:
            found = list(map(add, found, self._cents(line, members, view, live)))
        return found

    def best(
        self, eligible: int, view: LeadView, live: Moment, slots: int, shown: int, equal: int
    ) -> tuple[list[int], list[int]]:
        """Return positions (ascending) and scores of at least everyone who may matter, looking at few of many.

        That is the first ``max(slots, shown)``, and everyone within ``equal`` of the last slot. Partners are taken
        up in pieces, by the most that anybody in a piece can have (its fixed points, its distance), until that is
        too little: a threshold algorithm (Fagin, Lotem & Naor, "Optimal aggregation algorithms for middleware",
        PODS 2001).
        """
        needed = max(slots, shown)
        if eligible.bit_count() <= max(_FEW, 2 * needed):
            return self._best_of(eligible, view, live, needed, slots, equal)
        members: list[int] = []
        scores: list[int] = []
        least: int | None = None
        for most, mask in self._pieces(view):
            if least is not None and most < least:
                break
            piece = bits(eligible & mask)
            if piece:
                members += piece
                scores += self.scores(piece, view, live)
                if len(scores) >= needed:
                    top = sorted(scores, reverse=True)
                    least = min(top[needed - 1], top[slots - 1] - equal)
        pairs = sorted(zip(members, scores, strict=True))
        return [at for at, _ in pairs], [score for _, score in pairs]

    def _best_of(
        self, eligible: int, view: LeadView, live: Moment, needed: int, slots: int, equal: int
    ) -> tuple[list[int], list[int]]:
        """Score a few, ring by ring around the lead; the distance, which is dear, only of those it can still help."""
        if view.point is None or self._distance is None or eligible.bit_count() <= needed:
            everyone = bits(eligible)
            return everyone, self.scores(everyone, view, live)
        members: list[int] = []
        scores: list[int] = []
        least: int | None = None
        for most, ring in self._rings(view, _RINGS_OF_FEW):
            piece = bits(eligible & ring)
            found = list(map(self._fixed.__getitem__, piece))
            for line in self._near:
                found = list(map(add, found, self._cents(line, piece, view, live)))
            if least is not None:
                within = list(map((least - most).__le__, found))
                piece, found = list(compress(piece, within)), list(compress(found, within))
            if most:
                found = list(map(add, found, self._cents(self._distance, piece, view, live)))
            members += piece
            scores += found
            if piece and len(scores) >= needed:
                top = (max(scores),) if needed == 1 else sorted(scores, reverse=True)
                least = min(top[needed - 1], top[slots - 1] - equal)
        pairs = [(at, score) for at, score in zip(members, scores, strict=True) if least is None or score >= least]
        pairs.sort()
        return [at for at, _ in pairs], [score for _, score in pairs]

    def _rings(self, view: LeadView, parts: Sequence[float] = _RINGS) -> list[tuple[int, int]]:
        """Part the network by distance; return (most points that it can give there, mask), the nearest first."""
        line, everyone = self._distance, self._network.everyone
        if line is None or view.point is None:
            return [(0, everyone)]
        rings, inside, most = [], 0, line.points
        for part in parts:
            box = self._network.box(view.point, line.zero_at_km * part)
            rings.append((most, box & ~inside))
            inside |= box
            most = math.ceil(line.points * (1 - part))
        rings.append((most, everyone & ~inside))
        return rings

    def _pieces(self, view: LeadView) -> list[tuple[int, int]]:
        """Part the network by fixed points and by distance; return (most points, mask), the best piece first."""
        rest = sum(line.points for line in self._near)
        rings = self._rings(view)
        pieces = [
            (points + near + rest, mask & ring) for points, mask in self._chunks for near, ring in rings if mask & ring
        ]
        pieces.sort(key=_most, reverse=True)
        return pieces

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
            return list(map(live.room(points).__getitem__, members))
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


def _chunks(fixed: Sequence[int], network: Network) -> list[tuple[int, int]]:
    """Part the network by fixed points into pieces that double in size; return (most points, mask) of each."""
    ranked = sorted(range(network.size), key=lambda at: -fixed[at])
    if not ranked or fixed[ranked[0]] == fixed[ranked[-1]]:
        return [(fixed[ranked[0]] if ranked else 0, network.everyone)]
    chunks, start, size = [], 0, _FIRST_CHUNK
    while start < len(ranked):
        chunks.append((fixed[ranked[start]], mask_of(ranked[start : start + size], network.size)))
        start, size = start + size, 2 * size
    return chunks


def _most(piece: tuple[int, int]) -> int:
    return piece[0]


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
