"""Partners in the console: the table, the page of one, and its pause."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner, pause_partner
from partidor.actions.people import invite_person
from partidor.models import Event, Partner
from tests.inbound.web.people import SignIn
from tests.inbound.web.reading import statements
from tests.world import START, World, hours

TABLE = reverse("console:partners", args=["acme"])
HOSTILE = "<script>alert(1)</script> =1+1 \u202e 😀 " + "x" * 200


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).replace("\xa0", " ").split())


def of(world: World, partner: str, verb: str = "") -> str:
    return reverse(f"console:partner{verb}", args=["acme", world.partners[partner].pk])


class TestTheTable:
    def test_says_who_has_what_and_is_owed_what(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Delta IT", kind="distributor", max_open_leads=4,
                      tags={"tier": ["gold"], "certification": ["iso27001"], "vertical": ["retail", "food", "wine"]},
                      address={"country": "AT", "city": "Linz"})  # fmt: skip
        pause_partner(world.partners["citroen"].pk, until=START + timedelta(days=3), by=world.manager, at=START)
        world.receive()
        shown = page(sign_in(), TABLE)
        for words in ("4 in use, 1 paused", "Delta IT", "Gold", "Distributor", "Linz, Austria", "iso27001", "0 of 4",
                      "Paused until 5 Mar", "even", "Every tag"):  # fmt: skip
            assert words in shown, words
        assert f'href="{of(world, "delta")}"' in shown

    def test_speaks_german(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", tags={"tier": ["silver"], "language": ["fr"]}, kind="var")
        pause_partner(world.partners["alpen"].pk, until=None, by=world.manager, at=START)
        shown = page(sign_in(language="de"), TABLE)
        for words in (
            "4 im Einsatz, 1 pausiert",
            "Silber",
            "Französisch",
            "Fachhändler (VAR)",
            "ausgeglichen",
            "Merkmale",
        ):
            assert words in shown, words

    @pytest.mark.parametrize("words", ["Citroën", "CITROEN söhne", "soehne", "sohne", "Nuernberg"])
    def test_finds_a_name_however_its_marks_are_written(self, world: World, sign_in: SignIn, words: str) -> None:
        shown = sign_in().get(TABLE, {"q": words}).content.decode()
        assert "Citroën" in shown
        assert "Bergmann IT" not in shown

    def test_narrows_by_what_stands_in_the_address(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("management")
        assert "Bergmann IT" not in page(client, TABLE, q="alpen")
        assert "No partner is like this." in page(client, TABLE, tag="tier:gold")
        assert "Show all partners" in page(client, TABLE, state="full")
        part = client.get(TABLE, {"q": "citro"}, headers={"HX-Request": "true"}).content.decode()
        assert "Citroën" in part
        assert "<html" not in part

    @pytest.mark.parametrize("page_", ["0", "-1", "x", "²", "99999999999999999999", "7"])
    def test_leafs_however_wrong_the_number(self, world: World, sign_in: SignIn, page_: str) -> None:
        assert "Alpen Systemhaus" in page(sign_in(), TABLE, page=page_)

    def test_takes_as_many_statements_for_many_as_for_few(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        few = statements(client, TABLE)
        for number in range(120):
            world.partner(f"more{number}", name=f"More {number:03}", tags={"vertical": [f"v{number}"]})
        assert statements(client, TABLE) == few <= 12
        assert "51 to 100 of 123" in page(client, TABLE, page="2")

    def test_says_what_to_do_while_it_is_empty(self, sign_in: SignIn) -> None:
        shown = page(sign_in(of=World.found("Empty", partners={})), reverse("console:partners", args=["empty"]))
        assert "Here your partners will stand" in shown

    def test_is_harmless_with_hostile_names_and_tags(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name=HOSTILE, tags={"tier": [HOSTILE[:60]], "vertical": [HOSTILE[:60], "{{ x }}"]})
        client = sign_in()
        for address in (TABLE, of(world, "delta")):
            raw = client.get(address).content.decode()
            assert "<script>alert" not in raw
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in raw


class TestThePage:
    def test_tells_what_is_open_how_it_answers_and_what_it_is_due(self, world: World, sign_in: SignIn) -> None:
        taken, refused, waiting = (world.receive(product=f"P{at}", temperature="hot").lead for at in range(3))
        accept_offer(world.open_offer(taken, "alpen").pk, by=world.seen_by("alpen"), at=START + hours(1))
        decline_offer(
            world.open_offer(refused, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START + hours(2)
        )
        invite_person(email="eva@alpen.example", name="Eva Alm", role="partner_manager",
                      partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip
        shown = page(sign_in(), of(world, "alpen"))
        for words in ("Alpen Systemhaus", "50 %", "of its offers in 90 days", "1 h 30 min", "P0", "P2", "asked alone",
                      "not looked at yet", "No capacity now", "eva@alpen.example", "Partner manager", "80331 München",
                      "It got what it was due."):  # fmt: skip
            assert words in shown, words
        for lead in (taken, waiting):
            assert reverse("console:lead", args=["acme", lead.ref]) in shown

    def test_lives_while_offers_come_and_go(self, world: World, sign_in: SignIn) -> None:
        client, part = sign_in(), {"HX-Request": "true"}
        lead = world.receive(product="Tills").lead
        found = re.search(r'hx-get="([^"]*/open\?v=\w+)"', client.get(of(world, "alpen")).content.decode())
        assert found is not None
        assert client.get(found[1], headers=part).status_code == 204
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        answer = client.get(found[1], headers=part)
        assert answer.status_code == 200
        assert "Leads it is working on" in answer.content.decode()

    def test_speaks_german(self, world: World, sign_in: SignIn) -> None:
        world.receive(temperature="hot")
        shown = page(sign_in(language="de"), of(world, "alpen"))
        for words in ("Was offen ist", "allein gefragt", "Händler", "Last und Grenzen", "Fairer Anteil", "Pausieren"):
            assert words in shown, words

    def test_leads_to_distributors_and_resellers(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Delta", kind="distributor")
        world.partner("echo", name="Echo", parents=["delta"])
        assert of(world, "echo") in page(sign_in(), of(world, "delta"))
        assert of(world, "delta") in page(sign_in(), of(world, "echo"))

    def test_takes_at_most_twelve_statements(self, world: World, sign_in: SignIn) -> None:
        for _ in range(5):
            world.receive()
        assert statements(sign_in("administrator"), of(world, "alpen")) <= 12

    def test_reads_an_archived_partner_without_a_button(self, world: World, sign_in: SignIn) -> None:
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START)
        shown = page(sign_in(), of(world, "alpen"))
        assert "Archived on 2 March 2026" in shown
        assert "Pause new offers" not in shown

    def test_shows_management_no_buttons(self, world: World, sign_in: SignIn) -> None:
        shown = page(sign_in("management"), of(world, "alpen"))
        assert "<form" not in shown.split("<main", 1)[1]
        assert "Invite somebody" not in shown


class TestThePause:
    def test_lasts_until_the_day_that_is_given(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        answer = client.post(of(world, "alpen", "-pause"), {"until": "2026-03-09", "reason": "Holidays"})
        assert (answer.status_code, answer["Location"]) == (303, of(world, "alpen"))
        shown = page(client, of(world, "alpen"))
        for words in ("gets no new offers now", "Paused until 9 March 2026", "“Holidays”", "Give it offers again"):
            assert words in shown, words
        kept = Partner.objects.get(pk=world.partners["alpen"].pk)
        assert kept.paused_until == datetime(2026, 3, 8, 23, tzinfo=UTC), "midnight in Berlin"

    def test_ends_when_somebody_resumes_it_and_twice_changes_nothing(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        for verb in ("-pause", "-pause", "-resume", "-resume"):
            assert client.post(of(world, "alpen", verb)).status_code == 303
        told = Event.objects.filter(type__startswith="partner.").order_by("at", "pk").values_list("type", flat=True)
        assert list(told) == ["partner.paused", "partner.resumed"]
        assert "Pause new offers" in page(client, of(world, "alpen"))

    @pytest.mark.parametrize("until", ["2026-03-02", "2020-01-01", "2050-01-01", "soon"])
    def test_asks_for_a_day_ahead(self, world: World, sign_in: SignIn, until: str) -> None:
        answer = sign_in().post(of(world, "alpen", "-pause"), {"until": until, "reason": "x"})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert Partner.objects.get(pk=world.partners["alpen"].pk).paused_at is None

    @pytest.mark.parametrize("role", ["management", "marketing"])
    def test_is_refused_in_words_to_who_only_reads(self, world: World, sign_in: SignIn, role: str) -> None:
        answer: Any = sign_in(role).post(of(world, "alpen", "-pause"))
        assert answer.status_code == 403
        assert "Your role does not allow this." in answer.content.decode()
        assert Partner.objects.get(pk=world.partners["alpen"].pk).paused_at is None
