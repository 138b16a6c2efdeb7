"""The sides of a back-test keep to the limits of partners as routing does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.replays.backtest import Backtest, Past
from partidor.domain.routing.ruleset import compile_ruleset

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_pace_rolls_over_the_end_of_a_month() -> None:
    rules = compile_ruleset([{"name": "One", "plan": [{"offer_to": 1, "window": "1h"}]}])
    snapshot = Snapshot(rules, Network([PartnerFacts("a", weekly_pace=2)]))
    test = Backtest(snapshot, snapshot)
    asked = []
    for hours, accepted in (
        (0, True),
        (1, False),
        (1.5, True),
        (3, True),
        (100, True),
        (168, True),
        (169, True),
        (170, True),
    ):
        at = START + timedelta(hours=hours)
        before = test.after.leads["a"]
        test.add(Past(str(hours), at, (at.year, at.month), LeadFacts({}), accepted=accepted, until=at))
        asked.append(test.after.leads["a"] > before)
    # the second lapses and counts no more; the first counts for seven days to the second
    assert asked == [True, True, False, True, False, False, True, False]


PREFERS_B = {"order": [{"by": "tag", "dimension": "tier", "values": ["gold"], "points": 10}]}


@pytest.mark.parametrize(
    ("today", "tested", "running", "reasons"),
    [
        ({}, PREFERS_B, (), [("a", "b", "score"), ("b", "a", "full")]),
        ({"who": {"partner": {"in": ["a"]}}}, {**PREFERS_B, "equal_within": 20}, (), [("a", "b", "share")]),
        (
            {"who": {"partner": {"in": ["a"]}}},
            {"who": {"partner": {"in": ["b"]}}},
            ("a", "b"),
            [("a", "b", "known")],
        ),
        ({"who": {"partner": {"in": ["a"]}}}, {"who": {"partner": {"in": ["b"]}}}, (), [("a", "b", "who")]),
    ],
)
def test_what_goes_elsewhere_has_the_reason_that_made_it(
    today: dict[str, Any], tested: dict[str, Any], running: tuple[str, ...], reasons: list[tuple[str, str, str]]
) -> None:
    network = Network([PartnerFacts("a"), PartnerFacts("b", tags={"tier": ("gold",)}, max_open_leads=1)])
    plan = {"name": "One", "plan": [{"offer_to": 1, "window": "8h"}]}
    test = Backtest(*(Snapshot(compile_ruleset([{**plan, **rule}]), network) for rule in (today, tested)))
    for number in range(2):
        at = START + timedelta(hours=number)
        test.add(Past(str(number), at, (at.year, at.month), LeadFacts({}, running_with=running), accepted=True))
    assert [(one.before, one.after, one.why.code) for one in test.moved][: len(reasons)] == reasons
