"""The page of one partner: who it is, what is open, how it answers, what it is due."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

from django.db.models import Count, Q

from partidor.access.leads import visible_offers
from partidor.access.network import memberships_of, parents_of, partner_for, partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import TIER
from partidor.domain.offers import VENDOR_FAULTS
from partidor.domain.routing.fairness import Ledger
from partidor.models import Offer, Partner
from partidor.models.ledger import read_ledger
from partidor.models.live import live_state
from partidor.models.offer import RUNNING, WAITING
from partidor.models.payloads import partner_revision
from partidor.models.snapshots import network
from partidor.queries.fairness.report import Share
from partidor.queries.partners.cards import PartnerCard, partner_card
from partidor.queries.partners.table import Tag, tags_of
from partidor.queries.settings.hours import HoursCard, hours_of_partner
from partidor.queries.settings.people_table import State, state_of

SPAN = timedelta(days=90)
MOST_OPEN = 10
"""Offers, leads, resellers and people that the page names; the others are counted."""


@dataclass(frozen=True, slots=True)
class Named:
    """A partner by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Relatives:
    """The distributors above a partner and its resellers below, the first of them by name."""

    parents: tuple[Named, ...]
    children: tuple[Named, ...]
    more: int


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer that waits for an answer: about which lead, since when, until when."""

    ref: str
    company: str
    product: str
    temperature: str
    exclusive: bool
    rivals: int
    opened_at: datetime
    seen_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunningLead:
    """A lead that the partner has accepted and still has."""

    ref: str
    company: str
    product: str
    temperature: str
    accepted_at: datetime | None
    attention: str


@dataclass(frozen=True, slots=True)
class Open:
    """What is open at the partner: the first offers to lapse, the newest running leads, and how many there are."""

    offers: tuple[OpenOffer, ...]
    all_offers: int
    leads: tuple[RunningLead, ...]
    all_leads: int


@dataclass(frozen=True, slots=True)
class Load:
    """How much a partner has on the table, against its limits (None: no limit)."""

    load: int
    most: int | None
    month: int
    monthly: int | None
    week: int
    weekly: int | None
    full: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the offers of the last 90 days; test leads and leads given by hand are left out.

    ``answer`` is the median time from an offer to its answer.
    """

    offered: int
    accepted: int
    declined: int
    reasons: tuple[tuple[str, int], ...]
    lapsed: int
    taken: int
    waiting: int
    answer: timedelta | None


@dataclass(frozen=True, slots=True)
class PartnerShares:
    """The fair share of a partner in leads, and what was counted beside it."""

    all: Share
    hot: Share
    by_hand: int
    credited: int
    known: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for the partner."""

    name: str
    email: str
    role: str
    state: State


@dataclass(frozen=True, slots=True)
class PartnerPage:
    """Everything on the page of one partner."""

    partner: PartnerCard
    tier: str
    tags: tuple[Tag, ...]
    relatives: Relatives
    load: Load
    open: Open
    answers: Answers
    share: PartnerShares
    people: tuple[Member, ...]
    all_people: int
    hours: HoursCard


def partner_page(viewer: Viewer, partner_id: UUID, *, at: datetime) -> PartnerPage:
    """Show one partner of the vendor. Raises NotFound, NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    partner = partner_for(viewer, partner_id)
    above, relatives = _relatives(viewer, partner)
    people = _people(viewer, partner)
    ledger = read_ledger(viewer.vendor_id)
    return PartnerPage(
        partner=partner_card(partner, above, at=at),
        tier=next(iter(partner.tags.get(TIER, ())), ""),
        tags=tuple(tags_of(partner.tags)),
        relatives=relatives,
        load=_load(viewer, partner, ledger, at),
        open=_open(viewer, partner),
        answers=_answers(viewer, partner, at),
        share=_share(viewer, partner, ledger),
        people=tuple(people[:MOST_OPEN]),
        all_people=len(people),
        hours=hours_of_partner(vendor_of(viewer), partner, at=at, language="en"),
    )


def open_at(viewer: Viewer, partner_id: UUID) -> Open:
    """Show what is open at one partner of the vendor. Raises NotFound, NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    return _open(viewer, partner_for(viewer, partner_id))


def _relatives(viewer: Viewer, partner: Partner) -> tuple[list[UUID], Relatives]:
    links = parents_of(viewer).filter(Q(partner=partner) | Q(parent=partner, partner__archived_at=None))
    parents, children = [], []
    for child, child_name, parent, parent_name in links.values_list(
        "partner_id", "partner__name", "parent_id", "parent__name"
    ):
        if child == partner.pk:
            parents.append(Named(parent, parent_name))
        else:
            children.append(Named(child, child_name))
    parents.sort(key=lambda one: one.name.casefold())
    children.sort(key=lambda one: one.name.casefold())
    more = max(0, len(children) - MOST_OPEN)
    return [one.id for one in parents], Relatives(tuple(parents), tuple(children[:MOST_OPEN]), more)


def _load(viewer: Viewer, partner: Partner, ledger: Ledger, at: datetime) -> Load:
    vendor = vendor_of(viewer)
    live = live_state(vendor, network(vendor), ledger, at=at, loads=True)
    place = live.network.index.get(str(partner.pk))
    if place is None:  # archived partners take no part
        return Load(0, partner.max_open_leads, 0, partner.monthly_cap, 0, partner.weekly_pace, False)
    return Load(
        load=live.loads[place],
        most=partner.max_open_leads,
        month=live.months.get(place, 0),
        monthly=partner.monthly_cap,
        week=live.weeks.get(place, 0),
        weekly=partner.weekly_pace,
        full=bool(live.at_capacity >> place & 1),
    )


def _open(viewer: Viewer, partner: Partner) -> Open:
    mine = visible_offers(viewer).filter(partner=partner).filter(WAITING | RUNNING).select_related("lead")
    rows = list(mine.only(*_OFFER, *(f"lead__{name}" for name in _LEAD)).order_by("expires_at", "pk"))
    waiting = [row for row in rows if row.state != "accepted"]
    running = sorted((row for row in rows if row.state == "accepted"), key=lambda row: row.answered_at or row.opened_at)
    return Open(
        tuple(map(_open_offer, waiting[:MOST_OPEN])), len(waiting),
        tuple(map(_running_lead, running[: -MOST_OPEN - 1 : -1])), len(running),
    )  # fmt: skip


_OFFER = ("state", "exclusive", "rivals", "opened_at", "seen_at", "expires_at", "answered_at")
_LEAD = ("ref", "company", "product", "temperature", "attention_reason")


def _open_offer(offer: Offer) -> OpenOffer:
    lead = offer.lead
    return OpenOffer(lead.ref, lead.company, lead.product, lead.temperature, offer.exclusive, offer.rivals,
                     offer.opened_at, offer.seen_at, offer.expires_at)  # fmt: skip


def _running_lead(offer: Offer) -> RunningLead:
    lead = offer.lead
    return RunningLead(lead.ref, lead.company, lead.product, lead.temperature, offer.answered_at, lead.attention_reason)


def _answers(viewer: Viewer, partner: Partner, at: datetime) -> Answers:
    lately = visible_offers(viewer).filter(partner=partner, test=False, opened_at__gte=at - SPAN).exclude(via="by_hand")
    rows = list(lately.values_list("state", "reason", "opened_at", "answered_at"))
    states = Counter(state for state, _, _, _ in rows)
    reasons = Counter(reason for state, reason, _, _ in rows if state == "declined")
    taken = [
        (opened, answered) for state, _, opened, answered in rows if answered and state in ("accepted", "declined")
    ]
    answers = [(answered - opened).total_seconds() for opened, answered in taken]
    return Answers(
        offered=len(rows),
        accepted=states["accepted"],
        declined=states["declined"],
        reasons=tuple(reasons.most_common()),
        lapsed=states["expired"],
        taken=states["superseded"],
        waiting=states["open"] + states["interested"],
        answer=timedelta(seconds=median(answers)) if answers else None,
    )


def _share(viewer: Viewer, partner: Partner, ledger: Ledger) -> PartnerShares:
    figures = ledger.statement([str(partner.pk)])[str(partner.pk)]
    accepted = Q(state="accepted")
    counts = visible_offers(viewer).filter(partner=partner, test=False).aggregate(
        by_hand=Count("pk", filter=accepted & Q(via="by_hand")),
        credited=Count("pk", filter=Q(state="declined", reason__in=VENDOR_FAULTS)),
        known=Count("pk", filter=accepted & Q(via="known_customer")),
    )  # fmt: skip
    return PartnerShares(
        all=Share(figures["expected"], figures["received"], figures["debt"]), hot=Share(**figures["hot"]), **counts
    )


def _people(viewer: Viewer, partner: Partner) -> list[Member]:
    members = sorted(
        memberships_of(viewer).filter(partner=partner), key=lambda one: (not one.active, one.shown_name, one.pk)
    )
    return [
        Member(member.shown_name, member.person.email, member.role, state_of(member.active, member.seen_at))
        for member in members
    ]


@dataclass(frozen=True, slots=True)
class WrittenPartner:
    """Everything one may write about a partner, and the revision that a change of it must name."""

    card: PartnerCard
    revision: str


def written_partner(viewer: Viewer, partner_id: UUID, *, at: datetime) -> WrittenPartner:
    """Show everything one may write about a partner. Raises NotFound, NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    partner = partner_for(viewer, partner_id)
    above = list(parents_of(viewer).filter(partner=partner).values_list("parent_id", flat=True))
    return WrittenPartner(partner_card(partner, above, at=at), partner_revision(partner, above))


def distributors(viewer: Viewer) -> list[Named]:
    """List the partners in use that may stand above others: distributors, and whoever has resellers already."""
    above = parents_of(viewer).values("parent_id")
    may = partners_of(viewer).filter(Q(kind="distributor") | Q(pk__in=above), archived_at=None)
    return [Named(pk, name) for pk, name in may.order_by("name", "pk").values_list("pk", "name")]
