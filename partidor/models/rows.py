"""What many tables share: an id, a vendor, and work that falls due."""

from __future__ import annotations

from django.db import models

from partidor.models.ids import uuid7


class Row(models.Model):
    """A row with an id of our own making."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class VendorRow(Row):
    """A row of one vendor. No query of these goes without the vendor."""

    vendor = models.ForeignKey("partidor.Vendor", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class DueRow(VendorRow):
    """Work that falls due: claimed in batches, leased, counted, pushed ahead on failure.

    ``due_at`` is null when the work is done. A claim sets ``lease`` and moves ``due_at`` to the lease's end,
    so that the work of a killed worker falls due again by itself; only the holder of the lease finishes it.
    """

    due_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        abstract = True
