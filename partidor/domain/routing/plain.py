"""A rule's ``when`` or ``who`` without negations inside each other.

Every ``not`` is moved down to the questions, where each has its contrary (De Morgan).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Leaf:
    """One question, or its contrary; ``path`` is where it stands in what was written."""

    asked: Mapping[str, Any]
    no: bool
    path: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of which all hold, or any."""

    all: bool
    parts: tuple[Node, ...]


Node = Leaf | Group
ALWAYS, NEVER = Group(True, ()), Group(False, ())


def plain(tree: Mapping[str, Any], no: bool = False, path: str = "") -> Node:
    """Read a tree of all, any and not (valid, as compiled) into one with contraries only at its questions.

    ``path`` is that of the tree itself.
    """
    if "not" in tree:
        return plain(tree["not"], not no, f"{path}.not")
    word = next((word for word in ("all", "any") if word in tree), None)
    if word is None:
        return Leaf(tree, no, path)
    is_all = (word == "all") != no
    neutral, over = (ALWAYS, NEVER) if is_all else (NEVER, ALWAYS)
    parts: list[Node] = []
    for part in (plain(one, no, f"{path}.{word}[{at}]") for at, one in enumerate(tree[word])):
        if part == over:
            return over
        if part == neutral or part in parts:
            continue
        parts += part.parts if isinstance(part, Group) and part.all == is_all else [part]
    if len(parts) == 1:
        return parts[0]
    return Group(is_all, tuple(parts)) if parts else neutral
