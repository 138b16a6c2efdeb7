"""The vendor's one ledger row: who was due what, and who got it. It is the lock of every routing run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models

from partidor.domain.routing.fairness import Ledger
from partidor.models.rows import VendorRow
from partidor.models.vendor import Vendor


class LedgerRow(models.Model):
    """The ledger as compact JSON; no foreign key points at it."""

    vendor = models.OneToOneField(Vendor, on_delete=models.PROTECT, primary_key=True, related_name="ledger")
    entries = models.TextField(default="", blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "ledger"

    @classmethod
    def open(cls, vendor: Vendor, at: datetime) -> None:
        """Open the vendor's empty ledger."""
        cls.objects.create(vendor=vendor, updated_at=at)

    def __str__(self) -> str:
        return f"ledger of {self.vendor_id}"


class LedgerWeek(VendorRow):
    """The ledger as it stood when it was last looked at in a week of the vendor: what trends are drawn from."""

    monday = models.DateField()
    entries = models.TextField(default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ledger_week"
        constraints = (models.UniqueConstraint(fields=["vendor", "monday"], name="ledger_week_once"),)

    def __str__(self) -> str:
        return f"ledger of {self.vendor_id} in the week of {self.monday}"


@dataclass(frozen=True, slots=True)
class Distribution:
    """The vendor as routing finds it under the ledger lock."""

    vendor: Vendor
    ledger: Ledger


def lock_ledger(vendor_id: UUID) -> Distribution:
    """Lock the ledger row, always the last lock to be taken, and then read the vendor's versions.

    Two statements: read in one, the vendor would be as it was before the wait for the lock.
    """
    row = LedgerRow.objects.select_for_update().get(vendor_id=vendor_id)
    return Distribution(Vendor.objects.get(pk=vendor_id), Ledger.from_json(row.entries))


def read_ledger(vendor_id: UUID) -> Ledger:
    """Read the ledger without a lock, for reports."""
    return Ledger.from_json(LedgerRow.objects.values_list("entries", flat=True).get(vendor_id=vendor_id))


def keep_ledger(vendor_id: UUID, ledger: Ledger, *, at: datetime) -> None:
    """Write the ledger back."""
    LedgerRow.objects.filter(vendor_id=vendor_id).update(entries=ledger.to_json().decode(), updated_at=at)


def monday_of(vendor: Vendor, at: datetime) -> date:
    """Return the day on which the vendor's week began."""
    today = at.astimezone(ZoneInfo(vendor.time_zone)).date()
    return today - timedelta(days=today.weekday())


def keep_week(vendor: Vendor, *, at: datetime) -> None:
    """Keep the ledger as it stands for the week that runs, in place of how it stood earlier in it."""
    entries = LedgerRow.objects.values_list("entries", flat=True).get(vendor=vendor)
    LedgerWeek.objects.update_or_create(
        vendor=vendor, monday=monday_of(vendor, at), defaults={"entries": entries, "at": at}
    )


def ledger_weeks(vendor_id: UUID, *, since: date, before: date) -> list[tuple[date, Ledger]]:
    """Return the weeks that began in a span, oldest first, each with the ledger as it stood at its end."""
    kept = LedgerWeek.objects.filter(vendor_id=vendor_id, monday__gte=since, monday__lt=before).order_by("monday")
    return [(monday, Ledger.from_json(entries)) for monday, entries in kept.values_list("monday", "entries")]
