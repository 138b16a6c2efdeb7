"""The fair share keeps its promises, whatever the weights, the changing sets of suitable partners and the rounds."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.decide import decide
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger, account_of, first_owed, shares
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.slots import Filling
from tests.laws.worlds import times

IDS = list("abcdefgh")
TEMPERATURES = ["hot", "warm", "cold"]
leads = st.lists(
    st.tuples(
        st.lists(st.sampled_from(IDS), min_size=1, unique=True), st.sampled_from(TEMPERATURES), st.integers(1, 5)
    ),
    min_size=1,
    max_size=150,
)
weights = st.fixed_dictionaries({one: st.integers(1, 9) for one in IDS})


def network_of(weight: dict[str, int]) -> Network:
    return Network(PartnerFacts(id=one, weight=each) for one, each in weight.items())


def hand_out(live: LiveState, members: list[str], temperature: str, slots: int) -> None:
    """Hand out one lead among equally suitable partners as a round of so many offers does."""
    places = sorted(live.network.index[one] for one in members)
    filling = Filling(places, [0] * len(places), 0, live, account_of(temperature))
    filling.fill(slots)
    assert len(set(filling.chosen)) == min(slots, len(members))
    live.charge(filling.draws, temperature)


class TestShares:
    @given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50), st.integers(1, 3 * MICRO))
    def test_sum_exactly_and_are_never_negative(self, several: list[int], millionths: int) -> None:
        parts = shares(several, millionths)
        assert sum(parts) == millionths
        assert min(parts) >= 0

    def test_give_remainders_to_the_first(self) -> None:
        assert shares([1, 1, 1], 10) == (4, 3, 3)
        assert shares([0, 0], 3) == (2, 1)


class TestLedger:
    @times(2)
    @given(leads, weights)
    def test_sums_to_zero_and_stays_within_the_bound(
        self, history: list[tuple[list[str], str, int]], weight: dict[str, int]
    ) -> None:
        live = LiveState(network_of(weight))
        ledger = live.ledger
        for members, temperature, slots in history:
            hand_out(live, members, temperature, slots)
            assert [ledger.sum(account) for account in ACCOUNTS] == [0, 0, 0, 0]
            assert ledger.max_debt() <= max(ledger.bound, 0)
        received = sum(row[1] for row in ledger.rows.values())
        assert received == len(history) * MICRO
        again = Ledger.from_json(ledger.to_json())
        assert again.rows == ledger.rows

    @times(2)
    @given(leads, weights)
    def test_with_the_largest_total_alone_nobody_passes_half_of_n_minus_one(
        self, history: list[tuple[list[str], str, int]], weight: dict[str, int]
    ) -> None:
        ledger = Ledger()
        for members, _, _ in history:
            ordered = sorted(members)
            theirs = [weight[one] for one in ordered]
            owed = {one: ledger.debt(one) + gain for one, gain in zip(ordered, shares(theirs, MICRO), strict=True)}
            ledger.step(ordered, theirs, max(ordered, key=owed.__getitem__), "warm")
            assert max(abs(ledger.debt(one)) for one in ledger.rows) * 2 <= ledger.bound * MICRO

    def test_stays_below_three_leads_over_a_long_run(self) -> None:
        chance = random.Random(3)
        weight = {f"p{number}": 1 + number % 3 for number in range(30)}
        live = LiveState(network_of(weight))
        ledger = live.ledger
        for _ in range(10_000):
            members = chance.sample(sorted(weight), chance.randint(2, 12))
            hand_out(live, members, chance.choice(TEMPERATURES), chance.choice([1, 1, 3]))
        assert ledger.max_debt() < 3
        assert (ledger.jain() or 0) > 0.999
        assert ledger.sum() == 0


class TestFirstOwed:
    def test_takes_the_largest_debt_of_the_temperature_within_one_lead_of_the_largest_total(self) -> None:
        totals = {"a": 1_500_000, "b": 500_000, "c": 499_999}
        assert first_owed("abc", totals, {"a": 0, "b": 10, "c": 99}) == "b"

    def test_then_the_largest_total_then_the_first_id(self) -> None:
        assert first_owed("abc", {"a": 1, "b": 2, "c": 2}, {"a": 0, "b": 0, "c": 0}) == "b"


PARTNERS = [PartnerFacts(id=one, weight=1) for one in IDS[:4]]
ONE_AT_A_TIME = compile_ruleset([{"name": "Every lead", "plan": [{"offer_to": 1, "window": "8h"}]}])


def route(ledger: Ledger, number: int, paused: str = "", partners: list[PartnerFacts] = PARTNERS) -> list[str]:
    """Route so many leads one after the other; return who was asked."""
    network = Network(partners)
    live = LiveState(network, paused=list(paused), ledger=ledger)
    asked, lead = [], LeadFacts({})
    for _ in range(number):
        decision = decide(Snapshot(ONE_AT_A_TIME, network), lead, live)
        live.book(decision, lead)
        asked.append(decision.chosen[0].partner)
    return asked


class TestHolidays:
    def test_nobody_is_flooded_after_a_pause(self) -> None:
        ledger = Ledger()
        route(ledger, 40)
        before = ledger.statement()["a"]["expected"]
        assert "a" not in route(ledger, 100, paused="a")
        assert ledger.statement()["a"]["expected"] == before  # who is paused earns nothing and owes nothing
        assert route(ledger, 40).count("a") == 10

    def test_newcomers_start_at_nothing_owed(self) -> None:
        ledger = Ledger()
        route(ledger, 100)
        joined = [*PARTNERS, PartnerFacts(id="z")]
        assert ledger.debt("z") == 0
        assert route(ledger, 50, partners=joined).count("z") == 10

    @given(st.lists(st.sampled_from(["", "a", "ab", "cd"]), max_size=30))
    @times(1)
    def test_whoever_is_out_the_ledger_stays_even(self, pauses: list[str]) -> None:
        ledger = Ledger()
        for paused in pauses:
            route(ledger, 3, paused)
            assert ledger.sum() == 0
            assert ledger.max_debt() <= ledger.bound
