"""Offers: looking at them, accepting and declining."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.offers import accept_offer, decline_offer
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, changes, done, language_of, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import fields_of_body
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.queries.leads import cards as about_leads
from partidor.queries.leads import offers as about_offers
from partidor.queries.leads.cards import LeadWithOffers
from partidor.queries.leads.offers import OfferAlone, OfferCard
from partidor.queries.paging import Page

router = Router(tags=["offers"])


@router.get("", response=reads(Page[OfferCard]))
def list_offers(
    request: HttpRequest,
    limit: Limit = FIRST,
    cursor: Cursor = "",
    state: str = "",
    partner: UUID | None = None,
    lead: UUID | None = None,
) -> HttpResponse:
    """List offers, newest first. A partner's key sees its own, each with the lead in full or as a teaser."""
    by, _ = asker(request)
    page = wanted(request, limit, cursor)
    return answer(about_offers.offers(by, page, state=state, partner=partner, lead=lead))


@router.get("/{uuid:offer_id}", response=reads(OfferAlone, 404))
def read(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Show one offer, its lead in full or as a teaser, and why its partner was asked (`Accept-Language`: en, de)."""
    by, _ = asker(request)
    return answer(about_offers.one_offer(by, offer_id, language=language_of(request)))


@router.post("/{uuid:offer_id}/accept", response=changes(LeadWithOffers, 409, 423) | {202: OfferCard},
             openapi_extra=shapes.takes(shapes.NOTHING, required=False))  # fmt: skip
@repeatable()
def accept(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Accept an offer: 200 with the full lead.

    202 with the offer in state `interested` where the best of several is chosen: `award_at` says when, the lead stays
    a teaser until then, and again is 202 with `"repeated": true`. 409 `already-taken` when another partner has it, 409
    `offer-closed` when it lapsed or was declined. To come: 423 while feedback on an earlier lead is due.
    """
    by, at = asker(request)
    fields_of_body(request).end()
    answered = accept_offer(offer_id, by=by, at=at)
    if answered.offer.state == "interested":
        again = {"repeated": True} if answered.repeated else {}
        return answer(about_offers.after_verb(by, answered.offer, answered.lead), 202, **again)
    return done(about_leads.after_verb(by, answered.lead), repeated=answered.repeated)


@router.post("/{uuid:offer_id}/decline", response=changes(OfferCard, 409), openapi_extra=shapes.takes(shapes.DECLINE))
@repeatable()
def decline(request: HttpRequest, offer_id: UUID) -> HttpResponse:
    """Decline an offer with a reason: 200 with the offer. If it was the last of its round, the next one opens."""
    by, at = asker(request)
    fields = fields_of_body(request, "reason", "note")
    reason, note = fields.text("reason"), fields.text("note", 2000, lines=True)
    fields.end()
    answered = decline_offer(offer_id, reason=reason, note=note, by=by, at=at)
    return done(about_offers.after_verb(by, answered.offer, answered.lead), repeated=answered.repeated)
