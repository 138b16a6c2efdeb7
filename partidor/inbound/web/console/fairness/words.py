"""The fairness report in words and shapes: due and received on one axis, debts as bars, reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.domain.reports.axis import Axis
from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.wording import locale, number
from partidor.inbound.web.console.wording import Bar, debt_bar, owed, short_day
from partidor.queries.fairness.page import EVEN, DebtWeek, FairLine

TALL, WIDE = 72, 720
"""The box of the trend."""


@dataclass(frozen=True, slots=True)
class Row:
    """A partner in the report, ready to be shown; places are on the axis."""

    line: FairLine
    tier: str
    due: str
    got: str
    gap: str
    """How the gap between the two is called in the styles; empty when it is too small to see."""
    width: str
    debt: Bar
    owed: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on the axis, and where it stands."""

    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A week of the trend: its bar, and what it says."""

    x: str
    y: str
    height: str
    width: str
    week: str
    largest: str
    leads: str


def rows(lines: Iterable[FairLine], scale: Axis, largest: float, language: str) -> list[Row]:
    """Make the lines of a page ready."""
    return [_row(line, scale, largest, language) for line in lines]


def _row(line: FairLine, scale: Axis, largest: float, language: str) -> Row:
    due, got = scale.place(line.share.expected), scale.place(line.share.received)
    return Row(
        line=line,
        tier=tag_name("tier", line.tier, language) if line.tier else "",
        due=f"{due}",
        got=f"{got}",
        gap="" if abs(due - got) < 8 else "gap-over" if got > due else "gap-under",
        width=f"{max(due, got) - scale.left:.1f}",
        debt=debt_bar(line.share.debt, largest),
        owed=owed(line.share.debt),
        reasons=", ".join(_reasons(line)),
    )


def _reasons(line: FairLine) -> Iterator[str]:
    """Say what explains a partner's figures beside what has a column of its own, the weightiest first."""
    share, days = line.share, line.paused.days
    if line.archived:
        yield _("archived")
    if line.joined is not None:
        yield _("joined {day}").format(day=short_day(line.joined))
    if days:
        yield ngettext("paused {n} day", "paused {n} days", days).format(n=number(days))
    if line.full:
        yield _("at capacity")
    counted = (
        (share.declined, ngettext("declined {n}", "declined {n}", share.declined)),
        (share.lapsed, ngettext("let {n} lapse", "let {n} lapse", share.lapsed)),
    )
    yield from (said.format(n=number(count)) for count, said in counted if count > 0)


def ticks(scale: Axis) -> list[Tick]:
    """Name the numbers of the axis."""
    return [Tick(f"{scale.place(value)}", number(value)) for value in scale.ticks]


def largest_said(debt: float) -> str:
    """Say the largest debt in leads."""
    if debt < EVEN:
        return _("even")
    return ngettext("{n} lead", "{n} leads", 1 if round(debt, 1) == 1 else 2).format(n=number(debt, 1))


def trend(weeks: Sequence[DebtWeek]) -> list[Column]:
    """Draw the largest debt at the end of each week; one lead fills at least a third of the height."""
    most = max([3.0, *(week.largest for week in weeks)])
    step = WIDE / max(12, len(weeks))
    columns = []
    for place, week in enumerate(weeks):
        height = TALL * week.largest / most
        leads = "" if week.leads is None else number(week.leads, 0)
        columns.append(
            Column(
                x=f"{place * step + step * 0.2:.1f}",
                y=f"{TALL - height:.1f}",
                height=f"{max(1.0, height):.1f}",
                width=f"{step * 0.6:.1f}",
                week=_day(week.monday),
                largest=number(week.largest, 1),
                leads=leads,
            )
        )
    return columns


def _day(day: date) -> str:
    return str(format_skeleton("MMMd", day, locale=locale()))
