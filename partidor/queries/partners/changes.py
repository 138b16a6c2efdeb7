"""Who changed a partner, or working hours, the last time; and how it stands with many before one change of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import events_of_vendor, keys_of, memberships_of, partners_of
from partidor.access.viewer import Viewer
from partidor.domain.intake.partner_change import LIMITS, PartnerChange
from partidor.models import Event
from partidor.queries.rules.in_force import Publisher


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who made the last change, and when; ``mine`` if it was the viewer, in another window."""

    by: Publisher
    at: datetime
    mine: bool


def last_change(viewer: Viewer, what: str, partner_id: UUID | None = None) -> LastChange | None:
    """Return the last change of this kind (``partner.changed``, ``vendor.hours_changed`` …), None before the first."""
    events = events_of_vendor(viewer).filter(type=what)
    if partner_id is not None:
        events = events.filter(data__partner=str(partner_id))
    event = events.order_by("-at", "-pk").first()
    if event is None:
        return None
    mine = (event.by_kind, event.by_id) == (viewer.kind, viewer.id)
    return LastChange(Publisher(event.by_kind, _name(viewer, event)), event.at, mine)


def _name(viewer: Viewer, event: Event) -> str:
    if event.by_kind == "person":
        member = memberships_of(viewer).filter(person_id=event.by_id).first()
        return member.person.name if member else ""
    if event.by_kind == "key":
        return keys_of(viewer).filter(pk=event.by_id).values_list("name", flat=True).first() or ""
    return ""


Standing = int | bool | None
"""How a partner stands, as far as a change asks: its limit (None: no limit), whether it has the tag, or is paused."""


def standing(viewer: Viewer, ids: Collection[UUID], change: PartnerChange, *, at: datetime) -> Counter[Standing]:
    """Count how the partners in use among these stand before a change. Raises NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    partners = partners_of(viewer).filter(pk__in=ids, archived_at=None)
    if change.verb in LIMITS:
        return Counter(getattr(partner, change.verb) for partner in partners.only(change.verb))
    if change.verb in ("pause", "resume"):
        return Counter(partner.paused(at) for partner in partners)
    wanted = change.value.casefold()
    return Counter(
        wanted in (one.casefold() for one in partner.tags.get(change.dimension, ()))
        for partner in partners.only("tags")
    )
