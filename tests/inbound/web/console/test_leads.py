"""All leads as a table: what it says, what it is narrowed to, how it lives."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partidor.models import Lead, Partner
from partidor.queries.leads.table import ROWS
from tests.inbound.web.people import SignIn
from tests.world import ALL_AT_ONCE, START, World

HOSTILE = "<script>alert(1)</script> =1+1 \u202e 😀 " + "x" * 200
PART = {"HX-Request": "true"}
LEADS = reverse("console:leads", args=["acme"])


def page(client: Client, **query: str) -> str:
    answer = client.get(LEADS, query)
    assert answer.status_code == 200
    return unescape(answer.content.decode()).replace("\xa0", " ")


def part(client: Client, **query: str) -> str:
    answer = client.get(LEADS, query, headers=PART)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


class TestTable:
    def test_says_what_a_lead_is_and_who_is_asked(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive(temperature="hot", product="Tills", value="48000", currency="EUR").lead
        shown = page(sign_in())
        for words in ("1 lead", "Werkstatt 1 GmbH", "Eva Muster1", lead.ref, "Tills", "München", "Hot", "Offered",
                      "Alpen Systemhaus", "until", "today, 14:00", "€48,000"):  # fmt: skip
            assert words in shown, words
        assert f'href="{reverse("console:lead", args=["acme", lead.ref])}"' in shown

    def test_says_it_all_in_german(self, world: World, sign_in: SignIn) -> None:
        world.rules(ALL_AT_ONCE)
        world.receive(temperature="hot", value="48000", currency="EUR", address={"country": "AT", "city": "Linz"})
        shown = page(sign_in(language="de"), state="offered", days="7", attention="")
        for words in ("1 Lead", "Heiß", "Angeboten", "3 im Wettbewerb", "48.000 €", "Linz, Österreich", "Letzte 7 Tage",
                      "diesen Filter entfernen", "Firma, Person, Ort, Kennung"):  # fmt: skip
            assert words in shown, words

    def test_says_why_a_lead_needs_somebody(self, world: World, sign_in: SignIn) -> None:
        world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}])
        world.receive()
        assert "No rule holds for this lead" in page(sign_in())

    def test_says_what_will_be_here_or_what_to_take_away(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        assert "Here stands every lead as soon as the first one comes in" in page(client)
        assert "No lead fits all of this." in page(client, q="nobody")

    def test_hostile_names_are_only_names(self, world: World, sign_in: SignIn) -> None:
        Partner.objects.filter(pk=world.partners["alpen"].pk).update(name=HOSTILE)
        world.receive(company=HOSTILE, product=HOSTILE, contact={"last_name": HOSTILE, "email": "a@b.example"})
        for query in ({}, {"q": HOSTILE}, {"source": HOSTILE}, {"partner": HOSTILE}, {"state": HOSTILE}):
            assert "<script>alert" not in sign_in().get(LEADS, query).content.decode()


class TestFilters:
    def test_stand_in_the_address_and_go_one_by_one(self, world: World, sign_in: SignIn) -> None:
        world.receive(temperature="hot")
        world.receive(temperature="cold")
        shown = page(sign_in(), temperature="hot", q="werkstatt")
        assert "Werkstatt 1 GmbH" in shown
        assert "Werkstatt 2 GmbH" not in shown
        assert '<option value="hot" selected>' in shown
        assert 'value="werkstatt"' in shown
        assert f'href="{LEADS}?temperature=hot"' in shown
        assert f'href="{LEADS}?q=werkstatt"' in shown

    def test_a_form_sent_by_the_script_gets_the_part_and_a_short_address(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        client = sign_in()
        asked = {"q": " Werkstatt ", "state": "", "temperature": "", "source": "", "partner": "", "days": "7"}
        answer = client.get(LEADS, asked, headers=PART)
        assert answer["HX-Push-Url"] == f"{LEADS}?q=Werkstatt&days=7"
        assert "<html" not in answer.content.decode()
        assert client.get(LEADS, dict.fromkeys(asked, ""), headers=PART)["HX-Push-Url"] == LEADS

    def test_that_there_are_not_count_as_none(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        shown = page(sign_in(), state="lurking", temperature="boiling", attention="soon", days="8", q="\0")
        assert "Werkstatt 1 GmbH" in shown

    def test_a_partner_by_its_id_is_called_by_its_name(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        alpen = world.partners["alpen"]
        shown = page(sign_in(), partner=str(alpen.pk))
        assert "With Alpen Systemhaus" in shown
        assert f'type="hidden" name="partner" value="{alpen.pk}"' in shown

    def test_go_on_to_the_next_page(self, world: World, sign_in: SignIn) -> None:
        for at in range(ROWS + 1):
            world.receive(at=START - timedelta(seconds=at), temperature="hot")
        client = sign_in()
        answer = client.get(LEADS, {"temperature": "hot", "state": ""})
        following = answer.context["table"].next
        assert "state=" not in answer.content.decode().split('rel="next"')[0].rsplit("<a ", 1)[1]
        assert f"Werkstatt {ROWS + 1} GmbH" in page(client, temperature="hot", cursor=following)

    def test_a_cursor_of_nobodys_is_refused_in_words(self, world: World, sign_in: SignIn) -> None:
        assert sign_in().get(LEADS, {"cursor": "xx"}).status_code == 422


class TestLive:
    def test_hears_nothing_while_nothing_happens_and_of_what_is_new(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive().lead
        client = sign_in()
        version = client.get(LEADS, {"q": "werkstatt"}).context["version"]
        ask = {"q": "werkstatt", "v": version}
        assert client.get(LEADS, ask, headers=PART).status_code == 204

        Lead.objects.filter(pk=lead.pk).update(state="withdrawn", closed_at=START)
        answer = client.get(LEADS, ask, headers=PART)
        assert "Withdrawn" in answer.content.decode()
        assert "HX-Push-Url" not in answer
        assert 'name="q"' not in answer.content.decode()  # what one types stays as it is

    def test_the_part_asks_for_what_it_shows(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        shown = part(sign_in(), q="werkstatt", state="offered")
        assert f'hx-get="{LEADS}?q=werkstatt&state=offered&v=' in shown


class TestRoles:
    def test_management_reads(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        assert "Werkstatt 1 GmbH" in page(sign_in("management"))

    def test_another_vendor_finds_nothing(self, world: World, sign_in: SignIn) -> None:
        world.receive()
        rival = sign_in("administrator", of=World.found("Rival"))
        assert rival.get(LEADS).status_code == 404
        own = reverse("console:leads", args=["rival"])
        assert "Werkstatt" not in rival.get(own).content.decode()
        assert rival.get(own, {"partner": str(world.partners["alpen"].pk)}).status_code == 404


def test_costs_the_same_with_three_and_with_thirty_and_little(world: World, sign_in: SignIn) -> None:
    client, costs = sign_in(), []
    for number in (3, 27):
        for _ in range(number):
            world.receive()
        with CaptureQueriesContext(connection) as seen:
            page(client, q="werkstatt", partner=str(world.partners["alpen"].pk))
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 12
