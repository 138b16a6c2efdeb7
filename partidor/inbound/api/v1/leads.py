"""Leads: taking them in, looking at them, reviewing and steering them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from partidor.actions.intake import receive_lead
from partidor.actions.leads import change_lead
from partidor.actions.pipeline import lose_lead, win_lead
from partidor.actions.qualification import park_lead, reject_lead, release_lead
from partidor.actions.routing import Steered, assign_lead, reroute_lead, withdraw_lead
from partidor.actions.sameness import judge_sameness
from partidor.domain.routing.words.reasons import said_now
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, changes, done, language_of, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import fields_of_body, id_in, object_of, time_in
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, Since, time_of, wanted
from partidor.queries.leads import cards as about_leads
from partidor.queries.leads import decisions as about_decisions
from partidor.queries.leads.cards import EventCard, LeadAlone, LeadWithOffers, Sought
from partidor.queries.leads.decisions import DecisionCard, ExplanationCard
from partidor.queries.paging import Page

router = Router(tags=["leads"])
Words = Annotated[
    str, Query(max_length=300, description="Words that must all stand in reference, names, place or product.")
]


@router.post("", response=makes(LeadWithOffers), openapi_extra=shapes.takes(shapes.LEAD, example=shapes.LEAD_EXAMPLE))
@repeatable()
def receive(request: HttpRequest) -> HttpResponse:
    """Take in one lead. It is routed at once, unless its source wants a review.

    The same `external_id` of a source, and the same person with the same text within 24 hours, get the lead that is
    there (200, `"repeated": true`). `flags` tell what was mended on the way, or could not be.
    """
    by, at = asker(request)
    received = receive_lead(object_of(request), by=by, at=at)
    if received.repeated:
        return made(about_leads.after_verb(by, received.lead), repeated=True)
    return made(about_leads.lead_with_offers(by, received.lead, received.contacts, received.offers), repeated=False)


@router.get("", response=reads(Page[LeadWithOffers]))
def list_leads(
    request: HttpRequest,
    limit: Limit = FIRST,
    cursor: Cursor = "",
    status: str = "",
    source: str = "",
    partner: UUID | None = None,
    temperature: str = "",
    product: str = "",
    country: str = "",
    updated_since: Since = "",
    q: Words = "",
) -> HttpResponse:
    """List leads, newest first. A partner's key sees those that the partner has accepted."""
    by, _ = asker(request)
    sought = Sought(
        status=status,
        source=source,
        partner=partner,
        temperature=temperature,
        product=product,
        country=country,
        updated_since=time_of("updated_since", updated_since),
        q=q,
    )
    return answer(about_leads.leads(by, sought, wanted(request, limit, cursor)))


@router.get("/{uuid:lead_id}", response=reads(LeadAlone, 404))
def read(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Show one lead with its offers, the newest 20 other leads of its customer, and customers that may be the same."""
    by, _ = asker(request)
    return answer(about_leads.one_lead(by, lead_id))


@router.patch("/{uuid:lead_id}", response=changes(LeadWithOffers), openapi_extra=shapes.takes(shapes.LEAD_PATCH))
def change(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Merge what is given into the lead (RFC 7396: null removes). Its distribution goes on; reroute it if need be."""
    by, at = asker(request)
    return _steered(request, change_lead(lead_id, object_of(request), by=by, at=at))


@router.get("/{uuid:lead_id}/events", response=reads(Page[EventCard], 404))
def list_events(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """List everything that happened to the lead, oldest first."""
    by, at = asker(request)
    return answer(Page(about_leads.events(by, lead_id), None, at))


@router.get("/{uuid:lead_id}/decisions", response=reads(Page[DecisionCard], 404))
def list_decisions(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """List every routing run, oldest first: which rule, who was asked, and why everyone else was not.

    `replayable` says whether it comes out the same when it is made again; `changed` names the inputs that were changed
    or are gone where it does not, in German if `Accept-Language` asks for it, else in English.
    """
    by, at = asker(request)
    return answer(Page(about_decisions.decisions(by, lead_id, language=language_of(request)), None, at))


@router.get(
    "/{uuid:lead_id}/decisions/{uuid:decision_id}/partners/{uuid:partner_id}", response=reads(ExplanationCard, 404)
)
def explain(request: HttpRequest, lead_id: UUID, decision_id: UUID, partner_id: UUID) -> HttpResponse:
    """Explain why a partner was asked or was not, in German if `Accept-Language` asks for it, else in English."""
    by, _ = asker(request)
    return answer(about_decisions.explanation(by, lead_id, decision_id, partner_id, language=language_of(request)))


@router.post("/{uuid:lead_id}/duplicates", response=changes(LeadAlone), openapi_extra=shapes.takes(shapes.SAMENESS))
@repeatable()
def judge(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Say of a lead's customer and another one that they are the same, or are not. The newest word counts.

    Nothing is merged: leads of the same customer go to whoever works with it, and a pair that is not the same is not
    suggested again. The flags of both customers' open leads follow.
    """
    by, at = asker(request)
    fields = fields_of_body(request, "customer", "same")
    customer, same = id_in(fields, "customer"), fields.truth("same")
    if customer is None and not fields.errors:
        fields.wrong("customer", "is missing; give the id of the other customer")
    if same is None and not fields.errors:
        fields.wrong("same", "is missing; say true or false")
    fields.end()
    assert customer is not None
    assert same is not None
    judged = judge_sameness(lead_id, customer_id=customer, same=same, by=by, at=at)
    return done(about_leads.one_lead(by, lead_id), repeated=judged.repeated)


@router.post("/{uuid:lead_id}/release", response=changes(LeadWithOffers, 409),
            openapi_extra=shapes.takes(shapes.NOTHING, required=False))  # fmt: skip
@repeatable()
def release(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Release a lead from review: it is routed at once."""
    by, at = asker(request)
    fields_of_body(request).end()
    return _steered(request, release_lead(lead_id, by=by, at=at))


@router.post("/{uuid:lead_id}/park", response=changes(LeadWithOffers, 409), openapi_extra=shapes.takes(shapes.PARK))
@repeatable()
def park(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Put a lead in review aside until a time, at most a year ahead."""
    by, at = asker(request)
    fields = fields_of_body(request, "until")
    until = time_in(fields, "until")
    if until is None and not fields.errors:
        fields.wrong("until", "is missing; say until when")
    fields.end()
    assert until is not None
    return _steered(request, park_lead(lead_id, until=until, by=by, at=at))


@router.post("/{uuid:lead_id}/reject", response=changes(LeadWithOffers, 409), openapi_extra=shapes.takes(shapes.REJECT))
@repeatable()
def reject(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Reject a lead in review for good."""
    by, at = asker(request)
    fields = fields_of_body(request, "reason")
    reason = fields.text("reason")
    fields.end()
    return _steered(request, reject_lead(lead_id, reason=reason, by=by, at=at))


@router.post("/{uuid:lead_id}/assign", response=changes(LeadWithOffers, 409), openapi_extra=shapes.takes(shapes.ASSIGN))
@repeatable()
def assign(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Give a lead to a partner by hand, whatever the rules say. `warnings` tell what speaks against it."""
    by, at = asker(request)
    fields = fields_of_body(request, "partner", "reason")
    partner, reason = id_in(fields, "partner"), fields.text("reason", 2000, lines=True)
    if partner is None and not fields.errors:
        fields.wrong("partner", "is missing; give the id of the partner")
    fields.end()
    assert partner is not None
    return _steered(request, assign_lead(lead_id, partner_id=partner, reason=reason, by=by, at=at))


@router.post("/{uuid:lead_id}/reroute", response=changes(LeadWithOffers, 409),
            openapi_extra=shapes.takes(shapes.REROUTE, required=False))  # fmt: skip
@repeatable()
def reroute(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Send an unassigned lead through today's rules; an accepted one is taken back first."""
    by, at = asker(request)
    fields = fields_of_body(request, "again")
    again = fields.truth("again") or False
    fields.end()
    return _steered(request, reroute_lead(lead_id, again=again, by=by, at=at))


@router.post("/{uuid:lead_id}/withdraw", response=changes(LeadWithOffers, 409),
            openapi_extra=shapes.takes(shapes.NOTHING, required=False))  # fmt: skip
@repeatable()
def withdraw(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Take a lead out of the distribution for good; its offers are withdrawn."""
    by, at = asker(request)
    fields_of_body(request).end()
    return _steered(request, withdraw_lead(lead_id, by=by, at=at))


@router.post("/{uuid:lead_id}/won", response=changes(LeadWithOffers, 409),
            openapi_extra=shapes.takes(shapes.WON, required=False))  # fmt: skip
@repeatable()
def win(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Close an accepted lead with an order. Its partner may say so, and so may the vendor."""
    by, at = asker(request)
    fields = fields_of_body(request, "value", "at")
    won_at = time_in(fields, "at")
    fields.end()
    return _steered(request, win_lead(lead_id, value=fields.given.get("value"), won_at=won_at, by=by, at=at))


@router.post("/{uuid:lead_id}/lost", response=changes(LeadWithOffers, 409), openapi_extra=shapes.takes(shapes.LOST))
@repeatable()
def lose(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Close an accepted lead without an order, with the reason. Its partner may say so, and so may the vendor."""
    by, at = asker(request)
    fields = fields_of_body(request, "reason")
    reason = fields.text("reason")
    fields.end()
    return _steered(request, lose_lead(lead_id, reason=reason, by=by, at=at))


def _steered(request: HttpRequest, steered: Steered) -> HttpResponse:
    by, _ = asker(request)
    more = {"warnings": [said_now(each, language_of(request)) for each in steered.warnings]} if steered.warnings else {}
    return done(about_leads.after_verb(by, steered.lead), repeated=steered.repeated, **more)
