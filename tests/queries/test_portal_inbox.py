"""What a partner's people find in their inbox: whose offers, in which order, how much of each, and what has gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer, see_offers
from partidor.actions.routing import withdraw_lead
from partidor.domain.refusal import NotFound
from partidor.models import Event, Offer
from partidor.queries.paging import Wanted
from partidor.queries.portal.inbox import Inbox, inbox, open_count, portal_offer
from tests.people import hire, viewers_of
from tests.world import ALL_AT_ONCE, START, World, hours

TELLING: dict[str, Any] = {
    "company": "Hallinger Backhaus GmbH",
    "contact": {"first_name": "Monika", "last_name": "Hallinger", "email": "monika@hallinger.example",
                "phone": "+49 8031 123456"},
    "address": {"country": "DE", "postal_code": "83022", "city": "Rosenheim", "street": "Kaiserstraße 7"},
    "inquiry": "Hallinger sucht Kassen für neun Filialen, Anruf bei Frau Hallinger.",
    "product": "Kassensystem",
    "employees": 85,
    "value": "48000",
    "currency": "EUR",
}  # fmt: skip


def looked_at(world: World, partner: str, *, at: datetime = START, limit: int = 20, cursor: str = "") -> Inbox:
    return inbox(viewers_of(hire(world, partner)), Wanted(limit, cursor, at))


class TestInbox:
    def test_shows_an_exclusive_offer_in_full_but_nobody_to_call(self, world: World) -> None:
        world.receive(**TELLING)

        (card,) = looked_at(world, "alpen", at=START + hours(1)).offers.items

        assert (card.reveal, card.exclusive, card.rivals) == ("full", True, 0)
        assert (card.about.company, card.about.city, card.about.employees) == (
            "Hallinger Backhaus GmbH",
            "Rosenheim",
            85,
        )
        assert not {"monika@hallinger.example", "+498031123456", "Kaiserstraße 7"} & set(every_text(card))

    def test_shows_a_competing_offer_as_a_teaser_that_says_nothing_of_whose_it_is(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        world.receive(**TELLING)

        (card,) = looked_at(world, "alpen").offers.items

        assert (card.reveal, card.rivals, card.about.size_band) == ("teaser", 2, "50-249")
        assert card.about.value_band == "25000-49999 EUR"
        told = " ".join(every_text(card)).casefold()
        assert not [word for word in ("hallinger", "rosenheim", "monika", "83022", "kaiser") if word in told]

    def test_says_that_a_hot_one_presses_once_half_of_its_window_is_over(self, world: World) -> None:
        world.receive(temperature="hot")
        world.receive(temperature="warm")
        for after, presses in ((1, [False, False]), (3, [True, False])):
            cards = looked_at(world, "alpen", at=START + hours(after)).offers.items
            assert [card.presses for card in cards] == presses

    def test_puts_the_hot_ones_first_and_then_the_ones_with_the_least_time(self, world: World) -> None:
        for product, temperature, after in (
            ("cold", "cold", 0),
            ("late", "hot", 2),
            ("soon", "hot", 1),
            ("w", "warm", 3),
        ):
            world.receive(product=product, temperature=temperature, at=START + hours(after))

        found = looked_at(world, "alpen", at=START + hours(3))

        assert [card.about.product for card in found.offers.items] == ["soon", "late", "cold", "w"]
        assert (found.count, found.hot) == (4, 2)

    def test_counts_until_the_award_where_the_best_is_chosen(self, world: World) -> None:
        world.rules([
            {"name": "Soon", "when": {"field": "product", "op": "eq", "value": "soon"},
             "plan": [{"offer_to": "all", "window": "3h"}]},
            {"name": "Best", "plan": [{"offer_to": "all", "window": "8h", "award": {"best_after": "1h"}}]},
        ])  # fmt: skip
        for product in ("soon", "best"):
            world.receive(product=product, temperature="hot")

        cards = looked_at(world, "alpen", at=START + timedelta(minutes=40)).offers.items

        assert [(card.about.product, card.presses) for card in cards] == [("best", True), ("soon", False)]

    def test_comes_in_pages_that_miss_nothing(self, world: World) -> None:
        for number in range(7):
            world.receive(temperature="hot" if number % 2 else "warm", at=START + timedelta(seconds=number // 3))
        seen, cursor = [], ""
        while True:
            found = looked_at(world, "alpen", limit=3, cursor=cursor).offers
            seen += [card.id for card in found.items]
            if found.next is None:
                break
            cursor = found.next
        assert len(seen) == len(set(seen)) == 7

    def test_is_one_for_everybody_that_a_person_works_for_and_nobody_else(self, world: World) -> None:
        rival = World.found("Rival")
        world.receive(product="mine")
        rival.receive(product="also mine")
        person = hire(world, "alpen")
        hire(rival, "alpen")
        decline_offer(world.open_offer(world.receive(product="theirs").lead, "alpen").pk, reason="other",
                      by=world.seen_by("alpen"), at=START)  # fmt: skip

        cards = inbox(viewers_of(person), Wanted(20, "", START)).offers.items

        assert {(card.about.product, card.vendor) for card in cards} == {("mine", "Acme"), ("also mine", "Rival")}
        assert open_count(viewers_of(person)) == 2

    def test_is_empty_for_the_vendor_itself(self, world: World) -> None:
        world.receive()
        assert inbox([world.manager], Wanted(20, "", START)).count == 0

    def test_says_for_a_while_that_somebody_was_quicker(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive(product="Kassen").lead
        accept_offer(world.open_offer(lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START + hours(1))

        (gone,) = looked_at(world, "alpen", at=START + hours(1)).gone
        assert (gone.how, gone.product) == ("superseded", "Kassen")
        assert looked_at(world, "bergmann", at=START + hours(1)).gone == []
        assert looked_at(world, "alpen", at=START + hours(1.2)).gone == []

    def test_says_that_time_ran_out_or_the_vendor_withdrew(self, world: World) -> None:
        world.receive(product="slow")
        act_on_due(at=START + hours(2))
        act_on_due(at=START + hours(4))
        withdraw_lead(world.receive(product="off", at=START + hours(4)).lead.pk, by=world.manager, at=START + hours(4))

        gone = looked_at(world, "alpen", at=START + hours(4)).gone

        assert {(one.product, one.how) for one in gone} == {("slow", "expired"), ("off", "withdrawn")}


class TestPortalOffer:
    def test_says_what_became_of_it_and_is_a_teaser_then(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive(**TELLING).lead
        mine = world.open_offer(lead, "alpen")
        accept_offer(world.open_offer(lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START)

        card = portal_offer(viewers_of(hire(world, "alpen")), mine.pk, at=START)

        assert (card.state, card.reveal, card.about.company) == ("superseded", "teaser", "")

    def test_of_another_partner_or_vendor_is_not_found(self, world: World) -> None:
        offer = world.open_offer(world.receive().lead, "alpen")
        rival = World.found("Rival")
        for strangers in (viewers_of(hire(world, "bergmann")), viewers_of(hire(rival, "alpen", name="Eve Rival"))):
            with pytest.raises(NotFound):
                portal_offer(strangers, offer.pk, at=START)


class TestSeeOffers:
    def test_notes_the_first_look_and_nothing_else(self, world: World) -> None:
        lead = world.receive().lead
        offer, people, told = world.open_offer(lead, "alpen"), viewers_of(hire(world, "alpen")), Event.objects.count()

        noted = [see_offers([offer.pk], by=people, at=START + hours(number)) for number in (1, 2)]

        offer.refresh_from_db()
        assert noted == [1, 0]
        assert (offer.seen_at, offer.state) == (START + hours(1), "open")
        assert (Event.objects.count(), world.again(lead).updated_at) == (told, lead.updated_at)

    def test_is_for_the_people_of_that_partner_alone(self, world: World) -> None:
        offer = world.open_offer(world.receive().lead, "alpen")
        rival = World.found("Rival")
        strangers = [
            viewers_of(hire(world, "bergmann")),
            viewers_of(hire(rival, "alpen", name="Eve Rival")),
            [world.seen_by("alpen")],  # a key is nobody who looks
            [world.manager],
        ]
        assert [see_offers([offer.pk], by=one, at=START) for one in strangers] == [0, 0, 0, 0]
        assert not Offer.objects.exclude(seen_at=None).exists()


def every_text(thing: object) -> list[str]:
    """Every text in a card, however deep."""
    if isinstance(thing, str):
        return [thing]
    parts = [getattr(thing, name) for name in getattr(type(thing), "__slots__", ())]
    return [text for part in parts for text in every_text(part)]
