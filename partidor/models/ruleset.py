"""Published versions of the rules, and the one draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import models
from django.db.models import Q

from partidor.models.rows import VendorRow
from partidor.models.vendor import Vendor

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

    @classmethod
    def draft(cls, vendor: Vendor, rules: object, actor: Mapping[str, str], at: datetime) -> RulesetVersion:
        """Create the vendor's draft."""
        return cls.objects.create(
            vendor=vendor, version=DRAFT, rules=rules, created_at=at, by_kind=actor["kind"], by_id=actor["id"]
        )

    @classmethod
    def publish(
        cls, vendor: Vendor, rules: object, note: str, actor: Mapping[str, str], at: datetime
    ) -> RulesetVersion:
        """Add the next version and put it in force. The caller holds the vendor locked."""
        version = vendor.ruleset_version + 1
        published = cls.objects.create(
            vendor=vendor,
            version=version,
            rules=rules,
            note=note,
            created_at=at,
            by_kind=actor["kind"],
            by_id=actor["id"],
        )
        Vendor.objects.filter(pk=vendor.pk).update(ruleset_version=version)
        vendor.ruleset_version = version
        return published

    def change(self, rules: object, actor: Mapping[str, str], at: datetime) -> None:
        """Replace the rules of the draft. The caller holds the vendor locked."""
        self.rules, self.revision, self.created_at = rules, self.revision + 1, at
        RulesetVersion.objects.filter(pk=self.pk, version=DRAFT).update(
            rules=rules, revision=self.revision, created_at=at, by_kind=actor["kind"], by_id=actor["id"]
        )

    def __str__(self) -> str:
        return f"version {self.version}" if self.version else "draft"
