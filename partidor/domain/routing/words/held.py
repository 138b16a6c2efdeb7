"""Why a rule took a lead, as a person would say it: what of its ``when`` held, with the lead's own values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import LEAD_FIELDS, Value
from partidor.domain.routing.words.naming import Labels, field_name, listed, spoken, value_name


class Part(NamedTuple):
    """A piece of a sentence; the strong ones are what it is about."""

    text: str
    strong: bool = False


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "eq": "{} is ", "in": "{} is ", "ne": "{} is not ", "not_in": "{} is not ", "gt": "{} over ",
        "gte": "{} at least ", "lt": "{} under ", "lte": "{} at most ", "between": "{} from ",
        "contains": "{} contains ", "starts_with": "{} begins with ", "matches_domain": "{} is of the domain ",
        "has": "{} include ", "given": "{} is known", "missing": "{} is not known", "test": "it is a test lead",
        "no_test": "it is no test lead", "and": " and ", "or": " or ", "to": " to ", "not": "not (", "quoted": "“{}”",
    },
    "de": {
        "eq": "{} ist ", "in": "{} ist ", "ne": "{} ist nicht ", "not_in": "{} ist nicht ", "gt": "{} über ",
        "gte": "{} mindestens ", "lt": "{} unter ", "lte": "{} höchstens ", "between": "{} von ",
        "contains": "{} enthält ", "starts_with": "{} beginnt mit ", "matches_domain": "{} gehört zur Domain ",
        "has": "{} enthalten ", "given": "{} ist bekannt", "missing": "{} ist nicht bekannt",
        "test": "es ist ein Test-Lead", "no_test": "es ist kein Test-Lead", "and": " und ", "or": " oder ",
        "to": " bis ", "not": "nicht (", "quoted": "„{}“",
    },
}  # fmt: skip
_QUOTED = ("contains", "starts_with", "matches_domain")
_WITH_OWN = ("ne", "not_in", "gt", "gte", "lt", "lte", "between", "starts_with")
MOST_VALUES = 5
"""Values that a sentence names; more of them would hide what it says."""


def held_said(
    tree: object, values: Mapping[str, Value], language: str, labels: Labels | None = None
) -> tuple[Part, ...]:
    """Say what of a ``when`` tree held for a lead with these values; empty where every lead would do."""
    return tuple(_Held(values, language, labels).node(tree))


def as_written(tree: object, language: str, labels: Labels | None = None) -> str:
    """Say a ``when`` tree as it stands in its rule."""
    return "".join(part.text for part in _Held(None, language, labels).node(tree))


class _Held:
    """One lead, one language, and what the vendor calls its custom fields."""

    def __init__(self, values: Mapping[str, Value] | None, language: str, labels: Labels | None) -> None:
        self.values, self.language, self.labels = values, spoken(language), labels
        self.words = _WORDS[self.language]

    def node(self, tree: object, *, inner: bool = False) -> list[Part]:
        """Say a node; of an ``any`` only what held."""
        if not isinstance(tree, Mapping):
            return []
        if "all" in tree:
            return self._joined([self.node(part, inner=True) for part in tree["all"]], "and")
        if "any" in tree:
            parts = [part for part in tree["any"] if self.values is None or self._holds(part)]
            said = self._joined([self.node(part, inner=True) for part in parts], "or")
            return [Part("("), *said, Part(")")] if inner and len(parts) > 1 else said
        if "not" in tree:
            # what is not so is said as it stands in the rule: none of it is the lead's
            return [Part(self.words["not"]), *_Held(None, self.language, self.labels).node(tree["not"]), Part(")")]
        return self._leaf(tree)

    def _holds(self, tree: object) -> bool:
        condition = compile_condition(tree, "", Complaints())
        return condition.holds(fold_lead(self.values or {}, condition.fields))

    def _joined(self, said: Sequence[Sequence[Part]], word: str) -> list[Part]:
        parts: list[Part] = []
        for one in filter(None, said):
            parts += [Part(self.words[word]), *one] if parts else one
        return parts

    def _leaf(self, tree: Mapping[str, Any]) -> list[Part]:
        field, op, value = str(tree.get("field")), str(tree.get("op")), tree.get("value", True)
        if field == "test":
            return [Part(self.words["test" if (value is True) == (op != "ne") else "no_test"])]
        name = field_name(field, self.language, self.labels)
        if op == "exists":
            return [Part(self.words["given" if value else "missing"].format(name))]
        many = LEAD_FIELDS.get(field) == "list"
        own = None if self.values is None or many else self.values.get(field)
        glue = Part(self.words["has" if many and op in ("eq", "in", "contains") else op].format(name))
        if own is not None and op in ("eq", "in"):
            return [glue, Part(value_name(field, own, self.language), strong=True)]
        wanted = [value_name(field, one, self.language) for one in (value if isinstance(value, list) else [value])]
        if op in _QUOTED and not many:
            wanted = [self.words["quoted"].format(one) for one in wanted]
        if len(wanted) > MOST_VALUES:
            wanted = [*wanted[: MOST_VALUES - 1], "…"]
        said = [glue, Part(listed(wanted, self.words["to" if op == "between" else "or"]), strong=True)]
        if own is not None and op in _WITH_OWN:
            said.append(Part(f" ({value_name(field, own, self.language)})"))
        return said
