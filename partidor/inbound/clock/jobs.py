"""Runs the jobs that are in line: step by step, telling how far it has come, and stopping when it should."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from threading import Event
from typing import TYPE_CHECKING, Any

from django.db import InterfaceError, OperationalError

from partidor.access.jobs import BACKTEST, IMPORT_LEADS, IMPORT_PARTNERS
from partidor.access.viewer import Viewer, system
from partidor.actions.jobs import advance_job, fail_job, finish_job, put_back_job, take_up_job
from partidor.inbound.files.taking import import_job
from partidor.queries.backtests.run import Comparison, run_backtest

if TYPE_CHECKING:
    from partidor.models import Job

log = logging.getLogger(__name__)
TOLD_EVERY = timedelta(seconds=1)
"""Between two notes of the progress; each of them also holds the job's lease."""
Steps = Iterator[float | dict[str, Any]]
"""Shares of the whole while it is at work, and last the result. Between two of them a few seconds at most."""


def _backtest(by: Viewer, wanted: Mapping[str, Any]) -> Steps:
    return run_backtest(by, Comparison.of(wanted))


KINDS: dict[str, Callable[[Viewer, Mapping[str, Any]], Steps]] = {
    BACKTEST: _backtest,
    IMPORT_LEADS: import_job,
    IMPORT_PARTNERS: import_job,
}
"""What each kind of job does. Each begins from its start when it is taken up again."""


def run_due_job(now: Callable[[], datetime], stop: Event) -> int:
    """Run the job that has waited longest; return how many were run: 1 or 0.

    No transaction is open while it computes. Cancelled, it stops at its next note; a worker that ends puts it back.
    """
    job = take_up_job(at=now())
    if job is None:
        return 0
    try:
        result = _run(job, now, stop)
    except (OperationalError, InterfaceError):
        raise  # the lease runs out, and whoever has a database then takes it up
    except Exception as error:
        log.exception("job %s (%s) failed", job.pk, job.kind)
        fail_job(job, error, at=now())
    else:
        if result is not None:
            finish_job(job, result, at=now())
    return 1


def _run(job: Job, now: Callable[[], datetime], stop: Event) -> Mapping[str, Any] | None:
    """Return what came out, None if it is no longer ours to run."""
    at = told = now()
    for step in KINDS[job.kind](system(job.vendor_id, "jobs"), job.wanted):
        if isinstance(step, dict):
            return step
        at = now()
        if stop.is_set():
            put_back_job(job, at=at)
            return None
        if not told <= at < told + TOLD_EVERY:
            if not advance_job(job, step, at=at):
                return None
            told = at
    raise AssertionError(f"{job.kind} came to no result")
