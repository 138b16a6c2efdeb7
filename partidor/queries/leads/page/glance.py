"""How a lead stands, at a glance: what a page that polls needs to know whether anything has happened."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Max

from partidor.access.leads import visible_leads
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound

Glance = tuple[int, datetime | None]
"""How many events the lead has had, and when somebody last looked at an offer of it."""


def glance(viewer: Viewer, ref: str) -> Glance:
    """Look at a lead in one statement. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    rows = visible_leads(viewer).filter(ref=ref.upper())
    for found in rows.order_by().values_list("event_seq").annotate(Max("offers__seen_at")):
        return found
    raise NotFound(what="lead")
