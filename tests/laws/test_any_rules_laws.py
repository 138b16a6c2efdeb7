"""The compiler takes any JSON: it gives rules that can be kept, or sentences that can be shown."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from partidor.domain.json_text import read_json
from partidor.domain.routing.ruleset import RulesRefused, compile_ruleset
from tests.laws.any_rules import any_rules, can_be_kept, written


@given(any_rules)
def test_any_json_gives_rules_or_sentences(rules: Any) -> None:
    for given_rules in (rules, read_json(written(rules).encode())):
        try:
            compile_ruleset(given_rules)
        except RulesRefused as refusal:
            for error in refusal.errors:
                assert error.field.startswith("rules")
                assert error.message
                f"{error.field}{error.message}".encode()
        else:
            assert can_be_kept(given_rules)
