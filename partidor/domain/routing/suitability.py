"""How good partners are, as far as their results can tell: rates by empirical Bayes, sales by rank.

A rate of few results says little: 1 of 1 is no champion beside 50 of 60. So each is pulled towards what is usual,
the more the fewer results there are: ``(won + strength * usual) / (of + strength)``, the mean of a beta-binomial
posterior. Towards the network's rate a partner's own, and towards that its rate in each vertical. How strongly is
learnt from the network itself: where partners differ much, own results count sooner.

Source: G. Casella, "An introduction to empirical Bayes data analysis", The American Statistician 39(2), 1985, 83-87;
the strength by the method of moments of J. C. Kleinman, "Proportions with extraneous variance", JASA 68, 1973, 46-54.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

WEAKEST = 4.0
"""The usual counts at least as much as so many results: a network of few seems more diverse than it is."""
STRONGEST = 200.0
"""And at most as much as so many, so that in time everybody's own results tell."""
STEP = 0.01
"""Figures that differ by no more are the same: not worth a new version of the network."""
OVERALL = ""
"""The key of the rate over all verticals."""

Rates = Mapping[str, float]
"""A partner's rate over all verticals, and by vertical (casefolded) where that differs by a hundredth."""


class Tally(NamedTuple):
    """So many won, of so many."""

    won: int
    of: int


Tallies = Mapping[str, Mapping[str, Tally]]
"""By partner and vertical."""


class Measured(NamedTuple):
    """What the network's results say of one partner: rates by vertical, and its place by sales from 0 to 1."""

    win_rate: Rates
    conversion: Rates
    past_sales: float | None


def shrunk(tally: Tally, usual: float, strength: float) -> float:
    """Return the rate between a partner's own and the usual one, nearer to its own the more results it has."""
    return (tally.won + strength * usual) / (tally.of + strength)


def strength_of(tallies: Sequence[Tally], usual: float) -> float:
    """Return how many results the usual rate is worth: few where partners differ by more than chance explains.

    With Q the sum of n (p - usual)^2 / (usual (1 - usual)), chance alone gives about k - 1; what is above tells the
    correlation within a partner, rho = (Q - (k - 1)) / (N - sum n^2 / N - (k - 1)), and the strength is 1 / rho - 1.
    """
    known = [tally for tally in tallies if tally.of]
    total, spread = sum(tally.of for tally in known), usual * (1 - usual)
    if len(known) < 2 or spread <= 0:
        return WEAKEST
    above = sum(tally.of * (tally.won / tally.of - usual) ** 2 for tally in known) / spread - (len(known) - 1)
    room = total - sum(tally.of**2 for tally in known) / total - (len(known) - 1)
    if room <= 0:
        return WEAKEST
    rho = above / room
    return min(STRONGEST, max(WEAKEST, 1 / rho - 1)) if rho > 0 else STRONGEST


def rates(tallies: Tallies, partners: Iterable[str]) -> dict[str, Rates]:
    """Return the rates of these partners; who has no results has the network's, and nobody any while there are none."""
    whole = {partner: _sum(of_partner.values()) for partner, of_partner in tallies.items()}
    network = _sum(whole.values())
    if not network.of:
        return {partner: {} for partner in partners}
    usual = network.won / network.of
    strength = strength_of(list(whole.values()), usual)
    found: dict[str, Rates] = {}
    for partner in partners:
        own = shrunk(whole.get(partner, Tally(0, 0)), usual, strength)
        single = {
            vertical: rate
            for vertical, tally in tallies.get(partner, {}).items()
            if vertical and abs((rate := round(shrunk(tally, own, strength), 3)) - own) > STEP
        }
        found[partner] = {OVERALL: round(own, 3), **single}
    return found


def places(sales: Mapping[str, int], partners: Iterable[str]) -> dict[str, float | None]:
    """Return each partner's place by sales: the share of the network that sold less, and half of those equal."""
    listed = list(partners)
    sold = sorted(sales.get(partner, 0) for partner in listed)
    if not sold or not sold[-1]:
        return dict.fromkeys(listed)
    size = 2 * len(sold)
    return {
        partner: round((bisect_left(sold, own) + bisect_right(sold, own)) / size, 3)
        for partner in listed
        for own in (sales.get(partner, 0),)
    }


def same(one: Measured, other: Measured) -> bool:
    """Say whether two measures of a partner differ by no more than a hundredth anywhere."""
    return (
        _same_rates(one.win_rate, other.win_rate)
        and _same_rates(one.conversion, other.conversion)
        and _close(one.past_sales, other.past_sales)
    )


def _same_rates(one: Rates, other: Rates) -> bool:
    return all(
        _close(one.get(vertical, one.get(OVERALL)), other.get(vertical, other.get(OVERALL)))
        for vertical in {*one, *other}
    )


def _close(one: float | None, other: float | None) -> bool:
    return one == other if one is None or other is None else abs(one - other) <= STEP + 1e-9


def _sum(tallies: Iterable[Tally]) -> Tally:
    listed = list(tallies)
    return Tally(sum(tally.won for tally in listed), sum(tally.of for tally in listed))
