"""Partners, their distributors, and the versioned facts that routing sees."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from partidor.domain.facts import PartnerFacts
from partidor.models.rows import VendorRow

KINDS = (
    "reseller", "var", "system_integrator", "distributor", "oem",
    "affiliate", "technology", "consulting", "agent", "own_sales",
)  # fmt: skip


class Partner(VendorRow):
    """Whoever leads may go to."""

    external_id = models.CharField(max_length=300, default="", blank=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, default="reseller")
    email = models.CharField(max_length=254, default="", blank=True)
    phone = models.CharField(max_length=60, default="", blank=True)
    street = models.CharField(max_length=300, default="", blank=True)
    postal_code = models.CharField(max_length=20, default="", blank=True)
    city = models.CharField(max_length=300, default="", blank=True)
    region = models.CharField(max_length=10, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    located = models.CharField(max_length=10, default="", blank=True)
    """How the place was found: given, code, rule, prefix, city; empty means it cannot be placed."""
    language = models.CharField(max_length=20, default="", blank=True)
    time_zone = models.CharField(max_length=60, default="", blank=True)
    weight = models.PositiveIntegerField(default=1)
    max_open_leads = models.PositiveIntegerField(null=True)
    monthly_cap = models.PositiveIntegerField(null=True)
    tags = models.JSONField(default=dict)
    calendar = models.JSONField(null=True)
    """What differs from the vendor's calendar; null inherits all of it."""
    paused_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    pause_reason = models.CharField(max_length=300, default="", blank=True)
    flags = models.JSONField(default=list)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "partner"
        indexes = (
            models.Index(fields=["vendor", "updated_at", "id"], name="partner_by_update"),
            models.Index(fields=["vendor", "created_at", "id"], name="partner_by_creation"),
            models.Index(fields=["vendor", "paused_at"], condition=~Q(paused_at=None), name="partner_paused"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["vendor", "external_id"], condition=~Q(external_id=""), name="partner_external_id_once"
            ),
            models.CheckConstraint(condition=Q(weight__gte=1), name="partner_weight_positive"),
        )

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def keep(partners: list[Partner], links: list[PartnerParent]) -> None:
        """Write new partners and who is above them."""
        Partner.objects.bulk_create(partners, batch_size=500)
        PartnerParent.objects.bulk_create(links, batch_size=500)

    def take(self, columns: dict[str, object]) -> dict[str, object]:
        """Take over (not yet write) columns; return those that changed."""
        changed = {name: value for name, value in columns.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        return changed

    def change(self, columns: dict[str, object], at: datetime) -> None:
        """Write columns."""
        Partner.objects.filter(pk=self.pk).update(updated_at=at, **columns)
        self.take({**columns, "updated_at": at})

    def pause(self, until: datetime | None, reason: str, at: datetime) -> None:
        """Pause until a time, or without an end."""
        self.change({"paused_at": at, "paused_until": until, "pause_reason": reason}, at)

    def resume(self, at: datetime) -> None:
        """End the pause."""
        self.change({"paused_at": None, "paused_until": None, "pause_reason": ""}, at)

    def archive(self, at: datetime) -> None:
        """Archive for good."""
        self.change({"archived_at": at}, at)

    def paused(self, at: datetime) -> bool:
        """Say whether the partner is paused at a time."""
        return self.paused_at is not None and (self.paused_until is None or self.paused_until > at)

    def facts(self, parents: Iterable[UUID] = ()) -> PartnerFacts:
        """Freeze what routing sees of this partner."""
        return PartnerFacts(
            id=str(self.pk),
            kind=self.kind,
            country=self.country,
            language=self.language,
            point=None if self.lat is None or self.lon is None else (self.lat, self.lon),
            weight=self.weight,
            tags={dimension: tuple(values) for dimension, values in self.tags.items()},
            parents=tuple(sorted(str(parent) for parent in parents)),
            max_open_leads=self.max_open_leads,
            monthly_cap=self.monthly_cap,
        )


class PartnerParent(VendorRow):
    """One distributor of a partner."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="parent_links")
    parent = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="child_links")

    class Meta:
        db_table = "partner_parent"
        constraints = (
            models.UniqueConstraint(fields=["partner", "parent"], name="partner_parent_once"),
            models.CheckConstraint(condition=~Q(partner=models.F("parent")), name="partner_not_own_parent"),
        )

    def __str__(self) -> str:
        return f"{self.partner_id} under {self.parent_id}"

    @staticmethod
    def replace(partner: Partner, parents: Iterable[UUID]) -> None:
        """Put these parents in place of a partner's."""
        PartnerParent.objects.filter(partner=partner).delete()
        PartnerParent.objects.bulk_create(
            PartnerParent(vendor_id=partner.vendor_id, partner=partner, parent_id=parent) for parent in parents
        )


class PartnerVersion(VendorRow):
    """The facts of one partner from one network version on, until the next (table ``partner_facts``)."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+", db_index=False)
    from_version = models.PositiveIntegerField()
    to_version = models.PositiveIntegerField(null=True)
    facts = models.JSONField()

    class Meta:
        db_table = "partner_facts"
        indexes = (models.Index(fields=["vendor", "from_version"], name="partner_facts_by_version"),)
        constraints = (
            models.UniqueConstraint(fields=["partner", "from_version"], name="partner_facts_once"),
            models.UniqueConstraint(fields=["partner"], condition=Q(to_version=None), name="partner_facts_one_current"),
        )

    def __str__(self) -> str:
        return f"{self.partner_id} from {self.from_version}"


def keep_facts(vendor_id: UUID, version: int, facts: Iterable[PartnerFacts], *, gone: Iterable[UUID] = ()) -> None:
    """Close the current facts of these partners at a version and open the new ones."""
    fresh = [
        PartnerVersion(vendor_id=vendor_id, partner_id=UUID(each.id), from_version=version, facts=facts_as_json(each))
        for each in facts
    ]
    touched = [row.partner_id for row in fresh] + list(gone)
    current = PartnerVersion.objects.filter(vendor_id=vendor_id, partner_id__in=touched, to_version=None)
    current.filter(from_version=version).delete()
    current.update(to_version=version)
    PartnerVersion.objects.bulk_create(fresh, batch_size=500)


def facts_as_json(facts: PartnerFacts) -> dict[str, object]:
    """Write facts as JSON, leaving out what is empty."""
    every = {name: getattr(facts, name) for name in PartnerFacts.__slots__}
    return {name: value for name, value in every.items() if value not in (None, (), {}, "")}


def facts_from_json(kept: dict[str, object]) -> PartnerFacts:
    """Read facts back."""
    known = dict(kept)
    point, tags, parents = known.pop("point", None), known.pop("tags", {}), known.pop("parents", ())
    return PartnerFacts(
        **known,  # type: ignore[arg-type]
        point=tuple(point) if point else None,  # type: ignore[arg-type]
        tags={dimension: tuple(values) for dimension, values in tags.items()},  # type: ignore[attr-defined]
        parents=tuple(parents),  # type: ignore[arg-type]
    )
