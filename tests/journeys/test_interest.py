"""Who is interested waits until the best of them is chosen: one winner, in the decision's order, whatever happens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

import pytest

from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.offers import AlreadyTaken, accept_offer, decline_offer
from partidor.actions.partners import archive_partner
from partidor.actions.routing import assign_lead, withdraw_lead
from partidor.domain.refusal import NotPossibleNow
from partidor.models import Event, Lead, Notice, Offer
from tests.auditing import assert_whole
from tests.journeys.test_races import at_once
from tests.world import START, World, hours

MINUTES = timedelta(minutes=1)
BEST_AFTER = [
    {
        "name": "The best of those interested",
        "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
        "award": {"best_after": "10m"},
        "plan": [
            {"offer_to": 3, "window": "4h", "remind_after": "2h", "reveal": "teaser"},
            {"offer_to": 1, "window": "8h"},
        ],
    }
]


@pytest.fixture
def world(transactional_db: None) -> World:
    world = World.found(rules=BEST_AFTER)
    note_beat(at=START)
    return world


def wants(world: World, lead: Lead, *partners: str, after: timedelta = MINUTES) -> list[Any]:
    """Let partners accept, one after the other."""
    return [
        accept_offer(
            Offer.objects.get(lead=lead, partner=world.partners[name]).pk, by=world.seen_by(name), at=START + after
        )
        for name in partners
    ]


def work(at: Any) -> None:
    """Let the worker do all that is due; it must come to rest."""
    for _ in range(20):
        if not act_on_due(at=at):
            return
    raise AssertionError("what was done is due again and again")


class TestTheBestOfThoseInterested:
    def test_has_the_lead_when_the_time_is_over_and_the_others_are_superseded(self, world: World) -> None:
        lead = world.receive().lead
        first, second = wants(world, lead, "citroen", "bergmann")
        assert (first.offer.state, second.offer.state) == ("interested", "interested")
        assert world.again(lead).state == "offered"
        work(START + 9 * MINUTES)
        assert Counter(state for _, state in world.offers(lead)) == {"open": 1, "interested": 2}

        work(START + 10 * MINUTES)
        assert world.offers(lead) == [("alpen", "superseded"), ("bergmann", "accepted"), ("citroen", "superseded")]
        now = world.again(lead)
        assert (now.state, now.partner_id, now.next_action_kind) == (
            "accepted",
            world.partners["bergmann"].pk,
            "follow_up",
        )
        assert now.accepted_at == START + 10 * MINUTES
        assert Offer.objects.get(lead=lead, state="accepted").answered_at == START + MINUTES, "its answer was then"
        assert world.events(lead)[-5:] == [
            "offer.interested", "offer.interested", "offer.accepted", "offer.superseded", "offer.superseded",
        ]  # fmt: skip
        assert world.notices("offer.accepted") == 1
        assert world.notices("offer.superseded") == 2
        assert_whole()

    def test_is_nobody_so_that_whoever_accepts_then_has_it_at_once(self, world: World) -> None:
        lead = world.receive().lead
        work(START + 10 * MINUTES)
        now = world.again(lead)
        assert (now.state, now.next_action_kind, now.next_action_at) == ("offered", "remind", START + hours(2))
        work(START + hours(2))
        assert world.again(lead).next_action_kind == "expire"
        (answer,) = wants(world, lead, "citroen", after=hours(3))
        assert answer.offer.state == "accepted"
        assert world.again(lead).partner_id == world.partners["citroen"].pk
        assert_whole()

    def test_is_chosen_as_soon_as_everybody_has_answered(self, world: World) -> None:
        lead = world.receive().lead
        wants(world, lead, "citroen", "bergmann")
        decline_offer(
            world.open_offer(lead, "alpen").pk, reason="other", by=world.seen_by("alpen"), at=START + 2 * MINUTES
        )
        work(START + 2 * MINUTES)
        assert world.offers(lead) == [("alpen", "declined"), ("bergmann", "accepted"), ("citroen", "superseded")]
        assert_whole()

    def test_is_chosen_when_the_last_who_had_not_answered_is_archived(self, world: World) -> None:
        lead = world.receive().lead
        wants(world, lead, "citroen", "bergmann")
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START + 2 * MINUTES)
        work(START + 2 * MINUTES)
        assert world.again(lead).partner_id == world.partners["bergmann"].pk
        assert_whole()

    def test_needs_no_waiting_where_only_one_was_asked(self, world: World) -> None:
        for gone in ("bergmann", "citroen"):
            archive_partner(world.partners[gone].pk, by=world.manager, at=START)
        lead = world.receive().lead
        (answer,) = wants(world, lead, "alpen")
        assert (answer.offer.state, world.again(lead).state) == ("accepted", "accepted")

    def test_counts_after_an_outage_too(self, world: World) -> None:
        lead, silent = world.receive().lead, world.receive().lead
        wants(world, lead, "bergmann")
        note_beat(at=START + hours(5))  # the window is over, too: who was not asked by a worker gets 30 minutes more
        work(START + hours(5))
        assert world.again(lead).partner_id == world.partners["bergmann"].pk
        assert world.again(silent).next_action_kind == "expire"
        (answer,) = wants(world, silent, "citroen", after=hours(5.2))
        assert answer.offer.state == "accepted"
        assert_whole()


class TestWhoIsInterested:
    def test_may_say_so_twice_and_not_take_it_back(self, world: World) -> None:
        lead = world.receive().lead
        wants(world, lead, "bergmann")
        events = world.events(lead)
        (again,) = wants(world, lead, "bergmann")
        assert (again.repeated, again.offer.state) == (True, "interested")
        assert world.events(lead) == events
        offer = Offer.objects.get(lead=lead, state="interested")
        with pytest.raises(NotPossibleNow):
            decline_offer(offer.pk, reason="other", by=world.seen_by("bergmann"), at=START + 2 * MINUTES)
        work(START + 10 * MINUTES)
        (again,) = wants(world, lead, "bergmann", after=hours(1))
        assert (again.repeated, again.offer.state) == (True, "accepted")

    def test_is_not_reminded_any_more(self, world: World) -> None:
        world.rules([{**BEST_AFTER[0], "award": {"best_after": "3h"}}])
        lead = world.receive().lead
        wants(world, lead, "bergmann")
        work(START + hours(2))
        assert Notice.objects.filter(kind="offer.reminded", partner=world.partners["bergmann"]).count() == 0
        assert world.notices("offer.reminded") == 2
        assert world.again(lead).next_action_kind == "award"
        work(START + hours(3))
        assert world.again(lead).partner_id == world.partners["bergmann"].pk

    def test_loses_it_to_a_hand_and_to_a_withdrawal(self, world: World) -> None:
        by_hand, withdrawn = world.receive().lead, world.receive().lead
        for lead in (by_hand, withdrawn):
            wants(world, lead, "bergmann")
        assign_lead(
            by_hand.pk, partner_id=world.partners["citroen"].pk, reason="r", by=world.manager, at=START + 2 * MINUTES
        )
        withdraw_lead(withdrawn.pk, by=world.manager, at=START + 2 * MINUTES)
        work(START + 10 * MINUTES)
        for lead in (by_hand, withdrawn):
            assert ("bergmann", "withdrawn") in world.offers(lead)
        assert world.again(by_hand).partner_id == world.partners["citroen"].pk
        assert_whole()


class TestAtTheSameInstant:
    def test_all_accept_twice_and_each_is_interested_once(self, world: World) -> None:
        lead = world.receive().lead
        offers = {name: world.open_offer(lead, name).pk for name in world.partners}
        calls = [partial(accept_offer, offers[n], by=world.seen_by(n), at=START + MINUTES) for n in offers]
        outcomes = at_once(calls * 2)
        assert Counter((each.offer.state, each.repeated) for each in outcomes) == {
            ("interested", False): 3, ("interested", True): 3,
        }  # fmt: skip
        assert Event.objects.filter(lead=lead, type="offer.interested").count() == 3
        work(START + MINUTES)  # everybody has answered
        assert world.again(lead).partner_id == world.partners["alpen"].pk
        assert_whole()

    def test_accept_and_award_leave_one_winner(self, world: World) -> None:
        for _ in range(6):
            lead = world.receive().lead
            wants(world, lead, "citroen")
            best, at = world.open_offer(lead, "alpen"), START + 10 * MINUTES
            outcomes = at_once(
                [
                    partial(accept_offer, best.pk, by=world.seen_by("alpen"), at=at),
                    *[partial(act_on_due, at=at)] * 3,
                ]
            )
            work(at)
            states = Counter(state for _, state in world.offers(lead))
            assert states == {"accepted": 1, "superseded": 2}
            came_first = not isinstance(outcomes[0], AlreadyTaken)
            winner = world.partners["alpen" if came_first else "citroen"]
            assert world.again(lead).partner_id == winner.pk
            assert Event.objects.filter(lead=lead, type="offer.accepted").count() == 1
        assert_whole()

    def test_two_workers_award_once(self, world: World) -> None:
        leads = [world.receive().lead for _ in range(12)]
        for lead in leads:
            wants(world, lead, "citroen", "bergmann")
        at_once([partial(act_on_due, at=START + 10 * MINUTES)] * 4)
        work(START + 10 * MINUTES)
        assert Event.objects.filter(type="offer.accepted").count() == 12
        assert Notice.objects.filter(kind="offer.accepted").count() == 12
        assert_whole()


class TestACrash:
    @pytest.mark.parametrize("where", ["event.Event.append", "notice.Notice.put"])
    def test_in_the_middle_of_an_award_leaves_all_as_it_was(self, world: World, where: str) -> None:
        lead = world.receive().lead
        wants(world, lead, "citroen", "bergmann")
        before = world.offers(lead), world.events(lead)
        with patch(f"partidor.models.{where}", side_effect=RuntimeError), patch("partidor.actions.deadlines.log"):
            act_on_due(at=START + 10 * MINUTES)
        assert (world.offers(lead), world.events(lead)) == before
        work(START + 12 * MINUTES)  # put off for a minute
        assert world.again(lead).partner_id == world.partners["bergmann"].pk
        assert_whole()
