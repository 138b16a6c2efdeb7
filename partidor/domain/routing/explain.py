"""Why a partner was asked, or why not: read from a decision, on demand, for any partner of the network."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.facts import Value
from partidor.domain.offers import Cursor, is_last
from partidor.domain.routing.decide import lead_of, replay
from partidor.domain.routing.decision import EXCLUSIONS, Decision, Draw
from partidor.domain.routing.fairness import MICRO, shares
from partidor.domain.routing.live import LIMITS, LiveState
from partidor.domain.routing.match import Snapshot, bind
from partidor.domain.routing.network import LeadView, Network, bits
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.who import (
    All,
    Among,
    AnyOf,
    CustomerOf,
    Node,
    Not,
    SameCountry,
    SameTag,
    Tagged,
    Within,
)
from partidor.domain.routing.words.reasons import phrase, sentence

__all__ = ["Explanation", "Out", "Reason", "explain", "live_reasons", "outs", "phrase", "sentence"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code, and the facts that its sentence is made of (as JSON)."""

    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Whether a partner could be asked, in which place it stood (from 1), and why.

    Of the reasons why not the first is the one that the decision counts.
    """

    eligible: bool
    place: int | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Out:
    """Partners that were left out for the same reason; ``key`` names it among those of one decision."""

    key: str
    reason: Reason
    partners: tuple[str, ...]


def explain(
    snapshot: Snapshot, record: Mapping[str, Any], lead_personal: Mapping[str, Value], partner_id: str
) -> Explanation:
    """Explain one partner's part in a decision, from its record and the snapshot that it was made with."""
    network = snapshot.network
    at = network.index.get(partner_id)
    if at is None:
        return Explanation(False, None, (Reason("not_in_network", {}),))
    lead = lead_of(snapshot, record["inputs"], lead_personal)
    live = LiveState.remembered(network, record["live"], lead.temperature)
    rule = _rule_of(snapshot, record)
    inputs = record["inputs"]
    lapsed = () if _readmits(inputs, rule, record) else inputs["expired"]
    reasons = list(live_reasons(live, inputs["gone"], lapsed, at))
    if rule is None:
        return Explanation(False, None, (*reasons, Reason("no_rule", {})))
    view = snapshot.view(lead)
    reasons += _missing(rule.who, network, view, at)
    if reasons:
        return Explanation(False, None, tuple(reasons))
    if record["reason"] is not None:
        return Explanation(True, None, (Reason(str(record["reason"]), {"rule": rule.name}),))
    return _standing(replay(snapshot, record, lead_personal, shown=network.size), network, partner_id)


def outs(snapshot: Snapshot, record: Mapping[str, Any], lead_personal: Mapping[str, Value]) -> list[Out]:
    """Sort everyone who was left out by the first reason, as a decision counts them; its ``who`` clause by clause."""
    network = snapshot.network
    lead = lead_of(snapshot, record["inputs"], lead_personal)
    live = LiveState.remembered(network, record["live"], lead.temperature)
    rule, inputs = _rule_of(snapshot, record), record["inputs"]
    gone = network.mask(inputs["gone"])
    if not _readmits(inputs, rule, record):
        gone |= network.mask(inputs["expired"])
    masks = (live.paused, live.no_hours, live.at_capacity, gone, live.feedback_due)
    found, rest = [], network.everyone
    for code, mask in zip(EXCLUSIONS, masks, strict=False):
        found.append((code, Reason(code, {}), rest & mask))
        rest &= ~mask
    if rule is not None:
        view = snapshot.view(lead)
        for place, node in enumerate(_clauses(rule.who), 1):
            failing = rest & ~bind(node, network)(view, rest)
            rest &= ~failing
            if isinstance(node, Within) and view.point is not None:
                nowhere = failing & ~network.placed  # not far: nobody knows where
                found.append((f"who-{place}-nowhere", Reason("partner_nowhere", {"most": node.km}), nowhere))
                failing &= network.placed
            if failing:
                found.append((f"who-{place}", _missing(node, network, view, bits(failing)[0])[0], failing))
    return [Out(key, reason, tuple(network.ids[at] for at in bits(mask))) for key, reason, mask in found if mask]


def _clauses(node: Node) -> Iterator[Node]:
    """Yield what must all be true of a partner, in the order of the rule."""
    if isinstance(node, All):
        for part in node.parts:
            yield from _clauses(part)
    else:
        yield node


def _rule_of(snapshot: Snapshot, record: Mapping[str, Any]) -> Rule | None:
    """Return the rule that decided, or the last that was tried, whose exclusions the decision counts."""
    position = record["rule"] or (record["passed_over"][-1]["rule"] if record["passed_over"] else None)
    return None if position is None else snapshot.ruleset.rules[position - 1]


def live_reasons(live: LiveState, gone: Collection[str], lapsed: Collection[str], at: int) -> Iterator[Reason]:
    """Yield what keeps the partner at a position from being asked, whatever the rule, in the order of the codes.

    ``gone`` declined the lead or handed it back, ``lapsed`` let it lapse and are not asked again.
    """
    partner = live.network.ids[at]
    if live.paused >> at & 1:
        yield Reason("paused", {})
    if live.no_hours >> at & 1:
        yield Reason("no_hours", {})
    if live.at_capacity >> at & 1:
        facts = live.network.facts[at]
        reached = [limit for limit, who in live.full.items() if who >> at & 1] or LIMITS
        yield Reason("at_capacity", {limit: getattr(facts, limit) for limit in LIMITS if limit in reached})
    if partner in gone:
        yield Reason("already_asked", {"answer": "declined"})
    elif partner in lapsed:
        yield Reason("already_asked", {"answer": "expired"})
    if live.feedback_due >> at & 1:
        yield Reason("feedback_due", {})


def _readmits(inputs: Mapping[str, Any], rule: Rule | None, record: Mapping[str, Any]) -> bool:
    """Say whether partners that let the lead lapse could be asked again in the round that was looked at last."""
    if inputs["readmit_expired"] or rule is None:
        return bool(inputs["readmit_expired"])
    if record["reason"] == "nobody_left":
        return inputs["pinned"][1] is not None  # every round up to the last was tried
    cursor = record["cursor"]
    return is_last(rule.plan, Cursor(cursor[0], cursor[1]) if cursor else Cursor())


def _missing(node: Node, network: Network, view: LeadView, at: int) -> list[Reason]:
    """Return the clauses that keep a partner out."""
    if bind(node, network)(view, 1 << at):
        return []
    if isinstance(node, All):
        return [reason for part in node.parts for reason in _missing(part, network, view, at)]
    if isinstance(node, AnyOf):
        failed = [reason for part in node.parts for reason in _missing(part, network, view, at)]
        return failed if len(failed) == 1 else [Reason("none_of", {"parts": _parts(failed)})]
    if isinstance(node, Not):
        return [Reason("excluded", {"parts": _parts(_holding(node.part, network, view, at))})]
    return [_clause(node, network, view, at)]


def _holding(node: Node, network: Network, view: LeadView, at: int) -> list[Reason]:
    """Return the clauses that let a partner in where a ``not`` wants it out."""
    if isinstance(node, (All, AnyOf)):
        parts = [part for part in node.parts if bind(part, network)(view, 1 << at)]
        return [reason for part in parts for reason in _holding(part, network, view, at)]
    if isinstance(node, Not):
        return [Reason("excluded", {"parts": _parts(_missing(node.part, network, view, at))})]
    return [_clause(node, network, view, at)]


def _parts(reasons: Sequence[Reason]) -> list[dict[str, Any]]:
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]


def _clause(node: Node, network: Network, view: LeadView, at: int) -> Reason:
    partner = network.facts[at]
    if isinstance(node, Tagged):
        has = list(partner.tags.get(node.dimension, ()))
        return Reason(f"tag_{node.op}", {"dimension": node.dimension, "values": list(node.values), "has": has})
    if isinstance(node, SameTag):
        has = list(partner.tags.get(node.dimension, ()))
        facts = {"dimension": node.dimension, "field": node.field, "value": _text(view, node.field), "has": has}
        return Reason("tag_matches" if facts["value"] else "lead_lacks", facts)
    if isinstance(node, SameCountry):
        value = _text(view, node.field).upper()
        facts = {"field": node.field, "value": value, "has": [partner.country] if partner.country else []}
        return Reason("country_matches" if value else "lead_lacks", facts)
    if isinstance(node, Within):
        km = network.distance(view, at)
        if km is None:
            return Reason("lead_nowhere" if view.point is None else "partner_nowhere", {"most": node.km})
        return Reason("too_far", {"km": round(km, 1), "most": node.km})
    if isinstance(node, Among):
        own = {"kind": [partner.kind], "country": [partner.country] if partner.country else []}
        has = own.get(node.what, list(partner.parents) if node.what == "parent" else [partner.id])
        return Reason(node.what, {"values": list(node.values), "has": has})
    if isinstance(node, CustomerOf):
        return Reason("customer_of", {})
    raise TypeError(f"{node!r} is no clause")


def _text(view: LeadView, field: str) -> str:
    value = view.folded.get(field)
    return ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _owed(decision: Decision, draw: Draw, network: Network) -> dict[int, tuple[int, int]]:
    """Return what each of the drawn was owed, this lead's share included: in all, and of its temperature."""
    gains = shares([network.facts[at].weight for at in draw.members], draw.millionths)
    debts = [decision.seen.debts[at] for at in draw.members]
    owed = zip(draw.members, debts, gains, strict=True)
    return {at: (debt[0] + gain, debt[1] + gain) for at, debt, gain in owed}


def _standing(decision: Decision, network: Network, partner: str) -> Explanation:
    """Explain the place of an eligible partner; the decision shows everyone eligible."""
    own = next(candidate for candidate in decision.candidates if candidate.partner == partner)
    asked = len(decision.chosen)
    facts = {"place": own.place, "asked": asked, "score": own.score, "parts": dict(own.parts), "debt": own.debt}
    at = network.index[partner]
    drawn = [draw for draw in decision.steps if at in draw.members and len(draw.members) > 1]
    reasons = []
    if own.place <= asked:
        if decision.via == "known_customer":
            reasons.append(Reason("known_customer", facts))
        else:
            reasons.append(Reason("asked", facts))
            if drawn:
                reasons.append(Reason("owed_most", {"others": len(drawn[-1].members) - 1, "debt": own.debt}))
    elif decision.via == "known_customer":
        reasons.append(Reason("known_customer_first", {**facts, "partner": decision.chosen[0].partner}))
    else:
        if drawn:
            rival = next(
                candidate for candidate in decision.chosen if candidate.partner == network.ids[drawn[-1].chosen]
            )
            owed_now = _owed(decision, drawn[-1], network)
            mine, theirs = owed_now[at], owed_now[drawn[-1].chosen]
            code = "owed_same" if mine == theirs else "owed_less_here" if mine[1] < theirs[1] else "owed_less"
            owed = {"debt": mine[0] / MICRO, "rival_debt": theirs[0] / MICRO}
            here = {"debt_here": mine[1] / MICRO, "rival_debt_here": theirs[1] / MICRO}
            reasons.append(Reason(code, {**owed, **here, "rival": rival.partner}))
        reasons.append(Reason("ranked", facts))
    return Explanation(True, own.place, tuple(reasons))
