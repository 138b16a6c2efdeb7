"""Try one lead: typed or there, as intake and routing would look at it; everybody's part in it can be asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from partidor.actions.offers import accept_offer
from partidor.actions.rules import change_draft
from partidor.models import Event, Lead
from partidor.queries.rules.attempts import tried_decision
from tests.inbound.web.people import SignIn, viewer_of
from tests.inbound.web.reading import words_of
from tests.inbound.web.test_statements import statements
from tests.world import START, World

pytestmark = pytest.mark.django_db(databases="__all__")
NEAR = [{"name": "Near", "who": {"all": [{"distance_km": {"lte": 100}}]}, "plan": [{"offer_to": 1, "window": "4h"}],
         "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}]}]  # fmt: skip
Try = Callable[..., str]


@pytest.fixture
def tried(world: World, sign_in: SignIn) -> Try:
    """Ask the page; return its text, or its source."""
    client = sign_in()

    def ask(*, source: bool = False, **asked: Any) -> str:
        before = (Lead.objects.count(), Event.objects.count())
        answer = client.get(reverse("console:rules-trial", args=["acme"]), asked)
        assert answer.status_code == 200
        assert (Lead.objects.count(), Event.objects.count()) == before
        return answer.content.decode() if source else words_of(answer)

    return ask


TYPED = {"typed": "1", "postal_code": "80331", "city": "München", "country": "DE"}


def test_a_lead_found_by_its_reference_is_not_said_to_be_missing(world: World, tried: Try) -> None:
    lead = world.receive().lead
    said = tried(lead=lead.ref)
    assert "Alpen Systemhaus" in said
    assert "No lead has these words" not in said
    assert "No lead has these words" in tried(lead="zzzzzz")


def test_the_rules_are_chosen_once_and_no_result_is_promised(world: World, tried: Try) -> None:
    page = tried(source=True, **TYPED)
    assert page.count('<select class="form-select" id="rules') == 1
    assert ">Result<" not in page


def test_what_leads_say_is_suggested_before_and_after_an_answer(world: World, tried: Try, sign_in: SignIn) -> None:
    ref = world.receive(product="Cargo bike", vertical="retail").lead.ref
    values = reverse("console:rules-trial-values", args=["acme"])
    for page in (tried(source=True), tried(source=True, lead=ref), tried(source=True, **TYPED)):
        assert 'list="l-product"' in page
        assert f'hx-get="{values}"' in page
    assert '<datalist id="l-product"><option value="Cargo bike">' in sign_in().get(values).content.decode()


@pytest.mark.parametrize("asked", [{}, {"candidates": "all"}])
def test_an_answer_costs_at_most_twelve_statements(world: World, sign_in: SignIn, asked: dict[str, str]) -> None:
    world.rules([{**NEAR[0], "order": [{"by": "load", "points": 20}]}])
    ref, client, page = world.receive().lead.ref, sign_in(), reverse("console:rules-trial", args=["acme"])
    change_draft(NEAR, if_match=None, by=world.manager, at=START)
    for lead in ({"lead": ref}, TYPED):
        client.get(page, {**lead, **asked})
        assert statements(lambda lead=lead: client.get(page, {**lead, **asked})) <= 12  # type: ignore[misc]


def test_a_typed_lead_of_a_known_customer_goes_to_its_partner_as_a_real_one_would(world: World, tried: Try) -> None:
    first = world.receive().lead
    accept_offer(world.open_offer(first, "alpen").pk, by=world.seen_by("alpen"), at=START)
    world.rules([{**NEAR[0], "who": {"all": []}, "order": []}])
    contact = {"last_name": "Muster", "email": "eva@werkstatt1.example"}
    payload = {"source": "api", "company": "Other name", "contact": contact, "address": {"country": "DE"}}
    card = tried_decision(viewer_of(world, "channel_manager"), 0, payload, at=START + timedelta(days=1))
    assert (card.via, card.chosen) == ("known_customer", [world.partners["alpen"].pk])
    assert "Already works with this customer" in tried(**TYPED, email="eva@werkstatt1.example")
    assert "Already works with this customer" not in tried(**TYPED, email="eva@elsewhere.example")


def test_all_candidates_and_everybody_left_out_can_be_asked(world: World, tried: Try) -> None:
    world.rules(NEAR)
    for number in range(12):
        world.partner(f"near{number}", name=f"Near {number:02}", location={"lat": 48.2, "lon": 11.5 + number / 100})
    world.partner("lost", name="Nobody knows where")
    ref = world.receive().lead.ref
    said, page = tried(lead=ref), tried(source=True, lead=ref)
    assert "Show 4 more candidates" in said
    assert "Near 11" in tried(lead=ref, candidates="all")
    reasons = dict(re.findall(r'reason=([\w-]+)#whynot">([^<]*) <', page))
    assert set(reasons.values()) == {"too far", "cannot be placed"}
    for key, heading in reasons.items():
        told = tried(lead=ref, reason=key)
        assert ("Citroën" in told) == (heading == "too far")
        assert ("Nobody knows where" in told) == (heading == "cannot be placed")
    assert "151 km away, the rule allows 100 km" in tried(lead=ref, q="citro")
