"""Where JSON is nested too deep is told by path, on the text itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.nesting import too_deep

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


@given(anything, st.integers(0, 5))
def test_finds_what_is_too_deep_and_nothing_else(value: Any, most: int) -> None:
    assert (too_deep(json.dumps(value), most) is not None) == (depth(value) > most)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"rules": [{}, {"when": {"all": [{"x]{": "}[\\"", "not": {"a": {}}}]}}]}', "rules[1].when.all[0].not"),
        ("[" * 5_000, "[0][0][0][0][0][0]"),
    ],
)
def test_names_the_path(text: str, path: str) -> None:
    assert too_deep(text, 6) == path
