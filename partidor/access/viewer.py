"""Who looks or acts: a key, a person, or the system itself; and what it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.domain.refusal import NotAllowed, Refusal
from partidor.models import ApiKey, Membership, Vendor
from partidor.models.key import digest

SCOPES = (
    "leads:read", "leads:write", "offers:write", "partners:read", "partners:write",
    "rules:read", "rules:write", "reports:read", "webhooks:write", "admin",
)  # fmt: skip
PARTNER_SCOPES = ("leads:read", "leads:write", "offers:write", "reports:read", "webhooks:write")

_READ = frozenset({"leads:read", "partners:read", "rules:read", "reports:read"})
_STEER = _READ | {"leads:write", "offers:write", "partners:write", "rules:write"}
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "administrator": frozenset(SCOPES),
    "channel_manager": _STEER,
    "partner_account_manager": _READ | {"leads:write", "partners:write"},
    "marketing": _READ | {"leads:write"},
    "management": _READ,
    "agency": frozenset({"leads:read", "leads:write"}),
    "partner_manager": frozenset(PARTNER_SCOPES),
    "partner_sales": frozenset({"leads:read", "leads:write", "offers:write"}),
}
"""What each role may do, in the words of the keys' scopes."""


class UnknownKey(Refusal):
    """This key is unknown, expired or revoked; send a valid one as Authorization: Bearer <key>."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever stands before the door. A viewer with a partner sees that partner's part only."""

    vendor_id: UUID
    kind: str
    id: str
    scopes: frozenset[str]
    partner_id: UUID | None = None
    vendor: Vendor | None = None
    role: str = ""
    """The role of a person; empty for a key and for the system."""

    def may(self, *scopes: str) -> bool:
        """Say whether any of the scopes is held."""
        return not self.scopes.isdisjoint(scopes)

    def require(self, *scopes: str) -> None:
        """Refuse unless any of the scopes is held."""
        if not self.may(*scopes):
            raise NotAllowed(needs=" or ".join(scopes))

    def require_vendor(self, *scopes: str) -> None:
        """Refuse partners, and whoever holds none of the scopes."""
        self.require(*scopes)
        if self.partner_id is not None:
            raise NotAllowed(needs="a key or role of the vendor")

    def may_steer(self, partner_id: UUID) -> bool:
        """Say whether this partner's pause and people may be steered: by the vendor's roles, or by its own manager."""
        return self.may("partners:write") or (self.role == "partner_manager" and self.partner_id == partner_id)

    @property
    def actor(self) -> dict[str, str]:
        """Name the actor as events do."""
        return {"kind": self.kind, "id": self.id}


def system(vendor_id: UUID, name: str = "clock") -> Viewer:
    """Act as Partidor itself."""
    return Viewer(vendor_id, "system", name, frozenset(SCOPES))


def viewer_of_key(secret: str, *, at: datetime) -> Viewer:
    """Find the viewer behind an API key, with its vendor, in one statement; UnknownKey if there is none."""
    key = next(iter(ApiKey.objects.select_related("vendor").filter(digest=digest(secret))), None)
    if key is None or key.revoked_at or (key.expires_at and key.expires_at <= at):
        raise UnknownKey
    return Viewer(key.vendor_id, "key", str(key.pk), frozenset(key.scopes), key.partner_id, key.vendor)


def viewer_of_membership(membership: Membership, vendor: Vendor | None = None) -> Viewer:
    """See with the eyes of a person in one of its roles; its vendor may be given when it is in hand."""
    return Viewer(
        membership.vendor_id,
        "person",
        str(membership.person_id),
        ROLE_SCOPES[membership.role] if membership.active else frozenset(),
        membership.partner_id,
        vendor,
        membership.role if membership.active else "",
    )


def vendor_of(viewer: Viewer) -> Vendor:
    """Return the viewer's vendor, reading it only when the door did not."""
    return viewer.vendor or Vendor.objects.get(pk=viewer.vendor_id)
