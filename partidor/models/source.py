"""Where leads come from, and which own fields they carry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models

from partidor.models.rows import VendorRow
from partidor.models.vendor import Vendor

SOURCE_KINDS = ("api", "form", "import", "event", "email", "crm")
FIELD_TYPES = ("text", "number", "date", "boolean")


class Source(VendorRow):
    """A source of leads with its review policy, mapping and default temperature."""

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, default="api")
    review = models.BooleanField(default=False)
    default_temperature = models.CharField(max_length=4, default="warm")
    mapping = models.JSONField(default=dict)
    required = models.JSONField(default=list)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "source"
        constraints = (models.UniqueConstraint(fields=["vendor", "name"], name="source_name_once"),)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def of(vendor_id: UUID, name: str) -> Source | None:
        """Find a source by name, archived or not."""
        return Source.objects.filter(vendor_id=vendor_id, name=name).first()

    @staticmethod
    def add(vendor_id: UUID, columns: dict[str, object], at: datetime) -> Source:
        """Add a source."""
        return Source.objects.create(vendor_id=vendor_id, created_at=at, **columns)

    def change(self, columns: dict[str, object]) -> None:
        """Change some columns."""
        Source.objects.filter(pk=self.pk).update(**columns)
        for name, value in columns.items():
            setattr(self, name, value)

    def reopen(self) -> None:
        """Take an archived source into use again."""
        if self.archived_at is not None:
            self.change({"archived_at": None})

    @staticmethod
    def create_usual(vendor: Vendor, at: datetime) -> None:
        """Create the sources a new vendor starts with."""
        Source.objects.bulk_create(
            Source(vendor=vendor, name=name, kind=kind, created_at=at)
            for name, kind in (("website", "form"), ("api", "api"), ("import", "import"))
        )


class FieldDefinition(VendorRow):
    """A custom field of a vendor's leads: key, type and labels per language."""

    key = models.CharField(max_length=60)
    type = models.CharField(max_length=10, default="text")
    label = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "field_definition"
        constraints = (models.UniqueConstraint(fields=["vendor", "key"], name="field_key_once"),)

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def add(vendor_id: UUID, columns: dict[str, object], at: datetime) -> FieldDefinition:
        """Define a field."""
        return FieldDefinition.objects.create(vendor_id=vendor_id, created_at=at, **columns)
