"""The door: who comes in, how, and who does not."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from partidor.actions.people import invite_person
from partidor.models import Membership, Notice, Person
from tests.inbound.web.people import PASSWORD, SignIn, person_of
from tests.world import START, World


@pytest.fixture(autouse=True)
def nobody_has_tried_yet(db: None) -> None:
    cache.clear()


def sign_in_by_password(client: Client, email: str, password: str) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def key_of(kind: str) -> str:
    return Notice.objects.get(kind=kind).key


class TestSignIn:
    def test_by_password_leads_to_the_own_face(self, world: World) -> None:
        person_of(world, "partner_manager", "alpen")
        client = Client()
        answer = client.post(
            "/accounts/login/", {"login": "partner-manager@alpen.example", "password": PASSWORD}, follow=True
        )
        assert answer.redirect_chain[-1][0] == "/portal/"

    def test_leads_back_to_where_one_wanted_to_go(self, world: World) -> None:
        person_of(world, "channel_manager")
        client = Client()
        asked = client.get("/console/acme/leads/?q=x")
        assert asked["Location"] == "/accounts/login/?next=%2Fconsole%2Facme%2Fleads%2F%3Fq%3Dx"
        answer = client.post(asked["Location"], {"login": "channel-manager@acme.example", "password": PASSWORD,
                                                 "next": "/console/acme/leads/?q=x"})  # fmt: skip
        assert answer["Location"] == "/console/acme/leads/?q=x"

    def test_never_leads_to_another_site(self, world: World) -> None:
        person_of(world, "channel_manager")
        answer = Client().post("/accounts/login/", {"login": "channel-manager@acme.example", "password": PASSWORD,
                                                    "next": "https://evil.example/"})  # fmt: skip
        assert answer["Location"] == "/"

    def test_says_the_same_of_a_wrong_password_and_an_unknown_address(self, world: World) -> None:
        person_of(world, "channel_manager")
        wrong = Client().post("/accounts/login/", {"login": "channel-manager@acme.example", "password": "wrong-one"})
        unknown = Client().post("/accounts/login/", {"login": "nobody@acme.example", "password": "wrong-one"})
        said = [re.findall(r"<li>(.*?)</li>", answer.content.decode()) for answer in (wrong, unknown)]
        assert said[0] == said[1] != []

    def test_is_refused_after_too_many_tries(self, world: World) -> None:
        person_of(world, "channel_manager")
        client = Client()
        for _ in range(5):
            sign_in_by_password(client, "channel-manager@acme.example", "wrong-one")
        assert sign_in_by_password(client, "channel-manager@acme.example", PASSWORD) == 200  # not let in, told why
        assert "_auth_user_id" not in client.session

    def test_by_code(self, world: World) -> None:
        person_of(world, "partner_sales", "alpen")
        client = Client()
        client.post("/accounts/code/", {"email": "Partner-Sales@alpen.example"})
        code = key_of("person.code")
        answer = client.post("/accounts/code/confirm/", {"code": code}, follow=True)
        assert answer.redirect_chain[-1][0] == "/portal/"

    def test_by_code_of_an_unknown_address_sends_nothing_and_says_the_same(self, world: World) -> None:
        person_of(world, "partner_sales", "alpen")
        answers = [Client().post("/accounts/code/", {"email": email}, follow=True).content.decode()
                   for email in ("partner-sales@alpen.example", "nobody@alpen.example")]  # fmt: skip
        assert Notice.objects.filter(kind="person.code").count() == 1
        plain = [re.sub(r'value="[^"]*"|X-CSRFToken[^}]*|[\w.-]+@alpen.example', "", answer) for answer in answers]
        assert plain[0] == plain[1]

    def test_ends_when_the_role_is_taken_back(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("channel_manager")
        assert client.get("/console/acme/").status_code == 200
        Membership.objects.filter(role="channel_manager").update(active=False)
        assert client.get("/console/acme/").status_code == 404

    def test_by_somebody_who_may_not_sign_in_any_more_fails(self, world: World) -> None:
        person_of(world, "channel_manager")
        Person.objects.filter(email="channel-manager@acme.example").update(is_active=False)
        client = Client()
        sign_in_by_password(client, "channel-manager@acme.example", PASSWORD)
        assert "_auth_user_id" not in client.session

    def test_signs_out(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("channel_manager")
        assert client.post("/accounts/logout/")["Location"] == "/accounts/login/"
        assert client.get("/console/acme/").status_code == 302

    def test_nobody_signs_up(self, db: None) -> None:
        assert Client().get("/accounts/signup/").status_code == 404


class TestInvitation:
    def invited(self, world: World) -> str:
        invite_person(email="new@alpen.example", name="Nora Neu", role="partner_sales",
                      partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip
        return key_of("person.invited")

    def test_leads_to_a_password_and_in(self, world: World) -> None:
        path, client = self.invited(world), Client()
        assert "Alpen Systemhaus" in client.get(path).content.decode()
        answer = client.post(path, {"password": "gleich-hinterm-wehr"}, follow=True)
        assert answer.redirect_chain[-1][0] == "/portal/"
        assert sign_in_by_password(Client(), "new@alpen.example", "gleich-hinterm-wehr") == 302

    def test_works_once(self, world: World) -> None:
        path = self.invited(world)
        Client().post(path, {"password": "gleich-hinterm-wehr"})
        assert '<form method="post">' not in Client().get(path).content.decode()
        Client().post(path, {"password": "etwas-ganz-anderes"})
        assert sign_in_by_password(Client(), "new@alpen.example", "etwas-ganz-anderes") == 200

    @pytest.mark.parametrize("password", ["kurz", "1234567890", ""])
    def test_wants_a_password_that_holds(self, world: World, password: str) -> None:
        path = self.invited(world)
        assert Client().post(path, {"password": password}).status_code == 200
        assert Person.objects.get(email="new@alpen.example").password == ""

    def test_is_over_after_two_weeks_when_taken_back_or_forged(
        self, world: World, monday_morning: time_machine.Traveller
    ) -> None:
        path = self.invited(world)
        assert Client().get(path.replace(":", "x:", 1)).status_code == 409
        monday_morning.shift(timedelta(days=15))
        assert Client().get(path).status_code == 409
        monday_morning.shift(timedelta(days=-15))
        Membership.objects.filter(person__email="new@alpen.example").update(active=False)
        assert Client().post(path, {"password": "gleich-hinterm-wehr"}).status_code == 409

    def test_that_is_opened_often_keeps_nobody_from_signing_in(self, world: World) -> None:
        path = self.invited(world)
        person_of(world, "channel_manager")
        answers = {Client().post(path, {"password": "kurz"}).status_code for _ in range(25)}
        assert answers == {200, 429}
        assert sign_in_by_password(Client(), "channel-manager@acme.example", PASSWORD) == 302


class TestReset:
    def test_leads_to_a_new_password_once(self, world: World) -> None:
        person_of(world, "channel_manager")
        client = Client(headers={"host": "evil.example"})
        client.post("/accounts/password/reset/", {"email": "channel-manager@acme.example"})
        path = key_of("person.reset")
        assert path.startswith("/accounts/password/reset/key/")  # no host that a request could have claimed
        form = client.get(path, follow=True)
        answer = client.post(
            form.request["PATH_INFO"], {"password1": "neue-schleuse-1", "password2": "neue-schleuse-1"}
        )
        assert answer.status_code == 302
        assert sign_in_by_password(Client(), "channel-manager@acme.example", "neue-schleuse-1") == 302
        assert "used up" in Client().get(path, follow=True).content.decode()


class TestFront:
    def test_lets_choose_between_several_faces(self, world: World) -> None:
        membership = person_of(world, "channel_manager")
        invite_person(email=membership.person.email, name="x", role="partner_sales",
                      partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip
        client = Client()
        client.force_login(membership.person)
        page = client.get("/").content.decode()
        assert "/console/acme/" in page
        assert "/portal/" in page

    def test_tells_who_has_no_face_yet(self, world: World, sign_in: SignIn) -> None:
        assert sign_in("agency").get("/").status_code == 403

    def test_speaks_the_language_that_was_chosen(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("channel_manager", language="en")
        assert '<html lang="en">' in client.get("/me/").content.decode()
        client.post("/language/", {"language": "de", "next": "/me/"})
        assert '<html lang="de">' in client.get("/me/").content.decode()
        assert Client(headers={"accept-language": "de-AT,de;q=0.9"}).get("/accounts/login/")["Content-Language"] == "de"

    def test_goes_back_to_an_own_page_only(self, db: None) -> None:
        for evil in ("https://evil.example", "//evil.example", "/\\evil.example"):
            answer = Client().post("/language/", {"language": "de", "next": evil})
            assert answer["Location"] == "/"


class TestDemo:
    def kept(self, world: World, settings: Settings, tmp_path: Path) -> None:
        person_of(world, "channel_manager")
        login = {"key": "boss", "role": "channel_manager", "name": "Bo Ss", "of": "Acme",
                 "email": "channel-manager@acme.example", "password": PASSWORD}  # fmt: skip
        (tmp_path / "demo.json").write_text(json.dumps({"logins": [login]}))
        settings.HOME = tmp_path

    def test_offers_its_logins_as_buttons(self, world: World, settings: Settings, tmp_path: Path) -> None:
        self.kept(world, settings, tmp_path)
        settings.DEMO = True
        assert "/accounts/demo/boss/" in Client().get("/accounts/login/").content.decode()
        assert Client().post("/accounts/demo/boss/", follow=True).redirect_chain[-1][0] == "/console/acme/"

    def test_is_the_only_place_where_they_work(self, world: World, settings: Settings, tmp_path: Path) -> None:
        self.kept(world, settings, tmp_path)
        settings.DEMO = False
        assert "/accounts/demo/" not in Client().get("/accounts/login/").content.decode()
        assert Client().post("/accounts/demo/boss/").status_code == 404


class TestPages:
    def test_carry_a_strict_policy(self, db: None) -> None:
        answer = Client().get("/accounts/login/")
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        body = answer.content.decode()
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|\sstyle=", body)

    def test_of_nowhere_are_404_in_words(self, db: None) -> None:
        answer = Client(headers={"accept-language": "de"}).get("/nirgends")
        assert answer.status_code == 404
        assert "An dieser Adresse gibt es nichts." in answer.content.decode()

    def test_with_a_forged_form_are_403_in_words(self, db: None) -> None:
        answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "de"})
        assert answer.status_code == 403
        assert "load it again" in answer.content.decode()
