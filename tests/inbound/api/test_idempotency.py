"""Idempotency-Key: the same POST again, and at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partidor.models import ApiKey, KeptAnswer, Lead, Offer
from tests.inbound.api.calling import Caller
from tests.inbound.api.test_offers import at_once
from tests.world import World


class TestTheSameKey:
    def test_gets_the_same_answer_and_says_it_is_a_replay(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry(external_id="")
        first = acme.post("/leads", inquiry, Idempotency_Key="a")
        again = acme.post("/leads", inquiry, Idempotency_Key="a")
        assert (first.status, again.status, again.text) == (201, 201, first.text)
        assert "Idempotent-Replay" not in first.headers
        assert again.headers["Idempotent-Replay"] == "true"
        assert Lead.objects.count() == 1

    def test_with_another_body_is_refused(self, world: World, acme: Caller) -> None:
        acme.post("/leads", world.inquiry(), Idempotency_Key="a")
        other = acme.post("/leads", world.inquiry(), Idempotency_Key="a")
        assert (other.status, other["code"]) == (422, "idempotency-key-reused")

    def test_means_something_else_for_another_address_or_caller(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry()
        acme.post("/leads", inquiry, Idempotency_Key="a")
        assert acme.post("/partners", {"name": "New"}, Idempotency_Key="a").status == 201
        assert "Idempotent-Replay" not in Caller(world.key_of()).post("/leads", inquiry, Idempotency_Key="a").headers

    def test_is_free_again_after_a_refusal(self, world: World, acme: Caller) -> None:
        assert acme.post("/leads", {"source": "nowhere"}, Idempotency_Key="a").status == 422
        assert acme.post("/leads", world.inquiry(), Idempotency_Key="a").status == 201

    def test_is_forgotten_after_a_week(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry()
        acme.post("/leads", inquiry, Idempotency_Key="a")
        kept = KeptAnswer.objects.get()
        KeptAnswer.objects.update(created_at=kept.created_at - timedelta(days=7, seconds=1))
        again = acme.post("/leads", inquiry, Idempotency_Key="a")
        assert (again.status, again["repeated"]) == (200, True)

    @pytest.mark.parametrize("name", ["", "x" * 256])
    def test_has_1_to_255_characters(self, world: World, acme: Caller, name: str) -> None:
        answer = acme.post("/leads", world.inquiry(), Idempotency_Key=name)
        assert answer["errors"][0]["field"] == "Idempotency-Key"

    def test_never_shows_a_secret_twice(self, acme: Caller) -> None:
        body = {"name": "shop", "scopes": ["leads:write"]}
        secret = acme.post("/keys", body, Idempotency_Key="a")["key"]
        again = acme.post("/keys", body, Idempotency_Key="a")
        assert (again.status, again["code"]) == (409, "shown-once")
        assert ApiKey.objects.filter(name="shop").count() == 1
        assert not KeptAnswer.objects.filter(body__contains=secret).exists()


class TestAtTheSameMoment:
    def test_bulk_calls_with_the_same_rows_make_each_lead_once(self, world: World, acme: Caller) -> None:
        rows = {"leads": [world.inquiry() for _ in range(5)]}
        names = ({"Idempotency_Key": str(n)} if n % 2 else {} for n in range(6))
        answers = at_once([lambda h=h: acme.post("/leads/bulk", rows, **h) for h in names])
        assert {answer.status for answer in answers} == {200}
        assert {row["status"] for answer in answers for row in answer["results"]} <= {200, 201}
        assert Lead.objects.count() == 5

    @pytest.mark.parametrize("headers", [{"Idempotency_Key": "a"}, {}], ids=["idempotency-key", "external-id"])
    def test_one_lead_comes_of_it(self, world: World, acme: Caller, headers: dict[str, str]) -> None:
        inquiry = world.inquiry()
        answers = at_once([lambda: acme.post("/leads", inquiry, **headers)] * 10)
        assert {answer.status for answer in answers} <= {200, 201}
        assert len({answer["id"] for answer in answers}) == 1
        assert (Lead.objects.count(), Offer.objects.count()) == (1, 1)
