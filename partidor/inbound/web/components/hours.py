"""Working hours as a form: a week of spans, whose public holidays, days that are as no other. For both faces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from zoneinfo import available_timezones

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from partidor.domain.business_time import DAYS
from partidor.domain.intake.codes import region_name
from partidor.domain.intake.entries import Entries, changed, rebased
from partidor.domain.public_holidays import holiday_countries, holiday_regions
from partidor.inbound.web.components.doors import Visit
from partidor.inbound.web.components.hours_words import in_short
from partidor.inbound.web.components.meanwhile import shown_before
from partidor.inbound.web.components.wording import country_name
from partidor.queries.settings.hours import HoursCard

SPARE = 3
"""Empty lines for further exceptions."""
CONTINENTS = ("Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
LEAST = 2
"""Spans of a day that have a field: morning and afternoon."""


@dataclass(frozen=True, slots=True)
class DayField:
    """One day of the week: its key, and its spans with empty ones to spare; what is wrong with them."""

    key: str
    spans: tuple[tuple[str, str], ...]
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class ExceptionField:
    """One exception: the day, from, to, why; what is wrong with it."""

    day: str
    start: str
    end: str
    reason: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class HoursForm:
    """The form as it is shown: as the calendar stands, or as it was sent."""

    week: tuple[DayField, ...]
    country: str
    region: str
    exceptions: tuple[ExceptionField, ...]
    time_zone: str
    own: frozenset[str]

    @property
    def is_wrong(self) -> bool:
        """Say whether anything has to be put right."""
        return any(day.wrong for day in self.week) or any(one.wrong for one in self.exceptions)

    def entries(self) -> dict[str, object]:
        """Return what the form says, entry by entry: each day of the week, each exception, whose each part is."""
        days: dict[str, list[str]] = {}
        for one in self.exceptions:
            spans = [_written(one.start, one.end)] if one.start or one.end else []
            days.setdefault(one.day, [one.reason]).extend(spans)
        return {
            **{f"hours.{day.key}": [_written(*span) for span in day.spans if any(span)] for day in self.week},
            "holidays": self.region or self.country or "none",
            **{f"exceptions.{day}": said for day, said in sorted(days.items())},
            "time_zone": self.time_zone,
            **{f"own.{part}": True for part in sorted(self.own)},
        }

    @classmethod
    def of_entries(cls, entries: Entries) -> HoursForm:
        """Make the form that says this."""
        holidays = str(entries["holidays"])
        region = "" if holidays == "none" else holidays
        said = {day: _texts(entries[f"exceptions.{day}"]) for day in _under(entries, "exceptions")}
        return cls(
            tuple(DayField(key, _padded([_ends(span) for span in _texts(entries[f"hours.{key}"])])) for key in DAYS),
            region.partition("-")[0],
            region,
            tuple(
                ExceptionField(day, *ends, reason)
                for day, (reason, *spans) in said.items()
                for ends in ([_ends(span) for span in spans] or [("", "")])
            ),
            str(entries["time_zone"]),
            frozenset(_under(entries, "own")),
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was sent: to be shown again, what was shown before it was filled in, and of which revision."""

    form: HoursForm
    shown: Entries
    revision: str

    def rebased(self, card: HoursCard) -> HoursForm:
        """Make what was changed in the form as it stands now."""
        return HoursForm.of_entries(rebased(self.shown, self.form.entries(), form_of(card).entries()))

    def calendar(self, card: HoursCard, *, inherits: bool) -> tuple[dict[str, object], str]:
        """Return the calendar that was meant, and the time zone; what nobody touched stays as it is written."""
        now, meant = form_of(card).entries(), self.rebased(card)
        entries = meant.entries()
        calendar: dict[str, object] = {}
        for part in PARTS:
            touched = [name for name in changed(now, entries) if name.partition(".")[0] == part]
            if part in meant.own if inherits else (touched or part in card.written):
                stays = not touched and part in card.written
                calendar[part] = card.written[part] if stays else _part(part, entries)
        inherited = inherits and "time_zone" not in meant.own
        return calendar, "" if inherited else meant.time_zone


PARTS = ("hours", "holidays", "exceptions")


def _part(part: str, entries: Entries) -> object:
    if part == "hours":
        return {day: entries[f"hours.{day}"] for day in DAYS}
    if part == "holidays":
        return entries["holidays"]
    said = {day: _texts(entries[f"exceptions.{day}"]) for day in _under(entries, "exceptions")}
    return [{"date": day, "hours": spans, "reason": reason} for day, (reason, *spans) in said.items()]


def _under(entries: Entries, part: str) -> list[str]:
    return sorted(name.removeprefix(f"{part}.") for name in entries if name.startswith(f"{part}."))


def _texts(listed: object) -> list[str]:
    assert isinstance(listed, list)
    return listed


def _ends(span: str) -> tuple[str, str]:
    start, _dash, end = span.partition("-")
    return start, "00:00" if end == "24:00" else end


def form_of(card: HoursCard) -> HoursForm:
    """Fill the form with a calendar as it stands."""
    return HoursForm(
        tuple(
            DayField(key, _padded([(span.start, span.end) for span in spans]))
            for key, spans in zip(DAYS, card.week, strict=True)
        ),
        card.holidays.partition("-")[0],
        card.holidays,
        tuple(
            ExceptionField(one.day.isoformat(), *span, one.reason)
            for one in card.exceptions
            for span in [(spans.start, spans.end) for spans in one.spans] or [("", "")]
        ),
        card.time_zone,
        card.own,
    )


def sent(post: QueryDict, card: HoursCard, *, inherits: bool = False) -> Sent:
    """Read what was sent; who inherits says which parts are its own, and all others are let be."""
    named = (*PARTS, "time_zone")
    own = [part for part in named if post.get(f"own_{part}")] if inherits else named
    week = []
    for key in DAYS:
        spans = _pairs(post.getlist(f"{key}_from"), post.getlist(f"{key}_to"))
        week.append(DayField(key, _padded(spans), _wrong(spans) if "hours" in own else ""))
    country, region = post.get("country", ""), post.get("region", "")
    region = region if region.partition("-")[0] == country else ""
    rows = list(zip(*(post.getlist(f"day_{name}") for name in ("date", "from", "to", "why")), strict=False))
    listed = [
        ExceptionField(day, start, end, why, _wrong_row(day, rows) if "exceptions" in own else "")
        for day, start, end, why in rows
        if any((day, start, end, why))
    ]
    zone = post.get("time_zone") or card.time_zone
    form = HoursForm(tuple(week), country, region, tuple(listed), zone, frozenset(own))
    return Sent(form, shown_before(post) or form_of(card).entries(), post.get("revision", ""))


def choices(card: HoursCard, language: str, again: Sent | None = None, meanwhile: bool = False) -> dict[str, object]:
    """Return what the form shows and offers: a calendar as it stands, or what was sent and is to be looked at again.

    If somebody changed the calendar meanwhile, the form is theirs with what was changed in it.
    """
    form = form_of(card) if again is None else again.rebased(card) if meanwhile else again.form
    countries = sorted(((code, country_name(code)) for code in holiday_countries()), key=lambda each: each[1])
    stands = again is None or meanwhile
    return {
        "form": form,
        "inherited": {part.key: part.said for part in in_short(card, language) if part.inherited},
        "shown": json.dumps(form_of(card).entries() if again is None or meanwhile else dict(again.shown)),
        "revision": card.revision if again is None or stands else again.revision,
        "countries": countries,
        "regions": regions(form.country, language),
        "zones": time_zones(),
        "spare": range(SPARE),
    }


@cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """List the time zones by continent, each with its town."""
    found: dict[str, list[tuple[str, str]]] = {}
    for zone in sorted(available_timezones()):
        continent, slash, town = zone.partition("/")
        if slash and continent in CONTINENTS:
            found.setdefault(continent, []).append((zone, town.replace("_", " ").replace("/", ", ")))
    return list(found.items())


def regions(country: str, language: str) -> list[tuple[str, str]]:
    """Return the regions of a country that have holidays of their own, by name."""
    return sorted(((code, region_name(code, language)) for code in holiday_regions(country)), key=lambda each: each[1])


def regions_part(visit: Visit) -> HttpResponse:
    """Show the regions of the country that was just chosen."""
    listed = regions(visit.request.GET.get("country", ""), visit.language)
    return visit.show("components/_hours_regions.html", {"regions": listed, "form": {"region": ""}})


def _pairs(starts: Sequence[str], ends: Sequence[str]) -> list[tuple[str, str]]:
    return [pair for pair in zip(starts, ends, strict=False) if any(pair)]


def _padded(spans: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return (*spans, *[("", "")] * (LEAST - len(spans)))


def _written(start: str, end: str) -> str:
    """Write a span; a day that ends at midnight ends at 24:00."""
    return f"{start}-{'24:00' if end == '00:00' else end}"


def _wrong(spans: Sequence[tuple[str, str]]) -> str:
    """Say what is wrong with the spans of a day; nothing if all is right."""
    if not all(len(text) == 5 and text[:2].isdigit() and text[3:].isdigit() for pair in spans for text in pair):
        return _("Please give both times, from and to.")
    ends = [(start, "24:00" if end == "00:00" else end) for start, end in spans]
    if any(start >= end for start, end in ends):
        return _("The end must come after the beginning; write 00:00 for midnight.")
    ends.sort()
    if any(later < end for (_start, end), (later, _end) in pairwise(ends)):
        return _("These times overlap.")
    return ""


def _wrong_row(day: str, rows: Sequence[Sequence[str]]) -> str:
    try:
        when = date.fromisoformat(day)
    except ValueError:
        return _("Please choose a day.")
    if not 2000 <= when.year < 2200:
        return _("Please choose a day of this century.")
    spans = [(each[1], each[2]) for each in rows if each[0] == day]
    if len(spans) > 1 and not all(map(any, spans)):
        return _("This day stands there twice.")
    return _wrong([pair for pair in spans if any(pair)])
