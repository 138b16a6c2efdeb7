"""Trying one lead in the browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Sits
from tests.world import World


def test_values_are_suggested_while_an_answer_stands_there(sits: Sits, world: World) -> None:
    lead = world.receive(product="Cargo bike").lead
    page = sits()
    page.goto(f"/console/acme/rules/trial?lead={lead.ref}")
    expect(page.locator("#l-product")).to_have_count(0)
    page.get_by_label("Product").focus()
    expect(page.locator("#l-product option")).to_have_attribute("value", "Cargo bike")
