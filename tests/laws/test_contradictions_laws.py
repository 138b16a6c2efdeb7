"""What is called contradictory never holds: tried with every lead and partner of small worlds. And what is found."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import LeadFacts, PartnerFacts, Value
from partidor.domain.routing.contradictions import Contradictions, Side, contradictions
from partidor.domain.routing.match import LeadView, Network, bind
from partidor.domain.routing.plain import Leaf
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.who import Known, compile_who
from tests.laws import worlds

VALUES: dict[str, tuple[Value, ...]] = {
    "employees": (None, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5),
    "country": (None, "DE", "AT", "FR", "D", "xDEx"),
    "custom.k": (None, "a", "ab", "b", "ba", "aab", "3", "3.0", 3, 2, 1, 0, "x"),
    "flags": (None, ("a",), ("b",), ("a", "b"), ("x",)),
    "test": (None, True, False),
}
texts = st.sampled_from(["a", "ab", "b", "DE", "d", "AT", "3"])
several = st.lists(texts, min_size=1, max_size=2)
numbers = st.integers(0, 4)


def leaf(op: str, value: Any, field: str = "employees") -> dict[str, Any]:
    return {"field": field, "op": op, "value": value}


number_leaf = st.one_of(
    st.builds(leaf, st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), numbers),
    st.builds(leaf, st.just("between"), st.lists(numbers, min_size=2, max_size=2)),
    st.builds(leaf, st.sampled_from(["in", "not_in"]), st.lists(numbers, min_size=1, max_size=3)),
    st.builds(leaf, st.just("exists"), st.booleans()),
)
text_leaf = st.one_of(
    st.builds(leaf, st.sampled_from(["eq", "ne", "gt", "lte", "contains", "starts_with"]), texts,
              st.sampled_from(["country", "custom.k"])),
    st.builds(leaf, st.sampled_from(["in", "not_in", "contains", "starts_with"]), several,
              st.sampled_from(["country", "custom.k"])),
    st.builds(leaf, st.sampled_from(["eq", "ne", "gte", "lt"]), numbers, st.just("custom.k")),
    st.builds(leaf, st.sampled_from(["in", "not_in", "contains"]), several, st.just("flags")),
    st.builds(leaf, st.sampled_from(["eq", "ne"]), st.booleans(), st.just("test")),
    st.builds(leaf, st.just("exists"), st.booleans(), st.sampled_from(["country", "custom.k", "flags", "test"])),
)  # fmt: skip


def holds(tree: dict[str, Any]) -> bool:
    """Try a ``when`` with every lead that can be made of the small values."""
    compiled = compile_condition(tree, "", Complaints())
    for values in product(*(VALUES[field] for field in compiled.fields)):
        if compiled.holds(fold_lead(dict(zip(compiled.fields, values, strict=True)), compiled.fields)):
            return True
    return False


def together(leaves: tuple[Leaf, ...]) -> dict[str, Any]:
    return {"all": [{"not": leaf.asked} if leaf.no else dict(leaf.asked) for leaf in leaves]}


def found(tree: dict[str, Any], side: Side = "when") -> Contradictions:
    return contradictions(tree, side, f"rules[0].{side}")


@given(worlds.trees(st.one_of(number_leaf, text_leaf)))
def test_no_lead_passes_what_is_called_contradictory(tree: dict[str, Any]) -> None:
    looked = found(tree)
    assert not any(holds(together(one.leaves)) for one in looked.found)
    assert not (looked.never and holds(tree))


@given(st.lists(number_leaf | number_leaf.map(lambda one: {"not": one}), min_size=1, max_size=4))
def test_of_numbers_every_contradiction_is_found(leaves: list[dict[str, Any]]) -> None:
    assert found({"all": leaves}).never != holds({"all": leaves})


PARTNERS = Network(
    [
        PartnerFacts(name, country=country, kind=kind, point=point, parents=parents,
                     tags={"vertical": vertical, "tier": tier})
        for name, (country, kind, point, parents, vertical, tier) in zip(
            (f"p{at:03}" for at in range(10_000)),
            product(("DE", "AT", ""), ("reseller", "own_sales"), ((48.1, 11.5), (52.5, 13.4), None), ((), ("p00",)),
                    ((), ("a",), ("b", "ab"), ("a", "b", "ab", "x.example")), ((), ("gold",))), strict=False)
    ],
    dimensions=worlds.DIMENSIONS,
)  # fmt: skip


@given(worlds.trees(worlds.who_leaf), st.lists(worlds.leads(), min_size=1, max_size=3))
def test_no_partner_passes_what_is_called_contradictory(tree: dict[str, Any], leads: list[LeadFacts]) -> None:
    looked = found(tree, "who")
    trees = [together(one.leaves) for one in looked.found] + ([tree] if looked.never else [])
    for one in trees:
        node = compile_who(one, "who", Complaints(), Known())
        for lead in leads:
            assert not bind(node, PARTNERS)(LeadView(lead, ["country", "product", "flags"]), PARTNERS.everyone)


BAND = [leaf("gte", 10), leaf("lte", 5)]


@pytest.mark.parametrize(
    ("when", "paths"),
    [
        (BAND, ["all[0] all[1]"]),
        ([leaf("gte", 5), leaf("lte", 5)], []),
        ([leaf("gt", 5), leaf("lt", 5)], ["all[0] all[1]"]),
        ([leaf("between", [500, 100])], ["all[0]"]),
        (
            [leaf("gte", 10), {"any": [leaf("lte", 5), leaf("lte", 3)]}],
            ["all[0] all[1].any[0]", "all[0] all[1].any[1]"],
        ),
        ([leaf("gte", 10), {"not": leaf("gte", 5)}], ["all[0] all[1].not"]),
        ([{"not": {"any": [leaf("lt", 10), leaf("gt", 5)]}}], []),  # a lead without employees
        ([leaf("starts_with", "a", "city"), leaf("eq", "b", "city")], ["all[0] all[1]"]),
        ([leaf("starts_with", "a", "city"), leaf("starts_with", "b", "city")], ["all[0] all[1]"]),
        ([leaf("starts_with", "a", "city"), leaf("starts_with", "ab", "city")], []),
        ([leaf("contains", "ab", "city"), {"not": leaf("contains", "b", "city")}], ["all[0] all[1].not"]),
        ([leaf("eq", "DE", "country"), leaf("in", ["AT"], "country")], ["all[0] all[1]"]),
        ([leaf("eq", "DE", "country"), leaf("not_in", ["de"], "country")], ["all[0] all[1]"]),
        ([leaf("eq", True, "test"), leaf("eq", False, "test")], ["all[0] all[1]"]),
        ([leaf("gte", 5), leaf("exists", False)], ["all[0] all[1]"]),
        ([leaf("in", [1, 2]), leaf("in", [2, 3]), leaf("in", [1, 3])], ["all[0] all[1] all[2]"]),
        ([leaf("eq", "a", "flags"), leaf("eq", "b", "flags")], []),
        ([leaf("in", ["a"], "flags"), leaf("not_in", ["a", "b"], "flags")], ["all[0] all[1]"]),
        ([leaf("exists", False)], []),
        ([{"any": BAND}], []),
    ],
)  # fmt: skip
def test_contradictions_of_a_lead_are_found_by_their_paths(when: list[dict[str, Any]], paths: list[str]) -> None:
    looked = found({"all": when})
    assert looked.never == bool(paths)
    told = [" ".join(leaf.path.removeprefix("rules[0].when.") for leaf in one.leaves) for one in looked.found]
    assert told == paths


def country(*codes: str) -> dict[str, Any]:
    return {"country": {"in": list(codes)}}


def tag(op: str, *values: str) -> dict[str, Any]:
    return {"tag": "tier", "op": op, "value": list(values)}


@pytest.mark.parametrize(
    ("who", "never"),
    [
        ([country("DE"), country("FR")], True),
        ([country("DE"), {"not": country("de", "FR")}], True),
        ([country("DE", "FR"), {"not": country("FR")}], False),
        ([tag("in", "gold"), tag("not_in", "Gold")], True),
        ([tag("in", "gold"), tag("in", "silver")], False),
        ([tag("all_of", "gold", "silver"), tag("not_in", "silver")], True),
        ([{"distance_km": {"lte": 50}}, {"not": {"distance_km": {"lte": 100}}}], True),
        ([{"distance_km": {"lte": 100}}, {"not": {"distance_km": {"lte": 50}}}], False),
        ([{"customer_of": True}, {"not": {"customer_of": True}}], True),
        ([{"country": {"matches": "country"}}, country("DE")], False),
        ([{"any": [country("DE"), country("FR")]}, country("AT")], True),
    ],
)
def test_contradictions_of_a_partner_are_found(who: list[dict[str, Any]], never: bool) -> None:
    assert found({"all": who}, "who").never == never


def test_the_warning_names_rule_path_and_remedy() -> None:
    plan = [{"offer_to": 1, "window": "1h"}]
    ruleset = compile_ruleset(
        [
            {"name": "Huge", "plan": plan, "when": {"all": BAND}},
            {"name": "Part", "plan": plan, "when": {"any": [{"all": BAND}, leaf("gte", 1)]}},
            {"name": "Who", "plan": plan, "who": {"all": [country("DE"), country("FR")]}},
        ]
    )
    together, remedy = "can never hold together, so", "; change a value, take one out, or put them into"
    wanted = [
        ("Huge", "rules[0].when.all[0] (employees gte 10)", "rules[0].when.all[1] (employees lte 5)",
         "the rule takes no lead"),
        ("Part", "rules[1].when.any[0].all[0] (employees gte 10)", "rules[1].when.any[0].all[1] (employees lte 5)",
         "this part of the rule never holds"),
        ("Who", 'rules[2].who.all[0] (country in "DE")', 'rules[2].who.all[1] (country in "FR")',
         "nobody passes the rule"),
    ]  # fmt: skip
    for number, (warning, (name, one, other, means)) in enumerate(zip(ruleset.warnings, wanted, strict=True), 1):
        assert warning.startswith(f'Rule {number} "{name}": {one} and {other} {together} {means}{remedy}')
