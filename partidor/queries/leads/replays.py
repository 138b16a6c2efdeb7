"""Decisions made again from what they kept, and which input has changed or is gone where they come out differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from partidor.access.leads import contacts_of, decisions_of, events_of, lead_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import Value
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.replays.changes import Change, change_said, changes
from partidor.models import Decision, Event, Lead
from partidor.models.live import field_values
from partidor.models.snapshots import snapshot
from partidor.queries.names import partner_names


@dataclass(frozen=True, slots=True)
class Said:
    """One reason, as a code and as a sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplayCard:
    """One decision made again: whether it came out the same, and else what has changed or is gone."""

    decision: UUID
    at: datetime
    trigger: str
    equal: bool
    changed: list[Said]


def replays_of(viewer: Viewer, lead_id: UUID, *, language: str = "en") -> list[ReplayCard]:
    """Make every decision about a lead again, oldest first: for the vendor only. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_for(viewer, lead_id)
    values = values_of(lead)
    cards = []
    for decision in decisions_of(lead):
        changed = changed_since(viewer, lead, decision, snapshot_of(viewer, decision), values, language)
        cards.append(ReplayCard(decision.pk, decision.at, decision.trigger, not changed, changed))
    return cards


def values_of(lead: Lead) -> dict[str, Value]:
    """Read a lead's fields as rules name them, as they are now."""
    return field_values(lead, contacts_of([lead.pk]).filter(position=0).first())


def snapshot_of(viewer: Viewer, decision: Decision) -> Snapshot | None:
    """Return what a decision was made with; None if it is gone."""
    try:
        return snapshot(vendor_of(viewer), decision.ruleset_version, decision.network_version)
    except ObjectDoesNotExist:
        return None


def changed_since(
    viewer: Viewer, lead: Lead, decision: Decision, snap: Snapshot | None, values: Mapping[str, Value], language: str
) -> list[Said]:
    """Tell what keeps a decision from coming out the same; nothing, and no statement, if it does."""
    if not changes(snap, decision.record, values, ()):
        return []
    found = changes(snap, decision.record, values, touched_by(events_of(lead), decision))
    gone = [change.facts["partner"] for change in found if "partner" in change.facts]
    return said_of(found, partner_names(viewer, gone), language)


def said_of(found: Iterable[Change], names: Mapping[str, str], language: str) -> list[Said]:
    """Put changes into words."""
    return [Said(change.code, change_said(change, names, language)) for change in found]


def touched_by(events: Iterable[Event], decision: Decision) -> set[str]:
    """Name the fields of a lead that were changed after a decision."""
    later = (event for event in events if event.type == "lead.updated" and event.lead_seq >= decision.lead_seq)
    return {str(name).rpartition(".")[2] for event in later for name in event.data.get("fields", ())}
