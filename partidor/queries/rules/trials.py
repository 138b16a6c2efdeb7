"""One lead tried with the draft or a version: the decision as it would be now, told as on the lead's own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from partidor.access.leads import visible_leads
from partidor.access.network import sources_of
from partidor.access.story import names_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.decision import SHOWN
from partidor.domain.routing.match import Snapshot
from partidor.models import Decision, Lead
from partidor.queries.leads.page.dossier import Dossier
from partidor.queries.leads.page.page import Sought
from partidor.queries.leads.page.why import MOST_CANDIDATES, Why, why
from partidor.queries.leads.page.why_not import Answers, why_not_for, why_not_named
from partidor.queries.names import field_labels
from partidor.queries.rules.attempts import Attempt, Tried, try_lead
from partidor.queries.rules.offered import values_seen
from partidor.queries.search import matching

MOST_FOUND = 8
MOST_VALUES = 100
SUGGESTED = ("product", "vertical", "city", "language")


@dataclass(frozen=True, slots=True)
class LeadFound:
    """A lead that words fit, to be tried."""

    ref: str
    company: str
    city: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class InForce:
    """What the rules in force make of the same lead: the rule and the partner asked first, empty for nobody."""

    version: int
    rule: str
    partner: str


@dataclass(frozen=True, slots=True)
class Trial:
    """A decision that was tried; ``in_force`` is None when those rules were tried themselves."""

    why: Why
    why_not: Answers | None
    lead: LeadFound | None
    in_force: InForce | None


@dataclass(frozen=True, slots=True)
class _Tried(Dossier):
    """What is known of a lead that was tried: no story, and the rules that it was tried with."""

    tried: Snapshot | None = None

    def snapshot(self, decision: Decision) -> Snapshot | None:
        """Return what it was tried with."""
        return self.tried


def leads_to_try(viewer: Viewer, words: str) -> list[LeadFound]:
    """Find leads by words, newest first. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    viewer.require("leads:read")
    found = matching(visible_leads(viewer), words).order_by("-received_at", "-pk")
    return [_found(lead) for lead in found.only("ref", "company", "city", "received_at")[:MOST_FOUND]]


def trial(viewer: Viewer, version: int, attempt: Attempt, sought: Sought, *, language: str, at: datetime) -> Trial:
    """Try a lead and tell the decision; ``sought`` is what else is asked about it. Raises NotFound, NotAllowed."""
    tried = try_lead(viewer, version, attempt, at=at, shown=MOST_CANDIDATES if sought.everyone else SHOWN)
    kept, decision = _dossier(viewer, tried, language, at)
    told = why(kept, decision, shown=SHOWN, everyone=sought.everyone)
    answers = None
    if sought.words:
        answers = why_not_named(kept, decision, sought.words)
    elif sought.reason:
        answers = why_not_for(kept, decision, sought.reason, sought.page)
    return Trial(told, answers, _found(attempt.lead) if attempt.is_there else None, _in_force(kept, tried))


def sources_to_try(viewer: Viewer) -> list[str]:
    """List the sources that a typed lead may come from."""
    return list(sources_of(viewer).order_by("name").values_list("name", flat=True))


def values_to_try(viewer: Viewer) -> dict[str, list[str]]:
    """List what leads really say, by field, the most frequent first: what a rule may ask for."""
    return {name: values[:MOST_VALUES] for name, values in values_seen(viewer, SUGGESTED).items()}


def _dossier(viewer: Viewer, tried: Tried, language: str, at: datetime) -> tuple[Dossier, Decision]:
    vendor, lead = vendor_of(viewer), tried.attempt.lead
    labels = field_labels(viewer, language) if lead.custom else {}
    first = tried.in_force[1].candidates if tried.in_force else ()
    shown = {UUID(partner) for partner in (*tried.candidates, *(one.partner for one in first))}
    decision = Decision(
        vendor_id=vendor.pk, lead=lead, lead_seq=1, at=at, trigger="test", ruleset_version=tried.version,
        network_version=vendor.network_version, rule_position=tried.decided.rule,
        record=orjson.loads(orjson.dumps(tried.decided.record())),
    )  # fmt: skip
    kept = _Tried(
        viewer=viewer, at=at, language=language, lead=lead, contacts=tried.attempt.contacts, offers=(), events=(),
        decisions=[decision], related=(), duplicates=(), labels=labels,
        names=names_of(viewer, partners=shown, actors=()), tried=tried.snapshot,
    )  # fmt: skip
    return kept, decision


def _in_force(kept: Dossier, tried: Tried) -> InForce | None:
    if tried.in_force is None:
        return None
    rules, decided = tried.in_force
    rule = rules.rules[decided.rule - 1].name if decided.rule else ""
    version = vendor_of(kept.viewer).ruleset_version
    return InForce(version, rule, kept.name(decided.chosen[0].partner) if decided.chosen else "")


def _found(lead: Lead) -> LeadFound:
    return LeadFound(lead.ref, lead.company, lead.city, lead.received_at)
