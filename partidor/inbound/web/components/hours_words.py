"""Working hours in words: a calendar in short, and what is different between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext as _

from partidor.domain.business_time import DAYS
from partidor.domain.intake.codes import region_name
from partidor.domain.intake.entries import Entries, changed
from partidor.inbound.web.components.meanwhile import ChangeSaid
from partidor.inbound.web.components.wording import country_name, day_name, short_day, zone_name
from partidor.queries.settings.hours import HoursCard, SpanCard


@dataclass(frozen=True, slots=True)
class PartSaid:
    """A part of a calendar: its key, what it is called, what it says, and whether that is inherited."""

    key: str
    name: str
    said: str
    inherited: bool


def in_short(card: HoursCard, language: str) -> list[PartSaid]:
    """Say what counts, part by part."""
    holidays = _holidays_said(card.holidays or "none", language)
    return [
        PartSaid("hours", _("Hours"), _week_said(card.week), "hours" not in card.own),
        PartSaid("holidays", _("Public holidays"), holidays, "holidays" not in card.own),
        PartSaid("time_zone", _("Time zone"), zone_name(card.time_zone), "time_zone" not in card.own),
    ]


def _week_said(week: Sequence[tuple[SpanCard, ...]]) -> str:
    """Say the hours of a week, days that follow each other and are alike together."""
    said = []
    for spans, days in groupby(zip(DAYS, week, strict=True), key=lambda each: each[1]):
        names = [day_name(key) for key, _spans in days]
        if spans:
            hours = ", ".join(f"{span.start}–{'24:00' if span.end == '00:00' else span.end}" for span in spans)
            said.append(f"{names[0]}{f'–{names[-1]}' if len(names) > 1 else ''} {hours}")
    return "; ".join(said) or _("closed")


def changes_said(before: Entries, after: Entries, language: str) -> list[ChangeSaid]:
    """Say what is different between two calendars, entry by entry."""
    return [
        ChangeSaid(_entry_name(name), _entry_said(name, before.get(name), language),
                   _entry_said(name, after.get(name), language))
        for name in changed(before, after)
    ]  # fmt: skip


def _entry_name(name: str) -> str:
    part, _dot, which = name.partition(".")
    if part == "hours":
        return day_name(which)
    if part == "exceptions":
        return short_day(date.fromisoformat(which))
    if part == "own":
        return {
            "hours": _("Hours of its own"), "holidays": _("Holidays chosen here"), "exceptions": _("Days of its own"),
            "time_zone": _("A time zone of its own"),
        }[which]  # fmt: skip
    return {"holidays": _("Public holidays"), "time_zone": _("Time zone")}[part]


def _entry_said(name: str, value: object, language: str) -> str:
    part = name.partition(".")[0]
    if part == "own":
        return _("yes") if value else _("no")
    if value is None:
        return _("as always")
    if part == "time_zone":
        return zone_name(str(value))
    if part == "holidays":
        return _holidays_said(str(value), language)
    texts = value if isinstance(value, list) else []
    reason, spans = ("", texts) if part == "hours" else (texts[0], texts[1:])
    hours = ", ".join(span.replace("-", "–") for span in spans) or _("closed")
    return f"{hours} ({reason})" if reason else hours


def _holidays_said(whose: str, language: str) -> str:
    if whose == "none":
        return _("no public holidays")
    country, _dash, region = whose.partition("-")
    return region_name(whose, language) if region else country_name(country)
