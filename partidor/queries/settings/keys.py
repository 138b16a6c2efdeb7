"""API keys as they are shown: never with their secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import keys_of
from partidor.access.viewer import Viewer
from partidor.models import ApiKey
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class KeyCard:
    """A key: ``hint`` is how its secret begins."""

    id: UUID
    name: str
    hint: str
    scopes: list[str]
    partner: UUID | None
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKeyCard(KeyCard):
    """A key just made, with its secret: shown this once."""

    key: str


def key_card(key: ApiKey) -> KeyCard:
    """Show a key."""
    return KeyCard(
        key.pk, key.name, key.hint, list(key.scopes), key.partner_id, key.created_at, key.expires_at, key.revoked_at
    )


def new_key_card(key: ApiKey, secret: str) -> NewKeyCard:
    """Show a key just made."""
    return NewKeyCard(
        key.pk, key.name, key.hint, list(key.scopes), key.partner_id, key.created_at, key.expires_at, key.revoked_at,
        secret,
    )  # fmt: skip


def keys(viewer: Viewer, wanted: Wanted) -> Page[KeyCard]:
    """List the vendor's keys, revoked ones too, newest first."""
    viewer.require_vendor("admin")
    found = page(keys_of(viewer), wanted, by="created_at")
    return found.of([key_card(key) for key in found.items])
