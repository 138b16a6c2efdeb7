"""What every fairness report begins with, read once: the ledger, the partners in it, what rules are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Q

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import TIER
from partidor.domain.routing.fairness import Ledger
from partidor.models.draws import rule_names
from partidor.models.ledger import read_ledger
from partidor.models.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Listed:
    """A partner that stands in the report."""

    pk: UUID
    name: str
    weight: int
    tier: str
    created_at: datetime
    archived: bool
    country: str
    region: str


@dataclass(frozen=True)
class Books:
    """The ledger of all time, and who is listed: partners in use, and archived ones as long as they stand in it."""

    viewer: Viewer
    vendor: Vendor
    ledger: Ledger
    partners: tuple[Listed, ...]

    @cached_property
    def rules(self) -> Mapping[tuple[int, int], str]:
        """Return what rules are called, by version and position; read when first asked for."""
        return rule_names(self.viewer.vendor_id)


def read_books(viewer: Viewer) -> Books:
    """Read the books of a vendor; a partner's key sees its own row only. Raises NotAllowed."""
    viewer.require("reports:read")
    ledger = read_ledger(viewer.vendor_id)
    rows = partners_of(viewer).filter(Q(archived_at=None) | Q(pk__in=list(ledger.rows))).order_by("name", "pk")
    listed = tuple(
        Listed(
            pk, name, weight, next(iter(tags.get(TIER, ())), ""), created_at, archived_at is not None, country, region
        )
        for pk, name, weight, tags, created_at, archived_at, country, region in rows.values_list(
            "pk", "name", "weight", "tags", "created_at", "archived_at", "country", "region"
        )
    )
    return Books(viewer, vendor_of(viewer), ledger, listed)
