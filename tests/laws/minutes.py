"""Working time counted minute by minute: the oracle that calendars are compared with. Slow and plain."""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partidor.domain.business_time import Calendar
from partidor.domain.public_holidays import public_holidays

MINUTE = timedelta(minutes=1)
_AROUND = timedelta(days=2)


class Minutes:
    """The minutes from two days before one moment to two days after another, and which of them are worked.

    ``_latest`` is the latest that clocks have shown when a minute begins; a span of work lasts from the first minute at
    which they have shown its beginning, or more, to the first at which they have shown its end. ``_passed`` is the same
    with the minute before at its end: the time of day at which a working day begins.
    """

    def __init__(self, calendar: Calendar, start: datetime, end: datetime) -> None:
        self._calendar, self._first = calendar, start - _AROUND
        zone, latest = ZoneInfo(calendar.time_zone), datetime.combine(date.min, time())
        self._latest: list[datetime] = []
        self._passed: list[datetime] = []
        self._dates: list[date] = []
        for number in range((end - start + 2 * _AROUND) // MINUTE):
            shown = (self._first + number * MINUTE).astimezone(zone).replace(tzinfo=None)
            self._latest.append(max(shown, self._latest[-1] if self._latest else shown))
            self._passed.append(max(shown, latest))
            self._dates.append(shown.date())
            latest = max(shown + MINUTE, latest)
        self._work: dict[date, list[range]] = {}
        self._worked = bytearray(len(self._passed))
        for day in sorted(set(self._dates))[:-1]:  # the last is not seen to its end
            spans = [range(*(self._at(day, minutes) for minutes in span)) for span in self._hours(day)]
            if any(spans):
                self._work[day] = [span for span in spans if span]
            for span in spans:
                self._worked[span.start : span.stop] = b"\1" * len(span)

    def is_open(self, at: datetime) -> bool:
        return bool(self._worked[self._number(at)])

    def between(self, start: datetime, end: datetime) -> timedelta:
        return sum(self._worked[self._number(start) : self._number(end)]) * MINUTE

    def after(self, start: datetime, amount: int) -> datetime | None:
        """Return when so many minutes were worked; None if that is not seen."""
        worked = [at for at in range(self._number(start), len(self._worked)) if self._worked[at]]
        return self._first + (worked[amount - 1] + 1) * MINUTE if len(worked) >= amount else None

    def days_after(self, start: datetime, amount: int) -> datetime | None:
        """Return when so many working days are over; None if that is not seen."""
        opening = self._worked.find(1, self._number(start))
        later = [day for day in self._work if opening >= 0 and day > self._dates[opening]]
        if len(later) < amount:
            return None
        day = later[amount - 1]
        clock = self._passed[opening] - datetime.combine(self._dates[opening], time())
        there = self._at(day, clock // MINUTE)
        return self._first + min(max(there, self._work[day][0].start), self._work[day][-1].stop) * MINUTE

    def _hours(self, day: date) -> tuple[tuple[int, int], ...]:
        if day in (exceptions := dict(self._calendar.exceptions)):
            return exceptions[day]
        place = self._calendar.holidays
        free = bool(place) and day in public_holidays(place, day.year)
        return () if free else self._calendar.week[day.weekday()]

    def _at(self, day: date, minutes: int) -> int:
        return bisect_left(self._latest, datetime.combine(day, time()) + minutes * MINUTE)

    def _number(self, at: datetime) -> int:
        return (at - self._first) // MINUTE
