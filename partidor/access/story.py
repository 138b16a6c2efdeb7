"""The way to one lead by its human reference, and to the names of everybody who stands in its story."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from partidor.access.leads import visible_leads
from partidor.access.network import keys_of, memberships_of, partners_of
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.models import Lead


@dataclass(frozen=True, slots=True)
class Named:
    """A partner, person or key by name; ``partner`` is for whom a person works or a key was issued, if for one."""

    name: str
    partner: UUID | None


def lead_named(viewer: Viewer, ref: str) -> Lead:
    """Return the lead with a human reference, in whatever case it is written; NotFound if there is none to see."""
    lead = visible_leads(viewer).select_related("source").filter(ref=ref.upper()).first()
    if lead is None:
        raise NotFound(what="lead")
    return lead


def names_of(viewer: Viewer, *, partners: Collection[UUID], actors: Collection[UUID]) -> dict[UUID, Named]:
    """Name partners, archived ones too, and the people and keys of the vendor and its partners, in one statement."""
    found = partners_of(viewer).filter(pk__in=partners).annotate(of=F("pk")).values_list("pk", "name", "of")
    people = memberships_of(viewer).filter(person_id__in=actors).order_by()
    found = found.union(
        people.values_list("person_id", "person__name", "partner_id"),
        keys_of(viewer).filter(pk__in=actors).values_list("pk", "name", "partner_id"),
        all=True,
    )
    names: dict[UUID, Named] = {}
    for pk, name, partner in sorted(found, key=lambda row: row[2] is not None):  # a role at the vendor comes first
        names.setdefault(pk, Named(name, partner))
    return names
