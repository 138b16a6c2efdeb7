"""Which partners a rule's ``who`` lets through.

A node is compiled, once per network, to a function of the lead and of the partners still in question, and returns
those of them who pass. ``all`` hands on what is left, the costly questions (distance) last, ``any`` asks each part
only about those not yet in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from partidor.domain.facts import LeadFacts, Value
from partidor.domain.routing.network import LeadView, Network, distance_km
from partidor.domain.routing.ruleset import Rule, Ruleset
from partidor.domain.routing.who import All, Among, AnyOf, Node, Not, SameCountry, SameTag, Tagged, Within

__all__ = ["LeadView", "Network", "Snapshot", "bind", "distance_km", "fixed_mask"]

Found = Callable[[LeadView, int], int]
"""Who of these partners passes, for this lead."""


class Snapshot:
    """One ruleset on one network: what a decision is made with. Cheap to make; rules are bound when first asked."""

    def __init__(self, ruleset: Ruleset, network: Network) -> None:
        """Put both together."""
        self.ruleset = ruleset
        self.network = network
        self._who: list[Found | None] = [None] * len(ruleset.rules)

    def view(self, lead: LeadFacts) -> LeadView:
        """Look at a lead through the fields that this ruleset reads."""
        return LeadView(lead, self.ruleset.asked_fields)

    def holding(self, view: LeadView) -> Iterator[Rule]:
        """Yield the rules whose ``when`` holds, in order."""
        rules = self.ruleset.rules
        reached = self.ruleset.index.reached(view.folded)
        while reached:
            lowest = reached & -reached
            reached ^= lowest
            rule = rules[lowest.bit_length() - 1]
            if rule.when.holds(view.folded):
                yield rule

    def who(self, rule: Rule, view: LeadView, within: int) -> int:
        """Return who of these partners the rule's ``who`` lets through."""
        found = self._who[rule.position - 1]
        if found is None:
            found = self._who[rule.position - 1] = bind(rule.who, self.network)
        return found(view, within)


def bind(node: Node, network: Network) -> Found:
    """Compile a node for a network; the same node is compiled once."""
    found = network.memo.get(node)
    if found is None:
        found = network.memo[node] = _bind(node, network)
    return found  # type: ignore[return-value]


def _bind(node: Node, network: Network) -> Found:
    fixed = fixed_mask(node, network)
    if fixed is not None:
        return lambda _, within: within & fixed
    if isinstance(node, All):
        return _bind_all(node, network)
    if isinstance(node, AnyOf):
        return _bind_any(node, network)
    if isinstance(node, Not):
        inner = bind(node.part, network)
        return lambda view, within: within & ~inner(view, within)
    if isinstance(node, SameTag):
        return _same(f"tag:{node.dimension}", node.field, network)
    if isinstance(node, SameCountry):
        return _same("country", node.field, network)
    if isinstance(node, Within):
        km = node.km
        return lambda view, within: network.near(view, km, within)
    return lambda view, within: within & network.mask(view.customer_of)


def fixed_mask(node: Node, network: Network) -> int | None:
    """Return who passes whatever the lead, or None when that depends on the lead."""
    if isinstance(node, Among):
        if node.what == "partner":
            return network.mask(node.values)
        values = (value.casefold() if node.what == "country" else value for value in node.values)
        return _union(network.having(node.what, value) for value in values)
    if isinstance(node, Tagged):
        return _tagged(node, network)
    if isinstance(node, Not):
        inner = fixed_mask(node.part, network)
        return None if inner is None else network.everyone & ~inner
    if isinstance(node, (All, AnyOf)):
        masks = [fixed_mask(part, network) for part in node.parts]
        whole = [mask for mask in masks if mask is not None]
        if len(whole) == len(masks):
            return _intersection(whole, network.everyone) if isinstance(node, All) else _union(whole)
    return None


def _tagged(node: Tagged, network: Network) -> int:
    what = f"tag:{node.dimension}"
    values = [value.casefold() for value in node.values]
    if node.op == "at_least":
        order = network.dimensions.get(node.dimension, {})
        least = order.get(values[0])
        values = [] if least is None else [value for value, rank in order.items() if rank >= least]
    having = [network.having(what, value) for value in values]
    if node.op == "all_of":
        return _intersection(having, network.everyone)
    return network.everyone & ~_union(having) if node.op == "not_in" else _union(having)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _intersection(masks: Iterable[int], everyone: int) -> int:
    for mask in masks:
        everyone &= mask
    return everyone


def _same(what: str, field: str, network: Network) -> Found:
    holders = network.values(what)

    def found(view: LeadView, within: int) -> int:
        value: Value = view.folded.get(field)
        if type(value) is tuple:
            return within & _union(holders.get(one, 0) for one in value)
        return within & holders.get(value, 0)

    return found


def _cost(node: Node) -> int:
    if isinstance(node, Within):
        return 2
    return max(map(_cost, node.parts), default=0) if isinstance(node, (All, AnyOf)) else int(isinstance(node, Not))


def _bind_all(node: All, network: Network) -> Found:
    fixed, asked = network.everyone, []
    for part in sorted(node.parts, key=_cost):
        mask = fixed_mask(part, network)
        if mask is None:
            asked.append(bind(part, network))
        else:
            fixed &= mask
    if len(asked) == 1:
        only = asked[0]
        return lambda view, within: only(view, within & fixed)

    def found(view: LeadView, within: int) -> int:
        within &= fixed
        for part in asked:
            if not within:
                break
            within = part(view, within)
        return within

    return found


def _bind_any(node: AnyOf, network: Network) -> Found:
    fixed, asked = 0, []
    for part in sorted(node.parts, key=_cost):
        mask = fixed_mask(part, network)
        if mask is None:
            asked.append(bind(part, network))
        else:
            fixed |= mask

    def found(view: LeadView, within: int) -> int:
        passed = within & fixed
        for part in asked:
            passed |= part(view, within & ~passed)
        return passed

    return found
