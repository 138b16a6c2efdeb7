"""Whatever a person writes as a rule: it can be said in plain words, in every language."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from partidor.domain.languages import SPOKEN
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.words.rules import Names, tell
from partidor.domain.routing.words.vocabulary import NUMBERS, WORDS
from tests.laws import worlds

NAMES = Names(partners={one: f"Partner {one}" for one in worlds.IDS})


def texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, tuple):
        for one in told:
            yield from texts(one)
    elif dataclasses.is_dataclass(told):
        for each in dataclasses.fields(told):
            yield from texts(getattr(told, each.name))


@given(worlds.rules)
@pytest.mark.parametrize("language", SPOKEN)
def test_every_rule_has_a_sentence_in_plain_words(language: str, tree: dict[str, Any]) -> None:
    told = tell(compile_ruleset([tree]).rules[0], tree, NAMES, language)
    assert told.sentence[0] == told.sentence[0].upper()
    assert told.sentence.endswith(".")
    assert len(told.sentence) < 2000
    assert told.when
    assert told.who
    assert len(told.plan) == len(tree["plan"])
    for text in texts(told):
        assert not set("{}_") & set(text), text
        assert not {"None", "True", "False"} & set(text.split()), text
        assert "  " not in text


def test_each_language_knows_the_same_words() -> None:
    english = set(WORDS["en"])
    assert set(WORDS) == set(NUMBERS) == set(SPOKEN)
    for language in SPOKEN:
        missing = {word for word in english if word not in WORDS[language]}
        assert not missing, f"{language} lacks {sorted(missing)}"
        own = {word for word in WORDS[language] if word not in english}
        forms = {word for word in own if word.partition(" ")[2] in english or " same " in f" {word} "}
        assert own == forms, own - forms
