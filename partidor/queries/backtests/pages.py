"""Back-tests as pages show them: what can be tested, those that were started, and one with what came out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, JSONField, When

from partidor.access.jobs import BACKTEST, job_for, jobs_of
from partidor.access.leads import visible_leads
from partidor.access.network import partners_of, rulesets_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.refusal import NotFound
from partidor.domain.routing.replays.elsewhere import CODES
from partidor.models import Job
from partidor.models.job import WAITS
from partidor.models.ruleset import DRAFT
from partidor.queries.backtests.results import LISTS, Elsewhere, Outcome, Sift
from partidor.queries.backtests.run import Comparison
from partidor.queries.names import doer_names
from partidor.queries.numbered import Numbered, numbered, numbered_of
from partidor.queries.rules.in_force import Publisher

MOST_VERSIONS = 30
AT_ONCE = 5_000
"""Leads whose names are read at a time."""


@dataclass(frozen=True, slots=True)
class VersionNamed:
    """A version that can be tested: its number (0: the draft), its note, and whether it is in force.

    ``same``: it is the draft, and its rules are those in force.
    """

    version: int
    note: str
    in_force: bool
    same: bool = False


@dataclass(frozen=True, slots=True)
class BacktestLine:
    """A back-test: of which rules (``draft``, a number, ``file``), against which, over what period, and how far."""

    id: UUID
    rules: str
    in_force: int
    since: datetime
    until: datetime
    state: str
    progress: int
    error: str
    started_at: datetime
    ended_at: datetime | None
    by: Publisher

    @property
    def runs(self) -> bool:
        """Say whether it has not ended."""
        return self.state in WAITS


@dataclass(frozen=True, slots=True)
class LeadNamed:
    """A lead in a list of changes, as a link."""

    ref: str
    company: str
    product: str


Change = tuple[Elsewhere, LeadNamed | None]
"""A lead that goes elsewhere, and its names if it is still there."""


@dataclass(frozen=True, slots=True)
class BacktestPage:
    """One back-test with its result (None until it is done), and a page of one of its lists, as far as it is narrowed.

    ``rules`` and ``reasons`` are those of the whole list, to choose from.
    """

    line: BacktestLine
    outcome: Outcome | None
    which: str
    leads: Numbered[Change]
    left_off: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    partners: frozenset[str]
    """The partners that are still there to be looked at."""


def versions_to_try(viewer: Viewer) -> list[VersionNamed]:
    """List the draft and the newest versions. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    in_force = vendor_of(viewer).ruleset_version
    draft_first = Case(When(version=DRAFT, then=0), default=1)
    two = Case(When(version__in=(DRAFT, in_force), then="rules"), output_field=JSONField())
    rows = rulesets_of(viewer).order_by(draft_first, "-version").annotate(two=two)
    draft, *published = rows.values_list("version", "note", "two")[: MOST_VERSIONS + 1]
    same = any(number == in_force and rules == draft[2] for number, _, rules in published)
    return [
        VersionNamed(DRAFT, "", False, same=same),
        *(VersionNamed(number, note, number == in_force) for number, note, _ in published),
    ]


def backtests_of(viewer: Viewer, *, page: int) -> Numbered[BacktestLine]:
    """List the back-tests, newest first. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    jobs = jobs_of(viewer).filter(kind=BACKTEST)
    found = numbered(jobs.count(), page, lambda start, end: list(jobs[start:end]))
    return found.of(_lines(viewer, found.items))


def backtest_line(viewer: Viewer, job_id: UUID) -> BacktestLine:
    """Say how far one back-test is. Raises NotFound, NotAllowed."""
    return _lines(viewer, [_job(viewer, job_id)])[0]


def backtest_page(viewer: Viewer, job_id: UUID, *, which: str, sift: Sift, page: int) -> BacktestPage:
    """Show one back-test; ``which`` list of changes: ``moved`` or ``unlike_then``, else the first that is not empty.

    Raises NotFound, NotAllowed.
    """
    job = _job(viewer, job_id, result=True)
    (line,) = _lines(viewer, [job])
    outcome = _outcome(job)
    if outcome is None:
        return BacktestPage(line, None, LISTS[0], Numbered((), 1, 1, 0), 0, (), (), frozenset())
    if which not in LISTS:
        which = next((one for one in LISTS if outcome.kept(one)), LISTS[0])
    against_then = which == "unlike_then"
    listed = list(outcome.elsewhere(which))
    changes = numbered_of([one for one in listed if one.passes(sift, against_then=against_then)], page)
    met = {rule for one in listed for rule in one.rules(against_then=against_then) if rule}
    total = outcome.unlike_then if against_then else outcome.moved
    return BacktestPage(
        line,
        outcome,
        which,
        changes.of(named_changes(viewer, changes.items)),
        left_off=total - len(listed),
        rules=tuple(sorted(met)),
        reasons=tuple(code for code in CODES if code in {one.why.code for one in listed}),
        partners=frozenset(str(pk) for pk in partners_of(viewer).values_list("pk", flat=True)),
    )


def backtest_changes(viewer: Viewer, job_id: UUID, *, which: str, sift: Sift) -> list[Change]:
    """Return a list of changes in whole, as far as it is narrowed; empty until it is done.

    Raises NotFound, NotAllowed.
    """
    outcome = _outcome(_job(viewer, job_id, result=True))
    return [] if outcome is None else named_changes(viewer, outcome.sifted(which, sift))


def _outcome(job: Job) -> Outcome | None:
    return Outcome(job.result) if job.state == "done" and job.result else None


def _job(viewer: Viewer, job_id: UUID, *, result: bool = False) -> Job:
    job = job_for(viewer, job_id, result=result)
    if job.kind != BACKTEST:
        raise NotFound(what="back-test")
    return job


def _lines(viewer: Viewer, jobs: Sequence[Job]) -> list[BacktestLine]:
    names = doer_names(viewer, jobs)
    lines = []
    for job in jobs:
        comparison = Comparison.of(job.wanted)
        lines.append(
            BacktestLine(
                id=job.pk,
                rules=comparison.name,
                in_force=comparison.in_force,
                since=comparison.since,
                until=comparison.until,
                state=job.state,
                progress=job.progress,
                error=job.error,
                started_at=job.created_at,
                ended_at=job.done_at,
                by=Publisher(job.by_kind, names.get(job.by_id, "")),
            )
        )
    return lines


def named_changes(viewer: Viewer, changes: Sequence[Elsewhere]) -> list[Change]:
    """Name the leads of a list of changes."""
    named: dict[str, LeadNamed] = {}
    for start in range(0, len(changes), AT_ONCE):
        ids = [one.lead for one in changes[start : start + AT_ONCE]]
        rows = visible_leads(viewer).filter(pk__in=ids).values_list("pk", "ref", "company", "product")
        named |= {str(pk): LeadNamed(ref, company, product) for pk, ref, company, product in rows}
    return [(one, named.get(one.lead)) for one in changes]
