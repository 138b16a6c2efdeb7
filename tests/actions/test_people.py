"""Take a person's role away, and give it back."""

from __future__ import annotations

from uuid import UUID

import pytest

from partidor.access.roles import roles_of
from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.people import (
    LastAdministrator,
    NotYourself,
    deactivate_membership,
    invite_person,
    reactivate_membership,
)
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Membership
from tests.world import START, World, hours

LATER = START + hours(1)


def seat(world: World, role: str, partner: str | None = None) -> Membership:
    partner_id = world.partners[partner].pk if partner else None
    membership, _ = invite_person(
        email=f"{role}@people.example", name=role, role=role, partner_id=partner_id, by=world.manager, at=START
    )
    return membership


def eyes(world: World, role: str, partner: str | None = None) -> Viewer:
    return viewer_of_membership(seat(world, role, partner), world.vendor)


def is_active(membership: UUID) -> bool:
    return Membership.objects.get(pk=membership).active


class TestDeactivateMembership:
    def test_takes_the_role_away_from_the_next_request_on(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        assert roles_of(sales.person_id)
        kept, repeated = deactivate_membership(sales.pk, by=world.manager, at=LATER)
        assert (kept.active, repeated) == (False, False)
        assert not roles_of(sales.person_id)

    def test_says_so_when_it_was_taken_away_already(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        assert deactivate_membership(sales.pk, by=world.manager, at=LATER)[1]

    def test_leaves_oneself_in(self, world: World) -> None:
        own = seat(world, "administrator")
        with pytest.raises(NotYourself):
            deactivate_membership(own.pk, by=viewer_of_membership(own, world.vendor), at=LATER)
        assert is_active(own.pk)

    def test_leaves_the_last_administrator_in(self, world: World) -> None:
        chief = Membership.objects.get(vendor=world.vendor, role="administrator")
        second = seat(world, "administrator")
        deactivate_membership(second.pk, by=world.manager, at=LATER)
        with pytest.raises(LastAdministrator):
            deactivate_membership(chief.pk, by=world.manager, at=LATER)
        assert is_active(chief.pk)

    @pytest.mark.parametrize("role", ["channel_manager", "management", "marketing"])
    def test_is_for_administrators(self, world: World, role: str) -> None:
        sales = seat(world, "partner_sales", "alpen")
        with pytest.raises(NotAllowed):
            deactivate_membership(sales.pk, by=eyes(world, role), at=LATER)
        assert is_active(sales.pk)

    def test_is_not_for_partners(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        with pytest.raises(NotAllowed):
            deactivate_membership(sales.pk, by=eyes(world, "partner_manager", "alpen"), at=LATER)

    def test_finds_nobody_of_another_vendor(self, world: World) -> None:
        rival = World.found("Rival")
        sales = seat(world, "partner_sales", "alpen")
        with pytest.raises(NotFound):
            deactivate_membership(sales.pk, by=rival.manager, at=LATER)
        assert is_active(sales.pk)


class TestReactivateMembership:
    def test_gives_the_role_back_once(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        assert reactivate_membership(sales.pk, by=world.manager, at=LATER)[1] is False
        assert roles_of(sales.person_id)
        assert reactivate_membership(sales.pk, by=world.manager, at=LATER)[1] is True

    def test_is_for_administrators_of_this_vendor(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        for by, why in ((eyes(world, "channel_manager"), NotAllowed), (World.found("Rival").manager, NotFound)):
            with pytest.raises(why):
                reactivate_membership(sales.pk, by=by, at=LATER)
        assert not is_active(sales.pk)
