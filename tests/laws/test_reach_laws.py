"""Whatever the rule, the network and the lead: whoever a rule lets through was counted as reached."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.facts import LeadFacts
from partidor.domain.routing.match import LeadView, bind
from partidor.domain.routing.reach import reach
from partidor.domain.routing.ruleset import compile_ruleset
from tests.laws import worlds
from tests.laws.oracle import World


@given(worlds.worlds(), st.data())
def test_reach_leaves_nobody_out(world: World, data: st.DataObject) -> None:
    network = worlds.network_of(world)
    lead: LeadFacts = data.draw(worlds.leads())
    ruleset = compile_ruleset(world.rules)
    for rule in ruleset.rules:
        found = reach(rule.who, network)
        passed = bind(rule.who, network)(LeadView(lead, ruleset.asked_fields), network.everyone)
        assert passed & ~found.mask == 0
        assert found.mask & ~network.everyone == 0
        if not found.depends:
            assert passed == found.mask
