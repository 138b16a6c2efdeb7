"""Questions of one rule that can never hold together, such as employees at least 500 and at most 100."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from typing import Any, Literal

from partidor.domain.conditions import show
from partidor.domain.routing.plain import Group, Leaf, Node, plain
from partidor.domain.routing.possible import (
    MOST_TOGETHER,
    Possible,
    possible_for_lead,
    possible_for_partner,
    thing_of_lead,
    thing_of_partner,
)

MOST_PAIRS = 2_000
Side = Literal["when", "who"]
_Above = Mapping[Hashable, tuple[Leaf, ...]]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Questions that never hold together, or one that never holds alone; ``means`` is what comes of it."""

    leaves: tuple[Leaf, ...]
    means: str

    def __str__(self) -> str:
        """Say it as a warning of the engine: where, what, and what to do."""
        said = " and ".join(f"{leaf.path} ({_shown(leaf)})" for leaf in self.leaves)
        if len(self.leaves) == 1:
            return f"{said} can never hold, so {self.means}; change its values, or take it out"
        remedy = 'change a value, take one out, or put them into "any" if one of them is enough'
        return f"{said} can never hold together, so {self.means}; {remedy}"


@dataclass(frozen=True, slots=True)
class Contradictions:
    """What was found in one ``when`` or ``who``; ``never``: it holds for nobody, for certain."""

    found: tuple[Contradiction, ...]
    never: bool


def contradictions(tree: Mapping[str, Any], side: Side, path: str) -> Contradictions:
    """Look through a tree that can be read; what is found is certain, but not everything is found."""
    walk = _Walk(side)
    never = walk.is_dead(plain(tree, path=path), {})
    whole = "the rule takes no lead" if side == "when" else "nobody passes the rule"
    means = whole if never else "this part of the rule never holds"
    return Contradictions(tuple(Contradiction(leaves, means) for leaves in walk.found), never)


class _Walk:
    """Goes down a tree with all questions that must hold beside a part, by the thing that they are about."""

    def __init__(self, side: Side) -> None:
        self.thing: Callable[[Leaf], Hashable] = thing_of_lead if side == "when" else thing_of_partner
        self.possible: Possible = possible_for_lead if side == "when" else possible_for_partner
        self.found: list[tuple[Leaf, ...]] = []

    def is_dead(self, node: Node, above: _Above) -> bool:
        parts = node.parts if isinstance(node, Group) and node.all else (node,)
        here: dict[Hashable, tuple[Leaf, ...]] = {}
        for part in parts:
            if isinstance(part, Leaf):
                here[self.thing(part)] = (*here.get(self.thing(part), ()), part)
        dead = [self._clash(leaves, above.get(thing, ())) for thing, leaves in here.items()]
        below = {**above, **{thing: (*above.get(thing, ()), *leaves) for thing, leaves in here.items()}}
        for part in parts:
            if isinstance(part, Group):
                alternatives = [self.is_dead(one, below) for one in part.parts]
                dead.append(all(alternatives))
        return any(dead)

    def _clash(self, here: tuple[Leaf, ...], above: tuple[Leaf, ...]) -> bool:
        """Note which of these questions never hold together, as few as will do."""
        every = (*above, *here)
        if len(every) > MOST_TOGETHER or self.possible(every):
            return False
        if above and not self.possible(above):
            return True  # noted where they stand
        alone = [leaf for leaf in here if not self.possible((leaf,))]
        pairs = islice(combinations([leaf for leaf in every if leaf not in alone], 2), MOST_PAIRS)
        few: list[tuple[Leaf, ...]] = [(leaf,) for leaf in alone]
        few += [pair for pair in pairs if any(leaf in here for leaf in pair) and not self.possible(pair)]
        self.found += few or [every]
        return True


def _shown(leaf: Leaf) -> str:
    """Write a question shortly, in the words of the rule."""
    no, asked = "not " if leaf.no else "", leaf.asked
    if "field" in asked or "tag" in asked:
        what = asked["field"] if "field" in asked and "tag" not in asked else f"tag {asked['tag']}"
        op, value = asked["op"], asked.get("value", asked["field"] if "tag" in asked and "field" in asked else True)
    else:
        what = next(iter(asked))
        op, value = next(iter(asked[what].items())) if isinstance(asked[what], dict) else ("is", asked[what])
    return f"{no}{what} {op} {_named(op, value)}"


def _named(op: str, value: Any) -> str:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return show(value)
    if op == "between":
        return " to ".join(map(show, value))
    return ", ".join(map(show, value[:3])) + ("…" if len(value) > 3 else "")
