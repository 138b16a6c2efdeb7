"""The domain decides without Django, clock, network or database: here the import itself is refused."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

REFUSED = frozenset({"django", "ninja", "httpx", "psycopg", "sqlite3", "granian"})
FLOORS = frozenset({"config", "inbound", "outbound", "actions", "queries", "access", "models"})


class _Refuser(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        parts = name.split(".")
        if parts[0] in REFUSED or (parts[0] == "partidor" and len(parts) > 1 and parts[1] in FLOORS):
            raise ImportError(f"{name} is out of bounds for partidor.domain: what decides must run without it")
        return None


def refuse_impure_imports() -> None:
    """Refuse them, unless this is the whole test run, in which Django is there anyway."""
    if "django" not in sys.modules and not any(isinstance(finder, _Refuser) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Refuser())
