"""Jobs as they are shown: how far they have come, and what came out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from partidor.access.jobs import BACKTEST, job_for
from partidor.access.viewer import Viewer
from partidor.models import Job
from partidor.queries.backtests.results import as_documented

_SHOWN: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {BACKTEST: as_documented}
"""How the result of a kind of job, kept compactly, is told to the outside."""


@dataclass(frozen=True, slots=True)
class JobCard:
    """A job: waiting, running, done, failed or cancelled; ``progress`` in hundredths of the whole.

    ``result`` is there when it is done, ``error`` (a sentence) when it failed.
    """

    id: UUID
    state: str
    progress: int
    result: dict[str, Any] | None
    error: str | None


def one_job(viewer: Viewer, job_id: UUID) -> JobCard:
    """Show one job with its result. Raises NotFound, NotAllowed."""
    return job_card(job_for(viewer, job_id, result=True))


def job_card(job: Job) -> JobCard:
    """Show a job from the row in hand."""
    result = None
    if job.state == "done" and job.result is not None:
        result = _SHOWN.get(job.kind, dict)(job.result)
    return JobCard(job.pk, job.state, job.progress, result, job.error or None)
