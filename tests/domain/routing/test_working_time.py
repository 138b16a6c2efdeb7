"""Who is at work: points for it, no offer for who does not work soon; the same when a decision is made again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from partidor.domain.business_time import DAYS
from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.decide import decide, replay
from partidor.domain.routing.decision import Decision
from partidor.domain.routing.explain import explain, sentence
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import compile_ruleset

VENDOR = {"time_zone": "Europe/Berlin", "holidays": "DE"}
CLOSED: dict[str, Any] = {"hours": {}}
CAST = [
    PartnerFacts("berlin"),
    PartnerFacts("denver", calendar={"time_zone": "America/Denver"}),
    PartnerFacts("moved", calendar=CLOSED),
    PartnerFacts("always", calendar={"hours": {day: ["00:00-24:00"] for day in DAYS}}),
    PartnerFacts("fair", calendar={**CLOSED, "exceptions": [{"date": "2026-06-21", "hours": ["10:00-12:00"]}]}),
]
MONDAY = datetime(2026, 6, 8, 8, tzinfo=UTC)  # 10:00 in Berlin, 02:00 in Denver
SATURDAY = datetime(2026, 6, 6, 8, tzinfo=UTC)
ORDER = [{"by": "open_now", "points": 10}]


def route(at: datetime, **rule: Any) -> tuple[Snapshot, Decision]:
    plan = [{"offer_to": 1, "window": "8h"}]
    network = Network(CAST, calendar=VENDOR)
    made = Snapshot(compile_ruleset([{"name": "R", "plan": plan, **rule}]), network)
    return made, decide(made, LeadFacts({}), LiveState(network, at=at))


def points(decision: Decision) -> dict[str, float]:
    return {one.partner: one.score for one in decision.candidates}


class TestWorkingTime:
    def test_who_does_not_work_in_the_next_fourteen_days_is_not_asked(self) -> None:
        made, decision = route(MONDAY)
        assert decision.excluded == {"no_hours": 1}
        assert set(points(decision)) == {"berlin", "denver", "always", "fair"}
        _, sooner = route(datetime(2026, 6, 7, 7, tzinfo=UTC))  # the fair opens 14 days and an hour later
        assert sooner.excluded == {"no_hours": 2}
        (reason,) = explain(made, decision.record(), {}, "moved").reasons
        assert sentence(reason, "en") == "No working time in the next 14 days"

    def test_who_is_at_work_now_has_the_points(self) -> None:
        assert points(route(MONDAY, order=ORDER)[1]) == {"berlin": 10, "always": 10, "denver": 0, "fair": 0}
        assert points(route(SATURDAY, order=ORDER)[1]) == {"always": 10, "berlin": 0, "denver": 0}

    def test_is_kept_so_that_the_decision_can_be_made_again(self) -> None:
        for rule in ({"order": ORDER}, {}):
            made, decision = route(MONDAY, **rule)
            record = json.loads(json.dumps(decision.record()))
            assert ("open_now" in record["live"]) == bool(rule)
            assert replay(made, record, {}).record() == decision.record()

    def test_calendars_are_asked_once_each_however_many_partners_share_them(self) -> None:
        many = [
            PartnerFacts(f"p{at:04}", calendar={"time_zone": ["Europe/Berlin", "Asia/Tokyo"][at % 2]})
            for at in range(500)
        ]
        network = Network(many, calendar=VENDOR)
        network.at_work(MONDAY)
        assert len({network.calendar_at(at) for at in range(500)}) == 2
