"""Today: what needs somebody, with its remedies in place; the figures; where leads went."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partidor.actions.deadlines import act_on_due
from partidor.models import Lead, Partner, Source
from tests.inbound.web.people import SignIn
from tests.inbound.web.reading import words_of
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World, hours

CRANES_ONLY = [{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}]
HOSTILE = "<script>alert(1)</script> {lead} %s \u202e 😀 " + "x" * 200
PART = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_second_later(monday_morning: time_machine.Traveller) -> None:
    """Look a second after what happens at START."""
    monday_morning.shift(1)


def of(name: str, *args: object) -> str:
    return reverse(f"console:{name}", args=["acme", *args])


def test_the_usual_sources_have_names_that_a_person_would_write(world: World, sign_in: SignIn) -> None:
    """Their keys stand in addresses only: those are what the API knows."""
    lead, client = world.receive(source="website").lead, sign_in(language="de")
    for where in (of("today"), of("leads"), of("lead", lead.ref), of("rules-trial")):
        text = words_of(client.get(where))
        assert "Website" in text, where
        assert "website" not in text, where
    assert '<option value="website">Website</option>' in client.get(of("leads")).content.decode()


def today(client: Client, **query: str) -> str:
    answer = client.get(of("today"), query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def part(client: Client, url: str, **body: str) -> Any:
    return client.post(url, body, headers=PART)


def without_partner(world: World, number: int = 1, **more: Any) -> Lead:
    world.rules(CRANES_ONLY)
    return [world.receive(**more) for _ in range(number)][-1].lead


def in_review(world: World) -> Lead:
    Source.objects.filter(name="api").update(review=True)
    return world.receive().lead


class TestManyWithoutAPartner:
    @pytest.mark.parametrize("number", range(1, 9))
    def test_are_told_however_many_there_are(self, world: World, sign_in: SignIn, number: int) -> None:
        for _ in range(number):
            without_partner(world)
        page = today(sign_in())
        assert page.count("has no partner") >= min(number, 4)


class TestPage:
    def test_says_what_is_wrong_why_and_what_helps(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world, temperature="hot")
        page = today(sign_in())
        assert "1 thing needs you" in page
        assert "Werkstatt 1 GmbH has no partner" in page
        assert "No rule holds for this lead" in page
        assert f'href="{of("lead-assign", lead.ref)}"' in page
        assert f'action="{of("today-reroute", lead.ref)}"' in page

    def test_says_it_all_in_german(self, world: World, sign_in: SignIn) -> None:
        without_partner(world)
        page = today(sign_in(language="de"))
        for words in ("1 Sache braucht Sie", "Werkstatt 1 GmbH hat keinen Partner", "Neu verteilen", "Von Hand",
                      "Wohin 1 Lead ging", "Leads, letzte 7 Tage", "Abschlussquote"):  # fmt: skip
            assert words in page

    def test_is_calm_when_everything_moves(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        page = today(sign_in())
        assert "Nothing needs you" in page
        assert "Every lead has an owner or an offer" in page

    def test_says_what_will_be_here_before_the_first_lead(self, world: World, sign_in: SignIn) -> None:
        assert "As soon as one does, you see here where it goes." in today(sign_in())

    def test_draws_where_leads_went_and_leads_to_them(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        page = today(sign_in(), days="30")
        assert "Where 1 lead went" in page
        assert "1 Nearest first" in page
        assert f'href="{of("leads")}?partner={world.partners["alpen"].pk}&days=30"' in page
        assert "<li>Alpen Systemhaus → Waiting for an answer: 1</li>" in page

    @pytest.mark.parametrize("days", ["8", "-1", "x", "9" * 30])
    def test_shows_a_week_when_asked_for_another_time(self, world: World, sign_in: SignIn, days: str) -> None:
        assert 'aria-current="true" href="?days=7#flow"' in today(sign_in(), days=days)

    def test_numbers_in_pictures_are_for_machines_in_every_language(self, world: World, sign_in: SignIn) -> None:
        for at in range(8):
            world.receive(at=START - timedelta(days=at))
        german = sign_in(language="de").get(of("today")).content.decode()
        picture = german[german.index('<svg class="p-flow"') : german.index("</svg>", german.index("p-flow"))]
        assert "," not in "".join(tag for tag in picture.split(">") if "<rect" in tag)
        assert 'cx="71.0"' in german

    def test_hostile_names_are_only_names(self, world: World, sign_in: SignIn) -> None:
        Source.objects.filter(name="api").update(name=HOSTILE[:90])
        Partner.objects.filter(pk=world.partners["alpen"].pk).update(name=HOSTILE)
        world.receive(source=HOSTILE[:90])
        without_partner(world, company=HOSTILE, source=HOSTILE[:90])
        answer = sign_in().get(of("today")).content.decode()
        assert "<script>alert" not in answer
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {lead} %s" in answer


class TestLive:
    def test_asks_again_and_hears_nothing_while_nothing_happens(self, world: World, sign_in: SignIn) -> None:
        without_partner(world)
        client = sign_in()
        version = client.get(of("today")).context["version"]
        with time_machine.travel(START + timedelta(seconds=5), tick=False):
            assert client.get(of("today-now"), {"v": version}, headers=PART).status_code == 204

    def test_hears_of_what_is_new(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        version = client.get(of("today")).context["version"]
        without_partner(world)
        answer = client.get(of("today-now"), {"v": version}, headers=PART)
        assert "Werkstatt 1 GmbH has no partner" in answer.content.decode()
        assert "<html" not in answer.content.decode()


class TestRemedies:
    def test_route_again_and_the_row_goes(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        world.rules(ALL_AT_ONCE)
        answer = part(sign_in(), of("today-reroute", lead.ref)).content.decode()
        assert "Nothing needs you" in answer
        assert "Routed again: a partner is asked now." in answer
        assert world.again(lead).state == "offered"

    def test_route_again_says_so_when_nobody_could_be_asked(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        answer = part(sign_in(), of("today-reroute", lead.ref)).content.decode()
        assert "Nobody could be asked this time." in answer
        assert "has no partner" in answer

    def test_twice_says_that_it_has_moved_on(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        world.rules(ALL_AT_ONCE)
        client = sign_in()
        part(client, of("today-reroute", lead.ref))
        answer = part(client, of("today-reroute", lead.ref))
        assert (answer.status_code, answer["HX-Retarget"]) == (409, "#toasts")
        assert len(world.offers(lead)) == 3

    def test_work_without_a_script(self, world: World, sign_in: SignIn) -> None:
        lead = in_review(world)
        client = sign_in()
        answer = client.post(of("today-release", lead.ref))
        assert (answer.status_code, answer["Location"]) == (303, of("today"))
        assert "Released; the rules have taken it over." in today(client)
        assert world.again(lead).state == "offered"

    def test_ask_those_again_who_let_it_lapse(self, world: World, sign_in: SignIn) -> None:
        world.rules(
            [{**ALL_AT_ONCE[0], "plan": [{"offer_to": "all", "window": "1h"}, {"offer_to": 1, "window": "1h"}]}]
        )
        lead = world.receive().lead
        act_on_due(at=START + hours(1))
        act_on_due(at=START + hours(2))
        with time_machine.travel(START + hours(2), tick=False):
            client = sign_in()
            assert 'name="again" value="1"' in today(client)
            part(client, of("today-reroute", lead.ref), again="1")
        assert [state for _, state in world.offers(lead)[-3:]] == ["open"] * 3

    def test_pause_a_partner_for_a_week(self, world: World, sign_in: SignIn) -> None:
        for _ in range(2):
            world.receive()
        act_on_due(at=START + hours(2))
        act_on_due(at=START + hours(4))
        with time_machine.travel(START + hours(4), tick=False):
            client, alpen = sign_in(), world.partners["alpen"]
            assert "Alpen Systemhaus let 2 offers pass" in today(client)
            url = of("today-pause", alpen.pk)
            for _ in range(2):
                assert "Alpen Systemhaus gets no new offers until" in part(client, url).content.decode()
        assert Partner.objects.get(pk=alpen.pk).paused_until == START + hours(4) + timedelta(days=7)


class TestRoles:
    def test_everybody_may_open_the_lead_that_a_row_is_about(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        for role in ("channel_manager", "management"):
            assert re.search(f'<a class="t"[^>]* href="{of("lead", lead.ref)}"', today(sign_in(role)))

    def test_management_sees_no_remedy_and_may_use_none(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        client = sign_in("management")
        page = today(client)
        assert "Werkstatt 1 GmbH has no partner" in page
        assert "<form method=" not in page
        for url in (of("today-reroute", lead.ref), of("today-release", lead.ref),
                    of("today-pause", world.partners["alpen"].pk)):  # fmt: skip
            assert client.post(url).status_code == 403
        assert world.again(lead).state == "unassigned"

    def test_another_vendor_finds_nothing(self, world: World, sign_in: SignIn) -> None:
        lead = without_partner(world)
        rival = sign_in("administrator", of=World.found("Rival"))
        assert rival.get(of("today")).status_code == 404
        for name, subject in (("reroute", lead.ref), ("release", lead.ref), ("pause", world.partners["alpen"].pk)):
            assert rival.post(reverse(f"console:today-{name}", args=["rival", subject])).status_code == 404

    def test_get_changes_nothing(self, world: World, sign_in: SignIn) -> None:
        lead = in_review(world)
        assert sign_in().get(of("today-release", lead.ref)).status_code == 405


class TestCost:
    def test_is_the_same_with_three_and_with_thirty_and_small(self, world: World, sign_in: SignIn) -> None:
        client, costs = sign_in(), []
        for number in (3, 27):
            world.rules(ONE_AFTER_ANOTHER)
            for _ in range(number):
                world.receive()
            act_on_due(at=START + hours(2))
            act_on_due(at=START + hours(4))  # Alpen has let them pass, and Bergmann is asked
            without_partner(world, number)
            with time_machine.travel(START + hours(7.5), tick=False), ExitStack() as counting:
                seen = [counting.enter_context(CaptureQueriesContext(connections[alias])) for alias in connections]
                page = today(client)
            assert "has no partner" in page
            assert "offers pass" in page
            assert "offers lapse by" in page
            costs.append(sum(map(len, seen)))
        assert costs[0] == costs[1] <= 12
