"""Leads over the API: taken in, shown, listed, reviewed, steered."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.actions.sources import change_source
from partidor.models import Lead, Source
from tests.inbound.api.calling import Caller
from tests.world import START, World


class TestPostLeads:
    def test_answers_with_the_lead_routed_and_its_offers(self, world: World, acme: Caller) -> None:
        answer = acme.post("/leads", world.inquiry(value="48000.00", currency="EUR", temperature="hot"))
        assert answer.status == 201
        card = answer.card
        assert (card["status"], card["value"], card["currency"], card["temperature"]) == (
            "offered", "48000.00", "EUR", "hot",
        )  # fmt: skip
        assert len(card["ref"]) == 6
        assert [(o["state"], o["partner"]) for o in card["offers"]] == [("open", str(world.partners["alpen"].pk))]
        assert card["received_at"].endswith("Z")
        assert "repeated" not in card

    def test_adds_one_statement_to_those_of_the_action(self, world: World, acme: Caller) -> None:
        world.receive()  # warms the snapshot
        with CaptureQueriesContext(connection) as inside:
            world.receive()
        with CaptureQueriesContext(connection) as whole:
            assert acme.post("/leads", world.inquiry()).status == 201
        assert len(whole) == len(inside) + 1

    def test_again_with_the_same_external_id_gives_the_lead_that_is_there(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry()
        first = acme.post("/leads", inquiry)
        again = acme.post("/leads", {**inquiry, "company": "Someone Else"})
        assert (again.status, again["repeated"], again["id"]) == (200, True, first["id"])
        assert again["company"] == inquiry["company"]
        assert again["offers"] == first["offers"]

    def test_holds_it_when_its_source_wants_a_review(self, world: World, acme: Caller) -> None:
        source = Source.objects.get(vendor=world.vendor, name="api")
        change_source(source.pk, {"review": True}, by=world.manager, at=START)
        answer = acme.post("/leads", world.inquiry())
        assert (answer.status, answer["status"], answer["attention_reason"]) == (201, "in_review", "review")
        assert answer["offers"] == []

    def test_names_every_wrong_field_at_once(self, acme: Caller) -> None:
        answer = acme.post("/leads", {"source": "nowhere", "colour": "red", "employees": "many"})
        assert answer.status == 422
        fields = {error["field"] for error in answer["errors"]}
        assert {"colour", "employees", "source"} <= fields
        assert Lead.objects.count() == 0

    @pytest.mark.parametrize("source", [None, "", "nowhere", 5, ["api"], "x" * 301])
    def test_says_once_which_sources_there_are(self, world: World, acme: Caller, source: object) -> None:
        answer = acme.post("/leads", world.inquiry() | {"source": source})
        (known,) = (e["message"] for e in answer["errors"] if e["field"] == "source")
        assert known.endswith(": api, import, website")

    @pytest.mark.parametrize(
        "body", [b'{"source": "a\\u0000pi"}', b'{"so\\u0000urce": 1}', b'{"custom": {"a": "\\u0000"}}']
    )
    def test_refuses_nul_wherever_it_stands(self, acme: Caller, body: bytes) -> None:
        assert acme.post("/leads", body).status == 422

    def test_keeps_what_it_cannot_read_and_flags_it(self, world: World, acme: Caller) -> None:
        card = acme.post("/leads", world.inquiry(contact={"last_name": "Muster", "phone": "ask Eva"})).card
        assert card["contact"]["phone"] == "ask Eva"
        assert "phone_unverified" in card["flags"]


class TestBulk:
    def test_takes_each_row_on_its_own(self, world: World, acme: Caller) -> None:
        known = world.inquiry()
        first = acme.post("/leads", known)["id"]
        rows = [world.inquiry(), known, {"source": "api"}, "no lead", {"source": "\0"}, world.inquiry()]
        results = acme.post("/leads/bulk", {"leads": rows})["results"]
        assert [(r["row"], r["status"]) for r in results] == [
            (0, 201),
            (1, 200),
            (2, 422),
            (3, 422),
            (4, 422),
            (5, 201),
        ]
        assert results[1]["id"] == first
        assert all(bool(r["errors"]) == (r["status"] == 422) for r in results)
        assert Lead.objects.count() == 3

    def test_takes_a_thousand_and_no_more(self, acme: Caller) -> None:
        answer = acme.post("/leads/bulk", {"leads": [{}] * 1001})
        assert answer.status == 422
        assert answer["errors"][0]["field"] == "leads"

    @pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "bulk"}])
    def test_refuses_the_poison_row_alone(
        self, world: World, acme: Caller, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
    ) -> None:
        receive = Lead.receive

        def poisoned(*given: Any, **named: Any) -> Lead:
            if given[2].company == "Poison":
                raise ZeroDivisionError
            return receive(*given, **named)

        monkeypatch.setattr(Lead, "receive", poisoned)
        rows = [world.inquiry(), world.inquiry(company="Poison"), world.inquiry()]
        answer = acme.post("/leads/bulk", {"leads": rows}, **headers)
        assert [r["status"] for r in answer["results"]] == [201, 422, 201]
        assert Lead.objects.count() == 2

    def test_needs_the_scope_even_for_nothing(self, alpen: Caller) -> None:
        assert alpen.post("/leads/bulk", {"leads": []}).status == 403


class TestGetLead:
    def test_shows_the_other_leads_of_its_customer(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry()
        first = acme.post("/leads", inquiry)["id"]
        second = acme.post("/leads", {**inquiry, "external_id": "other", "inquiry": "And a CRM"})["id"]
        assert [r["id"] for r in acme.get(f"/leads/{first}")["related"]] == [second]
        assert "duplicate_customer" in acme.get(f"/leads/{second}")["flags"]

    @pytest.mark.parametrize("name", ["7", "not-an-id", "00000000-0000-0000-0000-000000000000", "%00"])
    def test_is_404_for_what_is_not_there(self, acme: Caller, name: str) -> None:
        assert acme.get(f"/leads/{name}").status == 404

    def test_tells_its_events_oldest_first(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        events = acme.get(f"/leads/{lead}/events")["items"]
        assert [e["lead_seq"] for e in events] == list(range(1, len(events) + 1))
        assert [e["type"] for e in events] == ["lead.received", "offer.opened", "lead.offered"]
        assert events[0]["by"]["kind"] == "key"

    def test_tells_its_decisions_and_explains_every_partner(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        (decision,) = acme.get(f"/leads/{lead}/decisions")["items"]
        assert decision["rule"] == {"position": 1, "name": "Nearest first"}
        assert decision["replayable"] is True
        assert [c["place"] for c in decision["candidates"]] == [1, 2, 3]
        for partner in world.partners.values():
            path = f"/leads/{lead}/decisions/{decision['id']}/partners/{partner.pk}"
            told = acme.get(path).card
            german = acme.get(path, Accept_Language="de-DE,en;q=0.5")
            assert told["eligible"]
            assert told["reasons"]
            assert all(r["code"] and r["text"] for r in told["reasons"])
            assert german["reasons"][0]["text"] != told["reasons"][0]["text"]


class TestListLeads:
    def test_pages_through_everything_once(self, world: World, acme: Caller) -> None:
        made = [str(world.receive().lead.pk) for _ in range(5)]
        seen: list[str] = []
        cursor = ""
        while True:
            page = acme.get(f"/leads?limit=2&cursor={cursor}").card
            seen += [lead["id"] for lead in page["items"]]
            if page["next"] is None:
                break
            cursor = page["next"]
        assert seen == sorted(made, reverse=True)

    def test_narrows_by_every_filter(self, world: World, acme: Caller) -> None:
        hot = acme.post("/leads", world.inquiry(temperature="hot", product="erp", company="Zebra AG"))["id"]
        acme.post("/leads", world.inquiry(address={"country": "AT", "postal_code": "1010", "city": "Wien"}))
        for query in (
            "temperature=hot",
            "product=erp",
            "country=de",
            "q=zebra",
            "status=offered&q=zebra",
            "source=api&q=ag+zebra",
        ):
            assert [lead["id"] for lead in acme.get(f"/leads?{query}")["items"]] == [hot], query
        for query in (
            "status=won",
            "source=website",
            "q=nobody",
            f"partner={world.partners['alpen'].pk}",
            "country=FR",
        ):
            assert acme.get(f"/leads?{query}")["items"] == [], query

    @pytest.mark.parametrize(
        "query",
        ["limit=0", "limit=201", "limit=x", "cursor=x", "cursor=W10", "status=gone", "temperature=mild", "partner=7",
         "updated_since=yesterday", "updated_since=2026-03-01T09:00:00", "updated_since=9999-12-31T23:59:59-14:00",
         "q=%00"],
    )  # fmt: skip
    def test_refuses_what_it_cannot_read(self, acme: Caller, query: str) -> None:
        answer = acme.get(f"/leads?{query}")
        assert answer.status == 422
        assert answer["errors"][0]["message"]

    def test_updated_since_lists_every_change_from_the_last_as_of_on(self, world: World, acme: Caller) -> None:
        first = acme.post("/leads", world.inquiry())["id"]
        as_of = acme.get("/leads")["as_of"]
        second = acme.post("/leads", world.inquiry())["id"]
        acme.post(f"/leads/{first}/withdraw")
        changed = [lead["id"] for lead in acme.get(f"/leads?updated_since={as_of}")["items"]]
        assert changed[-2:] == [second, first]


class TestVerbs:
    def test_patch_merges_and_says_when_nothing_changed(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry(product="erp"))["id"]
        answer = acme.call("PATCH", f"/leads/{lead}", {"product": "crm", "timeline": None})
        assert (answer.status, answer["product"]) == (200, "crm")
        assert answer["updated_at"] > answer["received_at"]
        assert [found["id"] for found in acme.get("/leads?q=CRM")["items"]] == [lead]
        assert acme.get("/leads?q=erp")["items"] == []
        assert acme.call("PATCH", f"/leads/{lead}", {"product": "crm"})["repeated"] is True
        assert acme.call("PATCH", f"/leads/{lead}", {"source": "website"}).status == 422

    def test_review_releases_parks_and_rejects(self, world: World, acme: Caller) -> None:
        source = Source.objects.get(vendor=world.vendor, name="api")
        change_source(source.pk, {"review": True}, by=world.manager, at=START)
        one, two, three = (acme.post("/leads", world.inquiry())["id"] for _ in range(3))
        assert acme.post(f"/leads/{one}/release")["status"] == "offered"
        assert acme.post(f"/leads/{one}/release").status == 409
        assert acme.post(f"/leads/{two}/reject", {"reason": "spam"})["status"] == "rejected"
        assert acme.post(f"/leads/{two}/reject", {"reason": "spam"})["repeated"] is True
        parked = acme.post(f"/leads/{three}/park", {"until": "2027-01-01T00:00:00Z"})
        assert (parked["status"], parked["next_action"]["kind"]) == ("parked", "unpark")
        for wrong in ({}, {"until": None}, {"until": "soon"}, {"until": "1999-01-01T00:00:00Z"}, {"when": 1}):
            assert acme.post(f"/leads/{three}/park", wrong).status == 422

    def test_assign_reroute_and_withdraw(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        partner = str(world.partners["citroen"].pk)
        assigned = acme.post(f"/leads/{lead}/assign", {"partner": partner, "reason": "asked for them"})
        assert (assigned["status"], assigned["partner"], assigned["via"]) == ("accepted", partner, "by_hand")
        assert acme.post(f"/leads/{lead}/assign", {"partner": partner, "reason": "again"})["repeated"] is True
        assert acme.post(f"/leads/{lead}/reroute", {"again": True})["status"] == "offered"
        assert acme.post(f"/leads/{lead}/withdraw")["status"] == "withdrawn"
        assert acme.post(f"/leads/{lead}/withdraw")["repeated"] is True
        late = acme.post(f"/leads/{lead}/reroute")
        assert (late.status, late["code"], late["state"]) == (409, "not-possible-now", "withdrawn")

    def test_tell_which_of_two_accepted_offers_has_ended_and_how(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        to_citroen, to_alpen = (
            {"partner": str(world.partners[name].pk), "reason": "why"} for name in ("citroen", "alpen")
        )
        acme.post(f"/leads/{lead}/assign", to_citroen)
        answer = acme.post(f"/leads/{lead}/assign", to_alpen)
        accepted = {offer["partner"]: offer for offer in answer["offers"] if offer["state"] == "accepted"}
        before, now = (accepted[str(world.partners[name].pk)] for name in ("citroen", "alpen"))
        assert (before["ended_by"], before["ended_at"] is None) == ("reassigned", False)
        assert (now["ended_by"], now["ended_at"]) == ("", None)

    def test_assigning_a_paused_partner_warns(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        partner = str(world.partners["citroen"].pk)
        acme.post(f"/partners/{partner}/pause")
        assert acme.post(f"/leads/{lead}/assign", {"partner": partner, "reason": "urgent"})["warnings"] == [
            "Paused at the moment"
        ]

    def test_won_and_lost_are_told_by_the_partner_that_has_the_lead(
        self, world: World, acme: Caller, alpen: Caller
    ) -> None:
        won, lost = (acme.post("/leads", world.inquiry())["offers"][0] for _ in range(2))
        one, two = (alpen.post(f"/offers/{offer['id']}/accept")["id"] for offer in (won, lost))
        assert alpen.post(f"/leads/{one}/won", {"value": "-5"}).status == 422
        answer = alpen.post(f"/leads/{one}/won", {"value": "4800.50"})
        assert (answer["status"], answer["order_value"], answer["next_action"]) == ("won", "4800.50", None)
        assert answer["closed_at"] > answer["accepted_at"]
        assert alpen.post(f"/leads/{one}/won")["repeated"] is True
        assert alpen.get(f"/offers/{won['id']}")["lead"]["company"] == answer["company"]
        for wrong in ({}, {"reason": "mood"}, {"why": "price"}):
            assert alpen.post(f"/leads/{two}/lost", wrong).status == 422
        assert acme.post(f"/leads/{two}/lost", {"reason": "price"})["status"] == "lost"
        late = acme.post(f"/leads/{two}/won", {"value": None, "at": None})
        assert (late.status, late["code"], late["state"]) == (409, "not-possible-now", "lost")

    def test_of_the_pipeline_are_not_all_there_yet(self, world: World, acme: Caller) -> None:
        lead = acme.post("/leads", world.inquiry())["id"]
        for verb in ("stage", "snooze", "activities"):
            assert acme.post(f"/leads/{lead}/{verb}", {}).status == 404


class TestDuplicates:
    def test_are_shown_and_judged(self, world: World, acme: Caller, alpen: Caller) -> None:
        first = acme.post("/leads", world.inquiry(contact={"last_name": "A", "email": "a@bolt.example"})).card
        second = acme.post("/leads", world.inquiry(contact={"last_name": "B", "email": "b@bolt.example"})).card
        path = f"/leads/{second['id']}"
        (card,) = acme.get(path)["duplicates"]
        assert (card["customer"], card["reasons"], card["same"]) == (first["customer"], ["domain"], None)
        said = {"customer": first["customer"], "same": True}
        answer = acme.post(f"{path}/duplicates", said)
        assert (answer.status, answer["flags"], answer["duplicates"][0]["same"]) == (200, ["duplicate_customer"], True)
        assert [other["id"] for other in answer["related"]] == [first["id"]]
        assert acme.post(f"{path}/duplicates", said)["repeated"] is True
        assert acme.post(f"{path}/duplicates", {"customer": second["customer"], "same": True}).status == 422
        wrong = acme.post(f"{path}/duplicates", {"customer": first["customer"]})
        assert (wrong.status, wrong["errors"][0]["field"]) == (422, "same")
        assert alpen.post(f"{path}/duplicates", said).status == 403
