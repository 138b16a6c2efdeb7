"""The pipeline: how a lead that a partner has taken ends, won or lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from partidor.access.leads import lead_for
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.events import telling
from partidor.actions.offers import end_running_offer
from partidor.actions.routing import Steered, closed
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.fields import Fields
from partidor.domain.money import money_text
from partidor.domain.refusal import FieldError, WrongContent

LOST_REASONS = ("price", "competitor", "no_budget", "no_decision", "timing", "other")


@in_one_transaction
def win_lead(lead_id: UUID, *, value: object, won_at: datetime | None = None, by: Viewer, at: datetime) -> Steered:
    """Close a lead with an order: its value, a decimal text in the lead's currency or None, and when it came, else now.

    For the vendor, and for the partner that has the lead, who keeps seeing it.
    Raises NotFound, NotPossibleNow, WrongContent.
    """
    by.require("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if lead.state == "won":
        return Steered(lead, repeated=True)
    currency = lead.currency or vendor_of(by).currency
    order = Fields({"value": value}, "", [], set())
    minor = order.money("value", currency)
    if won_at is not None and lead.accepted_at is not None and not lead.accepted_at <= won_at <= at:
        order.wrong("at", "must lie between the acceptance of the lead and now")
    order.end()

    closed_at = won_at or at
    with telling(by, at) as told:
        told.move(
            lead,
            "win",
            {**closed(closed_at), "order_value_minor": minor, "currency": currency},
            offer=end_running_offer(lead, "closed", at=at),
            value=None if minor is None else money_text(minor, currency),
            currency=currency,
            closed_at=closed_at.isoformat(),
        )
    return Steered(lead)


@in_one_transaction
def lose_lead(lead_id: UUID, *, reason: str, by: Viewer, at: datetime) -> Steered:
    """Close a lead without an order; the reason stands in its event.

    For the vendor, and for the partner that has the lead, who keeps seeing it.
    Raises NotFound, NotPossibleNow, WrongContent.
    """
    by.require("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if reason not in LOST_REASONS:
        raise WrongContent([FieldError("reason", f"must be one of {', '.join(LOST_REASONS)}")])
    if lead.state == "lost":
        return Steered(lead, repeated=True)

    with telling(by, at) as told:
        told.move(lead, "lose", closed(at), offer=end_running_offer(lead, "closed", at=at), reason=reason)
    return Steered(lead)
