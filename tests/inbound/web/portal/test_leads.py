"""The lead page and the list: whom to call, why it came, how it ended."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.actions.offers import accept_offer
from partidor.inbound.web.portal.vcard import vcards
from partidor.inbound.web.portal.wording import typed_amount
from partidor.models import Event, Lead
from partidor.queries.leads.cards import AddressCard, ContactCard
from partidor.queries.portal.leads import reachable_lead
from tests.inbound.web.people import SignIn, viewer_of
from tests.queries.test_portal_inbox import TELLING
from tests.world import START, World

pytestmark = pytest.mark.django_db(databases="__all__")


def taken(world: World, **more: Any) -> Lead:
    lead = world.receive(**more).lead
    accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
    return world.again(lead)


class TestLeadPage:
    def test_gives_everybody_to_call_at_once(self, world: World, sign_in: SignIn) -> None:
        further = [{"last_name": "Reiter", "email": "it@hallinger.example", "role": "it"}]
        lead = taken(world, **{**TELLING, "contacts": further, "custom": {"till_count": 9}})
        page = sign_in("partner_sales", "alpen").get(f"/portal/leads/{lead.pk}").content.decode()
        for shown in (
            "tel:+498031123456", "+49 8031 123456", "mailto:monika@hallinger.example", "mailto:it@hallinger.example",
            "https://www.openstreetmap.org/search?query=Kaiserstra%C3%9Fe%207%2C%2083022%20Rosenheim",
            f"/portal/leads/{lead.pk}/contact.vcf", "Why you?", "Of all who could be asked", "Till count", lead.ref,
        ):  # fmt: skip
            assert shown in page, shown

    def test_is_for_the_partner_that_has_it_alone(self, world: World, sign_in: SignIn) -> None:
        lead = taken(world)
        rival = World.found("Rival")
        for client in (sign_in("partner_manager", "bergmann"), sign_in("partner_manager", "alpen", of=rival)):
            assert client.get(f"/portal/leads/{lead.pk}").status_code == 404
            assert client.get(f"/portal/leads/{lead.pk}/contact.vcf").status_code == 404
            assert client.post(f"/portal/leads/{lead.pk}/lose", {"reason": "price"}).status_code == 404
            assert client.post(f"/portal/leads/{lead.pk}/win").status_code == 404
        assert world.again(lead).state == "accepted"

    def test_is_not_there_before_the_acceptance(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive().lead
        client = sign_in("partner_manager", "alpen")
        assert client.get(f"/portal/leads/{lead.pk}").status_code == 404
        assert client.get(f"/portal/leads/{lead.pk}/contact.vcf").status_code == 404


class TestWonAndLost:
    def test_won_keeps_the_value_as_it_was_typed(self, world: World, sign_in: SignIn) -> None:
        lead = taken(world)
        answer = sign_in("partner_sales", "alpen", language="de").post(
            f"/portal/leads/{lead.pk}/win", {"value": "48.000,50"}, follow=True
        )
        assert "Gewonnen. Herzlichen Glückwunsch!" in answer.content.decode()
        assert "48.000,50" in answer.content.decode()
        lead = world.again(lead)
        assert (lead.state, lead.order_value_minor, lead.currency) == ("won", 4_800_050, "EUR")

    def test_won_needs_no_value_and_refuses_what_is_none(self, world: World, sign_in: SignIn) -> None:
        lead = taken(world)
        client = sign_in("partner_sales", "alpen")
        for wrong in ("plenty", "-5", "1.2.3"):
            answer = client.post(f"/portal/leads/{lead.pk}/win", {"value": wrong})
            assert answer.status_code == 422
            assert "Please write an amount" in answer.content.decode()
        assert client.post(f"/portal/leads/{lead.pk}/win").status_code == 303
        assert (world.again(lead).state, world.again(lead).order_value_minor) == ("won", None)

    def test_lost_takes_a_reason(self, world: World, sign_in: SignIn) -> None:
        lead = taken(world)
        client = sign_in("partner_sales", "alpen")
        assert client.post(f"/portal/leads/{lead.pk}/lose").status_code == 422
        assert client.post(f"/portal/leads/{lead.pk}/lose", {"reason": "price"}).status_code == 303
        page = client.get(f"/portal/leads/{lead.pk}").content.decode()
        assert "lost it: Price" in page
        assert "What has become of it?" not in page
        assert client.post(f"/portal/leads/{lead.pk}/win").status_code == 409
        assert Event.objects.filter(lead=lead, type="lead.lost").count() == 1

    @pytest.mark.parametrize(
        ("text", "language", "number"),
        [
            ("48,000.50", "en", "48000.50"),
            ("48.000", "de", "48000"),
            ("48 000", "de", "48000"),
            ("4.8", "de", None),
            ("", "en", None),
        ],
    )
    def test_read_an_amount_as_the_page_speaks(self, text: str, language: str, number: str | None) -> None:
        from django.utils.translation import override

        with override(language):
            read = typed_amount(text)
        assert (None if read is None else f"{read:f}") == number


class TestMyLeads:
    def test_shows_what_waits_and_what_is_closed(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_sales", "alpen")
        assert "No leads yet" in client.get("/portal/leads/").content.decode()
        assert "Nothing is closed yet" in client.get("/portal/leads/?closed=1").content.decode()
        running, won = taken(world, company="Running GmbH"), taken(world, company="Won GmbH")
        client.post(f"/portal/leads/{won.pk}/win", {"value": "10"})
        Lead.objects.filter(pk=running.pk).update(attention_reason="stalled", attention_at=START)

        page, closed = (client.get(f"/portal/leads/{query}").content.decode() for query in ("", "?closed=1"))

        assert "Running GmbH" in page
        assert "Won GmbH" not in page
        assert "1 waits for you" in page
        assert "What has become of it?" in page
        assert "Won GmbH" in closed
        assert "€10" in closed


class TestContactCard:
    def test_is_a_vcard_of_everybody(self, world: World, sign_in: SignIn) -> None:
        lead = taken(world, **{**TELLING, "contacts": [{"last_name": "Reiter", "phone": "+49 8031 99"}]})
        answer = sign_in("partner_sales", "alpen").get(f"/portal/leads/{lead.pk}/contact.vcf")
        assert answer["Content-Type"] == "text/vcard; charset=utf-8"
        assert answer["Content-Disposition"] == f'attachment; filename="{lead.ref}.vcf"'
        lines = answer.content.decode().split("\r\n")
        assert lines[:4] == ["BEGIN:VCARD", "VERSION:3.0", "N:Hallinger;Monika;;;", "FN:Monika Hallinger"]
        assert "TEL;TYPE=WORK,VOICE:+498031123456" in lines
        assert "ADR;TYPE=WORK:;;Kaiserstraße 7;Rosenheim;;83022;Germany" in lines
        assert lines.count("BEGIN:VCARD") == lines.count("END:VCARD") == 2

    def test_lets_nothing_break_out_of_its_line(self, world: World) -> None:
        from dataclasses import replace

        found = reachable_lead([viewer_of(world, "partner_sales", "alpen")], taken(world).pk)
        evil = "x\r\nTEL:666;,\\\n\u2028END:VCARD"
        lead = replace(
            found,
            company="Ä" * 200,
            contact=ContactCard(evil, evil, "a@b.example", "", evil, ""),
            contacts=[],
            address=AddressCard("A;B,C", "1", "", "", ""),
        )

        text = vcards(lead, country="")

        unfolded = text.replace("\r\n ", "").split("\r\n")
        assert [line.partition(":")[0] for line in unfolded if line] == [
            "BEGIN", "VERSION", "N", "FN", "ORG", "TITLE", "EMAIL;TYPE=INTERNET,WORK", "ADR;TYPE=WORK", "END",
        ]  # fmt: skip
        assert r"N:x\nTEL:666\;\,\\\n END:VCARD;" in "\n".join(unfolded)
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        assert "ORG:" + "Ä" * 200 in unfolded


def test_the_story_is_told_in_sentences(world: World, sign_in: SignIn) -> None:
    lead = world.receive().lead
    client = sign_in("partner_sales", "alpen", language="de")
    client.post(f"/portal/offers/{world.open_offer(lead, 'alpen').pk}/accept")
    page = client.get(f"/portal/leads/{lead.pk}").content.decode()
    assert '<b class="p-strong">Partner Sales of Alpen</b> hat angenommen' in page
    assert "Nur Ihnen angeboten, bis heute, 14:00" in page
    assert "Eingegangen: Direkte Anbindung" in page
