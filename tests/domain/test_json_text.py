"""JSON from outside keeps what parsers pass over: deep places, equal keys, texts that no database keeps."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.json_text import NotJson, cut, faults, read_json, readable

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def naively_cut(value: Any, most: int) -> Any:
    if not isinstance(value, (dict, list)):
        return value
    if most == 0:
        return type(value)()
    if isinstance(value, list):
        return [naively_cut(one, most - 1) for one in value]
    return {key: naively_cut(one, most - 1) for key, one in value.items()}


@given(anything, st.integers(0, 5))
def test_cut_empties_what_is_too_deep_and_nothing_else(value: Any, most: int) -> None:
    assert json.loads(cut(json.dumps(value), most)) == naively_cut(value, most)


@given(anything)
def test_reads_what_was_written(value: Any) -> None:
    assert read_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize("deep", [65, 3_000, 100_000])
def test_reads_any_depth_and_names_the_place(deep: int) -> None:
    given = read_json(b'[{"a": ' + b"[" * deep + b"]" * deep + b"}]")
    assert [(path[:2], fault) for path, fault in faults(given)] == [((0, "a"), "")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r'[{"a": "x\u0000"}]', [((0, "a"), "NUL")]),
        (r'{"a": ["fine", "a\ud800b"]}', [(("a", 1), "half a character")]),
        (r'{"a": {"\ud800": 1}}', [(("a",), "key with half a character")]),
        (r'{"a": {"b": 1, "c": 2, "\u0062": 1}}', [(("a",), '"b" twice')]),
        (r'{"a": "\ud83d\ude00 ß"}', []),
    ],
)
def test_finds_what_cannot_be_kept(text: str, found: list[tuple[Any, str]]) -> None:
    told = list(faults(read_json(text.encode())))
    assert [path for path, _ in told] == [path for path, _ in found]
    for (_, sentence), (_, words) in zip(told, found, strict=True):
        assert words in sentence
        sentence.encode()


def test_reads_numbers_of_any_length() -> None:
    assert read_json(b"[1" + b"0" * 5_000 + b", 1" + b"0" * 200 + b"]") == [float("inf"), 10**200]


@pytest.mark.parametrize("raw", [b"", b"{", b"[", b"[NaN]", b"[-Infinity]", b'"\xff"', b"\x00", b"[1] 2"])
def test_says_what_is_no_json(raw: bytes) -> None:
    for times in (1, 5_000):
        with pytest.raises(NotJson):
            read_json(raw * times)


@given(st.text(st.characters()))
def test_shows_any_text(text: str) -> None:
    assert "\0" not in readable(text).encode().decode()
