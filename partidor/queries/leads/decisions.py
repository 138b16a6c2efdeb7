"""Decisions as they are shown, computed again, and explained for any partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from partidor.access.leads import decisions_of, lead_for
from partidor.access.network import partner_for
from partidor.access.viewer import Viewer
from partidor.domain.facts import Value
from partidor.domain.refusal import NotFound
from partidor.domain.routing.explain import Explanation, Reason, explain, sentence
from partidor.models import Decision, Lead
from partidor.models.live import personal_values
from partidor.queries.leads.replays import Said, changed_since, snapshot_of, values_of


@dataclass(frozen=True, slots=True)
class RuleNamed:
    """A rule by its position (from 1) and name."""

    position: int
    name: str


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A rule (by position) that held and had no candidate: ``no_match`` or ``all_unavailable``."""

    rule: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class CandidateCard:
    """An eligible partner: points in all and by criterion, its debt in leads before the decision, its place."""

    partner: UUID
    score: float
    parts: dict[str, float]
    debt: float
    place: int


@dataclass(frozen=True, slots=True)
class DecisionCard:
    """One routing run. ``chosen`` were asked; ``reason`` says why nobody was; ``excluded`` counts partners by reason.

    ``id`` is None for a decision that was only tried.
    """

    id: UUID | None
    at: datetime
    trigger: str
    ruleset: int | None
    rule: RuleNamed | None
    passed_over: list[PassedOver]
    via: str
    chosen: list[UUID]
    reason: str | None
    candidates: list[CandidateCard]
    excluded: dict[str, int]
    replayable: bool
    changed: list[Said]
    """What keeps it from coming out the same when it is made again."""


@dataclass(frozen=True, slots=True)
class ExplanationCard:
    """Whether a partner could be asked, in which place it stood, and why."""

    eligible: bool
    place: int | None
    reasons: list[Said]


def decision_card(
    record: Mapping[str, Any],
    names: Mapping[int, str],
    *,
    decision: UUID | None,
    at: datetime,
    ruleset: int | None,
    changed: Sequence[Said] = (),
) -> DecisionCard:
    """Show a decision from its record and the names of the rules."""
    rule = record["rule"]
    return DecisionCard(
        id=decision,
        at=at,
        trigger=record["trigger"],
        ruleset=ruleset,
        rule=None if rule is None else RuleNamed(rule, names.get(rule, "")),
        passed_over=[PassedOver(one["rule"], names.get(one["rule"], ""), one["why"]) for one in record["passed_over"]],
        via=record["via"],
        chosen=[UUID(partner) for partner in record["chosen"]],
        reason=record["reason"],
        candidates=[
            CandidateCard(UUID(one["partner"]), one["score"], dict(one["parts"]), one["debt"], one["place"])
            for one in record["candidates"]
        ],
        excluded=dict(record["excluded"]),
        replayable=decision is not None and not changed,
        changed=list(changed),
    )


def decisions(viewer: Viewer, lead_id: UUID, *, language: str = "en") -> list[DecisionCard]:
    """List every routing run of a lead, oldest first: for the vendor only. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_for(viewer, lead_id)
    values = values_of(lead)
    return [_card(viewer, lead, decision, values, language) for decision in decisions_of(lead)]


def _card(viewer: Viewer, lead: Lead, decision: Decision, values: Mapping[str, Value], language: str) -> DecisionCard:
    snap = snapshot_of(viewer, decision)
    return decision_card(
        decision.record,
        {rule.position: rule.name for rule in snap.ruleset.rules} if snap else {},
        decision=decision.pk,
        at=decision.at,
        ruleset=decision.ruleset_version,
        changed=changed_since(viewer, lead, decision, snap, values, language),
    )


def explanation(
    viewer: Viewer, lead_id: UUID, decision_id: UUID, partner_id: UUID, *, language: str
) -> ExplanationCard:
    """Explain one partner's part in a decision, in a language. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_for(viewer, lead_id)
    decision = decisions_of(lead).filter(pk=decision_id).first()
    if decision is None or (snap := snapshot_of(viewer, decision)) is None:
        raise NotFound(what="decision")
    partner = partner_for(viewer, partner_id)
    try:
        told = explain(snap, decision.record, personal_values(lead, snap.ruleset.fields), str(partner.pk))
    except (KeyError, IndexError, StopIteration):
        told = Explanation(False, None, (Reason("input_gone", {}),))
    return ExplanationCard(
        told.eligible, told.place, [Said(reason.code, sentence(reason, language)) for reason in told.reasons]
    )
