"""The draws that decisions keep, read by columns: nothing else of their records is fetched."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.fields.json import KT

from partidor.domain.routing.draws import Standing
from partidor.models.decision import Decision
from partidor.models.partner import PartnerVersion
from partidor.models.ruleset import RulesetVersion


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one decision drew. ``draws`` is None of one that was made before draws were kept."""

    at: datetime
    rule: tuple[int, int | None]
    """The version of the rules, and the position of the rule in it."""
    network_version: int
    region: str
    """ISO 3166-2, or the country (ISO 3166-1 alpha-2) where no region is known; empty if neither is."""
    temperature: str | None
    draws: Sequence[Sequence[Any]] | None


def drawn(vendor_id: UUID, *, since: datetime | None = None, until: datetime | None = None) -> Iterator[Drawn]:
    """Read what the decisions of a span (``until``: exclusive) drew, in one statement."""
    made = Decision.objects.filter(vendor_id=vendor_id)
    if since is not None:
        made = made.filter(at__gte=since)
    if until is not None:
        made = made.filter(at__lt=until)
    columns = made.values_list(
        "at", "ruleset_version", "rule_position", "network_version", "lead__country", "lead__region",
        KT("record__inputs__values__temperature"), KT("record__draws"),
    )  # fmt: skip
    for at, version, position, network_version, country, region, temperature, draws in columns.iterator(2_000):
        told = None if draws is None else json.loads(draws)
        yield Drawn(at, (version, position), network_version, region or country, temperature, told)


def standings(vendor_id: UUID, versions: Collection[int]) -> dict[int, Standing]:
    """Return who stood in each of these versions of the network, in one statement."""
    if not versions:
        return {}
    rows = PartnerVersion.objects.filter(
        Q(to_version=None) | Q(to_version__gt=min(versions)), vendor_id=vendor_id, from_version__lte=max(versions)
    ).values_list("partner_id", "from_version", "to_version", KT("facts__weight"))
    came: dict[int, dict[str, int]] = defaultdict(dict)
    went: dict[int, set[str]] = defaultdict(set)
    for partner, first, end, weight in rows:
        came[first][str(partner)] = int(weight or 1)
        if end is not None:
            went[end].add(str(partner))
    found: dict[int, Standing] = {}
    now: dict[str, int] = {}
    known: dict[str, int] = {}
    standing = Standing((), ())
    for version in sorted({*came, *went, *versions}):
        for partner in went[version]:
            now.pop(partner, None)
        now |= came[version]
        if version in versions:
            if now != known:
                known = dict(sorted(now.items()))
                standing = Standing(tuple(known), tuple(known.values()))
            found[version] = standing
    return found


def rule_names(vendor_id: UUID) -> dict[tuple[int, int], str]:
    """Return what the rules of every published version are called, by version and position."""
    versions = RulesetVersion.objects.filter(vendor_id=vendor_id, version__gt=0).values_list("version", "rules")
    return {(version, at): rule["name"] for version, rules in versions for at, rule in enumerate(rules, 1)}
