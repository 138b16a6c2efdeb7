"""Work that takes a while: run by a worker, shown with its progress, kept with its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from partidor.domain.states import JOB
from partidor.models.moving import move_rows
from partidor.models.rows import DueRow

WAITS = ("waiting", "running")
"""States of a job that has not ended."""


class Job(DueRow):
    """One job of a vendor: what it is to do, how far it has come, what came out."""

    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default="waiting")
    """waiting, running, done, failed or cancelled."""
    progress = models.PositiveSmallIntegerField(default=0)
    """Hundredths of the whole."""
    wanted = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=1000, default="", blank=True)
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "job"
        indexes = (
            models.Index(fields=["due_at"], condition=~Q(due_at=None), name="job_due"),
            models.Index(fields=["vendor", "kind", "created_at", "id"], name="job_of_vendor"),
        )
        constraints = (models.CheckConstraint(condition=Q(progress__lte=100), name="job_progress_is_a_share"),)

    @classmethod
    def start(
        cls, vendor_id: UUID, kind: str, wanted: Mapping[str, object], actor: Mapping[str, str], at: datetime
    ) -> Job:
        """Put a new job in line: it is due at once."""
        return cls.objects.create(
            vendor_id=vendor_id,
            kind=kind,
            wanted=wanted,
            by_kind=actor["kind"],
            by_id=actor["id"],
            created_at=at,
            due_at=at,
        )

    def begin(self) -> bool:
        """Begin a leased job, anew if it was begun before; False if the lease has passed to somebody else."""
        return bool(move_rows(self._held(), JOB, "begin", progress=0))

    def advance(self, progress: int, until: datetime) -> bool:
        """Note how far a leased job has come, and hold it until a time; False if it is no longer ours to run."""
        return bool(self._held().filter(state="running").update(progress=progress, due_at=until))

    def wait(self, **columns: object) -> None:
        """Let go of a leased job: it waits again."""
        move_rows(self._held(), JOB, "wait", lease=None, **columns)

    def cancel(self, at: datetime) -> bool:
        """Cancel a job that has not ended; False if it has."""
        return bool(move_rows(Job.objects.filter(pk=self.pk), JOB, "cancel", due_at=None, lease=None, done_at=at))

    def _held(self) -> models.QuerySet[Job]:
        return Job.objects.filter(pk=self.pk, lease=self.lease)

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
