"""A rule's ``when`` or ``who`` without negations inside each other.

Every ``not`` is moved down to the questions, where each has its contrary (De Morgan).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question, or its contrary."""

    asked: Mapping[str, Any]
    no: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of which all hold, or any."""

    all: bool
    parts: tuple[Node, ...]


Node = Leaf | Group
ALWAYS, NEVER = Group(True, ()), Group(False, ())


def plain(tree: Mapping[str, Any], no: bool = False) -> Node:
    """Read a tree of all, any and not (valid, as compiled) into one with contraries only at its questions."""
    if "not" in tree:
        return plain(tree["not"], not no)
    word = next((word for word in ("all", "any") if word in tree), None)
    if word is None:
        return Leaf(tree, no)
    is_all = (word == "all") != no
    neutral, over = (ALWAYS, NEVER) if is_all else (NEVER, ALWAYS)
    parts: list[Node] = []
    for part in (plain(one, no) for one in tree[word]):
        if part == over:
            return over
        if part == neutral or part in parts:
            continue
        parts += part.parts if isinstance(part, Group) and part.all == is_all else [part]
    if len(parts) == 1:
        return parts[0]
    return Group(is_all, tuple(parts)) if parts else neutral
