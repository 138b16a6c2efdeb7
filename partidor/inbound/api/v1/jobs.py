"""Jobs: work that takes a while. Ask how far it has come, read what came out, or cancel it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.jobs import cancel_job
from partidor.inbound.api.v1.answers import answer, done, ends, reads
from partidor.inbound.api.v1.auth import asker
from partidor.queries.jobs import JobCard, job_card, one_job

router = Router(tags=["jobs"])


@router.get("/{uuid:job_id}", response=reads(JobCard, 404))
def read(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show how far a job has come: `state` is waiting, running, done, failed or cancelled; `progress` is in percent.

    Done, it has its `result`; failed, the sentence in `error`. Ask every second or two.
    """
    by, _ = asker(request)
    return answer(one_job(by, job_id))


@router.delete("/{uuid:job_id}", response=ends(JobCard, 409))
def cancel(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Cancel a job that has not ended; whoever is at it stops within seconds."""
    by, at = asker(request)
    job, repeated = cancel_job(job_id, by=by, at=at)
    return done(job_card(job), repeated=repeated)
