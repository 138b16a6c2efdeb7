"""A person says of two customers that they are the same, or are not. Nothing is merged: the pair is remembered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from partidor.access.duplicates import duplicates_of
from partidor.access.leads import customers_leads, lead_for, lock_leads
from partidor.access.viewer import Viewer
from partidor.actions.events import telling
from partidor.actions.routing import Steered
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import FieldError, WrongContent
from partidor.models import Customer, Lead, SamenessVerdict


@in_one_transaction
def judge_sameness(lead_id: UUID, *, customer_id: UUID, same: bool, by: Viewer, at: datetime) -> Steered:
    """Say whether a lead's customer is the same as another one; the newest word about the pair counts.

    The same: their leads, offers and refusals count as those of one customer when the next round is drawn. Not the
    same: the pair is never suggested again. The flags of their open leads follow. Raises NotFound, WrongContent.
    """
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id)
    mine = lead.customer_id
    others = customers_leads(by, [customer_id])
    if customer_id == mine or not others:
        raise WrongContent([FieldError("customer", "must be another customer of this vendor, with a lead of its own")])
    leads = lock_leads(by.vendor_id, {lead_id, *(pk for pk, _ in customers_leads(by, [mine, customer_id], still=True))})
    Customer.hold((mine, customer_id))
    verdict = SamenessVerdict(
        vendor_id=by.vendor_id, first_id=mine, second_id=customer_id, same=same, by_kind=by.kind, by_id=by.id, at=at
    )
    lead = next(each for each in leads if each.pk == lead_id)
    if not SamenessVerdict.say(verdict):
        return Steered(lead, repeated=True)

    flags = _flags(leads, by)
    changed = [each for each in leads if flags[each.pk] != each.flags]
    with telling(by, at) as told:
        for each in changed:
            if "duplicate_customer" in flags[each.pk] and "duplicate_customer" not in each.flags:
                other = customer_id if each.customer_id == mine else mine
                told.event(each, "lead.duplicate_flagged", customer=str(other))
        told.note(changed, lambda each: {"flags": flags[each.pk]})
    return Steered(lead)


def _flags(leads: Iterable[Lead], by: Viewer) -> dict[UUID, list[str]]:
    """Say which flags leads of judged customers bear now."""
    flags: dict[UUID, list[str]] = {}
    customers = {lead.customer_id for lead in leads}
    around = {customer: duplicates_of(by.vendor_id, customer) for customer in customers}
    first = {customer: pk for pk, customer in reversed(customers_leads(by, list(customers)))}
    for lead in leads:
        kept = set(lead.flags) - {"duplicate_customer", "possible_duplicate"}
        stands = around[lead.customer_id]
        if len(stands.kin) > 1 or first[lead.customer_id] != lead.pk:
            kept.add("duplicate_customer")
        elif "possible_duplicate" in lead.flags and stands.likely:
            kept.add("possible_duplicate")
        flags[lead.pk] = sorted(kept)
    return flags
