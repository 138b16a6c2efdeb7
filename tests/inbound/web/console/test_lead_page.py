"""The lead page in the browser: why here, why not there, every hand on a lead, and its story in words."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import change_partner, pause_partner
from partidor.actions.pipeline import win_lead
from partidor.actions.qualification import park_lead, reject_lead
from partidor.actions.routing import assign_lead, withdraw_lead
from partidor.actions.sources import add_source
from partidor.domain.words import ATTENTION
from partidor.models import Lead, Offer
from tests.inbound.web.people import signed_in
from tests.inbound.web.reading import words_of
from tests.queries.test_lead_page import till
from tests.world import ALL_AT_ONCE, START, World, hours

pytestmark = pytest.mark.django_db(databases="__all__")


def address(lead: Lead, more: str = "") -> str:
    return f"/console/acme/leads/{lead.ref}{more}"


def words(html: bytes | str) -> str:
    """Read a page as people do, without pictures and marks."""
    text = html.decode() if isinstance(html, bytes) else html
    text = re.sub(r"<(head|script|style|svg)\b.*?</\1>", " ", text, flags=re.S)
    text = re.sub(r'<span class="p-mark[^>]*>[^<]*</span>', " ", text)
    return words_of(text)


def read(client: Client, url: str, status: int = 200, **more: Any) -> str:
    answer = client.get(url, **more)
    assert answer.status_code == status, answer.content[:2000]
    return words(answer.content)


class TestWhy:
    def test_is_told_on_the_page_itself(self, retail: World) -> None:
        text = read(signed_in(retail, "channel_manager"), address(till(retail)))
        assert "Why Alpen Systemhaus rules version 2, decided today, 10:00" in text
        assert "Rule 2 “Retail tills” is the first that fits: country is Germany and product is Till system" in text
        assert "Of 4 partners, 2 could take it . Alpen Systemhaus suits it best" in text
        assert "Offered to Alpen Systemhaus, 4 h left" in text
        assert "Asked first" in text
        assert "Next in line" in text

    def test_is_told_in_german(self, retail: World) -> None:
        text = read(signed_in(retail, "channel_manager", language="de"), address(till(retail)))
        assert "Warum Alpen Systemhaus" in text
        assert "Land ist Deutschland" in text

    def test_lets_one_look_at_an_earlier_decision(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        decline_offer(retail.open_offer(lead, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        assert "Why Bergmann IT" in read(client, address(lead))
        first = re.search(r"\?decision=(\d+)#why", client.get(address(lead)).content.decode())
        assert first is not None
        assert "Why Alpen Systemhaus" in read(client, address(lead, f"?decision={first[1]}"))
        assert "Declined" in read(client, address(lead, f"?decision={first[1]}"))

    def test_decides_again_when_asked(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        assert "Decided again: same result" in read(client, address(lead, "?again=1"))
        assert (
            read(client, address(lead, "/why?again=1"), headers={"hx-request": "true"}) == "Decided again: same result"
        )

    def test_tells_of_a_known_customer_and_of_several_asked_at_once(self, db: None) -> None:
        rules = [{"name": "Two of three", "plan": [{"offer_to": 2, "window": "8h"}]}]
        world = World.found(rules=rules)
        client = signed_in(world, "channel_manager")
        customer: dict[str, Any] = {"company": "Hallinger", "contact": {"email": "m@h.example"}}
        first = world.receive(**customer).lead
        text = read(client, address(first))
        assert "Why these 2 partners" in text
        assert "the 2 best suited are asked in competition ; where several are equally suitable, the fair share" in text
        assert "2 in competition, 8 h left" in text
        accept_offer(world.open_offer(first, world.offers(first)[0][0]).pk, by=world.manager, at=START)
        second = world.receive(**customer).lead
        assert "already works with this customer , so it is asked first and alone." in read(client, address(second))
        assert f"/leads/{first.ref}" in client.get(address(second)).content.decode()


class TestWhyNot:
    @pytest.mark.parametrize(
        ("letters", "answer"),
        [
            ("citro", "Citroën & Söhne Gold 151 km away, the rule allows 100 km See rule 2"),
            ("dach", "Dach & Kasse The rule asks for certification Till; this partner has none See rule 2"),
            ("berg", "Bergmann IT Gold Ranked 2nd; only 1 was asked"),
            ("zzz", "No partner has such a name."),
        ],
    )
    def test_is_answered_with_and_without_javascript(self, retail: World, letters: str, answer: str) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        assert answer in read(client, address(lead, f"?q={letters}"))
        assert answer in read(client, address(lead, f"/why?q={letters}"), headers={"hx-request": "true"})

    def test_knows_the_paused_the_full_and_those_asked_before(self, retail: World) -> None:
        change_partner(retail.partners["bergmann"].pk, {"max_open_leads": 1}, by=retail.manager, at=START)
        first = till(retail)
        decline_offer(retail.open_offer(first, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        pause_partner(retail.partners["alpen"].pk, until=None, reason="", by=retail.manager, at=START)
        second, client = till(retail), signed_in(retail, "channel_manager")
        assert "Was asked about this lead before and declined" in read(client, address(first, "?q=alpen"))
        assert "Paused when this was decided See the pause" in read(client, address(second, "?q=alpen"))
        assert "Full: the limit of 1 open leads was reached" in read(client, address(second, "?q=berg"))

    def test_where_no_rule_holds_names_those_that_came_closest(self, retail: World) -> None:
        lead, client = retail.receive(product="ERP").lead, signed_in(retail, "channel_manager")
        text = read(client, address(lead))
        assert "No rule holds for this lead, so nobody could be asked." in text
        assert "Closest came: Rule " in text
        assert "(this lead: ERP)" in text
        assert "choose a reason" not in text, "there is none to choose"
        href = f"/rules/trial?lead={lead.ref}"
        assert href in client.get(address(lead)).content.decode()

    def test_lists_all_of_one_reason(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        page = client.get(address(lead)).content.decode()
        key = re.search(r"\?reason=([a-z0-9-]+)#whynot\"[^>]*>too far", page)
        assert key is not None
        assert "Citroën & Söhne" in read(client, address(lead, f"/why?reason={key[1]}"), headers={"hx-request": "true"})


class TestHandOver:
    def test_gives_the_lead_to_a_partner_with_a_reason(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        form = read(client, address(lead, "/assign"))
        assert "Alpen Systemhaus Gold place 1 · 100 points · 1 km 1 open asked now" in form
        done = client.post(address(lead, "/assign"), {"partner": retail.partners["dach"].pk, "reason": "knows <them>"})
        assert done.status_code == 303
        offer = Offer.objects.get(lead=lead, state="accepted")
        assert (offer.partner.name, offer.via, offer.note) == ("Dach & Kasse", "by_hand", "knows <them>")
        text = read(client, address(lead))
        assert "Channel Manager of Acme gave it to Dach & Kasse by hand: “knows <them>”" in text
        assert "With Dach & Kasse since today" in text

        again = client.post(address(lead, "/assign"), {"partner": retail.partners["dach"].pk, "reason": "twice"})
        assert again.status_code == 303
        assert "That had happened already." in read(client, address(lead))
        assert Offer.objects.filter(lead=lead, state="accepted").count() == 1

    def test_warns_before_and_after(self, retail: World) -> None:
        lead, dach = till(retail), retail.partners["dach"].pk
        change_partner(dach, {"max_open_leads": 0, "calendar": {"hours": {}}}, by=retail.manager, at=START)
        client = signed_in(retail, "channel_manager")
        found = read(client, address(lead, "/assign?to=dach"), headers={"hx-request": "true"})
        assert found == "Dach & Kasse not by the rule · 7 km 0 of 0 open no working time full"
        client.post(address(lead, "/assign"), {"partner": dach, "reason": "knows them"})
        assert (
            "Handed over to Dach & Kasse. Mind this: No working time in the next 14 days; "
            "full: the limit of 0 open leads was reached."
        ) in read(client, address(lead))

    def test_finds_any_other_partner(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        found = read(client, address(lead, "/assign?to=dach"), headers={"hx-request": "true"})
        assert found == "Dach & Kasse not by the rule · 7 km 0 open"

    @pytest.mark.parametrize("sent", [{"reason": "x"}, {"partner": "no-id", "reason": "x"}, {"reason": " "}])
    def test_asks_for_partner_and_reason(self, retail: World, sent: dict[str, str]) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        answer = client.post(address(lead, "/assign"), {"to": "", **sent})
        assert answer.status_code == 422
        assert Offer.objects.get(lead=lead).state == "open"

    def test_comes_too_late_in_words(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        withdraw_lead(lead.pk, by=retail.manager, at=START)
        answer = client.post(address(lead, "/assign"), {"partner": retail.partners["dach"].pk, "reason": "why"})
        assert answer.status_code == 409
        assert "This has moved on meanwhile and is now: Withdrawn." in words(answer.content)


class TestVerbs:
    def test_withdraw_asks_once(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        assert "Withdraw this lead for good?" in read(client, address(lead, "/withdraw"))
        assert retail.again(lead).state == "offered"
        assert client.post(address(lead, "/withdraw")).status_code == 303
        assert retail.again(lead).state == "withdrawn"

    def test_reroute_and_take_back(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        accept_offer(retail.open_offer(lead, "alpen").pk, by=retail.seen_by("alpen"), at=START)
        assert "Take it back and route it again" in read(client, address(lead, "/reroute"))
        assert client.post(address(lead, "/reroute"), {"again": "on"}).status_code == 303
        assert retail.offers(lead) == [("alpen", "accepted"), ("bergmann", "open")]
        assert "Taken back from Alpen Systemhaus" in read(client, address(lead))

    def test_review_releases_rejects_and_parks(self, retail: World) -> None:
        add_source({"name": "fair", "kind": "event", "review": True}, by=retail.manager, at=START)
        client = signed_in(retail, "channel_manager")
        leads = [till(retail, source="fair") for _ in range(3)]
        assert "The rules have not decided yet" in read(client, address(leads[0]))
        assert client.post(address(leads[0], "/release")).status_code == 303
        assert client.post(address(leads[1], "/reject"), {"reason": "nonsense"}).status_code == 422
        assert client.post(address(leads[1], "/reject"), {"reason": "spam"}).status_code == 303
        tomorrow = (START + timedelta(days=1)).date()
        assert client.post(address(leads[2], "/park"), {"until": START.date()}).status_code == 422
        assert client.post(address(leads[2], "/park"), {"until": tomorrow}).status_code == 303
        assert [retail.again(lead).state for lead in leads] == ["offered", "rejected", "parked"]
        assert "Parked until tomorrow, 08:00" in read(client, address(leads[2]))

    @pytest.mark.parametrize("verb", ["assign", "reroute", "withdraw", "release", "reject", "park"])
    def test_are_not_for_those_who_only_look(self, retail: World, verb: str) -> None:
        lead, client = till(retail), signed_in(retail, "management")
        text = read(client, address(lead))
        assert "Hand over" not in text
        assert client.post(address(lead, f"/{verb}")).status_code == 403
        assert retail.again(lead).state == "offered"

    @pytest.mark.parametrize("part", ["", "/why", "/timeline", "/assign"])
    def test_no_other_vendor_sees_a_lead(self, retail: World, part: str) -> None:
        lead, rival = till(retail), World.found("Rival")
        assert signed_in(rival, "channel_manager").get(address(lead, part)).status_code == 404
        assert signed_in(rival, "channel_manager").get(f"/console/rival/leads/{lead.ref}{part}").status_code == 404


class TestStates:
    def states(self, world: World) -> dict[str, Lead]:
        """Bring a lead into each state."""
        add_source({"name": "fair", "kind": "event", "review": True}, by=world.manager, at=START)
        world.partner("extra", name="<script>alert(1)</script> \u202eevil & Söhne 🚀")
        held = {state: till(world, source="fair") for state in ("in_review", "parked", "rejected")}
        park_lead(held["parked"].pk, until=START + hours(30), by=world.manager, at=START)
        reject_lead(held["rejected"].pk, reason="spam", by=world.manager, at=START)
        taken = {state: till(world) for state in ("accepted", "won", "withdrawn")}
        for lead in taken.values():
            partner = world.partners["extra"].pk
            assign_lead(lead.pk, partner_id=partner, reason="<b>because</b>", by=world.manager, at=START)
        win_lead(taken["won"].pk, value="48000.00", by=world.manager, at=START)
        withdraw_lead(taken["withdrawn"].pk, by=world.manager, at=START)
        return {**held, **taken, "offered": till(world), "unassigned": world.receive(product="ERP").lead}

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_are_all_shown_in_words(self, retail: World, language: str) -> None:
        client = signed_in(retail, "channel_manager", language=language)
        for state, lead in self.states(retail).items():
            assert retail.again(lead).state == state
            answer = client.get(address(lead))
            assert answer.status_code == 200
            html = answer.content.decode()
            assert "<script>alert" not in html
            assert "<b>because" not in html
            said = words(html)
            for code in (
                *ATTENTION,
                "by_hand",
                "in_review",
                "no_rule",
                "lead.",
                "offer.",
                "certification:",
                "{",
                "None",
            ):
                if "_" in code or "." in code or code in ("{", "None"):
                    assert code not in said.replace("example", ""), (state, code)

    def test_show_a_round_in_competition_and_one_that_lapsed(self, db: None) -> None:
        world = World.found(rules=ALL_AT_ONCE)
        lead, client = world.receive().lead, signed_in(world, "channel_manager")
        text = read(client, address(lead))
        assert "3 in competition, 8 h left" in text
        assert "All 3 partners could take it." in text
        assert "All of them are asked at once, and the first to accept has it ." in text
        with time_machine.travel(START + hours(9), tick=False):
            act_on_due(at=START + hours(9))
            text = read(signed_in(world, "channel_manager"), address(lead))
        assert "No partner: The plan has run out and nobody took it" in text
        assert "let it lapse" in text


class TestLive:
    def test_stays_silent_while_nothing_happens_and_tells_all_that_moves(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        page = client.get(address(lead)).content.decode()
        poll = re.search(r'hx-get="([^"]*/timeline\?v=[^"]*)"', page)
        assert poll is not None
        url, htmx = unescape(poll[1]), {"hx-request": "true"}
        assert client.get(url, headers=htmx).status_code == 204
        decline_offer(retail.open_offer(lead, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        answer = client.get(url, headers=htmx)
        text = words(answer.content)
        assert "Alpen Systemhaus declined: No capacity now" in text
        assert "Offered to Bergmann IT" in text
        for part in ("lead-state", "lead-acts", "lead-why", "lead-plan", "lead-offers"):
            assert f'id="{part}"' in answer.content.decode()

    def test_costs_few_statements(self, retail: World) -> None:
        lead, client = till(retail), signed_in(retail, "channel_manager")
        decline_offer(retail.open_offer(lead, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        client.get(address(lead))  # the snapshots of routing are kept per process
        for more in ("", "?q=citro", "?candidates=all"):
            with CaptureQueriesContext(connections["default"]) as seen:
                client.get(address(lead, more))
            assert len(seen) <= 12, "\n".join(query["sql"][:150] for query in seen.captured_queries)


class TestDuplicates:
    def test_are_a_card_with_two_buttons_and_stay_judged(self, retail: World) -> None:
        first = retail.receive(company="Bolt GmbH", contact={"last_name": "A", "email": "a@bolt.example"}).lead
        second = retail.receive(company="Donner AG", contact={"last_name": "B", "email": "b@bolt.example"}).lead
        client, url = signed_in(retail, "channel_manager"), address(second, "/duplicates")
        page = read(client, address(second))
        for shown in ("The same customer?", "Bolt GmbH", "the same domain", "Not the same : Bolt GmbH"):
            assert shown in page
        body = {"customer": str(first.customer_id)}
        assert client.post(url, {**body, "same": "yes"}).status_code == 303
        page = read(client, address(second))
        assert "Noted: it is the same customer." in page
        assert "is the same customer · Channel Manager of Acme, " in page
        assert "Called the same customer as Bolt GmbH" in page
        assert "Other leads of this customer Bolt GmbH" in page
        assert client.post(url, {**body, "same": "no"}).status_code == 303
        page = read(client, address(second))
        assert "is another customer · Channel Manager of Acme, " in page
        assert "Called another customer than Bolt GmbH" in page
        assert client.post(url, {"customer": "x", "same": "yes"}).status_code == 422
        reader = signed_in(retail, "management")
        assert "Not the same" not in read(reader, address(second))
        assert reader.post(url, {**body, "same": "yes"}).status_code == 403
