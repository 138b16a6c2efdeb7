"""The rules: the draft and the published versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partidor.access.network import ruleset_for, rulesets_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.models import RulesetVersion
from partidor.models.ruleset import DRAFT
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class RulesetLine:
    """A published version in a list. ``by`` is the actor: kind and id."""

    version: int
    note: str
    created_at: datetime
    by: dict[str, str]
    in_force: bool


@dataclass(frozen=True, slots=True)
class RulesetCard:
    """A version with its rules as they were written; version None is the draft.

    Warnings are about tags, values and products that nobody has yet; they stand only beside rules just written.
    """

    version: int | None
    note: str
    created_at: datetime
    by: dict[str, str]
    in_force: bool
    rules: list[dict[str, Any]]
    warnings: list[str]


def ruleset_card(viewer: Viewer, row: RulesetVersion, warnings: tuple[str, ...] = ()) -> RulesetCard:
    """Show a version with its rules, from the row in hand."""
    by = {"kind": row.by_kind, "id": row.by_id}
    in_force = row.version != DRAFT and row.version == vendor_of(viewer).ruleset_version
    return RulesetCard(row.version or None, row.note, row.created_at, by, in_force, list(row.rules), list(warnings))


def one_ruleset(viewer: Viewer, version: int) -> tuple[RulesetCard, int]:
    """Show a version (0 for the draft), and its revision. Raises NotFound, NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    row = ruleset_for(viewer, version)
    return ruleset_card(viewer, row), row.revision


def rulesets(viewer: Viewer, wanted: Wanted) -> Page[RulesetLine]:
    """List the published versions, newest first."""
    viewer.require_vendor("rules:read", "rules:write")
    found = page(rulesets_of(viewer).exclude(version=DRAFT).defer("rules"), wanted, by="created_at")
    in_force = vendor_of(viewer).ruleset_version
    return found.of(
        [
            RulesetLine(
                row.version,
                row.note,
                row.created_at,
                {"kind": row.by_kind, "id": row.by_id},
                row.version == in_force,
            )
            for row in found.items
        ]
    )
