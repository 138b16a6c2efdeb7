"""Leads as they are shown: one, or a list of them. A card is built from rows in hand, without any statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.duplicates import MOST_CANDIDATES, Duplicates, duplicates_of
from partidor.access.leads import contacts_of, events_of, lead_for, offers_of, visible_leads, visible_offers
from partidor.access.reveal import Reveal, reveal_to
from partidor.access.viewer import Viewer
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.domain.money import money_text
from partidor.domain.states import LEAD
from partidor.models import Contact, Event, Lead, Offer, SamenessVerdict
from partidor.queries.paging import Page, Wanted, one_of, page
from partidor.queries.search import matching

MOST_RELATED = 20
MOST_AROUND = 200
"""Leads of a customer and of those that may be the same that are looked at, the newest."""


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A person at the customer."""

    first_name: str
    last_name: str
    email: str
    phone: str
    job_title: str
    role: str


@dataclass(frozen=True, slots=True)
class AddressCard:
    """An address; region is ISO 3166-2, country ISO 3166-1 alpha-2."""

    street: str
    postal_code: str
    city: str
    region: str
    country: str


@dataclass(frozen=True, slots=True)
class NextAction:
    """What happens with a lead next by itself: remind, award, expire, follow_up or unpark."""

    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OfferLine:
    """An offer as it stands beside its lead.

    ``award_at`` tells when the best of those interested gets the lead; None where whoever accepts first does.
    ``ended_at`` and ``ended_by`` tell when and how an accepted offer ended (handed_back, taken_back, passed_on,
    reassigned, withdrawn, closed); None and empty while its partner has the lead.
    """

    id: UUID
    state: str
    partner: UUID
    round: int
    reveal: Reveal
    rivals: int
    opened_at: datetime
    remind_at: datetime | None
    award_at: datetime | None
    expires_at: datetime | None
    seen_at: datetime | None
    answered_at: datetime | None
    reason: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class LeadCard:
    """A lead in full, for those who may see it. Amounts are decimal texts in ``currency``."""

    id: UUID
    ref: str
    external_id: str
    source: str
    test: bool
    status: str
    partner: UUID | None
    via: str
    stage: str
    flags: list[str]
    customer: UUID
    company: str
    contact: ContactCard | None
    contacts: list[ContactCard]
    address: AddressCard
    inquiry: str
    product: str
    vertical: str
    language: str
    employees: int | None
    value: str | None
    currency: str
    temperature: str
    timeline: str
    campaign: str
    utm: dict[str, str]
    consent: dict[str, object]
    custom: dict[str, object]
    next_action: NextAction | None
    attention_reason: str
    received_at: datetime
    accepted_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    order_value: str | None


@dataclass(frozen=True, slots=True)
class LeadWithOffers(LeadCard):
    """A lead with its offers: the vendor sees all of them, a partner its own."""

    offers: list[OfferLine]


@dataclass(frozen=True, slots=True)
class RelatedLead:
    """Another lead of the same customer."""

    id: UUID
    ref: str
    status: str
    product: str
    partner: UUID | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DuplicateCard:
    """Another customer that may be the same as a lead's, with its newest lead.

    ``reasons`` say why: email, name_postal, name_domain, domain, phone, name. ``same`` is what a person has said,
    ``said_by`` who and ``said_at`` when; None while nobody has. ``leads`` counts the customer's leads.
    """

    customer: UUID
    reasons: list[str]
    same: bool | None
    said_by: dict[str, str] | None
    said_at: datetime | None
    leads: int
    lead: UUID
    ref: str
    company: str
    city: str
    status: str
    product: str
    partner: UUID | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class LeadAlone(LeadWithOffers):
    """One lead with the newest other leads of its customer, and with customers that may be the same (vendor only)."""

    related: list[RelatedLead]
    duplicates: list[DuplicateCard]


@dataclass(frozen=True, slots=True)
class EventCard:
    """One fact about a lead, numbered by ``lead_seq``."""

    id: UUID
    lead_seq: int
    type: str
    at: datetime
    by: dict[str, str]
    data: dict[str, object]


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of leads is narrowed to; empty means everything."""

    status: str = ""
    source: str = ""
    partner: UUID | None = None
    temperature: str = ""
    product: str = ""
    country: str = ""
    updated_since: datetime | None = None
    q: str = ""


def offer_line(viewer: Viewer, offer: Offer) -> OfferLine:
    """Show an offer beside its lead."""
    return OfferLine(**line_of(viewer, offer))


def line_of(viewer: Viewer, offer: Offer) -> dict[str, Any]:
    """Gather what every card of an offer shows. To the vendor ``reveal`` is the round's, to a partner what it sees."""
    return {
        "id": offer.pk,
        "state": offer.state,
        "partner": offer.partner_id,
        "round": offer.round,
        "reveal": offer.reveal if viewer.partner_id is None else reveal_to(viewer, offer),
        "rivals": offer.rivals,
        "opened_at": offer.opened_at,
        "remind_at": offer.remind_at,
        "award_at": offer.award_at,
        "expires_at": offer.expires_at,
        "seen_at": offer.seen_at,
        "answered_at": offer.answered_at,
        "reason": offer.reason,
        "ended_at": offer.ended_at,
        "ended_by": offer.ended_by,
    }


def lead_card(lead: Lead, contacts: Iterable[Contact]) -> LeadCard:
    """Show a lead in full. The caller has made sure that the viewer may see it in full."""
    return LeadCard(**_shown(lead, contacts))


def lead_with_offers(
    viewer: Viewer, lead: Lead, contacts: Iterable[Contact], offers: Iterable[Offer]
) -> LeadWithOffers:
    """Show a lead in full with its offers (those that the viewer may see), from rows in hand."""
    return LeadWithOffers(**_shown(lead, contacts), offers=[offer_line(viewer, offer) for offer in offers])


def _shown(lead: Lead, contacts: Iterable[Contact]) -> dict[str, Any]:
    people = [_person(contact) for contact in sorted(contacts, key=lambda contact: contact.position)]
    return {
        "id": lead.pk,
        "ref": lead.ref,
        "external_id": lead.external_id,
        "source": lead.source.name,
        "test": lead.test,
        "status": lead.state,
        "partner": lead.partner_id,
        "via": lead.via,
        "stage": lead.stage,
        "flags": list(lead.flags),
        "customer": lead.customer_id,
        "company": lead.company,
        "contact": people[0] if people else None,
        "contacts": people[1:],
        "address": AddressCard(lead.street, lead.postal_code, lead.city, lead.region, lead.country),
        "inquiry": lead.inquiry,
        "product": lead.product,
        "vertical": lead.vertical,
        "language": lead.language,
        "employees": lead.employees,
        "value": None if lead.value_minor is None else money_text(lead.value_minor, lead.currency),
        "currency": lead.currency,
        "temperature": lead.temperature,
        "timeline": lead.timeline,
        "campaign": lead.campaign,
        "utm": dict(lead.utm),
        "consent": dict(lead.consent),
        "custom": dict(lead.custom),
        "next_action": NextAction(lead.next_action_kind, lead.next_action_at) if lead.next_action_at else None,
        "attention_reason": lead.attention_reason,
        "received_at": lead.received_at,
        "accepted_at": lead.accepted_at,
        "closed_at": lead.closed_at,
        "updated_at": lead.updated_at,
        "order_value": None if lead.order_value_minor is None else money_text(lead.order_value_minor, lead.currency),
    }


def _person(contact: Contact) -> ContactCard:
    return ContactCard(
        contact.first_name, contact.last_name, contact.email, contact.phone, contact.job_title, contact.role
    )


def one_lead(viewer: Viewer, lead_id: UUID) -> LeadAlone:
    """Show one lead that the viewer may see, with its offers and the customer's other leads. Raises NotFound."""
    viewer.require("leads:read")
    lead = lead_for(viewer, lead_id)
    around = duplicates_of(viewer.vendor_id, lead.customer_id) if viewer.partner_id is None else None
    related, duplicates = leads_around(viewer, lead, around)
    return LeadAlone(
        **_shown(lead, contacts_of([lead.pk])),
        offers=[offer_line(viewer, offer) for offer in _offers_for(viewer, [lead.pk])],
        related=[
            RelatedLead(other.pk, other.ref, other.state, other.product, other.partner_id, other.received_at)
            for other in related[:MOST_RELATED]
        ],
        duplicates=duplicates,
    )


def leads_around(viewer: Viewer, lead: Lead, around: Duplicates | None) -> tuple[list[Lead], list[DuplicateCard]]:
    """Return the other leads of a lead's customer, the newest first, and the customers around it, in one statement.

    First come those that may be the same, then those of whom somebody has said that they are, or are not.
    """
    kin = around.kin if around else {lead.customer_id}
    asked: dict[UUID, tuple[tuple[str, ...], SamenessVerdict | None]] = {}
    if around is not None:
        asked |= {customer: (how, None) for customer, how in around.candidates.items()}
        asked |= {customer: ((), said) for customer, said in list(around.said.items())[:MOST_CANDIDATES]}
    theirs: dict[UUID, list[Lead]] = defaultdict(list)
    related = []
    others = visible_leads(viewer).filter(customer_id__in={*kin, *asked}).exclude(pk=lead.pk)
    for other in others.order_by("-received_at", "-pk")[:MOST_AROUND]:
        theirs[other.customer_id].append(other)
        if other.customer_id in kin:
            related.append(other)
    return related, [_duplicate(theirs[one], *said) for one, said in asked.items() if theirs[one]]


def _duplicate(leads: Sequence[Lead], how: Sequence[str], said: SamenessVerdict | None) -> DuplicateCard:
    newest = leads[0]
    by = {"kind": said.by_kind, "id": said.by_id} if said else None
    return DuplicateCard(
        newest.customer_id, list(how), said.same if said else None, by, said.at if said else None,
        len(leads), newest.pk, newest.ref, newest.company, newest.city,
        newest.state, newest.product, newest.partner_id, newest.received_at,
    )  # fmt: skip


def after_verb(viewer: Viewer, lead: Lead) -> LeadWithOffers:
    """Show a lead that a verb has just returned to this viewer, as it is now, with its contacts and offers."""
    # A verb writes more columns than it keeps in memory; should somebody have taken the lead away since, the
    # viewer is shown what its own verb left.
    lead = visible_leads(viewer).select_related("source").filter(pk=lead.pk).first() or lead
    return lead_with_offers(viewer, lead, contacts_of([lead.pk]), _offers_for(viewer, [lead.pk]))


def leads(viewer: Viewer, sought: Sought, wanted: Wanted) -> Page[LeadWithOffers]:
    """List the leads the viewer may see: newest first, or with ``updated_since`` in the order of their changes."""
    viewer.require("leads:read")
    rows = _narrowed(visible_leads(viewer).select_related("source"), sought)
    if sought.updated_since is None:
        found = page(rows, wanted, by="received_at")
    else:
        rows = rows.filter(updated_at__gte=sought.updated_since)
        found = page(rows, wanted, by="updated_at", newest_first=False)
    ids = [lead.pk for lead in found.items]
    people = by_lead(contacts_of(ids))
    offers = by_lead(_offers_for(viewer, ids))
    return found.of([lead_with_offers(viewer, lead, people[lead.pk], offers[lead.pk]) for lead in found.items])


def _narrowed(rows: QuerySet[Lead], sought: Sought) -> QuerySet[Lead]:
    exact: Mapping[str, object] = {
        "state": one_of("status", sought.status, LEAD.states),
        "source__name": sought.source,
        "partner_id": sought.partner,
        "temperature": one_of("temperature", sought.temperature, TEMPERATURES),
        "product": sought.product,
        "country": sought.country.upper(),
    }
    rows = rows.filter(**{column: value for column, value in exact.items() if value})
    return matching(rows, sought.q)


def _offers_for(viewer: Viewer, leads: Sequence[UUID]) -> QuerySet[Offer]:
    if viewer.partner_id is None:
        return offers_of(leads)
    return visible_offers(viewer).filter(lead_id__in=leads).order_by("lead_id", "round", "place")


def by_lead(rows: Iterable[Contact] | Iterable[Offer]) -> dict[UUID, list]:  # type: ignore[type-arg]
    """Sort rows of leads by their lead."""
    found: dict[UUID, list[object]] = defaultdict(list)
    for row in rows:
        found[row.lead_id].append(row)
    return found


def events(viewer: Viewer, lead_id: UUID) -> list[EventCard]:
    """List everything that happened to a lead, oldest first: for the vendor, since rivals stand in it."""
    viewer.require_vendor("leads:read")
    return [_event(event) for event in events_of(lead_for(viewer, lead_id))]


def _event(event: Event) -> EventCard:
    by = {"kind": event.by_kind, "id": event.by_id}
    return EventCard(event.pk, event.lead_seq, event.type, event.at, by, dict(event.data))
