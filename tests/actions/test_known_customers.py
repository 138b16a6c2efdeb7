"""A customer keeps its partner: whether its leads come together, one after another, or the first one comes last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from partidor.actions.intake import receive_leads, receive_many
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.qualification import release_lead
from partidor.actions.routing import assign_lead, reroute_lead, withdraw_lead
from partidor.actions.sameness import judge_sameness
from partidor.actions.sources import add_source
from partidor.inbound.files.leads import leads_taken
from partidor.models import Lead, Offer, Vendor
from tests.inbound.api.calling import Caller
from tests.world import ONE_AFTER_ANOTHER, START, World

pytestmark = pytest.mark.django_db
IN_TURN = [{"name": "In turn", "plan": [{"offer_to": 1, "window": "8h"}]}]
"""Everybody is equally suitable, so that three leads of strangers go to three partners."""


@pytest.fixture
def world() -> World:
    return World.found(rules=IN_TURN)


def of_twins(world: World, number: int = 0, **more: Any) -> dict[str, Any]:
    contact = {"last_name": f"Nr {number}", "email": "einkauf@zwilling.example"}
    return world.inquiry(company="Zwilling AG", contact=contact, **more)


def receive(world: World, **more: Any) -> Lead:
    (received,) = receive_leads([of_twins(world, world.number, **more)], by=world.manager, at=START)
    return received.lead  # type: ignore[union-attr]


def asked(*leads: Lead) -> set[str]:
    rows = Offer.objects.filter(lead__in=leads) if leads else Offer.objects.all()
    return set(rows.values_list("partner__external_id", flat=True))


class TestLeadsThatComeTogether:
    @pytest.mark.parametrize(
        "take",
        [
            lambda world, rows: list(receive_many(rows, by=world.manager, at=START)),
            lambda world, rows: Caller(world.key_of()).post("/leads/bulk", {"leads": rows}),
            lambda world, rows: leads_taken("api", by=world.manager)(rows),
        ],
        ids=["batch", "bulk call", "file"],
    )
    def test_of_one_customer_go_to_one_partner(self, world: World, take: Callable[..., object]) -> None:
        rows = [of_twins(world, number) for number in range(3)]
        take(world, [rows[0], world.inquiry(), rows[1], world.inquiry(), rows[2]])
        twins = list(Lead.objects.filter(company="Zwilling AG"))
        assert len(twins) == 3
        assert len(asked(*twins)) == 1, "two resellers never work the same deal"
        assert asked() == set(world.partners), "and strangers have others"

    def test_and_are_called_the_same_go_to_one_partner(self, world: World) -> None:
        add_source({"name": "fair", "kind": "event", "review": True}, by=world.manager, at=START)
        one, other = (world.receive(source="fair").lead for _ in range(2))
        judge_sameness(one.pk, customer_id=other.customer_id, same=True, by=world.manager, at=START)
        contacts = [lead.contacts.values("last_name", "email").get() for lead in (one, other)]
        rows = [world.inquiry(contact=contact, inquiry="More") for contact in contacts]
        receive_leads(rows, by=world.manager, at=START)
        assert len(asked()) == 1

    def test_of_tests_do_not_lead_the_others(self, world: World) -> None:
        receive_leads([of_twins(world, 1, test=True), of_twins(world, 2)], by=world.manager, at=START)
        assert not Offer.objects.filter(via="known_customer").exists()


class TestTheFirstLead:
    """It bears no flag, for nobody was known when it came; but others of its customer may have come since."""

    @pytest.fixture
    def first(self, world: World) -> Lead:
        add_source({"name": "fair", "kind": "event", "review": True}, by=world.manager, at=START)
        return receive(world, source="fair")

    def test_goes_to_who_works_with_the_customer_when_it_is_released(self, world: World, first: Lead) -> None:
        second = receive(world)
        citroen = world.partners["citroen"].pk
        assign_lead(second.pk, partner_id=citroen, reason="knows them", by=world.manager, at=START)
        release_lead(first.pk, by=world.manager, at=START)
        assert world.offers(first) == [("citroen", "open")]
        assert Offer.objects.get(lead=first).via == "known_customer"

    def test_goes_there_when_it_is_sent_through_the_rules_again(self, world: World) -> None:
        world.rules([{**IN_TURN[0], "who": {"partner": {"in": ["nobody"]}}}])
        first = receive(world)
        assert world.again(first).state == "unassigned"
        world.rules(IN_TURN)
        second = receive(world)
        (theirs,) = asked(second)
        accept_offer(world.open_offer(second, theirs).pk, by=world.seen_by(theirs), at=START)
        reroute_lead(first.pk, by=world.manager, at=START)
        assert world.offers(first) == [(theirs, "open")]

    def test_passes_by_who_keeps_off_the_customer(self, world: World, first: Lead) -> None:
        Vendor.objects.update(decline_policies={"conflict": "exclude_customer"})
        world.rules(ONE_AFTER_ANOTHER)
        second = receive(world)
        decline_offer(world.open_offer(second, "alpen").pk, reason="conflict", by=world.seen_by("alpen"), at=START)
        withdraw_lead(second.pk, by=world.manager, at=START)
        release_lead(first.pk, by=world.manager, at=START)
        assert asked(first) == {"bergmann"}
