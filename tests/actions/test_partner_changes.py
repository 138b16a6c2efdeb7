"""One change for many partners: set-wise, in one version of the network, and twice it changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import Viewer
from partidor.actions.partners import archive_partner, change_partners
from partidor.domain.intake.partner_change import read_change
from partidor.domain.refusal import NotAllowed, WrongContent
from partidor.models import Event, Lead, Partner, Vendor
from partidor.models.snapshots import network
from tests.world import START, World


def version(world: World) -> int:
    return Vendor.objects.get(pk=world.vendor.pk).network_version


def ids(world: World) -> list[UUID]:
    return [partner.pk for partner in world.partners.values()]


class TestOneChangeForMany:
    def test_is_one_version_of_the_network_that_routing_reads(self, world: World) -> None:
        before = version(world)
        done = change_partners(ids(world), read_change("add_tag", "tier: gold"), by=world.manager, at=START)
        assert (done.of, done.changed, version(world)) == (3, 3, before + 1)
        facts = network(Vendor.objects.get(pk=world.vendor.pk)).facts
        assert all(partner.tags["tier"] == ("gold",) for partner in facts)

    @pytest.mark.parametrize(
        ("verb", "given", "column", "value"),
        [
            ("weight", "3", "weight", 3),
            ("weight", "", "weight", 1),
            ("max_open_leads", "0", "max_open_leads", 0),
            ("monthly_cap", "12", "monthly_cap", 12),
            ("weekly_pace", "4", "weekly_pace", 4),
        ],
    )
    def test_sets_a_number(self, world: World, verb: str, given: str, column: str, value: int) -> None:
        change_partners(ids(world), read_change(verb, given), by=world.manager, at=START)
        assert set(Partner.objects.filter(vendor=world.vendor).values_list(column, flat=True)) == {value}

    def test_twice_changes_nothing(self, world: World) -> None:
        changes = (("add_tag", "vertical:Retail"), ("add_tag", "vertical:retail"),
                   ("weight", "2"), ("max_open_leads", "5"), ("remove_tag", "vertical:RETAIL"), ("pause", ""),
                   ("resume", ""))  # fmt: skip
        for verb, given in changes:
            first = change_partners(ids(world), read_change(verb, given), by=world.manager, at=START)
            between, told = version(world), Event.objects.count()
            again = change_partners(ids(world), read_change(verb, given), by=world.manager, at=START)
            assert (again.repeated, again.of, version(world), Event.objects.count()) == (True, 3, between, told)
            assert first.changed == (0 if given == "vertical:retail" else 3)

    def test_counts_only_those_that_were_not_like_that(self, world: World) -> None:
        alpen = world.partners["alpen"].pk
        change_partners([alpen], read_change("weight", "2"), by=world.manager, at=START)
        done = change_partners(ids(world), read_change("weight", "2"), by=world.manager, at=START)
        assert (done.of, done.changed) == (3, 2)

    def test_pauses_and_tells_of_each(self, world: World) -> None:
        until = START + timedelta(days=3)
        change_partners(ids(world), read_change("pause"), until=until, by=world.manager, at=START)
        assert set(Partner.objects.values_list("paused_until", flat=True)) == {until}
        change_partners(ids(world), read_change("resume"), by=world.manager, at=START)
        assert set(Partner.objects.values_list("paused_at", flat=True)) == {None}
        assert (
            Event.objects.filter(type="partner.paused").count()
            == Event.objects.filter(type="partner.resumed").count()
            == 3
        )

    def test_leaves_out_strangers_and_the_archived(self, world: World) -> None:
        rival = World.found("Rival")
        archive_partner(world.partners["citroen"].pk, by=world.manager, at=START)
        chosen = [*ids(world), *ids(rival), uuid4()]
        done = change_partners(chosen, read_change("weight", "9"), by=world.manager, at=START)
        assert (done.of, done.changed) == (2, 2)
        assert not Partner.objects.filter(vendor=rival.vendor, weight=9).exists()

    def test_takes_as_many_statements_for_many_as_for_few(self, world: World) -> None:
        def statements(value: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                change_partners(ids(world), read_change("add_tag", value), by=world.manager, at=START)
            return len(captured)

        few = statements("vertical:a")
        for number in range(60):
            world.partner(f"more{number}")
        assert statements("vertical:b") == few

    @pytest.mark.parametrize(
        ("verb", "given"),
        [("add_tag", "gold"), ("add_tag", ":gold"), ("add_tag", "Tier!:x"), ("add_tag", "tier:" + "x" * 400),
         ("weight", "0"), ("weight", "1.5"), ("monthly_cap", "-1"), ("weekly_pace", "0"), ("max_open_leads", "many"),
         ("delete", "")],
    )  # fmt: skip
    def test_refuses_what_makes_no_sense(self, verb: str, given: str) -> None:
        with pytest.raises(WrongContent):
            read_change(verb, given)

    def test_is_refused_to_partners_and_readers(self, world: World) -> None:
        reader = Viewer(world.vendor.pk, "person", "x", frozenset({"partners:read"}))
        for by in (world.seen_by("alpen"), reader):
            with pytest.raises(NotAllowed):
                change_partners(ids(world), read_change("weight", "2"), by=by, at=START)
        assert set(Partner.objects.values_list("weight", flat=True)) == {1}

    def test_a_pause_must_lie_ahead(self, world: World) -> None:
        with pytest.raises(WrongContent):
            change_partners(ids(world), read_change("pause"), until=START, by=world.manager, at=START)
        assert set(Partner.objects.values_list("paused_at", flat=True)) == {None}


@pytest.mark.django_db(transaction=True)
def test_many_changes_and_many_leads_at_once_get_in_nobodys_way(world: World) -> None:
    """Changes lock vendor, then partners in one order; routing locks lead, then ledger: no circle, nothing lost."""
    start = Barrier(6)

    def run(number: int) -> int:
        try:
            start.wait(timeout=20)
            for turn in range(4):
                if number < 3:
                    chosen = list(reversed(ids(world))) if number % 2 else ids(world)
                    tag = f"vertical:v{number}"
                    changes = ("add_tag", tag), ("weight", f"{number}1"), ("pause", ""), ("resume", "")
                    change_partners(chosen, read_change(*changes[turn]), by=world.manager, at=START)
                else:
                    world.receive(external_id=f"race-{number}-{turn}")
            return number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(run, range(6))) == list(range(6))
    assert Lead.objects.filter(vendor=world.vendor).exclude(state__in=("offered", "unassigned")).count() == 0
    assert Lead.objects.filter(vendor=world.vendor).count() == 12
    for partner in Partner.objects.filter(vendor=world.vendor):
        assert set(partner.tags["vertical"]) == {"v0", "v1", "v2"}, "no change is lost"
