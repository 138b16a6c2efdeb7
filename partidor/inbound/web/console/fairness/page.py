"""The fairness report: what was due and what came, per partner, and how it may be taken along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.domain.reports.axis import axis
from partidor.domain.reports.tables import as_csv
from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.console.fairness import words as fairness_words
from partidor.inbound.web.console.lists import Choice, asked, leaf, page_number
from partidor.queries.fairness.page import SHOWN, SORTS, Sought, fairness_page
from partidor.queries.fairness.report import HEAD, fairness, table_of

PERIODS: Mapping[str, str] = {
    "": gettext_noop("From the beginning"),
    "30": gettext_noop("The last 30 days"),
    "90": gettext_noop("The last 90 days"),
    "365": gettext_noop("The last 12 months"),
}
SHOW: Mapping[str, str] = {
    "": gettext_noop("Every partner"),
    "owed": gettext_noop("Who is owed"),
    "ahead": gettext_noop("Who is ahead"),
    "beside": gettext_noop("With leads beside the share"),
}
SORT: Mapping[str, str] = {
    "due": gettext_noop("Most due first"),
    "received": gettext_noop("Most received first"),
    "debt": gettext_noop("Largest debt first"),
    "value": gettext_noop("Most value first"),
    "name": gettext_noop("By name"),
}


@console_page
def report(visit: ConsoleVisit) -> HttpResponse:
    """Show the report, or the part of it that changes when the form asks."""
    days, sought = _days(visit), _sought(visit)
    found = fairness_page(visit.viewer, sought, since=_since(visit), page=page_number(visit), at=visit.at)
    scale = axis(found.most)
    context = {
        "room": "fairness",
        "page": found,
        "whole": found.report.ledgers["all"],
        "hot": found.report.ledgers["hot"],
        "largest": fairness_words.largest_said(found.report.ledgers["all"].max_debt),
        "rows": fairness_words.rows(found.lines.items, scale, found.largest, visit.language),
        "ticks": fairness_words.ticks(scale),
        "leaf": leaf(visit, found.lines),
        "trend": fairness_words.trend(found.weeks),
        "sought": sought,
        "is_narrowed": bool(sought.q or sought.show),
        "days": days,
        "periods": _choices(PERIODS, days),
        "shown": _choices(SHOW, sought.show),
        "sorts": _choices(SORT, sought.sort),
    }
    return visit.show("console/fairness/_report.html" if visit.is_part else "console/fairness/page.html", context)


@console_page
def report_csv(visit: ConsoleVisit) -> HttpResponse:
    """Give every partner of the report as a table for a spreadsheet."""
    found = fairness(visit.viewer, since=_since(visit))
    answer = HttpResponse(as_csv(HEAD, table_of(found)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="fairness-{visit.slug}-{visit.at:%Y-%m-%d}.csv"'
    return answer


def _days(visit: ConsoleVisit) -> str:
    days = asked(visit, "days")
    return days if days in PERIODS else ""


def _since(visit: ConsoleVisit) -> datetime | None:
    days = _days(visit)
    return visit.at - timedelta(days=int(days)) if days else None


def _sought(visit: ConsoleVisit) -> Sought:
    show, sort = asked(visit, "show"), asked(visit, "sort")
    return Sought(asked(visit, "q"), show if show in SHOWN else "", sort if sort in SORTS else SORTS[0])


def _choices(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    return [Choice(value, _(label), value == chosen) for value, label in labels.items()]


urlpatterns = [
    path("reports/fairness", report, name="fairness"),
    path("reports/fairness.csv", report_csv, name="fairness-csv"),
]
