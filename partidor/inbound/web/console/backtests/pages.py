"""Back-tests: start one, leave it, find it again, and read what would have been different."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.access.jobs import BACKTEST
from partidor.actions.jobs import cancel_job, start_job
from partidor.domain.refusal import NotPossibleNow
from partidor.domain.reports.tables import as_csv
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.console.backtests import words as backtest_words
from partidor.inbound.web.console.lists import Choice, asked, leaf, page_number
from partidor.inbound.web.console.wording import version_said
from partidor.queries.backtests.pages import (
    backtest_changes,
    backtest_line,
    backtest_page,
    backtests_of,
    versions_to_try,
)
from partidor.queries.backtests.results import Sift
from partidor.queries.backtests.run import comparison_of


class Period(forms.Form):
    """Which rules, from which day to which, both included; empty: from the first lead on, up to now."""

    rules = forms.IntegerField(min_value=0, max_value=10**9)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)

    def clean(self) -> dict[str, object]:
        """Take the days as the viewer's clock has them."""
        given = dict(super().clean() or {})
        since, until = given.get("since"), given.get("until")
        if since and until and since > until:
            raise forms.ValidationError(gettext_lazy("The first day must not lie after the last one."))
        zone = timezone.get_current_timezone()
        if since:
            given["since"] = datetime.combine(since, time(), zone)
        if until:
            given["until"] = datetime.combine(until + timedelta(days=1), time(), zone)
        return given


@console_page
def backtests(visit: ConsoleVisit) -> HttpResponse:
    """Show the form that starts one, and those that were started."""
    return _backtests(visit, None)


def _backtests(visit: ConsoleVisit, wrong: Period | None, status: int = 200) -> HttpResponse:
    found = backtests_of(visit.viewer, page=page_number(visit))
    versions = versions_to_try(visit.viewer)
    useful = next((one for one in versions if not one.same and not one.in_force), versions[0])
    chosen = (wrong["rules"].value() if wrong else asked(visit, "rules")) or str(useful.version)
    context = {
        "room": "rules",
        "form": wrong,
        "versions": [Choice(str(one.version), version_said(one), str(one.version) == str(chosen)) for one in versions],
        "draft_is_same": versions[0].same,
        "may_start": visit.viewer.may("rules:write"),
        "backtests": [backtest_words.line(one) for one in found.items],
        "leaf": leaf(visit, found),
        "today": timezone.localdate(visit.at),
    }
    return visit.show("console/backtests/list.html", context, status=status)


@console_verb
def start(visit: ConsoleVisit) -> HttpResponse:
    """Start one, and lead to its page."""
    visit.viewer.require_vendor("rules:write")
    form = Period(visit.request.POST)
    if not form.is_valid():
        return _backtests(visit, form, status=422)
    given = form.cleaned_data
    comparison = comparison_of(visit.viewer, given["rules"], given["since"], given["until"], at=visit.at)
    job, repeated = start_job(BACKTEST, comparison.record(), by=visit.viewer, at=visit.at)
    return visit.go(
        "console:rules-backtest-one",
        visit.slug,
        job.pk,
        said=_("This back-test is on its way already.") if repeated else "",
    )


@console_page
def backtest(visit: ConsoleVisit, job_id: UUID) -> HttpResponse:
    """Show one back-test: how far it is, or what came out."""
    which, sift, whole = asked(visit, "list"), _sift(visit), asked(visit, "all")
    found = backtest_page(visit.viewer, job_id, which=which, sift=sift, page=page_number(visit))
    context = {
        "room": "rules",
        "page": found,
        "line": backtest_words.line(found.line),
        "version": version_of(found.line),
        "may_start": visit.viewer.may("rules:write"),
        "leaf": leaf(visit, found.leads),
        "narrowed": urlencode({name: word for name, word in sift._asdict().items() if word}),
    }
    if found.outcome is not None:
        context |= backtest_words.outcome(found, visit.language, sift=sift, whole=whole)
    return visit.show("console/backtests/page.html", context)


@console_page
def changes_csv(visit: ConsoleVisit, job_id: UUID) -> HttpResponse:
    """Give a list of leads that go elsewhere, as it is narrowed, as a table for a spreadsheet."""
    which = "unlike_then" if asked(visit, "list") == "unlike_then" else "moved"
    against_then = which == "unlike_then"
    changes = backtest_changes(visit.viewer, job_id, which=which, sift=_sift(visit))
    rows = []
    for each in changes:
        said = backtest_words.change(each, visit.language, against_then=against_then)
        rows.append((said.ref, said.name, said.one, said.other, *each[0].rules(against_then=against_then), said.why))
    one = _("Really went to") if against_then else _("By today’s rules")
    rule = _("Rule then") if against_then else _("Rule today")
    head = (_("Reference"), _("Lead"), one, _("By the tested rules"), rule, _("Tested rule"), _("Why"))
    given = HttpResponse(as_csv(head, rows), content_type="text/csv; charset=utf-8")
    given["Content-Disposition"] = f'attachment; filename="backtest-{visit.slug}-{visit.at:%Y-%m-%d}.csv"'
    return given


def _sift(visit: ConsoleVisit) -> Sift:
    return Sift(*(asked(visit, name) for name in Sift._fields))


@console_page
def progress(visit: ConsoleVisit, job_id: UUID) -> HttpResponse:
    """Answer a poll: how far it is; when it has ended, the page is loaded anew."""
    found = backtest_line(visit.viewer, job_id)
    if not found.runs:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    context = {"line": backtest_words.line(found), "may_start": visit.viewer.may("rules:write")}
    return live(visit, "console/backtests/_progress.html", context, version_of(found))


@console_verb
def cancel(visit: ConsoleVisit, job_id: UUID) -> HttpResponse:
    """Cancel one; if it has ended meanwhile, say so, and show what came out."""
    said = _("The back-test is cancelled.")
    try:
        cancel_job(job_id, by=visit.viewer, at=visit.at)
    except NotPossibleNow:
        said = _("The back-test had ended before it could be cancelled.")
    return visit.go("console:rules-backtest-one", visit.slug, job_id, said=said)


urlpatterns = [
    path("rules/backtest", backtests, name="rules-backtest"),
    path("rules/backtest/start", start, name="rules-backtest-start"),
    path("rules/backtest/<uuid:job_id>", backtest, name="rules-backtest-one"),
    path("rules/backtest/<uuid:job_id>/leads.csv", changes_csv, name="rules-backtest-csv"),
    path("rules/backtest/<uuid:job_id>/progress", progress, name="rules-backtest-progress"),
    path("rules/backtest/<uuid:job_id>/cancel", cancel, name="rules-backtest-cancel"),
]
