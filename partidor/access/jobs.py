"""The way to the jobs of the viewer's vendor."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.due import LEASE, claim
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.models import Job


def jobs_of(viewer: Viewer) -> QuerySet[Job]:
    """Return the vendor's jobs, newest first, without what came out of them."""
    return Job.objects.filter(vendor_id=viewer.vendor_id).defer("result").order_by("-created_at", "-pk")


def job_for(viewer: Viewer, job_id: UUID, *, result: bool = False) -> Job:
    """Return one job, with its result if asked; NotFound otherwise."""
    jobs = jobs_of(viewer).defer(None) if result else jobs_of(viewer)
    if (job := jobs.filter(pk=job_id).first()) is None:
        raise NotFound(what="job")
    return job


def claim_job(*, at: datetime) -> Job | None:
    """Lease the job that has waited longest, None if none is due."""
    return next(iter(claim(Job, at=at, limit=1)), None)


def held_until(at: datetime) -> datetime:
    """Return until when a job is held by whoever is at it now."""
    return at + LEASE
