"""Whatever the rules, the network and the lead: whoever could get it was counted as reached."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.match import LeadView, Network, Snapshot, bind
from partidor.domain.routing.reach import reach
from partidor.domain.routing.replays.rehearsal import rehearse, unreached
from partidor.domain.routing.ruleset import compile_ruleset
from tests.laws import worlds
from tests.laws.oracle import World


@given(worlds.worlds(), st.data())
def test_reach_leaves_nobody_out(world: World, data: st.DataObject) -> None:
    network = worlds.network_of(world)
    lead: LeadFacts = data.draw(worlds.leads())
    ruleset = compile_ruleset(world.rules)
    for rule in ruleset.rules:
        found = reach(rule, network)
        view = LeadView(lead, ruleset.asked_fields)
        passed = bind(rule.who, network)(view, network.everyone) if rule.when.holds(view.folded) else 0
        assert passed & ~found.mask == 0
        assert found.mask & ~network.everyone == 0
        assert not (rule.never and rule.when.holds(view.folded))
        if not found.depends and rule.when.holds(view.folded):
            assert passed == found.mask


PLAN = [{"offer_to": 1, "window": "1h"}]
COUNTRIES = ("DE", "AT", "ES")
country_leaf = st.builds(
    lambda op, values: {"field": "country", "op": op, "value": values},
    st.sampled_from(["in", "in", "not_in"]),
    st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2),
)
product_leaf = st.builds(
    lambda op, value: {"field": "product", "op": op, "value": value}, st.sampled_from(["eq", "ne"]),
    st.sampled_from(["a", "b"]),
)  # fmt: skip
small_rules = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.just("r"),
            "plan": st.just(PLAN),
            "when": st.one_of(st.just({"all": []}), worlds.trees(st.one_of(country_leaf, product_leaf))),
            "who": worlds.trees(
                st.sampled_from(
                    [{"country": {"matches": "country"}}, {"tag": "line", "op": "matches", "field": "product"},
                     {"country": {"in": ["DE"]}}, {"tag": "line", "op": "in", "value": ["a"]}]
                )
            ),
        },
        optional={"otherwise": st.sampled_from(["next", "stop"])},
    ),
    max_size=4,
)  # fmt: skip


def every_lead() -> Iterator[LeadFacts]:
    for country, wanted in product((None, *COUNTRIES), (None, "a", "b", "c")):
        yield LeadFacts({key: one for key, one in (("country", country), ("product", wanted)) if one})


SMALL = Network([PartnerFacts(f"{country}-{line}", country=country, tags={"line": (line,)} if line else {})
                 for country, line in product(("", *COUNTRIES), ("", "a", "b"))])  # fmt: skip


def reached_by_trying(rules: list[dict[str, Any]]) -> int:
    """Hold every lead that there can be against the rules."""
    mask = 0
    for could in rehearse(Snapshot(compile_ruleset(rules), SMALL), list(every_lead())).could:
        mask |= could
    return mask


@given(small_rules)
def test_nobody_is_called_unreached_whom_some_lead_would_reach(rules: list[dict[str, Any]]) -> None:
    assert not reached_by_trying(rules) & unreached(Snapshot(compile_ruleset(rules), SMALL))


SAME = {"country": {"matches": "country"}}


def asks(field: str, op: str, value: Any) -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


@pytest.mark.parametrize(
    ("rules", "reaches"),
    [
        ([{"when": asks("country", "in", ["DE", "AT"]), "who": SAME}], "DE AT"),
        ([{"when": {"all": [asks("country", "in", ["DE", "AT"]), asks("country", "eq", "at")]}, "who": SAME}], "AT"),
        ([{"when": {"any": [asks("country", "eq", "ES"), asks("country", "eq", "AT")]}, "who": SAME}], "AT ES"),
        ([{"when": {"any": [asks("country", "eq", "ES"), asks("product", "eq", "a")]}, "who": SAME}], "DE AT ES"),
        ([{"when": {"all": [asks("employees", "gte", 500), asks("employees", "lte", 100)]}}], ""),
        ([{"when": asks("country", "eq", "ES"), "who": SAME}, {"who": {"country": {"in": ["DE"]}}}, {}], "DE ES"),
        ([{"who": SAME, "otherwise": "stop", "when": {"all": []}}, {}], "DE AT ES"),
        ([{"who": SAME}, {"who": {"country": {"in": ["GB"]}}}, {"who": {"country": {"in": ["DE"]}}}], "DE AT ES"),
    ],
)
def test_when_and_who_and_the_order_of_rules_count_together(rules: list[dict[str, Any]], reaches: str) -> None:
    rules = [{"name": "r", "plan": PLAN, **rule} for rule in rules]
    left = unreached(Snapshot(compile_ruleset(rules), SMALL))
    reached = {partner.country for at, partner in enumerate(SMALL.facts) if not left >> at & 1}
    assert reached == set(reaches.split())
