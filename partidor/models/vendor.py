"""The vendor: a tenant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F

from partidor.domain.public_holidays import holidays_at
from partidor.models.rows import Row

DIMENSIONS = {"tier": ["bronze", "silver", "gold"]}


class Vendor(Row):
    """The company whose leads are distributed."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=2, default="DE")
    time_zone = models.CharField(max_length=60, default="Europe/Berlin")
    language = models.CharField(max_length=20, default="de")
    currency = models.CharField(max_length=3, default="EUR")
    dimensions = models.JSONField(default=dict)
    """Ordered tag dimensions, low to high: {"tier": ["bronze", "silver", "gold"]}.

    Nothing changes them yet. They are read with the network, so what will must make a new version of it.
    """
    follow_up_days = models.PositiveSmallIntegerField(default=14)
    """Days without activity after which an accepted lead asks for attention."""
    decline_policies = models.JSONField(default=dict)
    """What follows a decline, per reason: next, review or exclude_customer; domain/offers.py has the usual ones."""
    calendar = models.JSONField(default=dict)
    """Working hours, holidays and exceptions of the vendor, inherited by its partners; see domain/intake/calendar.

    Read with the network like the dimensions: ``keep_calendar`` makes a new version of it.
    """
    network_version = models.PositiveIntegerField(default=0)
    ruleset_version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "vendor"

    def __str__(self) -> str:
        return self.name

    def working_time(self) -> dict[str, object]:
        """Return the calendar with what it says without words: its time zone, and the holidays of its country."""
        return {"time_zone": self.time_zone, "holidays": holidays_at(self.country, ""), **self.calendar}

    def keep_calendar(self, calendar: dict[str, object], time_zone: str) -> None:
        """Write the calendar and its time zone, as a new version of the network."""
        Vendor.objects.filter(pk=self.pk).update(calendar=calendar, time_zone=time_zone)
        self.calendar, self.time_zone = calendar, time_zone
        self.network_version = next_network_version(self.pk)

    @staticmethod
    def named(slug: str) -> Vendor | None:
        """Find a vendor by its short name."""
        return Vendor.objects.filter(slug=slug).first()

    @classmethod
    def found(cls, *, slug: str, name: str, at: datetime, **columns: object) -> Vendor:
        """Create a vendor with the usual dimensions."""
        return cls.objects.create(slug=slug, name=name, created_at=at, dimensions=DIMENSIONS, **columns)


def next_network_version(vendor_id: UUID) -> int:
    """Raise the vendor's network version and return it; the row stays locked until the transaction ends."""
    Vendor.objects.filter(pk=vendor_id).update(network_version=F("network_version") + 1)
    return int(Vendor.objects.values_list("network_version", flat=True).get(pk=vendor_id))


def lock_vendor(vendor_id: UUID) -> Vendor:
    """Lock the vendor's row: rules and the network change one at a time.

    Not against foreign keys: a lead that commits points at its vendor, with the ledger locked, which we may wait for.
    """
    return Vendor.objects.select_for_update(no_key=True).get(pk=vendor_id)
