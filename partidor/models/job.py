"""Work that takes a while: run by a worker, shown with its progress, kept with its result."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from partidor.models.rows import DueRow


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

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
