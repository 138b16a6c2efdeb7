"""Changing rules one small step at a time: an edit names a rule, a path in it and what is to stand there.

Every edit returns new rules and leaves the old ones alone, and comes with the edit that undoes it. An edit that only
moves, adds or takes away whole parts never makes rules that cannot be read; whether a value that somebody typed can
be read is for ``compile_ruleset`` to say. Rules are counted from 0 here, as in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from partidor.domain.refusal import Refusal
from partidor.domain.routing.plain import ALWAYS as EVERY_LEAD
from partidor.domain.routing.plain import plain
from partidor.domain.routing.ruleset import compile_ruleset

Tree = dict[str, Any]
Steps = tuple[str | int, ...]
ALWAYS: Tree = {"all": []}
KINDS = ("all", "any", "none", "not_all")
"""What a group may ask of its parts: that all hold, any, none of them, or not all of them."""
LONGEST_PATH = 400
_STEP = re.compile(r"\.?([a-z_]+)|\[([0-9]{1,5})\]")


class NothingThere(Refusal):
    """What you wanted to change is not in the rules any more; look at them again."""


class LastStep(Refusal):
    """A plan needs at least one step; change this one instead, or delete the rule."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change.

    ``do`` inside a rule: put, add, drop, group, shift, fill (everything but its name); with whole rules: insert, new
    (where new ones belong), copy, remove, move, all.
    """

    do: str
    rule: int = 0
    path: str = ""
    value: Any = None
    to: int = 0

    def as_json(self) -> Tree:
        """Write it down."""
        return asdict(self)


class Edited(NamedTuple):
    """New rules, the edit that brings the old ones back, and which of the new ones was touched (None: all or none)."""

    rules: list[Tree]
    undo: Edit
    touched: int | None


class Parts(NamedTuple):
    """A group opened: its kind, and its parts with the path of each, from the group on."""

    kind: str
    parts: list[tuple[str, Any]]


def edited(rules: Sequence[Tree], edit: Edit) -> Edited:
    """Carry out an edit. Raises NothingThere and LastStep."""
    if edit.do == "all":
        return Edited(list(edit.value), Edit("all", value=list(rules)), None)
    if edit.do in ("insert", "new"):
        at = min(max(edit.rule, 0), len(rules)) if edit.do == "insert" else place_for_new(rules)
        return Edited([*rules[:at], edit.value, *rules[at:]], Edit("remove", at), at)
    if not 0 <= edit.rule < len(rules):
        raise NothingThere
    old, others = rules[edit.rule], [*rules[: edit.rule], *rules[edit.rule + 1 :]]
    if edit.do == "remove":
        return Edited(others, Edit("insert", edit.rule, value=old), None)
    if edit.do == "move":
        to = min(max(edit.to, 0), len(others))
        return Edited([*others[:to], old, *others[to:]], Edit("move", to, to=edit.rule), None)
    if edit.do == "copy":
        copied = {**old, "name": f"{old['name'][:280]} ({edit.value})"}
        return Edited([*rules[: edit.rule + 1], copied, *rules[edit.rule + 1 :]], Edit("remove", edit.rule + 1), None)
    if edit.do == "fill":
        new = {**edit.value, "name": old["name"]}
    else:
        new = edit.value if edit.do == "put" and not edit.path else _inside(old, edit)
    undo = Edit("put", edit.rule, value=old)
    return Edited([*rules[: edit.rule], new, *rules[edit.rule + 1 :]], undo, edit.rule)


def place_for_new(rules: Sequence[Tree]) -> int:
    """Say where a new rule goes: before the first rule that no lead comes past, else to the end."""
    return next((at for at, rule in enumerate(rules) if _takes_every(rule)), len(rules))


def _takes_every(rule: Tree) -> bool:
    # Few rules ask nothing of a lead, and only those are read.
    return plain(rule.get("when", ALWAYS)) == EVERY_LEAD and compile_ruleset([rule]).rules[0].takes_every


def _inside(rule: Tree, edit: Edit) -> Any:
    steps = steps_of(edit.path)
    if edit.do == "put":
        return _put(rule, steps, edit.value)
    if edit.do == "add":
        return _add(rule, steps, edit.value)
    if edit.do == "drop":
        return _drop(rule, steps)
    if edit.do == "group":
        node = _there(rule, steps)
        if not isinstance(node, Mapping):
            raise NothingThere
        return _put(rule, steps, grouped(str(edit.value), [part for _, part in opened(node).parts]))
    if edit.do == "shift":
        return _shift(rule, steps, edit.to)
    raise NothingThere


def steps_of(path: str) -> Steps:
    """Read a path inside a rule, such as ``when.all[0].not``. Raises NothingThere."""
    steps: list[str | int] = []
    at = 0
    while at < len(path) <= LONGEST_PATH:
        found = _STEP.match(path, at)
        if found is None:
            break
        steps.append(found[1] or int(found[2]))
        at = found.end()
    if at != len(path) or not steps:
        raise NothingThere
    return tuple(steps)


def opened(node: Any) -> Parts:
    """Open a node of ``when`` or ``who`` as a group; a question, or the contrary of one, is all of one part."""
    if is_question(node):
        return Parts("all", [("", node)])
    if "all" in node or "any" in node:
        word = "all" if "all" in node else "any"
        return Parts(word, [(f".{word}[{at}]", part) for at, part in enumerate(node[word])])
    inner = node["not"]
    if "all" in inner or "any" in inner:
        word = "all" if "all" in inner else "any"
        kind = "not_all" if word == "all" else "none"
        return Parts(kind, [(f".not.{word}[{at}]", part) for at, part in enumerate(inner[word])])
    return Parts("none", [(".not", inner)])


def is_question(node: Mapping[str, Any]) -> bool:
    """Say whether a node is one question, or the contrary of one, and no group."""
    inner = node.get("not", node)
    return isinstance(inner, Mapping) and not {"all", "any", "not"} & set(inner)


def grouped(kind: str, parts: Sequence[Any]) -> Tree:
    """Make a group of parts; of no parts, the one that always holds."""
    if kind not in KINDS:
        raise NothingThere
    if not parts:
        return ALWAYS
    inner = {"all" if kind in ("all", "not_all") else "any": list(parts)}
    return {"not": inner} if kind in ("none", "not_all") else inner


def _there(tree: Any, steps: Steps) -> Any:
    for step in steps:
        listed = isinstance(step, int) and isinstance(tree, list) and step < len(tree)
        if listed or (isinstance(step, str) and isinstance(tree, Mapping) and step in tree):
            tree = tree[step]
        elif steps in (("when",), ("who",)):
            return ALWAYS
        elif steps in (("order",), ("plan",)):
            return []
        else:
            raise NothingThere
    return tree


def _put(tree: Any, steps: Steps, value: Any) -> Any:
    """Return the tree with something else at a path; None takes an optional key away."""
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        if not isinstance(tree, list) or step >= len(tree):
            raise NothingThere
        return [*tree[:step], _put(tree[step], rest, value) if rest else value, *tree[step + 1 :]]
    if not isinstance(tree, Mapping) or (rest and step not in tree):
        raise NothingThere
    if not rest and value is None:
        return {key: one for key, one in tree.items() if key != step}
    return {**tree, step: _put(tree[step], rest, value) if rest else value}


def _add(rule: Tree, steps: Steps, part: Any) -> Any:
    node = _there(rule, steps)
    if isinstance(node, list):
        return _put(rule, steps, [*node, part])
    if not isinstance(node, Mapping):
        raise NothingThere
    kind, parts = opened(node)
    return _put(rule, steps, grouped(kind, [*(one for _, one in parts), part]))


def _drop(rule: Tree, steps: Steps) -> Any:
    _there(rule, steps)
    last, group = steps[-1], steps[:-1]
    if len(steps) == 1:
        if last not in ("when", "who"):
            raise NothingThere
        return _put(rule, steps, ALWAYS)
    if last == "not":
        return _drop(rule, group)
    siblings = _there(rule, group)
    if not isinstance(last, int) or not isinstance(siblings, list):
        raise NothingThere
    left = [*siblings[:last], *siblings[last + 1 :]]
    if left or group == ("order",):
        return _put(rule, group, left)
    if group == ("plan",):
        raise LastStep
    return _drop(rule, group[:-1])  # a group of nothing goes with its last part


def _shift(rule: Tree, steps: Steps, to: int) -> Any:
    last, group = steps[-1], steps[:-1]
    siblings = _there(rule, group) if group else None
    if not isinstance(last, int) or not isinstance(siblings, list) or last >= len(siblings):
        raise NothingThere
    others = [*siblings[:last], *siblings[last + 1 :]]
    to = min(max(to, 0), len(others))
    return _put(rule, group, [*others[:to], siblings[last], *others[to:]])
