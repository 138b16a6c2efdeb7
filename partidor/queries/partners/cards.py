"""Partners as the vendor sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from partidor.access.network import parents_of, partner_for, partners_of
from partidor.access.viewer import Viewer
from partidor.models import Partner
from partidor.queries.leads.cards import AddressCard
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class Location:
    """A point in degrees (WGS 84)."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class PartnerCard:
    """A partner in full. ``located`` tells how its place was found: given, code, rule, prefix, city; empty: nowhere."""

    id: UUID
    external_id: str
    name: str
    kind: str
    parents: list[UUID]
    email: str
    phone: str
    address: AddressCard
    location: Location | None
    located: str
    language: str
    time_zone: str
    weight: int
    max_open_leads: int | None
    monthly_cap: int | None
    weekly_pace: int | None
    """Leads in any seven days at most; None: no pace."""
    calendar: dict[str, Any] | None
    """What differs from the vendor's calendar; None inherits all of it."""
    tags: dict[str, list[str]]
    flags: list[str]
    paused: bool
    paused_until: datetime | None
    pause_reason: str
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime


def partner_card(partner: Partner, parents: Iterable[UUID], *, at: datetime) -> PartnerCard:
    """Show a partner as it stands at a time, from rows in hand."""
    paused = partner.paused(at)
    return PartnerCard(
        id=partner.pk,
        external_id=partner.external_id,
        name=partner.name,
        kind=partner.kind,
        parents=sorted(parents),
        email=partner.email,
        phone=partner.phone,
        address=AddressCard(partner.street, partner.postal_code, partner.city, partner.region, partner.country),
        location=None if partner.lat is None or partner.lon is None else Location(partner.lat, partner.lon),
        located=partner.located,
        language=partner.language,
        time_zone=partner.time_zone,
        weight=partner.weight,
        max_open_leads=partner.max_open_leads,
        monthly_cap=partner.monthly_cap,
        weekly_pace=partner.weekly_pace,
        calendar=partner.calendar,
        tags={dimension: list(values) for dimension, values in partner.tags.items()},
        flags=list(partner.flags),
        paused=paused,
        paused_until=partner.paused_until if paused else None,
        pause_reason=partner.pause_reason if paused else "",
        archived_at=partner.archived_at,
        created_at=partner.created_at,
        updated_at=partner.updated_at,
    )


def one_partner(viewer: Viewer, partner_id: UUID, *, at: datetime) -> PartnerCard:
    """Show one partner. Raises NotFound, NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    return shown_partner(viewer, partner_for(viewer, partner_id), at=at)


def shown_partner(viewer: Viewer, partner: Partner, *, at: datetime) -> PartnerCard:
    """Show a partner that a verb has just returned to this viewer."""
    parents = parents_of(viewer).filter(partner=partner).values_list("parent_id", flat=True)
    return partner_card(partner, parents, at=at)


def partners(
    viewer: Viewer,
    wanted: Wanted,
    *,
    kind: str = "",
    country: str = "",
    external_id: str = "",
    q: str = "",
    archived: bool = False,
    updated_since: datetime | None = None,
) -> Page[PartnerCard]:
    """List partners, newest first, or with ``updated_since`` in the order of their changes (archived ones too)."""
    viewer.require_vendor("partners:read", "partners:write")
    exact = {"kind": kind, "country": country.upper(), "external_id": external_id, "name__icontains": q}
    rows = partners_of(viewer).filter(**{name: value for name, value in exact.items() if value})
    if updated_since is None:
        found = page(rows.filter(archived_at__isnull=not archived), wanted, by="created_at")
    else:
        found = page(rows.filter(updated_at__gte=updated_since), wanted, by="updated_at", newest_first=False)
    above: dict[UUID, list[UUID]] = defaultdict(list)
    for link in parents_of(viewer).filter(partner__in=[partner.pk for partner in found.items]):
        above[link.partner_id].append(link.parent_id)
    return found.of([partner_card(partner, above[partner.pk], at=wanted.at) for partner in found.items])
