"""Rules as a person writes them: what is taken, and how everything wrong is refused at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from partidor.domain.business_time import Length
from partidor.domain.offers import Step
from partidor.domain.routing.ruleset import DEFAULT_RULES, Known, Ruleset, RulesRefused, compile_ruleset

PLAN = [{"offer_to": 1, "window": "8h"}]
EXAMPLE: dict[str, Any] = {
    "name": "Enterprise ERP, DACH",
    "when": {"all": [{"field": "employees", "op": "gte", "value": 500},
                     {"any": [{"field": "country", "op": "in", "value": ["DE", "AT", "CH"]}]}]},
    "who": {"all": [{"tag": "tier", "op": "in", "value": ["gold"]},
                    {"tag": "vertical", "op": "matches", "field": "vertical"},
                    {"distance_km": {"lte": 250}}]},
    "order": [{"by": "tag", "dimension": "certification", "values": ["iso27001"], "points": 30},
              {"by": "distance", "points": 20, "zero_at_km": 250},
              {"by": "win_rate", "points": 25}, {"by": "load", "points": 25}],
    "equal_within": 5,
    "plan": [{"offer_to": 1, "window": "8h", "remind_after": "4h", "repeat": 2, "reveal": "full"},
             {"offer_to": 5, "window": "24h", "reveal": "teaser", "notify_manager": True},
             {"offer_to": "all", "window": "48h", "reveal": "teaser"}],
    "clock": "business",
}  # fmt: skip


def refused(*rules: Any, known: Known | None = None) -> dict[str, str]:
    with pytest.raises(RulesRefused) as caught:
        compile_ruleset(list(rules), known=known)
    assert caught.value.code == "rules-refused"
    return {error.field: error.message for error in caught.value.errors}


def rule(**parts: Any) -> dict[str, Any]:
    return {"name": "R", "plan": PLAN, **parts}


def nested(depth: int, leaf: Any) -> Any:
    for _ in range(depth):
        leaf = {"not": leaf}
    return leaf


class TestCompileRuleset:
    def test_takes_the_rule_of_the_book(self) -> None:
        ruleset = compile_ruleset([EXAMPLE])
        (compiled,) = ruleset.rules
        assert compiled.position == 1
        assert compiled.plan[0] == Step(1, Length(8, "h"), Length(4, "h"), 2, "full")
        assert compiled.plan[1] == Step(5, Length(24, "h"), None, 1, "teaser", True)
        assert compiled.plan[2].offer_to is None
        assert (compiled.clock, compiled.known_customer, compiled.otherwise) == ("business", "prefer", "next")
        assert ruleset.fields == {"employees", "country", "vertical", "temperature", "test"}
        assert ruleset.uses_load
        assert not any("hours" in warning for warning in ruleset.warnings)

    def test_fills_in_the_defaults(self) -> None:
        (compiled,) = compile_ruleset([rule(plan=[{"offer_to": 3, "window": "1d"}])]).rules
        assert compiled.plan == (Step(3, Length(1, "d"), None, 1, "teaser"),)
        assert (compiled.equal_within, compiled.order, compiled.clock) == (5, (), "wall")

    def test_takes_an_award_for_all_competing_steps_or_for_one(self) -> None:
        plan: list[dict[str, Any]] = [{"offer_to": 1, "window": "1h"}, {"offer_to": 3, "window": "2h"},
                {"offer_to": "all", "window": "1d", "award": "first"}]  # fmt: skip
        (for_all,) = compile_ruleset([rule(award={"best_after": "10m"}, plan=plan)]).rules
        assert [step.best_after for step in for_all.plan] == [None, Length(10, "m"), None]
        plan[2]["award"] = {"best_after": "1h"}
        (for_one,) = compile_ruleset([rule(plan=plan)]).rules
        assert [step.best_after for step in for_one.plan] == [None, None, Length(1, "h")]

    def test_starts_a_new_vendor_with_one_rule_for_every_lead(self) -> None:
        ruleset = compile_ruleset(DEFAULT_RULES)
        assert ruleset.warnings == ()
        assert [step.offer_to for step in ruleset.rules[0].plan] == [1, None]

    def test_takes_no_rules_with_a_warning(self) -> None:
        assert "no rule" in compile_ruleset([]).warnings[0]

    @pytest.mark.parametrize(
        ("parts", "field", "words"),
        [
            ({"name": " "}, "name", "give the rule a name"),
            ({"nmae": 1}, "nmae", 'did you mean "name"'),
            ({"plan": []}, "plan", "an empty list is no plan"),
            ({"plan": [{"offer_to": 0, "window": "8h"}]}, "plan[0].offer_to", "whole number from 1"),
            ({"plan": [{"offer_to": True, "window": "8h"}]}, "plan[0].offer_to", "whole number from 1"),
            ({"plan": [{"offer_to": 1}]}, "plan[0].window", "8h or 2d"),
            ({"plan": [{"offer_to": 1, "window": "0h"}]}, "plan[0].window", '"0h" is no duration'),
            ({"plan": [{"offer_to": 1, "window": "999d"}]}, "plan[0].window", "longer than a year"),
            ({"plan": [{"offer_to": 1, "window": "4h", "remind_after": "4h"}]}, "plan[0].remind_after", "not shorter"),
            ({"plan": [{"offer_to": 1, "window": "4h", "repeat": 0}]}, "plan[0].repeat", "1 to 1,000"),
            ({"plan": [{"offer_to": 1, "window": "4h", "reveal": "all"}]}, "plan[0].reveal", "full or teaser"),
            ({"plan": [{"offer_to": 1, "window": "4h", "remind": "1h"}]}, "plan[0].remind", '"remind_after"'),
            ({"plan": [{"offer_to": 1, "window": "4h", "notify_manager": 1}]}, "plan[0].notify_manager", "true or"),
            ({"plan": ["8h"]}, "plan[0]", "is no step"),
            ({"clock": "moon"}, "clock", "wall or business"),
            ({"award": "best"}, "award", "is no way to award a lead"),
            ({"award": {"best_after": "10m", "by": "price"}}, "award", '{"best_after": "10m"}'),
            ({"award": {"best_after": 10}}, "award.best_after", "8h or 2d"),
            (
                {"plan": [{"offer_to": 5, "window": "1h", "award": {"best_after": "1h"}}]},
                "plan[0].award",
                "let the best be chosen sooner",
            ),
            (
                {"award": {"best_after": "2h"}, "plan": [{"offer_to": "all", "window": "1h"}]},
                "award",
                "the window \"1h\" of rules[1].plan[0]",
            ),
            (
                {"plan": [{"offer_to": 1, "window": "1h", "award": {"best_after": "10m"}}]},
                "plan[0].award",
                "has no rivals",
            ),
            ({"known_customer": "no"}, "known_customer", "prefer or ignore"),
            ({"otherwise": []}, "otherwise", "next or stop"),
            ({"equal_within": -1}, "equal_within", "from 0"),
            ({"equal_within": float("nan")}, "equal_within", "from 0"),
            ({"order": {}}, "order", "is no list"),
            ({"order": [{"by": "magic", "points": 1}]}, "order[0].by", "win_rate"),
            ({"order": [{"by": "load"}]}, "order[0].points", "takes points"),
            ({"order": [{"by": "distance", "points": 5}]}, "order[0].zero_at_km", "from how many km"),
            ({"order": [{"by": "load", "points": 5, "zero_at_km": 3}]}, "order[0].zero_at_km", "it is one of by"),
            ({"order": [{"by": "tag", "points": 5, "values": ["x"]}]}, "order[0].dimension", "no dimension"),
            ({"order": [{"by": "tag", "points": 5, "dimension": "d", "values": "x"}]}, "order[0].values", "list of"),
            ({"when": []}, "when", "an empty list is no condition"),
            ({"when": {}}, "when.field", "no lead field null"),
            ({"when": {"any": []}}, "when.any", "never holds"),
            ({"when": {"all": [], "any": []}}, "when", 'stands beside "any"'),
            ({"when": {"field": "emploees", "op": "eq", "value": 1}}, "when.field", 'did you mean "employees"'),
            ({"when": {"field": "employees", "op": "eq", "value": "1"}}, "when.value", "without quotes"),
            ({"when": {"field": "employees", "op": "eq", "value": True}}, "when.value", "is not a number"),
            ({"when": {"field": "employees", "op": "contains", "value": 1}}, "when.op", "no operator for"),
            ({"when": {"field": "country", "op": "in", "value": "DE"}}, "when.value", "takes a list"),
            ({"when": {"field": "country", "op": "eq", "value": ["DE"]}}, "when.value", 'write "op": "in"'),
            ({"when": {"field": "country", "op": "in", "value": ["DE", 3]}}, "when.value[1]", "3 is not a text"),
            ({"when": {"field": "value", "op": "between", "value": [1]}}, "when.value", "a list of two"),
            ({"when": {"field": "custom.", "op": "eq", "value": 1}}, "when.field", "no lead field"),
            ({"when": {"field": "country", "op": "exists", "value": "x"}}, "when.value", "true or false"),
            ({"who": {"tag": "tier", "op": "like", "value": ["x"]}}, "who.op", "at_least"),
            ({"who": {"tag": "tier", "op": "in", "value": "gold"}}, "who.value", "takes a list"),
            ({"who": {"tag": "tier", "op": "matches", "field": "value"}}, "who.field", "no text field"),
            ({"who": {"kind": {"in": ["resller"]}}}, "who.kind.in[0]", 'did you mean "reseller"'),
            ({"who": {"kind": ["reseller"]}}, "who.kind", 'write {"in"'),
            ({"who": {"distance_km": {"lte": 0}}}, "who.distance_km.lte", "kilometres above 0"),
            ({"who": {"distance_km": {"gte": 9}}}, "who.distance_km", '{"lte": 250}'),
            ({"who": {"customer_of": False}}, "who.customer_of", 'use "not"'),
            ({"who": {"city": {"in": ["x"]}}}, "who", "asks nothing about a partner"),
            ({"when": nested(21, {"tag": "x"})}, "when" + 20 * ".not", "deeper than 20"),
        ],
    )  # fmt: skip
    def test_refuses_naming_rule_path_and_remedy(self, parts: dict[str, Any], field: str, words: str) -> None:
        errors = refused(rule(), rule(**parts))
        assert list(errors) == [f"rules[1].{field}"]
        message = errors[f"rules[1].{field}"]
        assert words in message
        assert message.startswith("Rule 2")

    def test_tells_every_error_at_once_by_rule_and_name(self) -> None:
        errors = refused(rule(clock="x", plan=[]), 7, rule(name="Kölln", order=3))
        assert set(errors) == {"rules[0].clock", "rules[0].plan", "rules[1]", "rules[2].order"}
        assert errors["rules[2].order"].startswith('Rule 3 "Kölln": ')

    @pytest.mark.parametrize("rules", [None, {}, "rules", 3, [[]], [None]])
    def test_refuses_what_is_no_list_of_rules(self, rules: Any) -> None:
        with pytest.raises(RulesRefused):
            compile_ruleset(rules)

    @pytest.mark.parametrize("part", ["when", "who"])
    @pytest.mark.parametrize("word", ["not", "all"])
    def test_survives_three_thousand_levels(self, part: str, word: str) -> None:
        tree: Any = {}
        for _ in range(3_000):
            tree = {word: tree if word == "not" else [tree]}
        errors = refused(rule(**{part: tree}), rule(name=tree), rule(when={"field": tree, "op": tree, "value": tree}))
        assert any("deeper than 20" in message for message in errors.values())
        assert all(len(message) < 800 for message in errors.values())

    def test_survives_thousands_of_errors(self) -> None:
        with pytest.raises(RulesRefused) as caught:
            compile_ruleset([rule(clock=number) for number in range(1_000)])
        assert len(caught.value.errors) == 201
        assert "800 more errors" in caught.value.errors[-1].message

    def test_takes_the_deepest_nesting_allowed(self) -> None:
        leaf = {"field": "test", "op": "eq", "value": True}
        assert isinstance(compile_ruleset([rule(when=nested(19, leaf))]), Ruleset)

    def test_warns_of_what_nobody_has_yet(self) -> None:
        known = Known(tags={"tier": {"gold"}}, products={"erp"}, sources={"web"}, partners={"p1"}, custom={"pot"})
        ruleset = compile_ruleset(
            [rule(
                when={"all": [{"field": "product", "op": "in", "value": ["ERP", "crm"]},
                              {"field": "source", "op": "eq", "value": "fair"},
                              {"field": "custom.pott", "op": "eq", "value": "x"}]},
                who={"all": [{"tag": "tier", "op": "in", "value": ["Gold", "silver"]}, {"partner": {"in": ["p2"]}},
                             {"tag": "vertical", "op": "matches", "field": "vertical"}]},
                order=[{"by": "tag", "dimension": "tier", "values": ["bronze"], "points": 1}],
            )],
            known=known,
        )  # fmt: skip
        told = "\n".join(ruleset.warnings)
        for words in (
            'product "crm"',
            'source "fair"',
            '"tier:silver"',
            '"vertical"',
            '"tier:bronze"',
            '"p2"',
            '"pott"',
        ):
            assert words in told
        assert "ERP" not in told
        assert "Gold" not in told

    def test_wants_an_order_for_at_least(self) -> None:
        asks = rule(who={"tag": "tier", "op": "at_least", "value": ["silver"]})
        assert "has no order" in refused(asks, known=Known(dimensions={}))["rules[0].who.value"]
        assert "not in the order" in refused(asks, known=Known(dimensions={"tier": ["a"]}))["rules[0].who.value"]
        assert compile_ruleset([asks], known=Known(dimensions={"tier": ["Silver", "gold"]})).rules

    def test_reads_what_json_gives(self) -> None:
        assert compile_ruleset(json.loads(json.dumps(DEFAULT_RULES))).rules[0].name == "Every lead"
