"""The page of one lead: everything that a channel manager asks about it, made from what was read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.domain.routing.words.naming import readable
from partidor.domain.states import CLOSED_LEAD
from partidor.models import Lead
from partidor.queries.leads.cards import DuplicateCard, LeadCard, lead_card
from partidor.queries.leads.page.dossier import Dossier, read_dossier
from partidor.queries.leads.page.hand_over import HandOver, hand_over
from partidor.queries.leads.page.plan import PlanCard, Standing, plan_card, standing
from partidor.queries.leads.page.timeline import Actor, Happening, actor_of, happenings
from partidor.queries.leads.page.why import DecisionLine, Why, chosen_decision, decision_lines, why
from partidor.queries.leads.page.why_not import Answers, why_not_for, why_not_named

CANDIDATES = 5
"""Candidates that are listed before one asks for all."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is asked about a lead beside the usual: another decision than the newest, all candidates, why not whom.

    ``words`` are letters of a partner's name, ``reason`` the key of one for which partners were left out. ``takers``
    asks for those who may be given the lead, and for those whose name has these letters.
    """

    decision: int | None = None
    everyone: bool = False
    words: str = ""
    reason: str = ""
    page: int = 1
    takers: str | None = None
    taker: UUID | None = None


@dataclass(frozen=True, slots=True)
class OtherLead:
    """Another lead of the same customer."""

    ref: str
    company: str
    product: str
    state: str
    partner: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class OtherCustomer:
    """Another customer that may be the same, or of whom somebody said so, with the name of who has its newest lead."""

    card: DuplicateCard
    partner: str
    said_by: Actor | None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """An offer of the lead: to whom, in which round of which run, on which terms, and what came of it."""

    partner: str
    run: int
    round: int
    via: str
    opened_at: datetime
    seen_at: datetime | None
    expires_at: datetime | None
    answered_at: datetime | None
    state: str
    ended_by: str
    ended_at: datetime | None
    reason: str
    note: str
    km: float | None


@dataclass(frozen=True, slots=True)
class ByHand:
    """That a person gave the lead to its partner, and why."""

    partner: str
    by: Actor
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MovingPart:
    """What changes while one looks: state, plan, offers (newest first), timeline."""

    standing: Standing
    plan: PlanCard | None
    offers: tuple[OfferRow, ...]
    timeline: tuple[Happening, ...]
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeadPage:
    """The whole page. ``title`` is the company, else the person, else what is wanted; empty if nothing is known."""

    title: str
    event_seq: int
    """How many events the lead has had."""
    lead: LeadCard
    source_kind: str
    custom: Mapping[str, object]
    moving: MovingPart
    decisions: tuple[DecisionLine, ...]
    why: Why | None
    by_hand: ByHand | None
    related: tuple[OtherLead, ...]
    duplicates: tuple[OtherCustomer, ...]
    why_not: Answers | None
    hand_over: HandOver | None


def lead_page(viewer: Viewer, ref: str, sought: Sought, *, language: str, at: datetime) -> LeadPage:
    """Show the lead with a human reference, for the vendor only. Raises NotFound, NotAllowed."""
    return page_of(read_dossier(viewer, ref, language=language, at=at), sought)


def page_of(kept: Dossier, sought: Sought) -> LeadPage:
    """Show a lead from what was read of it."""
    decision = chosen_decision(kept, sought.decision)
    answers = None
    if decision is not None and sought.reason:
        answers = why_not_for(kept, decision, sought.reason, sought.page)
    elif decision is not None and sought.words:
        answers = why_not_named(kept, decision, sought.words)
    return LeadPage(
        title=_title(kept),
        event_seq=kept.lead.event_seq,
        lead=lead_card(kept.lead, kept.contacts),
        source_kind=kept.lead.source.kind,
        custom={kept.labels.get(key) or readable(key): value for key, value in kept.lead.custom.items()},
        moving=MovingPart(standing(kept), plan_card(kept), _offers(kept), tuple(happenings(kept)), _verbs(kept)),
        decisions=tuple(decision_lines(kept)),
        why=why(kept, decision, shown=CANDIDATES, everyone=sought.everyone) if decision else None,
        by_hand=_by_hand(kept) if decision is None or decision is kept.decisions[-1] else None,
        related=tuple(
            OtherLead(
                other.ref, other.company, other.product, other.state, kept.name(other.partner_id), other.received_at
            )
            for other in kept.related
        ),
        duplicates=tuple(
            OtherCustomer(card, kept.name(card.partner), actor_of(kept, card.said_by) if card.said_by else None)
            for card in kept.duplicates
        ),
        why_not=answers,
        hand_over=None if sought.takers is None else hand_over(kept, sought.takers, chosen=sought.taker),
    )


def _title(kept: Dossier) -> str:
    main = kept.contacts[0] if kept.contacts else None
    person = f"{main.first_name} {main.last_name}".strip() if main else ""
    return kept.lead.company or person or kept.lead.product


def _offers(kept: Dossier) -> tuple[OfferRow, ...]:
    return tuple(
        OfferRow(
            partner=kept.name(offer.partner_id),
            run=offer.run,
            round=offer.round,
            via=offer.via,
            opened_at=offer.opened_at,
            seen_at=offer.seen_at,
            expires_at=offer.expires_at,
            answered_at=offer.answered_at,
            state=offer.state,
            ended_by=offer.ended_by,
            ended_at=offer.ended_at,
            reason=offer.reason,
            note=offer.note,
            km=offer.distance_km,
        )
        for offer in reversed(kept.offers)
    )


def _verbs(kept: Dossier) -> frozenset[str]:
    """Return the verbs that the viewer may try on the lead as it stands."""
    if not kept.viewer.may("leads:write") or kept.lead.state in CLOSED_LEAD:
        return frozenset()
    verbs = ("assign", "reroute", "take_back", "withdraw", "release", "reject", "park")
    return frozenset(verb for verb in verbs if kept.lead.state in Lead.life.move(verb).sources)


def _by_hand(kept: Dossier) -> ByHand | None:
    """Return the hand-over if one stands behind where the lead is now."""
    if kept.lead.via != "by_hand" or kept.lead.partner_id is None:
        return None
    line = next((one for one in happenings(kept) if one.type == "lead.assigned"), None)
    return ByHand(kept.name(kept.lead.partner_id), line.by, line.at, line.note) if line else None
