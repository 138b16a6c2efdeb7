"""A partner's own figures and its people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from partidor.actions.deadlines import act_on_due
from partidor.actions.ledger import keep_weeks
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import pause_partner, resume_partner
from partidor.actions.pipeline import win_lead
from partidor.actions.routing import assign_lead
from partidor.models import Membership
from partidor.queries.paging import Wanted
from partidor.queries.portal.figures import own_figures
from partidor.queries.portal.me import me
from tests.people import hire, somebody_of, viewers_of
from tests.world import ALL_AT_ONCE, START, World, hours


class TestOwnFigures:
    def test_count_what_became_of_the_offers_by_the_week_they_came_in(self, world: World) -> None:
        by = world.seen_by("alpen")
        lead = None
        for after in (1, 3):
            lead = world.receive(value="100", currency="EUR").lead
            accept_offer(world.open_offer(lead, "alpen").pk, by=by, at=START + hours(after))
        decline_offer(world.open_offer(world.receive().lead, "alpen").pk, reason="other", by=by, at=START)
        world.receive(test=True)
        assign_lead(
            world.receive().lead.pk, partner_id=world.partners["alpen"].pk, reason="x", by=world.manager, at=START
        )
        world.receive()
        act_on_due(at=START + hours(2))
        act_on_due(at=START + hours(4))
        assert lead is not None
        win_lead(lead.pk, value="1200", by=by, at=START + hours(5))

        found = own_figures(somebody_of(world, "alpen"), at=START + timedelta(weeks=2))

        # the offer withdrawn for the assignment came, and is nobody's answer
        assert (found.received, found.accepted, found.declined, found.lapsed, found.by_hand) == (5, 2, 1, 1, 1)
        assert (found.rate_alone, found.rate_competing, found.time_to_pick) == (0.5, None, hours(2))
        assert (found.won, found.lost, found.won_value) == (1, 0, (("1200.00", "EUR"),))
        assert [(week.received, week.accepted) for week in found.weeks][-3:] == [(5, 2), (0, 0), (0, 0)]
        assert (found.since, found.weeks[-3].monday, len(found.weeks)) == (date(2025, 12, 29), date(2026, 3, 2), 12)

    def test_leave_out_what_somebody_else_was_quicker_at(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        accept_offer(world.open_offer(world.receive().lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START)
        found = own_figures(somebody_of(world, "alpen"), at=START)
        assert (found.received, found.taken, found.rate_competing) == (1, 1, None)

    @pytest.mark.parametrize(("role", "sees"), [("partner_manager", True), ("partner_sales", False)])
    def test_hold_the_fair_share_for_the_manager_alone(self, world: World, role: str, sees: bool) -> None:
        found = own_figures(somebody_of(world, "alpen", role=role), at=START)
        assert (found.statement is not None) == sees
        if found.statement:
            assert found.statement.share.partner == world.partners["alpen"].pk


class TestTheStatement:
    def test_tells_week_by_week_what_was_due_and_came_and_no_name_of_anybody_else(self, world: World) -> None:
        for number in range(3):
            world.partner(f"peer{number}", name=f"Peer {number}", location={"lat": 48.1, "lon": 11.5})
        world.rules([{"name": "In turn", "equal_within": 100, "plan": [{"offer_to": 1, "window": "8h"}]}])
        keep_weeks(at=START - timedelta(weeks=1))
        for _ in range(12):
            world.receive()
        keep_weeks(at=START)
        partner = world.partners["alpen"].pk
        pause_partner(partner, until=None, by=world.manager, at=START + hours(1))
        for _ in range(6):
            world.receive(at=START + timedelta(weeks=1))
        resume_partner(partner, by=world.manager, at=START + timedelta(days=8))

        found = own_figures(somebody_of(world, "alpen"), at=START + timedelta(days=9)).statement

        assert found is not None
        assert [(round(week.expected, 3), week.received) for week in found.weeks] == [(2, 2), (0, 0)]
        assert found.part == pytest.approx(1, rel=1e-4)
        assert found.peers == pytest.approx(1, abs=0.25)
        assert found.paused == timedelta(days=8) - hours(1)

    def test_tells_nothing_of_peers_so_few_that_they_would_be_known(self, world: World) -> None:
        for _ in range(9):
            world.receive()
        found = own_figures(somebody_of(world, "alpen"), at=START).statement
        assert found is not None
        assert found.peers is None


class TestMe:
    def test_shows_every_partner_one_works_for_and_all_colleagues_there(self, world: World) -> None:
        rival = World.found("Rival")
        person = hire(world, "alpen")
        hire(rival, "bergmann", role="partner_sales", name="Martin Kofler")
        hire(world, "alpen", name="Anna Alpen", role="partner_sales")
        hire(world, "bergmann")
        hire(world, "alpen", name="Gone Gustav")
        Membership.objects.filter(person__name="Gone Gustav").update(active=False)

        found = me(viewers_of(person), Wanted(50, "", START))

        assert [(one.name, one.vendor, one.steers) for one in found.partners] == [
            ("Alpen Systemhaus", "Acme", True),
            ("Bergmann IT", "Rival", False),
        ]
        assert {(one.name, one.own) for one in found.colleagues.items} == {
            ("martin.kofler@people.example", True),  # by address until they have come in
            ("anna.alpen@people.example", False),
        }
