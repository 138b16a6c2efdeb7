"""What the words of a notice are made of, as things stand now. A card has no contact field, so no mail can leak one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from partidor.access.due import notices_of
from partidor.access.leads import contacts_of, decisions_with
from partidor.access.recipients import recipients_of
from partidor.domain.intake.codes import SEVERAL_TIME_ZONES
from partidor.domain.masking import mask_inquiry, postal_prefix, size_band, value_band
from partidor.domain.routing.words.why_you import WhyYou
from partidor.domain.words import SOURCE
from partidor.models import Contact, Delivery, Lead, Notice, Offer, Partner, Vendor
from partidor.models.live import field_values
from partidor.queries.leads.offers import time_of
from partidor.queries.leads.why_you import Again, made_again, why_you

EXCERPT = 600
"""Characters of the inquiry that a mail shows."""


@dataclass(frozen=True, slots=True)
class NoticedLead:
    """A lead as a mail may show it: what is wanted and where, and nothing that says by whom."""

    ref: str
    state: str
    test: bool
    temperature: str
    product: str
    vertical: str
    postal_code: str
    """In full, or only its first two characters in a teaser."""
    city: str
    """Empty in a teaser."""
    country: str
    abroad: bool
    size_band: str | None
    value_band: str | None
    source_kind: str
    source: str
    """The name of the source; empty in a teaser, and where its kind says as much."""
    inquiry: str
    """Masked, at most ``EXCERPT`` characters."""
    partner: UUID | None
    attention_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticedOffer:
    """An offer as a mail needs it."""

    id: UUID
    state: str
    ended: bool
    partner: UUID
    via: str
    exclusive: bool
    rivals: int
    distance_km: float | None
    award_at: datetime | None
    """When the best of those interested gets the lead; None where whoever accepts first does."""
    answered: bool
    expires_at: datetime | None
    working: bool
    """Whether only working time counts until then: the partner's if it is asked alone, else the vendor's."""


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """One notice as things stand now, and who may still be told of it."""

    kind: str
    reason: str
    created_at: datetime
    vendor: str
    vendor_slug: str
    to_partner: bool
    partner: str
    """The partner told, or the one the notice is about."""
    time_zone: str
    own_time_zone: bool
    """Whether the time zone is the reader's own; else it is the vendor's, and the mail says so."""
    addresses: frozenset[str]
    lead: NoticedLead | None
    offer: NoticedOffer | None
    role: str
    """What a person was invited as."""
    why: WhyYou | None
    """Why the partner is asked, where a lead is offered."""
    key: str = field(repr=False)
    """What opens the door: a code, or the path of a link."""


def notice_cards(deliveries: Sequence[Delivery]) -> dict[UUID, NoticeCard]:
    """Return a card per delivery, by its id, in five statements however many they are."""
    notices = notices_of(deliveries)
    addresses = {
        pk: (frozenset(each.address for each in recipients), next((each.role for each in recipients), ""))
        for pk, recipients in recipients_of(notices.values()).items()
    }
    contacts: dict[UUID, list[Contact]] = defaultdict(list)
    leads = {notice.lead_id for notice in notices.values() if notice.lead_id is not None}
    for contact in contacts_of(leads) if leads else ():
        contacts[contact.lead_id].append(contact)
    reasons = _reasons(notices, contacts)
    cards = {
        pk: _card(notice, *addresses[pk], contacts[notice.lead_id] if notice.lead_id else [], reasons.get(pk))
        for pk, notice in notices.items()
    }
    return {delivery.pk: cards[delivery.notice_id] for delivery in deliveries}


def _reasons(notices: Mapping[UUID, Notice], contacts: Mapping[UUID, Sequence[Contact]]) -> dict[UUID, WhyYou]:
    """Tell why each partner is asked that is offered a lead: one decision is read and made again for all it asked."""
    offered = {pk: notice.offer for pk, notice in notices.items() if notice.kind == "offer.opened" and notice.offer}
    wanted = {offer.decision_id for offer in offered.values() if offer.decision_id}
    kept = decisions_with(wanted) if wanted else {}
    again: dict[UUID, Again] = {}
    found = {}
    for pk, offer in offered.items():
        lead, decision = notices[pk].lead, kept.get(offer.decision_id) if offer.decision_id else None
        if decision is not None and lead is not None:
            if decision.pk not in again:
                main = next(iter(contacts[lead.pk]), None)
                again[decision.pk] = made_again(notices[pk].vendor, decision, field_values(lead, main))
            offer.lead = lead
            found[pk] = why_you(offer, decision, again[decision.pk])
    return found


def _card(
    notice: Notice, addresses: frozenset[str], role: str, contacts: Sequence[Contact], why: WhyYou | None
) -> NoticeCard:
    lead, offer, vendor = notice.lead, notice.offer, notice.vendor
    told = notice.partner
    about = told or (offer.partner if offer is not None else None)
    full = told is None or (offer is not None and offer.reveal == "full" and offer.state in ("open", "accepted"))
    zone = told.time_zone if told is not None else vendor.time_zone
    return NoticeCard(
        kind=notice.kind,
        reason=notice.reason,
        created_at=notice.created_at,
        vendor=vendor.name,
        vendor_slug=vendor.slug,
        to_partner=told is not None,
        partner=about.name if about is not None else "",
        time_zone=zone or vendor.time_zone,
        own_time_zone=bool(zone) or _shares_clocks(told, vendor),
        addresses=addresses,
        lead=_lead(lead, contacts, vendor.country, full=full) if lead is not None else None,
        offer=_offer(offer, lead, vendor) if offer is not None and lead is not None else None,
        role=role,
        why=why,
        key=notice.key,
    )


def _shares_clocks(partner: Partner | None, vendor: Vendor) -> bool:
    """Say whether a partner that names no time zone has the vendor's all the same: both are in one country of one."""
    return partner is not None and partner.country == vendor.country not in SEVERAL_TIME_ZONES


def _lead(lead: Lead, contacts: Iterable[Contact], home: str, *, full: bool) -> NoticedLead:
    return NoticedLead(
        ref=lead.ref,
        state=lead.state,
        test=lead.test,
        temperature=lead.temperature,
        product=lead.product,
        vertical=lead.vertical,
        postal_code=lead.postal_code if full else postal_prefix(lead.country, lead.postal_code),
        city=lead.city if full else "",
        country=lead.country,
        abroad=lead.country not in ("", home),
        size_band=size_band(lead.employees),
        value_band=value_band(lead.value_minor, lead.currency),
        source_kind=lead.source.kind,
        source=lead.source.name if full and lead.source.name not in SOURCE else "",
        inquiry=_excerpt(_masked(lead, list(contacts))),
        partner=lead.partner_id,
        attention_at=lead.attention_at,
    )


def _masked(lead: Lead, contacts: Sequence[Contact]) -> str:
    return mask_inquiry(
        lead.inquiry,
        names=[f"{contact.first_name} {contact.last_name}" for contact in contacts],
        company=lead.company,
        emails=[contact.email for contact in contacts],
        phones=[contact.phone for contact in contacts],
        street=lead.street,
        postal_code=lead.postal_code,
        city=lead.city,
    )


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    return text[:EXCERPT].rsplit(None, 1)[0] + " …"


def _offer(offer: Offer, lead: Lead, vendor: Vendor) -> NoticedOffer:
    offer.lead, offer.vendor = lead, vendor  # they are at hand
    return NoticedOffer(
        id=offer.pk,
        state=offer.state,
        ended=offer.ended_at is not None,
        partner=offer.partner_id,
        via=offer.via,
        exclusive=offer.exclusive,
        rivals=offer.rivals,
        distance_km=offer.distance_km,
        award_at=offer.award_at,
        answered=offer.answered_at is not None,
        expires_at=offer.expires_at,
        working=time_of(offer) is not None,
    )
