"""One question of ``when`` or ``who`` as a line that is filled in: about what, how it is compared, and with what.

The line of a question and the question of a line are each other's contrary; a ``not`` around a single question is part
of its comparison. What may be asked of a field stands in ``conditions.OPERATORS``, of a partner in ``who``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partidor.domain.conditions import field_type

LEAD_ASKS: Mapping[str, tuple[str, ...]] = {
    "text": ("in", "not_in", "eq", "ne", "contains", "not contains", "starts_with", "not starts_with",
             "matches_domain", "not matches_domain", "gte", "gt", "lte", "lt", "between", "exists", "missing"),
    "number": ("gte", "gt", "lte", "lt", "between", "eq", "ne", "in", "not_in", "exists", "missing"),
    "list": ("in", "not_in", "starts_with", "not starts_with", "exists", "missing"),
    "truth": ("eq",),
}  # fmt: skip
"""How a field of each type may be compared, the usual first; ``custom`` as text."""
TAG_ASKS = ("in", "not_in", "all_of", "not all_of", "matches", "not matches")
RANK_ASKS = ("at_least", "not at_least")
"""What can be asked on top of a dimension that has an order."""
PARTNER_ASKS: Mapping[str, tuple[str, ...]] = {
    "kind": ("in", "not in"), "country": ("matches", "not matches", "in", "not in"), "partner": ("in", "not in"),
    "parent": ("in", "not in"), "distance": ("lte", "not lte"), "customer": ("is", "not is"),
}  # fmt: skip
_MANY = ("in", "not_in", "contains", "starts_with", "matches_domain", "all_of")
_SINGLE_OR_MANY = ("contains", "starts_with", "matches_domain")
_WORDS = {"distance": "distance_km", "customer": "customer_of"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A line. ``subject`` is a field of the lead; of ``who`` a key of PARTNER_ASKS or ``tag:DIMENSION``."""

    subject: str
    op: str
    values: tuple[Any, ...] = ()

    @property
    def takes(self) -> str:
        """Say what stands behind the comparison: nothing, one, two, many, or a field of the lead."""
        op = self.op.removeprefix("not ")
        if op in ("exists", "missing", "is"):
            return "nothing"
        return "field" if op == "matches" else "two" if op == "between" else "many" if op in _MANY else "one"


def asks_of_field(field: str) -> tuple[str, ...]:
    """Return how a lead's field may be compared."""
    kind = field_type(field) or "text"
    return LEAD_ASKS["text" if kind == "custom" else kind]


def asks_of_partner(subject: str, ordered: bool) -> tuple[str, ...]:
    """Return how a subject of ``who`` may be compared; ``ordered``: its dimension has an order."""
    if subject.startswith("tag:"):
        return (*RANK_ASKS, *TAG_ASKS) if ordered else TAG_ASKS
    return PARTNER_ASKS[subject]


def lead_line(node: Mapping[str, Any]) -> Asked:
    """Return the line of a question about a lead."""
    inner, no = (node["not"], "not ") if "not" in node else (node, "")
    op, value = inner["op"], inner.get("value", True)
    if op == "exists":
        return Asked(inner["field"], "exists" if value != bool(no) else "missing")
    if no and op in ("eq", "ne", "in", "not_in"):
        op, no = {"eq": "ne", "ne": "eq", "in": "not_in", "not_in": "in"}[op], ""
    if field_type(inner["field"]) == "truth" and op == "ne":
        op, value = "eq", not value
    if field_type(inner["field"]) == "list":
        op = {"eq": "in", "contains": "in", "ne": "not_in"}.get(op, op)
        op, no = ("not_in", "") if no and op == "in" else (op, no)
    return Asked(inner["field"], no + op, tuple(value) if isinstance(value, list) else (value,))


def lead_question(line: Asked) -> dict[str, Any]:
    """Return the question about a lead that a line says."""
    no, op = line.op.startswith("not "), line.op.removeprefix("not ")
    if op in ("exists", "missing"):
        return {"field": line.subject, "op": "exists", "value": op == "exists"}
    values = list(line.values)
    single = line.takes == "one" or (op in _SINGLE_OR_MANY and len(values) == 1)
    question = {"field": line.subject, "op": op, "value": values[0] if single else values}
    return {"not": question} if no else question


def partner_line(node: Mapping[str, Any]) -> Asked:
    """Return the line of a question about a partner."""
    inner, no = (node["not"], "not ") if "not" in node else (node, "")
    if "tag" in inner:
        op = inner["op"]
        if no and op in ("in", "not_in"):
            op, no = {"in": "not_in", "not_in": "in"}[op], ""
        value = inner["field"] if op == "matches" else inner["value"]
        return Asked(f"tag:{inner['tag']}", no + op, tuple(value) if isinstance(value, list) else (value,))
    word = next(iter(inner))
    if word == "customer_of":
        return Asked("customer", f"{no}is")
    op, value = next(iter(inner[word].items()))
    subject = "distance" if word == "distance_km" else word
    return Asked(subject, no + op, tuple(value) if isinstance(value, list) else (value,))


def partner_question(line: Asked) -> dict[str, Any]:
    """Return the question about a partner that a line says."""
    no, op = line.op.startswith("not "), line.op.removeprefix("not ")
    values, question = list(line.values), {}
    if line.subject.startswith("tag:"):
        named = {"field": values[0]} if op == "matches" else {"value": values}
        question = {"tag": line.subject[4:], "op": op, **named}
    elif line.subject == "customer":
        question = {"customer_of": True}
    else:
        word = _WORDS.get(line.subject, line.subject)
        question = {word: {op: values if op == "in" else values[0]}}
    return {"not": question} if no else question
