"""What a phone must hold: the console's head is low, and who works for several partners has room for all of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from partidor.actions.people import invite_person
from partidor.models import WorkerBeat
from tests.browser.conftest import Sits
from tests.inbound.web.people import person_of
from tests.world import START, World

PHONE = 390
LOWEST = 96
"""Pixels of the head above the content: two rows."""
ALARMED = 140
"""The same with a third, as long as no worker runs."""


def test_the_first_lead_stands_in_the_upper_half(sits: Sits, world: World) -> None:
    lead = world.receive().lead
    page = sits("channel_manager", width=PHONE)
    page.goto("/console/acme/leads/")
    first = page.get_by_role("link", name=lead.company).bounding_box()
    assert first is not None
    assert first["y"] < 844 / 2
    page.get_by_label("Received").scroll_into_view_if_needed()
    page.get_by_label("State").select_option("accepted")
    expect(page.get_by_role("link", name=lead.company)).to_have_count(0)


class TestTheHeadOfTheConsole:
    @pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
    def test_is_low_and_leads_everywhere(self, sits: Sits, world: World, script: bool) -> None:
        WorkerBeat.objects.create(beat_at=datetime.now(UTC))
        page = sits("administrator", width=PHONE, java_script_enabled=script)
        page.goto("/console/acme/")
        head = page.locator("aside").bounding_box()
        assert head is not None
        assert head["height"] <= LOWEST
        expect(page.locator("aside")).to_contain_text("Acme")
        for link in page.locator("aside nav a").all():
            link.scroll_into_view_if_needed()
            expect(link).to_be_in_viewport(ratio=0.9)
        page.get_by_role("link", name="Mails").click()
        page.wait_for_url("**/console/acme/mails/")
        page.get_by_role("link", name="Administrator Of Acme").click()
        page.wait_for_url("**/me/")

    def test_is_read_in_the_order_in_which_tab_goes(self, sits: Sits, world: World) -> None:
        page = sits("channel_manager", width=PHONE)
        page.goto("/console/acme/")
        expect(page.get_by_text("The clock stands still")).to_be_visible()
        head = page.locator("aside").bounding_box()
        assert head is not None
        assert head["height"] <= ALARMED
        places = page.evaluate(
            """() => [...document.querySelectorAll("aside a, aside input")].map(each => {
              const box = each.getBoundingClientRect(), strip = each.closest("nav")?.getBoundingClientRect();
              return [Math.round(box.top / 40), Math.min(box.left, strip ? strip.right - 1 : Infinity)];
            })"""
        )
        assert places == sorted(places)


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_portal_holds_who_works_for_several_partners(sits: Sits, world: World, language: str) -> None:
    world.partner("long", name="Donaudampfschifffahrts-Kassensysteme und Warenwirtschaft Oberösterreich")
    page = sits("partner_manager", "alpen", width=360, language=language)
    email = person_of(world, "partner_manager", "alpen", language=language).person.email
    invite_person( email=email, name="Anna Ort", role="partner_manager", partner_id=world.partners["long"].pk,
                  by=world.manager, at=START)  # fmt: skip
    for path in ("/portal/", "/portal/leads/", "/portal/figures/", "/portal/me/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
