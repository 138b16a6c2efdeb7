"""The figures of the last seven days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.routing import assign_lead
from partidor.domain.refusal import NotAllowed
from partidor.models import Lead
from partidor.queries.today.week import Week, week
from tests.world import START, World, hours

DAY = timedelta(days=1)


def figures(world: World, after: float = 24) -> Week:
    return week(world.manager, at=START + hours(after))


def accept(world: World, lead: Lead, partner: str, after: float) -> None:
    offer = world.open_offer(lead, partner)
    accept_offer(offer.pk, by=world.seen_by(partner), at=START + hours(after))


def close(world: World, state: str, number: int, after: float) -> None:
    for _ in range(number):
        lead = world.receive().lead
        accept(world, lead, "alpen", 0)
        at = START + hours(after)
        Lead.objects.filter(pk=lead.pk).update(
            state=state, closed_at=at, updated_at=at, next_action_kind="", next_action_at=None
        )


class TestReceived:
    def test_counts_this_week_and_the_one_before_and_leaves_tests_out(self, world: World) -> None:
        for days, number in ((0, 2), (6, 1), (8, 3)):
            for _ in range(number):
                world.receive(at=START + days * DAY)
        world.receive(at=START + 8 * DAY, test=True)

        received = figures(world, 13.5 * 24).received
        assert (received.value, received.before) == (3, 3)
        assert received.line is not None
        assert received.line.path.count("L") == 6


class TestTimeToPick:
    def test_is_the_median_from_the_first_offer_to_the_acceptance(self, world: World) -> None:
        for after in (1, 2, 3):
            accept(world, world.receive().lead, "alpen", after)
        assert figures(world).time_to_pick.value == 2 * 3600

    def test_counts_from_the_first_offer_of_all(self, world: World) -> None:
        lead = world.receive().lead
        decline_offer(
            world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START + hours(2)
        )
        accept(world, lead, "bergmann", 3)
        assert figures(world).time_to_pick.value == 3 * 3600

    def test_leaves_out_what_was_given_by_hand(self, world: World) -> None:
        assign_lead(
            world.receive().lead.pk, partner_id=world.partners["citroen"].pk, reason="knows them",
            by=world.manager, at=START,
        )  # fmt: skip
        assert figures(world).time_to_pick.value is None


class TestAccepted:
    def test_is_the_share_of_the_exclusive_offers_that_were_answered_or_lapsed(self, world: World) -> None:
        leads = [world.receive().lead for _ in range(3)]
        accept(world, leads[0], "alpen", 1)
        decline_offer(world.open_offer(leads[1], "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START)
        act_on_due(at=START + hours(2))
        act_on_due(at=START + hours(4))  # the third lapses; what waits with Bergmann counts not yet

        accepted = figures(world, 5).accepted
        assert (accepted.part, accepted.whole) == (1, 4)
        assert accepted.value == pytest.approx(1 / 4)


class TestWon:
    def test_is_the_share_of_what_was_decided_in_the_week(self, world: World) -> None:
        close(world, "won", 3, after=24 * 9)
        close(world, "lost", 1, after=24 * 9)
        close(world, "won", 1, after=24)

        won = figures(world, 24 * 10).won
        assert (won.part, won.whole, won.value, won.before) == (3, 4, 0.75, 1)


class TestWeek:
    def test_says_nothing_where_nothing_was(self, world: World) -> None:
        nothing = figures(world)
        assert (nothing.received.value, nothing.time_to_pick.value, nothing.won.value) == (0, None, None)
        assert nothing.received.line is nothing.won.line is None
        assert nothing.debt.value == 0

    def test_shows_the_largest_debt_of_the_fair_share(self, world: World) -> None:
        everyone_alike = {
            "name": "All",
            "when": {"all": []},
            "who": {"all": []},
            "plan": [{"offer_to": 1, "window": "1h"}],
        }
        world.rules([everyone_alike])
        world.receive()
        assert figures(world).debt.value == pytest.approx(2 / 3, abs=1e-6)

    def test_a_partner_never_sees_it(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            week(world.seen_by("alpen"), at=START)

    def test_another_vendor_sees_its_own(self, world: World) -> None:
        world.receive()
        assert figures(World.found("Rival")).received.value == 0

    def test_costs_three_statements(self, world: World) -> None:
        world.receive()
        with CaptureQueriesContext(connection) as seen:
            figures(world)
        assert len(seen) == 3
