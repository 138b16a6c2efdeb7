"""The way to the jobs of the viewer's vendor."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.due import LEASE, claim
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.models import Job

BACKTEST, IMPORT_LEADS, IMPORT_PARTNERS = "backtest", "import_leads", "import_partners"
IMPORTS = {"leads": IMPORT_LEADS, "partners": IMPORT_PARTNERS}


class Needed(NamedTuple):
    """The scopes for a kind of job: any of ``read`` to look at one, any of ``write`` to start and to cancel one."""

    read: tuple[str, ...]
    write: tuple[str, ...]


KINDS: Mapping[str, Needed] = {
    BACKTEST: Needed(("rules:read", "rules:write"), ("rules:write",)),
    IMPORT_LEADS: Needed(("leads:write",), ("leads:write",)),
    IMPORT_PARTNERS: Needed(("partners:write",), ("partners:write",)),
}
"""The kinds of jobs, and who may do what with them."""
ANY = tuple(sorted({scope for needed in KINDS.values() for scope in needed.read}))


def jobs_of(viewer: Viewer) -> QuerySet[Job]:
    """Return the vendor's jobs, newest first, without what came out of them."""
    return Job.objects.filter(vendor_id=viewer.vendor_id).defer("result").order_by("-created_at", "-pk")


def job_for(viewer: Viewer, job_id: UUID, *, write: bool = False, result: bool = False) -> Job:
    """Return one job that the viewer may look at, or cancel (``write``); with its result if asked.

    Raises NotFound, NotAllowed.
    """
    viewer.require_vendor(*ANY)
    jobs = jobs_of(viewer).defer(None) if result else jobs_of(viewer)
    if (job := jobs.filter(pk=job_id).first()) is None:
        raise NotFound(what="job")
    needed = KINDS[job.kind]
    viewer.require_vendor(*(needed.write if write else needed.read))
    return job


def claim_job(*, at: datetime) -> Job | None:
    """Lease the job that has waited longest, None if none is due."""
    return next(iter(claim(Job, at=at, limit=1)), None)


def held_until(at: datetime) -> datetime:
    """Return until when a job is held by whoever is at it now."""
    return at + LEASE
