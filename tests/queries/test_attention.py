"""What needs a channel manager: which things are listed, why, in which order, and how much it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import Viewer
from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner, change_partner, pause_partner
from partidor.domain.refusal import NotAllowed
from partidor.domain.words import ATTENTION
from partidor.models import Delivery, Lead, Notice, Offer, Source
from partidor.queries.today.attention import attention
from partidor.queries.today.marks import KIND, ORDER, Attention, LeadMark, PartnerMark, Why
from tests.world import ALL_AT_ONCE, START, World, hours


def listed(world: World, after: float = 0) -> list[Attention]:
    return list(attention(world.manager, at=START + hours(after)).items)


def kinds(world: World, after: float = 0) -> list[tuple[str, int]]:
    return [(item.kind, item.count) for item in listed(world, after)]


def management(world: World) -> Viewer:
    return Viewer(world.vendor.pk, "person", "m", frozenset({"leads:read", "partners:read", "reports:read"}))


def statements(world: World) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        attention(world.manager, at=START)
    return len(seen)


def nobody_can(world: World) -> None:
    """Pause one partner and fill another; the third is asked about something else than the rule wants."""
    world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}},
                 {**ALL_AT_ONCE[0], "name": "Near", "who": {"distance_km": {"lte": 80}}}])  # fmt: skip
    pause_partner(world.partners["alpen"].pk, until=None, by=world.manager, at=START)
    change_partner(world.partners["bergmann"].pk, {"max_open_leads": 0}, by=world.manager, at=START)


def without_partner(world: World, number: int, **more: Any) -> list[Lead]:
    """Receive leads that no rule holds for."""
    world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}])
    return [world.receive(at=START + timedelta(minutes=at), **more).lead for at in range(number)]


class TestLeadsWithoutAPartner:
    def test_say_concretely_why_nobody_could_be_asked(self, world: World) -> None:
        nobody_can(world)
        lead = world.receive(temperature="hot").lead

        (item,) = listed(world)
        assert item.lead == LeadMark(lead.ref, lead.company, "hot")
        assert (item.kind, item.since) == ("unassigned", START)
        assert item.why == Why("no_partner", rules=(2,), excluded={"paused": 1, "at_capacity": 1, "who": 1})
        assert item.remedies == ("reroute", "assign")

    def test_say_that_no_rule_holds(self, world: World) -> None:
        without_partner(world, 1)
        assert [item.why for item in listed(world)] == [Why("no_rule")]

    def test_say_who_was_asked_when_the_plan_has_run_out(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        decline_offer(world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START)
        act_on_due(at=START + hours(8))

        (item,) = listed(world, 8)
        assert item.why == Why("nobody_left", rules=(1,), excluded={"already_asked": 3}, gone=1, expired=2)
        assert item.remedies == ("assign", "again")

    def test_are_called_by_what_they_want_when_there_is_no_company(self, world: World) -> None:
        without_partner(world, 1, company="", product="Tills")
        assert [item.lead.title for item in listed(world) if item.lead] == ["Tills"]

    def test_stand_the_hottest_and_then_the_oldest_first(self, world: World) -> None:
        without_partner(world, 2)
        hot = world.receive(at=START + hours(1), temperature="hot").lead
        items = listed(world, 1)
        assert items[0].lead is not None
        assert items[0].lead.ref == hot.ref
        assert items[1].since < items[2].since  # type: ignore[operator]

    def test_are_told_of_as_one_from_the_fifth_on(self, world: World) -> None:
        without_partner(world, 7)
        items = listed(world, 1)
        assert [item.count for item in items] == [1] * 4 + [3]
        assert items[4].why.parts == (("no_rule", 3),)
        assert items[4].remedies == ("list",)


class TestOtherLeads:
    def test_few_in_review_stand_alone_and_many_as_one(self, world: World) -> None:
        Source.objects.filter(name="api").update(review=True)
        for _ in range(2):
            world.receive()
        assert [(item.count, item.remedies) for item in listed(world)] == [(1, ("open", "release"))] * 2

        world.receive()
        (item,) = listed(world)
        assert (item.kind, item.count, item.why.parts) == ("review", 3, (("api", 3),))

    def test_many_are_parted_by_all_there_are_not_only_by_those_that_are_read(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("partidor.queries.today.attention.READ", 2)
        Source.objects.update(review=True)
        for at, source in enumerate(("api", "website", "api", "api", "api")):
            world.receive(source=source, at=START + timedelta(minutes=at))
        (item,) = listed(world, 1)
        assert (item.count, item.why.parts, item.since) == (5, (("api", 4), ("website", 1)), START)

    def test_two_that_call_it_spam(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        for name in ("alpen", "bergmann"):
            decline_offer(world.open_offer(lead, name).pk, reason="spam", by=world.seen_by(name), at=START)
        assert kinds(world) == [("spam", 1)]

    def test_stalled_ones_stand_still_since_the_follow_up_gap_began(self, world: World) -> None:
        for _ in range(3):
            lead = world.receive().lead
            accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        act_on_due(at=START + timedelta(days=14))

        (item,) = listed(world, 14 * 24)
        assert (item.kind, item.count, item.days) == ("stalled", 3, 14)
        assert item.why.parts == (("Alpen Systemhaus", 3),)
        assert item.since == START

    def test_those_of_an_archived_partner(self, world: World) -> None:
        lead = world.receive().lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START)

        (item,) = listed(world)
        assert (item.kind, item.remedies) == ("archived", ("open", "reroute"))
        assert item.partner == PartnerMark(world.partners["alpen"].pk, "Alpen Systemhaus")


class TestOffers:
    def test_about_to_lapse_unseen_are_told_by_partner(self, world: World) -> None:
        leads = [world.receive(temperature=warmth).lead for warmth in ("cold", "hot")]
        assert kinds(world, 2.9) == []

        (item,) = listed(world, 3)
        assert (item.kind, item.count, item.until, item.ready) == ("lapsing", 2, START + hours(4), 2)
        assert item.partner == PartnerMark(world.partners["alpen"].pk, "Alpen Systemhaus")

        Offer.objects.filter(lead=leads[0]).update(seen_at=START)
        (item,) = listed(world, 3)
        assert item.lead == LeadMark(leads[1].ref, leads[1].company, "hot")

    def test_fresh_ones_have_a_quarter_of_an_hour_to_be_seen(self, world: World) -> None:
        plan = [{"offer_to": 1, "window": "30m"}]
        world.rules([{**ALL_AT_ONCE[0], "plan": plan}])
        world.receive()
        assert kinds(world, 0.2) == []
        assert kinds(world, 0.25) == [("lapsing", 1)]

    def test_a_partner_that_lets_two_pass_in_thirty_days(self, world: World) -> None:
        for start in (0, 100):
            world.receive(at=START + hours(start))
            act_on_due(at=START + hours(start + 2))
            act_on_due(at=START + hours(start + 4))
            Lead.objects.update(next_action_at=START + timedelta(days=400))
            Offer.objects.filter(state="open").update(seen_at=START)

        (item,) = listed(world, 105)
        assert (item.kind, item.count, item.ready, item.since) == ("skips", 2, 2, START + hours(104))
        assert item.remedies == ("pause", "open")

        assert kinds(world, 104 + 7 * 24) == []
        pause_partner(item.partner.id, until=None, by=world.manager, at=START + hours(105))  # type: ignore[union-attr]
        assert kinds(world, 105) == []

    def test_of_the_third_partner_on_are_told_of_as_one(self, world: World) -> None:
        place: dict[str, Any] = {
            "address": {"country": "DE", "postal_code": "80331"},
            "location": {"lat": 48.1, "lon": 11.5},
        }
        for number in range(5):
            world.partner(f"p{number}", **place)
            world.rules([{**ALL_AT_ONCE[0], "who": {"partner": {"in": [str(world.partners[f"p{number}"].pk)]}},
                          "plan": [{"offer_to": 1, "window": "4h"}]}])  # fmt: skip
            for _ in range(number + 2):
                world.receive()
        act_on_due(at=START + hours(4))
        Lead.objects.update(attention_reason="stalled")

        told = [item for item in listed(world, 5) if item.kind == "skips"]
        assert [(item.partner and item.partner.name, item.count) for item in told] == [
            ("P4", 6), ("P3", 5), (None, 9),
        ]  # fmt: skip
        assert told[2].why.parts == (("P2", 4), ("P1", 3), ("P0", 2))


class TestMails:
    def test_that_failed_or_are_tried_in_vain(self, world: World) -> None:
        world.receive()
        notice = Notice.objects.filter(kind="offer.opened").get()
        cases: dict[str, dict[str, Any]] = {
            "a@x.example": {"outcome": "failed"},
            "b@x.example": {"attempts": 5, "due_at": START},
            "c@x.example": {"outcome": "sent", "attempts": 5},
        }
        for address, columns in cases.items():
            Delivery.objects.create(vendor=world.vendor, notice=notice, address=address, created_at=START, **columns)

        (item,) = listed(world, 1)
        assert (item.kind, item.count, item.ready, item.since) == ("mails", 2, 1, START)


class TestList:
    def test_knows_every_reason_that_a_lead_can_have(self) -> None:
        assert KIND.keys() == ATTENTION.keys()
        assert set(KIND.values()) <= set(ORDER)

    def test_nothing_needs_anybody_when_everything_moves(self, world: World) -> None:
        world.receive()
        assert listed(world) == []

    def test_what_presses_comes_first(self, world: World) -> None:
        world.receive()
        Source.objects.filter(name="api").update(review=True)
        world.receive()
        Source.objects.filter(name="api").update(review=False)
        without_partner(world, 1)
        assert kinds(world, 3) == [("unassigned", 1), ("lapsing", 1), ("review", 1)]

    def test_who_only_reads_is_offered_no_verb(self, world: World) -> None:
        without_partner(world, 1)
        (item,) = attention(management(world), at=START).items
        assert item.remedies == ("open",)

    def test_a_partner_never_sees_it(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            attention(world.seen_by("alpen"), at=START)

    def test_another_vendor_sees_nothing_of_it(self, world: World) -> None:
        without_partner(world, 1)
        assert attention(World.found("Rival").manager, at=START).items == ()

    def test_costs_the_same_with_three_and_with_thirty(self, world: World) -> None:
        without_partner(world, 3)
        few = statements(world)
        without_partner(world, 27)
        assert few == statements(world) <= 3
