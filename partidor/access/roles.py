"""The roles of a person who has signed in: which faces are open, and through whose eyes each is seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet, Subquery

from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.models import Membership, Person, WorkerBeat

CONSOLE_ROLES = ("administrator", "channel_manager", "management")
"""Who has a console. Marketing, account managers and agencies see only their part, and their part comes later."""
PORTAL_ROLES = ("partner_manager", "partner_sales")


@dataclass(frozen=True, slots=True)
class Role:
    """One role of a person, with the names that pages show. ``partner`` is empty at the vendor itself."""

    id: UUID
    role: str
    viewer: Viewer
    vendor: str
    slug: str
    partner: str
    language: str
    """The language that its partner or else its vendor speaks (BCP 47)."""
    time_zone: str
    """IANA name; of the partner, or else of the vendor."""
    beat_at: datetime | None = None
    """When a worker last looked at the clock, known to whoever stands at the door: read along, it costs nothing."""


def roles_of(person_id: UUID) -> tuple[Role, ...]:
    """Return a person's roles in force, oldest first, in one statement; roles at an archived partner are none."""
    beat = Subquery(WorkerBeat.objects.values("beat_at")[:1])
    return tuple(_role(row, row.beat_at) for row in _in_force().filter(person_id=person_id).annotate(beat_at=beat))


def roles_at(email: str) -> list[tuple[Role, UUID]]:
    """Return the roles in force of the person with an address, each with the person's id."""
    return [(_role(row), row.person_id) for row in _in_force().filter(person__email=email.casefold())]


def role_invited(membership_id: UUID) -> tuple[Role, Person] | None:
    """Return a role in force and whose it is; None if it has been taken back."""
    row = _in_force().select_related("vendor", "partner", "person").filter(pk=membership_id).first()
    return None if row is None else (_role(row), row.person)


def _in_force() -> QuerySet[Membership]:
    rows = Membership.objects.filter(active=True, person__is_active=True, partner__archived_at=None)
    return rows.select_related("vendor", "partner").order_by("created_at", "pk")


def _role(row: Membership, beat_at: datetime | None = None) -> Role:
    partner, vendor = row.partner, row.vendor
    return Role(
        id=row.pk,
        role=row.role,
        viewer=viewer_of_membership(row, vendor),
        vendor=vendor.name,
        slug=vendor.slug,
        partner=partner.name if partner else "",
        language=(partner.language if partner else "") or vendor.language,
        time_zone=(partner.time_zone if partner else "") or vendor.time_zone,
        beat_at=beat_at,
    )
