"""Offers over the API: teaser or full, accepted once, declined with a reason."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from partidor.models import Event
from tests.inbound.api.calling import Answer, Caller
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, World

TEASER = {
    "id", "product", "vertical", "temperature", "source_kind", "country", "region", "postal_prefix", "distance_km",
    "size_band", "value_band", "language", "timeline", "inquiry",
}  # fmt: skip
SECRETS = ("Werkstatt", "Geheim", "eva@", "werkstatt", "80331", "München", "+4989", "123456")


def offer_to(caller: Caller) -> dict[str, object]:
    """Return the newest offer that a key sees."""
    return caller.get("/offers")["items"][0]  # type: ignore[no-any-return]


def telling(world: World) -> dict[str, object]:
    """Write an inquiry whose text tells whose it is."""
    return world.inquiry(
        contact={"first_name": "Eva", "last_name": "Geheim", "email": "eva@werkstatt.example", "phone": "089 123456"},
        inquiry="Hello, Eva Geheim of Werkstatt here, eva@werkstatt.example, 089 123456: we need an ERP.",
        timeline="call Eva Geheim",
        employees=120,
        value="48000",
    )


class TestTeaser:
    def test_holds_exactly_the_allowed_keys(self, world: World, acme: Caller, alpen: Caller) -> None:
        world.rules(ALL_AT_ONCE)
        acme.post("/leads", telling(world))
        offer = offer_to(alpen)
        assert offer["reveal"] == "teaser"
        assert set(offer["lead"]) == TEASER  # type: ignore[call-overload]
        assert alpen.get(f"/offers/{offer['id']}")["lead"] == offer["lead"]

    def test_says_why_its_partner_is_asked_and_nothing_of_others_or_of_whose_it_is(
        self, world: World, acme: Caller, alpen: Caller
    ) -> None:
        town = {"all": [{"tag": "town", "op": "matches", "field": "city"}, {"distance_km": {"lte": 50}}]}
        acme.call("PATCH", f"/partners/{world.partners['alpen'].pk}", {"tags": {"town": ["München"]}})
        world.rules([{**ONE_AFTER_ANOTHER[0], "order": [], "who": town}])
        acme.post("/leads", telling(world))
        path = f"/offers/{offer_to(alpen)['id']}"
        english, german = alpen.get(path)["why"], alpen.get(path, Accept_Language="de-AT")["why"]
        assert english == "What spoke for you: 1 km away. Of all who could be asked, you suited best."
        assert german == "Für Sie sprach: 1 km Entfernung. Von allen, die infrage kamen, passten Sie am besten."

    def test_says_nothing_of_whose_it_is(self, world: World, acme: Caller, alpen: Caller) -> None:
        world.rules(ALL_AT_ONCE)
        acme.post("/leads", telling(world))
        text = alpen.get("/offers").text
        assert not [secret for secret in SECRETS if secret in text]
        lead = offer_to(alpen)["lead"]
        assert "ERP" in lead["inquiry"]  # type: ignore[index]
        assert (lead["size_band"], lead["postal_prefix"]) == ("50-249", "80")  # type: ignore[index]

    def test_is_all_that_is_left_of_an_offer_that_is_over(self, world: World, acme: Caller, alpen: Caller) -> None:
        acme.post("/leads", telling(world))
        offer = offer_to(alpen)
        assert offer["reveal"] == "full"
        assert offer["lead"]["contact"]["last_name"] == "Geheim"  # type: ignore[index]
        declined = alpen.post(f"/offers/{offer['id']}/decline", {"reason": "capacity"})
        assert (declined.status, declined["state"], declined["reason"]) == (200, "declined", "capacity")
        for answer in (declined, alpen.get(f"/offers/{offer['id']}")):
            assert set(answer["lead"]) == TEASER
            assert not [secret for secret in SECRETS if secret in answer.text]

    def test_returns_when_the_lead_is_taken_back(self, world: World, acme: Caller, alpen: Caller) -> None:
        lead = acme.post("/leads", telling(world))["id"]
        offer = offer_to(alpen)["id"]
        assert alpen.post(f"/offers/{offer}/accept").status == 200
        assert alpen.get(f"/leads/{lead}").status == 200
        acme.post(f"/leads/{lead}/reroute")
        assert alpen.get(f"/leads/{lead}").status == 404
        assert set(alpen.get(f"/offers/{offer}")["lead"]) == TEASER


class TestAccept:
    def test_gives_the_full_lead_and_again_says_so(self, world: World, acme: Caller, alpen: Caller) -> None:
        world.rules(ALL_AT_ONCE)
        lead = acme.post("/leads", telling(world))["id"]
        offer = offer_to(alpen)["id"]
        assert alpen.get(f"/leads/{lead}").status == 404
        first = alpen.post(f"/offers/{offer}/accept")
        assert (first.status, first["status"], first["contact"]["last_name"]) == (200, "accepted", "Geheim")
        assert [o["id"] for o in first["offers"]] == [offer], "a partner sees its own offers only"
        assert alpen.post(f"/offers/{offer}/accept")["repeated"] is True
        assert [each["id"] for each in alpen.get("/leads")["items"]] == [lead]
        assert alpen.get(f"/offers/{offer}")["reveal"] == "full"

    def test_by_many_at_once_has_one_winner_and_tells_the_others_nothing(self, transactional_db: None) -> None:
        partners = {f"p{n}": ("Partner", "80331", "München", 48.1, 11.5) for n in range(8)}
        world = World.found(rules=ALL_AT_ONCE, partners=partners)
        Caller(world.key_of()).post("/leads", telling(world))
        callers = [Caller(world.key_of(name)) for name in partners]
        offers = [offer_to(caller)["id"] for caller in callers]
        answers = at_once(
            [lambda c=c, o=o: c.post(f"/offers/{o}/accept") for c, o in zip(callers, offers, strict=True)]
        )
        assert sorted(answer.status for answer in answers) == [200] + [409] * 7
        for answer in answers:
            if answer.status == 409:
                assert answer["code"] == "already-taken"
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert not [secret for secret in SECRETS if secret in answer.text]
        assert Event.objects.filter(type="offer.accepted").count() == 1

    def test_of_a_lapsed_offer_is_refused_without_contact_data(self, world: World, acme: Caller, alpen: Caller) -> None:
        lead = acme.post("/leads", telling(world))["id"]
        offer = offer_to(alpen)["id"]
        acme.post(f"/leads/{lead}/withdraw")
        late = alpen.post(f"/offers/{offer}/accept")
        assert (late.status, late["code"], late["state"]) == (409, "offer-closed", "withdrawn")
        assert not [secret for secret in SECRETS if secret in late.text]


class TestDecline:
    def test_asks_the_next_in_the_same_breath(
        self, world: World, acme: Caller, alpen: Caller, bergmann: Caller
    ) -> None:
        acme.post("/leads", world.inquiry())
        offer = offer_to(alpen)["id"]
        assert alpen.post(f"/offers/{offer}/decline", {"reason": "capacity", "note": "full until May"}).status == 200
        assert offer_to(bergmann)["state"] == "open"
        again = alpen.post(f"/offers/{offer}/decline", {"reason": "capacity"})
        assert (again.status, again["repeated"]) == (200, True)

    @pytest.mark.parametrize("body", [{}, {"reason": "mood"}, {"reason": "spam", "notes": "x"}, {"reason": ["spam"]}])
    def test_wants_a_known_reason(self, world: World, acme: Caller, alpen: Caller, body: object) -> None:
        acme.post("/leads", world.inquiry())
        assert alpen.post(f"/offers/{offer_to(alpen)['id']}/decline", body).status == 422
        assert offer_to(alpen)["state"] == "open"


class TestListOffers:
    def test_narrows_and_pages(self, world: World, acme: Caller) -> None:
        world.rules(ALL_AT_ONCE)
        lead = acme.post("/leads", world.inquiry())["id"]
        acme.post("/leads", world.inquiry())
        assert len(acme.get(f"/offers?lead={lead}")["items"]) == 3
        assert len(acme.get(f"/offers?partner={world.partners['alpen'].pk}&state=open")["items"]) == 2
        assert acme.get("/offers?state=accepted")["items"] == []
        assert acme.get("/offers?state=gone").status == 422
        first = acme.get("/offers?limit=4").card
        rest = acme.get(f"/offers?limit=4&cursor={first['next']}").card
        assert len({o["id"] for o in first["items"] + rest["items"]}) == 6
        assert rest["next"] is None


def at_once(calls: list[object]) -> list[Answer]:
    """Run calls in threads that start together."""
    answers: list[Answer] = []
    gate = threading.Barrier(len(calls))

    def run(call: object) -> None:
        try:
            gate.wait()
            answers.append(call())  # type: ignore[operator]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(calls)
    return answers


class TestAnInterest:
    BEST = [{"name": "Best", "award": {"best_after": "10m"}, "plan": [{"offer_to": "all", "window": "4h"}]}]

    def test_is_202_with_the_teaser_and_again_is_repeated(self, world: World, acme: Caller, alpen: Caller) -> None:
        world.rules(self.BEST)
        lead = acme.post("/leads", telling(world)).card
        offer = offer_to(alpen)
        answer = alpen.post(f"/offers/{offer['id']}/accept")
        assert (answer.status, answer["state"], answer["reveal"]) == (202, "interested", "teaser")
        assert answer["award_at"] == offer["award_at"] is not None
        assert not [secret for secret in SECRETS if secret in answer.text]
        again = alpen.post(f"/offers/{offer['id']}/accept")
        assert (again.status, again["state"], again["repeated"]) == (202, "interested", True)
        assert alpen.get(f"/leads/{lead['id']}").status == 404
        assert acme.get(f"/leads/{lead['id']}")["next_action"]["kind"] == "award"
        refused = alpen.post(f"/offers/{offer['id']}/decline", {"reason": "other"})
        assert (refused.status, refused["code"]) == (409, "not-possible-now")

    def test_is_kept_with_its_idempotency_key(self, world: World, acme: Caller, alpen: Caller) -> None:
        world.rules(self.BEST)
        acme.post("/leads", telling(world))
        path = f"/offers/{offer_to(alpen)['id']}/accept"
        first, again = (alpen.post(path, Idempotency_Key="k") for _ in range(2))
        assert (first.status, again.status, again.text) == (202, 202, first.text)
        assert again.headers["Idempotent-Replay"] == "true"
