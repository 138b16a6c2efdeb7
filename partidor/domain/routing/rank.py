"""How well partners suit a lead: the points of a rule's ``order``, in whole hundredths.

Each line gives 0 to its ``points``:

* ``tag``: all of them when the partner has any of the values;
* ``distance``: points x max(0, 1 - km / zero_at_km); an unknown place, the lead's or the partner's, gives none;
* ``win_rate``, ``conversion``, ``past_sales``: points x share; unknown gives half, neither praise nor blame;
* ``load``: points / (1 + load), load being running leads and open exclusive offers;
* ``language``: all when the lead's language is the partner's, or one of its ``language`` tags (de is also de-AT);
* ``open_now``: all, as long as only the wall clock is counted.

Whole hundredths make sums exact, whatever their order, and what is shown is what was compared.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from partidor.domain.facts import PartnerFacts
from partidor.domain.routing.match import fixed_mask
from partidor.domain.routing.network import LeadView, Network, bits
from partidor.domain.routing.ruleset import CENT, Criterion
from partidor.domain.routing.who import Tagged

UNKNOWN_SHARE = 0.5
_SHARES = ("win_rate", "conversion", "past_sales")


class Candidate(NamedTuple):
    """An eligible partner: its points in all and by criterion, its debt in leads before this decision, its place."""

    partner: str
    score: float
    parts: Mapping[str, float]
    debt: float
    place: int


class Order:
    """The ``order`` of a rule on one network."""

    __slots__ = ("_fixed", "_lines", "_moving", "_network")

    def __init__(self, lines: tuple[Criterion, ...], network: Network) -> None:
        """Add up what no lead changes, once per partner."""
        self._lines = lines
        self._network = network
        self._moving = tuple(line for line in lines if line.by in ("distance", "load", "language"))
        self._fixed = array("q", bytes(8 * network.size))
        for line in lines:
            if line not in self._moving:
                for at, points in enumerate(_column(line, network)):
                    self._fixed[at] += points

    def scores(self, members: Sequence[int], view: LeadView, loads: Mapping[int, int]) -> list[int]:
        """Return the hundredths of a point of each member (positions in the network), in their order."""
        fixed = self._fixed
        found = [fixed[at] for at in members]
        for line in self._moving:
            points = line.points
            if line.by == "load":
                load = loads.get
                found = [score + round(points / (1 + load(at, 0))) for score, at in zip(found, members, strict=True)]
            elif line.by == "distance":
                if view.point is not None:
                    pairs = zip(found, members, strict=True)
                    found = [score + _near_points(line, view, self._network, at) for score, at in pairs]
            else:
                spoken, speakers = _language(view), _languages(self._network)
                pairs = zip(found, members, strict=True)
                found = [score + points if spoken in speakers[at] else score for score, at in pairs]
        return found

    def parts(self, at: int, view: LeadView, loads: Mapping[int, int]) -> dict[str, float]:
        """Return the points of one partner by criterion; several lines of one name are added up."""
        network = self._network
        found: dict[str, float] = {}
        for line in self._lines:
            by = line.by
            if by == "distance":
                cents = _near_points(line, view, network, at)
            elif by == "load":
                cents = round(line.points / (1 + loads.get(at, 0)))
            elif by == "language":
                cents = line.points if _language(view) in _languages(network)[at] else 0
            else:
                cents = _column(line, network)[at]
            label = line.label
            found[label] = round(found[label] + cents / CENT, 2) if label in found else cents / CENT
        return found


def order_on(lines: tuple[Criterion, ...], network: Network) -> Order:
    """Return the order for a network; equal orders of several rules are made once."""
    key = ("order", lines)
    found = network.memo.get(key)
    if found is None:
        found = network.memo[key] = Order(lines, network)
    return found  # type: ignore[return-value]


def _near_points(line: Criterion, view: LeadView, network: Network, at: int) -> int:
    km = network.distance(view, at)
    return 0 if km is None or km >= line.zero_at_km else round(line.points * (1 - km / line.zero_at_km))


def _column(line: Criterion, network: Network) -> Sequence[int]:
    """Return the points of every partner by a criterion that depends on no lead."""
    found = network.memo.get(line)
    if found is None:
        found = network.memo[line] = _make_column(line, network)
    return found  # type: ignore[return-value]


def _make_column(line: Criterion, network: Network) -> Sequence[int]:
    if line.by == "open_now":
        return array("q", [line.points] * network.size)
    if line.by == "tag":
        column = array("q", bytes(8 * network.size))
        for at in bits(fixed_mask(Tagged(line.dimension, "in", line.values), network) or 0):
            column[at] = line.points
        return column
    shares = (getattr(partner, line.by) for partner in network.facts)
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
