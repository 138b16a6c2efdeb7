"""Jobs: work that takes a while is put in line, taken up by a worker, and cancelled by whoever wants it no more."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.due import finish
from partidor.access.jobs import KINDS, claim_job, held_until, job_for, jobs_of
from partidor.access.viewer import Viewer
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import NotPossibleNow, Refusal
from partidor.models import Job
from partidor.models.job import WAITS
from partidor.models.vendor import lock_vendor

log = logging.getLogger(__name__)
TRIES = 3
WAIT = timedelta(seconds=10)
"""After a failure, before the next try."""
_GIVEN_UP = (
    "It did not come to an end in three tries, through a fault of Partidor's; the worker's log says what it was."
)


class TooManyJobs(Refusal):
    """{number} jobs are waiting or running already; wait until one has ended, or cancel one."""


MOST_WAITING = 20


@in_one_transaction
def start_job(kind: str, wanted: Mapping[str, object], *, by: Viewer, at: datetime) -> tuple[Job, bool]:
    """Put a job of a kind (``access.jobs.KINDS``) in line; return it, and whether the same one waits or runs already.

    Raises NotAllowed, TooManyJobs.
    """
    by.require_vendor(*KINDS[kind].write)
    lock_vendor(by.vendor_id)
    waiting = list(jobs_of(by).filter(state__in=WAITS))

    for job in waiting:
        if job.kind == kind and job.wanted == wanted:
            return job, True
    if len(waiting) >= MOST_WAITING:
        raise TooManyJobs(number=len(waiting))
    return Job.start(by.vendor_id, kind, wanted, by.actor, at), False


@in_one_transaction
def cancel_job(job_id: UUID, *, by: Viewer, at: datetime) -> tuple[Job, bool]:
    """Cancel a job; a worker that is at it stops within seconds. Return it, and whether it was cancelled already.

    Raises NotFound, NotAllowed, NotPossibleNow.
    """
    job = job_for(by, job_id, write=True)
    if job.state == "cancelled":
        return job, True
    if not job.cancel(at):
        job = job_for(by, job_id)
        raise NotPossibleNow(what="job", state=job.state, verb="cancel")
    return job_for(by, job_id), False


def take_up_job(*, at: datetime) -> Job | None:
    """Lease the next due job and begin it, from its start; None if there is none.

    One whose worker was killed comes back when its lease has run out; the third time it is given up.
    """
    job = claim_job(at=at)
    if job is None:
        return None
    if job.attempts > TRIES:
        log.error("job %s is given up: its worker died %d times", job.pk, TRIES)
        finish(job, state="failed", error=_GIVEN_UP, done_at=at)
        return None
    return job if job.begin() else None


def advance_job(job: Job, share: float, *, at: datetime) -> bool:
    """Note how far a job has come and hold it for longer; False if it was cancelled or is somebody else's now."""
    return job.advance(min(99, int(100 * share)), held_until(at))


def finish_job(job: Job, result: Mapping[str, object], *, at: datetime) -> bool:
    """Keep what came out; False if it was cancelled or is somebody else's now."""
    return finish(job, state="done", progress=100, result=result, done_at=at, last_error="")


def fail_job(job: Job, error: Exception, *, at: datetime) -> None:
    """Let a job wait for another try, or end it: at once for a refusal, which no try mends."""
    if isinstance(error, Refusal):
        finish(job, state="failed", error=error.sentence[:1000], done_at=at)
    elif job.attempts >= TRIES:
        finish(job, state="failed", error=_GIVEN_UP, done_at=at, last_error=repr(error)[:300])
    else:
        job.wait(due_at=at + WAIT, last_error=repr(error)[:300])


def put_back_job(job: Job, *, at: datetime) -> None:
    """Put a job back in line, for a worker that ends: another takes it up at once, and the try does not count."""
    job.wait(due_at=at, attempts=job.attempts - 1)
