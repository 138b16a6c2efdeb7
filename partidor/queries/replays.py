"""Decisions computed again from what they kept, and what has changed where they come out differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import ObjectDoesNotExist

from partidor.access.leads import decisions_of, events_of, lead_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.decide import replay
from partidor.models import Decision, Lead
from partidor.models.live import personal_values
from partidor.models.snapshots import snapshot

_RESULTS = ("rule", "passed_over", "via", "cursor", "chosen", "excluded", "eligible", "reason")


@dataclass(frozen=True, slots=True)
class ReplayCard:
    """One decision computed again: whether it came out the same, and else what changed or is gone."""

    decision: UUID
    at: datetime
    trigger: str
    equal: bool
    changed: list[str]


def replays_of(viewer: Viewer, lead_id: UUID) -> list[ReplayCard]:
    """Compute every decision about a lead again, oldest first: for the vendor only. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_for(viewer, lead_id)
    return [_replayed(viewer, lead, decision) for decision in decisions_of(lead)]


def _replayed(viewer: Viewer, lead: Lead, decision: Decision) -> ReplayCard:
    changed = list(_changes(viewer, lead, decision))
    return ReplayCard(decision.pk, decision.at, decision.trigger, not changed, changed)


def _changes(viewer: Viewer, lead: Lead, decision: Decision) -> Iterator[str]:
    """Tell what keeps a decision from coming out the same; nothing if it does."""
    try:
        snap = snapshot(vendor_of(viewer), decision.ruleset_version, decision.network_version)
    except ObjectDoesNotExist:
        yield f"ruleset version {decision.ruleset_version} is gone"
        return
    values = personal_values(lead, snap.ruleset.fields)
    try:
        again = orjson.loads(orjson.dumps(replay(snap, decision.record, values).record()))
    except (KeyError, IndexError):
        yield f"version {decision.network_version} of the network is not whole any more"
        return
    if again == decision.record:
        return
    touched = _touched_since(lead, decision)
    for name in snap.ruleset.personal_fields:
        if name in touched:
            yield f"the lead's {name} was changed afterwards"
        elif name not in values:
            yield f"the lead's {name} is not there (any more)"
    for name in _RESULTS:
        if again[name] != decision.record[name]:
            yield f"{name} would now be {_short(again[name])} and was {_short(decision.record[name])}"
    if all(again[name] == decision.record[name] for name in _RESULTS):
        yield "the same partners are asked, but the ranking or the live state reads differently"


def _touched_since(lead: Lead, decision: Decision) -> set[str]:
    later = events_of(lead).filter(type="lead.updated", lead_seq__gte=decision.lead_seq)
    return {str(name).rpartition(".")[2] for facts in later.values_list("data", flat=True) for name in _names(facts)}


def _names(facts: Mapping[str, Any]) -> list[Any]:
    return list(facts.get("fields", ()))


def _short(value: object) -> str:
    text = orjson.dumps(value).decode()
    return text if len(text) <= 80 else f"{text[:77]}…"
