"""Back-tests: the same leads through today's rules and others, and what would have been different."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db.models import F

from partidor.actions.partners import archive_partner, change_partner, pause_partner
from partidor.actions.rules import change_draft
from partidor.models import Decision, Lead, Partner
from partidor.queries.backtests.results import Outcome, as_documented
from partidor.queries.backtests.run import Comparison, comparison_of, run_backtest
from tests.world import START, World, hours

LATER = START + hours(24 * 30)
NEAREST = {
    "name": "Nearest first",
    "when": {"all": []},
    "who": {"all": []},
    "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
    "plan": [{"offer_to": 1, "window": "4h"}],
}


def compared(world: World, rules: list[dict[str, Any]], since: datetime = START, until: datetime = LATER) -> Outcome:
    """Make the rules the draft and test it."""
    change_draft(rules, if_match=None, by=world.manager, at=LATER)
    return Outcome(result_of(world, comparison_of(world.clock, 0, since, until, at=LATER)))


def result_of(world: World, comparison: Comparison) -> dict[str, Any]:
    *shares, result = run_backtest(world.clock, comparison)
    assert shares == sorted(shares)  # type: ignore[type-var]
    assert isinstance(result, dict)
    return result


def names(outcome: Outcome, which: str = "moved") -> list[tuple[str, str, str]]:
    return [
        (one.before.name if one.before else "", one.after.name if one.after else "", one.why.code)
        for one in outcome.elsewhere(which)
    ]


def only(*who: str) -> dict[str, Any]:
    return {"partner": {"in": list(who)}}


class TestWhatMoved:
    def test_is_nothing_when_nothing_changed(self, world: World) -> None:
        for hour in range(3):
            world.receive(at=START + hours(hour))
        found = compared(world, [NEAREST])
        assert (found.leads, found.same, found.as_then, names(found)) == (3, 3, 3, [])
        assert found.unmatched == {"before": 0, "after": 0, "then": 0}

    def test_is_told_with_the_reason(self, world: World) -> None:
        world.receive(product="erp")
        world.receive(product="crm", at=START + hours(1))
        bergmann = str(world.partners["bergmann"].pk)
        special = {**NEAREST, "name": "CRM", "who": only(bergmann),
                   "when": {"all": [{"field": "product", "op": "eq", "value": "crm"}]}}  # fmt: skip
        found = compared(world, [special, NEAREST])
        assert names(found) == [("Alpen Systemhaus", "Bergmann IT", "rule")]
        (one,) = found.elsewhere("moved")
        assert one.lead == str(Lead.objects.get(product="crm").pk)
        assert one.said("en") == "Rule “Nearest first” takes it today; here rule “CRM” does."
        assert one.said("de") == "Heute übernimmt ihn die Regel „Nearest first“, hier die Regel „CRM“."
        by_name = {each.name: (each.before, each.after, each.then) for each in found.partners}
        assert by_name == {"Alpen Systemhaus": (2, 1, 2), "Bergmann IT": (0, 1, 0)}

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"who": {"not": {"partner": {"in": ["alpen"]}}}}, "who"),
            ({"order": [{"by": "tag", "dimension": "tier", "values": ["gold"], "points": 50}]}, "score"),
            ({"when": {"all": [{"field": "product", "op": "eq", "value": "none"}]}}, "no_rule"),
            ({"who": {"country": {"in": ["FR"]}}}, "no_partner"),
        ],
    )
    def test_names_what_made_the_difference(self, world: World, change: dict[str, Any], why: str) -> None:
        world.partner("gilt", name="Gilt AG", tags={"tier": ["gold"]}, address={"country": "DE", "city": "Köln"},
                      location={"lat": 50.9, "lon": 7.0})  # fmt: skip
        world.receive()
        text = {**NEAREST, **change}
        if "who" in change and "not" in change["who"]:
            text["who"] = {"not": only(str(world.partners["alpen"].pk))}
        found = compared(world, [text])
        assert [code for _, _, code in names(found)] == [why]
        assert all(one.said(language) for one in found.elsewhere("moved") for language in ("en", "de"))

    def test_counts_leads_for_nobody(self, world: World) -> None:
        world.receive()
        found = compared(world, [{**NEAREST, "who": {"country": {"in": ["FR"]}}}])
        assert found.unmatched == {"before": 0, "after": 1, "then": 0}
        documented = as_documented({**found._kept})
        assert documented["moved"][0]["to"] is None
        assert documented["by_partner"][0] | {"partner": ""} == {
            "partner": "", "name": "Alpen Systemhaus", "before": 1, "after": 0, "happened": 1,
            "peak_load": {"before": 1, "after": 0},
        }  # fmt: skip


class TestTheReplay:
    def test_shares_fairly_on_both_sides_from_nothing(self, world: World) -> None:
        for hour in range(5):
            world.receive(at=START + hours(hour))
        found = compared(world, [{**NEAREST, "order": []}])
        assert sorted(each.after for each in found.partners) == [1, 2, 2]
        assert found.fairness["before"]["max_debt"] == 0
        assert 0 < found.fairness["after"]["max_debt"] <= found.fairness["after"]["bound"]
        assert {code for _, _, code in names(found)} <= {"share", "score"}

    def test_knows_who_was_paused_when_the_lead_came(self, world: World) -> None:
        pause_partner(world.partners["alpen"].pk, until=START + hours(2), reason="", by=world.manager, at=START)
        world.receive(at=START)
        world.receive(at=START + hours(3))
        found = compared(world, [NEAREST])
        assert {each.name: each.after for each in found.partners} == {"Alpen Systemhaus": 1, "Bergmann IT": 1}
        assert found.same == found.as_then == 2

    def test_counts_loads_by_its_own_choices_and_lets_go_of_them(self, world: World) -> None:
        for minute in range(3):
            world.receive(at=START + hours(minute / 60))
        world.receive(at=START + hours(5))
        by_load = {**NEAREST, "order": [{"by": "load", "points": 100}], "equal_within": 0}
        found = compared(world, [by_load])
        assert sorted(each.after for each in found.partners) == [1, 1, 2]
        assert max(each.peak_after for each in found.partners) == 1
        assert max(each.peak_before for each in found.partners) == 3

    def test_takes_the_period_and_no_test_leads(self, world: World) -> None:
        world.receive(at=START)
        world.receive(at=START + hours(1))
        world.receive(at=START + hours(2), test=True)
        world.receive(at=START + hours(3))
        assert compared(world, [NEAREST], START + hours(1), START + hours(3)).leads == 1

    def test_goes_through_every_chunk_once(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("partidor.queries.backtests.run.AT_ONCE", 2)
        for number in range(5):
            world.receive(at=START + hours(number // 3))
        assert compared(world, [NEAREST]).leads == 5

    def test_reads_personal_fields_and_values_as_rules_do(self, world: World) -> None:
        world.receive(value="5000.00", custom={"pot": "Q2"}, utm={"source": "google"})
        conditions = [
            {"field": "email", "op": "matches_domain", "value": "example"},
            {"field": "company", "op": "contains", "value": "werkstatt"},
            {"field": "value", "op": "gte", "value": 5000},
            {"field": "utm_source", "op": "eq", "value": "google"},
            {"field": "source", "op": "eq", "value": "api"},
            {"field": "first_name", "op": "eq", "value": "Eva"},
        ]
        found = compared(world, [{**NEAREST, "when": {"all": conditions}}])
        assert found.unmatched["after"] == 0


class TestWhatADecisionKept:
    """Both sides see of a past lead what its first decision saw: who was out, whom the customer knew, the month."""

    def asked_first(self, world: World, rule: dict[str, Any] = NEAREST) -> set[str]:
        world.rules([rule])
        (one,) = [one for one in compared(world, [rule]).partners if one.before]
        return {one.name} if one.before == one.after else {one.name, "both sides differ"}

    @pytest.mark.parametrize(
        ("part", "name", "rule"),
        [
            ("inputs", "gone", {}),
            ("inputs", "running_with", {}),
            ("inputs", "customer_of", {"who": {"customer_of": True}}),
            ("live", "paused", {}),
            ("live", "no_hours", {}),
            ("live", "feedback_due", {}),
        ],
    )
    def test_is_what_both_sides_see(self, world: World, part: str, name: str, rule: dict[str, Any]) -> None:
        world.receive()
        decision = Decision.objects.get()
        places = sorted(str(one.pk) for one in world.partners.values())
        alpen, bergmann = (str(world.partners[one].pk) for one in ("alpen", "bergmann"))
        who = bergmann if name in ("running_with", "customer_of") else alpen
        decision.record[part][name] = [places.index(who)] if part == "live" else [who]
        Decision.objects.update(record=decision.record)
        assert self.asked_first(world, {**NEAREST, **rule}) == {"Bergmann IT"}

    @pytest.mark.parametrize(
        ("times", "same_month"),
        [
            (("2026-03-31T21:30Z", "2026-03-31T22:30Z"), False),  # April has begun in Berlin, not in Greenwich
            (("2026-03-31T22:30Z", "2026-04-01T00:30Z"), True),
        ],
    )
    def test_counts_months_by_the_clock_of_the_vendor(
        self, world: World, times: tuple[str, str], same_month: bool
    ) -> None:
        change_partner(world.partners["alpen"].pk, {"monthly_cap": 1}, by=world.manager, at=START)
        for at in times:
            world.receive(at=datetime.fromisoformat(at))
        Lead.objects.update(accepted_at=START, closed_at=F("received_at"))
        found = compared(world, [NEAREST], until=LATER + hours(24 * 30))
        given = {one.name: one.after for one in found.partners if one.after}
        assert given == ({"Alpen Systemhaus": 1, "Bergmann IT": 1} if same_month else {"Alpen Systemhaus": 2})


class TestTheNetwork:
    """A decision keeps who was out as bits of the network of its time; a back-test reads them in the one it pinned."""

    EVENLY = {**NEAREST, "order": []}

    @pytest.fixture
    def places(self, world: World) -> list[Partner]:
        """The partners in the order of their bits."""
        world.rules([self.EVENLY])
        return sorted(world.partners.values(), key=lambda one: str(one.pk))

    def asked_first(self, result: dict[str, Any]) -> dict[str, tuple[int, int]]:
        return {one.partner: (one.before, one.after) for one in Outcome(result).partners}

    def test_of_a_decision_may_be_older_than_the_one_tested_on(self, world: World, places: list[Partner]) -> None:
        gone, paused, free = places
        pause_partner(paused.pk, until=START + hours(3), by=world.manager, at=START)
        for hour in range(3):
            world.receive(at=START + hours(hour))
        archive_partner(gone.pk, by=world.manager, at=START + hours(4))
        compared(world, [self.EVENLY])
        comparison = comparison_of(world.clock, 0, START, LATER, at=LATER)
        found = self.asked_first(result_of(world, comparison))
        assert found.pop(str(free.pk)) == (3, 3), "the other one was paused"
        assert set(found.values()) <= {(0, 0)}

    def test_of_a_decision_may_be_younger_than_the_one_tested_on(self, world: World, places: list[Partner]) -> None:
        gone, paused, free = places
        compared(world, [self.EVENLY])
        comparison = comparison_of(world.clock, 0, START, LATER, at=START)
        archive_partner(gone.pk, by=world.manager, at=START)
        pause_partner(paused.pk, until=None, by=world.manager, at=START)
        for hour in range(4):
            world.receive(at=START + hours(hour))
        assert self.asked_first(result_of(world, comparison)) == {str(gone.pk): (2, 2), str(free.pk): (2, 2)}

    def test_is_pinned_so_that_a_job_begun_anew_comes_to_the_same(self, world: World, places: list[Partner]) -> None:
        gone, paused, _ = places
        world.partner("gilt", tags={"tier": ["gold"]}, address={"country": "DE", "city": "Köln"})
        for hour in range(6):
            world.receive(at=START + hours(hour))
        compared(world, [{**NEAREST, "order": [{"by": "load", "points": 100}]}])
        comparison = comparison_of(world.clock, 0, START, LATER, at=START + hours(7))
        before = result_of(world, comparison)
        archive_partner(gone.pk, by=world.manager, at=START + hours(8))
        pause_partner(paused.pk, until=None, by=world.manager, at=START + hours(8))
        change_partner(world.partners["gilt"].pk, {"max_open_leads": 1}, by=world.manager, at=START + hours(8))
        assert result_of(world, comparison) == before
        world.rules([NEAREST])
        world.receive(at=START + hours(9))
        during = replace(comparison, until=START + hours(8))
        assert result_of(world, during) == before
