"""The fairness report: what was due and what came, per partner, and how it may be taken along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.http import HttpResponse
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.domain.intake.codes import region_name
from partidor.domain.intake.folding import folded
from partidor.domain.reports.axis import axis
from partidor.domain.reports.tables import as_csv
from partidor.inbound.files.sheets import XLSX, as_xlsx
from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.components.wording import country_name
from partidor.inbound.web.console.fairness import trends
from partidor.inbound.web.console.fairness import words as fairness_words
from partidor.inbound.web.console.lists import Choice, asked, leaf, page_number
from partidor.queries.fairness.page import SHOWN, SORTS, Sought, fairness_page
from partidor.queries.fairness.report import HEAD, fairness, table_of
from partidor.queries.fairness.sums import Span

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
    """Show the report, or the parts of it that change when the form asks."""
    period, sought = _period(visit), _sought(visit)
    found = fairness_page(visit.viewer, sought, page=page_number(visit), at=visit.at)
    scale, span = axis(found.most), sought.span
    whole, hot = found.report.ledgers["all"], found.report.ledgers["hot"]
    context = {
        "room": "fairness",
        "page": found,
        "whole": whole,
        "jains": [fairness_words.evenness_said(one) for one in (whole.jain, hot.jain, found.report.value_jain)],
        "largest": fairness_words.largest_said(whole.max_debt),
        "rows": fairness_words.rows(found.lines.items, scale, found.largest, found.weeks, visit.language),
        "ticks": fairness_words.ticks(scale),
        "leaf": leaf(visit, found.lines),
        "debts": trends.debts(found.weeks),
        "evenness": trends.evenness(found.weeks),
        "weeks": trends.table(found.weeks),
        "sought": sought,
        "is_narrowed": bool(sought.q or sought.show),
        "is_part_of_all": not span.is_whole,
        "take": urlencode({name: value for name, value in _asked_span(visit).items() if value}),
        "periods": _choices(PERIODS, period),
        "rules": _listed(_("All rules"), ((name, name) for name in found.rules), span.rule),
        "regions": _listed(_("All regions"), _places(found.regions, visit), span.region),
        "shown": _choices(SHOW, sought.show),
        "sorts": _choices(SORT, sought.sort),
    }
    return visit.show("console/fairness/_parts.html" if visit.is_part else "console/fairness/page.html", context)


@console_page
def report_csv(visit: ConsoleVisit) -> HttpResponse:
    """Give every partner of the report as a table for a spreadsheet."""
    found = fairness(visit.viewer, _span(visit), at=visit.at)
    return _file(visit, "csv", as_csv(HEAD, table_of(found)).encode(), "text/csv; charset=utf-8")


@console_page
def report_xlsx(visit: ConsoleVisit) -> HttpResponse:
    """Give every partner of the report as an Excel workbook."""
    found = fairness(visit.viewer, _span(visit), at=visit.at)
    return _file(visit, "xlsx", as_xlsx("fairness", HEAD, table_of(found)), XLSX)


def _file(visit: ConsoleVisit, kind: str, content: bytes, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="fairness-{visit.slug}-{visit.at:%Y-%m-%d}.{kind}"'
    return answer


def _asked_span(visit: ConsoleVisit) -> dict[str, str]:
    return {"period": _period(visit), "rule": asked(visit, "rule"), "region": asked(visit, "region")}


def _period(visit: ConsoleVisit) -> str:
    period = asked(visit, "period")
    return period if period in PERIODS else ""


def _span(visit: ConsoleVisit) -> Span:
    words = _asked_span(visit)
    since: datetime | None = visit.at - timedelta(days=int(words["period"])) if words["period"] else None
    return Span(since, None, words["rule"], words["region"])


def _sought(visit: ConsoleVisit) -> Sought:
    show, sort = asked(visit, "show"), asked(visit, "sort")
    show, sort = show if show in SHOWN else "", sort if sort in SORTS else SORTS[0]
    return Sought(asked(visit, "q"), show, sort, _span(visit))


def _choices(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    return [Choice(value, _(label), value == chosen) for value, label in labels.items()]


def _listed(everything: str, named: Iterable[tuple[str, str]], chosen: str) -> list[Choice]:
    """Make the entries of a select of everything and what there is; one that is gone stays chosen."""
    labels = {"": everything, **dict(named)}
    labels.setdefault(chosen, chosen)
    return [Choice(value, label, value == chosen) for value, label in labels.items()]


def _places(codes: Iterable[str], visit: ConsoleVisit) -> list[tuple[str, str]]:
    """Name countries and regions, by name: each country before its regions."""
    return sorted(((code, _place(code, visit)) for code in codes), key=lambda place: folded(place[1]))


def _place(code: str, visit: ConsoleVisit) -> str:
    country, dash, short = code.partition("-")
    named, region = country_name(country), region_name(code, visit.language)
    return f"{named}: {short if region == code else region}" if dash else named


urlpatterns = [
    path("reports/fairness", report, name="fairness"),
    path("reports/fairness.csv", report_csv, name="fairness-csv"),
    path("reports/fairness.xlsx", report_xlsx, name="fairness-xlsx"),
]
