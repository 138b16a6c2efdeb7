"""The page of one lead: everything that a channel manager asks about it, made from what was read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from partidor.domain.routing.naming import readable
from partidor.domain.states import CLOSED_LEAD
from partidor.models import Lead
from partidor.queries.lead_page.dossier import Dossier
from partidor.queries.lead_page.plan import PlanCard, Standing, plan_card, standing
from partidor.queries.lead_page.timeline import Actor, Happening, happenings
from partidor.queries.lead_page.why import DecisionLine, Why, chosen_decision, decision_lines, why
from partidor.queries.leads import LeadCard, lead_card

CANDIDATES = 5
"""Candidates that are listed before one asks for all."""


@dataclass(frozen=True, slots=True)
class OtherLead:
    """Another lead of the same customer."""

    ref: str
    product: str
    state: str
    partner: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ByHand:
    """That a person gave the lead to its partner, and why."""

    partner: str
    by: Actor
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class MovingPart:
    """What changes while one looks: state, plan, timeline."""

    standing: Standing
    plan: PlanCard | None
    timeline: tuple[Happening, ...]
    verbs: frozenset[str]


@dataclass(frozen=True, slots=True)
class LeadPage:
    """The whole page. ``title`` is the company, else the person, else what is wanted."""

    title: str
    lead: LeadCard
    source_kind: str
    custom: Mapping[str, object]
    moving: MovingPart
    decisions: tuple[DecisionLine, ...]
    why: Why | None
    by_hand: ByHand | None
    related: tuple[OtherLead, ...]


def lead_page(kept: Dossier, *, decision: int | None = None, everyone: bool = False) -> LeadPage:
    """Show a lead with one of its decisions, the newest unless another is chosen; with all candidates if asked."""
    chosen = chosen_decision(kept, decision)
    card = lead_card(kept.lead, kept.contacts)
    return LeadPage(
        title=title_of(kept),
        lead=card,
        source_kind=kept.lead.source.kind,
        custom={kept.labels.get(key) or readable(key): value for key, value in kept.lead.custom.items()},
        moving=moving_part(kept),
        decisions=tuple(decision_lines(kept)),
        why=why(kept, chosen, shown=CANDIDATES, everyone=everyone) if chosen else None,
        by_hand=_by_hand(kept) if chosen is None or chosen is kept.decisions[-1] else None,
        related=tuple(
            OtherLead(other.ref, other.product, other.state, kept.name(other.partner_id), other.received_at)
            for other in kept.related
        ),
    )


def moving_part(kept: Dossier) -> MovingPart:
    """Show what changes while one looks."""
    return MovingPart(standing(kept), plan_card(kept), tuple(happenings(kept)), verbs_of(kept))


def title_of(kept: Dossier) -> str:
    """Return what one calls the lead; empty if nothing is known."""
    main = kept.contacts[0] if kept.contacts else None
    person = f"{main.first_name} {main.last_name}".strip() if main else ""
    return kept.lead.company or person or kept.lead.product


def verbs_of(kept: Dossier) -> frozenset[str]:
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
