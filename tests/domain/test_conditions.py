"""What each question about a lead answers."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import Value
from partidor.domain.routing.index import RuleIndex

LEAD: dict[str, Value] = {
    "company": "Müller & Söhne", "country": "DE", "postal_code": "80538", "employees": 120, "email": "eva@Shop.example",
    "flags": ("phone_unverified", "Big"), "custom.pot": "Q2-DE", "custom.seats": 40, "custom.text_seats": "40",
    "product": "ERP",
}  # fmt: skip


def holds(tree: Any, lead: dict[str, Value] = LEAD) -> bool:
    complaints = Complaints()
    condition = compile_condition(tree, "when", complaints)
    assert complaints.errors == []
    return condition.holds(fold_lead(lead, condition.fields))


class TestOperators:
    @pytest.mark.parametrize(
        ("field", "op", "value", "expected"),
        [
            ("country", "eq", "de", True),
            ("country", "ne", "DE", False),
            ("country", "in", ["AT", "De"], True),
            ("country", "not_in", ["AT"], True),
            ("region", "eq", "DE-BY", False),
            ("region", "ne", "DE-BY", True),
            ("region", "not_in", ["DE-BY"], True),
            ("region", "exists", True, False),
            ("region", "exists", False, True),
            ("product", "exists", True, True),
            ("employees", "gt", 120, False),
            ("employees", "gte", 120.0, True),
            ("employees", "lt", 121, True),
            ("employees", "lte", 119, False),
            ("employees", "between", [100, 120], True),
            ("value", "lt", 10**9, False),
            ("postal_code", "between", ["80000", "81999"], True),
            ("company", "contains", "SÖHNE", True),
            ("company", "contains", ["gmbh", "müller"], True),
            ("company", "starts_with", "mül", True),
            ("email", "matches_domain", "shop.example", True),
            ("email", "matches_domain", "hop.example", False),
            ("email", "matches_domain", ["@example"], True),
            ("flags", "contains", "big", True),
            ("flags", "contains", "bi", False),
            ("flags", "in", ["x", "BIG"], True),
            ("flags", "ne", "big", False),
            ("test", "eq", False, True),
            ("test", "ne", True, True),
            ("custom.pot", "eq", "q2-de", True),
            ("custom.seats", "gte", 40, True),
            ("custom.text_seats", "gt", 39.5, True),
            ("custom.text_seats", "eq", 40, True),
            ("custom.pot", "gt", 5, False),
            ("custom.none", "lt", 5, False),
        ],
    )
    def test_answers(self, field: str, op: str, value: Any, expected: bool) -> None:
        assert holds({"field": field, "op": op, "value": value}) is expected
        assert holds({"not": {"field": field, "op": op, "value": value}}) is not expected

    def test_takes_the_empty_for_what_is_lacking(self) -> None:
        empty: dict[str, Value] = {"product": "", "flags": (), "value": None}
        for field in empty:
            assert holds({"field": field, "op": "exists", "value": False}, empty)

    def test_holds_always_when_all_of_nothing_is_asked(self) -> None:
        assert holds({"all": []}, {})


class TestRuleIndex:
    def test_leaves_out_only_rules_that_cannot_hold(self) -> None:
        trees: list[Any] = [
            {"field": "country", "op": "eq", "value": "DE"},
            {
                "any": [
                    {"field": "country", "op": "in", "value": ["FR"]},
                    {"field": "country", "op": "eq", "value": "at"},
                ]
            },
            {"any": [{"field": "country", "op": "eq", "value": "FR"}, {"field": "value", "op": "gt", "value": 5}]},
            {"all": [{"field": "flags", "op": "eq", "value": "a"}, {"field": "flags", "op": "eq", "value": "b"}]},
            {"not": {"field": "country", "op": "eq", "value": "DE"}},
        ]
        index = RuleIndex([compile_condition(tree, "when", Complaints()).needs for tree in trees])
        assert index.reached({"country": "de"}) == 0b10101
        assert index.reached({"country": "at", "flags": ("b", "a")}) == 0b11110
        assert index.reached({}) == 0b10100
