"""What people come for, in a real browser before real processes, in both languages, and without JavaScript."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Browser, Page, expect

from partidor.models import Lead, Offer, Person
from tests.browser.conftest import Sits
from tests.inbound.web.people import person_of
from tests.serving import Processes
from tests.world import ALL_AT_ONCE, World

PHONE = 390
SEEN_WITHIN = 5_000
"""Milliseconds until a change must show elsewhere without a reload."""
ACCEPT = {"en": "Accept", "de": "Annehmen"}
DECLINE = {"en": "Decline", "de": "Ablehnen"}
NO_CAPACITY = {"en": "No capacity now", "de": "Gerade keine Kapazität"}


def now_received(world: World, **more: object) -> Lead:
    from datetime import UTC, datetime

    return world.receive(at=datetime.now(UTC), **more).lead


class TestAPartnerOnThePhone:
    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
    def test_accepts_in_one_tap(self, sits: Sits, world: World, language: str, script: bool) -> None:
        lead = now_received(world)
        page = sits("partner_sales", "alpen", width=PHONE, language=language, java_script_enabled=script)
        page.goto("/portal/")
        page.get_by_role("button", name=ACCEPT[language], exact=True).click()
        page.wait_for_url(f"**/portal/leads/{lead.pk}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(lead.company)
        assert world.again(lead).state == "accepted"

    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
    def test_declines_in_two_taps_and_the_next_one_is_asked(
        self, sits: Sits, world: World, language: str, script: bool
    ) -> None:
        lead = now_received(world)
        page = sits("partner_sales", "alpen", width=PHONE, language=language, java_script_enabled=script)
        page.goto("/portal/")
        page.get_by_text(DECLINE[language], exact=True).first.click()
        page.get_by_role("button", name=NO_CAPACITY[language]).first.click()
        expect(page.get_by_text(lead.company)).to_have_count(0)
        assert world.offers(lead) == [("alpen", "declined"), ("bergmann", "open")]

    def test_finds_the_offer_from_the_mail_after_signing_in(
        self, chromium: Browser, site: Processes, world: World
    ) -> None:
        lead = now_received(world)
        person = person_of(world, "partner_sales", "alpen").person
        password = PBKDF2PasswordHasher().encode("an-old-canal-7", "salt", 1_000)  # the tests' own hasher is not served
        Person.objects.filter(pk=person.pk).update(password=password)
        page = chromium.new_page(base_url=f"http://127.0.0.1:{site.port}", viewport={"width": PHONE, "height": 844})
        page.goto(f"/portal/offers/{Offer.objects.get(lead=lead).pk}")
        page.get_by_label("Email").fill("partner-sales@alpen.example")
        page.get_by_label("Password").fill("an-old-canal-7")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.get_by_role("button", name="Accept", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(lead.company)
        page.close()


class TestLive:
    def test_what_one_declines_the_next_one_sees(self, sits: Sits, world: World) -> None:
        lead = now_received(world)
        alpen, bergmann = (sits("partner_sales", partner, width=PHONE) for partner in ("alpen", "bergmann"))
        bergmann.goto("/portal/")
        expect(bergmann.get_by_text(lead.company)).to_have_count(0)
        alpen.goto("/portal/")
        alpen.get_by_text("Decline", exact=True).first.click()
        alpen.get_by_role("button", name="No capacity now").first.click()
        expect(bergmann.get_by_text(lead.company)).to_be_visible(timeout=SEEN_WITHIN)

    def test_what_one_takes_vanishes_for_the_others(self, sits: Sits, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        now_received(world)
        alpen, bergmann = (sits("partner_sales", partner, width=PHONE) for partner in ("alpen", "bergmann"))
        for page in (alpen, bergmann):
            page.goto("/portal/")
        alpen.get_by_role("button", name="Accept", exact=True).click()
        expect(alpen.get_by_role("heading", level=1)).to_contain_text("Werkstatt")
        expect(bergmann.get_by_role("button", name="Accept", exact=True)).to_have_count(0, timeout=SEEN_WITHIN)
        expect(bergmann.get_by_text("Somebody else was quicker").first).to_be_visible()

    def test_who_comes_too_late_is_told_in_words(self, sits: Sits, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = now_received(world)
        alpen, bergmann = (
            sits("partner_sales", partner, width=PHONE, java_script_enabled=False) for partner in ("alpen", "bergmann")
        )
        for page in (alpen, bergmann):
            page.goto("/portal/")
        alpen.get_by_role("button", name="Accept", exact=True).click()
        bergmann.get_by_role("button", name="Accept", exact=True).click()
        expect(bergmann.get_by_text(re.compile("Somebody else was quicker")).first).to_be_visible()
        assert lead.company not in bergmann.content()
        assert world.again(lead).partner_id == world.partners["alpen"].pk

    def test_what_one_types_stays_while_leads_come_in(self, sits: Sits, world: World) -> None:
        now_received(world)
        page = sits("partner_sales", "alpen", width=PHONE)
        page.goto("/portal/")
        page.get_by_text("Decline", exact=True).first.click()
        reasons = page.get_by_role("button", name="No capacity now").first
        expect(reasons).to_be_visible()
        newer = now_received(world)
        expect(page.get_by_text(newer.company)).to_be_visible(timeout=SEEN_WITHIN)
        expect(reasons).to_be_visible()

    def test_a_new_attention_item_shows_on_today(self, sits: Sits, world: World) -> None:
        page = sits("channel_manager")
        page.goto("/console/acme/")
        world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "nothing"}}])
        lead = now_received(world)
        expect(page.get_by_text(lead.company).first).to_be_visible(timeout=SEEN_WITHIN)

    def test_a_lead_that_moves_shows_on_its_page(self, sits: Sits, world: World) -> None:
        lead = now_received(world)
        desk, phone = sits("channel_manager"), sits("partner_sales", "alpen", width=PHONE)
        desk.goto(f"/console/acme/leads/{lead.ref}")
        phone.goto("/portal/")
        phone.get_by_role("button", name="Accept", exact=True).click()
        phone.wait_for_url("**/portal/leads/**")
        expect(desk.get_by_text(re.compile(r"accepted", re.IGNORECASE)).first).to_be_visible(timeout=SEEN_WITHIN)


class TestAChannelManager:
    @pytest.mark.parametrize(("language", "why_not"), [("en", "Why not"), ("de", "Warum nicht")])
    def test_finds_out_why_there_and_why_not_to_another_in_two_clicks(
        self, sits: Sits, world: World, language: str, why_not: str
    ) -> None:
        lead = now_received(world)
        page = sits("channel_manager", language=language)
        page.goto("/console/acme/leads/")
        page.get_by_role("link", name=re.compile(lead.company)).first.click()
        expect(page.get_by_role("heading", name=re.compile("Alpen Systemhaus")).first).to_be_visible()
        page.get_by_role("searchbox", name=re.compile(why_not, re.IGNORECASE)).fill("Berg")
        expect(page.get_by_text("Bergmann IT").last).to_be_visible()

    def test_opens_what_needs_somebody_by_keys_and_does_nothing_by_it(self, sits: Sits, world: World) -> None:
        world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}])
        lead = now_received(world)
        page = sits("channel_manager")
        page.goto("/console/acme/")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/console/acme/leads/{lead.ref}")
        assert world.events(lead)[-1] == "lead.unassigned"

    def test_hands_a_lead_over_by_hand(self, sits: Sits, world: World) -> None:
        lead = now_received(world)
        page, phone = sits("channel_manager"), sits("partner_manager", "citroen", width=PHONE)
        phone.goto("/portal/leads/")
        page.goto(f"/console/acme/leads/{lead.ref}")
        self.hand_over(page, "Citroën & Söhne", "They know the customer.")
        deadline = time.monotonic() + 5
        while world.again(lead).state != "accepted" and time.monotonic() < deadline:
            page.wait_for_timeout(100)
        assert world.again(lead).partner_id == world.partners["citroen"].pk
        phone.reload()
        expect(phone.get_by_text(lead.company)).to_be_visible()

    @staticmethod
    def hand_over(page: Page, partner: str, reason: str) -> None:
        page.get_by_text("Hand over").first.click()
        page.get_by_label(re.compile("Citroën & Söhne")).first.check()
        page.get_by_label(re.compile("Reason|Why")).first.fill(reason)
        page.get_by_role("button", name=re.compile("Hand over")).last.click()
