"""How the fair share went, week by week: lines with their dates and values, as geometry for SVG attributes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from partidor.domain.reports.axis import Axis, axis
from partidor.inbound.web.components.wording import number
from partidor.inbound.web.console.fairness.words import day_said, evenness_said
from partidor.queries.fairness.page import DebtWeek

LEFT, RIGHT, TOP, BOTTOM = 30.0, 352.0, 14.0, 92.0
"""Where the line lies in a box of 360 by 112: left of it its values, below it the dates."""
DATES = 4
"""At most so many dates are written."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at the side of the line, where it stands, and how it is called in the styles."""

    at: str
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Point:
    """A week on the line, and what it says."""

    x: str
    y: str
    said: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A line: its points, values at its left, dates below; ``last`` is how it stands now."""

    path: str
    points: tuple[Point, ...]
    values: tuple[Mark, ...]
    dates: tuple[Mark, ...]
    last: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week in the table."""

    day: str
    largest: str
    jain: str
    leads: str


def debts(weeks: Sequence[DebtWeek]) -> Trend | None:
    """Draw the largest debt at the end of each week; None before the second week."""
    scale = axis(max([2.0, *(week.largest for week in weeks)]))
    return _trend(weeks, [week.largest for week in weeks], scale, lambda value: number(value, 1))


def evenness(weeks: Sequence[DebtWeek]) -> Trend | None:
    """Draw Jain's index at the end of each week, from 0 to 1; None before the second week that has one."""
    return _trend(weeks, [week.jain for week in weeks], Axis((0.0, 0.5, 1.0)), evenness_said)


def table(weeks: Sequence[DebtWeek]) -> list[Week]:
    """Write the weeks, the newest first."""
    return [
        Week(
            day_said(week.monday),
            number(week.largest, 1),
            evenness_said(week.jain),
            "–" if week.leads is None else number(week.leads, 0),
        )
        for week in reversed(weeks)
    ]


def _trend(
    weeks: Sequence[DebtWeek], values: Sequence[float | None], scale: Axis, said: Callable[[float], str]
) -> Trend | None:
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    step = (RIGHT - LEFT) / (len(weeks) - 1)
    every = -(-len(weeks) // DATES)
    drawn = [
        Point(f"{LEFT + place * step:.1f}", _height(value, scale), f"{day_said(weeks[place].monday)}: {said(value)}")
        for place, value in known
    ]
    return Trend(
        path="M" + "L".join(f"{point.x} {point.y}" for point in drawn),
        points=tuple(drawn),
        values=tuple(Mark(_height(tick, scale), number(tick, 1), "value") for tick in scale.ticks),
        dates=tuple(
            Mark(f"{LEFT + place * step:.1f}", day_said(weeks[place].monday), _end(place, len(weeks)))
            for place in range(0, len(weeks), every)
        ),
        last=said(known[-1][1]),
    )


def _end(place: int, weeks: int) -> str:
    """Say at which end of the line a date stands, so that it does not stick out."""
    return "first" if place == 0 else "last" if place == weeks - 1 else ""


def _height(value: float, scale: Axis) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * value / scale.ticks[-1]:.1f}"
