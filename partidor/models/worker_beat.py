"""When a worker last looked at the clock: the gap tells how long nothing ran."""

from __future__ import annotations

from django.db import models


class WorkerBeat(models.Model):
    """One row for all workers."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    beat_at = models.DateTimeField()

    class Meta:
        db_table = "worker_beat"

    def __str__(self) -> str:
        return self.beat_at.isoformat()
