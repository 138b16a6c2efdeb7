"""The arithmetic of figures: medians, shares, and a figure as it stood on each of the last days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

DAY = timedelta(days=1)


def median(values: Sequence[float]) -> float | None:
    """Return the middle value, or the mean of the two in the middle; None of nothing."""
    if not values:
        return None
    ordered, middle = sorted(values), len(values) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole between 0 and 1; None of nothing."""
    return part / whole if whole else None


def day_starts(at: datetime, days: int) -> list[datetime]:
    """Return when each of the last days began, oldest first: days of 24 hours that end now."""
    return [at - DAY * back for back in range(days, 0, -1)]


def rolling(daily: Sequence[int], width: int) -> list[int]:
    """Return the sum of each ``width`` days that follow each other, oldest first."""
    return [sum(daily[end - width : end]) for end in range(width, len(daily) + 1)]


def rolled(daily: Sequence[Sequence[float]], width: int) -> list[list[float]]:
    """Return the values of each ``width`` days that follow each other, oldest first."""
    return [[value for day in daily[end - width : end] for value in day] for end in range(width, len(daily) + 1)]
