"""Places: load what the ladder looks up, and place again what could not be placed before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.leads import lock_leads, visible_leads
from partidor.access.network import locked_partners, parents_of, partners_of
from partidor.access.viewer import Viewer
from partidor.actions.events import telling
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.places import Place, place_keys, rung
from partidor.domain.states import CLOSED_LEAD
from partidor.models import KnownPlace, Lead, Partner
from partidor.models.partner import keep_facts
from partidor.models.place import places_of
from partidor.models.vendor import lock_vendor, next_network_version

BATCH = 500
"""Rows that are placed in one transaction."""


@in_one_transaction
def load_places(places: Iterable[Place], cities: Iterable[Place] = ()) -> int:
    """Replace all places of the countries that are named, and add cities that are not known; return how many."""
    return KnownPlace.replace(places) + KnownPlace.add(cities)


@dataclass(frozen=True, slots=True)
class PlacedAgain:
    """How many partners and open leads have a place now that had none, and how many still have none."""

    partners: int
    leads: int
    unplaced_partners: int
    unplaced_leads: int


def place_again(*, by: Viewer, at: datetime) -> PlacedAgain:
    """Look again for the places of partners in use and of open leads that have none. Done twice, it does no harm.

    In batches, each of which is kept by itself. Deadlines and offers stay as they are. Raises NotAllowed.
    """
    by.require_vendor("partners:write")
    partners = list(partners_of(by).filter(archived_at=None, lat=None).order_by("pk").values_list("pk", flat=True))
    open_leads = visible_leads(by).filter(lat=None).exclude(state__in=CLOSED_LEAD)
    leads = list(open_leads.order_by("pk").values_list("pk", flat=True))
    placed_partners = sum(_place_partners(batch, by=by, at=at) for batch in _batches(partners))
    placed_leads = sum(_place_leads(batch, by=by, at=at) for batch in _batches(leads))
    return PlacedAgain(placed_partners, placed_leads, len(partners) - placed_partners, len(leads) - placed_leads)


def _batches(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


@in_one_transaction
def _place_partners(ids: Sequence[UUID], *, by: Viewer, at: datetime) -> int:
    lock_vendor(by.vendor_id)
    partners = [partner for partner in locked_partners(by, ids) if partner.lat is None]
    found = []
    for partner, (point, key) in zip(partners, places_of(map(_address, partners)), strict=True):
        if point is not None:
            columns: dict[str, object] = {"lat": point[0], "lon": point[1], "located": rung(key)}
            found.append((partner, columns))
    if found:
        Partner.change_many(found, at)
        above: dict[UUID, list[UUID]] = {}
        placed = [partner for partner, _columns in found]
        for child, parent in parents_of(by).filter(partner__in=placed).values_list("partner_id", "parent_id"):
            above.setdefault(child, []).append(parent)
        facts = [partner.facts(above.get(partner.pk, ())) for partner in placed]
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), facts)
    return len(found)


@in_one_transaction
def _place_leads(ids: Sequence[UUID], *, by: Viewer, at: datetime) -> int:
    leads = [lead for lead in lock_leads(by.vendor_id, ids) if lead.lat is None and lead.state not in CLOSED_LEAD]
    points = dict(zip((lead.pk for lead in leads), places_of(map(_address, leads)), strict=True))

    def columns(lead: Lead) -> dict[str, object]:
        point, _key = points[lead.pk]
        assert point is not None
        return {"lat": point[0], "lon": point[1], "flags": [flag for flag in lead.flags if flag != "not_placed"]}

    with telling(by, at) as told:
        placed = [lead for lead in leads if points[lead.pk][0] is not None]
        for lead in placed:
            told.event(lead, "lead.updated", fields=["flags", "lat", "lon"])
        told.note(placed, columns)
    return len(placed)


def _address(of: Partner | Lead) -> tuple[str, tuple[str, ...]]:
    return of.country, place_keys(of.country, of.postal_code, of.city, of.region)
