"""Whom a rule could reach at all: the most that its ``who`` can let through, of the leads that its ``when`` takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from partidor.domain.conditions import Needs, field_type
from partidor.domain.routing.match import fixed_mask
from partidor.domain.routing.network import Network
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.who import All, AnyOf, Node, SameCountry, SameTag, Within


@dataclass(frozen=True, slots=True)
class Reach:
    """The partners that pass for some lead, as a mask; ``depends``: for which of them depends on the lead."""

    mask: int
    depends: bool


def reach(rule: Rule, network: Network) -> Reach:
    """Return the most that a rule can let through: whoever is missing here is let through for none of its leads."""
    if rule.never:
        return Reach(0, False)
    fixed = fixed_mask(rule.who, network)
    if fixed is not None:
        return Reach(fixed, False)
    return Reach(_most(rule.who, rule.when.needs, network), True)


def reached(rules: Iterable[Rule], network: Network) -> int:
    """Return the partners that some rule reaches, as a mask; rules behind one that takes every lead reach nobody.

    By matching alone: pauses and loads, which may let a lead go on to a later rule, are left aside.
    """
    mask = 0
    for rule in rules:
        found = reach(rule, network).mask
        mask |= found
        if mask == network.everyone or (rule.takes_every and (found or rule.otherwise == "stop")):
            break
    return mask


def _most(node: Node, needs: Needs, network: Network) -> int:
    if (fixed := fixed_mask(node, network)) is not None:
        return fixed
    if isinstance(node, All):
        mask = network.everyone
        for part in node.parts:
            mask &= _most(part, needs, network)
        return mask
    if isinstance(node, AnyOf):
        mask = 0
        for part in node.parts:
            mask |= _most(part, needs, network)
        return mask
    if isinstance(node, SameTag):
        return _sharing(f"tag:{node.dimension}", node.field, needs, network)
    if isinstance(node, SameCountry):
        return _sharing("country", node.field, needs, network) & ~network.having("country", "")
    if isinstance(node, Within):
        return network.placed
    return network.everyone  # a customer's partners, and any contrary of what depends on the lead


def _sharing(what: str, field: str, needs: Needs, network: Network) -> int:
    """Return who could share a lead's value: of a field of one value only the values that the rule's leads have."""
    holders = network.values(what)
    is_limited = field in needs and field_type(field) == "text"
    mask = 0
    for value in needs[field] if is_limited else holders:
        mask |= holders.get(value, 0)
    return mask
