"""What a partner answers to an offer: accept or decline; and that it has seen one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.leads import (
    lock_lead_of,
    offer_for,
    offers_of,
    offers_of_viewers,
    running_offer_of,
    waiting_offers_of,
)
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.events import Told, telling
from partidor.actions.rounds import draw_rounds
from partidor.actions.transactions import in_one_transaction
from partidor.domain.offers import DECLINE_REASONS, is_doubtful
from partidor.domain.refusal import FieldError, Refusal, WrongContent
from partidor.models import Lead, Offer
from partidor.models.moving import move_all


class AlreadyTaken(Refusal):
    """Somebody else was quicker: this lead is taken."""


class OfferClosed(Refusal):
    """This offer is {state} and can no longer be answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The offer after an answer, and whether the same answer had been given before."""

    offer: Offer
    lead: Lead
    repeated: bool = False


@in_one_transaction
def see_offers(offer_ids: Collection[UUID], *, by: Sequence[Viewer], at: datetime) -> int:
    """Note on the offers of a signed-in person's partners that somebody has looked at them; return on how many.

    Only the first look counts, it is no answer, and nobody is told.
    """
    people = [viewer for viewer in by if viewer.kind == "person"]
    return offers_of_viewers(people).filter(pk__in=offer_ids, seen_at=None).update(seen_at=at)


@in_one_transaction
def accept_offer(offer_id: UUID, *, by: Viewer, at: datetime) -> Answered:
    """Accept an offer: its partner becomes the lead's primary partner, and every rival's offer is superseded.

    Where the best of those interested is chosen, it says that the partner is interested until then; what comes of it
    is decided by the clock, or as soon as everybody has answered. State decides, not the clock: an accept that is
    committed before the expiry is granted. Raises NotFound, AlreadyTaken, OfferClosed.
    """
    by.require("offers:write")
    offer = offer_for(by, offer_id)

    if _said_yes(offer):
        return Answered(offer, offer.lead, repeated=True)
    if offer.state not in ("open", "interested"):
        raise _closed(offer)  # a late rival is turned away without waiting for any lock
    lead = lock_lead_of(offer)
    waiting = {each.pk: each for each in waiting_offers_of(lead)}
    if offer_id not in waiting:
        offer = offer_for(by, offer_id)
        if _said_yes(offer):
            return Answered(offer, lead, repeated=True)
        raise _closed(offer)
    if waiting[offer_id].state == "interested":
        return Answered(waiting[offer_id], lead, repeated=True)

    with telling(by, at) as told:
        if (offer := waiting[offer_id]).award_at is not None:
            offer.move("interest", answered_at=at)
            told.event(lead, "offer.interested", offer=offer)
            go_on_waiting(lead, list(waiting.values()), told)
            return Answered(offer, lead)
        del waiting[offer_id]
        offer.move("accept", answered_at=at, accepted_at=at)
        told.event(lead, "offer.accepted", offer=offer)
        close_waiting(list(waiting.values()), "supersede", lead, told, notify=True)
        told.move(lead, "accept", in_hands_of(offer, by, at))
    return Answered(offer, lead)


def _said_yes(offer: Offer) -> bool:
    return offer.state == "interested" or (offer.state == "accepted" and offer.ended_at is None)


def go_on_waiting(lead: Lead, waiting: Sequence[Offer], told: Told) -> None:
    """Leave a held lead with its waiting offers; when everybody left is interested, the best is chosen at once."""
    if any(offer.state == "open" for offer in waiting):
        told.note([lead])
        return
    Offer.decide(waiting, told.at)
    told.note([lead], lambda lead: waiting[0].next_action())


def in_hands_of(offer: Offer, by: Viewer, at: datetime) -> dict[str, object]:
    """Say what stands in a lead whose accepted offer is this one; the follow-up gap starts to run."""
    return {
        "partner_id": offer.partner_id,
        "via": offer.via,
        "accepted_at": at,
        "next_action_kind": "follow_up",
        "next_action_at": at + timedelta(days=vendor_of(by).follow_up_days),
        "attention_reason": "",
        "attention_at": None,
    }


def _closed(offer: Offer) -> Refusal:
    return AlreadyTaken() if offer.state == "superseded" else OfferClosed(state=offer.state)


def close_waiting(offers: list[Offer], verb: str, lead: Lead, told: Told, *, notify: bool = False) -> None:
    """Supersede or withdraw offers of a held lead, tell so, and tell their partners if asked."""
    if not offers:
        return
    move_all(Offer, [offer.pk for offer in offers], verb)
    event = Offer.life.move(verb).event
    assert event is not None
    for offer in offers:
        told.event(lead, event, offer=offer)
        if notify:
            told.notice(event, offer.pk, lead=lead, offer=offer, partner_id=offer.partner_id)


@in_one_transaction
def decline_offer(offer_id: UUID, *, reason: str, note: str = "", by: Viewer, at: datetime) -> Answered:
    """Decline an offer with a reason; if it was the round's last, the next round opens in the same transaction.

    Two spam declines send the lead to review. Raises NotFound, OfferClosed, WrongContent.
    """
    by.require("offers:write")
    offer = offer_for(by, offer_id)
    if reason not in DECLINE_REASONS:
        raise WrongContent([FieldError("reason", f"must be one of {', '.join(DECLINE_REASONS)}")])

    lead = lock_lead_of(offer)
    waiting = {each.pk: each for each in waiting_offers_of(lead)}
    if offer_id not in waiting:
        offer = offer_for(by, offer_id)
        if offer.state == "declined":
            return Answered(offer, lead, repeated=True)
        raise _closed(offer)

    offer = waiting.pop(offer_id)
    offer.move("decline", answered_at=at, reason=reason, note=note)
    earlier = offers_of([lead.pk]).filter(state="declined", run=lead.run).values_list("reason", flat=True)
    with telling(by, at) as told:
        told.event(lead, "offer.declined", offer=offer, reason=reason)
        if is_doubtful(list(earlier), vendor_of(by).decline_policies):
            close_waiting(list(waiting.values()), "withdraw", lead, told)
            spam = "declined-as-spam"
            told.move(
                lead,
                "doubt",
                {"attention_reason": spam, "attention_at": at, "next_action_kind": "", "next_action_at": None},
                reason=spam,
            )
        elif waiting:
            go_on_waiting(lead, list(waiting.values()), told)
        else:
            draw_rounds([lead], trigger="decline", told=told)
    return Answered(offer, lead)


def end_running_offer(lead: Lead, ended_by: str, *, at: datetime) -> Offer | None:
    """End the accepted offer of a held lead, if there is one; return it."""
    offer = running_offer_of(lead)
    if offer is not None:
        offer.end(ended_by, at)
    return offer
