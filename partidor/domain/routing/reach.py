"""Whom a rule could reach at all, whatever the lead: the most that its ``who`` can let through."""

from __future__ import annotations

from dataclasses import dataclass

from partidor.domain.routing.match import fixed_mask
from partidor.domain.routing.network import Network, mask_of
from partidor.domain.routing.who import All, AnyOf, Node, SameCountry, SameTag, Within


@dataclass(frozen=True, slots=True)
class Reach:
    """The partners that pass for some lead, as a mask; ``depends``: for which of them depends on the lead."""

    mask: int
    depends: bool


def reach(node: Node, network: Network) -> Reach:
    """Return the most that a ``who`` can let through: whoever is missing here is let through for no lead."""
    fixed = fixed_mask(node, network)
    if fixed is not None:
        return Reach(fixed, False)
    return Reach(_most(node, network), True)


def _most(node: Node, network: Network) -> int:
    if (fixed := fixed_mask(node, network)) is not None:
        return fixed
    if isinstance(node, All):
        mask = network.everyone
        for part in node.parts:
            mask &= _most(part, network)
        return mask
    if isinstance(node, AnyOf):
        mask = 0
        for part in node.parts:
            mask |= _most(part, network)
        return mask
    if isinstance(node, SameTag):
        return _union(network, f"tag:{node.dimension}")
    if isinstance(node, SameCountry):
        return network.everyone & ~network.having("country", "")
    if isinstance(node, Within):
        placed = (at for at, partner in enumerate(network.facts) if partner.point is not None)
        return mask_of(placed, network.size)
    return network.everyone  # a customer's partners, and any contrary of what depends on the lead


def _union(network: Network, what: str) -> int:
    mask = 0
    for holders in network.values(what).values():
        mask |= holders
    return mask
