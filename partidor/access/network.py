"""The way to partners, rules, sources, fields, people and keys of the viewer's vendor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.models import (
    ApiKey,
    Event,
    FieldDefinition,
    Membership,
    Partner,
    PartnerParent,
    RulesetVersion,
    Source,
    Vendor,
)


def partners_of(viewer: Viewer) -> QuerySet[Partner]:
    """Return the vendor's partners; a partner sees itself alone."""
    partners = Partner.objects.filter(vendor_id=viewer.vendor_id)
    return partners if viewer.partner_id is None else partners.filter(pk=viewer.partner_id)


def partner_for(viewer: Viewer, partner_id: UUID, *, lock: bool = False) -> Partner:
    """Return one partner of the vendor, locked if asked (offers may point at it all the same); NotFound otherwise."""
    partners = partners_of(viewer)
    partner = (partners.select_for_update(no_key=True) if lock else partners).filter(pk=partner_id).first()
    if partner is None:
        raise NotFound(what="partner")
    return partner


def locked_partners(viewer: Viewer, ids: Collection[UUID]) -> list[Partner]:
    """Return those of these partners that are the vendor's and in use, locked in one order for all who lock several."""
    partners = partners_of(viewer).filter(pk__in=ids, archived_at=None).order_by("pk")
    return list(partners.select_for_update(no_key=True))


def parents_of(viewer: Viewer) -> QuerySet[PartnerParent]:
    """Return who is whose distributor."""
    return PartnerParent.objects.filter(vendor_id=viewer.vendor_id)


def sources_of(viewer: Viewer, *, archived: bool = False) -> QuerySet[Source]:
    """Return the vendor's sources that are in use, archived ones too if asked."""
    sources = Source.objects.filter(vendor_id=viewer.vendor_id)
    return sources if archived else sources.filter(archived_at=None)


def source_for(viewer: Viewer, source_id: UUID, *, archived: bool = False) -> Source:
    """Return one source in use, an archived one too if asked; NotFound otherwise."""
    if (source := sources_of(viewer, archived=archived).filter(pk=source_id).first()) is None:
        raise NotFound(what="source")
    return source


def fields_of(viewer: Viewer) -> QuerySet[FieldDefinition]:
    """Return the vendor's custom fields."""
    return FieldDefinition.objects.filter(vendor_id=viewer.vendor_id)


def rulesets_of(viewer: Viewer) -> QuerySet[RulesetVersion]:
    """Return the draft (version 0) and every published version."""
    return RulesetVersion.objects.filter(vendor_id=viewer.vendor_id)


def ruleset_for(viewer: Viewer, version: int) -> RulesetVersion:
    """Return one version, 0 for the draft; NotFound otherwise."""
    if (found := rulesets_of(viewer).filter(version=version).first()) is None:
        raise NotFound(what="ruleset version")
    return found


def keys_of(viewer: Viewer) -> QuerySet[ApiKey]:
    """Return the vendor's keys."""
    return ApiKey.objects.filter(vendor_id=viewer.vendor_id)


def key_for(viewer: Viewer, key_id: UUID) -> ApiKey:
    """Return one key; NotFound otherwise."""
    if (key := keys_of(viewer).filter(pk=key_id).first()) is None:
        raise NotFound(what="key")
    return key


def events_of_vendor(viewer: Viewer) -> QuerySet[Event]:
    """Return what happened at the vendor and not to a lead; a partner sees what happened to itself."""
    events = Event.objects.filter(vendor_id=viewer.vendor_id, lead=None)
    return events if viewer.partner_id is None else events.filter(data__partner=str(viewer.partner_id))


def memberships_of(viewer: Viewer) -> QuerySet[Membership]:
    """Return the people of the vendor and its partners."""
    return Membership.objects.filter(vendor_id=viewer.vendor_id).select_related("person")


def people_of(viewer: Viewer) -> QuerySet[Membership]:
    """Return the people of the vendor with their partners; ``elsewhere`` says whether they have other vendors too."""
    others = Membership.objects.filter(person_id=OuterRef("person_id")).exclude(vendor_id=viewer.vendor_id)
    return memberships_of(viewer).select_related("partner").annotate(elsewhere=Exists(others))


def colleagues_of(viewers: Sequence[Viewer]) -> QuerySet[Membership]:
    """Return the roles, ended ones too, at the partners that one person works for, with partners and vendors."""
    mine = Q(pk=None)
    for viewer in viewers:
        if viewer.partner_id is not None:
            mine |= Q(vendor_id=viewer.vendor_id, partner_id=viewer.partner_id)
    return Membership.objects.filter(mine).select_related("person", "partner", "vendor")


def membership_for(viewer: Viewer, membership_id: UUID) -> Membership:
    """Return one role of a person at the vendor or a partner of it; NotFound otherwise."""
    if (membership := memberships_of(viewer).filter(pk=membership_id).first()) is None:
        raise NotFound(what="person")
    return membership


def vendor_named(name: str) -> Vendor:
    """Find a vendor by id, short name or name, for the operator's commands; NotFound otherwise."""
    by_name = Vendor.objects.filter(slug=name) | Vendor.objects.filter(name=name)
    try:
        by_name = by_name | Vendor.objects.filter(pk=UUID(name))
    except ValueError:
        pass
    if (vendor := by_name.first()) is None:
        raise NotFound(what=f"vendor {name!r}")
    return vendor


def every_vendor() -> QuerySet[Vendor]:
    """Return all vendors, for the operator's commands."""
    return Vendor.objects.order_by("slug")
