"""Read Partidor's own source as syntax trees, for the rules that imports cannot show."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Source:
    """One Python file."""

    path: str
    """Relative to the repository, with slashes."""
    lines: int
    tree: ast.Module

    def within(self, *places: str) -> bool:
        """Say whether the file is one of these, or lies in one of these directories (``partidor/models/``)."""
        return any(self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places)

    def at(self, node: ast.AST) -> str:
        """Name a place in the file."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


@cache
def sources(top: str = "partidor") -> tuple[Source, ...]:
    """Return every file of a tree, migrations left out (Django writes those)."""
    found = []
    for path in sorted((ROOT / top).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "/migrations/" not in path.as_posix():
            found.append(Source(path.relative_to(ROOT).as_posix(), len(text.splitlines()), ast.parse(text)))
    return tuple(found)


def nodes(source: Source, *kinds: type[Node]) -> Iterator[Node]:
    """Walk the nodes of some kinds."""
    for node in ast.walk(source.tree):
        if isinstance(node, kinds):
            yield node


def dotted(node: ast.AST) -> str:
    """Write a name as it stands: ``datetime.now``, or ``?.now`` on something that is no name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
    return "?"


def imported(source: Source) -> Iterator[tuple[ast.AST, str]]:
    """Give every imported name with its module in front: ``django.db.transaction.atomic``."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
