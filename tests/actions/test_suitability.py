"""The clock measures how partners do; routing goes by it at once, and only what moved makes a new version."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from partidor.actions.ledger import keep_weeks
from partidor.actions.offers import accept_offer
from partidor.actions.partners import change_partner
from partidor.actions.pipeline import lose_lead, win_lead
from partidor.actions.routing import assign_lead, reroute_lead, withdraw_lead
from partidor.actions.suitability import measure_network, measure_networks
from partidor.models import Lead, Vendor
from partidor.models.ledger import ledger_weeks, monday_of, read_ledger
from partidor.models.partner import PartnerVersion, facts_from_json
from partidor.queries.leads.replays import replays_of
from tests.world import START, World, hours

DAY = timedelta(days=1)


def close(world: World, partner: str, won: int, lost: int, **more: Any) -> list[Lead]:
    """Let a partner win and lose so many leads."""
    leads = []
    for number in range(won + lost):
        lead = world.receive(**{"value": "1000", "currency": "EUR", **more}).lead
        assign_lead(lead.pk, partner_id=world.partners[partner].pk, reason="x", by=world.manager, at=START)
        if number < won:
            win_lead(lead.pk, value="1000", by=world.manager, at=START + hours(1))
        else:
            lose_lead(lead.pk, reason="price", by=world.manager, at=START + hours(1))
        leads.append(lead)
    return leads


def facts_of(world: World, partner: str) -> tuple[dict[str, float], dict[str, float], float | None]:
    (kept,) = (
        PartnerVersion.current(world.vendor.pk).filter(partner=world.partners[partner]).values_list("facts", flat=True)
    )
    facts = facts_from_json(kept)
    return dict(facts.win_rate), dict(facts.conversion), facts.past_sales


def version(world: World) -> int:
    return int(Vendor.objects.values_list("network_version", flat=True).get(pk=world.vendor.pk))


class TestMeasure:
    def test_believes_many_results_and_not_one(self, world: World) -> None:
        close(world, "alpen", 1, 0)
        close(world, "bergmann", 9, 3)
        close(world, "citroen", 0, 9)
        measure_networks(at=START + DAY)
        wins = {name: facts_of(world, name)[0][""] for name in world.partners}
        assert wins["citroen"] < wins["alpen"] < wins["bergmann"] < 0.75
        assert facts_of(world, "bergmann")[2] == 0.833  # sold most: above two, beside itself
        assert facts_of(world, "citroen")[2] == 0.167

    def test_tells_verticals_apart_whatever_their_case(self, world: World) -> None:
        close(world, "alpen", 12, 0, vertical="Retail")
        close(world, "alpen", 0, 12, vertical="health")
        close(world, "bergmann", 3, 9, vertical="retail")
        measure_network(world.vendor.pk, at=START + DAY)
        wins = facts_of(world, "alpen")[0]
        assert wins["health"] < wins[""] < wins["retail"]

    def test_counts_what_was_given_back_against_conversion_and_not_what_still_runs(self, world: World) -> None:
        close(world, "alpen", 6, 0)
        for number in range(6):
            lead = world.receive().lead
            assign_lead(lead.pk, partner_id=world.partners["alpen"].pk, reason="x", by=world.manager, at=START)
            if number < 3:
                reroute_lead(lead.pk, by=world.manager, at=START + hours(1))
        measure_network(world.vendor.pk, at=START + DAY)
        wins, conversion, _ = facts_of(world, "alpen")
        assert (wins[""], conversion[""]) == (1.0, 0.667)

    def test_counts_neither_for_nor_against_a_partner_what_the_vendor_withdrew(self, world: World) -> None:
        close(world, "alpen", 3, 3)
        measure_network(world.vendor.pk, at=START + DAY)
        before = facts_of(world, "alpen")
        for _ in range(12):
            lead = world.receive().lead
            assign_lead(lead.pk, partner_id=world.partners["alpen"].pk, reason="x", by=world.manager, at=START)
            withdraw_lead(lead.pk, by=world.manager, at=START + hours(1))
        assert measure_network(world.vendor.pk, at=START + DAY) == 0
        assert facts_of(world, "alpen") == before
        assert (before[0][""], before[1][""]) == (0.5, 0.5)

    def test_counts_as_sales_only_what_was_sold_in_the_vendors_currency(self, world: World) -> None:
        close(world, "alpen", 1, 0)
        close(world, "bergmann", 5, 0, currency="USD")
        measure_network(world.vendor.pk, at=START + DAY)
        assert [facts_of(world, name)[2] for name in world.partners] == [0.833, 0.333, 0.333]

    def test_opens_a_version_only_for_whom_it_moved(self, world: World) -> None:
        close(world, "alpen", 3, 3)
        assert measure_network(world.vendor.pk, at=START + DAY) == 3
        before = version(world)
        assert measure_network(world.vendor.pk, at=START + DAY) == 0
        assert version(world) == before

    def test_leaves_out_test_leads(self, world: World) -> None:
        close(world, "alpen", 3, 3)
        close(world, "bergmann", 0, 6)
        measure_network(world.vendor.pk, at=START + DAY)
        before = facts_of(world, "alpen")
        close(world, "alpen", 0, 9, test=True)
        close(world, "alpen", 9, 0, test=True)
        for _ in range(9):
            lead = world.receive(test=True).lead
            assign_lead(lead.pk, partner_id=world.partners["alpen"].pk, reason="x", by=world.manager, at=START)
            reroute_lead(lead.pk, by=world.manager, at=START + hours(1))
        assert measure_network(world.vendor.pk, at=START + DAY) == 0
        assert facts_of(world, "alpen") == before

    def test_leaves_out_what_is_long_past(self, world: World) -> None:
        close(world, "bergmann", 3, 3)
        assert measure_network(world.vendor.pk, at=START + 800 * DAY) == 0

    def test_stays_when_the_partner_is_changed_otherwise(self, world: World) -> None:
        close(world, "alpen", 3, 1)
        measure_network(world.vendor.pk, at=START + DAY)
        before = facts_of(world, "alpen")
        change_partner(world.partners["alpen"].pk, {"weight": 3}, by=world.manager, at=START + DAY)
        assert facts_of(world, "alpen") == before != ({}, {}, None)


class TestRouting:
    def test_goes_by_the_rate_in_the_leads_vertical_and_replays_exactly(self, world: World) -> None:
        world.rules([{
            "name": "Who wins most", "order": [{"by": "win_rate", "points": 100}],
            "equal_within": 0, "plan": [{"offer_to": 1, "window": "8h"}],
        }])  # fmt: skip
        first = world.receive().lead
        close(world, "alpen", 12, 0, vertical="retail")
        close(world, "alpen", 0, 12, vertical="health")
        close(world, "bergmann", 12, 0, vertical="health")
        close(world, "bergmann", 0, 12, vertical="retail")
        measure_network(world.vendor.pk, at=START + DAY)
        lead = first
        for vertical, partner in (("Retail", "alpen"), ("health", "bergmann")):
            lead = world.receive(vertical=vertical, at=START + DAY).lead
            assert world.offers(lead) == [(partner, "open")]
            assert [card.equal for card in replays_of(world.manager, lead.pk)] == [True]
        accept_offer(world.open_offer(lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START + DAY)
        close(world, "citroen", 20, 0, vertical="health")
        measure_network(world.vendor.pk, at=START + 2 * DAY)
        assert [card.equal for card in replays_of(world.manager, first.pk)] == [True]
        assert [card.equal for card in replays_of(world.manager, lead.pk)] == [True]

    def test_reads_facts_that_were_kept_when_a_rate_was_one_number(self) -> None:
        facts = facts_from_json({"id": str(UUID(int=1)), "win_rate": 0.3, "past_sales": 0.5})
        assert (facts.win_rate, facts.conversion, facts.past_sales) == ({"": 0.3}, {}, 0.5)


class TestKeepWeeks:
    def test_keeps_how_the_ledger_stood_last_in_each_week(self, world: World) -> None:
        world.receive()
        keep_weeks(at=START)
        world.receive()
        keep_weeks(at=START + hours(1))
        then = read_ledger(world.vendor.pk).rows
        world.receive(at=START + 7 * DAY)
        keep_weeks(at=START + 7 * DAY)
        monday = monday_of(world.vendor, START)
        weeks = ledger_weeks(world.vendor.pk, since=monday, before=monday + 14 * DAY)
        assert [(day, ledger.rows == then) for day, ledger in weeks] == [(monday, True), (monday + 7 * DAY, False)]
