"""Working hours as a form: a week of spans, whose public holidays, days that are as no other. For both faces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from partidor.domain.business_time import DAYS
from partidor.domain.intake.codes import region_name
from partidor.domain.public_holidays import holiday_countries, holiday_regions
from partidor.inbound.web.components.doors import Visit
from partidor.inbound.web.components.wording import country_name
from partidor.queries.settings.hours import HoursCard

SPARE = 3
"""Empty lines for further exceptions."""
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
    own: frozenset[str]

    @property
    def is_wrong(self) -> bool:
        """Say whether anything has to be put right."""
        return any(day.wrong for day in self.week) or any(one.wrong for one in self.exceptions)


@dataclass(slots=True)
class Sent:
    """A form that was sent: to be shown again, and the calendar that was meant."""

    form: HoursForm
    calendar: dict[str, object] = field(default_factory=dict)


def form_of(card: HoursCard) -> HoursForm:
    """Fill the form with a calendar as it stands."""
    country = card.holidays.partition("-")[0]
    return HoursForm(
        tuple(
            DayField(key, _padded([(span.start, span.end) for span in spans]))
            for key, spans in zip(DAYS, card.week, strict=True)
        ),
        country,
        card.holidays,
        tuple(
            ExceptionField(one.day.isoformat(), span[0], span[1], one.reason)
            for one in card.exceptions
            for span in [(spans.start, spans.end) for spans in one.spans] or [("", "")]
        ),
        card.own,
    )


def sent(post: QueryDict, parts: Sequence[str] = ("hours", "holidays", "exceptions")) -> Sent:
    """Read what was sent; ``parts`` are those that are one's own, all others are left out."""
    week, hours = [], {}
    for key in DAYS:
        spans = _pairs(post.getlist(f"{key}_from"), post.getlist(f"{key}_to"))
        week.append(DayField(key, _padded(spans), _wrong(spans) if "hours" in parts else ""))
        hours[key] = [_written(start, end) for start, end in spans]
    country, region = post.get("country", ""), post.get("region", "")
    region = region if region.partition("-")[0] == country else ""
    rows = list(zip(*(post.getlist(f"day_{name}") for name in ("date", "from", "to", "why")), strict=False))
    listed = [
        ExceptionField(day, start, end, why, _wrong_row(day, rows) if "exceptions" in parts else "")
        for day, start, end, why in rows
        if any((day, start, end, why))
    ]
    by_day: dict[str, dict[str, object]] = {}
    for one in listed:
        kept = by_day.setdefault(one.day, {"date": one.day, "hours": [], "reason": one.reason})
        if one.start or one.end:
            kept["hours"] = [*kept["hours"], _written(one.start, one.end)]  # type: ignore[misc]
    every = {"hours": hours, "holidays": region or country or "none", "exceptions": list(by_day.values())}
    form = HoursForm(tuple(week), country, region, tuple(listed), frozenset(parts))
    return Sent(form, {name: every[name] for name in parts})


def choices(form: HoursForm, language: str) -> dict[str, object]:
    """Return what the form offers: countries by name, the regions of the chosen one, days by name, empty lines."""
    countries = sorted(((code, country_name(code)) for code in holiday_countries()), key=lambda each: each[1])
    return {"form": form, "countries": countries, "regions": regions(form.country, language), "spare": range(SPARE)}


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


def parts_of(post: Mapping[str, str]) -> tuple[str, ...]:
    """Return which parts of a partner's calendar are to be its own."""
    return tuple(name for name in ("hours", "holidays", "exceptions") if post.get(f"own_{name}"))
