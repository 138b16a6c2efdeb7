"""People in their roles at the vendor and its partners."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import memberships_of
from partidor.access.viewer import Viewer
from partidor.models import Membership
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class PersonCard:
    """A person in one role; ``id`` is the role's."""

    id: UUID
    email: str
    name: str
    """The address, until the person has signed in."""
    role: str
    partner: UUID | None
    active: bool
    created_at: datetime


def person_card(membership: Membership) -> PersonCard:
    """Show a person in a role."""
    person = membership.person
    return PersonCard(
        membership.pk,
        person.email,
        membership.shown_name,
        membership.role,
        membership.partner_id,
        membership.active,
        membership.created_at,
    )


def people(viewer: Viewer, wanted: Wanted) -> Page[PersonCard]:
    """List the people of the vendor and its partners, newest first."""
    viewer.require_vendor("admin")
    found = page(memberships_of(viewer), wanted, by="created_at")
    return found.of([person_card(membership) for membership in found.items])
