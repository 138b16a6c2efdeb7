"""Where a lead stands, and what happens next by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ObjectDoesNotExist

from partidor.domain.offers import Step
from partidor.domain.routing.ruleset import Rule
from partidor.models import Offer
from partidor.models.snapshots import ruleset
from partidor.queries.leads.decisions import RuleNamed
from partidor.queries.leads.page.dossier import Dossier
from partidor.queries.leads.page.why import rounds_ahead

MOST_BOXES = 4
"""Rounds shown; the last box counts the others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a lead with whom and how long: names of partners, since when, until when, and why."""

    state: str
    partners: tuple[str, ...]
    via: str
    since: datetime | None
    until: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Box:
    """One round of a plan: ``over``, ``now``, ``ahead`` or ``more`` (so many further rounds).

    ``partner`` is who is asked, or most likely will be; ``asked`` is how many are (None: all); ``result`` is the state
    of the offer of a round that is over.
    """

    kind: str
    partner: str = ""
    asked: int | None = 1
    until: datetime | None = None
    window: timedelta | None = None
    working: bool = False
    """Whether only working time counts for the window."""
    told: bool = False
    result: str = ""
    rounds: int = 1
    award_at: datetime | None = None
    """When the best of those interested gets the lead; None where whoever accepts first does."""


@dataclass(frozen=True, slots=True)
class PlanCard:
    """The plan of a lead that is offered: which round runs, of how many, and each round in a box."""

    rule: RuleNamed
    round: int
    rounds: int
    boxes: tuple[Box, ...]


def standing(kept: Dossier) -> Standing:
    """Tell where the lead stands."""
    lead = kept.lead
    waiting = waiting_offers(kept)
    partners = [kept.name(lead.partner_id)] if lead.partner_id else [kept.name(offer.partner_id) for offer in waiting]
    since = {"accepted": lead.accepted_at, "offered": waiting[0].opened_at if waiting else None}.get(lead.state)
    until = lead.next_action_at if lead.state in ("parked", "accepted") else None
    if waiting:
        until = max((offer.expires_at for offer in waiting if offer.expires_at), default=None)
    return Standing(
        state=lead.state,
        partners=tuple(partners),
        via=lead.via,
        since=since or lead.attention_at or lead.closed_at,
        until=until,
        reason=lead.attention_reason or _closed_reason(kept),
    )


def waiting_offers(kept: Dossier) -> list[Offer]:
    """Return the offers that wait for an answer."""
    return [offer for offer in kept.offers if offer.state in ("open", "interested")]


def _closed_reason(kept: Dossier) -> str:
    closing = ("lead.rejected", "lead.lost")
    return next((str(event.data.get("reason", "")) for event in reversed(kept.events) if event.type in closing), "")


def plan_card(kept: Dossier) -> PlanCard | None:
    """Show the plan of a lead that is offered; None for one in any other state."""
    rule = pinned_rule(kept)
    if kept.lead.state != "offered" or rule is None:
        return None
    ahead = rounds_ahead(kept, rule.plan)
    past = list(_past(kept))
    boxes = [*past[-1:], _now(kept), *_ahead(kept, ahead, working=rule.clock == "business")]
    return PlanCard(RuleNamed(rule.position, rule.name), kept.lead.round, kept.lead.round + len(ahead), tuple(boxes))


def pinned_rule(kept: Dossier) -> Rule | None:
    """Return the rule whose plan the lead's run follows."""
    version, position = kept.lead.ruleset_version, kept.lead.rule_position
    if version is None or position is None:
        return None
    try:
        return ruleset(kept.viewer.vendor_id, version).rules[position - 1]
    except (ObjectDoesNotExist, IndexError):
        return None


def _past(kept: Dossier) -> Iterator[Box]:
    """Yield the rounds of this run that are over."""
    for number in range(1, kept.lead.round):
        offers = [offer for offer in kept.offers if (offer.run, offer.round) == (kept.lead.run, number)]
        if offers:
            alone = len(offers) == 1
            yield Box(
                "over",
                partner=kept.name(offers[0].partner_id) if alone else "",
                asked=len(offers),
                result=offers[0].state if alone else "expired",
            )


def _now(kept: Dossier) -> Box:
    waiting = waiting_offers(kept)
    opened = [offer for offer in kept.offers if (offer.run, offer.round) == (kept.lead.run, kept.lead.round)]
    first = (waiting or opened)[0]
    return Box(
        "now",
        partner=kept.name(first.partner_id) if len(opened) == 1 else "",
        asked=len(opened),
        until=max((offer.expires_at for offer in waiting if offer.expires_at), default=None),
        award_at=first.award_at,
    )


def _ahead(kept: Dossier, steps: list[Step], *, working: bool) -> Iterator[Box]:
    asked = {str(offer.partner_id) for offer in kept.offers if offer.run == kept.lead.run}
    line = [one["partner"] for one in kept.decisions[-1].record["candidates"]] if kept.decisions else []
    waiting = [partner for partner in line if partner not in asked]
    shown = steps if len(steps) <= MOST_BOXES - 2 else steps[: MOST_BOXES - 3]
    for step in shown:
        partner = kept.name(waiting.pop(0)) if step.exclusive and waiting else ""
        yield Box("ahead", partner, step.offer_to, window=step.window.span, working=working, told=step.notify_manager)
    if more := len(steps) - len(shown):
        yield Box("more", rounds=more, told=any(step.notify_manager for step in steps[len(shown) :]))
