"""What a partner's people do in their inbox: see, accept, decline, and read in words that they were too late."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from partidor.actions.offers import accept_offer
from partidor.actions.partners import pause_partner
from partidor.actions.routing import withdraw_lead
from partidor.models import Lead, Offer
from tests.inbound.web.people import SignIn
from tests.queries.test_portal_inbox import TELLING
from tests.world import ALL_AT_ONCE, START, World

pytestmark = pytest.mark.django_db(databases="__all__")
HTMX = {"HX-Request": "true"}
SECRET = ("hallinger", "monika", "rosenheim", "83022", "kaiser", "8031")


def offered(world: World, partner: str = "alpen", **more: Any) -> Offer:
    return world.open_offer(world.receive(**more).lead, partner)


def text_of(client: Client, url: str, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == 200
    return answer.content.decode()


class TestInbox:
    def test_shows_everything_but_whom_to_call(self, world: World, sign_in: SignIn) -> None:
        offered(world, **TELLING)
        page = text_of(sign_in("partner_sales", "alpen"), "/portal/")
        for shown in (
            "Kassensystem",
            "Hallinger Backhaus GmbH",
            "Rosenheim",
            "85 employees",
            "€48,000",
            "Only you",
            "Acme",
        ):
            assert shown in page
        assert "monika@hallinger.example" not in page
        assert "8031" not in page

    def test_shows_no_contact_in_a_teaser(self, world: World, sign_in: SignIn) -> None:
        world.rules(ALL_AT_ONCE)
        offer = offered(world, **TELLING)
        client = sign_in("partner_manager", "alpen")
        for url in ("/portal/", "/portal/cards", f"/portal/offers/{offer.pk}", f"/portal/offers/{offer.pk}/decline"):
            page = text_of(client, url)
            assert "3 partners see this inquiry" in page or url.endswith("decline")
            assert not [word for word in SECRET if word in page.casefold()]
        assert "Name and contact after you accept" in text_of(client, "/portal/")

    def test_says_on_the_page_of_an_offer_why_it_is_asked(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world, **TELLING)
        page = text_of(sign_in("partner_sales", "alpen"), f"/portal/offers/{offer.pk}")
        assert "Why you?" in page
        assert "Of all who could be asked, you suited best." in page
        assert "Bergmann" not in page
        assert "Warum Sie?" in text_of(sign_in("partner_sales", "alpen", language="de"), f"/portal/offers/{offer.pk}")

    def test_speaks_german(self, world: World, sign_in: SignIn) -> None:
        offered(world, **TELLING)
        page = text_of(sign_in("partner_sales", "alpen", language="de"), "/portal/")
        for shown in (
            "Nur für Sie",
            "85 Mitarbeitende",
            "Annehmen",
            "Ablehnen",
            "1 Anfrage",
            "„Hallinger sucht",
            "48.000",
        ):
            assert shown in page

    def test_says_what_to_do_when_it_is_empty(self, world: World, sign_in: SignIn) -> None:
        page = text_of(sign_in("partner_sales", "alpen"), "/portal/")
        assert "No offers now" in page
        assert re.search(r'href="/portal/me/"[^>]*>Pause and working hours', page)

    @pytest.mark.parametrize(
        ("language", "by", "first"),
        [("en", "Answer by", "Whoever accepts first gets it."),
         ("de", "Antwort bis", "Wer zuerst annimmt, bekommt ihn.")],
    )  # fmt: skip
    def test_says_in_words_until_when_and_who_gets_it(
        self, world: World, sign_in: SignIn, language: str, by: str, first: str
    ) -> None:
        offered(world)
        client = sign_in("partner_sales", "alpen", language=language)
        page = text_of(client, "/portal/")
        assert f"{by} <time" in page
        assert first not in page
        world.rules(ALL_AT_ONCE)
        offer = offered(world)
        for url in ("/portal/", f"/portal/offers/{offer.pk}"):
            assert first in text_of(client, url)

    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "You are one of 3 partners whom this lead suits"), ("de", "Sie sind einer von 3 Partnern")],
    )
    def test_says_why_to_each_of_many_where_nothing_set_it_apart(
        self, world: World, sign_in: SignIn, language: str, said: str
    ) -> None:
        world.rules(ALL_AT_ONCE)
        offer = offered(world)
        assert said in text_of(sign_in("partner_sales", "alpen", language=language), f"/portal/offers/{offer.pk}")

    def test_says_while_its_partner_is_paused_why_nothing_comes(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_manager", "alpen")
        quiet = text_of(client, "/portal/")
        poll = re.search(r'hx-get="(/portal/cards\?v=\w+)"', quiet)
        assert poll is not None
        assert "New ones come here by themselves" in quiet
        pause_partner(world.partners["alpen"].pk, until=START + timedelta(days=9), reason="Betriebsferien",
                      by=world.manager, at=START)  # fmt: skip
        for page in (client.get(poll[1], headers=HTMX).content.decode(), text_of(client, "/portal/")):
            assert "Paused until 11 March 2026." in page
            assert "Betriebsferien" in page
            assert re.search(r'href="/portal/me/"[^>]*>Take offers again', page)
            assert "New ones come" not in page
        assert "Take offers again" not in text_of(sign_in("partner_sales", "alpen"), "/portal/")
        assert "Paused until" not in text_of(sign_in("partner_sales", "bergmann"), "/portal/")

    def test_notes_that_somebody_has_looked_and_nothing_more(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        client = sign_in("partner_sales", "alpen")
        client.get("/portal/leads/")
        assert Offer.objects.get(pk=offer.pk).seen_at is None
        client.get("/portal/")
        offer.refresh_from_db()
        assert (offer.seen_at, offer.state, offer.answered_at) == (START, "open", None)

    def test_pages_and_keeps_the_page_while_it_lives(self, world: World, sign_in: SignIn) -> None:
        for number in range(23):
            offered(world, product=f"Product {number:02}")
        client = sign_in("partner_sales", "alpen")
        first = text_of(client, "/portal/")
        follows = re.search(r'href="\?(cursor=[^"]+)"', first)
        assert follows is not None
        second = text_of(client, f"/portal/?{follows[1]}")
        assert (first.count("<article"), second.count("<article")) == (20, 3)
        assert f"&amp;{follows[1]}" in second

    def test_renders_hostile_texts_as_texts(self, world: World, sign_in: SignIn) -> None:
        evil = "<script>alert(1)</script>\u202e" + "W" * 300
        offer = offered(world, company=evil[:250], product=evil[:250], inquiry=evil, vertical="{{ visit }}",
                        contact={"last_name": "<b>x</b>", "email": "x@evil.example"})  # fmt: skip
        client = sign_in("partner_sales", "alpen")
        accepted = client.post(f"/portal/offers/{offer.pk}/accept")
        offered(world, company=evil[:250], product=evil[:250], inquiry=evil)
        for url in ("/portal/", accepted["Location"], "/portal/leads/"):
            page = text_of(client, url)
            assert "<script>alert" not in page
            assert "<b>x</b>" not in page
            assert "&lt;script&gt;alert" in page


class TestLiveCards:
    def test_are_sent_only_when_something_has_changed(self, world: World, sign_in: SignIn) -> None:
        world.rules(ALL_AT_ONCE)
        offer = offered(world, product="Kassen")
        client = sign_in("partner_sales", "alpen")
        poll = re.search(r'hx-get="(/portal/cards\?v=\w+)"', text_of(client, "/portal/"))
        assert poll is not None
        assert client.get(poll[1], headers=HTMX).status_code == 204
        with time_machine.travel(START + timedelta(minutes=1), tick=False):
            assert client.get(poll[1], headers=HTMX).status_code == 204
            rival = world.open_offer(offer.lead_id, "bergmann")
            accept_offer(rival.pk, by=world.seen_by("bergmann"), at=START + timedelta(minutes=1))
            part = client.get(poll[1], headers=HTMX)
        assert part.status_code == 200
        assert "Somebody else was quicker" in part.content.decode()
        assert 'id="waiting" hx-swap-oob="true" hidden' in part.content.decode()
        assert "<html" not in part.content.decode()

    def test_stop_asking_once_the_role_is_gone(self, world: World, sign_in: SignIn) -> None:
        from partidor.models import Membership

        client = sign_in("partner_sales", "alpen")
        Membership.objects.filter(partner=world.partners["alpen"]).update(active=False)
        assert client.get("/portal/cards?v=x", headers=HTMX).status_code == 286

    def test_keep_what_one_has_opened_and_typed(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        page = text_of(sign_in("partner_sales", "alpen"), "/portal/")
        assert f'id="decline-{offer.pk}" hx-preserve="true"' in page


class TestAccept:
    def test_takes_one_tap_and_leads_to_the_lead(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world, **TELLING)
        answer = sign_in("partner_sales", "alpen").post(f"/portal/offers/{offer.pk}/accept", follow=True)
        assert answer.redirect_chain == [(f"/portal/leads/{offer.lead_id}", 303)]
        page = answer.content.decode()
        assert "The lead is yours." in page
        assert "tel:+498031123456" in page
        assert Lead.objects.get(pk=offer.lead_id).state == "accepted"

    def test_leads_htmx_there_as_well_and_twice_does_no_harm(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        client = sign_in("partner_sales", "alpen")
        for _ in range(2):
            answer = client.post(f"/portal/offers/{offer.pk}/accept", headers=HTMX)
            assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/portal/leads/{offer.lead_id}")

    @pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
    def test_says_in_words_that_somebody_was_quicker(
        self, world: World, sign_in: SignIn, headers: dict[str, str]
    ) -> None:
        world.rules(ALL_AT_ONCE)
        offer = offered(world, **TELLING)
        rival = world.open_offer(offer.lead_id, "bergmann")
        accept_offer(rival.pk, by=world.seen_by("bergmann"), at=START)

        answer = sign_in("partner_sales", "alpen").post(f"/portal/offers/{offer.pk}/accept", headers=headers)

        page = answer.content.decode()
        assert answer.status_code == 409
        assert "Somebody else was quicker." in page
        assert 'href="/portal/"' in page
        assert not [word for word in SECRET if word in page.casefold()]
        assert ("<html" in page) is (not headers)

    def test_is_for_the_partners_own_people_alone(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        rival = World.found("Rival")
        for client in (sign_in("partner_manager", "bergmann"), sign_in("partner_manager", "alpen", of=rival)):
            for verb in ("accept", "decline"):
                assert client.post(f"/portal/offers/{offer.pk}/{verb}", {"reason": "other"}).status_code == 404
            assert client.get(f"/portal/offers/{offer.pk}").status_code == 404
        assert sign_in("channel_manager").post(f"/portal/offers/{offer.pk}/accept").status_code == 403
        assert Offer.objects.get(pk=offer.pk).state == "open"

    def test_is_a_post(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        assert sign_in("partner_sales", "alpen").get(f"/portal/offers/{offer.pk}/accept").status_code == 405


class TestDecline:
    def test_takes_a_reason_and_asks_the_next(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        answer = sign_in("partner_sales", "alpen").post(
            f"/portal/offers/{offer.pk}/decline", {"reason": "capacity", "note": "Holidays"}, follow=True
        )
        assert answer.redirect_chain == [("/portal/", 303)]
        assert "Declined. Thank you" in answer.content.decode()
        offer.refresh_from_db()
        assert (offer.state, offer.reason, offer.note) == ("declined", "capacity", "Holidays")
        assert world.offers(offer.lead_id) == [("alpen", "declined"), ("bergmann", "open")]

    def test_leaves_a_quiet_line_in_place_of_the_card(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        answer = sign_in("partner_sales", "alpen").post(
            f"/portal/offers/{offer.pk}/decline", {"reason": "other"}, headers=HTMX
        )
        assert answer.status_code == 200
        assert f'id="offer-{offer.pk}"' in answer.content.decode()
        assert "<article" not in answer.content.decode()

    def test_without_a_reason_asks_for_one_and_keeps_the_note(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        client = sign_in("partner_sales", "alpen")
        assert "Not our field" in text_of(client, f"/portal/offers/{offer.pk}/decline")
        answer = client.post(f"/portal/offers/{offer.pk}/decline", {"note": "what I typed"})
        assert answer.status_code == 422
        assert "Please choose a reason." in answer.content.decode()
        assert "what I typed" in answer.content.decode()
        assert Offer.objects.get(pk=offer.pk).state == "open"

    def test_after_it_was_withdrawn_says_so(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world)
        withdraw_lead(offer.lead_id, by=world.manager, at=START)
        client = sign_in("partner_sales", "alpen")
        for answer in (client.get(f"/portal/offers/{offer.pk}/decline"),
                       client.post(f"/portal/offers/{offer.pk}/decline", {"reason": "other"})):  # fmt: skip
            assert answer.status_code == 409
            assert "The vendor withdrew it." in answer.content.decode()
