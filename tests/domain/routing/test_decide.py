"""Routing by example, and what other systems are known to get wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partidor.domain.business_time import Length
from partidor.domain.facts import Asked, LeadFacts, PartnerFacts
from partidor.domain.offers import Cursor, Step
from partidor.domain.routing.decide import decide
from partidor.domain.routing.decision import Decision, Pinned
from partidor.domain.routing.explain import explain, sentence
from partidor.domain.routing.fairness import MICRO, Ledger
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot, distance_km
from partidor.domain.routing.network import bits, mask_of, pack, unpack
from partidor.domain.routing.ruleset import DEFAULT_RULES, compile_ruleset

MUNICH, AUGSBURG, BERLIN, VIENNA = (48.137, 11.575), (48.371, 10.898), (52.52, 13.405), (48.208, 16.372)
AUGUST = PartnerFacts("august", country="DE", point=AUGSBURG, tags={"tier": ("gold",), "vertical": ("retail",)})
BERTA = PartnerFacts("berta", country="DE", point=BERLIN, tags={"tier": ("silver",), "vertical": ("retail",)})
CLARA = PartnerFacts("clara", country="AT", point=VIENNA, tags={"tier": ("gold",), "vertical": ("health",)})
DISTRIBUTOR = PartnerFacts("dora", kind="distributor", country="DE", point=MUNICH)
CAST = [AUGUST, BERTA, CLARA, DISTRIBUTOR]
LEAD = LeadFacts({"country": "DE", "vertical": "Retail"}, MUNICH)
ONE = [{"offer_to": 1, "window": "8h"}]


def snapshot(*rules: dict[str, Any], partners: list[PartnerFacts] = CAST) -> Snapshot:
    ruleset = compile_ruleset([{"name": "R", "plan": ONE, **rule} for rule in rules])
    return Snapshot(ruleset, Network(partners, dimensions={"tier": ["silver", "gold"]}))


def route(made: Snapshot, lead: LeadFacts = LEAD, asked: Asked = Asked(), **live: Any) -> Decision:
    pinned = live.pop("pinned", None)
    return decide(made, lead, LiveState(made.network, **live), asked, pinned=pinned)


def chosen(decision: Decision) -> list[str]:
    return [candidate.partner for candidate in decision.chosen]


class TestDecide:
    def test_leaves_nobody_equally_suitable_out_of_the_draw_for_being_looked_at_late(self) -> None:
        """A hundredth of a point is rounded, so everybody within half the way has it whole, the far one too."""
        near = [PartnerFacts(f"near{number}", point=(48 + number / 100, 11.0)) for number in range(40)]
        far = PartnerFacts("far", point=(60.0, 11.0))
        order = [{"by": "distance", "points": 0.01, "zero_at_km": 3000}]
        decision = route(
            snapshot({"order": order, "equal_within": 0}, partners=[*near, far]), LeadFacts({}, (48.0, 11.0))
        )
        assert len(decision.steps[0].members) == 41

    def test_starts_with_the_nearest_then_the_next_then_all(self) -> None:
        made = Snapshot(compile_ruleset(DEFAULT_RULES), Network(CAST))
        first = route(made)
        assert chosen(first) == ["august"]
        assert first.step == Step(1, Length(12, "h"), None, 2, "full")
        assert first.excluded == {"who": 1}
        second = route(made, asked=Asked(expired=frozenset({"august"})), pinned=Pinned(1, first.next_cursor))
        assert chosen(second) == ["clara"]
        everyone = frozenset({"august", "clara"})
        last = route(made, asked=Asked(expired=everyone), pinned=Pinned(1, second.next_cursor))
        assert chosen(last) == ["august", "clara", "berta"]  # who let it lapse is in again
        assert (last.next_cursor, last.steps) == (None, ())
        assert route(made, pinned=Pinned(1, last.next_cursor)).reason == "nobody_left"

    def test_lets_the_first_rule_with_a_candidate_decide(self) -> None:
        made = snapshot(
            {"when": {"field": "country", "op": "eq", "value": "CH"}},
            {"who": {"tag": "tier", "op": "in", "value": ["platinum"]}},
            {"who": {"partner": {"in": ["berta"]}}},
            {"who": {"tag": "tier", "op": "at_least", "value": ["gold"]}},
        )
        decision = route(made, paused=["berta"])
        assert decision.rule == 4
        assert decision.passed_over == ((2, "no_match"), (3, "all_unavailable"))

    def test_stops_where_a_rule_says_so(self) -> None:
        decision = route(snapshot({"who": {"partner": {"in": ["x"]}}, "otherwise": "stop"}, {}))
        assert (decision.rule, decision.reason, decision.passed_over) == (None, "no_partner", ((1, "no_match"),))

    def test_says_when_no_rule_holds(self) -> None:
        decision = route(snapshot({"when": {"field": "country", "op": "eq", "value": "CH"}}), paused=["august"])
        assert (decision.reason, decision.excluded, decision.passed_over) == ("no_rule", {"paused": 1}, ())

    def test_gives_each_partner_the_first_code_that_is_true(self) -> None:
        made = snapshot({"who": {"partner": {"in": ["berta"]}}})
        everybody = [partner.id for partner in CAST]
        decision = route(
            made,
            asked=Asked(frozenset({"berta"})),
            paused=["august"],
            no_hours=["august", "clara"],
            feedback_due=everybody,
        )
        assert decision.excluded == {"paused": 1, "no_hours": 1, "already_asked": 1, "feedback_due": 1}

    def test_asks_the_partner_of_a_known_customer_first_and_alone(self) -> None:
        lead = LeadFacts(LEAD.values, MUNICH, running_with=("gone", "berta", "august"))
        made = snapshot({"plan": [{"offer_to": 3, "window": "2h"}]})
        decision = route(made, lead)
        assert (chosen(decision), decision.via, decision.steps) == (["berta"], "known_customer", ())
        assert decision.step == Step(1, Length(2, "h"))
        assert decision.next_cursor == Cursor()
        live = LiveState(made.network)
        live.book(decision, lead)
        assert live.ledger.rows == {}
        assert chosen(route(snapshot({"known_customer": "ignore"}), lead)) == ["august"]
        assert chosen(route(made, lead, paused=["berta"])) == ["august"]

    def test_skips_rounds_without_anybody(self) -> None:
        made = snapshot(
            {"plan": [*ONE, {"offer_to": 2, "window": "1h", "repeat": 3}, {"offer_to": "all", "window": "1h"}]}
        )
        everybody = frozenset(partner.id for partner in CAST)
        decision = route(made, asked=Asked(expired=everybody), pinned=Pinned(1, Cursor(1, 2)))
        assert decision.cursor == Cursor(2)
        decision = route(made, asked=Asked(gone=everybody), pinned=Pinned(1, Cursor(0)))
        assert (decision.reason, decision.excluded) == ("nobody_left", {"already_asked": 4})

    def test_offers_to_those_there_are(self) -> None:
        decision = route(snapshot({"plan": [{"offer_to": 9, "window": "1h"}]}))
        assert len(decision.chosen) == 4
        assert sum(draw.millionths for draw in decision.steps) == MICRO

    def test_measures_equality_from_the_best_remaining_and_not_in_a_chain(self) -> None:
        partners = [PartnerFacts(name, win_rate={"": rate}) for name, rate in [("a", 0.9), ("b", 0.86), ("c", 0.82)]]
        made = snapshot({"order": [{"by": "win_rate", "points": 100}], "equal_within": 5}, partners=partners)
        ledger = Ledger({"b": [MICRO, 0] * 4, "c": [9 * MICRO, 0] * 4})
        decision = route(made, ledger=ledger)
        assert chosen(decision) == ["b"]
        assert decision.steps[0].members == [0, 1]

    def test_never_calls_an_unknown_place_near(self) -> None:
        nowhere = [PartnerFacts("a"), PartnerFacts("b", point=VIENNA)]
        made = snapshot({"who": {"distance_km": {"lte": 20_000}}}, partners=nowhere)
        assert chosen(route(made)) == ["b"]
        assert route(made, LeadFacts({})).reason == "no_partner"

    def test_books_nothing_for_a_test_lead_or_an_offer_to_all(self) -> None:
        assert route(snapshot({}), LeadFacts({"test": True})).steps == ()
        assert route(snapshot({"plan": [{"offer_to": "all", "window": "1h"}]})).steps == ()

    def test_shows_points_by_what_gave_them(self) -> None:
        order = [{"by": "tag", "dimension": "tier", "values": ["gold"], "points": 30}, {"by": "load", "points": 20}]
        decision = route(snapshot({"order": order}), loads={"august": 3})
        scores = {one.partner: (one.score, one.parts) for one in decision.candidates}
        assert scores["august"] == (35.0, {"tag:tier": 30.0, "load": 5.0})
        assert scores["berta"] == (20.0, {"tag:tier": 0.0, "load": 20.0})


class TestExplain:
    def test_says_in_plain_words_why_not(self) -> None:
        made = snapshot(
            {"who": {"all": [{"tag": "tier", "op": "in", "value": ["gold"]}, {"distance_km": {"lte": 100}}]}},
        )
        record = route(made, paused=["clara"]).record()

        def told(partner: str, language: str = "en") -> list[str]:
            return [sentence(reason, language) for reason in explain(made, record, {}, partner).reasons]

        assert told("berta") == [
            "The rule asks for tier Gold; this partner has Silver",
            f"{distance_km(MUNICH, BERLIN):.0f} km away, the rule allows 100 km",
        ]
        assert told("clara", "de")[0] == "War bei dieser Entscheidung pausiert"
        assert told("august") == ["Asked in place 1, with 0 points"]
        assert told("nobody") == ["Not in the network when this was decided"]

    def test_says_who_was_owed_less_and_in_which_place(self) -> None:
        made = snapshot({})
        record = route(made, ledger=Ledger({"berta": [MICRO, 0] * 4})).record()
        explanation = explain(made, record, {}, "clara")
        assert (explanation.eligible, explanation.place) == (True, 3)
        told = [sentence(reason, "en") for reason in explanation.reasons]
        assert told == [
            "Equally suitable, but owed fewer leads of this temperature (0.25, the one asked 1.25)",
            "Ranked 3rd; only 1 was asked",
        ]


class TestKnownFailuresOfOthers:
    def test_a_bulk_import_does_not_send_every_lead_to_the_first_partner_found(self) -> None:
        made = snapshot({"who": {"kind": {"in": ["reseller"]}}})
        live = LiveState(made.network)
        got = []
        for _ in range(30):
            decision = decide(made, LEAD, live)
            live.book(decision, LEAD)
            got += chosen(decision)
        assert {partner: got.count(partner) for partner in set(got)} == {"august": 10, "berta": 10, "clara": 10}

    def test_a_bulk_import_stops_at_each_capacity(self) -> None:
        partners = [
            PartnerFacts("a", max_open_leads=2),
            PartnerFacts("b", monthly_cap=3),
            PartnerFacts("c", weekly_pace=2),
        ]
        made = snapshot({}, partners=partners)
        live = LiveState(made.network, loads={"a": 1}, months={"b": 1}, weeks={"c": 1})
        got = []
        for _ in range(4):
            decision = decide(made, LEAD, live)
            live.book(decision, LEAD)
            got += chosen(decision)
        assert sorted(got) == ["a", "b", "b", "c"]
        none_left = decide(made, LEAD, live)
        assert none_left.excluded == {"at_capacity": 3}
        record = json.loads(json.dumps(none_left.record()))
        reasons = [explain(made, record, {}, one).reasons[0] for one in ("a", "b", "c")]
        assert [reason.facts for reason in reasons] == [{"max_open_leads": 2}, {"monthly_cap": 3}, {"weekly_pace": 2}]

    def test_paused_partners_are_not_in_the_rotation(self) -> None:
        assert "august" not in [one.partner for one in route(snapshot({}), paused=["august"]).candidates]

    @pytest.mark.parametrize("change", ["joined", "left", "rule edited"])
    def test_the_rotation_goes_on_when_the_list_is_edited(self, change: str) -> None:
        ledger = Ledger({"august": [0, MICRO] * 4, "berta": [MICRO, 0] * 4})
        partners = {"joined": [*CAST, PartnerFacts("aaron")], "left": [AUGUST, BERTA]}.get(change, CAST)
        made = snapshot({"name": "edited"} if change == "rule edited" else {}, partners=partners)
        assert chosen(route(made, ledger=ledger)) == ["berta"]

    def test_removing_the_last_does_not_bring_the_rotation_back_to_the_first(self) -> None:
        ledger = Ledger({"august": [0, MICRO] * 4, "berta": [MICRO, MICRO] * 4, "dora": [MICRO, 0] * 4})
        assert chosen(route(snapshot({}, partners=[AUGUST, BERTA]), ledger=ledger)) == ["berta"]

    def test_a_rule_without_a_candidate_does_not_end_the_search(self) -> None:
        assert route(snapshot({"who": {"partner": {"in": ["x"]}}}, {})).rule == 2


class TestBitsets:
    @pytest.mark.parametrize("positions", [[], [0], [63, 64], [4999], list(range(0, 5000, 3)), list(range(5000))])
    def test_round_trip(self, positions: list[int]) -> None:
        mask = mask_of(positions, 5000)
        assert bits(mask) == positions
        assert unpack(pack(mask)) == mask
