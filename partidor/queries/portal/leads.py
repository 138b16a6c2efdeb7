"""The leads that a person's partners have accepted: the list, and one of them with its story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, F, Q, When

from partidor.access.leads import contacts_of, events_of, leads_of_viewers, offers_of_viewers
from partidor.access.network import colleagues_of, keys_of
from partidor.access.viewer import Viewer
from partidor.domain.money import money_text
from partidor.domain.refusal import NotFound
from partidor.domain.routing.words.naming import readable
from partidor.domain.routing.words.why_you import WhyYou
from partidor.models import Contact, Event, Lead, Offer
from partidor.queries.leads.cards import LeadCard, by_lead, lead_card
from partidor.queries.leads.why_you import reason_of
from partidor.queries.names import field_labels
from partidor.queries.paging import Page, Wanted, page

FIRST = timedelta(days=36_600)
"""A lead that waits for its partner stands before all others, as if it had been accepted a century later."""
CLOSED = ("won", "lost")
AFTERWARDS = ("lead.stalled", "lead.won", "lead.lost")
"""What is told of a lead itself, once the partner has it."""


@dataclass(frozen=True, slots=True)
class MyLead:
    """One line of the list. ``waits`` says why the partner is waited for; empty if it is not."""

    id: UUID
    vendor: str
    partner: str
    state: str
    test: bool
    temperature: str
    company: str
    person: str
    city: str
    product: str
    vertical: str
    waits: str
    waits_since: datetime | None
    next_at: datetime | None
    """When the vendor asks what has become of it, unless something happens before."""
    accepted_at: datetime | None
    closed_at: datetime | None
    value: str | None
    """The order's value once it is won, else what is expected."""
    currency: str


@dataclass(frozen=True, slots=True)
class MyLeads:
    """One page of leads, and how many there are that run, that wait for the partner, and that are closed."""

    leads: Page[MyLead]
    running: int
    waiting: int
    closed: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a lead's story as its partner may know it.

    ``what`` is received, opened, reminded, extended, interested, accepted, declined, expired, superseded, withdrawn,
    assigned, stalled, won or lost. ``who`` is a person of the partner's own, or empty.
    """

    what: str
    at: datetime
    who: str = ""
    rivals: int = 0
    lasting: timedelta | None = None
    """How long an offer had waited when it was accepted."""
    reason: str = ""
    value: str | None = None
    currency: str = ""
    awarded: bool = False
    """Whether the partner was chosen from several that were interested."""
    ours: bool = False
    """Whether the partner's own side did it: a person, or a key of its own."""
    until: datetime | None = None
    """Until when an offer that was opened could be answered."""


@dataclass(frozen=True, slots=True)
class OwnFact:
    """What a lead says in a field of the vendor's own, which is called by its key where it has no label."""

    label: str
    value: object


@dataclass(frozen=True, slots=True)
class PortalLead:
    """A lead in full for the partner that has it, why it got it, and its story, the newest first."""

    lead: LeadCard
    vendor: str
    partner: str
    currency: str
    """In which an order counts when the lead names none."""
    source_kind: str
    distance_km: int | None
    why: WhyYou
    story: Sequence[Step]
    own_facts: Sequence[OwnFact]

    @property
    def running(self) -> bool:
        """Say whether the partner still works on it."""
        return self.lead.status == "accepted"


def my_leads(viewers: Sequence[Viewer], wanted: Wanted, *, closed: bool = False) -> MyLeads:
    """List the leads of a person's partners: what waits for them first, then the newest; or those that are closed."""
    mine = leads_of_viewers(viewers)
    running = Q(state="accepted")
    counts = mine.aggregate(
        running=Count("pk", filter=running),
        waiting=Count("pk", filter=running & ~Q(attention_reason="")),
        closed=Count("pk", filter=Q(state__in=CLOSED)),
    )
    if closed:
        found = page(mine.filter(state__in=CLOSED), wanted, by="closed_at")
    else:
        found = page(mine.filter(running).annotate(comes_at=_COMES_AT), wanted, by="comes_at")
    people = by_lead(contacts_of([lead.pk for lead in found.items]).filter(position=0)) if found.items else {}
    return MyLeads(
        leads=found.of([_mine(lead, people.get(lead.pk, [])) for lead in found.items]),
        **counts,
    )


_COMES_AT = Case(
    When(~Q(attention_reason=""), then=F("accepted_at") + FIRST),
    default=F("accepted_at"),
    output_field=DateTimeField(),
)


def _mine(lead: Lead, people: Sequence[Contact]) -> MyLead:
    minor = lead.order_value_minor if lead.state == "won" else lead.value_minor
    return MyLead(
        id=lead.pk,
        vendor=lead.vendor.name,
        partner=lead.partner.name if lead.partner else "",
        state=lead.state,
        test=lead.test,
        temperature=lead.temperature,
        company=lead.company,
        person=" ".join(f"{people[0].first_name} {people[0].last_name}".split()) if people else "",
        city=lead.city,
        product=lead.product,
        vertical=lead.vertical,
        waits=lead.attention_reason,
        waits_since=lead.attention_at,
        next_at=lead.next_action_at,
        accepted_at=lead.accepted_at,
        closed_at=lead.closed_at,
        value=None if minor is None else money_text(minor, lead.currency),
        currency=lead.currency,
    )


def portal_lead(viewers: Sequence[Viewer], lead_id: UUID, *, language: str) -> PortalLead:
    """Show one lead that a partner of the person has. Raises NotFound."""
    lead = leads_of_viewers(viewers).filter(pk=lead_id).first()
    if lead is None or lead.partner is None:
        raise NotFound(what="lead")
    viewer = next(each for each in viewers if each.partner_id == lead.partner_id)
    offers = list(offers_of_viewers([viewer]).filter(lead_id=lead.pk).select_related("decision").order_by("opened_at"))
    held = next(offer for offer in reversed(offers) if offer.state == "accepted")
    people = list(contacts_of([lead.pk]))
    return PortalLead(
        lead=lead_card(lead, people),
        vendor=lead.vendor.name,
        partner=lead.partner.name,
        currency=lead.vendor.currency,
        source_kind=lead.source.kind,
        distance_km=None if held.distance_km is None else max(1, round(held.distance_km)),
        why=reason_of(lead.vendor, held, people),
        story=_story(viewer, lead, {str(offer.pk): offer for offer in offers}),
        own_facts=_own_facts(viewer, lead, language),
    )


def _own_facts(viewer: Viewer, lead: Lead, language: str) -> list[OwnFact]:
    if not lead.custom:
        return []
    labels = field_labels(viewer, language)
    said = {key: value for key, value in lead.custom.items() if value not in (None, "")}
    return [OwnFact(labels.get(key) or readable(key), value) for key, value in said.items()]


def _story(viewer: Viewer, lead: Lead, offers: Mapping[str, Offer]) -> list[Step]:
    """Tell what concerns this partner, and nothing that happened to the lead before it had it."""
    about = Q(type="lead.received") | Q(type__in=AFTERWARDS) | Q(data__partner=str(viewer.partner_id))
    events = list(events_of(lead).filter(about))
    taken = [event.lead_seq for event in events if event.type in ("offer.accepted", "lead.assigned")]
    colleagues = {str(row.person_id): row.person.name for row in colleagues_of([viewer])}
    told = [event for event in events if event.type not in AFTERWARDS or (taken and event.lead_seq > taken[-1])]
    keys = keys_of(viewer).filter(partner=viewer.partner_id).values_list("pk", flat=True)
    ours = {*colleagues, *map(str, keys)}
    steps = (_step(event, offers.get(str(event.data.get("offer"))), colleagues, ours) for event in reversed(told))
    return [step for step in steps if step is not None]


def _step(event: Event, offer: Offer | None, colleagues: Mapping[str, str], ours: AbstractSet[str]) -> Step | None:
    room, _, what = event.type.partition(".")
    who = colleagues.get(event.by_id, "") if event.by_kind == "person" else ""
    if room == "lead" and what in ("received", "stalled", "won", "lost", "assigned"):
        return Step(
            what, event.at, who, ours=event.by_id in ours, reason=event.data.get("reason", ""),
            value=event.data.get("value"), currency=event.data.get("currency", ""),
        )  # fmt: skip
    if room != "offer" or offer is None:
        return None
    waited = event.at - offer.opened_at if what == "accepted" else None
    until = offer.expires_at if what == "opened" else None
    awarded = what == "accepted" and event.by_kind == "system"
    rivals = 0 if offer.exclusive else offer.rivals
    reason = event.data.get("reason", "")
    return Step(what, event.at, who, rivals, waited, reason, awarded=awarded, ours=event.by_id in ours, until=until)


def reachable_lead(viewers: Sequence[Viewer], lead_id: UUID) -> LeadCard:
    """Show only the lead itself: who can be reached, how and where. Raises NotFound."""
    lead = leads_of_viewers(viewers).filter(pk=lead_id).first()
    if lead is None:
        raise NotFound(what="lead")
    return lead_card(lead, contacts_of([lead.pk]))
