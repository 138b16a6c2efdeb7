"""Every call of the API, as everybody who should not get through: generated from the URL map."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from partidor.inbound.api.v1 import api
from partidor.models import ApiKey, Decision, Source
from tests.inbound.api.calling import BASE, Caller
from tests.world import ALL_AT_ONCE, World

LEAD = {"source": "api", "company": "X GmbH", "contact": {"email": "x@x.example"}}
ASSIGN = {"partner": str(uuid4()), "reason": "x"}
PERSON = {"email": "a@b.example", "name": "A", "role": "marketing"}

VENDOR_ONLY: dict[str, Any] = {
    "POST /leads": LEAD,
    "POST /leads/bulk": {"leads": [LEAD]},
    "PATCH /leads/{lead_id}": {"product": "x"},
    "GET /leads/{lead_id}/events": None,
    "GET /leads/{lead_id}/decisions": None,
    "GET /leads/{lead_id}/decisions/{decision_id}/partners/{partner_id}": None,
    "POST /leads/{lead_id}/duplicates": {"customer": "01890000-0000-7000-8000-000000000000", "same": True},
    "POST /leads/{lead_id}/release": None,
    "POST /leads/{lead_id}/park": {"until": "2027-01-01T00:00:00Z"},
    "POST /leads/{lead_id}/reject": {"reason": "spam"},
    "POST /leads/{lead_id}/assign": ASSIGN,
    "POST /leads/{lead_id}/reroute": None,
    "POST /leads/{lead_id}/withdraw": None,
    "POST /partners": {"name": "X"},
    "GET /partners": None,
    "GET /partners/{partner_id}": None,
    "PATCH /partners/{partner_id}": {"weight": 2},
    "DELETE /partners/{partner_id}": None,
    "PUT /partners/{partner_id}/tags": {},
    "POST /partners/{partner_id}/pause": None,
    "POST /partners/{partner_id}/resume": None,
    "GET /calendar": None,
    "PUT /calendar": {"holidays": "DE"},
    "POST /sources": {"name": "x"},
    "GET /sources": None,
    "GET /sources/{source_id}": None,
    "PATCH /sources/{source_id}": {"review": True},
    "DELETE /sources/{source_id}": None,
    "POST /fields": {"key": "x"},
    "GET /fields": None,
    "GET /rulesets": None,
    "POST /rulesets/publish": None,
    "GET /rulesets/draft": None,
    "PUT /rulesets/draft": {"rules": ALL_AT_ONCE},
    "GET /rulesets/{version}": None,
    "POST /rulesets/{version}/restore": None,
    "POST /rulesets/{version}/test": {"lead": LEAD},
    "POST /rulesets/{version}/backtest": {"to": "2026-03-03T00:00:00Z"},
    "GET /jobs/{job_id}": None,
    "DELETE /jobs/{job_id}": None,
    "POST /keys": {"name": "x", "scopes": ["leads:read"]},
    "GET /keys": None,
    "DELETE /keys/{key_id}": None,
    "POST /people": PERSON,
    "GET /people": None,
}
"""What only the vendor may do: call → a body that is right."""
ALSO_PARTNERS: dict[str, Any] = {
    "GET /leads": None,
    "GET /leads/{lead_id}": None,
    "POST /leads/{lead_id}/won": {"value": "100.00"},
    "POST /leads/{lead_id}/lost": {"reason": "price"},
    "GET /offers": None,
    "GET /offers/{offer_id}": None,
    "POST /offers/{offer_id}/accept": None,
    "POST /offers/{offer_id}/decline": {"reason": "capacity"},
    "GET /reports/fairness": None,
}
"""What a partner may do with what is its own."""
EVERY = {**VENDOR_ONLY, **ALSO_PARTNERS}


@dataclass
class Scene:
    """What there is to get at."""

    world: World
    ids: dict[str, str]

    def call(self, key: str, operation: str) -> Any:
        """Make a call with everything in it right, but for who makes it."""
        method, path = operation.split(" ", 1)
        return Caller(key).call(method, path.format(**self.ids), EVERY[operation])


@pytest.fixture
def scene(world: World) -> Scene:
    acme = Caller(world.key_of())
    lead = acme.post("/leads", world.inquiry()).card
    ids = {
        "lead_id": lead["id"],
        "offer_id": lead["offers"][0]["id"],
        "partner_id": str(world.partners["alpen"].pk),
        "decision_id": str(Decision.objects.get().pk),
        "source_id": str(Source.objects.get(vendor=world.vendor, name="api").pk),
        "key_id": str(ApiKey.objects.filter(vendor=world.vendor)[0].pk),
        "version": "1",
        "job_id": acme.post("/rulesets/draft/backtest").card["id"],
    }
    return Scene(world, ids)


def operations() -> Iterator[str]:
    for bound in api._get_bound_routers():
        for path, view in bound.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    yield re.sub(r"{\w+:", "{", f"{method} {bound.prefix}{path}")


class TestTheTables:
    def test_name_every_call(self) -> None:
        assert sorted(operations()) == sorted(EVERY), "say in VENDOR_ONLY or ALSO_PARTNERS who may make a new call"

    def test_agree_with_the_document(self) -> None:
        paths = api.get_openapi_schema()["paths"]
        documented = {
            f"{method.upper()} {path.removeprefix(BASE)}" for path, methods in paths.items() for method in methods
        }
        assert documented == set(EVERY)


class TestEveryCall:
    def test_without_a_key_is_401(self, scene: Scene) -> None:
        assert {call: scene.call("", call).status for call in EVERY} == dict.fromkeys(EVERY, 401)

    def test_without_the_scope_is_403(self, scene: Scene) -> None:
        key = scene.world.key_of(scopes=("webhooks:write",))
        assert {call: scene.call(key, call).status for call in EVERY} == dict.fromkeys(EVERY, 403)

    def test_of_the_vendor_is_403_for_a_partner(self, scene: Scene) -> None:
        key = scene.world.key_of("alpen")
        assert {call: scene.call(key, call).status for call in VENDOR_ONLY} == dict.fromkeys(VENDOR_ONLY, 403)

    def test_about_something_is_404_for_another_partner(self, scene: Scene) -> None:
        key = scene.world.key_of("bergmann")
        about = [call for call in ALSO_PARTNERS if "{" in call]
        assert {call: scene.call(key, call).status for call in about} == dict.fromkeys(about, 404)

    def test_about_something_is_404_for_another_vendor(self, scene: Scene) -> None:
        key = World.found("Rival").key_of()
        about = [call for call in EVERY if "{" in call and "{version}" not in call]
        assert {call: scene.call(key, call).status for call in about} == dict.fromkeys(about, 404)

    def test_that_lists_shows_another_vendor_nothing(self, scene: Scene) -> None:
        key = World.found("Rival").key_of()
        lists = [call for call in EVERY if call.startswith("GET ") and "_id}" not in call]
        named = {value for name, value in scene.ids.items() if name != "version"} | {"Werkstatt", "Alpen"}
        partners = {str(partner.pk) for partner in scene.world.partners.values()}
        for call in lists:
            answer = scene.call(key, call)
            assert answer.status == 200, call
            assert not [each for each in named | partners if each in answer.text and each != "Alpen"], call

    def test_that_lists_shows_a_partner_its_own_only(self, scene: Scene) -> None:
        key = scene.world.key_of("bergmann")
        others = {scene.ids["lead_id"], scene.ids["offer_id"], str(scene.world.partners["alpen"].pk)}
        for call in ("GET /leads", "GET /offers", "GET /reports/fairness"):
            answer = scene.call(key, call)
            assert answer.status == 200
            assert not [each for each in others if each in answer.text], call

    def test_with_a_revoked_expired_or_archived_partners_key_is_401(self, scene: Scene) -> None:
        key = scene.world.key_of("bergmann")
        Caller(scene.world.key_of()).call("DELETE", f"/partners/{scene.world.partners['bergmann'].pk}")
        assert Caller(key).get("/offers").status == 401
