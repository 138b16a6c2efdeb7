"""A lead that rules are tried on, typed or there already, and what they decide about it now. Nothing of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from partidor.access.leads import contacts_of
from partidor.access.network import fields_of, ruleset_for, sources_of
from partidor.access.story import lead_named
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import Asked
from partidor.domain.intake.inquiry import Inquiry, read_inquiry
from partidor.domain.intake.places import place_keys
from partidor.domain.intake.sameness import DECIDING, customer_keys
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.decide import decide
from partidor.domain.routing.decision import SHOWN, Decision
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.ruleset import Ruleset
from partidor.models import Contact, CustomerKey, Lead, Vendor
from partidor.models.customer import digest
from partidor.models.ledger import read_ledger
from partidor.models.live import dealings_of, lead_facts, live_state
from partidor.models.past import needs_contacts
from partidor.models.place import points_of
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import draft_ruleset, network, ruleset
from partidor.queries.leads.decisions import DecisionCard, decision_card


@dataclass(frozen=True, slots=True)
class Attempt:
    """A lead to try; ``is_there``: it came in one day, else it was typed. Contacts are read once rules ask for them."""

    lead: Lead
    contacts: Sequence[Contact]
    is_there: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """What rules decided about an attempt, and the rules and network that it was decided with.

    ``candidates`` are those that are told, by id. ``in_force`` are the rules in force and what they decide; None when
    they were tried themselves, or there are none.
    """

    attempt: Attempt
    version: int
    snapshot: Snapshot
    decided: Decision
    candidates: tuple[str, ...]
    in_force: tuple[Ruleset, Decision] | None


def lead_there(viewer: Viewer, ref: str) -> Attempt:
    """Take a lead that came in. Raises NotFound, NotAllowed."""
    viewer.require_vendor("leads:read")
    lead = lead_named(viewer, ref)
    return Attempt(lead, (), True)


def lead_typed(viewer: Viewer, payload: Mapping[str, object], *, at: datetime) -> Attempt:
    """Make a lead of what was typed, and look it up as if it came in: its place, its customer. Raises WrongContent."""
    vendor = vendor_of(viewer)
    source = sources_of(viewer).filter(name=str(payload.get("source"))[:100].replace("\0", "")).first()
    inquiry = read_inquiry(
        payload,
        vendor_currency=vendor.currency,
        default_country=vendor.country,
        default_temperature=source.default_temperature if source else "warm",
        fields=dict(fields_of(viewer).values_list("key", "type")) if payload.get("custom") else {},
        required=source.required if source else (),
    )
    if source is None:
        raise WrongContent([FieldError("source", f"{inquiry.source!r} is not a source of this vendor")])
    keys = place_keys(inquiry.country, inquiry.postal_code, inquiry.city, inquiry.region)
    place = None if inquiry.point else points_of([(inquiry.country, keys)])[0]
    known = _known_customer(vendor, inquiry)
    flags = ("duplicate_customer",) if known else ()
    lead = Lead.receive(vendor, source, inquiry, known.customer_id if known else vendor.pk, place, flags, "", at=at)
    return Attempt(lead, Contact.of(lead, inquiry), False)


def _known_customer(vendor: Vendor, inquiry: Inquiry) -> CustomerKey | None:
    """Return the key by which intake would know the customer again."""
    wanted = [digest(vendor.pk, f"{key.kind}:{key.value}") for key in customer_keys(inquiry) if key.kind in DECIDING]
    known = CustomerKey.find(vendor.pk, wanted)
    return next((known[value] for value in wanted if value in known), None)


def try_lead(viewer: Viewer, version: int, attempt: Attempt, *, at: datetime, shown: int = SHOWN) -> Tried:
    """Decide about a lead with one version (0 for the draft), as if it came in now, and with the rules in force.

    ``shown`` is how many candidates are told. Raises NotFound, NotAllowed.
    """
    viewer.require_vendor("rules:read", "rules:write")
    vendor, lead = vendor_of(viewer), attempt.lead
    row = ruleset_for(viewer, version)
    rules = ruleset(vendor.pk, version) if version != DRAFT else draft_ruleset(row)
    is_other = vendor.ruleset_version and vendor.ruleset_version != version
    in_force = ruleset(vendor.pk, vendor.ruleset_version) if is_other else None

    dealings = dealings_of([lead], vendor.decline_policies, arriving=not attempt.is_there)
    used = rules.fields | (in_force.fields if in_force else frozenset())
    if attempt.is_there and needs_contacts(used):
        attempt = replace(attempt, contacts=list(contacts_of([lead.pk])))
    facts = lead_facts([lead], used, attempt.contacts, dealings)[lead.pk]
    asked = Asked(gone=frozenset(dealings.kept_off.get(lead.pk, ())), expired=frozenset())
    net = network(vendor)
    loads = rules.uses_load or bool(in_force and in_force.uses_load)
    live = live_state(vendor, net, read_ledger(vendor.pk), at=at, loads=loads)

    snapshot = Snapshot(rules, net)
    decided = decide(snapshot, facts, live, asked, trigger="test")
    told = decided if shown == SHOWN else decide(snapshot, facts, live, asked, trigger="test", shown=shown)
    candidates = tuple(one.partner for one in told.candidates)
    if in_force is None:
        return Tried(attempt, version, snapshot, decided, candidates, None)
    other = decide(Snapshot(in_force, net), facts, live, asked, trigger="test", shown=1)
    return Tried(attempt, version, snapshot, decided, candidates, (in_force, other))


def tried_decision(viewer: Viewer, version: int, payload: Mapping[str, object], *, at: datetime) -> DecisionCard:
    """Decide about a typed lead with one version of the rules (0 for the draft), today's network and ledger.

    Nothing is stored and nothing counted. Raises NotFound, NotAllowed, WrongContent.
    """
    viewer.require_vendor("rules:read", "rules:write")
    ruleset_for(viewer, version)
    tried = try_lead(viewer, version, lead_typed(viewer, payload, at=at), at=at)
    names = {rule.position: rule.name for rule in tried.snapshot.ruleset.rules}
    return decision_card(tried.decided.record(), names, decision=None, at=at, ruleset=version or None)
