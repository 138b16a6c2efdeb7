"""The fairness report: any period, rule and region add up from the draws that decisions keep, and reasons explain."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner, change_partner
from partidor.actions.routing import assign_lead, reroute_lead
from partidor.domain.routing.fairness import Ledger
from partidor.models import Decision, LedgerRow
from partidor.queries.fairness.books import read_books
from partidor.queries.fairness.counts import Counts
from partidor.queries.fairness.reasons import Gap, Moment, causes
from partidor.queries.fairness.report import FairnessReport, PartnerShare, fairness
from partidor.queries.fairness.sums import Span, Sums, sums
from partidor.queries.leads.replays import replays_of
from tests.world import START, World

DAY = timedelta(days=1)
LATER = START + 10 * DAY
RULES = [
    {"name": "Hot in pairs", "when": {"field": "temperature", "op": "eq", "value": "hot"}, "equal_within": 100,
     "plan": [{"offer_to": 2, "window": "8h"}]},
    {"name": "In turn", "equal_within": 100, "plan": [{"offer_to": 1, "window": "8h"}]},
]  # fmt: skip
STEADY = Moment(None, False, timedelta(), False, False)


@pytest.fixture
def busy(world: World) -> World:
    """Two weeks of leads in two rules and two countries, while weights change, one joins and one leaves."""
    world.rules(RULES)
    _five(world, START, "DE")
    change_partner(world.partners["alpen"].pk, {"weight": 3}, by=world.manager, at=START)
    _five(world, START + DAY, "AT")
    world.partner("dorn", location={"lat": 48.2, "lon": 11.5})
    world.rules([RULES[1], RULES[0]])
    _five(world, START + 7 * DAY, "DE")
    archive_partner(world.partners["citroen"].pk, by=world.manager, at=START + 8 * DAY)
    _five(world, START + 8 * DAY, "AT")
    world.receive(test=True, at=START + 8 * DAY)
    return world


def _five(world: World, at: datetime, country: str) -> None:
    for temperature in ("hot", "warm", "hot", "cold", "warm"):
        world.receive(temperature=temperature, address={"country": country}, at=at)


def kept(world: World) -> Ledger:
    return Ledger.from_json(LedgerRow.objects.get(vendor=world.vendor).entries)


def of(world: World, span: Span | None = None, by: str = "") -> Sums:
    return sums(read_books(world.manager), span or Span(), by)  # type: ignore[arg-type]


def together(*ledgers: Ledger) -> dict[str, list[int]]:
    keys = sorted({key for ledger in ledgers for key in ledger.rows})
    none = [0] * 8
    return {key: [sum(row) for row in zip(*(one.rows.get(key, none) for one in ledgers), strict=True)] for key in keys}


def row_of(report: FairnessReport, name: str) -> PartnerShare:
    return next(row for row in report.partners if row.name == name)


class TestSums:
    def test_of_everything_are_the_ledger_to_the_last_millionth(self, busy: World) -> None:
        assert of(busy).ledger.rows == kept(busy).rows
        assert of(busy).told_from is None

    @pytest.mark.parametrize("by", ["rule", "region"])
    def test_of_the_parts_are_the_whole(self, busy: World, by: str) -> None:
        parts = of(busy, by=by).groups
        assert set(parts) == {"rule": {"Hot in pairs", "In turn"}, "region": {"AT", "DE"}}[by]
        assert together(*parts.values()) == kept(busy).rows
        for ledger in parts.values():
            assert ledger.sum() == 0

    @pytest.mark.parametrize("cut", [START, START + DAY, START + 7 * DAY])
    def test_of_before_and_from_a_moment_are_the_whole(self, busy: World, cut: datetime) -> None:
        before, after = of(busy, Span(None, cut)).ledger, of(busy, Span(cut)).ledger
        assert together(before, after) == kept(busy).rows
        assert sum(row[1] for row in after.rows.values()) == 1_000_000 * {0: 20, 1: 15, 7: 10}[(cut - START).days]

    def test_narrow_to_a_rule_and_a_region(self, busy: World) -> None:
        parts = of(busy, Span(rule="In turn"), "region").groups
        assert together(*parts.values()) == of(busy, by="rule").groups["In turn"].rows
        assert of(busy, Span(rule="In turn", region="AT")).ledger.rows == parts["AT"].rows
        assert of(busy, Span(region="CH")).ledger.rows == {}

    def test_say_from_when_on_they_know_and_older_decisions_still_replay(self, busy: World) -> None:
        old = Decision.objects.filter(at__lte=START + DAY)
        for one in old:
            del one.record["draws"]
            one.save(update_fields=["record"])
        found = of(busy, Span(START))
        assert found.told_from == START + DAY
        assert found.ledger.rows == of(busy, Span(START + 7 * DAY)).ledger.rows
        assert of(busy, Span(START + 7 * DAY)).told_from is None
        first = old.order_by("at", "pk").first()
        assert first is not None
        assert [card.equal for card in replays_of(busy.manager, first.lead_id)] == [True]


class TestAReport:
    def test_of_a_period_shows_what_was_due_in_it_and_the_debt_of_all_time_beside(self, busy: World) -> None:
        whole, late = fairness(busy.manager, at=LATER), fairness(busy.manager, Span(START + 7 * DAY), at=LATER)
        assert sum(row.received for row in late.partners) == 10
        assert sum(row.expected for row in late.partners) == pytest.approx(10)
        assert [row.debt_now for row in late.partners] == [row.debt for row in whole.partners]
        assert whole.ledgers["all"].bound is not None
        assert late.ledgers["all"].bound is None

    def test_of_an_empty_period_has_no_evenness(self, busy: World) -> None:
        empty = fairness(busy.manager, Span(LATER), at=LATER)
        assert (empty.value_jain, empty.ledgers["all"].jain) == (None, None)
        assert {row.received for row in empty.partners} == {0.0}


class TestCounts:
    def test_take_no_test_leads_and_end_before_the_until(self, world: World) -> None:
        alpen = world.seen_by("alpen")
        accept_offer(world.receive(test=True).offers[0].pk, by=alpen, at=START + DAY)
        accept_offer(world.receive().offers[0].pk, by=alpen, at=START + DAY)
        counted = [
            row_of(fairness(world.manager, Span(None, until), at=LATER), "Alpen Systemhaus").picked_up
            for until in (START + DAY, START + DAY + timedelta(seconds=1))
        ]
        assert counted == [0, 1]

    def test_count_a_known_customer_when_it_is_handed_over_and_no_offer_of_the_plan(self, world: World) -> None:
        first = world.receive(company="Kanal AG")
        accept_offer(first.offers[0].pk, by=world.seen_by("alpen"), at=START)
        contact = {"first_name": "Ida", "last_name": "Other", "email": "eva@werkstatt1.example"}
        world.receive(company="Kanal AG", contact=contact, at=START + DAY)
        report = fairness(world.manager, at=LATER)
        row = row_of(report, "Alpen Systemhaus")
        assert (row.known_customer, row.picked_up, row.received) == (1, 1, 1.0)
        assert row_of(fairness(world.manager, Span(START + 2 * DAY), at=LATER), "Alpen Systemhaus").known_customer == 0

    def test_count_the_worth_of_a_lead_once_with_whom_it_is(self, world: World) -> None:
        lead = world.receive(value="100", currency="EUR")
        accept_offer(lead.offers[0].pk, by=world.seen_by("alpen"), at=START)
        reroute_lead(lead.lead.pk, by=world.manager, at=START)
        citroen = world.partners["citroen"].pk
        assign_lead(lead.lead.pk, partner_id=citroen, reason="x", by=world.manager, at=START)
        report = fairness(world.manager, at=LATER)
        assert {row.name: row.value for row in report.partners} == {
            "Alpen Systemhaus": "0.00", "Bergmann IT": "0.00", "Citroën & Söhne": "100.00",
        }  # fmt: skip


class TestReasons:
    def test_never_take_a_decline_for_a_cause_since_it_charges_nothing(self, world: World) -> None:
        world.rules([RULES[1]])
        for _ in range(2):
            world.receive()
        offer = world.open_offer(world.receive().lead, "citroen")
        decline_offer(offer.pk, reason="capacity", by=world.seen_by("citroen"), at=START)
        report = fairness(world.manager, at=LATER)
        assert row_of(report, "Citroën & Söhne").declined == 1
        codes = {cause.code for row in report.partners for cause in row.reasons}
        assert codes <= {"its_turn", "had_its_turn"}
        for row in report.partners:
            assert bool(row.reasons) == (abs(row.debt) >= 0.05)

    @pytest.mark.parametrize(
        ("gap", "code"),
        [
            (Gap(0.04, 0, 0.04, False, False), None),
            (Gap(0.6, 0.1, 0.6, False, False), "its_turn"),
            (Gap(-0.6, -0.1, -0.6, False, False), "had_its_turn"),
            (Gap(1.4, -0.8, 1.4, False, False), "hot_balance"),
            (Gap(1.4, 0.2, 1.4, False, False), "swing"),
            (Gap(-2.0, 0, 0.5, True, False), "carried"),
            (Gap(3.0, 0, 0.2, False, True), "elsewhere"),
        ],
    )
    def test_explain_a_debt_by_what_steers_it(self, gap: Gap, code: str | None) -> None:
        assert [cause.code for cause in causes(gap, Counts(declined=9, lapsed=9), STEADY)] == ([code] if code else [])

    def test_tell_what_stands_beside_and_who_earned_nothing(self) -> None:
        moment = Moment(START, False, 3 * DAY, True, True)
        found = causes(Gap(0, 0, 0, False, False), Counts(by_hand=2, known_customer=1, credited=4), moment)
        assert [(cause.code, cause.n) for cause in found] == [
            ("known_customer", 1), ("by_hand", 2), ("credited", 4), ("joined", 0), ("paused", 3), ("at_capacity", 0),
            ("no_hours", 0),
        ]  # fmt: skip
