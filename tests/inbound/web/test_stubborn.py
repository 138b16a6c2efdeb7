"""What people, links and programs send that nobody meant: it gets a sentence, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import viewer_of_membership
from partidor.actions.offers import accept_offer
from partidor.actions.pipeline import win_lead
from partidor.models import Lead, Offer, WorkerBeat
from tests.inbound.web.people import SignIn, person_of
from tests.world import START, World


def accepted(world: World, **more: Any) -> Lead:
    lead = world.receive(**more).lead
    viewer = viewer_of_membership(person_of(world, "partner_sales", "alpen"))
    accept_offer(Offer.objects.get(lead=lead).pk, by=viewer, at=START)
    return lead


class TestAmounts:
    @pytest.mark.parametrize("value", ["1e99999999", "nan", "-nan", "Infinity", "-5", "1,2,3,4.5.6", "٣", "=1+1"])
    def test_that_are_none_are_refused(self, world: World, sign_in: SignIn, value: str) -> None:
        lead = accepted(world)
        assert (
            sign_in("partner_sales", "alpen").post(f"/portal/leads/{lead.pk}/win", {"value": value}).status_code == 422
        )
        assert world.again(lead).state == "accepted"

    def test_as_people_write_them_are_taken(self, world: World, sign_in: SignIn) -> None:
        lead = accepted(world)
        client = sign_in("partner_sales", "alpen", language="de")
        assert client.post(f"/portal/leads/{lead.pk}/win", {"value": "48.000,50"}).status_code == 303
        assert world.again(lead).order_value_minor == 4_800_050


class TestStories:
    def test_say_who_closed_a_lead(self, world: World, sign_in: SignIn) -> None:
        lead = accepted(world)
        win_lead(lead.pk, value="100", by=world.manager, at=START)
        page = sign_in("partner_sales", "alpen").get(f"/portal/leads/{lead.pk}").content.decode()
        assert "Acme won it" in page
        assert "Your side won it" not in page


class TestLinks:
    def test_to_an_address_cannot_carry_more_than_the_address(self, world: World, sign_in: SignIn) -> None:
        mean = {"last_name": "X", "email": "a?bcc=evil%40x.example&subject=hi@y.example"}
        lead = accepted(world, contact=mean)
        for client, path in (
            (sign_in("partner_sales", "alpen"), f"/portal/leads/{lead.pk}"),
            (sign_in("channel_manager"), f"/console/acme/leads/{lead.ref}"),
        ):
            page = client.get(path).content.decode()
            assert "mailto:a%3Fbcc" in page
            assert "mailto:a?" not in page

    def test_to_a_verb_lead_to_a_page_in_words(self, world: World, sign_in: SignIn) -> None:
        answer = sign_in("administrator", language="de").get("/console/acme/keys/new")
        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        assert "was ein Formular sendet" in answer.content.decode()


class TestPolls:
    def test_of_a_lead_that_stands_still_ask_little(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive().lead
        client = sign_in("channel_manager")
        page = client.get(f"/console/acme/leads/{lead.ref}")
        version = page.context["version"]
        with CaptureQueriesContext(connections["default"]) as asked:
            answer = client.get(
                f"/console/acme/leads/{lead.ref}/timeline", {"v": version}, headers={"hx-request": "true"}
            )
        assert answer.status_code == 204
        assert len(asked) <= 4

    def test_notice_that_somebody_has_looked(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive().lead
        client = sign_in("channel_manager")
        version = client.get(f"/console/acme/leads/{lead.ref}").context["version"]
        sign_in("partner_sales", "alpen").get("/portal/")
        answer = client.get(f"/console/acme/leads/{lead.ref}/timeline", {"v": version}, headers={"hx-request": "true"})
        assert answer.status_code == 200
        assert "looked at it" in answer.content.decode()

    def test_speak_the_language_that_was_just_chosen(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_sales", "alpen", language="en")
        version = client.get("/portal/").context["version"]
        client.post("/language/", {"language": "de"})
        assert client.get("/portal/cards", {"v": version}, headers={"hx-request": "true"}).status_code == 200


class TestSeen:
    def test_is_what_a_person_looks_at_and_not_what_a_browser_fetches_ahead(
        self, world: World, sign_in: SignIn
    ) -> None:
        lead = world.receive().lead
        client = sign_in("partner_sales", "alpen")
        client.get("/portal/", headers={"sec-purpose": "prefetch"})
        client.head("/portal/")
        Client().get(f"/portal/offers/{Offer.objects.get(lead=lead).pk}")
        assert Offer.objects.get(lead=lead).seen_at is None
        client.get("/portal/")
        assert Offer.objects.get(lead=lead).seen_at == START


class TestTheClock:
    def test_that_stands_still_is_told_on_every_page(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("channel_manager")
        assert "The clock stands still" in client.get("/console/acme/").content.decode()
        WorkerBeat.objects.create(pk=1, beat_at=START)
        assert "Every lead has an owner" in client.get("/console/acme/").content.decode()
