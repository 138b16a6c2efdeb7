"""Partners, their distributors, and the versioned facts that routing sees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from partidor.domain.facts import PartnerFacts
from partidor.domain.public_holidays import holidays_at
from partidor.domain.routing.rank import RATED
from partidor.domain.routing.suitability import Measured
from partidor.models.rows import VendorRow

KINDS = (
    "reseller", "var", "system_integrator", "distributor", "oem",
    "affiliate", "technology", "consulting", "agent", "own_sales",
)  # fmt: skip


MEASURES = Measured._fields
"""The facts that are measured, not told: a change of the partner leaves them as they are."""


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
    weekly_pace = models.PositiveIntegerField(null=True)
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
            models.CheckConstraint(condition=Q(weekly_pace__gte=1), name="partner_pace_positive"),
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

    @staticmethod
    def change_many(changed: Sequence[tuple[Partner, dict[str, object]]], at: datetime) -> None:
        """Write the same columns of several partners, each with values of its own."""
        if not changed:
            return
        for partner, columns in changed:
            partner.take({**columns, "updated_at": at})
        Partner.objects.bulk_update([partner for partner, _ in changed], [*changed[0][1], "updated_at"], batch_size=200)

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
            weekly_pace=self.weekly_pace,
            calendar=self.working_time(),
        )

    def working_time(self) -> dict[str, object]:
        """Return what the partner's calendar has of its own: time zone, holidays at home, what it says itself."""
        home = holidays_at(self.country, self.region)
        own = {"time_zone": self.time_zone, "home": home, **(self.calendar or {})}
        return {name: value for name, value in own.items() if value != ""}


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

    @staticmethod
    def current(vendor_id: UUID) -> models.QuerySet[PartnerVersion]:
        """Return the facts that hold now."""
        return PartnerVersion.objects.filter(vendor_id=vendor_id, to_version=None)


def keep_facts(vendor_id: UUID, version: int, facts: Iterable[PartnerFacts], *, gone: Iterable[UUID] = ()) -> None:
    """Close the current facts of these partners at a version and open the new ones; what was measured stays."""
    written = {UUID(each.id): facts_as_json(each) for each in facts}
    current = PartnerVersion.current(vendor_id).filter(partner_id__in=written).values_list("partner_id", "facts")
    for partner_id, kept in current:
        written[partner_id] |= {name: kept[name] for name in MEASURES if name in kept}
    _open_versions(vendor_id, version, written, gone)


def keep_measured(vendor_id: UUID, version: int, measured: Mapping[UUID, Measured]) -> None:
    """Open new facts of these partners with what was measured; all else stays."""
    current = PartnerVersion.current(vendor_id).filter(partner_id__in=measured).values_list("partner_id", "facts")
    written = {partner_id: _without_empty({**kept, **measured[partner_id]._asdict()}) for partner_id, kept in current}
    _open_versions(vendor_id, version, written)


def measured_now(vendor_id: UUID) -> dict[UUID, Measured]:
    """Return what routing knows of each partner's results now."""
    current = PartnerVersion.current(vendor_id).values_list("partner_id", "facts")
    return {pk: Measured(*(getattr(facts_from_json(kept), name) for name in MEASURES)) for pk, kept in current}


def _open_versions(
    vendor_id: UUID, version: int, written: Mapping[UUID, dict[str, object]], gone: Iterable[UUID] = ()
) -> None:
    current = PartnerVersion.current(vendor_id).filter(partner_id__in=[*written, *gone])
    current.filter(from_version=version).delete()
    current.update(to_version=version)
    fresh = (
        PartnerVersion(vendor_id=vendor_id, partner_id=partner_id, from_version=version, facts=facts)
        for partner_id, facts in written.items()
    )
    PartnerVersion.objects.bulk_create(fresh, batch_size=500)


def facts_as_json(facts: PartnerFacts) -> dict[str, object]:
    """Write facts as JSON, leaving out what is empty."""
    every = {name: getattr(facts, name) for name in PartnerFacts.__slots__}
    return _without_empty(every)


def _without_empty(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value not in (None, (), {}, "")}


def facts_from_json(kept: dict[str, object]) -> PartnerFacts:
    """Read facts back, those too that were kept when a rate was one number."""
    known = dict(kept) | {name: {"": rate} for name in RATED if isinstance(rate := kept.get(name), int | float)}
    point, tags, parents = known.pop("point", None), known.pop("tags", {}), known.pop("parents", ())
    return PartnerFacts(
        **known,  # type: ignore[arg-type]
        point=tuple(point) if point else None,  # type: ignore[arg-type]
        tags={dimension: tuple(values) for dimension, values in tags.items()},  # type: ignore[attr-defined]
        parents=tuple(parents),  # type: ignore[arg-type]
    )
