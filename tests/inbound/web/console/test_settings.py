"""People, keys and kept mails in the console."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from partidor.access.viewer import UnknownKey, viewer_of_key
from partidor.actions.keys import issue_key
from partidor.config.environment import MailServer
from partidor.models import ApiKey, Delivery, Membership, Notice, Person
from tests.inbound.web.people import SignIn, person_of
from tests.inbound.web.reading import statements
from tests.world import START, World

PEOPLE, KEYS, MAILS = (reverse(f"console:{name}", args=["acme"]) for name in ("people", "keys", "mails"))
SERVER = MailServer("localhost", 25, "", "", "")
HOSTILE = "<script>alert(1)</script> =1+1 \u202e 😀 " + "x" * 200


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).replace("\xa0", " ").split())


class TestPeople:
    def test_stand_with_role_partner_and_state(self, world: World, sign_in: SignIn) -> None:
        sign_in("partner_sales", "alpen")
        person_of(world, "partner_manager", "alpen")
        client = sign_in("administrator")
        shown = page(client, PEOPLE)
        for words in ("Partner Sales of Alpen", "Partner sales", "Alpen Systemhaus", "Invited", "(you)", "Active"):
            assert words in shown, words
        assert "Partner Sales of Alpen" not in page(client, PEOPLE, whose="vendor")
        assert "Nobody is like this." in page(client, PEOPLE, q="nobody at all")

    def test_are_invited_with_a_mail_once(self, world: World, sign_in: SignIn, settings: Settings) -> None:
        settings.MAIL = SERVER
        client = sign_in("administrator")
        somebody = {"name": "Eva Alm", "email": "eva@alm.example", "role": "partner_sales",
                    "partner_id": str(world.partners["alpen"].pk)}  # fmt: skip
        assert client.post(f"{PEOPLE}invite", somebody).status_code == 303
        assert "a mail with a link is on its way to Eva Alm" in page(client, PEOPLE)
        client.post(f"{PEOPLE}invite", somebody)
        assert "Eva Alm has this role already." in page(client, PEOPLE)
        assert Notice.objects.filter(kind="person.invited", partner=world.partners["alpen"]).count() == 1

    def test_keep_their_role_when_they_are_invited_to_another(self, world: World, sign_in: SignIn) -> None:
        seat = person_of(world, "channel_manager")
        for language, said in (("en", "Is Channel manager here already. Take that role away first."),
                               ("de", "Nehmen Sie diese Rolle zuerst weg")):  # fmt: skip
            answer = sign_in("administrator", language=language).post(
                f"{PEOPLE}invite", {"name": "Typed", "email": seat.person.email, "role": "management"}
            )
            assert answer.status_code == 422
            assert said in unescape(answer.content.decode())
            assert 'value="Typed"' in answer.content.decode()
        assert Membership.objects.get(pk=seat.pk).role == "channel_manager"

    def test_come_back_by_an_invitation_of_the_administrator(self, world: World, sign_in: SignIn) -> None:
        seat, admin = person_of(world, "channel_manager"), sign_in("administrator")
        Person.objects.filter(pk=seat.person_id).update(last_login=START)
        admin.post(f"{PEOPLE}{seat.pk}/deactivate")
        answer = admin.post(
            f"{PEOPLE}invite", {"name": "Mia", "email": seat.person.email, "role": "management"}, follow=True
        )
        assert "Mia is in again." in unescape(answer.content.decode())
        now = Membership.objects.get(pk=seat.pk)
        assert (now.active, now.role) == (True, "management")

    def test_get_their_invitation_from_the_administrator_where_no_mail_goes_out(
        self, world: World, sign_in: SignIn, settings: Settings
    ) -> None:
        settings.MAIL, settings.BASE_URL = None, "https://leads.acme.example"
        somebody = {"name": "Eva Alm", "email": "eva@alm.example", "role": "management"}
        admin, others = sign_in("administrator"), sign_in("channel_manager")
        said = admin.post(f"{PEOPLE}invite", somebody, follow=True).content.decode()
        assert "on its way" not in said
        assert "Eva Alm is invited. No mails go out here" in said
        links = re.findall(r'readonly value="https://leads.acme.example(/accounts/invitation/[^"]+)"', said)
        assert len(links) == 1  # of all the others each has a password
        assert f'data-copy="link-{Membership.objects.get(person__name="Eva Alm").pk}"' in said
        assert others.get(PEOPLE).status_code == 403
        settings.MAIL = SERVER
        assert "/accounts/invitation/" not in page(admin, PEOPLE)
        settings.MAIL = None
        Client().post(links[0], {"password": "gleich-hinterm-wehr"})
        assert "/accounts/invitation/" not in page(admin, PEOPLE)

    def test_leaf_on_from_a_form_that_was_refused(self, world: World, sign_in: SignIn) -> None:
        for number in range(60):
            Membership.invite(world.vendor.pk, email=f"p{number}@x.example", name="P", role="partner_sales",
                              partner_id=world.partners["alpen"].pk, language="de", at=START)  # fmt: skip
        answer = sign_in("administrator").post(f"{PEOPLE}invite", {"name": ""})
        assert answer.status_code == 422
        assert f'href="{PEOPLE}?page=2"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"email": "no address"}, "Enter a valid email address."),
            ({"role": "partner_sales"}, "Please say at which partner."),
            ({"role": "emperor"}, "Select a valid choice"),
            ({"role": "management", "partner_id": "alpen"}, "Leave this out"),
            ({"name": " "}, "This field is required."),
        ],
    )
    def test_are_invited_only_as_it_makes_sense(
        self, world: World, sign_in: SignIn, wrong: dict[str, str], said: str
    ) -> None:
        form = {"name": "Eva", "email": "eva@alm.example", "role": "management", **wrong}
        if "partner_id" in form:
            form["partner_id"] = str(world.partners["alpen"].pk)
        answer = sign_in("administrator").post(f"{PEOPLE}invite", form)
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode())
        assert not Membership.objects.filter(person__email="eva@alm.example").exists()

    def test_are_offered_for_the_partner_whose_page_led_here(self, world: World, sign_in: SignIn) -> None:
        shown = page(sign_in("administrator"), PEOPLE, partner=str(world.partners["alpen"].pk))
        assert f'value="{world.partners["alpen"].pk}" selected' in shown

    def test_are_out_at_once_and_back_when_one_likes(self, world: World, sign_in: SignIn) -> None:
        manager = sign_in("channel_manager")
        seat = person_of(world, "channel_manager")
        admin = sign_in("administrator")
        assert manager.get(reverse("console:today", args=["acme"])).status_code == 200
        for _twice in range(2):
            assert admin.post(f"{PEOPLE}{seat.pk}/deactivate").status_code == 303
        assert manager.get(reverse("console:today", args=["acme"])).status_code == 404
        assert "Reactivate" in page(admin, PEOPLE, state="deactivated")
        admin.post(f"{PEOPLE}{seat.pk}/reactivate")
        assert manager.get(reverse("console:today", args=["acme"])).status_code == 200

    def test_cannot_put_themselves_out(self, world: World, sign_in: SignIn) -> None:
        own = person_of(world, "administrator")
        for language, said in (("en", "You cannot take your own role away"), ("de", "Ihre eigene Rolle")):
            answer = sign_in("administrator", language=language).post(f"{PEOPLE}{own.pk}/deactivate")
            assert answer.status_code == 409
            assert said in unescape(answer.content.decode())
        assert Membership.objects.get(pk=own.pk).active

    def test_take_as_many_statements_for_many_as_for_few(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("administrator")
        few = statements(client, PEOPLE)
        for number in range(60):
            Membership.invite(world.vendor.pk, email=f"p{number}@x.example", name=f"<b>{number}", role="partner_sales",
                              partner_id=world.partners["alpen"].pk, language="de", at=START)  # fmt: skip
        assert statements(client, PEOPLE) == few <= 12
        assert "51 to" in page(client, PEOPLE, page="2")
        assert "<b>1" not in client.get(PEOPLE).content.decode()


class TestKeys:
    def test_show_their_secret_once(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("administrator")
        answer = client.post(f"{KEYS}new", {"name": "Shop", "scopes": ["leads:write"], "expires_at": "2026-04-01"})
        shown = unescape(answer.content.decode())
        found = re.search(r"ptd_[\w-]{32}", shown)
        assert found is not None
        assert answer["Cache-Control"] == "no-store"
        assert viewer_of_key(found[0], at=START).scopes == {"leads:write"}
        later = page(client, KEYS)
        for words in ("Shop", f"begins with {found[0][:8]}", "Send and steer leads", "Valid until 1 April 2026"):
            assert words in later, words
        assert found[0] not in later

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"scopes": []}, "This field is required."),
            ({"scopes": ["leads:burn"]}, "Select a valid choice"),
            ({"scopes": ["admin"], "partner_id": "alpen"}, "only do what partners do"),
            ({"expires_at": "2026-03-02"}, "a day from tomorrow on"),
            ({"name": ""}, "This field is required."),
        ],
    )
    def test_are_made_only_as_it_makes_sense(
        self, world: World, sign_in: SignIn, wrong: dict[str, object], said: str
    ) -> None:
        form = {"name": "Shop", "scopes": ["leads:read"], **wrong}
        if "partner_id" in form:
            form["partner_id"] = str(world.partners["alpen"].pk)
        before = ApiKey.objects.count()
        answer = sign_in("administrator").post(f"{KEYS}new", form)
        assert answer.status_code == 422
        assert said in unescape(answer.content.decode())
        assert ApiKey.objects.count() == before

    def test_are_revoked_for_good_and_twice_changes_nothing(self, world: World, sign_in: SignIn) -> None:
        key, secret = issue_key(name=HOSTILE, scopes=["leads:read"], partner_id=world.partners["alpen"].pk,
                                expires_at=None, by=world.manager, at=START)  # fmt: skip
        client = sign_in("administrator", language="de")
        assert "<script>alert" not in client.get(KEYS).content.decode()
        for _twice in range(2):
            assert client.post(f"{KEYS}{key.pk}/revoke").status_code == 303
        with pytest.raises(UnknownKey):
            viewer_of_key(secret, at=START)
        shown = page(client, KEYS)
        for words in ("öffnet nichts mehr", "Gesperrt", "Leads sehen", "Alpen Systemhaus"):
            assert words in shown, words

    def test_take_as_many_statements_for_many_as_for_few(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("administrator")
        few = statements(client, KEYS)
        for number in range(60):
            issue_key(
                name=f"k{number}", scopes=["leads:read"], partner_id=None, expires_at=None, by=world.manager, at=START
            )
        assert statements(client, KEYS) == few <= 12


def keep(world: World, subject: str, *, kind: str = "offer.opened", html: str = "", minutes: int = 0) -> Delivery:
    at = START + timedelta(minutes=minutes)
    notice = Notice.objects.create(
        vendor=world.vendor, name=f"{kind}:{subject[:60]}", kind=kind, partner=world.partners["alpen"], created_at=at
    )
    return Delivery.objects.create(
        vendor=world.vendor, notice=notice, address="a@alpen.example", outcome="kept", subject=subject,
        text=f"Text of {subject}", html=html, created_at=at, done_at=at,
    )  # fmt: skip


class TestMails:
    def test_are_kept_to_be_read_as_they_look_and_as_text(self, world: World, sign_in: SignIn) -> None:
        mail = keep(world, "Hot lead", html="<html><head></head><body><p style='color:red'>Look</p></body></html>")
        client = sign_in()
        assert "Hot lead" in page(client, MAILS)
        shown = page(client, f"{MAILS}{mail.pk}")
        assert f'sandbox="allow-popups allow-popups-to-escape-sandbox" src="{MAILS}{mail.pk}/look"' in shown
        assert "Text of Hot lead" in page(client, f"{MAILS}{mail.pk}", **{"as": "text"})
        look = client.get(f"{MAILS}{mail.pk}/look")
        policy = look["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "sandbox allow-popups" in policy
        assert "script-src" not in policy
        assert '<base target="_blank">' in look.content.decode()

    def test_that_open_a_door_are_not_there(self, world: World, sign_in: SignIn) -> None:
        for kind in ("person.code", "person.reset", "person.invited"):
            mail = keep(world, f"Secret {kind}", kind=kind, html="<p>1234</p>")
            client = sign_in("administrator")
            assert "Secret" not in page(client, MAILS)
            for address in (f"{MAILS}{mail.pk}", f"{MAILS}{mail.pk}/look"):
                assert client.get(address).status_code == 404

    def test_are_harmless_whatever_they_say(self, world: World, sign_in: SignIn) -> None:
        mail = keep(world, HOSTILE)
        client = sign_in()
        for address in (MAILS, f"{MAILS}{mail.pk}"):
            raw = client.get(address).content.decode()
            assert "<script>alert" not in raw
            assert "&lt;script&gt;" in raw

    def test_take_as_many_statements_for_many_as_for_few(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        keep(world, "First")
        few = statements(client, MAILS)
        for number in range(60):
            keep(world, f"Mail {number}", minutes=number)
        assert statements(client, MAILS) == few <= 12
        assert "51 to 61 of 61" in page(client, MAILS, page="2")

    def test_go_out_where_a_server_is_set(self, world: World, sign_in: SignIn, settings: Any) -> None:
        settings.MAIL = MailServer("mail.acme.example", 25, "", "", "")
        assert "Mails go out by mail.acme.example." in page(sign_in(), MAILS)
        assert "Mails gehen über mail.acme.example hinaus." in page(sign_in(language="de"), MAILS)


class TestSettings:
    @pytest.mark.parametrize(("role", "open_"), [("channel_manager", [MAILS]), ("management", [])])
    def test_are_the_administrators(self, world: World, sign_in: SignIn, role: str, open_: list[str]) -> None:
        client = sign_in(role)
        for address in (PEOPLE, KEYS, MAILS):
            answer = client.get(address)
            assert answer.status_code == (200 if address in open_ else 403)
            linked = f'href="{address}"' in client.get(reverse("console:partners", args=["acme"])).content.decode()
            assert linked == (address in open_)
            if answer.status_code == 403:
                assert "Your role does not allow this." in answer.content.decode()
