"""What the editor counts beside a draft is what the engine would do; what is called contradictory never holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import LeadFacts
from partidor.domain.routing.contradictions import contradictions
from partidor.domain.routing.decide import LiveState, decide
from partidor.domain.routing.replays.rehearsal import rehearse, unreached
from tests.laws import worlds
from tests.laws.oracle import World


@given(worlds.worlds(), st.lists(worlds.leads(), max_size=4))
def test_each_lead_finds_the_rule_that_the_engine_would_choose_if_all_were_there(
    world: World, leads: list[LeadFacts]
) -> None:
    network = worlds.network_of(world)
    snapshot = worlds.snapshot_of(world, network)
    found = rehearse(snapshot, leads)
    for lead, taker, could in zip(leads, found.takers, found.could, strict=True):
        decided = decide(snapshot, lead, LiveState(network))
        assert decided.rule == taker
        assert not could & unreached(snapshot)
    assert sum(found.holds[taker - 1] > 0 for taker in found.takers if taker) == sum(map(bool, found.takers))


@given(worlds.trees(st.one_of(worlds.text_leaf, worlds.other_leaf)), st.lists(worlds.leads(), min_size=1, max_size=5))
def test_what_is_called_contradictory_at_the_top_never_holds(tree: dict[str, Any], leads: list[LeadFacts]) -> None:
    for one in contradictions(tree):
        parts = [{"not": leaf.asked} if leaf.no else dict(leaf.asked) for leaf in one.leaves]
        compiled = compile_condition({"all": parts}, "", Complaints())
        assert not any(compiled.holds(fold_lead(lead.values, compiled.fields)) for lead in leads)


def leaf(op: str, value: Any, field: str = "employees") -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("when", "number"),
    [
        ([leaf("gte", 500), leaf("lte", 100)], 1),
        ([leaf("gte", 5), leaf("lte", 5)], 0),
        ([leaf("gt", 5), leaf("lt", 5)], 1),
        ([leaf("between", [500, 100])], 1),
        ([leaf("eq", "DE", "country"), leaf("in", ["AT"], "country")], 1),
        ([leaf("eq", "DE", "country"), leaf("not_in", ["de"], "country")], 1),
        ([leaf("gte", 5), leaf("exists", False)], 1),
        ([leaf("gte", 5), leaf("eq", 3)], 1),
        ([leaf("eq", "a", "flags"), leaf("eq", "b", "flags")], 0),
        ([leaf("exists", False)], 0),
        ([{"any": [leaf("gte", 500), leaf("lte", 100)]}], 0),
    ],
)
def test_contradictions_are_found_and_nothing_else(when: list[dict[str, Any]], number: int) -> None:
    assert len(contradictions({"all": when})) == number
