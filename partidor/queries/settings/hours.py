"""Working time as it is shown and changed: the vendor's, and a partner's with what it inherits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from partidor.access.network import partner_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.business_time import DAYS, Calendar, Hours, calendar_of, span_text
from partidor.domain.public_holidays import public_holidays
from partidor.domain.refusal import NotAllowed
from partidor.models import Partner, Vendor
from partidor.models.payloads import hours_revision

AHEAD = 10
"""Working days that are shown."""
FARTHEST = 60
"""Days that are looked at for them."""


@dataclass(frozen=True, slots=True)
class SpanCard:
    """From when to when, as texts; midnight at the end is 00:00, as fields for times have it."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class ExceptionCard:
    """A day that is as no other; closed without spans."""

    day: date
    spans: tuple[SpanCard, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class DayCard:
    """A day to come: its hours, and why it is as no other."""

    day: date
    spans: tuple[SpanCard, ...]
    reason: str
    holiday: bool


@dataclass(frozen=True, slots=True)
class HoursCard:
    """A calendar as it counts, which of its parts are somebody's own, and the days to come."""

    time_zone: str
    week: tuple[tuple[SpanCard, ...], ...]
    holidays: str
    exceptions: tuple[ExceptionCard, ...]
    own: frozenset[str]
    written: Mapping[str, object]
    """What is written of its own, and nothing that is inherited."""
    revision: str
    """The revision that a change of it must name."""
    open: bool
    opens_at: datetime | None
    """The next opening within two weeks; None if there is none."""
    ahead: tuple[DayCard, ...]


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """An exception as it is written: closed without hours."""

    date: str
    hours: list[str]
    reason: str


@dataclass(frozen=True, slots=True)
class CalendarCard:
    """The vendor's calendar as it is written, with what counts where nothing was said."""

    time_zone: str
    hours: dict[str, list[str]]
    holidays: str
    exceptions: list[ExceptionLine]


@dataclass(frozen=True, slots=True)
class PartnerHours:
    """The calendar of one partner, and whether the viewer may change it."""

    id: UUID
    name: str
    vendor: str
    hours: HoursCard
    steers: bool


def vendor_hours(viewer: Viewer, *, at: datetime, language: str = "en") -> HoursCard:
    """Show the vendor's calendar. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write", "admin")
    vendor = vendor_of(viewer)
    return _hours_card(vendor, vendor, at=at, language=language)


def calendar_card(viewer: Viewer) -> CalendarCard:
    """Show the vendor's calendar as it would be written. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write", "admin")
    return shown_calendar(vendor_of(viewer))


def shown_calendar(vendor: Vendor) -> CalendarCard:
    """Show a vendor's calendar, from the row in hand."""
    calendar = calendar_of(vendor.working_time())
    return CalendarCard(
        time_zone=calendar.time_zone,
        hours={day: list(map(span_text, hours)) for day, hours in zip(DAYS, calendar.week, strict=True) if hours},
        holidays=calendar.holidays or "none",
        exceptions=[ExceptionLine(**one) for one in vendor.calendar.get("exceptions", ())],
    )


def partner_hours(viewer: Viewer, partner_id: UUID, *, at: datetime, language: str = "en") -> PartnerHours:
    """Show a partner's calendar to the vendor, or to the partner itself. Raises NotFound, NotAllowed."""
    if viewer.partner_id is None and not viewer.may("partners:read", "partners:write"):
        raise NotAllowed(needs="partners:read")
    partner = partner_for(viewer, partner_id)
    vendor = vendor_of(viewer)
    card = hours_of_partner(vendor, partner, at=at, language=language)
    return PartnerHours(partner.pk, partner.name, vendor.name, card, viewer.may_steer(partner.pk))


def hours_of_partner(vendor: Vendor, partner: Partner, *, at: datetime, language: str) -> HoursCard:
    """Show a partner's calendar, from rows in hand."""
    return _hours_card(vendor, partner, at=at, language=language)


def _hours_card(vendor: Vendor, of: Partner | Vendor, *, at: datetime, language: str) -> HoursCard:
    """Show what was written, and what follows from it."""
    own = of.calendar or {}
    calendar = calendar_of(vendor.working_time(), None if of is vendor else of.working_time())
    written: Sequence[Mapping[str, Any]] = {**vendor.calendar, **own}.get("exceptions") or ()
    reasons = {date.fromisoformat(one["date"]): str(one.get("reason", "")) for one in written}
    return HoursCard(
        time_zone=calendar.time_zone,
        week=tuple(map(_spans, calendar.week)),
        holidays=calendar.holidays,
        exceptions=tuple(ExceptionCard(day, _spans(hours), reasons.get(day, "")) for day, hours in calendar.exceptions),
        own=frozenset(own) | ({"time_zone"} if of.time_zone else set()),
        written=own,
        revision=hours_revision(of),
        open=calendar.is_open(at),
        opens_at=calendar.next_opening(at, 14),
        ahead=tuple(_ahead(calendar, reasons, at.astimezone(ZoneInfo(calendar.time_zone)).date(), language)),
    )


def _ahead(calendar: Calendar, reasons: Mapping[date, str], today: date, language: str) -> list[DayCard]:
    """Look at the next ten working days, and at what would be one but for a holiday or an exception."""
    found: list[DayCard] = []
    left, exceptions = AHEAD, dict(calendar.exceptions)
    for off in range(FARTHEST):
        day = today + timedelta(days=off)
        hours = calendar.hours_on(day)
        name = public_holidays(calendar.holidays, day.year, language).get(day, "") if calendar.holidays else ""
        if hours or ((name or day in exceptions) and calendar.week[day.weekday()]):
            found.append(
                DayCard(day, _spans(hours), reasons.get(day, "") or name, bool(name) and day not in exceptions)
            )
            left -= bool(hours)
        if not left:
            break
    return found


def _spans(hours: Hours) -> tuple[SpanCard, ...]:
    return tuple(SpanCard(*(f"{minutes // 60 % 24:02}:{minutes % 60:02}" for minutes in span)) for span in hours)
