"""The fairness report: the ledger, its health, and what is counted beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.domain.money import money_text
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger, evenness
from partidor.queries.fairness.books import Books, Listed, read_books
from partidor.queries.fairness.counts import Counts, counts
from partidor.queries.fairness.reasons import Cause, Gap, causes, moments
from partidor.queries.fairness.sums import By, Span, Sums, sums


@dataclass(frozen=True, slots=True)
class Health:
    """The health of one account, in leads: the sum of all debts is exactly 0.

    ``bound`` is what no debt may exceed by the law of the fair share; the law is about all leads of all time, so the
    accounts of single temperatures, of a period, a rule or a region have none. ``jain`` is null where nothing came.
    """

    sum: float
    max_debt: float
    jain: float | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class Share:
    """What a partner was due, what it got, and the difference, in leads."""

    expected: float
    received: float
    debt: float


@dataclass(frozen=True, slots=True)
class PartnerShare:
    """One partner's row: what it was due and received in the span, and counts of offers that make no debt.

    ``debt_now`` is its total debt of all time. ``value`` is what the leads that are with it, or were closed by it, were
    said to be worth, in the vendor's currency: reported, never steered by. ``reasons`` explain the figures.
    """

    partner: UUID
    name: str
    weight: int
    expected: float
    received: float
    debt: float
    debt_now: float
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
    reasons: list[Cause]


@dataclass(frozen=True, slots=True)
class GroupShare:
    """What a partner was due and received in one rule or region."""

    partner: UUID
    name: str
    expected: float
    received: float
    debt: float


@dataclass(frozen=True, slots=True)
class Group:
    """A rule (``key``: its name) or a region (ISO 3166-2, else the country), with the partners that took part in it."""

    key: str
    jain: float | None
    partners: list[GroupShare]


@dataclass(frozen=True, slots=True)
class FairnessReport:
    """Ledgers by account (all, hot, warm, cold), a row per partner, and what they had in each rule or region.

    ``sound`` says whether the law of the fair share holds of all leads until now; if not, that is a bug of Partidor's.
    ``told_from``: the decisions up to then kept no draws, so that the figures of a period or part begin there.
    """

    sound: bool
    currency: str
    value_jain: float | None
    told_from: datetime | None
    ledgers: dict[str, Health]
    partners: list[PartnerShare]
    groups: list[Group]


COLUMNS = ("name", "weight", "expected", "received", "debt", "debt_now", "by_hand", "known_customer", "credited",
           "declined", "lapsed", "picked_up", "value")  # fmt: skip
_FIGURES = ("expected", "received", "debt")
HEAD = (*COLUMNS, *(f"{account}_{figure}" for account in ACCOUNTS[1:] for figure in _FIGURES), "reasons", "partner")
"""The columns of the report as a table."""
GROUP_HEAD = ("group", "name", *_FIGURES, "partner")
"""The columns of its groups as a table."""


def fairness(viewer: Viewer, span: Span | None = None, *, at: datetime, by: By = "") -> FairnessReport:
    """Report on the fair share in a span (default: all time until now). A partner's key gets its own row only."""
    books, narrowed = read_books(viewer), span or Span()
    return report_of(books, narrowed, sums_of(books, narrowed, by), at=at)


def sums_of(books: Books, span: Span, by: By = "") -> Sums:
    """Add up what a report needs: the draws of a span and its parts; of all time the ledger has it already."""
    return Sums(books.ledger, {}, None) if span.is_whole and not by else sums(books, span, by)


def report_of(books: Books, span: Span, found: Sums, *, at: datetime) -> FairnessReport:
    """Report on the fair share from the books and the sums of the span."""
    ledger = books.ledger if span.is_whole else found.ledger
    counted, stand, rows = counts(books, span), moments(books, since=span.since, at=at), []
    for one in books.partners:
        row = share_of(books, one, ledger, counted.get(one.pk, Counts()))
        gap = Gap(row.debt, row.hot.debt, row.debt_now, span.since is not None, bool(span.rule or span.region))
        rows.append(replace(row, reasons=causes(gap, counted.get(one.pk, Counts()), stand[one.pk])))
    worth = {pk: each.minor for pk, each in counted.items()}
    return FairnessReport(
        sound=books.ledger.sound,
        currency=books.vendor.currency,
        value_jain=evenness(worth.get(row.partner, 0) / row.expected for row in rows if row.expected > 0),
        told_from=found.told_from,
        ledgers={account: _health(ledger, account, is_whole=span.is_whole) for account in ACCOUNTS},
        partners=rows,
        groups=[_group(key, part, books) for key, part in found.groups.items()],
    )


def share_of(books: Books, one: Listed, ledger: Ledger, counted: Counts) -> PartnerShare:
    """Return a partner's row by a ledger and its counts, without reasons."""
    own = ledger.figures(str(one.pk))
    return PartnerShare(
        partner=one.pk,
        name=one.name,
        weight=one.weight,
        expected=own["expected"],
        received=own["received"],
        debt=own["debt"],
        debt_now=books.ledger.debt(str(one.pk)) / MICRO,
        value=money_text(counted.minor, books.vendor.currency),
        hot=Share(**own["hot"]),
        warm=Share(**own["warm"]),
        cold=Share(**own["cold"]),
        reasons=[],
        **{field: getattr(counted, field) for field in Counts.__slots__ if field != "minor"},
    )


def table_of(report: FairnessReport) -> Iterator[Sequence[object]]:
    """Give the partners of a report row by row, under ``HEAD``; reasons as codes."""
    for partner in report.partners:
        row = asdict(partner)
        codes = " ".join(cause.code for cause in partner.reasons)
        figures = [row[a][f] for a in ACCOUNTS[1:] for f in _FIGURES]
        yield [*(row[column] for column in COLUMNS), *figures, codes, partner.partner]


def groups_of(report: FairnessReport) -> Iterator[Sequence[object]]:
    """Give the groups of a report row by row, under ``GROUP_HEAD``."""
    for group in report.groups:
        for one in group.partners:
            yield [group.key, one.name, one.expected, one.received, one.debt, one.partner]


def _group(key: str, ledger: Ledger, books: Books) -> Group:
    had = ((one, ledger.figures(str(one.pk))) for one in books.partners if str(one.pk) in ledger.rows)
    shares = [GroupShare(one.pk, one.name, *(own[figure] for figure in _FIGURES)) for one, own in had]
    return Group(key, ledger.jain(), shares)


def _health(ledger: Ledger, account: str, *, is_whole: bool) -> Health:
    bound = ledger.bound if account == "all" and is_whole else None
    return Health(ledger.sum(account) / MICRO, ledger.max_debt(account), ledger.jain(account), bound)
