"""Lengths of time, and the clocks that turn them into deadlines.

The wall clock counts every second. A calendar counts working time: the hours of a week in a time zone, without public
holidays, with exceptions of its own. It works in local wall time, which ``zoneinfo`` turns into UTC; where clocks go
back, a boundary is the first of its two moments, and where they go forward, a boundary that does not exist is the
moment of the change. So spans of working time never overlap, and none is negative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from partidor.domain.public_holidays import public_holidays

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
LONGEST = timedelta(days=365)
DAY = timedelta(days=1)
MIDNIGHT = 24 * 60
"""The end of a day, in minutes since its beginning."""
HORIZON = 3660
"""Days that a calendar looks ahead, ten years: what it has not found by then never comes."""
SOON = 14
"""Days: who does not work within them is asked nothing (``no_hours``)."""
NONE = timedelta(0)
_MOST_DAYS = 5_000


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as it was written: 2 days are not 48 hours where working time is counted."""

    amount: int
    unit: str
    """``s``, ``m``, ``h`` or ``d``."""

    @property
    def span(self) -> timedelta:
        """Return how long it is by the wall clock; in hours, minutes and seconds also how much working time."""
        return timedelta(**{_UNITS[self.unit]: self.amount})


def duration(text: object) -> Length:
    """Read ``90s``, ``15m``, ``8h`` or ``2d``; anything else, or more than a year, is a ValueError in a sentence."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no duration; write for example 90s, 15m, 8h or 2d")
    length = Length(int(found[1]), found[2])
    if length.span > LONGEST:
        raise ValueError(f"{text!r} is longer than a year; 365d is the most")
    return length


class Clock(Protocol):
    """Whatever can say when a window that opens now will close."""

    def after(self, start: datetime, length: Length) -> datetime | None:
        """Return when ``length`` of this clock's time has passed since ``start``; None if it never will."""


class WallClock:
    """Count every second, day and night."""

    def after(self, start: datetime, length: Length) -> datetime:
        """Add the length to the start."""
        return start + length.span


WALL = WallClock()

Hours = tuple[tuple[int, int], ...]
"""When work is done on one day: (from, to) in minutes since midnight, in order, apart from each other."""
Span = tuple[datetime, datetime]
OFFICE: tuple[Hours, ...] = (((540, 1020),),) * 5 + ((), ())
"""Monday to Friday, nine to five."""
ALWAYS: tuple[Hours, ...] = (((0, MIDNIGHT),),) * 7


@dataclass(frozen=True)
class Calendar:
    """When somebody works. Equal calendars are equal; each keeps the days that it was asked about."""

    time_zone: str
    week: tuple[Hours, ...] = OFFICE
    """From Monday to Sunday."""
    holidays: str = ""
    """Whose public holidays are free: a country (DE), a region of it (DE-BY), or empty for none."""
    exceptions: tuple[tuple[date, Hours], ...] = ()
    """Days that are as no other: closed without hours; they count before holidays and week."""
    _days: dict[date, tuple[Span, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def after(self, start: datetime, length: Length) -> datetime | None:
        """Return when so much working time, or so many working days, have passed; None if not within ten years.

        Days end at the time of day at which they began, moved into that day's work where it is shorter: two days
        from Thursday 10:00 are over on Monday at 10:00. Outside working time they begin with the next opening.
        """
        if length.unit == "d":
            return self._days_after(start, length.amount)
        left = length.span
        for opens, closes in self._spans(start):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return how much working time lies between two moments; none if the second is not the later."""
        return sum((closes - opens for opens, closes in self._spans(start, end)), NONE)

    def spans(self, start: datetime, end: datetime) -> list[Span]:
        """Return the spans of work between two moments, in UTC."""
        return list(self._spans(start, end))

    def is_open(self, at: datetime) -> bool:
        """Say whether work is being done at a moment."""
        return any(opens == at for opens, _ in self._spans(at, at + DAY))

    def next_opening(self, at: datetime, days: int = HORIZON) -> datetime | None:
        """Return the moment itself if it is open, or the next that is; None if there is none within these days."""
        return next((opens for opens, _ in self._spans(at, at + days * DAY)), None)

    def hours_on(self, day: date) -> Hours:
        """Return the hours of one day of the calendar."""
        for other, hours in self.exceptions:
            if other == day:
                return hours
        if self.holidays and day in public_holidays(self.holidays, day.year):
            return ()
        return self.week[day.weekday()]

    def _spans(self, start: datetime, end: datetime | None = None) -> Iterator[Span]:
        """Yield the spans of work after ``start`` in order, cut at it and at ``end``, in UTC."""
        start = start.astimezone(UTC)
        until = start + HORIZON * DAY if end is None else end.astimezone(UTC)
        if until <= start:
            return
        day = start.astimezone(_zone(self.time_zone)).date()
        last = date.max if any(self.week) else max((each for each, _ in self.exceptions), default=date.min)
        while day <= last:
            if (spans := self._days.get(day)) is None:
                spans = self._work_on(day)
            for opens, closes in spans:
                if opens >= until:
                    return
                if closes > start:
                    yield (opens if opens > start else start), (closes if closes < until else until)
            day += DAY
            if not spans and datetime(day.year, day.month, day.day, tzinfo=UTC) > until + DAY:
                return

    def _work_on(self, day: date) -> tuple[Span, ...]:
        zone, moments = _zone(self.time_zone), []
        for start, end in self.hours_on(day):
            opens, closes = (_moment(zone, day, timedelta(minutes=minutes)) for minutes in (start, end))
            if opens < closes:  # the hour that clocks leave out in spring may be all there is
                moments.append((opens, closes))
        if len(self._days) >= _MOST_DAYS:
            self._days.clear()
        found = self._days[day] = tuple(moments)
        return found

    def _days_after(self, start: datetime, amount: int) -> datetime | None:
        if (opening := self.next_opening(start)) is None:
            return None
        zone = _zone(self.time_zone)
        day = opening.astimezone(zone).date()
        clock = _forward(zone, opening) - datetime.combine(day, time())
        last = day + HORIZON * DAY
        while amount and day < last:
            day += DAY
            amount -= bool(self._days.get(day) or self._work_on(day))
        if amount:
            return None
        work = self._work_on(day)
        return min(max(_moment(zone, day, clock), work[0][0]), work[-1][1])


@lru_cache(maxsize=1024)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _moment(zone: ZoneInfo, day: date, clock: timedelta) -> datetime:
    """Return the moment in UTC at which clocks first show, or first pass, this time of a day."""
    wall = datetime.combine(day, time(), zone) + clock
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _change(zone, wall.replace(fold=1).astimezone(UTC), moment)


def _forward(zone: ZoneInfo, moment: datetime) -> datetime:
    """Return what clocks show, but never less than before: an hour that they show twice counts once, as if over."""
    local = moment.astimezone(zone)
    if local.fold:
        change = _change(zone, local.replace(fold=0).astimezone(UTC), moment)
        before = (change - timedelta(microseconds=1)).astimezone(zone)
        return before.replace(tzinfo=None, fold=0) + timedelta(microseconds=1)
    return local.replace(tzinfo=None)


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Find the second between two moments at which the offset of a zone changes, by halving."""
    seconds, offset = int((after - before).total_seconds()), after.astimezone(zone).utcoffset()
    low, high = 0, seconds + 1
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return (before + timedelta(seconds=low)).replace(microsecond=0)


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The days of the week as calendars are written."""
Written = Mapping[str, object]
"""A calendar as JSON; see ``domain/intake/calendar.py``."""


def calendar_of(vendor: Written, own: Written | None = None) -> Calendar:
    """Make a calendar of what was written: each part (hours, holidays, exceptions) is one's own, or inherited whole.

    Who says nothing of holidays has those of its own address (``home``).
    """
    parts = {**vendor, **(own or {})}
    holidays = str(parts.get("holidays") or "")
    if "holidays" not in (own or {}) and holidays != "none":
        holidays = _nearer(str(parts.get("home") or ""), holidays)
    return _made(
        str(parts.get("time_zone") or "UTC"),
        _week(parts["hours"]) if "hours" in parts else OFFICE,
        "" if holidays == "none" else holidays,
        tuple((date.fromisoformat(one["date"]), hours_of(one["hours"])) for one in parts.get("exceptions") or ()),  # type: ignore[attr-defined]
    )


def _nearer(home: str, inherited: str) -> str:
    """Take the holidays of the own address, unless the inherited ones are of a part of it."""
    return inherited if not home or f"{inherited}-".startswith(f"{home}-") else home


@lru_cache(maxsize=4096)
def _made(
    time_zone: str, week: tuple[Hours, ...], holidays: str, exceptions: tuple[tuple[date, Hours], ...]
) -> Calendar:
    """Make one calendar of the equal ones of a network, so that its days are reckoned once."""
    return Calendar(time_zone, week, holidays, exceptions)


def _week(hours: object) -> tuple[Hours, ...]:
    assert isinstance(hours, Mapping)
    return tuple(hours_of(hours.get(day, ())) for day in DAYS)


def hours_of(texts: object) -> Hours:
    """Read ``["09:00-12:00", "13:00-17:00"]``, as intake has checked it."""
    return tuple(tuple(_minutes(end) for end in text.split("-")) for text in texts)  # type: ignore[attr-defined,misc]


def span_text(span: tuple[int, int]) -> str:
    """Write a span of a day: ``09:00-17:00``."""
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in span)


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)
