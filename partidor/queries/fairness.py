"""The fairness report: the ledger, its health, and what is counted beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from partidor.access.leads import visible_offers
from partidor.access.network import partners_of
from partidor.access.viewer import Viewer
from partidor.domain.offers import VENDOR_FAULTS
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger
from partidor.models.ledger import read_ledger


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one account, in leads: the sum of all debts is exactly 0.

    ``bound`` is what no debt may exceed by the law of the fair share; the law is about the whole, so the accounts of
    single temperatures have none.
    """

    sum: float
    max_debt: float
    jain: float
    bound: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What a partner was due, what it got, and the difference, in leads."""

    expected: float
    received: float
    debt: float


@dataclass(frozen=True, slots=True)
class PartnerShare:
    """One partner's row: the ledger's figures, and counts of offers that make no debt."""

    partner: UUID
    name: str
    weight: int
    expected: float
    received: float
    debt: float
    by_hand: int
    credited: int
    declined: int
    picked_up: int
    hot: Share
    warm: Share
    cold: Share


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Ledgers by account (all, hot, warm, cold), and a row per partner."""

    ledgers: dict[str, Health]
    partners: list[PartnerShare]


def fairness(viewer: Viewer, *, since: datetime | None = None, until: datetime | None = None) -> FairnessReport:
    """Report on the fair share. A partner's key gets its own row only.

    Expected, received and debt stand as they are now; ``since`` and ``until`` (exclusive) narrow the counts.
    Archived partners stay in the ledger and in the list as long as they stand in it.
    """
    viewer.require("reports:read")
    ledger = read_ledger(viewer.vendor_id)
    listed = partners_of(viewer).filter(Q(archived_at=None) | Q(pk__in=list(ledger.rows)))
    counts = _counts(viewer, since, until)
    figures = ledger.statement()
    rows = []
    for partner, name, weight in listed.order_by("name", "pk").values_list("pk", "name", "weight"):
        own = figures.get(str(partner)) or ledger.statement([str(partner)])[str(partner)]
        rows.append(
            PartnerShare(
                partner=partner,
                name=name,
                weight=weight,
                expected=own["expected"],
                received=own["received"],
                debt=own["debt"],
                hot=Share(**own["hot"]),
                warm=Share(**own["warm"]),
                cold=Share(**own["cold"]),
                **counts[partner],
            )
        )
    return FairnessReport({account: _health(ledger, account) for account in ACCOUNTS}, rows)


def _health(ledger: Ledger, account: str) -> Health:
    bound = ledger.bound if account == "all" else None
    return Health(ledger.sum(account) / MICRO, ledger.max_debt(account), ledger.jain(account), bound)


def _counts(viewer: Viewer, since: datetime | None, until: datetime | None) -> dict[UUID, dict[str, int]]:
    """Count answered offers per partner, test leads left out."""
    answered = visible_offers(viewer).filter(test=False, answered_at__isnull=False)
    if since is not None:
        answered = answered.filter(answered_at__gte=since)
    if until is not None:
        answered = answered.filter(answered_at__lt=until)
    accepted = Q(state="accepted")
    counts: dict[UUID, dict[str, int]] = defaultdict(
        lambda: {"by_hand": 0, "credited": 0, "declined": 0, "picked_up": 0}
    )
    for row in (
        answered.order_by()
        .values("partner_id")
        .annotate(
            by_hand=Count("pk", filter=accepted & Q(via="by_hand")),
            credited=Count("pk", filter=Q(state="declined", reason__in=VENDOR_FAULTS)),
            declined=Count("pk", filter=Q(state="declined")),
            picked_up=Count("pk", filter=accepted & ~Q(via="by_hand")),
        )
    ):
        counts[row["partner_id"]] = {
            "by_hand": row["by_hand"],
            "credited": row["credited"],
            "declined": row["declined"],
            "picked_up": row["picked_up"],
        }
    return counts
