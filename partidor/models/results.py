"""What became of the leads that partners have taken: counted for whole networks, test leads left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, Sum

from partidor.domain.routing.suitability import OVERALL, Tally
from partidor.models.lead import Lead
from partidor.models.offer import Offer
from partidor.models.vendor import Vendor

Counted = dict[str, dict[str, Tally]]


@dataclass(frozen=True, slots=True)
class Results:
    """Per partner and vertical: won of decided, won of all that has come to an end; and orders in minor units."""

    decided: Counted
    ended: Counted
    sales: dict[str, int]


def results_of(vendor: Vendor, *, since: datetime) -> Results:
    """Count what ended since then, in two statements.

    Decided are leads won and lost. Ended are acceptances however they ended, given back and taken back as well; what
    still runs is no failure. Sales are orders in the vendor's currency, for others have no rate.
    """
    closed = Lead.objects.filter(vendor=vendor, test=False, state__in=["won", "lost"], closed_at__gte=since)
    in_currency = Q(state="won", currency=vendor.currency)
    decided = list(
        closed.exclude(partner=None)
        .order_by()
        .values_list("partner_id", "vertical")
        .annotate(
            won=Count("pk", filter=Q(state="won")),
            of=Count("pk"),
            sold=Sum("order_value_minor", filter=in_currency),
        )
    )
    ended = (
        Offer.objects.filter(vendor=vendor, test=False, state="accepted", ended_at__gte=since)
        .exclude(ended_by="withdrawn")
        .order_by()
        .values_list("partner_id", "lead__vertical")
        .annotate(won=Count("pk", filter=Q(ended_by="closed", lead__state="won")), of=Count("pk"))
    )
    sales: dict[str, int] = defaultdict(int)
    for partner_id, _vertical, _won, _of, sold in decided:
        sales[str(partner_id)] += sold or 0
    return Results(_counted(row[:4] for row in decided), _counted(ended), dict(sales))


def _counted(rows: Iterable[tuple[UUID, str, int, int]]) -> Counted:
    """Gather by partner and vertical, whatever its case."""
    found: Counted = {}
    for partner_id, vertical, won, of in rows:
        own = found.setdefault(str(partner_id), {})
        before = own.get(vertical.casefold() or OVERALL, Tally(0, 0))
        own[vertical.casefold() or OVERALL] = Tally(before.won + won, before.of + of)
    return found
