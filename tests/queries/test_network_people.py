"""What the console tells of people, keys, and mails that were kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.keys import issue_key, revoke_key
from partidor.actions.people import deactivate_membership, invite_person
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Delivery, Membership, Notice, Partner, Person
from partidor.queries.paging import Wanted
from partidor.queries.partners.page import partner_page
from partidor.queries.settings.key_table import key_lines
from partidor.queries.settings.mails import kept_mails, one_mail
from partidor.queries.settings.people import people
from partidor.queries.settings.people_table import SoughtPeople, partner_choices, team
from tests.world import START, World, hours

LATER = START + hours(1)


def invite(world: World, name: str, role: str, partner: str | None = None) -> Membership:
    partner_id = world.partners[partner].pk if partner else None
    return invite_person(
        email=f"{name}@people.example", name=name, role=role, partner_id=partner_id, by=world.manager, at=START
    )[0]


def eyes(world: World, role: str) -> Viewer:
    return viewer_of_membership(invite(world, role, role), world.vendor)


def _alpen(by: Viewer) -> UUID:
    return Partner.objects.get(vendor_id=by.vendor_id, external_id="alpen").pk


def found(world: World, **sought: Any) -> list[str]:
    return [line.name for line in team(world.manager, SoughtPeople(**sought), page=1).lines.items]


class TestTeam:
    def test_lists_the_vendors_people_and_then_those_of_partners(self, world: World) -> None:
        World.found("Rival")
        invite(world, "Zoe", "partner_sales", "alpen")
        invite(world, "Ömer", "partner_manager", "citroen")
        invite(world, "Mia", "channel_manager")
        Person.objects.update(last_login=START)
        assert found(world) == ["Chief", "Mia", "Zoe", "Ömer"]
        assert found(world, whose="vendor") == ["Chief", "Mia"]
        assert found(world, role="partner_manager") == found(world, q="ömer citro") == ["Ömer"]

    def test_says_how_far_somebody_has_come(self, world: World) -> None:
        invited = invite(world, "Anna", "marketing")
        gone = invite(world, "Ben", "marketing")
        deactivate_membership(gone.pk, by=world.manager, at=START)
        Person.objects.exclude(name="Anna").update(last_login=START)
        lines = {line.name: line for line in team(world.manager, SoughtPeople(), page=1).lines.items}
        assert [lines[name].state for name in ("Chief", "anna@people.example", "Ben")] == [
            "active",
            "invited",
            "deactivated",
        ]
        assert found(world, state="deactivated") == ["Ben"]
        own = team(viewer_of_membership(invite(world, "Me", "administrator")), SoughtPeople(), page=1).lines.items
        assert [line.name for line in own if line.own] == ["me@people.example"]
        assert lines["anna@people.example"].id == invited.pk

    def test_tells_nothing_of_what_somebody_is_elsewhere(self, world: World) -> None:
        """Whether an address was known cannot be seen until the person has come here, and neither can its name."""
        rival, known = World.found("Rival"), invite(world, "Eva", "partner_sales", "alpen")
        Person.objects.filter(pk=known.person_id).update(last_login=START, password="x")
        for name in ("eva", "new"):
            invite_person(email=f"{name}@people.example", name="Typed", role="partner_sales", by=rival.manager,
                          partner_id=rival.partners["alpen"].pk, at=LATER)  # fmt: skip
        for by, name, state in ((world.manager, "Eva", "active"), (rival.manager, "eva@people.example", "invited")):
            lines = {line.email: line for line in team(by, SoughtPeople(), page=1).lines.items}
            assert (lines["eva@people.example"].name, lines["eva@people.example"].state) == (name, state)
            assert name in [card.name for card in people(by, Wanted(50, "", LATER)).items]
            assert name in [one.name for one in partner_page(by, _alpen(by), at=LATER).people]
        assert not found(rival, q="Eva Typed")
        Person.objects.filter(pk=known.person_id).update(last_login=LATER)
        assert "Eva" in found(rival)

    def test_marks_whose_invitation_may_be_handed_on(self, world: World) -> None:
        rival = World.found("Rival")
        for name in ("new", "begun", "gone", "shared"):
            invite(world, name, "partner_sales", "alpen")
        Person.objects.filter(name="begun").update(password="x")
        Membership.objects.filter(person__name="gone").update(active=False)
        invite(rival, "shared", "partner_sales", "alpen")
        lines = team(world.manager, SoughtPeople(whose="partners"), page=1).lines.items
        assert [line.email for line in lines if line.is_new] == ["new@people.example"]

    def test_takes_one_statement_and_pages(self, world: World) -> None:
        for number in range(60):
            invite(world, f"p{number:02}", "partner_sales", "alpen")
        with CaptureQueriesContext(connection) as captured:
            shown = team(world.manager, SoughtPeople(), page=2)
        assert len(captured) == 1
        assert (len(shown.lines.items), shown.lines.pages, shown.all) == (11, 2, 61)

    def test_and_the_choice_of_partners_are_for_administrators(self, world: World) -> None:
        for role in ("channel_manager", "management"):
            with pytest.raises(NotAllowed):
                team(eyes(world, role), SoughtPeople(), page=1)
            with pytest.raises(NotAllowed):
                partner_choices(eyes(world, role))
        assert [one.name for one in partner_choices(world.manager)] == [
            "Alpen Systemhaus",
            "Bergmann IT",
            "Citroën & Söhne",
        ]


class TestKeys:
    def test_are_listed_with_what_they_may_and_whether_they_still_do(self, world: World) -> None:
        def issue(name: str, partner: UUID | None = None, expires: bool = False) -> UUID:
            until = START + timedelta(minutes=30) if expires else None
            return issue_key(
                name=name, scopes=["leads:read"], partner_id=partner, expires_at=until, by=world.manager, at=START
            )[0].pk

        revoke_key(issue("gone"), by=world.manager, at=START)
        issue("short", expires=True)
        issue("theirs", world.partners["alpen"].pk)
        World.found("Rival")
        lines = key_lines(world.manager, page=1, at=LATER).items
        assert [(line.name, line.state) for line in lines][:2] == [("theirs", "valid"), ("short", "expired")]
        assert (lines[-1].name, lines[-1].state) == ("gone", "revoked")
        assert (lines[0].partner, lines[0].scopes, lines[0].hint[:4]) == ("Alpen Systemhaus", ("leads:read",), "ptd_")

    def test_are_for_administrators(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            key_lines(eyes(world, "channel_manager"), page=1, at=LATER)


def keep(world: World, kind: str, subject: str, *, outcome: str = "kept", minutes: int = 0) -> Delivery:
    at = START + timedelta(minutes=minutes)
    notice = Notice.objects.create(
        vendor=world.vendor, name=f"{kind}:{subject}", kind=kind, partner=world.partners["alpen"], created_at=at
    )
    return Delivery.objects.create(
        vendor=world.vendor, notice=notice, address="a@alpen.example", outcome=outcome, subject=subject, text="Text",
        html="<p>Look</p>", created_at=at, done_at=at,
    )  # fmt: skip


class TestKeptMails:
    def test_are_listed_newest_first_and_shown_as_they_look(self, world: World) -> None:
        keep(world, "offer.opened", "First")
        newest = keep(world, "offer.reminded", "Second", minutes=5)
        keep(world, "offer.opened", "Out", outcome="sent")
        lines = kept_mails(world.manager, page=1).items
        assert [(line.subject, line.partner) for line in lines] == [
            ("Second", "Alpen Systemhaus"),
            ("First", "Alpen Systemhaus"),
        ]
        mail = one_mail(world.manager, newest.pk)
        assert (mail.subject, mail.text, mail.html, mail.address) == (
            "Second",
            "Text",
            "<p>Look</p>",
            "a@alpen.example",
        )

    @pytest.mark.parametrize("kind", ["person.code", "person.reset", "person.invited"])
    def test_that_open_a_door_are_shown_to_nobody(self, world: World, kind: str) -> None:
        secret = keep(world, kind, "Your code")
        assert not kept_mails(world.manager, page=1).items
        with pytest.raises(NotFound):
            one_mail(world.manager, secret.pk)

    def test_are_not_for_management_nor_partners_nor_other_vendors(self, world: World) -> None:
        mail = keep(world, "offer.opened", "First")
        for by in (eyes(world, "management"), world.seen_by("alpen")):
            with pytest.raises(NotAllowed):
                kept_mails(by, page=1)
            with pytest.raises(NotAllowed):
                one_mail(by, mail.pk)
        with pytest.raises(NotFound):
            one_mail(World.found("Rival").manager, mail.pk)
        assert kept_mails(eyes(world, "channel_manager"), page=1).total == 1

    def test_take_few_statements(self, world: World) -> None:
        for number in range(70):
            keep(world, "offer.opened", f"Mail {number}", minutes=number)
        with CaptureQueriesContext(connection) as captured:
            page = kept_mails(world.manager, page=2)
        assert len(captured) == 2
        assert (len(page.items), page.items[0].subject) == (20, "Mail 19")
