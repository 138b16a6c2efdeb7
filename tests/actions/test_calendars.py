"""Working time in use: whose clock runs, what is inherited, and the known failures of others that concern time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partidor.access.viewer import Viewer
from partidor.actions.calendars import change_calendar, change_partner_calendar
from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import change_partner, pause_partner, resume_partner
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.domain.routing.editing.presets import PRESETS, preset
from partidor.models import Decision, Event, Lead, Offer
from partidor.models.ledger import read_ledger
from partidor.models.snapshots import network
from partidor.queries.leads.decisions import decisions
from tests.world import START, World

FRIDAY_EVENING = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)  # 18:30 in Munich
MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)  # 09:00 in Munich
SATURDAYS = {"hours": {"sat": ["10:00-14:00"]}}


def hot_rules(**plan: Any) -> list[dict[str, Any]]:
    steps = [
        {"offer_to": 1, "window": "2h", "remind_after": "1h", "repeat": 2},
        {"offer_to": "all", "window": "1d", "reveal": "teaser"},
    ]
    return [{"name": "Hot", "clock": "business", "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
             "plan": steps, **plan}]  # fmt: skip


@pytest.fixture
def office(transactional_db: None) -> World:
    return World.found(rules=hot_rules())


def offer_of(lead: Lead, world: World, partner: str) -> Offer:
    return Offer.objects.get(lead=lead, partner=world.partners[partner])


class TestRoundsInWorkingTime:
    def test_a_hot_lead_on_friday_evening_does_not_lapse_on_saturday(self, office: World) -> None:
        lead = office.receive(at=FRIDAY_EVENING, temperature="hot").lead
        offer = office.open_offer(lead, "alpen")
        assert (offer.remind_at, offer.expires_at) == (MONDAY + timedelta(hours=1), MONDAY + timedelta(hours=2))
        at = FRIDAY_EVENING
        while at < MONDAY + timedelta(minutes=59):  # the whole weekend, hour by hour
            assert act_on_due(at=at) == 0
            at += timedelta(hours=1)
        assert office.notices("offer.reminded") == 0
        assert act_on_due(at=MONDAY + timedelta(hours=1)) == 1
        assert office.notices("offer.reminded") == 1
        accept_offer(offer.pk, by=office.seen_by("alpen"), at=MONDAY + timedelta(minutes=90))
        assert office.again(lead).state == "accepted"

    @pytest.mark.parametrize(
        ("key", "answers", "whom", "until"),
        [
            ("hot", {"temperature": "hot"}, "alpen", MONDAY + timedelta(minutes=30)),
            ("warm", {"temperature": "warm"}, "alpen", MONDAY + timedelta(hours=4)),
            ("enterprise", {"employees": 900}, "alpen", MONDAY + timedelta(days=2)),
            ("small", {"employees": 9}, "alpen", MONDAY + timedelta(days=1, hours=3)),
            ("in_house", {"value": "100000.00", "currency": "EUR"}, "house", MONDAY + timedelta(days=2)),
            ("own_link", {"utm": {"medium": "partner", "source": "Beta"}}, "beta", MONDAY + timedelta(days=2)),
            ("every", {}, "alpen", MONDAY + timedelta(hours=8)),
        ],
    )
    def test_no_preset_lets_a_lead_of_friday_evening_lapse_before_monday(
        self, transactional_db: None, key: str, answers: dict[str, Any], whom: str, until: datetime
    ) -> None:
        assert len(PRESETS) == 7
        world = World.found(rules=[preset(key, "Preset")])
        world.partner("house", kind="own_sales")
        world.partner("beta", kind="affiliate", tags={"link": ["beta"]})
        nine_to_six = {"hours": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}
        change_partner_calendar(world.partners[whom].pk, nine_to_six, by=world.manager, at=START)
        lead = world.receive(at=FRIDAY_EVENING, **answers).lead
        offer = world.open_offer(lead, whom)
        for ahead in range(1, 62):  # the whole weekend
            assert act_on_due(at=FRIDAY_EVENING + timedelta(hours=ahead)) == 0
        assert offer.expires_at == until
        accept_offer(offer.pk, by=world.seen_by(whom), at=MONDAY + timedelta(minutes=10))
        assert world.again(lead).state == "accepted"

    def test_asks_one_alone_in_its_own_time_and_many_in_the_vendors(self, office: World) -> None:
        change_partner_calendar(office.partners["bergmann"].pk, SATURDAYS, by=office.manager, at=START)
        lead = office.receive(at=FRIDAY_EVENING).lead
        decline_offer(office.open_offer(lead, "alpen").pk, reason="capacity", note="", by=office.seen_by("alpen"),
                      at=FRIDAY_EVENING)  # fmt: skip
        saturday = datetime(2026, 3, 7, 9, tzinfo=UTC)
        assert office.open_offer(lead, "bergmann").expires_at == saturday + timedelta(hours=2)
        act_on_due(at=saturday + timedelta(hours=1))
        act_on_due(at=saturday + timedelta(hours=2))
        expiries = {offer.expires_at for offer in Offer.objects.filter(lead=lead, state="open")}
        assert expiries == {MONDAY + timedelta(days=1)}  # one working day of the vendor, for all of them

    def test_a_deadline_stays_as_it_was_fixed(self, office: World) -> None:
        lead = office.receive(at=FRIDAY_EVENING).lead
        change_partner_calendar(office.partners["alpen"].pk, SATURDAYS, by=office.manager, at=FRIDAY_EVENING)
        assert office.open_offer(lead, "alpen").expires_at == MONDAY + timedelta(hours=2)

    def test_an_outage_is_made_good_by_the_wall_clock(self, office: World) -> None:
        lead = office.receive(at=MONDAY).lead
        note_beat(at=MONDAY)
        late = MONDAY + timedelta(hours=10)
        assert note_beat(at=late) == 1
        assert office.open_offer(lead, "alpen").expires_at == late + timedelta(minutes=30)

    def test_leaves_a_reminder_out_that_would_come_after_the_deadline(self, office: World) -> None:
        office.rules(hot_rules(plan=[{"offer_to": 1, "window": "2d", "remind_after": "20h"}]))
        offer = office.open_offer(office.receive(at=MONDAY).lead, "alpen")
        assert (offer.remind_at, offer.expires_at) == (None, MONDAY + timedelta(days=2))

    def test_ends_by_the_wall_clock_where_the_vendor_never_works(self, office: World) -> None:
        for partner in office.partners.values():
            change_partner_calendar(partner.pk, SATURDAYS, by=office.manager, at=START)
        change_calendar({"hours": {}}, by=office.manager, at=START)
        office.rules(hot_rules(plan=[{"offer_to": "all", "window": "2h"}]))
        lead = office.receive(at=MONDAY).lead
        assert {offer.expires_at for offer in Offer.objects.filter(lead=lead)} == {MONDAY + timedelta(hours=2)}


class TestNoHours:
    def test_is_told_kept_and_made_again(self, office: World) -> None:
        change_partner_calendar(office.partners["alpen"].pk, {"hours": {}}, by=office.manager, at=START)
        lead = office.receive(at=MONDAY).lead
        assert office.offers(lead) == [("bergmann", "open")]
        change_partner_calendar(office.partners["alpen"].pk, {}, by=office.manager, at=MONDAY)
        (decision,) = decisions(office.manager, lead.pk)
        assert (decision.excluded["no_hours"], decision.replayable) == (1, True)
        assert Decision.objects.get(lead=lead).record["live"]["no_hours"]

    def test_of_everybody_leaves_the_lead_to_the_manager(self, office: World) -> None:
        change_calendar({"hours": {}}, by=office.manager, at=START)
        lead = office.again(office.receive(at=MONDAY).lead)
        assert (lead.state, lead.attention_reason) == ("unassigned", "no_partner")


class TestChangeCalendar:
    def test_counts_for_the_next_lead_and_is_a_version_of_the_network(self, office: World) -> None:
        version = office.vendor.network_version
        kept = change_calendar(
            {"holidays": "DE-BY", "exceptions": [{"date": "2026-03-09", "reason": "Move"}]}, by=office.manager, at=START
        )
        assert not kept.repeated
        assert change_calendar(kept.vendor.calendar, by=office.manager, at=START).repeated
        office.vendor.refresh_from_db()
        assert office.vendor.network_version > version
        offer = office.open_offer(office.receive(at=FRIDAY_EVENING).lead, "alpen")
        assert offer.expires_at == MONDAY + timedelta(days=1, hours=2)
        assert Event.objects.filter(vendor=office.vendor, type="vendor.hours_changed").count() == 1

    def test_is_for_those_who_write_rules(self, office: World) -> None:
        reader = Viewer(office.vendor.pk, "key", "reader", frozenset({"rules:read", "partners:write"}))
        for viewer in (reader, office.seen_by("alpen")):
            with pytest.raises(NotAllowed):
                change_calendar({}, by=viewer, at=START)
        with pytest.raises(WrongContent):
            change_calendar({"hours": {"mon": ["17:00-09:00"]}}, by=office.manager, at=START)
        office.vendor.refresh_from_db()
        assert office.vendor.calendar == {}

    def test_a_partner_has_its_own_by_its_manager_alone_or_the_vendor(self, office: World) -> None:
        alpen = office.partners["alpen"].pk
        boss = Viewer(office.vendor.pk, "person", "1", frozenset(), alpen, office.vendor, "partner_manager")
        sales = Viewer(office.vendor.pk, "person", "2", frozenset(), alpen, office.vendor, "partner_sales")
        assert not change_partner_calendar(alpen, SATURDAYS, by=boss, at=START).repeated
        assert change_partner_calendar(alpen, SATURDAYS, by=office.manager, at=START).repeated
        with pytest.raises(NotAllowed):
            change_partner_calendar(alpen, {}, by=sales, at=START)
        with pytest.raises(NotFound):
            change_partner_calendar(office.partners["bergmann"].pk, {}, by=boss, at=START)
        with pytest.raises(NotFound):
            change_partner_calendar(alpen, {}, by=World.found("Rival").manager, at=START)

    def test_comes_with_a_partner_and_by_a_patch_too(self, office: World) -> None:
        dorn = office.partner("dorn", calendar={"holidays": "AT"}, time_zone="Europe/Vienna")
        assert dorn.calendar == {"holidays": "AT"}
        change_partner(dorn.pk, {"calendar": {"hours": {"sat": ["10:00-14:00"]}}}, by=office.manager, at=START)
        office.vendor.refresh_from_db()
        net = network(office.vendor)
        found = net.calendar_at(net.index[str(dorn.pk)])
        assert found is not None
        assert (found.time_zone, found.holidays, found.week[5]) == ("Europe/Vienna", "AT", ((600, 840),))
        kept = change_partner(dorn.pk, {"calendar": None}, by=office.manager, at=START)
        assert kept.partner.calendar is None


def _spread(world: World) -> Counter[str]:
    names = {partner.pk: key for key, partner in world.partners.items()}
    return Counter(names[partner] for partner in Offer.objects.values_list("partner_id", flat=True))


class TestKnownFailuresOfOthers:
    """Those of docs/routing.md that concern time."""

    @pytest.fixture
    def equals(self, transactional_db: None) -> World:
        """Three partners, equally suitable, whom the fair share alone tells apart."""
        return World.found(rules=[{"name": "Fair", "clock": "business", "plan": [{"offer_to": 1, "window": "4h"}]}])

    def test_flood_of_catch_up_leads_after_a_holiday(self, equals: World) -> None:
        holiday = [{"date": f"2026-03-{day:02}"} for day in range(2, 31)]
        alpen = equals.partners["alpen"].pk
        for _ in range(3):
            equals.receive(at=START)
        change_partner_calendar(alpen, {"exceptions": holiday}, by=equals.manager, at=START)
        for _ in range(30):
            equals.receive(at=START)
        assert _spread(equals) == {"alpen": 1, "bergmann": 16, "citroen": 16}
        back = datetime(2026, 3, 31, 8, tzinfo=UTC)
        before = _spread(equals)
        for _ in range(12):
            equals.receive(at=back)
        since = _spread(equals) - before
        assert set(since.values()) == {4}, since  # a third of what is new, and nothing of what it missed
        assert abs(read_ledger(equals.vendor.pk).statement([str(alpen)])[str(alpen)]["debt"]) < 1

    def test_inactive_or_paused_partners_stay_in_rotation(self, equals: World) -> None:
        alpen, bergmann = (equals.partners[name].pk for name in ("alpen", "bergmann"))
        pause_partner(alpen, until=START + timedelta(days=7), by=equals.manager, at=START)
        change_partner_calendar(bergmann, {"hours": {}}, by=equals.manager, at=START)
        for _ in range(6):
            equals.receive(at=START)
        assert _spread(equals) == {"citroen": 6}
        resume_partner(alpen, by=equals.manager, at=START)
        for _ in range(6):
            equals.receive(at=START)
        assert _spread(equals) == {"citroen": 9, "alpen": 3}

    def test_clocks_that_run_at_night_and_punish_partners_for_the_systems_own_delay(self, equals: World) -> None:
        evening = datetime(2026, 3, 2, 15, tzinfo=UTC)  # an hour before the end of work
        lead = equals.receive(at=evening).lead
        (first, _), *_ = equals.offers(lead)
        offer = equals.open_offer(lead, first)
        assert offer.expires_at == datetime(2026, 3, 3, 11, tzinfo=UTC)  # one hour today, three tomorrow
        note_beat(at=evening)
        for hour in range(1, 16):
            assert act_on_due(at=evening + timedelta(hours=hour)) == 0  # the night passes
        recovered = datetime(2026, 3, 3, 11, 20, tzinfo=UTC)  # nothing ran at the deadline
        note_beat(at=recovered)
        act_on_due(at=recovered)
        accept_offer(offer.pk, by=equals.seen_by(first), at=recovered + timedelta(minutes=20))
        assert equals.again(lead).state == "accepted"


class TestWhoseTimeCounts:
    MONDAY_BEFORE_FIVE = datetime(2026, 3, 2, 15, 55, tzinfo=UTC)

    def rules(self, **more: object) -> list[dict[str, object]]:
        return [{"name": "All", "clock": "business", "plan": [{"offer_to": "all", "window": "4h"}], **more}]

    def test_is_the_partners_own_where_it_is_asked_alone_because_it_knows_the_customer(self, db: None) -> None:
        world = World.found(rules=self.rules())
        always = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
        change_partner(world.partners["alpen"].pk, {"calendar": {"hours": always}}, by=world.manager, at=START)
        twin = {"company": "Zwilling AG", "contact": {"last_name": "A", "email": "a@zwilling.example"}}
        first = world.receive(at=START, **twin).lead
        accept_offer(world.open_offer(first, "alpen").pk, by=world.seen_by("alpen"), at=START)
        second = world.receive(at=self.MONDAY_BEFORE_FIVE, **twin).lead
        assert world.offers(second) == [("alpen", "open")]
        assert world.open_offer(second, "alpen").expires_at == self.MONDAY_BEFORE_FIVE + timedelta(hours=4)

    def test_counts_for_the_award_too(self, db: None) -> None:
        world = World.found(rules=self.rules(award={"best_after": "10m"}))
        lead = world.receive(at=self.MONDAY_BEFORE_FIVE).lead
        assert world.open_offer(lead, "alpen").award_at == datetime(2026, 3, 3, 8, 5, tzinfo=UTC)


class TestCaps:
    def test_filter_routing_and_never_refuse_an_accept(self, transactional_db: None) -> None:
        rules = [{"name": "All", "clock": "business", "plan": [{"offer_to": "all", "window": "8h"}]}]
        world = World.found(rules=rules, partners={})
        alpen = world.partner("alpen", max_open_leads=1, monthly_cap=1)
        first, second = (world.receive(at=START).lead for _ in range(2))
        for lead in (first, second):
            accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        third = world.again(world.receive(at=START).lead)
        assert (third.state, third.attention_reason) == ("unassigned", "no_partner")
        change_partner(alpen.pk, {"max_open_leads": None}, by=world.manager, at=START)
        assert world.again(world.receive(at=datetime(2026, 3, 31, 9, tzinfo=UTC)).lead).state == "unassigned"
        april = datetime(2026, 4, 1, 9, tzinfo=UTC)
        assert world.again(world.receive(at=april).lead).state == "offered"  # a new month in the vendor's time zone
