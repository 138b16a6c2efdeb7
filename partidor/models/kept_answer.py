"""Answers kept for a week, so that a repeated POST with the same Idempotency-Key gets the same answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

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

    @staticmethod
    def find(owner_id: UUID, method: str, path: str, name: str) -> KeptAnswer | None:
        """Find the answer kept under a name."""
        return KeptAnswer.objects.filter(owner_id=owner_id, method=method, path=path, name=name).first()

    @staticmethod
    def take(
        owner_id: UUID,
        method: str,
        path: str,
        name: str,
        body_digest: str,
        *,
        at: datetime,
        instead_of: KeptAnswer | None = None,
    ) -> KeptAnswer:
        """Take the name. Who comes second waits here until the first commits, and then breaks the unique key."""
        if instead_of is not None:
            instead_of.delete()
        return KeptAnswer.objects.create(
            owner_id=owner_id, method=method, path=path, name=name, body_digest=body_digest, created_at=at
        )

    def keep(self, status: int, body: str) -> None:
        """Keep the answer."""
        KeptAnswer.objects.filter(pk=self.pk).update(status=status, body=body)

    @staticmethod
    def forget(*, before: datetime) -> int:
        """Delete answers kept before a time; return how many."""
        return KeptAnswer.objects.filter(created_at__lt=before).delete()[0]
