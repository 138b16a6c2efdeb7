"""Many at the same instant, over real HTTP to the web as ``partidor web`` starts it: one winner, one lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from partidor.access.viewer import PARTNER_SCOPES
from partidor.actions.keys import issue_key
from partidor.actions.partners import Kept, add_partners
from partidor.models import Customer, Event, Lead, Notice, Offer
from tests.auditing import assert_no_deadlock, assert_whole
from tests.serving import Answer, Line, Processes, processes
from tests.world import ALL_AT_ONCE, START, World

RIVALS = 200
FEW = 5
CONTACT = {
    "first_name": "Euphemia",
    "last_name": "Quastenflosser",
    "email": "euphemia@quasten-werke.example",
    "phone": "+49 89 7654321",
}
PERSONAL = ("euphemia", "quasten", "7654321", "geheimweg", "80331")


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.found(partners={}, rules=ALL_AT_ONCE)


@pytest.fixture
def web(world: World, tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path) as mine:
        mine.start("web")
        mine.wait_until_it_answers()
        yield mine
        assert mine.end("web") == 0


def rivals(world: World, count: int = RIVALS) -> dict[str, str]:
    """Add partners; return their keys by their ids."""
    kept = add_partners(
        [{"name": f"Partner {n}", "kind": "reseller", "email": f"p{n}@example.org"} for n in range(count)],
        by=world.manager,
        at=START,
    )
    partners = [each.partner for each in kept if isinstance(each, Kept)]
    return {
        str(partner.pk): issue_key(
            name="rival", scopes=PARTNER_SCOPES, partner_id=partner.pk, expires_at=None, by=world.manager, at=START
        )[1]
        for partner in partners
    }


def at_once(lines: Sequence[Line], call: Callable[[int, Line], Answer]) -> list[Answer]:
    """Let every line make its call at the same instant, on a connection that stands already."""
    gate = Barrier(len(lines))

    def run(number: int) -> Answer:
        line = lines[number]
        line.connect()
        gate.wait(60)
        try:
            return call(number, line)
        finally:
            line.close()

    with ThreadPoolExecutor(len(lines)) as pool:
        return list(pool.map(run, range(len(lines))))


class TestTwoHundredPartners:
    def test_who_accept_one_pooled_offer_at_once_have_one_winner(self, world: World, web: Processes) -> None:
        keys = rivals(world)
        lead = world.receive(
            company="Quasten-Werke AG",
            contact=CONTACT,
            address={"country": "DE", "postal_code": "80331", "city": "München", "street": "Geheimweg 7"},
            inquiry="Please call Euphemia Quastenflosser, +49 89 7654321.",
        ).lead
        offers = {str(offer.partner_id): offer.pk for offer in Offer.objects.filter(lead=lead, state="open")}
        assert offers.keys() == keys.keys()
        partners = list(keys)

        answers = at_once(
            [web.line(keys[partner]) for partner in partners],
            lambda number, line: line.call("POST", f"/offers/{offers[partners[number]]}/accept"),
        )

        assert Counter(answer.status for answer in answers) == {200: 1, 409: RIVALS - 1}
        (winner,) = (number for number, answer in enumerate(answers) if answer.status == 200)
        assert answers[winner]["contact"]["email"] == CONTACT["email"], "the winner sees the lead in full"
        for answer in answers:
            if answer.status == 409:
                assert answer["code"] == "already-taken"
                assert answer.headers["content-type"] == "application/problem+json"
                assert not [word for word in PERSONAL if word in answer.body.decode().casefold()], answer.body
        assert Counter(Event.objects.filter(lead=lead).values_list("type", flat=True)) == {
            "lead.received": 1,
            "offer.opened": RIVALS,
            "lead.offered": 1,
            "offer.accepted": 1,
            "offer.superseded": RIVALS - 1,
        }
        assert Counter(Offer.objects.values_list("state", flat=True)) == {"accepted": 1, "superseded": RIVALS - 1}
        assert str(world.again(lead).partner_id) == partners[winner]
        assert Notice.objects.filter(kind="offer.superseded").count() == RIVALS - 1

        again = web.call(keys[partners[winner]], "POST", f"/offers/{offers[partners[winner]]}/accept")
        assert (again.status, again["repeated"]) == (200, True)
        assert "WARNING" not in web.log.read_text(), "a refusal is no alarm"
        assert_no_deadlock()
        assert_whole()


class TestOneLeadPostedFiftyTimesAtOnce:
    def test_under_one_idempotency_key_is_one_lead(self, world: World, web: Processes) -> None:
        rivals(world, FEW)
        key, inquiry = world.key_of(), world.inquiry()
        del inquiry["external_id"]

        answers = at_once(
            [web.line(key) for _ in range(50)],
            lambda number, line: line.call("POST", "/leads", inquiry, Idempotency_Key="once"),
        )

        assert {answer.status for answer in answers} == {201}
        assert len({answer.body for answer in answers}) == 1
        assert sum(answer.headers.get("idempotent-replay") == "true" for answer in answers) == 49
        assert_one(answers[0]["id"])

    def test_under_one_external_id_is_one_lead(self, world: World, web: Processes) -> None:
        rivals(world, FEW)
        key, inquiry = world.key_of(), world.inquiry()

        answers = at_once([web.line(key) for _ in range(50)], lambda number, line: line.call("POST", "/leads", inquiry))

        assert Counter(answer.status for answer in answers) == {201: 1, 200: 49}
        assert all(answer["repeated"] is True for answer in answers if answer.status == 200)
        assert len({answer["id"] for answer in answers}) == 1
        assert_one(answers[0]["id"])

    def test_under_one_external_id_and_fifty_idempotency_keys_is_one_lead(self, world: World, web: Processes) -> None:
        rivals(world, FEW)
        key, inquiry = world.key_of(), world.inquiry()

        answers = at_once(
            [web.line(key) for _ in range(50)],
            lambda number, line: line.call("POST", "/leads", inquiry, Idempotency_Key=f"try-{number}"),
        )

        assert Counter(answer.status for answer in answers) == {201: 1, 200: 49}
        assert_one(answers[0]["id"])


def assert_one(lead: str) -> None:
    """See one lead, its one round, and nothing besides."""
    assert str(Lead.objects.get().pk) == lead
    assert Customer.objects.count() == 1
    assert Offer.objects.count() == Notice.objects.filter(kind="offer.opened").count() == FEW
    assert Event.objects.filter(type="lead.received").count() == 1
    assert Event.objects.filter(lead_id=lead, type="lead.offered").count() == 1
    assert_no_deadlock()
    assert_whole()
