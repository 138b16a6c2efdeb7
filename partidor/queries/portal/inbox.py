"""The inbox: every offer of a person's partners that waits, the most pressing first, and those that have just gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, F, Q, When
from django.db.models.functions import Coalesce

from partidor.access.leads import contacts_of, late_events_of, offers_of_viewers
from partidor.access.reveal import Reveal
from partidor.access.viewer import Viewer
from partidor.domain.business_time import Calendar
from partidor.domain.refusal import NotFound
from partidor.domain.routing.words.why_you import WhyYou
from partidor.models import Contact, Event, Offer
from partidor.models.offer import WAITING
from partidor.queries.leads.cards import LeadCard, by_lead
from partidor.queries.leads.offers import OfferCard, offer_card, time_of
from partidor.queries.leads.why_you import reason_of
from partidor.queries.paging import Page, Wanted, page

HEAD_START = timedelta(days=366)
"""A hot offer stands before all others, as if it ended a year earlier."""
REMEMBERED = timedelta(minutes=5)
"""How long the inbox says what became of an offer that has gone."""
GONE = ("offer.accepted", "offer.superseded", "offer.expired", "offer.withdrawn")
MOST_GONE = 3


@dataclass(frozen=True, slots=True)
class Fit:
    """What a card says of the lead itself. In a teaser company, place and exact figures are empty; there are bands."""

    product: str
    vertical: str
    temperature: str
    company: str
    city: str
    region: str
    country: str
    postal_prefix: str
    """The first two characters of the postal code, where the town is not told."""
    distance_km: int | None
    employees: int | None
    size_band: str | None
    value: str | None
    currency: str
    value_band: str | None
    timeline: str
    inquiry: str
    """In full, or masked."""
    source: str
    """The name of the source; empty in a teaser."""
    source_kind: str


@dataclass(frozen=True, slots=True)
class InboxCard:
    """One offer as its partner sees it before the acceptance: never with a person, an address or a number to call."""

    id: UUID
    lead: UUID
    vendor: str
    partner: str
    state: str
    reason: str
    ended: bool
    """Whether it was accepted and is over."""
    test: bool
    reveal: Reveal
    exclusive: bool
    rivals: int
    about: Fit
    received_at: datetime
    opened_at: datetime
    expires_at: datetime | None
    award_at: datetime | None
    """When the best of those interested gets the lead; None where whoever accepts first does."""
    answered_at: datetime | None
    time: Calendar | None
    """The working time that its deadline counts: the partner's if asked alone, else the vendor's; None counts all."""
    presses: bool
    """It is hot, and less than half of its window is left."""
    why: WhyYou | None = field(default=None, repr=False, kw_only=True)
    """Why the partner is asked, while it is: for the page of one offer."""
    seen: bool = field(repr=False)
    """Whether somebody has looked at it. Not a part of what is shown, so that a look changes nothing."""

    @property
    def answer_by(self) -> datetime | None:
        """Return until when an answer counts as much as any other: the award, where the best is chosen."""
        return self.award_at or self.expires_at

    @property
    def outranked(self) -> bool:
        """Say whether the partner was interested, and another one suited better."""
        return self.state == "superseded" and self.answered_at is not None


@dataclass(frozen=True, slots=True)
class Gone:
    """An offer that has just gone: somebody was quicker, time ran out, or the vendor withdrew it.

    Or the best of those interested was chosen: the partner, or another one.
    """

    id: UUID
    lead: UUID
    how: str
    """superseded, outranked, expired, withdrawn, or accepted where the partner was chosen."""
    product: str
    vertical: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of offers that wait, how many are open and how many of those are hot, and what has just gone."""

    offers: Page[InboxCard]
    count: int
    hot: int
    gone: Sequence[Gone]


def inbox(viewers: Sequence[Viewer], wanted: Wanted) -> Inbox:
    """List the offers of a person's partners that wait: hot ones first, then by the time left, then the answered."""
    waiting = offers_of_viewers(viewers).filter(WAITING)
    is_open = Q(state="open")
    counts = waiting.aggregate(
        every=Count("pk", filter=is_open), hot=Count("pk", filter=is_open & Q(lead__temperature="hot"))
    )
    found = page(waiting.annotate(presses_at=_PRESSES_AT), wanted, by="presses_at", newest_first=False)
    gone = _gone(viewers, wanted.at) if not wanted.cursor else []
    return Inbox(found.of(_cards(found.items, viewers, wanted.at)), counts["every"], counts["hot"], gone)


_ANSWER_BY = Coalesce("award_at", "expires_at")
_PRESSES_AT = Case(
    When(state="interested", then=F("expires_at") + HEAD_START),
    When(lead__temperature="hot", then=_ANSWER_BY - HEAD_START),
    default=_ANSWER_BY,
    output_field=DateTimeField(),
)


def open_count(viewers: Sequence[Viewer]) -> int:
    """Count the open offers of a person's partners, for the badge."""
    return offers_of_viewers(viewers).filter(state="open").count()


def portal_offer(viewers: Sequence[Viewer], offer_id: UUID, *, at: datetime) -> InboxCard:
    """Show one offer of a person's partners, whatever became of it. Raises NotFound."""
    offer = offers_of_viewers(viewers).select_related("decision").filter(pk=offer_id).first()
    if offer is None:
        raise NotFound(what="offer")
    (card,) = _cards([offer], viewers, at)
    if card.state not in ("open", "interested"):
        return card
    return replace(card, why=reason_of(offer.vendor, offer, list(contacts_of([offer.lead_id]))))


def _cards(offers: Sequence[Offer], viewers: Sequence[Viewer], at: datetime) -> list[InboxCard]:
    people = by_lead(contacts_of({offer.lead_id for offer in offers})) if offers else {}
    eyes = {viewer.partner_id: viewer for viewer in viewers}
    return [_card(eyes[offer.partner_id], offer, people.get(offer.lead_id, []), at) for offer in offers]


def _card(viewer: Viewer, offer: Offer, contacts: Sequence[Contact], at: datetime) -> InboxCard:
    card = offer_card(viewer, offer, offer.lead, contacts)
    answer_by, time = offer.award_at or offer.expires_at, time_of(offer)
    left, window = (_spent(time, since, answer_by) for since in (at, offer.opened_at))
    return InboxCard(
        id=offer.pk,
        lead=offer.lead_id,
        vendor=offer.vendor.name,
        partner=offer.partner.name,
        state=offer.state,
        reason=offer.reason,
        ended=offer.ended_at is not None,
        test=offer.test,
        reveal=card.reveal,
        exclusive=offer.exclusive,
        rivals=offer.rivals,
        about=_about(card, offer),
        received_at=offer.lead.received_at,
        opened_at=offer.opened_at,
        expires_at=offer.expires_at,
        award_at=offer.award_at,
        answered_at=offer.answered_at,
        time=time,
        presses=offer.lead.temperature == "hot" and answer_by is not None and left < window / 2,
        seen=offer.seen_at is not None,
    )


def _spent(time: Calendar | None, start: datetime, end: datetime | None) -> timedelta:
    """Return how much time lies between two moments, by a calendar or by the wall clock; none without an end."""
    if end is None:
        return timedelta(0)
    return max(end - start, timedelta(0)) if time is None else time.between(start, end)


def _about(card: OfferCard, offer: Offer) -> Fit:
    """Take from a card what the portal shows before the acceptance: a teaser has nothing else to take."""
    lead = card.lead
    distance = None if offer.distance_km is None else round(offer.distance_km)
    if isinstance(lead, LeadCard):
        return Fit(
            lead.product, lead.vertical, lead.temperature, lead.company, lead.address.city, lead.address.region,
            lead.address.country, "", distance, lead.employees, None, lead.value, lead.currency, None, lead.timeline,
            lead.inquiry, lead.source, offer.lead.source.kind,
        )  # fmt: skip
    return Fit(
        lead.product, lead.vertical, lead.temperature, "", "", lead.region, lead.country, lead.postal_prefix, distance,
        None, lead.size_band, None, "", lead.value_band, lead.timeline, lead.inquiry, "", lead.source_kind,
    )  # fmt: skip


def _gone(viewers: Sequence[Viewer], at: datetime) -> list[Gone]:
    late = late_events_of(viewers, since=at - REMEMBERED).filter(type__in=GONE)
    late = late.exclude(~Q(by_kind="system"), type="offer.accepted")  # who has just said yes knows it
    told = {UUID(event.data["offer"]): event for event in late[:MOST_GONE]}
    rows = offers_of_viewers(viewers).in_bulk(list(told)) if told else {}
    return [_just_gone(rows[pk], event) for pk, event in told.items() if pk in rows and _tells(rows[pk], event)]


def _tells(offer: Offer, event: Event) -> bool:
    """Say whether an event is news: not that an offer has gone whose lead the partner has all the same."""
    has_it = offer.lead.partner_id == offer.partner_id
    return has_it == (event.type == "offer.accepted")


def _just_gone(offer: Offer, event: Event) -> Gone:
    how = "outranked" if offer.state == "superseded" and offer.answered_at else offer.state
    return Gone(offer.pk, offer.lead_id, how, offer.lead.product, offer.lead.vertical, event.at)
