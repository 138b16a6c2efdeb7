"""Where leads went: by which rule, to whom, and what became of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.actions.offers import accept_offer
from partidor.actions.routing import assign_lead, withdraw_lead
from partidor.domain.refusal import NotAllowed
from partidor.models import Lead, Source
from partidor.queries.today.flow import Flow, flow
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World

WEEK = timedelta(days=7)


def shown(world: World) -> Flow:
    return flow(world.manager, since=START, until=START + WEEK)


def column(picture: Flow, number: int) -> list[tuple[str, int]]:
    return [(place.name or place.code, place.node.count) for place in picture.columns[number]]


def bands(picture: Flow) -> set[tuple[str, str, int]]:
    return {
        (band.source.name or band.source.code, band.target.name or band.target.code, band.stream.count)
        for band in picture.bands
    }


def accepted(world: World, partner: str = "alpen") -> Lead:
    lead = world.receive().lead
    accept_offer(world.open_offer(lead, partner).pk, by=world.seen_by(partner), at=START)
    return lead


class TestFlow:
    def test_tells_from_source_by_rule_to_partner_and_outcome(self, world: World) -> None:
        accepted(world)
        world.receive(source="website")

        assert bands(shown(world)) == {
            ("api", "Nearest first", 1), ("website", "Nearest first", 1),
            ("Nearest first", "Alpen Systemhaus", 2),
            ("Alpen Systemhaus", "worked", 1), ("Alpen Systemhaus", "waiting", 1),
        }  # fmt: skip

    def test_puts_leads_that_several_are_asked_about_in_competition(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        world.receive()
        assert column(shown(world), 2) == [("competition", 1)]

    def test_names_the_ways_without_a_rule_or_partner(self, world: World) -> None:
        world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}])
        world.receive()
        assign_lead(world.receive().lead.pk, partner_id=world.partners["citroen"].pk, reason="knows them",
                    by=world.manager, at=START)  # fmt: skip
        withdraw_lead(world.receive().lead.pk, by=world.manager, at=START)
        Source.objects.filter(name="api").update(review=True)
        world.receive()

        picture = shown(world)
        assert column(picture, 1) == [("by_hand", 1), ("not_routed", 2), ("no_rule", 1)]
        assert column(picture, 2) == [("Citroën & Söhne", 1), ("nobody", 2), ("no_partner", 1)]
        assert column(picture, 3) == [("worked", 1), ("review", 1), ("aside", 1), ("unassigned", 1)]

    def test_keeps_a_rule_in_one_place_when_a_new_version_moves_it(self, world: World) -> None:
        world.receive()
        world.rules(
            [{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}, *ONE_AFTER_ANOTHER]
        )
        world.receive()
        world.receive(product="Crane")
        assert [(place.number, place.name, place.node.count) for place in shown(world).columns[1]] == [
            (1, "Everyone", 1),
            (2, "Nearest first", 2),
        ]

    def test_folds_the_small_ones(self, world: World) -> None:
        for number in range(8):
            Source.objects.create(vendor=world.vendor, name=f"s{number}", created_at=START)
            for _ in range(2 if number < 4 else 1):
                world.receive(source=f"s{number}")

        sources = shown(world).columns[0]
        assert [(place.name, place.node.count) for place in sources[:4]] == [("s0", 2), ("s1", 2), ("s2", 2), ("s3", 2)]
        assert (sources[4].code, sources[4].number, sources[4].node.count) == ("others", 4, 4)

    def test_leads_to_the_list_where_there_is_one(self, world: World) -> None:
        accepted(world)
        links = [[place.filters for place in places] for places in shown(world).columns]
        assert links == [
            [{"source": "api"}],
            [{}],
            [{"partner": str(world.partners["alpen"].pk)}],
            [{"state": "accepted"}],
        ]

    def test_leaves_out_tests_and_what_came_before_or_after(self, world: World) -> None:
        world.receive(test=True)
        world.receive(at=START - WEEK)
        world.receive(at=START + WEEK)
        empty = shown(world)
        assert (empty.total, empty.columns, empty.bands) == (0, ((), (), (), ()), ())

    def test_costs_two_statements(self, world: World) -> None:
        accepted(world)
        with CaptureQueriesContext(connection) as seen:
            shown(world)
        assert len(seen) == 2

    def test_a_partner_never_sees_it_and_another_vendor_its_own(self, world: World) -> None:
        world.receive()
        assert shown(World.found("Rival")).total == 0
        with pytest.raises(NotAllowed):
            flow(world.seen_by("alpen"), since=START, until=START + WEEK)
