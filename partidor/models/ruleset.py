"""Published versions of the rules, and the one draft."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from partidor.models.rows import VendorRow

DRAFT = 0


class RulesetVersion(VendorRow):
    """A numbered version of the ordered rules; version 0 is the draft, which always exists."""

    version = models.PositiveIntegerField()
    rules = models.JSONField()
    note = models.CharField(max_length=1000, default="", blank=True)
    revision = models.PositiveIntegerField(default=1)
    """Counts the changes of the draft: what If-Match is held against."""
    created_at = models.DateTimeField()
    by_kind = models.CharField(max_length=10, default="system")
    by_id = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        db_table = "ruleset_version"
        constraints = (
            models.UniqueConstraint(fields=["vendor", "version"], name="ruleset_version_once"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="ruleset_revision_counts"),
        )

    def __str__(self) -> str:
        return f"version {self.version}" if self.version else "draft"
