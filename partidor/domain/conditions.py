"""The ``when`` of a rule: a JSON tree of questions about one lead, compiled to closures.

Text is compared without regard to case. A lead that lacks a field answers no to every question, except
``ne``, ``not_in`` and ``exists`` false, which then hold; a truth that is lacking is false. A field with several
values (``flags``) answers yes when one of them does. ``custom.KEY`` may hold text or a number: whether a
comparison is one of numbers is decided by the value in the rule.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeGuard

from partidor.domain.facts import LEAD_FIELDS, Value
from partidor.domain.json_text import readable
from partidor.domain.refusal import FieldError

DEEPEST = 20
"""Levels of all, any and not, one inside the other."""
LONGEST_LIST = 10_000
LONGEST_TEXT = 1_000
MOST_ERRORS = 200

Folded = Mapping[str, Value]
"""Values of a lead by field, as ``fold`` leaves them; what is lacking has no key."""
Test = Callable[[Folded], bool]
Needs = Mapping[str, frozenset[Any]]

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip
_TEXT_OPS = (
    "eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "between", "contains", "starts_with", "exists",
    "matches_domain",
)  # fmt: skip
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": _TEXT_OPS,
    "custom": _TEXT_OPS,
    "number": ("eq", "ne", "in", "not_in", "gt", "gte", "lt", "lte", "between", "exists"),
    "list": ("eq", "ne", "in", "not_in", "contains", "starts_with", "exists"),
    "truth": ("eq", "ne", "exists"),
}
"""Which operators each type of field understands."""


class Complaints:
    """Everything wrong, and everything doubtful, that was found in a set of rules."""

    def __init__(self) -> None:
        """Start without complaints."""
        self.errors: list[FieldError] = []
        self.warnings: list[str] = []
        self.left_out = 0
        self.whose = ""

    def add(self, path: str, message: str) -> None:
        """Note an error at a path; beyond the first 200 only their number is kept."""
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(FieldError(path, f"{self.whose}{message}"))
        else:
            self.left_out += 1

    def warn(self, message: str) -> None:
        """Note something that is taken, but that may not be meant, once."""
        sentence = f"{self.whose}{message}"
        if sentence not in self.warnings and len(self.warnings) < MOST_ERRORS:
            self.warnings.append(sentence)


@dataclass(frozen=True, slots=True)
class Condition:
    """A compiled tree: whether it holds, which fields it reads, and which values it cannot hold without."""

    holds: Test
    needs: Needs
    """Per field the only values with which it can hold: the necessary part that a rule index is made of."""
    fields: frozenset[str]


ALWAYS = Condition(lambda _: True, {}, frozenset())


def show(value: object) -> str:
    """Name a wrong value in a message, shortly and without walking into it."""
    if isinstance(value, str):
        return f'"{readable(value[:40])}…"' if len(value) > 40 else f'"{readable(value)}"'
    if isinstance(value, (bool, type(None))):
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, (int, float)):
        return repr(value) if abs(value) <= 10**20 else "a number of many digits"
    if isinstance(value, list):
        return f"a list of {len(value):,}" if value else "an empty list"
    return "an object" if isinstance(value, dict) else "something else"


def nearest(word: object, words: Iterable[str]) -> str:
    """Say which known word may have been meant, and else list the known ones."""
    known = sorted(words)
    near = get_close_matches(word[:60], known, 1) if isinstance(word, str) else []
    return f'did you mean "{near[0]}"?' if near else f"it is one of {', '.join(known)}"


def is_number(value: object) -> TypeGuard[float]:
    """Say whether this is a finite number of sensible size (truths are none)."""
    whole = isinstance(value, (int, float)) and not isinstance(value, bool)
    return whole and abs(value) <= 1e15  # type: ignore[arg-type]  # NaN compares false


def field_type(field: object) -> str | None:
    """Return the type of a lead's field (``custom`` for custom.KEY), or None when there is no such field."""
    if not isinstance(field, str):
        return None
    if field.startswith("custom.") and 7 < len(field) <= 107:
        return "custom"
    return LEAD_FIELDS.get(field)


def fold(field: str, value: Value) -> Value:
    """Bring a value into the form in which it is compared: text without case, custom values as text."""
    if isinstance(value, str):
        return value.casefold()
    if isinstance(value, (tuple, list)):
        return tuple(str(one).casefold() for one in value)
    if field.startswith("custom.") and value is not None:
        return _as_text(value)
    return value


def fold_lead(values: Mapping[str, Value], fields: Iterable[str]) -> dict[str, Value]:
    """Fold those of a lead's values that are asked for and there."""
    folded = {}
    for field in fields:
        value = values.get(field)
        if type(value) is str:
            if value:
                folded[field] = value.casefold()
        elif value is not None and value != ():
            folded[field] = fold(field, value)  # type: ignore[assignment]
    return folded  # type: ignore[return-value]


def compile_condition(tree: object, path: str, complaints: Complaints) -> Condition:
    """Compile a ``when`` tree; what is wrong goes to the complaints, and the result is then of no use."""
    return _node(tree, path, complaints, 1)


def branch(tree: object, path: str, complaints: Complaints, depth: int, leaf: str) -> tuple[str, list[object]] | None:
    """Open one node of a ``when`` or ``who`` tree: ("all" | "any" | "not", its parts), ("leaf", [itself]) or None."""
    if depth > DEEPEST:
        complaints.add(path, f"conditions are nested deeper than {DEEPEST} levels; write them flatter")
        return None
    if not isinstance(tree, dict):
        complaints.add(path, f'{show(tree)} is no condition; write {{"all": [...]}} or {leaf}')
        return None
    word = next((word for word in ("all", "any", "not") if word in tree), None)
    if word is None:
        return "leaf", [tree]
    extra = sorted(str(key)[:40] for key in tree if key != word)
    if extra:
        complaints.add(path, f'"{word}" stands beside "{extra[0]}"; give each its own object inside one list')
        return None
    parts = tree[word]
    if word == "not":
        return word, [parts]
    if not isinstance(parts, list) or len(parts) > LONGEST_LIST:
        complaints.add(f"{path}.{word}", f"{show(parts)} is no list of conditions (at most {LONGEST_LIST:,})")
        return None
    if word == "any" and not parts:
        complaints.add(f"{path}.any", '"any" of nothing never holds; name a condition, or write {"all": []} for always')
        return None
    return word, parts


def _node(tree: object, path: str, complaints: Complaints, depth: int) -> Condition:
    opened = branch(tree, path, complaints, depth, '{"field": "country", "op": "eq", "value": "DE"}')
    if opened is None:
        return ALWAYS
    word, parts = opened
    if word == "leaf":
        return _leaf(parts[0], path, complaints)  # type: ignore[arg-type]
    if word == "not":
        inner = _node(parts[0], f"{path}.not", complaints, depth + 1)
        return Condition(_not(inner.holds), {}, inner.fields)
    inner_ones = [_node(part, f"{path}.{word}[{at}]", complaints, depth + 1) for at, part in enumerate(parts)]
    fields = frozenset().union(*(one.fields for one in inner_ones))
    tests = tuple(one.holds for one in inner_ones)
    if word == "all":
        return Condition(_all(tests), _needs_of_all(inner_ones), fields)
    return Condition(_any(tests), _needs_of_any(inner_ones), fields)


def _not(test: Test) -> Test:
    return lambda values: not test(values)


def _all(tests: tuple[Test, ...]) -> Test:
    if len(tests) == 1:
        return tests[0]

    def holds(values: Folded) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than the tests
            if not test(values):
                return False
        return True

    return holds


def _any(tests: tuple[Test, ...]) -> Test:
    def holds(values: Folded) -> bool:
        for test in tests:  # noqa: SIM110
            if test(values):
                return True
        return False

    return holds


def _single(field: str) -> bool:
    return field_type(field) in ("text", "number")


def _needs_of_all(parts: list[Condition]) -> Needs:
    needs: dict[str, frozenset[Any]] = {}
    for part in parts:
        for field, values in part.needs.items():
            # A field with several values may meet two demands with different ones: only single ones intersect.
            needs[field] = needs[field] & values if field in needs and _single(field) else needs.get(field, values)
    return needs


def _needs_of_any(parts: list[Condition]) -> Needs:
    shared = set(parts[0].needs).intersection(*(part.needs for part in parts))
    return {field: frozenset().union(*(part.needs[field] for part in parts)) for field in shared}


def _leaf(tree: Mapping[str, object], path: str, complaints: Complaints) -> Condition:
    before = len(complaints.errors) + complaints.left_out
    for key in tree:
        if key not in ("field", "op", "value"):
            complaints.add(path, f"there is no key {show(key)} in a condition; {nearest(key, _LEAF_WORDS)}")
    field, op = tree.get("field"), tree.get("op")
    kind = field_type(field)
    if kind is None:
        words = [*LEAD_FIELDS, "custom.KEY"]
        complaints.add(f"{path}.field", f"there is no lead field {show(field)}; {nearest(field, words)}")
    elif not isinstance(op, str) or op not in OPERATORS[kind]:
        remedy = nearest(op, OPERATORS[kind])
        complaints.add(f"{path}.op", f"{show(op)} is no operator for {show(field)} ({kind}); {remedy}")
    elif op == "exists":
        if not isinstance(tree.get("value", True), bool):
            complaints.add(f"{path}.value", f"exists takes true or false, not {show(tree.get('value'))}")
    else:
        _check_value(kind, op, tree.get("value"), f"{path}.value", complaints)
    if before != len(complaints.errors) + complaints.left_out or not isinstance(field, str):
        return ALWAYS
    return _compile(field, str(kind), str(op), tree.get("value", True))


_LEAF_WORDS = ("field", "op", "value", "all", "any", "not")


def _check_value(kind: str, op: str, value: object, path: str, complaints: Complaints) -> None:
    if op == "between":
        if not isinstance(value, list) or len(value) != 2:
            complaints.add(path, f"between takes a list of two, the lowest and the highest, not {show(value)}")
            return
        if all(_is(kind, one) for one in value) and (isinstance(value[0], str) != isinstance(value[1], str)):
            complaints.add(path, "between takes two of one type, both numbers or both text")
    elif op in ("in", "not_in"):
        if not isinstance(value, list) or not 0 < len(value) <= LONGEST_LIST:
            complaints.add(path, f"{op} takes a list of one to {LONGEST_LIST:,} values, not {show(value)}")
            return
    elif op in ("contains", "starts_with", "matches_domain"):
        kind = "text"
        if isinstance(value, list) and not value:
            complaints.add(path, f"{op} takes a text or a list of texts, not an empty list")
    elif isinstance(value, list):
        complaints.add(path, f'{op} takes one value, not a list; for several write "op": "in"')
        return
    for at, one in enumerate(value if isinstance(value, list) else [value]):
        if not _is(kind, one):
            place = f"{path}[{at}]" if isinstance(value, list) else path
            complaints.add(place, f"{show(one)} is not {_WANTED[kind]}")


_WANTED = {
    "text": "a text of 1 to 1,000 characters in quotes",
    "list": "a text of 1 to 1,000 characters in quotes",
    "number": "a number (without quotes, at most 15 digits)",
    "truth": "true or false",
    "custom": "a text, a number, true or false",
}


def _is(kind: str, value: object) -> bool:
    text = isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
    if kind == "custom":
        return text or is_number(value) or isinstance(value, bool)
    return {"number": is_number(value), "truth": isinstance(value, bool)}.get(kind, text)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return str(value).casefold()


def _as_number(value: object) -> float | None:
    if type(value) is int or type(value) is float:
        return value
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _compile(field: str, kind: str, op: str, value: Any) -> Condition:
    fields = frozenset({field})
    if op == "exists":
        return Condition((lambda v: field in v) if value else (lambda v: field not in v), {}, fields)
    wanted = frozenset(fold(field, one) for one in (value if isinstance(value, list) else [value]))
    if op in ("eq", "in"):
        return Condition(_equal(field, kind, wanted), {} if kind == "truth" else {field: wanted}, fields)
    if op in ("ne", "not_in"):
        return Condition(_not(_equal(field, kind, wanted)), {}, fields)
    if op in ("contains", "starts_with", "matches_domain"):
        texts = tuple(sorted(str(one) for one in wanted))
        return Condition(_each(field, _TEXTUAL[op](texts, kind)), {}, fields)
    numeric = not isinstance(value[0] if op == "between" else value, str)
    return Condition(_each(field, _ordered(op, value, numeric)), {}, fields)


def _equal(field: str, kind: str, wanted: frozenset[Any]) -> Test:
    if kind == "truth":
        return lambda values: values.get(field, False) in wanted
    if kind in ("text", "number"):
        return lambda values: values.get(field) in wanted
    return _each(field, wanted.__contains__)


def _each(field: str, single: Callable[[Any], bool]) -> Test:
    def holds(values: Folded) -> bool:
        found = values.get(field)
        if found is None:
            return False
        if type(found) is tuple:
            return any(map(single, found))
        return single(found)

    return holds


def _contains(texts: tuple[str, ...], kind: str) -> Callable[[Any], bool]:
    if kind == "list":
        return texts.__contains__
    return lambda found: any(text in str(found) for text in texts)


def _starts_with(texts: tuple[str, ...], kind: str) -> Callable[[Any], bool]:
    return lambda found: str(found).startswith(texts)


def _matches_domain(texts: tuple[str, ...], kind: str) -> Callable[[Any], bool]:
    domains = tuple(text.lstrip("@.") for text in texts)

    def matches(found: Any) -> bool:
        host = str(found).rpartition("://")[2].partition("/")[0].rpartition("@")[2].rstrip(".")
        return any(host == domain or host.endswith(f".{domain}") for domain in domains)

    return matches


_TEXTUAL = {"contains": _contains, "starts_with": _starts_with, "matches_domain": _matches_domain}


def _ordered(op: str, value: Any, numeric: bool) -> Callable[[Any], bool]:
    bounds = value if op == "between" else [value]
    first, last = (bounds[0], bounds[-1]) if numeric else (str(bounds[0]).casefold(), str(bounds[-1]).casefold())
    compare = _ORDER.get(op)

    def holds(found: Any) -> bool:
        found = _as_number(found) if numeric else str(found)
        if found is None:
            return False
        return compare(found, first) if compare else first <= found <= last

    return holds
