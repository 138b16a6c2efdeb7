"""A back-test does, lead by lead, what two naive replays do: over pauses, hours, months, limits and known customers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.business_time import DAYS
from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.replays.backtest import Backtest, Past
from partidor.domain.routing.ruleset import compile_ruleset
from tests.laws.oracle import World
from tests.laws.replaying import Side, first, reason

START = datetime(2026, 1, 29, 8, tzinfo=UTC)
IDS = ["a", "b", "c", "d"]
ALWAYS: dict[str, Any] = {"time_zone": "UTC", "hours": {day: ["00:00-24:00"] for day in DAYS}}
MORNINGS: dict[str, Any] = {"hours": {day: ["00:00-12:00"] for day in DAYS}}
OUT = ("paused", "no_hours", "feedback_due")

few = st.sets(st.sampled_from(IDS), max_size=2)
limit = st.sampled_from([None, None, 1, 2])
partners = st.lists(
    st.builds(
        lambda at, load, month, week, weight, mornings, gold: PartnerFacts(
            at, max_open_leads=load, monthly_cap=month, weekly_pace=week, weight=weight,
            calendar=MORNINGS if mornings else {}, tags={"tier": ("gold",)} if gold else {},
        ),
        st.sampled_from(IDS), limit, limit, limit, st.integers(1, 2), st.booleans(), st.booleans(),
    ),
    unique_by=lambda one: one.id, min_size=2, max_size=4,
)  # fmt: skip
rules = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(["One", "Two", "Three"]),
            "plan": st.builds(lambda to, window: [{"offer_to": to, "window": window}],
                              st.sampled_from([1, 1, 2, "all"]), st.sampled_from(["4h", "3d"])),
            "order": st.lists(
                st.sampled_from(
                    [{"by": "load", "points": 20}, {"by": "open_now", "points": 10},
                     {"by": "tag", "dimension": "tier", "values": ["gold"], "points": 10}]
                ), max_size=2, unique_by=lambda line: line["by"],
            ),
        },
        optional={
            "when": st.just({"field": "product", "op": "eq", "value": "erp"}),
            "who": st.sampled_from([{"not": {"customer_of": True}}, {"customer_of": True}, {"partner": {"in": ["a"]}}]),
            "known_customer": st.just("ignore"),
            "equal_within": st.sampled_from([0, 10]),
        },
    ),
    min_size=1, max_size=3, unique_by=lambda rule: rule["name"],
)  # fmt: skip


@st.composite
def arrivals(draw: st.DrawFn) -> list[tuple[Past, dict[str, set[str]]]]:
    """Leads in the order they came, and who was out for which reason at each."""
    at, found = START, []
    for number in range(draw(st.integers(2, 12))):
        at += timedelta(hours=draw(st.sampled_from([0, 1, 5, 5, 30, 100])))
        values: dict[str, Any] = {"temperature": draw(st.sampled_from(["hot", "warm", "cold"]))}
        if draw(st.booleans()):
            values["product"] = "erp"
        known, running = draw(few), sorted(draw(few))
        lead = LeadFacts(values, None, frozenset(known), tuple(running))
        accepted = draw(st.booleans())
        ran = draw(st.sampled_from([None, 2, 40, 500])) if accepted else None
        past = Past(
            str(number), at, (at.year, at.month), lead, gone=frozenset(draw(few)), accepted=accepted,
            until=None if ran is None else at + timedelta(hours=ran), happened=draw(st.sampled_from([None, "a", "b"])),
            rule=draw(st.sampled_from(["One", "Two"])),
        )  # fmt: skip
        found.append((past, {name: draw(few) if draw(st.booleans()) else set() for name in OUT}))
    return found


@given(partners, rules, rules, arrivals())
def test_agrees_with_two_naive_replays(
    cast: list[PartnerFacts],
    today: list[dict[str, Any]],
    tested: list[dict[str, Any]],
    leads: list[tuple[Past, dict[str, set[str]]]],
) -> None:
    network = Network(cast, calendar=ALWAYS)
    test = Backtest(*(Snapshot(compile_ruleset(each), network) for each in (today, tested)))
    mornings = {one.id for one in cast if one.calendar}
    before, after = (
        Side(World(each, cast), lambda at: mornings if at.hour >= 12 else set()) for each in (today, tested)
    )
    moved, unlike_then = [], []
    for past, out in leads:
        paused, no_hours, feedback_due = (network.mask(out[name]) for name in OUT)
        test.add(replace(past, paused=paused, no_hours=no_hours, feedback_due=feedback_due))
        one, other = before.decide(past, out), after.decide(past, out)
        if first(one) != first(other):
            moved.append(
                (past.id, first(one), first(other), one["rule"], other["rule"], reason(one, other, before, after))
            )
        if first(other) != past.happened:
            unlike_then.append((past.id, first(other), past.happened))
        before.book(one, past)
        after.book(other, past)

    assert [(*row[:3], row.rule_before, row.rule_after, row.why.code) for row in test.moved] == moved
    assert [(row.lead, row.after, row.happened) for row in test.unlike_then] == unlike_then
    assert (test.leads, test.same, test.as_then) == (len(leads), len(leads) - len(moved), len(leads) - len(unlike_then))
    for tally, side in ((test.before, before), (test.after, after)):
        assert (tally.leads, tally.peaks, tally.unmatched) == (side.leads, side.peaks, side.unmatched)
        assert abs(tally.fairness.max_debt - side.max_debt()) < 1e-4
