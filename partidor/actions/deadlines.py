"""What happens when a lead's next action falls due: remind, award, expire, ask for attention. Set-wise."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError

from partidor.access.due import beat, due_lead_ids, due_leads, lapsed_leads, leads_are_due
from partidor.access.viewer import system
from partidor.actions.events import Told, telling
from partidor.actions.offers import close_waiting, in_hands_of
from partidor.actions.rounds import draw_rounds
from partidor.actions.transactions import in_one_transaction
from partidor.models import Lead, Offer
from partidor.models.moving import move_all

log = logging.getLogger(__name__)
BATCH = 100
OUTAGE = timedelta(minutes=5)
GRACE = timedelta(minutes=30)
PUT_OFF = timedelta(minutes=1)
CLOCK_FAILED = "clock-failed"
LOST = (OperationalError, InterfaceError)
"""What the database raises when it is lost, or busy beyond every new try."""
SKIP_SPAN = timedelta(days=30)


def act_on_due(*, at: datetime) -> int:
    """Do what is due for up to a hundred leads of one vendor; return how many leads were acted on.

    When the batch fails, its leads are done one by one, and what fails alone is put off for a minute and comes
    to the channel managers' attention: one poisoned lead stops no other. A lost database is no lead's fault and
    is raised.
    """
    if not leads_are_due(at=at):
        return 0
    try:
        return _act(at=at)
    except LOST:
        raise
    except Exception:
        log.exception("a batch of due leads failed; trying them one by one")
    return sum(_act_alone(lead_id, at) for lead_id in due_lead_ids(at=at, limit=BATCH))


def act_on_lead(lead_id: UUID, *, at: datetime) -> int:
    """Do what is due for one lead; return 1 if anything was. For whoever tells a past hour by hour."""
    return _act(at=at, only=lead_id)


def _act_alone(lead_id: UUID, at: datetime) -> int:
    try:
        return _act(at=at, only=lead_id)
    except LOST:
        raise
    except Exception:
        log.exception("lead %s is due and failed; it is tried again in a minute", lead_id)
        return _put_off(lead_id, at=at)


@in_one_transaction
def _act(*, at: datetime, only: UUID | None = None) -> int:
    """Act in one transaction, which is the lease: a killed worker leaves nothing behind."""
    leads = due_leads(at=at, limit=BATCH, only=only)
    if not leads:
        return 0
    by_kind: dict[str, list[Lead]] = defaultdict(list)
    for lead in leads:
        by_kind[lead.next_action_kind].append(lead)
    with telling(system(leads[0].vendor_id), at) as told:
        for kind, group in sorted(by_kind.items()):
            DUE[kind](group, told)
    return len(leads)


@in_one_transaction
def _put_off(lead_id: UUID, *, at: datetime) -> int:
    leads = due_leads(at=at, limit=1, only=lead_id)
    for lead in leads:
        reason = lead.attention_reason or CLOCK_FAILED
        Lead.objects_of([lead]).update(
            next_action_at=at + PUT_OFF,
            attention_reason=reason,
            attention_at=lead.attention_at or at,
            updated_at=at,
        )
    return len(leads)


def remind(leads: Sequence[Lead], told: Told) -> None:
    """Remind the partners who have not answered yet; next comes the award, or the deadline."""
    offers = Offer.waiting_by_lead(leads)
    Offer.remind([offer for each in offers.values() for offer in each], told.at)
    for lead in leads:
        for offer in offers[lead.pk]:
            if offer.state == "open":
                told.event(lead, "offer.reminded", offer=offer)
                told.notice("offer.reminded", offer.pk, lead=lead, offer=offer, partner_id=offer.partner_id)
    told.note(leads, lambda lead: {**offers[lead.pk][0].next_action(), **_well_again(lead)})


def _well_again(lead: Lead) -> dict[str, object]:
    return {"attention_reason": "", "attention_at": None} if lead.attention_reason == CLOCK_FAILED else {}


def award(leads: Sequence[Lead], told: Told) -> None:
    """Give each lead to the best-ranked of the partners that are interested; if nobody is, whoever accepts first."""
    offers = Offer.waiting_by_lead(leads)  # in the order of the decision
    best = {
        pk: winner
        for pk, each in offers.items()
        if (winner := next((o for o in each if o.state == "interested"), None))
    }
    move_all(Offer, [offer.pk for offer in best.values()], "accept", accepted_at=told.at)
    for lead in leads:
        if offer := best.get(lead.pk):
            told.event(lead, "offer.accepted", offer=offer)
            told.notice("offer.accepted", offer.pk, lead=lead, offer=offer, partner_id=offer.partner_id)
            rest = [each for each in offers[lead.pk] if each.pk != offer.pk]
            close_waiting(rest, "supersede", lead, told, notify=True)
    given = [lead for lead in leads if lead.pk in best]
    told.move_leads(given, "accept", lambda lead: in_hands_of(best[lead.pk], told.by, told.at))
    still = [lead for lead in leads if lead.pk not in best]
    Offer.decide([offer for lead in still for offer in offers[lead.pk]], None)
    told.note(still, lambda lead: {**offers[lead.pk][0].next_action(), **_well_again(lead)})


def expire(leads: Sequence[Lead], told: Told) -> None:
    """Let the round's waiting offers lapse, and open the next round in the same transaction."""
    offers = Offer.waiting_by_lead(leads)
    lapsed = [offer for each in offers.values() for offer in each]
    move_all(Offer, [offer.pk for offer in lapsed], "expire", answered_at=told.at)
    for lead in leads:
        for offer in offers[lead.pk]:
            told.event(lead, "offer.expired", offer=offer, round=offer.round)
    _tell_repeated_skips(leads, [offer for offer in lapsed if offer.exclusive], told)
    draw_rounds(leads, trigger="expiry", told=told)


def _tell_repeated_skips(leads: Sequence[Lead], skipped: list[Offer], told: Told) -> None:
    """Tell the managers of a partner, or a lead, with two unanswered exclusive offers (partner: in 30 days)."""
    if not skipped:
        return
    partners, by_lead = Offer.skips(skipped, since=told.at - SKIP_SPAN)
    now = Counter(offer.partner_id for offer in skipped)
    of_lead = {lead.pk: lead for lead in leads}
    for offer in skipped:
        lead = of_lead[offer.lead_id]
        count = partners[offer.partner_id]
        if count >= 2 and count - now[offer.partner_id] < 2:
            # told when the second skip is reached, not again for every further one
            told.notice("partner.skips", f"{offer.partner_id}:{offer.pk}", lead=lead, offer=offer, reason="partner")
            now[offer.partner_id] = -count
        if by_lead[offer.lead_id] == 2:
            told.notice("lead.skipped", f"{offer.lead_id}:{offer.run}", lead=lead, offer=offer, reason="lead")


def follow_up(leads: Sequence[Lead], told: Told) -> None:
    """Ask for attention to accepted leads on which nothing has happened for the vendor's follow-up gap."""
    for lead in leads:
        told.event(lead, "lead.stalled")
    told.note(leads, lambda lead: _attention("stalled", told.at))


def unpark(leads: Sequence[Lead], told: Told) -> None:
    """Bring parked leads back to review."""
    for lead in leads:
        told.event(lead, "lead.held", reason="parking-over")
    told.move_leads(leads, "unpark", lambda lead: _attention("review", told.at))


def _attention(reason: str, at: datetime) -> dict[str, object]:
    return {"next_action_kind": "", "next_action_at": None, "attention_reason": reason, "attention_at": at}


DUE: dict[str, Callable[[Sequence[Lead], Told], None]] = {
    "remind": remind,
    "award": award,
    "expire": expire,
    "follow_up": follow_up,
    "unpark": unpark,
}
"""What is due → what is done."""


@in_one_transaction
def note_beat(*, at: datetime) -> int:
    """Note that a worker runs; after an outage, give offers that lapsed inside it 30 more minutes.

    Returns how many leads got more time. Beat and grace commit together, so that neither a second worker
    nor a restart gives it twice or forgets it.
    """
    last = beat(at=at)
    if last is None or at - last <= OUTAGE:
        return 0
    given = 0
    while leads := lapsed_leads(since=last, at=at, limit=BATCH):
        by_vendor: dict[UUID, list[Lead]] = defaultdict(list)
        for lead in leads:
            by_vendor[lead.vendor_id].append(lead)
        for vendor_id, group in by_vendor.items():
            with telling(system(vendor_id), at) as told:
                _extend(group, told)
        given += len(leads)
    log.warning("nothing ran from %s to %s: %d lead(s) got 30 minutes more", last, at, given)
    return given


def _extend(leads: Sequence[Lead], told: Told) -> None:
    until = told.at + GRACE
    offers = Offer.waiting_by_lead(leads)
    Offer.extend([offer for each in offers.values() for offer in each], until)
    for lead in leads:
        for offer in offers[lead.pk]:
            told.event(lead, "offer.extended", offer=offer, reason="outage", expires_at=until.isoformat())
    told.note(leads, lambda lead: {"next_action_at": until} if lead.next_action_kind == "expire" else {})
