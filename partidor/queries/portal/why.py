"""Why a partner got a lead, as that partner may know it: no name and no figure of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.core.exceptions import ObjectDoesNotExist

from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.explain import explain
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.who import All, Node, SameTag, Within
from partidor.models import Decision, Offer
from partidor.models.live import personal_values
from partidor.models.snapshots import snapshot

MOST_STRENGTHS = 3
LIGHT_LOAD = 0.5
"""From this share of its points on, a small load spoke for the partner."""


@dataclass(frozen=True, slots=True)
class Strength:
    """One thing that spoke for the partner: how near it is, a tag of its own, the language it speaks, a small load."""

    by: Literal["distance", "tag", "language", "load"]
    km: int | None = None
    dimension: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyYou:
    """How the partner came to be asked, what spoke for it, and how many, itself included, suited equally well."""

    how: Literal["by_hand", "known_customer", "alone", "competition"]
    strengths: tuple[Strength, ...] = ()
    equal: int = 1
    asked: int = 1


def why_you(viewer: Viewer, offer: Offer, decision: Decision | None) -> WhyYou:
    """Explain an offer to its own partner from the decision behind it.

    When the decision cannot be computed again, as after an erasure, the sentence is shorter and still true.
    """
    if offer.via == "by_hand" or decision is None:
        return WhyYou("by_hand")
    if offer.via == "known_customer":
        return WhyYou("known_customer")
    how: Literal["alone", "competition"] = "competition" if offer.rivals else "alone"
    asked = offer.rivals + 1
    try:
        snap = snapshot(vendor_of(viewer), decision.ruleset_version, decision.network_version)
        told = explain(snap, decision.record, personal_values(offer.lead, snap.ruleset.fields), str(offer.partner_id))
        facts = {reason.code: reason.facts for reason in told.reasons}
        strengths = _strengths(snap, decision, offer, facts["asked"]["parts"])
    except (ObjectDoesNotExist, KeyError, IndexError):
        return WhyYou(how, asked=asked)
    others = facts["owed_most"]["others"] if "owed_most" in facts else 0
    return WhyYou(how, strengths, others + 1, asked)


def _strengths(snap: Snapshot, decision: Decision, offer: Offer, parts: dict[str, float]) -> tuple[Strength, ...]:
    if decision.rule_position is None:
        return ()
    rule = snap.ruleset.rules[decision.rule_position - 1]
    found: dict[tuple[str, str], Strength] = {}
    for one in (*_scored(rule, snap, offer, parts), *_asked_for(rule.who, offer)):
        found.setdefault((one.by, one.dimension), one)
    return tuple(found.values())[:MOST_STRENGTHS]


def _scored(rule: Rule, snap: Snapshot, offer: Offer, parts: dict[str, float]) -> Iterator[Strength]:
    """Yield what brought points, the most first. Shares that are guessed while unknown are no strength."""
    partner = snap.network.facts[snap.network.index[str(offer.partner_id)]]
    for line in sorted(rule.order, key=lambda line: -parts.get(line.label, 0)):
        points = parts.get(line.label, 0)
        if points <= 0:
            continue
        if line.by == "distance":
            yield from _near(offer)
        elif line.by == "tag":
            has = tuple(value for value in partner.tags.get(line.dimension, ()) if value in line.values)
            if has:
                yield Strength("tag", dimension=line.dimension, values=has)
        elif line.by == "language":
            yield Strength("language")
        elif line.by == "load" and points >= LIGHT_LOAD * line.points:
            yield Strength("load")


def _asked_for(node: Node, offer: Offer) -> Iterator[Strength]:
    """Yield what the rule asks of every partner and this one has."""
    if isinstance(node, All):
        for part in node.parts:
            yield from _asked_for(part, offer)
    elif isinstance(node, SameTag) and (value := getattr(offer.lead, node.field, "")):
        yield Strength("tag", dimension=node.dimension, values=(str(value),))
    elif isinstance(node, Within):
        yield from _near(offer)


def _near(offer: Offer) -> Iterator[Strength]:
    if offer.distance_km is not None:
        yield Strength("distance", km=max(1, round(offer.distance_km)))
