"""Conditions of one rule that can never hold together, such as employees at least 500 and at most 100."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from partidor.domain.conditions import field_type, fold, is_number, show
from partidor.domain.routing.plain import Group, Leaf, Node, plain

MOST_PAIRS = 2_000
_BOUNDS = ("gt", "gte", "lt", "lte", "between")


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One question that never holds, or two that never hold together."""

    leaves: tuple[Leaf, ...]

    def __str__(self) -> str:
        """Say it as a warning of the engine."""
        said = " and ".join(_shown(leaf) for leaf in self.leaves)
        return f"{said} can never hold{' together' if len(self.leaves) > 1 else ''}"


@dataclass(frozen=True, slots=True)
class _Demand:
    """What a question leaves for the one value of a field."""

    low: float = float("-inf")
    high: float = float("inf")
    without_ends: bool = False
    values: frozenset[Any] | None = None
    not_values: frozenset[Any] = frozenset()
    missing: bool = False
    present: bool = True


def contradictions(when: Any) -> list[Contradiction]:
    """Find them in a tree that can be read; only what is asked of one value of one field."""
    return list(_found(plain(when)))


def never_holds(when: Any) -> bool:
    """Say whether a tree that can be read is known to hold for no lead; False may also mean that it is not known."""
    return _is_never(plain(when))


def _is_never(node: Node) -> bool:
    if isinstance(node, Leaf):
        return any(True for _ in _side_by_side((node,)))
    if node.all:
        return any(map(_is_never, node.parts)) or any(True for _ in _side_by_side(node.parts))
    return all(map(_is_never, node.parts))


def _found(node: Node) -> Iterator[Contradiction]:
    if isinstance(node, Leaf):
        node = Group(True, (node,))
    if node.all:
        yield from _side_by_side(node.parts)
    for part in node.parts:
        if isinstance(part, Group):
            yield from _found(part)


def _side_by_side(parts: Sequence[Node]) -> Iterator[Contradiction]:
    """Find them among the questions that must all hold."""
    by_field: dict[str, list[tuple[Leaf, _Demand]]] = {}
    for leaf in parts:
        if isinstance(leaf, Leaf) and field_type(leaf.asked["field"]) in ("text", "number", "custom"):
            by_field.setdefault(leaf.asked["field"], []).append((leaf, _demand(leaf)))
    for demands in by_field.values():
        alone = [one for one in demands if _never(one[1], one[1])]
        yield from (Contradiction((leaf,)) for leaf, _ in alone)
        fine = [one for one in demands if one not in alone]
        for at, ((leaf, one), (other_leaf, other)) in enumerate(combinations(fine, 2)):
            if at >= MOST_PAIRS:
                break
            if _never(one, other):
                yield Contradiction((leaf, other_leaf))


def _demand(leaf: Leaf) -> _Demand:
    field, op, value = leaf.asked["field"], leaf.asked["op"], leaf.asked.get("value", True)
    if op == "exists":
        return _Demand(missing=leaf.no == value, present=leaf.no != value)
    values = value if isinstance(value, list) else [value]
    if op in ("eq", "in", "ne", "not_in"):
        folded = frozenset(fold(field, one) for one in values)
        is_one_of = (op in ("eq", "in")) != leaf.no
        return _Demand(values=folded) if is_one_of else _Demand(not_values=folded, present=False)
    if leaf.no:
        return _Demand(present=False)
    if op in _BOUNDS and all(map(is_number, values)):
        low = values[0] if op in ("gt", "gte", "between") else float("-inf")
        high = values[-1] if op in ("lt", "lte", "between") else float("inf")
        return _Demand(low, high, op in ("gt", "lt"))
    return _Demand()


def _never(one: _Demand, other: _Demand) -> bool:
    if (one.missing and other.present) or (other.missing and one.present):
        return one is not other
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high or (low == high and (one.without_ends or other.without_ends)):
        return True
    if one.values is not None and other.values is not None and one is not other:
        return not one.values & other.values
    for demand, against in ((one, other), (other, one)):
        if demand.values is not None and all(not _within(value, against) for value in demand.values):
            return True
    return False


def _within(value: Any, demand: _Demand) -> bool:
    if value in demand.not_values:
        return False
    if demand.low == float("-inf") and demand.high == float("inf"):
        return True
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    above = number > demand.low or (number == demand.low and not demand.without_ends)
    return above and (number < demand.high or (number == demand.high and not demand.without_ends))


def _shown(leaf: Leaf) -> str:
    value = leaf.asked.get("value", True)
    said = " to ".join(map(show, value)) if leaf.asked["op"] == "between" else show(value)
    if isinstance(value, list) and leaf.asked["op"] != "between":
        said = ", ".join(map(show, value[:3])) + ("…" if len(value) > 3 else "")
    return f"{'not ' if leaf.no else ''}{leaf.asked['field']} {leaf.asked['op']} {said}"
