"""The fairness report in the console: what was due, what came, why, and the alarm when the law breaks."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from partidor.actions.ledger import keep_weeks
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import pause_partner, resume_partner
from partidor.actions.routing import assign_lead
from partidor.models import LedgerRow
from partidor.queries.fairness.page import FairLine, Sought, fairness_page
from partidor.queries.fairness.sums import Span
from tests.inbound.web.people import SignIn
from tests.inbound.web.test_statements import MOST, statements
from tests.world import START, World

REPORT = reverse("console:fairness", args=["acme"])
DAY = timedelta(days=1)
IN_TURN = [{"name": "In turn", "equal_within": 100, "plan": [{"offer_to": 1, "window": "8h"}]}]


def read(client: Client, **query: str) -> str:
    answer = client.get(REPORT, query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).replace("\xa0", " ").split())


def reasons_of(line: FairLine) -> list[tuple[str, float]]:
    return [(cause.code, cause.n) for cause in line.share.reasons]


@pytest.fixture
def busy(world: World) -> World:
    """A network that has shared out leads, and given some beside the share."""
    world.rules(IN_TURN)
    for _ in range(6):
        world.receive(temperature="hot", value="1000", currency="EUR")
    lead = world.receive(value="500", currency="EUR").lead
    assign_lead(lead.pk, partner_id=world.partners["citroen"].pk, reason="x", by=world.manager, at=START)
    offer = world.open_offer(world.receive().lead, "bergmann")
    decline_offer(offer.pk, reason="spam", by=world.seen_by("bergmann"), at=START)
    return world


class TestTheReport:
    def test_shows_what_was_due_what_came_and_what_stands_beside(self, busy: World) -> None:
        pause_partner(busy.partners["alpen"].pk, until=None, by=busy.manager, at=START)
        resume_partner(busy.partners["alpen"].pk, by=busy.manager, at=START + 3 * DAY)
        keep_weeks(at=START)
        found = fairness_page(busy.manager, Sought(), page=1, at=START + 10 * DAY)
        lines = {line.share.name: line for line in found.lines.items}
        assert sum(line.share.debt for line in lines.values()) == pytest.approx(0)
        assert found.shared == sum(line.share.received for line in lines.values()) == 8
        assert ("paused", 3) in reasons_of(lines["Alpen Systemhaus"])
        assert (lines["Citroën & Söhne"].share.by_hand, lines["Citroën & Söhne"].share.value) == (1, "500.00")
        assert lines["Bergmann IT"].share.credited == 1
        assert "joined" not in dict(reasons_of(lines["Bergmann IT"]))  # there from the beginning
        assert [week.leads for week in found.weeks] == [None, 0.0]

    def test_reads_as_words(self, busy: World, sign_in: SignIn) -> None:
        text = read(sign_in(of=busy))
        for said in ("What was due and what came", "8 leads by fair share, 1 beside it", "Declined", "exact, checked",
                     "How the fair share works"):  # fmt: skip
            assert said in text
        assert "is broken" not in text

    def test_is_narrowed_and_sorted(self, busy: World, sign_in: SignIn) -> None:
        client = sign_in(of=busy)
        assert read(client, q="citro").count("data-row>") == 1
        assert read(client, show="beside").count("data-row>") == 2
        assert read(client, q="nobody", sort="wrong", period="x").count("No partner is like this.") == 1

    def test_is_a_table_to_take_along(self, busy: World, sign_in: SignIn) -> None:
        answer = sign_in(of=busy).get(reverse("console:fairness-csv", args=["acme"]))
        assert answer["Content-Type"].startswith("text/csv")
        lines = answer.content.decode().splitlines()
        assert lines[0].startswith("name,weight,expected,received,debt,debt_now,by_hand,known_customer,credited")
        assert lines[0].endswith("reasons,partner")
        assert len(lines) == 4

    def test_is_a_workbook_too_in_which_no_name_is_a_formula(self, busy: World, sign_in: SignIn) -> None:
        busy.partner("evil", name="=1+1")
        answer = sign_in(of=busy).get(reverse("console:fairness-xlsx", args=["acme"]), {"period": "30"})
        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        cells = {cell.value: cell.data_type for (cell,) in sheet.iter_rows(max_col=1)}
        assert cells["name"] == cells["=1+1"] == cells["Alpen Systemhaus"] == "s"
        assert sheet.cell(2, 3).data_type == "n"

    def test_narrows_summary_and_files_with_the_table(self, busy: World, sign_in: SignIn) -> None:
        client = sign_in(of=busy)
        asked = {"period": "30", "rule": "In turn", "region": "DE"}
        assert statements(lambda: client.get(REPORT, asked, headers={"HX-Request": "true"})) <= MOST
        part = client.get(REPORT, asked, headers={"HX-Request": "true"}).content.decode()
        assert part.count('hx-swap-oob="true"') == 2
        assert "fairness.xlsx?period=30&amp;rule=In+turn&amp;region=DE" in part
        whole = read(client, **asked)
        for name in ("30", "In turn", "DE"):
            assert f'<option value="{name}" selected>' in whole
        assert re.search(r"\d+ leads by fair share, 0 beside it", whole)  # by hand no rule gives a lead

    def test_offers_the_regions_that_leads_come_from(self, world: World, sign_in: SignIn) -> None:
        world.receive(address={"country": "DE", "region": "DE-SN", "city": "Leipzig"})
        world.receive(address={"country": "IT", "region": "IT-BZ", "city": "Bozen"})
        shown = read(sign_in())
        assert '<option value="DE-SN">Germany: Saxony</option>' in shown
        assert '<option value="IT-BZ">Italy: BZ</option>' in shown, "no list of Italy's provinces is kept"

    def test_counts_a_known_customer_apart(self, world: World) -> None:
        world.rules(IN_TURN)
        first = world.receive(company="Kanal AG").lead
        (partner, _), *_ = world.offers(first)
        accept_offer(world.open_offer(first, partner).pk, by=world.seen_by(partner), at=START)
        contact = {"first_name": "Ida", "last_name": "Other", "email": "eva@werkstatt1.example"}
        again = world.receive(company="Kanal AG", contact=contact, at=START + 2 * DAY).lead
        accept_offer(world.open_offer(again, partner).pk, by=world.seen_by(partner), at=START + 2 * DAY)
        found = fairness_page(world.manager, Sought(), page=1, at=START + 3 * DAY)
        assert {line.share.known_customer for line in found.lines.items} == {0, 1}
        later = fairness_page(world.manager, Sought(span=Span(START + 5 * DAY)), page=1, at=START + 9 * DAY)
        assert {line.share.known_customer for line in later.lines.items} == {0}


class TestTheAlarm:
    def test_rings_here_and_on_today_when_debts_do_not_sum_to_zero(self, busy: World, sign_in: SignIn) -> None:
        client = sign_in(of=busy)
        today = reverse("console:today", args=["acme"])
        assert "law of the fair share" not in client.get(today).content.decode()
        key = str(busy.partners["alpen"].pk)
        LedgerRow.objects.filter(vendor=busy.vendor).update(entries=f'{{"{key}": [1, 0, 0, 0, 0, 0, 0, 0]}}')
        assert "The law of the fair share is broken" in read(client)
        assert "The law of the fair share is broken" in client.get(today).content.decode()


class TestAPlaceThatCannotBeFound:
    def test_is_shown_on_the_pages_of_lead_and_partner(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(of=world)
        lead = world.receive(address={"country": "DE", "city": "Nirgendheim"}, location=None).lead
        partner = world.partner("nowhere", address={"country": "DE", "city": "Nirgendheim"})
        assert (lead.lat, partner.lat) == (None, None)
        shown = client.get(reverse("console:lead", args=["acme", lead.ref])).content.decode()
        assert "Place unknown" in shown
        shown = client.get(reverse("console:partner", args=["acme", partner.pk])).content.decode()
        assert "Its place could not be found" in shown
