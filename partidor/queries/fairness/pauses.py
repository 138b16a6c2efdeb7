"""How long partners were paused, told from the events."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.network import events_of_vendor
from partidor.access.viewer import Viewer
from partidor.domain.reports.pauses import paused_for


def pauses(viewer: Viewer, *, since: datetime | None, at: datetime) -> dict[UUID, timedelta]:
    """Add up how long each partner was paused; of a pause that began before the span, what lies in it."""
    told: dict[UUID, list[tuple[str, datetime, datetime | None]]] = defaultdict(list)
    happened = events_of_vendor(viewer).filter(type__in=["partner.paused", "partner.resumed"], at__lte=at)
    for what, when, facts in happened.order_by("at", "pk").values_list("type", "at", "data"):
        until = datetime.fromisoformat(facts["until"]) if facts.get("until") else None
        told[UUID(facts["partner"])].append((what.partition(".")[2], when, until))
    return {partner: paused_for(events, since=since, at=at) for partner, events in told.items()}
