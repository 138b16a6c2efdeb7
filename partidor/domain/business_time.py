"""Durations, and the clock that turns them into deadlines.

The wall clock counts every second. A business clock (working hours, holidays) is another ``Clock``
with the same one method; nothing else has to change for it.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Protocol

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
LONGEST = timedelta(days=365)


def duration(text: object) -> timedelta:
    """Read ``90s``, ``15m``, ``8h`` or ``2d``; anything else, or more than a year, is a ValueError in a sentence."""
    found = _DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f"{text!r} is no duration; write for example 90s, 15m, 8h or 2d")
    length = timedelta(**{_UNITS[found[2]]: int(found[1])})
    if length > LONGEST:
        raise ValueError(f"{text!r} is longer than a year; 365d is the most")
    return length


class Clock(Protocol):
    """Whatever can say when a window that opens now will close."""

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Return the UTC time at which ``length`` of this clock's time has passed since ``start``."""


class WallClock:
    """Count every second, day and night."""

    def after(self, start: datetime, length: timedelta) -> datetime:
        """Add the length to the start."""
        return start + length


WALL: Clock = WallClock()
