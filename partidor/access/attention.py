"""The way to what the bridge looks at beside leads and offers: decisions about many leads, and what was sent."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.viewer import Viewer
from partidor.models import Decision, Delivery


def decisions_about(viewer: Viewer, leads: Collection[UUID]) -> QuerySet[Decision]:
    """Return the decisions about some of the vendor's leads, oldest first."""
    return Decision.objects.filter(vendor_id=viewer.vendor_id, lead_id__in=leads).order_by("lead_id", "lead_seq")


def deliveries_of(viewer: Viewer) -> QuerySet[Delivery]:
    """Return what was, or is to be, sent to anybody for the vendor."""
    return Delivery.objects.filter(vendor_id=viewer.vendor_id)
