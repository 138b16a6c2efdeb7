"""People of the cast's partners, as they come in by the door of the portal."""

from __future__ import annotations

from uuid import UUID

from partidor.access.roles import roles_of
from partidor.access.viewer import Viewer
from partidor.actions.people import invite_person
from tests.world import START, World

NAMES = {"alpen": "Martin Kofler", "bergmann": "Berta Berg", "citroen": "Chloé Citron"}


def hire(world: World, partner: str, *, role: str = "partner_manager", name: str = "") -> UUID:
    """Give somebody a role at a partner; return who it is."""
    name = name or NAMES[partner]
    email = f"{name.casefold().replace(' ', '.')}@people.example"
    partner_id = world.partners[partner].pk
    membership, *_ = invite_person(email=email, name=name, role=role, partner_id=partner_id, by=world.manager, at=START)
    return membership.person_id


def viewers_of(person: UUID) -> list[Viewer]:
    """See with all eyes of a person."""
    return [role.viewer for role in roles_of(person)]


def somebody_of(world: World, partner: str, *, role: str = "partner_manager", name: str = "") -> Viewer:
    """Hire somebody and act as that person."""
    hired = hire(world, partner, role=role, name=name)
    return next(one for one in viewers_of(hired) if one.partner_id == world.partners[partner].pk)
