"""Why a partner was asked about a lead, read from the decision behind its offer, as that partner may know it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from django.core.exceptions import ObjectDoesNotExist

from partidor.domain.facts import PERSONAL_FIELDS, Value
from partidor.domain.routing.decide import replay
from partidor.domain.routing.decision import Decision as Decided
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.ruleset import CENT, Rule
from partidor.domain.routing.who import All, Node, SameTag, Within
from partidor.domain.routing.words.why_you import Strength, WhyYou
from partidor.models import Contact, Decision, Offer, Vendor
from partidor.models.live import field_values
from partidor.models.snapshots import snapshot

MOST_STRENGTHS = 3
TOLD = ("product", "vertical", "language", "country", "region")
"""Fields of a lead that a teaser tells, and so a strength may."""
STRONG = 0.5
"""From this share of its points on, nearness or a small load spoke for the partner."""
Again = tuple[Snapshot, Decided] | None
"""What a decision was made with, and the decision made again; None when that cannot be done any more."""


def made_again(vendor: Vendor, decision: Decision, values: Mapping[str, Value]) -> Again:
    """Make a decision again with its lead's values, once for all who were asked in it."""
    try:
        snap = snapshot(vendor, decision.ruleset_version, decision.network_version)
        personal = {name: values[name] for name in values.keys() & PERSONAL_FIELDS & snap.ruleset.fields}
        return snap, replay(snap, decision.record, personal)
    except (ObjectDoesNotExist, KeyError, IndexError):
        return None


def reason_of(vendor: Vendor, offer: Offer, contacts: Sequence[Contact]) -> WhyYou:
    """Explain one offer, with its lead and decision at hand, to its own partner."""
    values = field_values(offer.lead, contacts[0] if contacts else None)
    return why_you(offer, offer.decision, made_again(vendor, offer.decision, values) if offer.decision else None)


def why_you(offer: Offer, decision: Decision | None, again: Again) -> WhyYou:
    """Explain an offer to its own partner from the decision behind it.

    When the decision cannot be made again, as after an erasure, the sentence is shorter and still true.
    """
    if offer.via == "by_hand" or decision is None:
        return WhyYou("by_hand")
    if offer.via == "known_customer":
        return WhyYou("known_customer")
    how: Literal["alone", "competition", "best"] = "competition" if offer.rivals else "alone"
    if offer.award_at is not None:
        how = "best"
    asked, partner = offer.rivals + 1, str(offer.partner_id)
    if again is None or partner not in again[0].network.index:
        return WhyYou(how, asked=asked)
    snap, decided = again
    parts = next((one.parts for one in decided.chosen if one.partner == partner), None)
    if parts is None:
        return WhyYou(how, asked=asked)
    at = snap.network.index[partner]
    drawn = [draw for draw in decided.steps if at in draw.members]
    return WhyYou(how, _strengths(snap, decision, offer, parts), len(drawn[-1].members) if drawn else 1, asked)


def _strengths(snap: Snapshot, decision: Decision, offer: Offer, parts: Mapping[str, float]) -> tuple[Strength, ...]:
    if decision.rule_position is None:
        return ()
    rule = snap.ruleset.rules[decision.rule_position - 1]
    found: dict[tuple[str, str], Strength] = {}
    for one in (*_scored(rule, snap, offer, parts), *_asked_for(rule.who, offer)):
        found.setdefault((one.by, one.dimension), one)
    return tuple(found.values())[:MOST_STRENGTHS]


def _scored(rule: Rule, snap: Snapshot, offer: Offer, parts: Mapping[str, float]) -> Iterator[Strength]:
    """Yield what brought points, the most first. Shares that are guessed while unknown are no strength."""
    partner = snap.network.facts[snap.network.index[str(offer.partner_id)]]
    for line in sorted(rule.order, key=lambda line: -parts.get(line.label, 0)):
        points = parts.get(line.label, 0)
        if points <= 0:
            continue
        strong = points * CENT >= STRONG * line.points
        if line.by == "distance" and strong:
            yield from _near(offer)
        elif line.by == "tag":
            has = tuple(value for value in partner.tags.get(line.dimension, ()) if value in line.values)
            if has:
                yield Strength("tag", dimension=line.dimension, values=has)
        elif line.by == "language":
            yield Strength("language")
        elif line.by == "load" and strong:
            yield Strength("load")


def _asked_for(node: Node, offer: Offer) -> Iterator[Strength]:
    """Yield what the rule asks of every partner and this one has."""
    if isinstance(node, All):
        for part in node.parts:
            yield from _asked_for(part, offer)
    elif isinstance(node, SameTag) and node.field in TOLD and (value := getattr(offer.lead, node.field)):
        yield Strength("tag", dimension=node.dimension, values=(str(value),))
    elif isinstance(node, Within):
        yield from _near(offer)


def _near(offer: Offer) -> Iterator[Strength]:
    if offer.distance_km is not None:
        yield Strength("distance", km=max(1, round(offer.distance_km)))
