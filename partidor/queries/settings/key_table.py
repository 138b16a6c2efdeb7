"""The keys of the vendor and of its partners, as the console lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q

from partidor.access.network import keys_of
from partidor.access.viewer import Viewer
from partidor.queries.numbered import Numbered, numbered


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key: ``hint`` is how its secret begins; ``partner`` is empty for the vendor's own."""

    id: UUID
    name: str
    partner: str
    hint: str
    scopes: tuple[str, ...]
    state: Literal["valid", "expired", "revoked"]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


def key_lines(viewer: Viewer, *, page: int, at: datetime) -> Numbered[KeyLine]:
    """List the keys, those in force first, then the newest. For administrators. Raises NotAllowed."""
    viewer.require_vendor("admin")
    rows = keys_of(viewer).annotate(gone=Q(revoked_at__isnull=False)).order_by("gone", "-created_at", "-pk")
    columns = ("pk", "name", "partner__name", "hint", "scopes", "created_at", "expires_at", "revoked_at")
    found = numbered(rows.count(), page, lambda start, end: list(rows.values_list(*columns)[start:end]))
    return found.of([_line(*row, at=at) for row in found.items])


def _line(
    pk: UUID,
    name: str,
    partner: str | None,
    hint: str,
    scopes: list[str],
    created_at: datetime,
    expires_at: datetime | None,
    revoked_at: datetime | None,
    *,
    at: datetime,
) -> KeyLine:
    state: Literal["valid", "expired", "revoked"] = "valid"
    if revoked_at:
        state = "revoked"
    elif expires_at and expires_at <= at:
        state = "expired"
    return KeyLine(pk, name, partner or "", hint, tuple(scopes), state, created_at, expires_at, revoked_at)
