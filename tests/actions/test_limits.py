"""The limits of a partner: open leads, a cap a month, a pace; what counts against each, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import change_partner, pause_partner, resume_partner
from partidor.models import Lead
from tests.world import START, World

pytestmark = pytest.mark.django_db
ALONE = [{"name": "One", "plan": [{"offer_to": 1, "window": "30d"}]}]

BEST_OF_ALL = [{"name": "Best", "award": {"best_after": "10m"}, "plan": [{"offer_to": "all", "window": "8h"}]}]


def only(**limits: Any) -> World:
    """A vendor whose leads may go to one partner, with limits, or to nobody."""
    world = World.found(rules=ALONE, partners={})
    world.partner("alpen", **limits)
    return world


def take(world: World, at: datetime) -> None:
    lead = world.receive(at=at).lead
    accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=at)


def state_of_next(world: World, at: datetime, **more: Any) -> str:
    lead: Lead = world.receive(at=at, **more).lead
    return world.again(lead).state


class TestPace:
    def test_lets_so_many_come_in_any_seven_days(self) -> None:
        world = only(weekly_pace=2)
        take(world, START)
        take(world, START + timedelta(days=2))
        assert state_of_next(world, START + timedelta(days=6, hours=23)) == "unassigned"
        later = START + timedelta(days=7, seconds=1)
        take(world, later)  # the first is a week ago
        assert state_of_next(world, later) == "unassigned"

    def test_keeps_a_flood_off_when_a_pause_ends_and_when_the_month_begins(self) -> None:
        world = only(weekly_pace=1, monthly_cap=5)
        end_of_march = datetime(2026, 3, 30, 9, tzinfo=UTC)
        take(world, end_of_march)
        pause_partner(world.partners["alpen"].pk, until=None, by=world.manager, at=end_of_march)
        april = datetime(2026, 4, 1, 9, tzinfo=UTC)
        resume_partner(world.partners["alpen"].pk, by=world.manager, at=april)
        assert state_of_next(world, april) == "unassigned"

    def test_counts_an_open_exclusive_offer_until_it_is_declined(self) -> None:
        world = only(weekly_pace=1)
        lead = world.receive(at=START).lead
        assert state_of_next(world, START + timedelta(days=10)) == "unassigned"  # it is still open
        decline_offer(world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START)
        assert state_of_next(world, START + timedelta(days=10)) == "offered"

    def test_is_a_versioned_fact_that_a_patch_sets_and_takes_away(self) -> None:
        world = only()
        alpen = world.partners["alpen"]
        before = world.vendor.network_version
        assert change_partner(alpen.pk, {"weekly_pace": 1}, by=world.manager, at=START).partner.weekly_pace == 1
        world.vendor.refresh_from_db()
        assert world.vendor.network_version > before
        take(world, START)
        assert state_of_next(world, START) == "unassigned"
        change_partner(alpen.pk, {"weekly_pace": None}, by=world.manager, at=START)
        assert state_of_next(world, START) == "offered"


class TestMonthlyCap:
    MAY_FIRST_IN_BERLIN = datetime(2026, 4, 30, 22, tzinfo=UTC)

    def test_begins_anew_with_the_month_of_the_vendor(self) -> None:
        world = only(monthly_cap=1)
        take(world, self.MAY_FIRST_IN_BERLIN + timedelta(minutes=30))  # by UTC it is still April
        assert state_of_next(world, self.MAY_FIRST_IN_BERLIN + timedelta(hours=10)) == "unassigned"

    def test_counts_open_exclusive_offers(self) -> None:
        world = only(monthly_cap=1)
        world.receive(at=START)
        assert state_of_next(world, START) == "unassigned"

    def test_counts_by_the_award_not_by_the_interest_before_it(self) -> None:
        world = World.found(rules=BEST_OF_ALL, partners={})
        world.partner("alpen", monthly_cap=1)
        world.partner("bergmann")
        note_beat(at=self.MAY_FIRST_IN_BERLIN)
        before, after = (self.MAY_FIRST_IN_BERLIN + timedelta(minutes=minutes) for minutes in (-5, 5))
        lead = world.receive(at=before).lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=before)
        act_on_due(at=after)
        assert world.offers(lead) == [("alpen", "accepted"), ("bergmann", "superseded")]
        assert world.offers(world.receive(at=after).lead) == [("bergmann", "open")]


@pytest.mark.parametrize("limit", ["max_open_leads", "monthly_cap", "weekly_pace"])
def test_tests_count_against_no_limit(limit: str) -> None:
    world = only(**{limit: 1})
    world.receive(at=START, test=True)
    assert state_of_next(world, START) == "offered"
