"""The rules: the draft, the published versions, and a decision tried on a lead that does not exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partidor.access.network import fields_of, ruleset_for, rulesets_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import LeadFacts
from partidor.domain.intake.inquiry import read_inquiry
from partidor.domain.intake.places import place_keys
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.decide import decide
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.models import Contact, Lead, RulesetVersion
from partidor.models.ledger import read_ledger
from partidor.models.live import field_values, live_state
from partidor.models.place import points_of
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import network, ruleset
from partidor.queries.leads.decisions import DecisionCard, decision_card
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class RulesetLine:
    """A published version in a list. ``by`` is the actor: kind and id."""

    version: int
    note: str
    created_at: datetime
    by: dict[str, str]
    in_force: bool


@dataclass(frozen=True, slots=True)
class RulesetCard:
    """A version with its rules as they were written; version None is the draft.

    Warnings are about tags, values and products that nobody has yet; they stand only beside rules just written.
    """

    version: int | None
    note: str
    created_at: datetime
    by: dict[str, str]
    in_force: bool
    rules: list[dict[str, Any]]
    warnings: list[str]


def ruleset_card(viewer: Viewer, row: RulesetVersion, warnings: tuple[str, ...] = ()) -> RulesetCard:
    """Show a version with its rules, from the row in hand."""
    by = {"kind": row.by_kind, "id": row.by_id}
    in_force = row.version != DRAFT and row.version == vendor_of(viewer).ruleset_version
    return RulesetCard(row.version or None, row.note, row.created_at, by, in_force, list(row.rules), list(warnings))


def one_ruleset(viewer: Viewer, version: int) -> tuple[RulesetCard, int]:
    """Show a version (0 for the draft), and its revision. Raises NotFound, NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    row = ruleset_for(viewer, version)
    return ruleset_card(viewer, row), row.revision


def rulesets(viewer: Viewer, wanted: Wanted) -> Page[RulesetLine]:
    """List the published versions, newest first."""
    viewer.require_vendor("rules:read", "rules:write")
    found = page(rulesets_of(viewer).exclude(version=DRAFT).defer("rules"), wanted, by="created_at")
    in_force = vendor_of(viewer).ruleset_version
    return found.of(
        [
            RulesetLine(
                row.version,
                row.note,
                row.created_at,
                {"kind": row.by_kind, "id": row.by_id},
                row.version == in_force,
            )
            for row in found.items
        ]
    )


def tried_decision(viewer: Viewer, version: int, payload: Mapping[str, object], *, at: datetime) -> DecisionCard:
    """Decide about a typed lead with one version of the rules (0 for the draft), today's network and ledger.

    Nothing is stored and nothing counted. Raises NotFound, NotAllowed, WrongContent.
    """
    viewer.require_vendor("rules:read", "rules:write")
    vendor = vendor_of(viewer)
    row = ruleset_for(viewer, version)
    rules = ruleset(vendor.pk, version) if version else compile_ruleset(row.rules)
    lead = _typed_lead(viewer, payload, at=at)
    net = network(vendor)
    live = live_state(vendor, net, read_ledger(vendor.pk), at=at, loads=rules.uses_load)
    decided = decide(Snapshot(rules, net), lead, live, trigger="test")
    names = {rule.position: rule.name for rule in rules.rules}
    return decision_card(decided.record(), names, decision=None, at=at, ruleset=version or None)


def _typed_lead(viewer: Viewer, payload: Mapping[str, object], *, at: datetime) -> LeadFacts:
    lead, contacts = lead_as_typed(viewer, payload, at=at)
    values = field_values(lead, contacts[0] if contacts else None)
    return LeadFacts(values=values, point=None if lead.lat is None or lead.lon is None else (lead.lat, lead.lon))


def lead_as_typed(viewer: Viewer, payload: Mapping[str, object], *, at: datetime) -> tuple[Lead, list[Contact]]:
    """Make a lead and its contacts, and keep neither, so that a typed one is looked at exactly as one that came in.

    Raises WrongContent.
    """
    vendor = vendor_of(viewer)
    source = sources_of(viewer).filter(name=str(payload.get("source"))[:100].replace("\0", "")).first()
    inquiry = read_inquiry(
        payload,
        vendor_currency=vendor.currency,
        default_country=vendor.country,
        default_temperature=source.default_temperature if source else "warm",
        fields=dict(fields_of(viewer).values_list("key", "type")),
        required=source.required if source else (),
    )
    if source is None:
        raise WrongContent([FieldError("source", f"{inquiry.source!r} is not a source of this vendor")])
    keys = place_keys(inquiry.country, inquiry.postal_code, inquiry.city, inquiry.region)
    place = None if inquiry.point else points_of([(inquiry.country, keys)])[0]
    lead = Lead.receive(vendor, source, inquiry, vendor.pk, place, (), "", at=at)
    return lead, Contact.of(lead, inquiry)
