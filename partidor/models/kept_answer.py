"""Answers kept for a week, so that a repeated POST with the same Idempotency-Key gets the same answer."""

from __future__ import annotations

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
        constraints = (
            models.UniqueConstraint(fields=["owner", "method", "path", "name"], name="kept_answer_once"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
