"""What partners were due and received in a span: of all time from the ledger, else from the draws of its decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from partidor.domain.routing.draws import Draws
from partidor.domain.routing.fairness import Ledger
from partidor.models.draws import drawn, standings
from partidor.queries.fairness.books import Books

By = Literal["", "rule", "region"]


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is narrowed to: from and until (exclusive) when, the name of a rule, a region or country."""

    since: datetime | None = None
    until: datetime | None = None
    rule: str = ""
    region: str = ""

    @property
    def is_whole(self) -> bool:
        """Say whether it is narrowed to nothing."""
        return self == Span()


@dataclass(frozen=True, slots=True)
class Sums:
    """The ledger of a span, and of each rule or region in it.

    ``told_from``: decisions up to then kept no draws, so that only what came after is in the sums; None: all is.
    ``places``: the countries and regions that the period's leads came from, whatever region it is narrowed to.
    """

    ledger: Ledger
    groups: Mapping[str, Ledger]
    told_from: datetime | None
    places: frozenset[str] = frozenset()


def sums(books: Books, span: Span, by: By = "") -> Sums:
    """Add up the draws of a span, and of its parts."""
    vendor_id = books.vendor.pk
    rows = list(drawn(vendor_id, since=span.since, until=span.until))
    names = books.rules if by == "rule" or span.rule else {}
    standing = standings(vendor_id, {row.network_version for row in rows if row.draws})
    whole, groups = Draws(), defaultdict[str, Draws](Draws)
    told_from: datetime | None = None
    for row in rows:
        if row.draws is None:
            told_from = row.at if told_from is None else max(told_from, row.at)
            continue
        version, position = row.rule
        rule = names.get((version, position or 0), "")
        if (
            not row.draws
            or (span.rule and rule != span.rule)
            or (span.region and not _lies_in(row.region, span.region))
        ):
            continue
        whole.add(standing[row.network_version], row.temperature, row.draws)
        if by:
            group = groups[rule if by == "rule" else row.region]
            group.add(standing[row.network_version], row.temperature, row.draws)
    parts = {key: group.ledger() for key, group in sorted(groups.items())}
    places = {place for row in rows for place in (row.region, row.region.partition("-")[0])}
    return Sums(whole.ledger(), parts, told_from, frozenset(places))


def _lies_in(region: str, wanted: str) -> bool:
    """Say whether a region is the wanted one, or lies in the wanted country."""
    return region == wanted or region.startswith(f"{wanted}-")
