"""Any JSON as rules gives either rules that can be kept and shown, or sentences that name the place."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from partidor.domain.json_text import faults

WORDS = [
    "name", "when", "who", "order", "plan", "all", "any", "not", "field", "op", "value", "in", "eq", "between", "tag",
    "at_least", "country", "employees", "custom.x", "kind", "distance_km", "lte", "by", "points", "offer_to", "window",
    "8h", "award", "best_after", "rules", "DE", "\ud800", "a\0b", "ß",
]  # fmt: skip
RULE: dict[str, Any] = {
    "name": "Every lead",
    "when": {"all": [{"field": "employees", "op": "gte", "value": 5},
                     {"not": {"field": "custom.x", "op": "in", "value": ["a", 3]}}]},
    "who": {"any": [{"tag": "tier", "op": "in", "value": ["gold"]}, {"country": {"in": ["DE"]}}]},
    "order": [{"by": "tag", "dimension": "tier", "values": ["gold"], "points": 1}],
    "plan": [{"offer_to": 2, "window": "8h", "award": {"best_after": "10m"}}],
}  # fmt: skip
words = st.sampled_from(WORDS) | st.text(st.characters(), max_size=3)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(10**400) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a tree, as its holder and key."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places(inner)


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A set of rules with one place replaced by anything, or with a key too many."""
    rules = [copy.deepcopy(RULE), copy.deepcopy(RULE)]
    holder, key = draw(st.sampled_from(list(places(rules))))
    if isinstance(holder, dict) and draw(st.booleans()):
        key = draw(words)
    holder[key] = draw(anything)
    return rules


any_rules = spoilt() | anything


def written(rules: Any) -> str:
    """As JSON, with every text as it stands (escaped), and numbers that JSON does not have as text."""
    return json.dumps(rules).replace("NaN", '"NaN"').replace("-Infinity", "-1e999").replace("Infinity", "1e999")


def can_be_kept(rules: Any) -> bool:
    json.dumps(rules, ensure_ascii=False).encode()
    return not list(faults(rules))
