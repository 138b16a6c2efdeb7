"""What the editor counts beside a draft is what the engine would do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.facts import LeadFacts
from partidor.domain.routing.decide import decide
from partidor.domain.routing.live import LiveState
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
