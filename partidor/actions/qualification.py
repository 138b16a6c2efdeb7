"""Review: hold a lead back, release it, park it until a date, or reject it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.leads import lead_for
from partidor.access.viewer import Viewer
from partidor.actions.events import telling
from partidor.actions.routing import Steered, closed, route_leads
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import FieldError, WrongContent

LONGEST_PARKING = timedelta(days=365)
"""How far ahead a lead may be parked."""


@in_one_transaction
def release_lead(lead_id: UUID, *, by: Viewer, at: datetime) -> Steered:
    """Release a lead from review: it is routed at once. Raises NotFound, NotPossibleNow."""
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)

    with telling(by, at) as told:
        told.move(lead, "release", {"attention_reason": "routing", "attention_at": None})
        route_leads([lead], told=told, trigger="release")
    return Steered(lead)


@in_one_transaction
def park_lead(lead_id: UUID, *, until: datetime, by: Viewer, at: datetime) -> Steered:
    """Park a lead in review until a time, at most a year ahead. Raises NotFound, NotPossibleNow, WrongContent."""
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if not at < until <= at + LONGEST_PARKING:
        raise WrongContent([FieldError("until", f"must lie in the future, at most {LONGEST_PARKING.days} days ahead")])
    if lead.state == "parked" and lead.next_action_at == until:
        return Steered(lead, repeated=True)

    with telling(by, at) as told:
        told.move(
            lead,
            "park",
            {"next_action_kind": "unpark", "next_action_at": until, "attention_reason": "", "attention_at": None},
            until=until.isoformat(),
        )
    return Steered(lead)


@in_one_transaction
def reject_lead(lead_id: UUID, *, reason: str, by: Viewer, at: datetime) -> Steered:
    """Reject a lead in review for good. Raises NotFound, NotPossibleNow, WrongContent."""
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if reason not in REJECT_REASONS:
        raise WrongContent([FieldError("reason", f"must be one of {', '.join(REJECT_REASONS)}")])
    if lead.state == "rejected":
        return Steered(lead, repeated=True)

    with telling(by, at) as told:
        told.move(lead, "reject", closed(at), reason=reason)
    return Steered(lead)


REJECT_REASONS = ("spam", "test", "no_need", "competitor", "duplicate", "out_of_scope", "other")
