"""Snapshots of a vendor's network and rules, cached per process by version: the only caches of routing.

A version never changes once committed, so a cached one never goes stale; whoever decides reads the
versions in its own transaction and asks for exactly those.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import Ruleset, compile_ruleset
from partidor.models.partner import PartnerVersion, facts_from_json
from partidor.models.ruleset import RulesetVersion
from partidor.models.vendor import Vendor


def snapshot(vendor: Vendor, ruleset_version: int, network_version: int) -> Snapshot:
    """Return the compiled rules of one version over the network of another."""
    return Snapshot(ruleset(vendor.pk, ruleset_version), _network(vendor.pk, network_version))


@lru_cache(maxsize=64)
def ruleset(vendor_id: UUID, version: int) -> Ruleset:
    """Return a published version, compiled. Never the draft: that one changes."""
    return compile_ruleset(
        RulesetVersion.objects.values_list("rules", flat=True).get(vendor_id=vendor_id, version=version)
    )


_MOST_DRAFTS = 16
_drafts: dict[UUID, tuple[int, Ruleset]] = {}


def draft_ruleset(draft: RulesetVersion) -> Ruleset:
    """Return the draft, compiled; of the revision before, every rule that is still the same is taken over.

    Only for a row that is committed: after a rollback its revision comes again.
    """
    known = _drafts.get(draft.vendor_id)
    if known is not None and known[0] == draft.revision:
        return known[1]
    before = {rule.name: rule for rule in known[1].rules} if known else {}
    rules = []
    for position, tree in enumerate(draft.rules, 1):
        same = before.get(tree["name"])
        rule = same if same is not None and same.tree == tree else compile_ruleset([tree]).rules[0]
        rules.append(rule if rule.position == position else replace(rule, position=position))
    if len(_drafts) >= _MOST_DRAFTS:
        _drafts.clear()
    _drafts[draft.vendor_id] = (draft.revision, Ruleset(tuple(rules)))
    return _drafts[draft.vendor_id][1]


@lru_cache(maxsize=16)
def _network(vendor_id: UUID, version: int) -> Network:
    kept = PartnerVersion.objects.filter(
        Q(to_version=None) | Q(to_version__gt=version), vendor_id=vendor_id, from_version__lte=version
    ).values_list("facts", flat=True)
    vendor = Vendor.objects.get(pk=vendor_id)
    facts = (facts_from_json(facts) for facts in kept)
    return Network(facts, dimensions=vendor.dimensions, calendar=vendor.working_time())


def network(vendor: Vendor, *, fresh: bool = False) -> Network:
    """Return the vendor's current network.

    ``fresh``: this very transaction has changed it. Then it is read and not kept, for after a rollback the same
    number will be given to something else.
    """
    return (_network.__wrapped__ if fresh else _network)(vendor.pk, vendor.network_version)


@lru_cache(maxsize=64)
def partners_at(vendor_id: UUID, version: int) -> tuple[str, ...]:
    """Return who stood in a version of the network, in the order of its bits."""
    kept = PartnerVersion.objects.filter(
        Q(to_version=None) | Q(to_version__gt=version), vendor_id=vendor_id, from_version__lte=version
    )
    return tuple(sorted(str(partner) for partner in kept.values_list("partner_id", flat=True)))
