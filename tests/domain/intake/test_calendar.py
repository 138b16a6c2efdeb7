"""Calendars as they are written: understood, or refused with the field and what would be right."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.domain.business_time import calendar_of
from partidor.domain.intake.calendar import read_calendar
from partidor.domain.intake.partner import read_partner
from partidor.domain.refusal import WrongContent


class TestReadCalendar:
    def test_reads_hours_holidays_and_exceptions(self) -> None:
        calendar = read_calendar(
            {
                "hours": {"mon": ["13-17", "9:00 – 12:00"], "sat": "10:00-14:00", "sun": []},
                "holidays": "de-by",
                "exceptions": [{"date": "2026-12-31", "hours": ["09:00-12:00"]},
                               {"date": "2026-12-24", "reason": " Christmas  Eve"}],
            }
        )  # fmt: skip
        assert calendar == {
            "hours": {"mon": ["09:00-12:00", "13:00-17:00"], "sat": ["10:00-14:00"]},
            "holidays": "DE-BY",
            "exceptions": [
                {"date": "2026-12-24", "hours": [], "reason": "Christmas Eve"},
                {"date": "2026-12-31", "hours": ["09:00-12:00"], "reason": ""},
            ],
        }
        assert read_calendar(calendar) == calendar
        assert calendar_of({"time_zone": "Europe/Berlin"}, calendar).week[0] == ((540, 720), (780, 1020))

    def test_nothing_said_is_all_inherited_and_no_hours_are_no_hours(self) -> None:
        assert read_partner({"name": "A", "calendar": {}}).calendar is None
        assert read_partner({"name": "A"}).calendar is None
        assert read_calendar({"hours": {}}) == {"hours": {}}
        assert read_calendar({"exceptions": []}) == {"exceptions": []}

    def test_alone_is_refused_by_its_own_fields(self) -> None:
        with pytest.raises(WrongContent, match="calendar"):
            read_calendar([])
        with pytest.raises(WrongContent) as refused:
            read_calendar({"hour": {}, "holidays": "DE-XX"})
        assert [error.field for error in refused.value.errors] == ["hour", "holidays"]

    @pytest.mark.parametrize(
        ("given", "field", "says"),
        [
            ("always", "calendar", "must be an object with hours, holidays, exceptions"),
            ({"hour": {}}, "calendar.hour", 'did you mean "calendar.hours"?'),
            ({"hours": ["09:00-17:00"]}, "calendar.hours", "must be an object by day"),
            ({"hours": {"monday": []}}, "calendar.hours.monday", "mon"),
            ({"hours": {"mon": ["17:00-09:00"]}}, "calendar.hours.mon", "from earlier to later"),
            ({"hours": {"mon": ["09:00-25:00"]}}, "calendar.hours.mon", '["00:00-24:00"] round the clock'),
            ({"hours": {"mon": ["24:00-24:30"]}}, "calendar.hours.mon", "no span of a day"),
            ({"hours": {"mon": [900]}}, "calendar.hours.mon", "'900' is no span"),
            ({"hours": {"mon": ["09:00-12:00", "11:00-17:00"]}}, "calendar.hours.mon", "overlap"),
            ({"hours": {"mon": ["09:00-12:00"] * 13}}, "calendar.hours.mon", "at most 12"),
            ({"holidays": "DE-XX"}, "calendar.holidays", 'one of its regions ("DE-BY"), or "none"'),
            ({"holidays": "Bavaria"}, "calendar.holidays", "not known"),
            ({"exceptions": {}}, "calendar.exceptions", "must be a list"),
            ({"exceptions": ["2026-12-24"]}, "calendar.exceptions.0.date", "is no day"),
            ({"exceptions": [{"date": "24.12.2026"}]}, "calendar.exceptions.0.date", '"2026-12-24"'),
            ({"exceptions": [{"date": "2026-12-24"}] * 2}, "calendar.exceptions.1.date", "twice"),
            ({"exceptions": [{"date": "2026-12-24", "hours": ["x"]}]}, "calendar.exceptions.0.hours", "no span"),
        ],
    )
    def test_refuses_naming_field_and_remedy(self, given: Any, field: str, says: str) -> None:
        with pytest.raises(WrongContent) as refused:
            read_partner({"name": "A", "calendar": given})
        errors = {error.field: error.message for error in refused.value.errors}
        assert says in errors.get(field, str(errors)), errors
