"""Snapshots of a vendor's network and rules, cached per process by version: the only caches of routing.

A version never changes once written, so a cached one never goes stale; whoever decides reads the
versions in its own transaction and asks for exactly those.
"""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.db.models import Q

from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import Ruleset, compile_ruleset
from partidor.models.partner import PartnerVersion, facts_from_json
from partidor.models.ruleset import RulesetVersion
from partidor.models.vendor import Vendor


def snapshot(vendor: Vendor, ruleset_version: int | None = None, network_version: int | None = None) -> Snapshot:
    """Return the compiled rules over the network, both at the given version or else the vendor's current one."""
    rules = vendor.ruleset_version if ruleset_version is None else ruleset_version
    network = vendor.network_version if network_version is None else network_version
    return _snapshot(vendor.pk, rules, network)


@lru_cache(maxsize=64)
def _snapshot(vendor_id: UUID, rules: int, network: int) -> Snapshot:
    return Snapshot(ruleset(vendor_id, rules), _network(vendor_id, network))


@lru_cache(maxsize=64)
def ruleset(vendor_id: UUID, version: int) -> Ruleset:
    """Return a published version, compiled. Never the draft: that one changes."""
    return compile_ruleset(
        RulesetVersion.objects.values_list("rules", flat=True).get(vendor_id=vendor_id, version=version)
    )


@lru_cache(maxsize=16)
def _network(vendor_id: UUID, version: int) -> Network:
    kept = PartnerVersion.objects.filter(
        Q(to_version=None) | Q(to_version__gt=version), vendor_id=vendor_id, from_version__lte=version
    ).values_list("facts", flat=True)
    dimensions = Vendor.objects.values_list("dimensions", flat=True).get(pk=vendor_id)
    return Network((facts_from_json(facts) for facts in kept), dimensions=dimensions)


def network(vendor: Vendor) -> Network:
    """Return the vendor's current network."""
    return _network(vendor.pk, vendor.network_version)
