"""Everything kept about one lead, read once: the cards of its page are made from this, without a further statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from partidor.access.duplicates import duplicates_of
from partidor.access.leads import contacts_of, decisions_of, events_of, offers_of
from partidor.access.story import Named, lead_named, names_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import PERSONAL_FIELDS, Value
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.words.naming import tag_name
from partidor.models import Contact, Decision, Event, Lead, Offer
from partidor.models.live import field_values
from partidor.models.snapshots import snapshot
from partidor.queries.leads.cards import DuplicateCard, leads_around
from partidor.queries.names import field_labels

MOST_RELATED = 10
MOST_DECISIONS = 40
"""The newest decisions that can be looked at; nearly every lead has fewer."""


@dataclass(frozen=True, slots=True)
class PartnerMark:
    """A partner as pages name it; the tier is empty where it has none."""

    id: UUID
    name: str
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """The rows of one lead, oldest first, and the names of everybody in them."""

    viewer: Viewer
    at: datetime
    language: str
    lead: Lead
    contacts: Sequence[Contact]
    offers: Sequence[Offer]
    events: Sequence[Event]
    decisions: Sequence[Decision]
    related: Sequence[Lead]
    duplicates: Sequence[DuplicateCard]
    labels: Mapping[str, str]
    names: Mapping[UUID, Named]

    def name(self, partner: UUID | str | None) -> str:
        """Return a partner's name; empty if there is none."""
        known = self.named(partner)
        return known.name if known else ""

    def named(self, pk: UUID | str | None) -> Named | None:
        """Return who or what an id is of; None if that is not known."""
        found = id_of(pk)
        return self.names.get(found) if found else None

    def mark(self, partner: UUID | str, snap: Snapshot | None = None) -> PartnerMark:
        """Return a partner as pages name it, with the tier that it had in a snapshot."""
        return PartnerMark(UUID(str(partner)), self.name(partner), tier_of(snap, str(partner), self.language))

    def values(self) -> dict[str, Value]:
        """Return the lead's fields as rules name them, as they are now."""
        return field_values(self.lead, self.contacts[0] if self.contacts else None)

    def personal(self, snap: Snapshot) -> dict[str, Value]:
        """Return what decisions do not copy of the lead, as far as the rules read it."""
        wanted = PERSONAL_FIELDS & snap.ruleset.fields
        return {name: value for name, value in self.values().items() if name in wanted}

    def snapshot(self, decision: Decision) -> Snapshot | None:
        """Return what a decision was made with; None if it is gone."""
        try:
            return snapshot(vendor_of(self.viewer), decision.ruleset_version, decision.network_version)
        except ObjectDoesNotExist:
            return None


def read_dossier(viewer: Viewer, ref: str, *, language: str, at: datetime) -> Dossier:
    """Read everything about the lead with a human reference. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_named(viewer, ref)
    offers = list(offers_of([lead.pk]).order_by("opened_at", "run", "round", "place"))
    events = list(events_of(lead))
    decisions = list(reversed(decisions_of(lead).order_by("-lead_seq")[:MOST_DECISIONS]))
    around = duplicates_of(viewer.vendor_id, lead.customer_id)
    related, duplicates = leads_around(viewer, lead, around)
    holders = [lead.partner_id, *(other.partner_id for other in related), *(card.partner for card in duplicates)]
    return Dossier(
        viewer=viewer,
        at=at,
        language=language,
        lead=lead,
        contacts=list(contacts_of([lead.pk])),
        offers=offers,
        events=events,
        decisions=decisions,
        related=related[:MOST_RELATED],
        duplicates=duplicates,
        labels=field_labels(viewer, language) if lead.custom else {},
        names=_names(viewer, offers, events, decisions, duplicates, holders),
    )


def tier_of(snap: Snapshot | None, partner: str, language: str) -> str:
    """Return the tier of a partner in a snapshot, in words; empty where it has none."""
    at = snap.network.index.get(partner) if snap else None
    tiers = snap.network.facts[at].tags.get("tier", ()) if snap is not None and at is not None else ()
    return tag_name("tier", tiers[0], language) if tiers else ""


def _names(
    viewer: Viewer,
    offers: Iterable[Offer],
    events: Iterable[Event],
    decisions: Iterable[Decision],
    duplicates: Iterable[DuplicateCard],
    holders: Iterable[UUID | None],
) -> dict[UUID, Named]:
    partners = {offer.partner_id for offer in offers} | {one for one in holders if one}
    actors = {id_of(card.said_by["id"]) for card in duplicates if card.said_by}
    for event in events:
        partners |= {UUID(event.data[key]) for key in ("partner", "to", "before") if event.data.get(key)}
        actors.add(id_of(event.by_id))
    for decision in decisions:
        partners |= set(_shown(decision.record))
    return names_of(viewer, partners=partners, actors={one for one in actors if one})


def _shown(record: Mapping[str, Any]) -> Iterator[UUID]:
    for candidate in record["candidates"]:
        yield UUID(candidate["partner"])


def id_of(text: UUID | str | None) -> UUID | None:
    """Read an id; None for anything else, as the name under which Partidor itself acts."""
    try:
        return text if isinstance(text, UUID) else UUID(text) if text else None
    except ValueError:
        return None
