"""Any JSON sent as rules, by file or over HTTP, is in force and shown, or refused in one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from partidor.config.main import main
from tests.inbound.api.calling import Caller
from tests.laws.any_rules import RULE, any_rules, written
from tests.world import World

TAKES_A_FIXTURE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@TAKES_A_FIXTURE
@given(any_rules)
def test_through_the_command(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], rules: Any) -> None:
    file = tmp_path / "rules.json"
    file.write_text(written(rules))
    code = main(["rules", "publish", str(file), "--vendor", world.vendor.slug])
    said = capsys.readouterr()
    assert "bug" not in said.err
    assert code == 0 or said.err.startswith("partidor: ")
    said.err.encode()


@TAKES_A_FIXTURE
@given(any_rules)
def test_through_the_api(world: World, rules: Any) -> None:
    caller = Caller(world.key_of())
    answer = caller.call("PUT", "/rulesets/draft", f'{{"rules": {written(rules)}}}'.encode())
    assert answer.status in (200, 422), answer.text
    assert caller.get("/rulesets/draft").status == 200


def publish(world: World, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    file = tmp_path / "rules.json"
    file.write_text(text)
    code = main(["rules", "publish", str(file), "--vendor", world.vendor.slug])
    return code, capsys.readouterr().err


OFTEN = {"field": "country", "op": "in", "value": ["DE", "AT"] * 5}
DEEP = '{"not": ' * 3_000 + "{}" + "}" * 3_000


@pytest.mark.parametrize(
    ("rules", "place", "words"),
    [
        (json.dumps([RULE, {**RULE, "name": "a\ud800b"}]), "rules[1].name", ['Rule 2 "a?b"', "half a character"]),
        (json.dumps([{**RULE, "name": "a\0b"}]), "rules[0].name", ['Rule 1 "a?b"', "NUL character; leave it out"]),
        (
            json.dumps([{**RULE, "when": {"all": [{"field": "city", "op": "eq", "value": "\udfff"}]}}]),
            "rules[0].when.all[0].value",
            ['Rule 1 "Every lead"', "send valid Unicode"],
        ),
        (
            json.dumps([{**RULE, "equal_within": 0}]).replace('n": 0', 'n": ' + "9" * 5_000, 1),
            "rules[0].equal_within",
            ["Rule 1", "takes points from 0 to 10,000, not a number of many digits"],
        ),
        (
            f'[{{"name": "Deep", "plan": [{{"offer_to": 1, "window": "1h"}}], "when": {DEEP}}}]',
            "rules[0].when" + ".not" * 20,
            ['Rule 1 "Deep"', "deeper than 20 levels; write them flatter"],
        ),
        (
            '[{"name": "Twice", "plan": [{"offer_to": 1, "window": "1h", "window": "2h"}]}]',
            "rules[0].plan[0]",
            ['Rule 1 "Twice"', '"window" twice'],
        ),
        (
            json.dumps([{**RULE, "when": {**OFTEN, "value": ["DE"] * 30_000}}]),
            "rules[0].when.value",
            ["one to 10,000 values, not a list of 30,000"],
        ),
    ],
    ids=["half-a-character", "nul", "in-a-value", "many-digits", "deep", "twice", "many-values"],
)
def test_both_say_the_same_with_rule_path_and_remedy(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], rules: str, place: str, words: list[str]
) -> None:
    code, said = publish(world, rules, tmp_path, capsys)
    answer = Caller(world.key_of()).call("PUT", "/rulesets/draft", f'{{"rules": {rules}}}'.encode())
    assert (code, answer.status) == (1, 422)
    errors = {error["field"]: error["message"] for error in answer["errors"]}
    assert place in errors
    for word in words:
        assert word in errors[place]
        assert word in said
    assert f"{place}: " in said


def test_both_take_as_much_and_what_was_taken_can_be_sent_back(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = [f"{number:01000}" for number in range(1_000)]
    most, more = (
        json.dumps([RULE, {**RULE, "when": {"field": "city", "op": "in", "value": values[:count]}}])
        for count in (995, 1_000)
    )
    caller = Caller(world.key_of())
    code, said = publish(world, more, tmp_path, capsys)
    assert code == 1
    assert "1,000,000 is the most" in said
    assert "rules[1]: Rule 2" in said
    assert publish(world, most, tmp_path, capsys)[0] == 0
    draft = caller.get("/rulesets/draft")
    again = json.dumps({"rules": draft["rules"]}, separators=(",", ":")).encode()
    assert caller.call("PUT", "/rulesets/draft", again).status == 200
    too_large = caller.call("PUT", "/rulesets/draft", b" " * (1 << 20) + again)
    assert too_large.status == 413
    assert "1,048,576 bytes" in too_large["detail"]
    assert "send them without blanks" in too_large["detail"]
