"""Why no rule took a lead: the rules that came closest, and which conditions failed, with the lead's values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import Value
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.words.held import as_written
from partidor.domain.routing.words.naming import Labels, listed, spoken, value_name

CLOSEST = 3
"""How many rules are told of."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {"own": "{} (this lead: {})", "none": "{} (this lead does not say)", "and": " and "},
    "de": {"own": "{} (dieser Lead: {})", "none": "{} (dieser Lead sagt es nicht)", "and": " und "},
}


@dataclass(frozen=True, slots=True)
class Missed:
    """A rule that did not hold: its position, how many conditions it has in all, and those that failed, in words."""

    position: int
    name: str
    conditions: int
    failed: tuple[str, ...]


def closest(
    rules: Sequence[Rule], values: Mapping[str, Value], language: str, labels: Labels | None = None
) -> tuple[Missed, ...]:
    """Return the rules with the fewest failed conditions, the first of equals first; all must fail for these values."""
    counted = []
    for rule in rules:
        conditions = list(_conditions(rule.tree.get("when")))
        failed = [one for one in conditions if not _holds(one, values)]
        if failed:
            counted.append((len(failed), rule.position, rule.name, len(conditions), failed))
    return tuple(
        Missed(position, name, whole, tuple(_said(one, values, spoken(language), labels) for one in failed))
        for _, position, name, whole, failed in sorted(counted, key=lambda one: one[:2])[:CLOSEST]
    )


def _conditions(tree: object) -> Iterator[Mapping[str, Any]]:
    """Yield what must all be true: the parts of ``all``, however deep; an ``any`` or a ``not`` is one."""
    if isinstance(tree, Mapping) and "all" in tree:
        for part in tree["all"]:
            yield from _conditions(part)
    elif isinstance(tree, Mapping):
        yield tree


def _holds(tree: Mapping[str, Any], values: Mapping[str, Value]) -> bool:
    condition = compile_condition(tree, "", Complaints())
    return condition.holds(fold_lead(values, condition.fields))


def _said(tree: Mapping[str, Any], values: Mapping[str, Value], language: str, labels: Labels | None) -> str:
    wanted = as_written(tree, language, labels)
    field = tree.get("field")
    if field is None or field == "test" or tree.get("op") == "exists":
        return wanted
    words, own = _WORDS[language], values.get(field)
    if own is None:
        return words["none"].format(wanted)
    every = own if isinstance(own, tuple) else (own,)
    return words["own"].format(wanted, listed([value_name(field, one, language) for one in every], words["and"]))
