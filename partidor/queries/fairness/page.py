"""The fairness report as the console shows it: every partner with what explains its figures, and how debts went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from partidor.access.leads import visible_leads
from partidor.access.viewer import Viewer
from partidor.domain.routing.fairness import MICRO, Ledger
from partidor.models.ledger import ledger_weeks, monday_of
from partidor.queries.fairness.books import Books, read_books
from partidor.queries.fairness.reasons import EVEN
from partidor.queries.fairness.report import FairnessReport, PartnerShare, report_of, sums_of
from partidor.queries.fairness.sums import Span, Sums
from partidor.queries.numbered import Numbered, holds_words, numbered_of

WEEKS = 26
"""How far back debts are drawn."""
LOOKED_AT = 2_000
"""The last leads, whose countries and regions are offered; of a period all are."""
SORTS = ("due", "received", "debt", "value", "name")
SHOWN = ("", "owed", "ahead", "beside")


@dataclass(frozen=True, slots=True)
class FairLine:
    """A partner in the report: its share, and its total debt at the end of each week that is known, in leads."""

    share: PartnerShare
    tier: str
    archived: bool
    debts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DebtWeek:
    """How the ledger stood at the end of a week (the last one: now), and how many leads were shared out in it."""

    monday: date
    largest: float
    jain: float | None
    leads: float | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What the report is narrowed to and sorted by."""

    q: str = ""
    show: str = ""
    sort: str = "due"
    span: Span = field(default_factory=Span)


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """One page of the report. ``most`` is the largest figure of the axis; ``indebted`` has the largest debt of all.

    ``rules`` and ``regions`` are what it can be narrowed to.
    """

    report: FairnessReport
    lines: Numbered[FairLine]
    shared: float
    beside: int
    most: float
    largest: float
    indebted: str
    weeks: tuple[DebtWeek, ...]
    rules: tuple[str, ...]
    regions: tuple[str, ...]


def fairness_page(viewer: Viewer, sought: Sought, *, page: int, at: datetime) -> FairnessPage:
    """Show one page of the report. For whoever reads reports; wrong words narrow to nothing."""
    books = read_books(viewer)
    told, kept = sums_of(books, sought.span), _kept(books, at)
    report = report_of(books, sought.span, told, at=at)
    fitting = [share for share in report.partners if _fits(share, sought)]
    fitting.sort(key=lambda share: _place(share, sought.sort))
    shown = numbered_of(fitting, page)
    found = shown.of(_lines(books, shown.items, kept))
    by_debt = max(report.partners, key=lambda row: abs(row.debt), default=None)
    return FairnessPage(
        report=report,
        lines=found,
        shared=sum(row.received for row in report.partners),
        beside=sum(row.by_hand + row.known_customer for row in report.partners),
        most=max((max(line.share.expected, line.share.received) for line in found.items), default=0.0),
        largest=max((abs(line.share.debt) for line in found.items), default=0.0),
        indebted=by_debt.name if by_debt and abs(by_debt.debt) >= EVEN else "",
        weeks=tuple(_weeks(kept)),
        rules=tuple(
            dict.fromkeys(name for _, name in sorted(books.rules.items(), key=lambda rule: (-rule[0][0], rule[0][1])))
        ),
        regions=_regions(books, sought.span, told),
    )


def _lines(books: Books, shares: Sequence[PartnerShare], kept: Sequence[tuple[date, Ledger]]) -> list[FairLine]:
    listed = {one.pk: one for one in books.partners}
    return [
        FairLine(
            share,
            listed[share.partner].tier,
            listed[share.partner].archived,
            tuple(ledger.debt(str(share.partner)) / MICRO for _, ledger in kept),
        )
        for share in shares
    ]


def _regions(books: Books, span: Span, told: Sums) -> tuple[str, ...]:
    """Return where leads came from and where partners are, each country before its regions, and the chosen one."""
    found = {code for one in books.partners for code in (one.country, one.region)} | told.places | {span.region}
    if span.is_whole:
        last = visible_leads(books.viewer).order_by("-received_at", "-pk").values_list("country", "region")
        found |= {code for place in last[:LOOKED_AT] for code in place}
    return tuple(sorted(found - {""}))


def _kept(books: Books, at: datetime) -> list[tuple[date, Ledger]]:
    """Return the ledgers of the weeks that are known, the one that runs last."""
    this = monday_of(books.vendor, at)
    kept = ledger_weeks(books.vendor.pk, since=this - timedelta(weeks=WEEKS - 1), before=this)
    return [*kept, (this, books.ledger)]


def _weeks(kept: Sequence[tuple[date, Ledger]]) -> list[DebtWeek]:
    found: list[DebtWeek] = []
    before: float | None = None
    for monday, then in kept:
        received = sum(row[1] for row in then.rows.values()) / MICRO
        leads = None if before is None else received - before
        found.append(DebtWeek(monday, then.max_debt(), then.jain(), leads))
        before = received
    return found


def _fits(share: PartnerShare, sought: Sought) -> bool:
    if sought.show == "owed" and share.debt < EVEN:
        return False
    if sought.show == "ahead" and share.debt > -EVEN:
        return False
    if sought.show == "beside" and not share.by_hand + share.known_customer + share.credited:
        return False
    return holds_words(share.name, sought.q)


def _place(share: PartnerShare, sort: str) -> tuple[float, str]:
    figure = {
        "name": 0.0, "received": share.received, "debt": abs(share.debt), "value": float(share.value),
    }.get(sort, share.expected)  # fmt: skip
    return -figure, share.name.casefold()
