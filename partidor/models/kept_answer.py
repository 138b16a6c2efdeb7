"""Answers kept for a week, so that a repeated POST with the same Idempotency-Key gets the same answer."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from partidor.models.inserting import insert
from partidor.models.rows import Row


class KeptAnswer(Row):
    """The answer to one POST, named by key owner, method, path and Idempotency-Key."""

    owner = models.ForeignKey("partidor.ApiKey", on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    name = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kept_answer"
        constraints = (models.UniqueConstraint(fields=["owner", "method", "path", "name"], name="kept_answer_once"),)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def take(self) -> bool:
        """Take the name; False if it is taken. Who comes second waits here until the first has committed."""
        return insert([self], ignore_conflicts=True) == 1

    def earlier(self) -> KeptAnswer:
        """Return the answer kept under this name."""
        return KeptAnswer.objects.get(owner_id=self.owner_id, method=self.method, path=self.path, name=self.name)

    def replace(self, outdated: KeptAnswer) -> None:
        """Take the name from an outdated answer."""
        outdated.delete()
        self.save(force_insert=True)

    def keep(self, status: int, body: str) -> None:
        """Keep the answer."""
        KeptAnswer.objects.filter(pk=self.pk).update(status=status, body=body)

    @staticmethod
    def forget(*, before: datetime) -> int:
        """Delete answers kept before a time; return how many."""
        return KeptAnswer.objects.filter(created_at__lt=before).delete()[0]
