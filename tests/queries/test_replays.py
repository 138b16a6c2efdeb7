"""Decisions made again: equal to the last figure, and what changed since is told, but not what changed before."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from partidor.actions.leads import change_lead
from partidor.actions.qualification import release_lead
from partidor.actions.sources import add_source
from partidor.domain.routing.replays.changes import equals, made_again
from partidor.models import Decision, Event, Vendor
from partidor.models.snapshots import snapshot
from partidor.queries.leads.replays import replays_of, touched_by
from tests.world import START, World

pytestmark = pytest.mark.django_db


def test_a_decision_is_equal_only_if_every_part_of_it_is() -> None:
    world = World.found()
    world.receive()
    decision = Decision.objects.get()
    made_with = snapshot(Vendor.objects.get(), decision.ruleset_version, decision.network_version)
    again = made_again(made_with, decision.record, {})
    assert again is not None
    assert equals(again, decision.record)
    for name in decision.record:
        assert not equals(again, {**decision.record, name: "otherwise"}), name
    (first, *rest) = decision.record["candidates"]
    assert not equals(again, {**decision.record, "candidates": [{**first, "score": first["score"] + 0.01}, *rest]})
    assert not equals(again, {**decision.record, "candidates": [{**first, "debt": 0.000001}, *rest]})


def test_only_what_was_changed_after_a_decision_was_changed_since() -> None:
    world = World.found()
    add_source({"name": "fair", "kind": "event", "review": True}, by=world.manager, at=START)
    lead = world.receive(source="fair").lead
    change_lead(lead.pk, {"company": "Before AG"}, by=world.manager, at=START)
    release_lead(lead.pk, by=world.manager, at=START)
    decision = Decision.objects.get()
    events = Event.objects.filter(lead=lead)
    assert touched_by(events, decision) == set()
    change_lead(lead.pk, {"inquiry": "After"}, by=world.manager, at=START)
    assert touched_by(events.all(), decision) == {"inquiry"}


def test_a_decision_that_kept_its_loads_as_a_list_is_equal_once_migrated() -> None:
    world = World.found()
    world.rules([{
        "name": "Who has time", "order": [{"by": "load", "points": 50}], "equal_within": 0,
        "plan": [{"offer_to": 1, "window": "8h"}],
    }])  # fmt: skip
    world.receive()
    lead = world.receive().lead
    decision = Decision.objects.get(lead=lead)
    kept = decision.record["live"]["loads"]
    loads = [int(load) for load in kept.split()]
    assert sum(loads) == 1
    decision.record["live"]["loads"] = loads
    decision.save()

    import_module("partidor.models.migrations.0006_loads_as_text").write_as_text(apps, None)

    decision.refresh_from_db()
    assert decision.record["live"]["loads"] == kept
    assert [card.equal for card in replays_of(world.manager, lead.pk)] == [True]
