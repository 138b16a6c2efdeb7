"""Back-tests over the API: started, asked after, read, cancelled."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from partidor.inbound.clock.jobs import run_due_job
from tests.inbound.api.calling import Caller
from tests.world import ALL_AT_ONCE, START, World

PERIOD = {"from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}


def work() -> None:
    run_due_job(timezone.now, Event())


class TestBacktest:
    def test_is_a_job_whose_result_is_as_documented(self, world: World, acme: Caller) -> None:
        leads = [str(world.receive(at=START + timedelta(hours=hour)).lead.pk) for hour in range(2)]
        bergmann, alpen = str(world.partners["bergmann"].pk), str(world.partners["alpen"].pk)
        rules = [{**ALL_AT_ONCE[0], "who": {"partner": {"in": [bergmann]}}}]
        acme.call("PUT", "/rulesets/draft", {"rules": rules})
        begun = acme.post("/rulesets/draft/backtest", PERIOD)
        assert (begun.status, set(begun.card)) == (202, {"id"})
        waiting = acme.get(f"/jobs/{begun['id']}").card
        assert waiting == {"id": begun["id"], "state": "waiting", "progress": 0, "result": None, "error": None}
        work()
        done = acme.get(f"/jobs/{begun['id']}").card
        assert (done["state"], done["progress"], done["error"]) == ("done", 100, None)
        result = done["result"]
        assert (result["leads"], result["same"], result["moved_left_off"]) == (2, 0, 0)
        assert [(one["lead"], one["from"], one["to"]) for one in result["moved"]] == [
            (lead, alpen, bergmann) for lead in leads
        ]
        assert result["moved"][0]["why"] == "Rule “Nearest first” takes it today; here rule “Everyone” does."
        assert result["unmatched"] == {"before": 0, "after": 0}
        by_partner = {one["partner"]: (one["before"], one["after"]) for one in result["by_partner"]}
        assert by_partner == {alpen: (2, 0), bergmann: (0, 2)}
        assert set(result["fairness"]) == {"before", "after"}

    def test_twice_is_one_job(self, acme: Caller) -> None:
        first, second = (acme.post("/rulesets/1/backtest", PERIOD) for _ in range(2))
        assert first["id"] == second["id"]
        assert second.card == {"id": first["id"], "repeated": True}
        assert acme.post("/rulesets/1/backtest").status == 202, "a period need not be named"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"from": "2026-04-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "from"),
            ({"from": "yesterday"}, "from"),
            ({"since": "2026-03-01T00:00:00Z"}, "since"),
        ],
    )
    def test_of_a_wrong_period_is_refused(self, acme: Caller, body: Any, field: str) -> None:
        refused = acme.post("/rulesets/draft/backtest", body)
        assert (refused.status, refused["errors"][0]["field"]) == (422, field)

    def test_of_no_version_is_404(self, acme: Caller) -> None:
        assert acme.post("/rulesets/9/backtest", PERIOD).status == 404

    def test_needs_more_than_reading(self, world: World) -> None:
        reader = Caller(world.key_of(scopes=("rules:read",)))
        assert reader.post("/rulesets/1/backtest", PERIOD).status == 403


class TestJobs:
    def test_are_cancelled_once_and_not_after_their_end(self, acme: Caller) -> None:
        job = acme.post("/rulesets/1/backtest", PERIOD)["id"]
        cancelled = acme.call("DELETE", f"/jobs/{job}")
        assert (cancelled.status, cancelled["state"]) == (200, "cancelled")
        assert acme.call("DELETE", f"/jobs/{job}")["repeated"] is True
        other = acme.post("/rulesets/1/backtest", PERIOD)["id"]
        assert other != job
        work()
        refused = acme.call("DELETE", f"/jobs/{other}")
        assert (refused.status, refused["code"], refused["state"]) == (409, "not-possible-now", "done")
