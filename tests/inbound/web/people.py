"""People of the cast, made as they are needed: one per role and partner."""

from __future__ import annotations

from typing import Protocol

from django.contrib.auth.hashers import make_password
from django.test import Client

from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.people import invite_person
from partidor.models import Membership, Person
from partidor.models.person import set_first_password
from tests.world import START, World

PASSWORD = "an-old-canal-7"


class SignIn(Protocol):
    """Signs somebody in and returns the browser."""

    def __call__(
        self, role: str = ..., partner: str | None = ..., *, of: World = ..., language: str = ...
    ) -> Client: ...


def person_of(world: World, role: str, partner: str | None = None, *, language: str = "en") -> Membership:
    """Return somebody in a role at the vendor, or at one of its partners; made if not there yet."""
    at = partner or world.vendor.slug
    membership, *_ = invite_person(
        email=f"{role.replace('_', '-')}@{at}.example",
        name=f"{role.replace('_', ' ').title()} of {at.title()}",
        role=role,
        partner_id=world.partners[partner].pk if partner else None,
        by=world.manager,
        at=START,
    )
    set_first_password(membership.person_id, make_password(PASSWORD))
    Person.objects.filter(pk=membership.person_id).update(language=language)
    return Membership.objects.select_related("person", "vendor", "partner").get(pk=membership.pk)


def viewer_of(world: World, role: str, partner: str | None = None) -> Viewer:
    """See through the eyes of somebody."""
    return viewer_of_membership(person_of(world, role, partner))


def signed_in(world: World, role: str, partner: str | None = None, *, language: str = "en") -> Client:
    """Return the browser of somebody who has signed in."""
    client = Client(headers={"accept-language": language})
    client.force_login(person_of(world, role, partner, language=language).person)
    return client
