"""Take a person's role away, and give it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from partidor.access.roles import roles_of
from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.people import (
    Invited,
    LastAdministrator,
    NotYourself,
    deactivate_membership,
    invite_person,
    reactivate_membership,
)
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Event, Membership, Person
from tests.world import START, World, hours

LATER = START + hours(1)


def seat(world: World, role: str, partner: str | None = None) -> Membership:
    partner_id = world.partners[partner].pk if partner else None
    membership, *_ = invite_person(
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


class TestInviteAgain:
    """Inviting whom one has already changes nobody's role, and brings back nobody that a partner may not."""

    def again(
        self, world: World, seat: Membership, role: str, by: Viewer | None = None, at: datetime = LATER
    ) -> Invited:
        return invite_person(email=seat.person.email, name="x", role=role, partner_id=seat.partner_id,
                             by=by or world.manager, at=at)  # fmt: skip

    def test_with_another_role_is_refused_so_the_last_administrator_stays(self, world: World) -> None:
        chief = Membership.objects.get(vendor=world.vendor, role="administrator")
        sales = seat(world, "partner_sales", "alpen")
        for one, role in ((chief, "management"), (sales, "partner_manager")):
            with pytest.raises(WrongContent, match=f"role: is {one.role} here already; take that role away first"):
                self.again(world, one, role)
            assert Membership.objects.get(pk=one.pk).role == one.role

    def test_gives_back_what_was_taken_away_in_the_role_that_is_named(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        back = self.again(world, sales, "partner_manager")
        assert (back.repeated, back.membership.pk) == (False, sales.pk)
        now = Membership.objects.get(pk=sales.pk)
        assert (now.active, now.role) == (True, "partner_manager")

    def test_by_a_partner_undoes_nothing(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        manager = eyes(world, "partner_manager", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        with pytest.raises(WrongContent, match="was taken away by the vendor; ask there"):
            self.again(world, sales, "partner_sales", manager)
        assert not is_active(sales.pk)

    def test_mails_once_more_a_day_to_who_has_not_come(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        said = [self.again(world, sales, "partner_sales", at=START + hours(hour)) for hour in (1, 24, 25)]
        assert [(one.repeated, one.mailed) for one in said] == [(True, False), (True, True), (True, False)]
        assert world.notices("person.invited") == 2
        Person.objects.filter(pk=sales.person_id).update(last_login=START + hours(25), password="x")
        assert self.again(world, sales, "partner_sales", at=START + hours(50)).mailed is False


class TestTheTrace:
    def test_holds_who_gave_and_took_which_role_and_no_address(self, world: World) -> None:
        sales = seat(world, "partner_sales", "alpen")
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        deactivate_membership(sales.pk, by=world.manager, at=LATER)
        reactivate_membership(sales.pk, by=world.manager, at=LATER)
        told = Event.objects.filter(type__startswith="person.").order_by("pk")
        assert [event.type for event in told] == ["person.role_given", "person.role_taken", "person.role_given"]
        for event in told:
            assert (event.by_kind, event.by_id) == (world.manager.kind, world.manager.id)
            assert event.data == {
                "person": str(sales.person_id), "role": "partner_sales", "partner": str(sales.partner_id)
            }  # fmt: skip


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
