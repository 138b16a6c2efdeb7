"""What is counted of partners' offers beside the fair share: it makes no debt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from partidor.access.leads import visible_offers
from partidor.domain.offers import VENDOR_FAULTS
from partidor.queries.fairness.books import Books
from partidor.queries.fairness.sums import Span


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a partner's offers in a span, and what its leads were worth in minor units.

    Leads by hand and of known customers count when they are handed over, whatever the answer, as the share does;
    answers count when they are given. A lead's worth counts once: with whom it is, or was closed.
    """

    by_hand: int = 0
    known_customer: int = 0
    credited: int = 0
    declined: int = 0
    lapsed: int = 0
    picked_up: int = 0
    minor: int = 0


def counts(books: Books, span: Span) -> Mapping[UUID, Counts]:
    """Count offers per partner, test leads left out."""
    opened, answered = _within("opened_at", span), _within("answered_at", span)
    accepted, by_hand = answered & Q(state="accepted"), Q(via="by_hand")
    is_with = accepted & (Q(ended_at=None) | Q(ended_by="closed"))
    found: dict[UUID, Counts] = defaultdict(Counts)
    rows: Iterable[Mapping[str, Any]] = (
        visible_offers(books.viewer)
        .filter(_narrowed(books, span) & (opened | answered), test=False)
        .order_by()
        .values("partner_id")
        .annotate(
            by_hand=Count("pk", filter=opened & by_hand),
            known_customer=Count("pk", filter=opened & Q(via="known_customer")),
            credited=Count("pk", filter=answered & Q(state="declined", reason__in=VENDOR_FAULTS)),
            declined=Count("pk", filter=answered & Q(state="declined")),
            lapsed=Count("pk", filter=answered & Q(state="expired")),
            picked_up=Count("pk", filter=accepted & ~by_hand),
            minor=Sum("lead__value_minor", filter=is_with & Q(lead__currency=books.vendor.currency)),
        )
    )
    for row in rows:
        found[row["partner_id"]] = Counts(**{name: row[name] or 0 for name in Counts.__slots__})
    return found


def _within(column: str, span: Span) -> Q:
    within = Q(**{f"{column}__isnull": False})
    if span.since is not None:
        within &= Q(**{f"{column}__gte": span.since})
    if span.until is not None:
        within &= Q(**{f"{column}__lt": span.until})
    return within


def _narrowed(books: Books, span: Span) -> Q:
    """Narrow offers to a region, and to a rule; by hand no rule gives a lead."""
    narrowed = Q()
    if span.region:
        narrowed &= Q(lead__country=span.region) | Q(lead__region=span.region)
    if span.rule:
        places = [place for place, name in books.rules.items() if name == span.rule]
        rules = Q(pk__in=[])
        for version, position in places:
            rules |= Q(decision__ruleset_version=version, decision__rule_position=position)
        narrowed &= rules
    return narrowed
