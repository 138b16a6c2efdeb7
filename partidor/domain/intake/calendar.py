"""A calendar as it is written: hours by day of the week, whose public holidays, and days that are as no other.

    {"hours": {"mon": ["09:00-12:00", "13:00-17:00"], "sat": ["10:00-14:00"]},
     "holidays": "DE-BY",
     "exceptions": [{"date": "2026-12-24", "hours": [], "reason": "Christmas Eve"}]}

Each part may be left out: then a partner inherits the vendor's, and a vendor works Monday to Friday, 09:00-17:00, in
its time zone, with the holidays of its country.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise

from partidor.domain.business_time import DAYS, MIDNIGHT, span_text
from partidor.domain.intake.fields import Fields
from partidor.domain.public_holidays import knows_holidays
from partidor.domain.refusal import FieldError, WrongContent

CALENDAR_KEYS = ("hours", "holidays", "exceptions")
EXCEPTION_KEYS = ("date", "hours", "reason")
MOST_SPANS = 12
MOST_EXCEPTIONS = 400
_SPAN = re.compile(r"([01]?\d|2[0-4])(?::([0-5]\d))?\s*[-–]\s*([01]?\d|2[0-4])(?::([0-5]\d))?")
_FORM = '"09:00-17:00", several as a list, ["00:00-24:00"] round the clock, [] closed'

Calendar = dict[str, object]


def read_calendar(given: object) -> Calendar:
    """Read a calendar alone. Raises WrongContent, which names every wrong field, and what would be right."""
    if not isinstance(given, Mapping):
        raise WrongContent([FieldError("calendar", "must be an object with hours, holidays, exceptions")])
    fields = Fields(given, "", [], set())
    fields.only(CALENDAR_KEYS, "a calendar")
    calendar = _parts(fields)
    fields.end()
    return calendar


def calendar_in(given: Fields) -> Calendar | None:
    """Read the ``calendar`` of a partner; None if it says nothing of its own. What is wrong is noted in ``given``."""
    return _parts(given.inside("calendar", CALENDAR_KEYS, "a calendar")) or None


def _parts(given: Fields) -> Calendar:
    calendar: Calendar = {}
    if given.given.get("hours") is not None:
        calendar["hours"] = _week(given)
    if holidays := _holidays(given):
        calendar["holidays"] = holidays
    if given.given.get("exceptions") is not None:
        calendar["exceptions"] = _exceptions(given)
    return calendar


def _week(given: Fields) -> dict[str, list[str]]:
    hours = given.given["hours"]
    if not isinstance(hours, Mapping):
        given.wrong("hours", f"must be an object by day ({', '.join(DAYS)}); write for example {_FORM}")
        return {}
    week = given.inside("hours", DAYS, "a week")
    return {day: spans for day in DAYS if (spans := _hours(week, day))}


def _hours(given: Fields, key: str) -> list[str]:
    """Read the spans of a day, in order and apart from each other."""
    listed = given.given.get(key)
    listed = [] if listed is None else [listed] if isinstance(listed, str) else listed
    if not isinstance(listed, list | tuple) or len(listed) > MOST_SPANS:
        given.wrong(key, f"must be a list of at most {MOST_SPANS} spans; write {_FORM}")
        return []
    spans = []
    for text in listed:
        found = _SPAN.fullmatch(text.strip()) if isinstance(text, str) and len(text) < 30 else None
        start, end = (
            (int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)) if found else (0, 0)
        )
        if not start < end <= MIDNIGHT:
            given.wrong(key, f"{str(text)[:30]!r} is no span of a day, from earlier to later; write {_FORM}")
            return []
        spans.append((start, end))
    spans.sort()
    if any(later < end for (_, end), (later, _) in pairwise(spans)):
        given.wrong(key, "has spans that overlap; let each end before the next begins")
    return list(map(span_text, spans))


def _holidays(given: Fields) -> str:
    text = given.text("holidays", 20)
    if not text or text.lower() == "none":
        return text.lower()
    place = text.upper()
    if not knows_holidays(place):
        remedy = 'write a country ("DE"), one of its regions ("DE-BY"), or "none"'
        given.wrong("holidays", f"the holidays of {text!r} are not known; {remedy}")
    return place


def _exceptions(given: Fields) -> list[dict[str, object]]:
    listed = given.given["exceptions"]
    if not isinstance(listed, list | tuple) or len(listed) > MOST_EXCEPTIONS:
        given.wrong("exceptions", f'must be a list of at most {MOST_EXCEPTIONS}, such as [{{"date": "2026-12-24"}}]')
        return []
    read: dict[str, dict[str, object]] = {}
    for at, one in enumerate(listed):
        path = f"{given.path}exceptions.{at}."
        each = Fields(one if isinstance(one, Mapping) else {}, path, given.errors, given.flags)
        each.only(EXCEPTION_KEYS, "an exception")
        day = _date(each)
        if day in read:
            each.wrong("date", f"{day} stands there twice")
        read[day] = {"date": day, "hours": _hours(each, "hours"), "reason": each.text("reason")}
    return [read[day] for day in sorted(read)]


def _date(given: Fields) -> str:
    text = given.given.get("date")
    try:
        day = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 2200:
        given.wrong("date", 'is no day; write for example "2026-12-24"')
        return ""
    return day.isoformat()
