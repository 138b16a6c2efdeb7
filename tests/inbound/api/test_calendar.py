"""The calendar over HTTP: shown with its defaults, replaced, refused in sentences; a partner's own likewise."""

from __future__ import annotations

from tests.inbound.api.calling import Caller
from tests.world import World

OWN = {"hours": {"sat": ["10:00-14:00"]}, "holidays": "AT", "exceptions": []}


class TestCalendar:
    def test_is_shown_with_what_counts_and_replaced_whole(self, acme: Caller) -> None:
        week = {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
        usual = {"time_zone": "Europe/Berlin", "hours": week, "holidays": "DE", "exceptions": []}
        assert acme.get("/calendar").card == usual
        given = {"holidays": "none", "exceptions": [{"date": "2026-12-24", "hours": [], "reason": "Eve"}]}
        changed = acme.call("PUT", "/calendar", given)
        assert (changed.status, changed.card) == (200, usual | given)
        assert acme.call("PUT", "/calendar", given).card["repeated"]
        assert acme.get("/calendar").card == usual | given

    def test_refuses_naming_field_and_remedy(self, acme: Caller) -> None:
        wrong = acme.call("PUT", "/calendar", {"hours": {"mon": ["5pm"]}, "holidays": "Bavaria"})
        assert wrong.status == 422
        errors = {one["field"]: one["message"] for one in wrong.card["errors"]}
        assert set(errors) == {"hours.mon", "holidays"}
        assert "09:00-17:00" in errors["hours.mon"]

    def test_of_a_partner_comes_and_goes_with_it(self, acme: Caller, world: World) -> None:
        made = acme.post("/partners", {"name": "Dorn", "calendar": OWN}).card
        assert made["calendar"] == OWN
        path = f"/partners/{made['id']}"
        assert acme.call("PATCH", path, {"calendar": {"hours": {"sat": []}}}).card["calendar"]["hours"] == {}
        assert acme.call("PATCH", path, {"calendar": None}).card["calendar"] is None
        wrong = acme.call("PATCH", path, {"calendar": {"holidays": "XX"}})
        assert [one["field"] for one in wrong.card["errors"]] == ["calendar.holidays"]
