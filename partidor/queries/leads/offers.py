"""Offers as they are shown: with the lead in full, or with a teaser that has no contact fields at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from uuid import UUID

from partidor.access.leads import contacts_of, offer_for, visible_offers
from partidor.access.reveal import reveal_to
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.business_time import Calendar, calendar_of
from partidor.domain.masking import mask_inquiry, postal_prefix, size_band, value_band
from partidor.domain.routing.words.why_you import why_you_said
from partidor.domain.states import OFFER
from partidor.models import Contact, Lead, Offer
from partidor.models.snapshots import ruleset
from partidor.queries.leads.cards import LeadCard, OfferLine, by_lead, lead_card, line_of
from partidor.queries.leads.why_you import reason_of
from partidor.queries.paging import Page, Wanted, one_of, page

AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class TeaserLead:
    """What a lead is about, without saying whose it is. Bands and the postal prefix keep it from being found out."""

    id: UUID
    product: str
    vertical: str
    temperature: str
    source_kind: str
    country: str
    region: str
    postal_prefix: str
    distance_km: int | None
    size_band: str | None
    value_band: str | None
    language: str
    timeline: str
    inquiry: str


@dataclass(frozen=True, slots=True)
class OfferCard(OfferLine):
    """An offer with its lead: in full or as a teaser, as ``reveal`` says."""

    lead: LeadCard | TeaserLead


@dataclass(frozen=True, slots=True)
class OfferAlone(OfferCard):
    """One offer; ``why`` is a sentence for its partner why it was asked, without names or figures of others."""

    why: str


def offer_card(viewer: Viewer, offer: Offer, lead: Lead, contacts: Iterable[Contact]) -> OfferCard:
    """Show an offer with as much of its lead as the viewer may see, from rows in hand."""
    full = reveal_to(viewer, offer) == "full"
    people = list(contacts)
    return OfferCard(**line_of(viewer, offer), lead=lead_card(lead, people) if full else teaser(offer, lead, people))


def teaser(offer: Offer, lead: Lead, contacts: Collection[Contact]) -> TeaserLead:
    """Show what a lead is about: free texts masked, numbers as bands, the distance in whole kilometres."""
    return TeaserLead(
        id=lead.pk,
        product=lead.product,
        vertical=lead.vertical,
        temperature=lead.temperature,
        source_kind=lead.source.kind,
        country=lead.country,
        region=lead.region,
        postal_prefix=postal_prefix(lead.country, lead.postal_code),
        distance_km=None if offer.distance_km is None else round(offer.distance_km),
        size_band=size_band(lead.employees),
        value_band=value_band(lead.value_minor, lead.currency),
        language=lead.language,
        timeline=_masked(lead.timeline, lead, contacts),
        inquiry=_masked(lead.inquiry, lead, contacts),
    )


def _masked(text: str, lead: Lead, contacts: Collection[Contact]) -> str:
    if not text:
        return ""
    return mask_inquiry(
        text,
        names=[name for contact in contacts for name in (contact.first_name, contact.last_name)],
        company=lead.company,
        emails=[contact.email for contact in contacts],
        phones=[contact.phone for contact in contacts],
        street=lead.street,
        postal_code=lead.postal_code,
        city=lead.city,
    )


def one_offer(viewer: Viewer, offer_id: UUID, *, language: str = "en") -> OfferAlone:
    """Show one offer that the viewer may see. Raises NotFound."""
    viewer.require("leads:read", "offers:write")
    offer, vendor = offer_for(viewer, offer_id), vendor_of(viewer)
    people = list(contacts_of([offer.lead_id]))
    reason = reason_of(vendor, offer, people)
    why = why_you_said(reason, vendor.name, language, answered=offer.state == "accepted")
    card = offer_card(viewer, offer, offer.lead, people)
    return OfferAlone(**{each.name: getattr(card, each.name) for each in fields(card)}, why=why)


def offers(
    viewer: Viewer, wanted: Wanted, *, state: str = "", partner: UUID | None = None, lead: UUID | None = None
) -> Page[OfferCard]:
    """List the offers the viewer may see, newest first."""
    viewer.require("leads:read", "offers:write")
    exact = {"state": one_of("state", state, OFFER.states), "partner_id": partner, "lead_id": lead}
    rows = visible_offers(viewer).select_related("lead__source")
    found = page(rows.filter(**{name: value for name, value in exact.items() if value}), wanted, by="opened_at")
    people = by_lead(contacts_of({offer.lead_id for offer in found.items}))
    return found.of([offer_card(viewer, offer, offer.lead, people[offer.lead_id]) for offer in found.items])


def after_verb(viewer: Viewer, offer: Offer, lead: Lead) -> OfferCard:
    """Show an offer that a verb has just returned to this viewer, with its lead."""
    return offer_card(viewer, offer, lead, contacts_of([lead.pk]))


def time_of(offer: Offer) -> Calendar | None:
    """Return the calendar that fixed the deadline of an open offer; None where the wall clock did.

    So did a grace after an outage. Vendor, partner and lead are at hand.
    """
    lead = offer.lead
    if offer.state != "open" or offer.expires_at is None or lead.ruleset_version is None or lead.rule_position is None:
        return None
    if ruleset(offer.vendor_id, lead.ruleset_version).rules[lead.rule_position - 1].clock == "wall":
        return None
    found = calendar_of(offer.vendor.working_time(), offer.partner.working_time() if offer.exclusive else None)
    return found if found.is_open(offer.expires_at - AN_INSTANT) else None
