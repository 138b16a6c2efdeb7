"""What starts, steers and stops the distribution of a lead: route, reroute, assign by hand, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.leads import lead_for, running_offer_of, waiting_offers_of
from partidor.access.network import partner_for
from partidor.access.viewer import Viewer
from partidor.actions.events import Told, telling
from partidor.actions.offers import close_waiting, end_running_offer, in_hands_of
from partidor.actions.rounds import draw_rounds
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import FieldError, NotPossibleNow, WrongContent
from partidor.domain.routing.explain import Reason, live_reasons
from partidor.models import Contact, Lead, Offer, Partner
from partidor.models.ledger import lock_ledger
from partidor.models.live import asked_before, dealings_of, live_state
from partidor.models.snapshots import network


@dataclass(frozen=True, slots=True)
class Steered:
    """The lead after a verb, whether the verb had happened before, and what a manager should know of it."""

    lead: Lead
    repeated: bool = False
    warnings: tuple[Reason, ...] = ()
    """What would have kept the rules from asking the partner that a hand gave it to."""


def route_leads(
    leads: Sequence[Lead],
    *,
    told: Told,
    contacts: Sequence[Contact] | None = None,
    trigger: str = "lead",
    again: bool = False,
) -> list[Offer]:
    """Start a run through the current rules for leads in state routing; return the offers made."""
    for lead in leads:
        lead.run += 1
        lead.ruleset_version = lead.rule_position = lead.next_step = lead.next_repetition = None
        lead.round = 0
    return draw_rounds(leads, trigger=trigger, told=told, contacts=contacts, again=again)


@in_one_transaction
def reroute_lead(lead_id: UUID, *, again: bool = False, by: Viewer, at: datetime) -> Steered:
    """Send an unassigned lead through today's rules, or take an accepted one back and route it on.

    ``again`` asks partners too that let an earlier offer of this lead lapse.
    Raises NotFound, NotPossibleNow.
    """
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    verb = "take_back" if lead.state == "accepted" else "reroute"

    with telling(by, at) as told:
        taken = end_running_offer(lead, "taken_back", at=at)
        columns = {"partner_id": None, "accepted_at": None, "via": "", "attention_reason": "routing"}
        told.move(lead, verb, columns, offer=taken, again=again)
        route_leads([lead], told=told, trigger="reroute", again=again)
    return Steered(lead)


@in_one_transaction
def assign_lead(lead_id: UUID, *, partner_id: UUID, reason: str, by: Viewer, at: datetime) -> Steered:
    """Give a lead to a partner by hand: an offer born accepted, with the manager's reason.

    The hand may override every ineligibility, and is warned. Raises NotFound, NotPossibleNow, WrongContent.
    """
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    partner = partner_for(by, partner_id, lock=True)  # so that it is not archived meanwhile
    if not reason.strip():
        raise WrongContent([FieldError("reason", "say in a few words why this partner gets the lead")])
    if partner.archived_at:
        raise WrongContent([FieldError("partner", f"{partner.name} is archived; choose a partner in use")])
    if lead.state == "accepted" and lead.partner_id == partner_id:
        return Steered(lead, repeated=True)
    if lead.state not in Lead.life.move("assign").sources:
        raise NotPossibleNow(what="lead", state=lead.state, verb="assign")

    running = running_offer_of(lead)
    offer = Offer(
        vendor_id=lead.vendor_id,
        lead=lead,
        partner_id=partner_id,
        state=Offer.life.move("accept").target,
        run=lead.run,
        round=lead.round,
        via="by_hand",
        reveal="full",
        test=lead.test,
        opened_at=at,
        answered_at=at,
        accepted_at=at,
        note=reason,
    )
    with telling(by, at) as told:
        close_waiting(waiting_offers_of(lead), "withdraw", lead, told, notify=True)
        if running is not None:
            running.end("reassigned", at)
        against = _against(lead, partner, at)
        Offer.open([offer])
        columns = in_hands_of(offer, by, at) | {
            "first_offered_at": lead.first_offered_at or at,
            "next_step": None,
            "next_repetition": None,
        }
        told.move(lead, "assign", columns, offer=offer, before=str(running.partner_id) if running else None)
        told.notice("lead.assigned", offer.pk, lead=lead, offer=offer, partner_id=partner_id)
    return Steered(lead, warnings=against)


def _against(lead: Lead, partner: Partner, at: datetime) -> tuple[Reason, ...]:
    """Say what keeps a partner from being asked about a lead now, whatever the rule."""
    held = lock_ledger(lead.vendor_id)
    net = network(held.vendor)
    live = live_state(held.vendor, net, held.ledger, at=at, loads=False)
    asked = asked_before([lead], dealings_of([lead], held.vendor.decline_policies))[lead.pk]
    return tuple(live_reasons(live, asked.gone, asked.expired, net.index[str(partner.pk)]))


@in_one_transaction
def withdraw_lead(lead_id: UUID, *, by: Viewer, at: datetime) -> Steered:
    """Take a lead out of the distribution for good; its offers are withdrawn.

    Raises NotFound, NotPossibleNow when it is closed already.
    """
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if lead.state == "withdrawn":
        return Steered(lead, repeated=True)

    with telling(by, at) as told:
        close_waiting(waiting_offers_of(lead), "withdraw", lead, told)
        running = end_running_offer(lead, "withdrawn", at=at)
        told.move(lead, "withdraw", {"partner_id": None, **closed(at)}, offer=running)
    return Steered(lead)


def closed(at: datetime) -> dict[str, object]:
    """Say what stands in a lead that is closed."""
    return {
        "closed_at": at,
        "next_action_kind": "",
        "next_action_at": None,
        "attention_reason": "",
        "attention_at": None,
    }
