"""Whether some lead, or some partner, could answer yes to several questions about one thing of it.

Each answer of no is certain, and an answer of yes may only mean that nobody knows: rules are doubted by it. For a lead
the few values that decide are tried with the engine's own tests; for a partner the sets of values are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from partidor.domain.conditions import Complaints, Folded, compile_condition, field_type, fold, is_number
from partidor.domain.routing.plain import Leaf

MOST_TOGETHER = 200
"""Questions about one thing that are looked at; beyond them everything counts as possible."""
MOST_TRIED = 20_000
"""Values, each tried with each question."""
_BOUNDS = ("gt", "gte", "lt", "lte", "between")

Possible = Callable[[Sequence[Leaf]], bool]


def thing_of_lead(leaf: Leaf) -> Hashable:
    """Name what a question of a ``when`` is about: the field."""
    return str(leaf.asked["field"])


def thing_of_partner(leaf: Leaf) -> Hashable:
    """Name what a question of a ``who`` is about: a dimension of tags, the country, the distance …"""
    return ("tag", leaf.asked["tag"]) if "tag" in leaf.asked else next(iter(leaf.asked))


def possible_for_lead(leaves: Sequence[Leaf]) -> bool:
    """Say whether one lead could answer yes to all these questions of a ``when`` about the same field."""
    if len(leaves) == 1 and leaves[0].asked["op"] != "between":
        return True
    if _are_contrary(leaves):
        return False
    field = leaves[0].asked["field"]
    tried = _values_to_try(field, leaves)
    if tried is None or len(tried) * len(leaves) > MOST_TRIED:
        return True
    tests = [(compile_condition(leaf.asked, "", Complaints()).holds, leaf.no) for leaf in leaves]
    return any(all(holds(values) != no for holds, no in tests) for values in tried)


def possible_for_partner(leaves: Sequence[Leaf]) -> bool:
    """Say whether one partner could answer yes to all these questions of a ``who`` about the same thing."""
    if _are_contrary(leaves):
        return False
    if "distance_km" in leaves[0].asked:
        near = [leaf.asked["distance_km"]["lte"] for leaf in leaves if not leaf.no]
        far = [leaf.asked["distance_km"]["lte"] for leaf in leaves if leaf.no]
        return not near or not far or min(near) > max(far)
    if "customer_of" in leaves[0].asked:
        return True
    any_of, all_of, none_of = _asked_sets(leaves)
    if {"country", "kind", "partner"} & set(leaves[0].asked):  # a partner has one
        return not any_of or bool(frozenset.intersection(*any_of) - none_of)
    return all(values - none_of for values in any_of) and not any(values & none_of for values in all_of)


def _are_contrary(leaves: Sequence[Leaf]) -> bool:
    asked, denied = ([leaf.asked for leaf in leaves if leaf.no == no] for no in (False, True))
    return any(one in denied for one in asked)


def _asked_sets(leaves: Sequence[Leaf]) -> tuple[list[frozenset[str]], list[frozenset[str]], frozenset[str]]:
    """Return the values of which one is wanted, of which all are, and those that are not; what depends is left out."""
    any_of: list[frozenset[str]] = []
    all_of: list[frozenset[str]] = []
    none_of: set[str] = set()
    for leaf in leaves:
        asked = leaf.asked
        word = next(iter(asked))
        op, values = (asked["op"], asked.get("value", ())) if "tag" in asked else next(iter(asked[word].items()))
        if op in ("matches", "at_least") or (op == "all_of" and leaf.no):
            continue
        is_exact = word in ("kind", "partner", "parent") and "tag" not in asked
        named = frozenset(value if is_exact else value.casefold() for value in values)
        if op == "all_of":
            all_of.append(named)
        elif (op == "in") != leaf.no:
            any_of.append(named)
        else:
            none_of |= named
    return any_of, all_of, frozenset(none_of)


def _values_to_try(field: str, leaves: Sequence[Leaf]) -> list[Folded] | None:
    """Return folded leads of which one answers yes to all, if any lead does; None: nobody knows such a few."""
    kind = field_type(field)
    if any(_wants_nothing(leaf) for leaf in leaves):
        return [{}]
    if kind == "truth":
        return [{}, {field: True}, {field: False}]
    wanted = [_folded(field, leaf) for leaf in leaves if _is_equal(leaf, True)]
    if kind == "list":
        return _lists_to_try(field, leaves, wanted)
    if wanted:
        return [{field: value} for value in min(wanted, key=len)]
    others = [leaf for leaf in leaves if leaf.asked["op"] != "exists" and not _is_equal(leaf, False)]
    if others and all(leaf.asked["op"] in _BOUNDS and all(map(is_number, _values(leaf))) for leaf in others):
        return _numbers_to_try(field, leaves)
    return _texts_to_try(field, leaves, [leaf for leaf in others if not leaf.no])


def _wants_nothing(leaf: Leaf) -> bool:
    return leaf.asked["op"] == "exists" and leaf.asked.get("value", True) is leaf.no


def _is_equal(leaf: Leaf, yes: bool) -> bool:
    """Say whether it asks for one of its values (yes), or for none of them (no)."""
    ops, contrary = (("eq", "in"), ("ne", "not_in")) if yes else (("ne", "not_in"), ("eq", "in"))
    return leaf.asked["op"] in (contrary if leaf.no else ops)


def _values(leaf: Leaf) -> list[Any]:
    value = leaf.asked.get("value", True)
    return value if isinstance(value, list) else [value]


def _folded(field: str, leaf: Leaf) -> frozenset[Any]:
    return frozenset(fold(field, value) for value in _values(leaf))


def _lists_to_try(field: str, leaves: Sequence[Leaf], wanted: Sequence[frozenset[Any]]) -> list[Folded] | None:
    """Return the largest list that may be: it answers yes to every wish for a value, if any list does."""
    if not wanted or not all(_is_equal(leaf, True) or _is_equal(leaf, False) or leaf.asked["op"] == "exists"
                             for leaf in leaves):  # fmt: skip
        return None
    unwanted = frozenset[Any]().union(*(_folded(field, leaf) for leaf in leaves if _is_equal(leaf, False)))
    return [{field: tuple(frozenset().union(*wanted) - unwanted)}]


def _numbers_to_try(field: str, leaves: Sequence[Leaf]) -> list[Folded]:
    """Return every bound, what lies between and beyond them; of a field of one's own also written otherwise."""
    texts = [str(value) for leaf in leaves for value in _values(leaf)]
    points = sorted({float(value) for leaf in leaves for value in _values(leaf) if is_number(value)})
    between = [(low + high) / 2 for low, high in pairwise(points)]
    numbers = [points[0] - 1, *points, *between, points[-1] + 1]
    if field_type(field) == "number":
        return [{}, *({field: number} for number in numbers)]
    blanks = " " * (max(map(len, texts)) + 1)
    return [{}, *({field: fold(field, number)} for number in numbers), *({field: f"{n}{blanks}"} for n in numbers)]


def _texts_to_try(field: str, leaves: Sequence[Leaf], asking: Sequence[Leaf]) -> list[Folded] | None:
    """Return each beginning that is asked for, or each part, with what no question names around it."""
    ops = [leaf.asked["op"] for leaf in asking]
    if not ops or (set(ops) != {"starts_with"} and ops != ["contains"]) or any(
        leaf.no and leaf.asked["op"] not in ("eq", "in", "starts_with", "contains") for leaf in leaves
    ):  # fmt: skip
        return None
    named = "".join(str(value).casefold() for leaf in leaves for value in _values(leaf))
    unnamed = next(char for char in map(chr, range(0x7E, 0x110000)) if char not in named and char == char.casefold())
    before = unnamed if ops == ["contains"] else ""
    return [{field: f"{before}{text}{unnamed}"} for text in _all_texts(field, asking)]


def _all_texts(field: str, asking: Iterable[Leaf]) -> Iterable[str]:
    return sorted({str(fold(field, value)) for leaf in asking for value in _values(leaf)})
