"""One lead tried with the draft or a version: the decision as it would be now, told as on the lead's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import orjson

from partidor.access.leads import contacts_of, visible_leads
from partidor.access.network import fields_of, ruleset_for, sources_of
from partidor.access.story import lead_named, names_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import LeadFacts
from partidor.domain.routing.decide import SHOWN, decide
from partidor.domain.routing.decide import Decision as Decided
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.ruleset import Ruleset
from partidor.models import Contact, Decision, Lead
from partidor.models.ledger import read_ledger
from partidor.models.live import field_values, lead_facts, live_state
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import draft_ruleset, network, ruleset
from partidor.queries.leads.page.dossier import Dossier
from partidor.queries.leads.page.why import Result, Why, why
from partidor.queries.rules.rulesets import lead_as_typed
from partidor.queries.search import matching

MOST_FOUND = 8


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


def tried_lead(viewer: Viewer, version: int, ref: str, *, language: str, at: datetime) -> Trial:
    """Decide about a lead that is there, as if it came in now; nothing is kept. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_named(viewer, ref)
    contacts = list(contacts_of([lead.pk]))
    rulesets = _rulesets(viewer, version)
    every = frozenset[str]().union(*(rules.fields for rules in rulesets if rules))
    facts = lead_facts([lead], every, contacts)[lead.pk]
    return _tried(viewer, version, rulesets, lead, contacts, facts, _found(lead), language, at)


def tried_typed(viewer: Viewer, version: int, payload: Mapping[str, object], *, language: str, at: datetime) -> Trial:
    """Decide about a typed lead. Nothing is kept or counted. Raises NotFound, NotAllowed, WrongContent."""
    lead, contacts = lead_as_typed(viewer, payload, at=at)
    point = None if lead.lat is None or lead.lon is None else (lead.lat, lead.lon)
    facts = LeadFacts(field_values(lead, contacts[0] if contacts else None), point)
    return _tried(viewer, version, _rulesets(viewer, version), lead, contacts, facts, None, language, at)


def sources_to_try(viewer: Viewer) -> list[str]:
    """List the sources that a typed lead may come from."""
    return list(sources_of(viewer).order_by("name").values_list("name", flat=True))


def _rulesets(viewer: Viewer, version: int) -> tuple[Ruleset, Ruleset | None]:
    """Return the rules to try, and those in force when they are others."""
    viewer.require_vendor("rules:read", "rules:write")
    vendor = vendor_of(viewer)
    row = ruleset_for(viewer, version)
    tried = ruleset(vendor.pk, version) if version != DRAFT else draft_ruleset(row)
    other = vendor.ruleset_version and vendor.ruleset_version != version
    return tried, ruleset(vendor.pk, vendor.ruleset_version) if other else None


def _tried(
    viewer: Viewer,
    version: int,
    rulesets: tuple[Ruleset, Ruleset | None],
    lead: Lead,
    contacts: Sequence[Contact],
    facts: LeadFacts,
    found: LeadFound | None,
    language: str,
    at: datetime,
) -> Trial:
    rules, in_force = rulesets
    vendor = vendor_of(viewer)
    net = network(vendor)
    live = live_state(vendor, net, read_ledger(vendor.pk), at=at, loads=True)
    snap = Snapshot(rules, net)
    decided = decide(snap, facts, live, trigger="test", shown=SHOWN)
    other = decide(Snapshot(in_force, net), facts, live, trigger="test", shown=1) if in_force else None
    own = fields_of(viewer).values_list("key", "label") if lead.custom else ()
    labels = {key: label.get(language) or key for key, label in own}
    shown = {UUID(one.partner) for each in (decided, other) if each for one in each.candidates}
    decision = Decision(
        vendor_id=vendor.pk, lead=lead, lead_seq=1, at=at, trigger="test", ruleset_version=version,
        network_version=vendor.network_version, rule_position=decided.rule,
        record=orjson.loads(orjson.dumps(decided.record())),
    )  # fmt: skip
    kept = _Tried(
        viewer=viewer, at=at, language=language, lead=lead, contacts=contacts, offers=(), events=(),
        decisions=[decision], related=(), duplicates=(), labels=labels,
        names=names_of(viewer, partners=shown, actors=()), tried=snap,
    )  # fmt: skip
    told = _without_results(why(kept, decision, shown=SHOWN))
    return Trial(told, found, _in_force(kept, vendor.ruleset_version, in_force, other))


def _without_results(told: Why) -> Why:
    """Forget what became of candidates: nothing has, nobody was asked."""
    bands = [replace(band, rows=tuple(replace(row, result=Result("")) for row in band.rows)) for band in told.bands]
    return replace(told, bands=tuple(bands))


def _in_force(kept: Dossier, version: int, rules: Ruleset | None, decided: Decided | None) -> InForce | None:
    if rules is None or decided is None:
        return None
    rule = rules.rules[decided.rule - 1].name if decided.rule else ""
    return InForce(version, rule, kept.name(decided.chosen[0].partner) if decided.chosen else "")


def _found(lead: Lead) -> LeadFound:
    return LeadFound(lead.ref, lead.company, lead.city, lead.received_at)
