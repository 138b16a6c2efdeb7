"""The sides of a back-test keep to the limits of partners as routing does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

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
