"""Rates by empirical Bayes: little is believed of few results, and all of many."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.decide import decide
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.suitability import (
    STRONGEST,
    WEAKEST,
    Measured,
    Tally,
    places,
    rates,
    same,
    shrunk,
    strength_of,
)

strengths = st.floats(WEAKEST, STRONGEST)
usuals = st.floats(0.01, 0.99)
tallies = st.integers(1, 500).flatmap(lambda of: st.builds(Tally, st.integers(0, of), st.just(of)))


class TestShrunk:
    @given(tallies, usuals, strengths)
    def test_lies_between_the_own_rate_and_the_usual_one(self, tally: Tally, usual: float, strength: float) -> None:
        own = tally.won / tally.of
        assert min(own, usual) - 1e-9 <= shrunk(tally, usual, strength) <= max(own, usual) + 1e-9

    @given(tallies, usuals, strengths, st.integers(2, 9))
    def test_comes_nearer_to_the_own_rate_with_more_results(
        self, tally: Tally, usual: float, strength: float, times: int
    ) -> None:
        more, own = Tally(tally.won * times, tally.of * times), tally.won / tally.of
        assert abs(shrunk(more, usual, strength) - own) <= abs(shrunk(tally, usual, strength) - own) + 1e-9

    @given(tallies, usuals, strengths)
    def test_rises_with_every_one_won_and_falls_with_every_one_lost(
        self, tally: Tally, usual: float, strength: float
    ) -> None:
        here = shrunk(tally, usual, strength)
        assert shrunk(Tally(tally.won + 1, tally.of + 1), usual, strength) > here
        assert shrunk(Tally(tally.won, tally.of + 1), usual, strength) < here

    @given(strengths)
    def test_makes_one_of_one_no_champion(self, strength: float) -> None:
        assert shrunk(Tally(1, 1), 0.4, strength) < shrunk(Tally(50, 60), 0.4, strength)


class TestStrength:
    def test_is_low_where_partners_differ_and_high_where_chance_explains_it(self) -> None:
        apart = [Tally(90, 100), Tally(10, 100), Tally(50, 100), Tally(80, 100)]
        alike = [Tally(40, 100), Tally(41, 100), Tally(39, 100), Tally(40, 100)]
        assert strength_of(apart, 0.575) == WEAKEST
        assert strength_of(alike, 0.4) == STRONGEST

    def test_finds_the_strength_that_results_were_drawn_with(self) -> None:
        import random

        chance = random.Random(5)
        drawn = []
        for _ in range(3_000):
            rate = chance.betavariate(8, 12)  # a strength of 20 around 0.4
            drawn.append(Tally(sum(chance.random() < rate for _ in range(30)), 30))
        usual = sum(one.won for one in drawn) / (30 * 3_000)
        assert 17 < strength_of(drawn, usual) < 23

    @given(st.lists(tallies, max_size=20))
    def test_stays_within_its_bounds_whatever_the_results(self, several: list[Tally]) -> None:
        won, of = sum(one.won for one in several), sum(one.of for one in several)
        assert WEAKEST <= strength_of(several, won / of if of else 0.5) <= STRONGEST


class TestRates:
    def test_give_a_newcomer_the_rate_of_the_network(self) -> None:
        found = rates({"a": {"": Tally(24, 60)}, "b": {"": Tally(16, 40)}}, ["a", "b", "new"])
        assert found["new"] == {"": 0.4}

    def test_pull_a_vertical_towards_the_partners_own_rate(self) -> None:
        known = {"a": {"retail": Tally(45, 50), "health": Tally(1, 1)}, "b": {"retail": Tally(4, 50)}}
        found = rates(known, ["a", "b"])
        assert found["a"][""] < found["a"].get("health", found["a"][""]) < found["a"][""] + 0.1
        assert found["b"].get("retail", found["b"][""]) < 0.2

    def test_know_nothing_without_results(self) -> None:
        assert rates({}, ["a"]) == {"a": {}}


class TestPlaces:
    @given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 9)))
    def test_order_as_sales_do_and_lie_around_the_middle(self, sales: dict[str, int]) -> None:
        found = places(sales, "abcdef")
        if not any(sales.values()):
            assert set(found.values()) == {None}
            return
        numbers = [found[one] or 0.0 for one in "abcdef"]
        assert abs(sum(numbers) / 6 - 0.5) < 0.001
        for one in "abcdef":
            for other in "abcdef":
                if sales.get(one, 0) < sales.get(other, 0):
                    assert (found[one] or 0) < (found[other] or 0)


class TestAnUnknownPlace:
    @pytest.mark.parametrize("point", [None, (48.1, 11.5)])
    def test_never_counts_as_near(self, point: tuple[float, float] | None) -> None:
        order = [{"by": "distance", "points": 40, "zero_at_km": 20_000}]
        rules = compile_ruleset([{"name": "Near", "order": order, "plan": [{"offer_to": 1, "window": "8h"}]}])
        network = Network([PartnerFacts("a"), PartnerFacts("far", point=(-33.9, 151.2))])
        decision = decide(Snapshot(rules, network), LeadFacts({}, point), LiveState(network))
        points = {one.partner: one.parts["distance"] for one in decision.candidates}
        assert points["a"] == 0
        assert (points["far"] > 0) == (point is not None)


class TestSame:
    def test_looks_at_every_vertical(self) -> None:
        plain = Measured({"": 0.4}, {}, None)
        assert same(plain, Measured({"": 0.41}, {}, None))
        assert not same(plain, Measured({"": 0.42}, {}, None))
        assert same(plain, Measured({"": 0.4, "retail": 0.41}, {}, None))
        assert not same(plain, Measured({"": 0.4, "retail": 0.5}, {}, None))
        assert not same(plain, Measured({"": 0.4}, {}, 0.5))
