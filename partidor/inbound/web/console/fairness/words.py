"""The fairness report in words and shapes: due and received on one axis, debts as bars, reasons in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partidor.domain.reports.axis import Axis
from partidor.domain.reports.spark import Spark, spark
from partidor.domain.routing.words.naming import tag_name
from partidor.inbound.web.components.wording import locale, number
from partidor.inbound.web.console.wording import Bar, debt_bar, fixed, owed, short_day
from partidor.queries.fairness.page import DebtWeek, FairLine
from partidor.queries.fairness.reasons import EVEN, Cause


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
    now: str
    reasons: str
    trend: Spark | None
    trend_said: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A number on the axis, and where it stands."""

    x: str
    text: str


def rows(lines: Iterable[FairLine], scale: Axis, largest: float, weeks: Sequence[DebtWeek], language: str) -> list[Row]:
    """Make the lines of a page ready."""
    return [_row(line, scale, largest, weeks, language) for line in lines]


def _row(line: FairLine, scale: Axis, largest: float, weeks: Sequence[DebtWeek], language: str) -> Row:
    due, got = scale.place(line.share.expected), scale.place(line.share.received)
    reasons = ", ".join(filter(None, map(reason_said, line.share.reasons)))
    return Row(
        line=line,
        tier=tag_name("tier", line.tier, language) if line.tier else "",
        due=f"{due}",
        got=f"{got}",
        gap="" if abs(due - got) < 8 else "gap-over" if got > due else "gap-under",
        width=f"{max(due, got) - scale.left:.1f}",
        debt=debt_bar(line.share.debt, largest),
        owed=owed(line.share.debt),
        now=owed(line.share.debt_now),
        reasons=reasons[:1].upper() + reasons[1:],
        trend=spark(line.debts),
        trend_said="; ".join(
            f"{day_said(week.monday)}: {owed(debt)}" for week, debt in zip(weeks, line.debts, strict=True)
        ),
    )


def reason_said(cause: Cause) -> str:
    """Say one reason in a few words."""
    n = round(cause.n)
    said = {
        "known_customer": ngettext("{n} known customer beside it", "{n} known customers beside it", n),
        "by_hand": ngettext("{n} by hand beside it", "{n} by hand beside it", n),
        "credited": ngettext("{n} credited back", "{n} credited back", n),
        "archived": _("archived"),
        "joined": _("joined {day}"),
        "paused": ngettext("paused {n} day: nothing due", "paused {n} days: nothing due", n),
        "at_capacity": _("at capacity now: nothing due"),
        "no_hours": _("without hours now: nothing due"),
        "carried": _("makes up for before: {debt}"),
        "elsewhere": _("levelled out elsewhere"),
        "hot_balance": _("balanced by hot leads"),
        "its_turn": _("its turn comes next"),
        "had_its_turn": _("just had its turn"),
        "swing": _("within the normal swing"),
    }[cause.code]
    return said.format(n=number(n), day=short_day(cause.at) if cause.at else "", debt=owed(cause.n))


def ticks(scale: Axis) -> list[Tick]:
    """Name the numbers of the axis."""
    return [Tick(f"{scale.place(value)}", number(value)) for value in scale.ticks]


def largest_said(debt: float) -> str:
    """Say the largest debt in leads."""
    if debt < EVEN:
        return _("even")
    return ngettext("{n} lead", "{n} leads", 1 if round(debt, 1) == 1 else 2).format(n=number(debt, 1))


def evenness_said(jain: float | None) -> str:
    """Write Jain's index; a dash where nothing came."""
    return "–" if jain is None else fixed(jain, 3)


def day_said(day: date) -> str:
    """Write a day without its year: ``7 Sept``."""
    return str(format_skeleton("MMMd", day, locale=locale()))
