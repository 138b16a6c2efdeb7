"""The fairness report: the ledger, its health, and what is counted beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from partidor.access.leads import visible_offers
from partidor.access.network import partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.money import money_text
from partidor.domain.offers import VENDOR_FAULTS
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger, evenness
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
    """One partner's row: the ledger's figures, and counts of offers that make no debt.

    ``value`` is what the accepted leads were said to be worth, in the vendor's currency: reported, never steered by.
    """

    partner: UUID
    name: str
    weight: int
    expected: float
    received: float
    debt: float
    by_hand: int
    known_customer: int
    credited: int
    declined: int
    lapsed: int
    picked_up: int
    value: str
    hot: Share
    warm: Share
    cold: Share


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Ledgers by account (all, hot, warm, cold), and a row per partner.

    ``sound`` says whether the law of the fair share holds; if not, that is a bug of Partidor's.
    """

    sound: bool
    currency: str
    value_jain: float
    ledgers: dict[str, Health]
    partners: list[PartnerShare]


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted of a partner's answered offers, and what they were worth in minor units."""

    by_hand: int = 0
    known_customer: int = 0
    credited: int = 0
    declined: int = 0
    lapsed: int = 0
    picked_up: int = 0
    minor: int = 0


COLUMNS = ("partner", "name", "weight", "expected", "received", "debt", "by_hand", "known_customer", "credited",
           "declined", "lapsed", "picked_up", "value")  # fmt: skip
_FIGURES = ("expected", "received", "debt")
HEAD = (*COLUMNS, *(f"{account}_{figure}" for account in ACCOUNTS[1:] for figure in _FIGURES))
"""The columns of the report as a table."""


def fairness(
    viewer: Viewer, *, since: datetime | None = None, until: datetime | None = None, ledger: Ledger | None = None
) -> FairnessReport:
    """Report on the fair share, by the ledger in hand if there is one. A partner's key gets its own row only.

    Expected, received and debt stand as they are now; ``since`` and ``until`` (exclusive) narrow the counts.
    Archived partners stay in the ledger and in the list as long as they stand in it.
    """
    viewer.require("reports:read")
    ledger, vendor = ledger or read_ledger(viewer.vendor_id), vendor_of(viewer)
    listed = partners_of(viewer).filter(Q(archived_at=None) | Q(pk__in=list(ledger.rows)))
    counts = _counts(viewer, vendor.currency, since, until)
    rows = [
        _row(partner, name, weight, ledger, counts[partner], vendor.currency)
        for partner, name, weight in listed.order_by("name", "pk").values_list("pk", "name", "weight")
    ]
    return FairnessReport(
        sound=ledger.sound,
        currency=vendor.currency,
        value_jain=evenness(counts[row.partner].minor / row.expected for row in rows if row.expected > 0),
        ledgers={account: _health(ledger, account) for account in ACCOUNTS},
        partners=rows,
    )


def table_of(report: FairnessReport) -> Iterator[Sequence[object]]:
    """Give the partners of a report row by row, under ``HEAD``."""
    for partner in report.partners:
        row = asdict(partner)
        yield [row[column] for column in COLUMNS] + [row[a][f] for a in ACCOUNTS[1:] for f in _FIGURES]


def _row(partner: UUID, name: str, weight: int, ledger: Ledger, counts: Counts, currency: str) -> PartnerShare:
    own = ledger.statement([str(partner)])[str(partner)]
    counted = {field: getattr(counts, field) for field in Counts.__slots__ if field != "minor"}
    return PartnerShare(
        partner=partner,
        name=name,
        weight=weight,
        expected=own["expected"],
        received=own["received"],
        debt=own["debt"],
        value=money_text(counts.minor, currency),
        hot=Share(**own["hot"]),
        warm=Share(**own["warm"]),
        cold=Share(**own["cold"]),
        **counted,
    )


def _health(ledger: Ledger, account: str) -> Health:
    bound = ledger.bound if account == "all" else None
    return Health(ledger.sum(account) / MICRO, ledger.max_debt(account), ledger.jain(account), bound)


def _counts(viewer: Viewer, currency: str, since: datetime | None, until: datetime | None) -> dict[UUID, Counts]:
    """Count answered offers per partner, test leads left out."""
    answered = visible_offers(viewer).filter(test=False, answered_at__isnull=False)
    if since is not None:
        answered = answered.filter(answered_at__gte=since)
    if until is not None:
        answered = answered.filter(answered_at__lt=until)
    accepted, by_hand = Q(state="accepted"), Q(via="by_hand")
    counts: dict[UUID, Counts] = defaultdict(Counts)
    rows: Iterable[Mapping[str, Any]] = (
        answered.order_by()
        .values("partner_id")
        .annotate(
            by_hand=Count("pk", filter=accepted & by_hand),
            known_customer=Count("pk", filter=accepted & Q(via="known_customer")),
            credited=Count("pk", filter=Q(state="declined", reason__in=VENDOR_FAULTS)),
            declined=Count("pk", filter=Q(state="declined")),
            lapsed=Count("pk", filter=Q(state="expired")),
            picked_up=Count("pk", filter=accepted & ~by_hand),
            minor=Sum("lead__value_minor", filter=accepted & Q(lead__currency=currency)),
        )
    )
    for row in rows:
        counts[row["partner_id"]] = Counts(**{name: row[name] or 0 for name in Counts.__slots__})
    return counts
