"""The fairness report as the console shows it: every partner with what explains its figures, and how debts went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import TIER
from partidor.domain.routing.fairness import Ledger
from partidor.models.ledger import ledger_weeks, monday_of, read_ledger
from partidor.models.live import live_state
from partidor.models.snapshots import network
from partidor.queries.fairness.pauses import pauses
from partidor.queries.fairness.report import FairnessReport, PartnerShare, fairness
from partidor.queries.numbered import Numbered, holds_words, numbered_of

WEEKS = 26
"""How far back debts are drawn."""
NEW = timedelta(days=90)
"""So long a partner is called a newcomer when no period says otherwise."""
FIRST = timedelta(days=7)
"""Who joined within so long after the vendor was there from the beginning."""
EVEN = 0.05
"""A debt below is shown as none."""
SORTS = ("due", "received", "debt", "value", "name")
SHOWN = ("", "owed", "ahead", "beside")


@dataclass(frozen=True, slots=True)
class FairLine:
    """A partner in the report: its share, and what explains it. ``joined`` is given for newcomers only."""

    share: PartnerShare
    tier: str
    joined: datetime | None
    archived: bool
    paused: timedelta
    full: bool

    @property
    def beside(self) -> int:
        """Return how many leads came or were sent back beside the share."""
        return self.share.by_hand + self.share.known_customer + self.share.credited


@dataclass(frozen=True, slots=True)
class DebtWeek:
    """How the ledger stood at the end of a week (the last one: now), and how many leads were shared out in it."""

    monday: date
    largest: float
    leads: float | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What the report is narrowed to and sorted by."""

    q: str = ""
    show: str = ""
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """One page of the report. ``most`` is the largest figure of the axis; ``indebted`` has the largest debt of all."""

    report: FairnessReport
    lines: Numbered[FairLine]
    shared: float
    beside: int
    most: float
    largest: float
    indebted: str
    weeks: tuple[DebtWeek, ...]


def fairness_page(viewer: Viewer, sought: Sought, *, since: datetime | None, page: int, at: datetime) -> FairnessPage:
    """Show one page of the report. For whoever reads reports; wrong words narrow to nothing."""
    ledger = read_ledger(viewer.vendor_id)
    report = fairness(viewer, since=since, ledger=ledger)
    known = _lines(viewer, report, since, at)
    fitting = [line for line in known if _fits(line, sought)]
    fitting.sort(key=lambda line: _place(line, sought.sort))
    found = numbered_of(fitting, page)
    by_debt = max(report.partners, key=lambda row: abs(row.debt), default=None)
    return FairnessPage(
        report=report,
        lines=found,
        shared=sum(row.received for row in report.partners),
        beside=sum(row.by_hand + row.known_customer for row in report.partners),
        most=max((max(line.share.expected, line.share.received) for line in found.items), default=0.0),
        largest=max((abs(line.share.debt) for line in found.items), default=0.0),
        indebted=by_debt.name if by_debt and abs(by_debt.debt) >= EVEN else "",
        weeks=tuple(_weeks(viewer, ledger, at)),
    )


def _lines(viewer: Viewer, report: FairnessReport, since: datetime | None, at: datetime) -> list[FairLine]:
    vendor = vendor_of(viewer)
    live = live_state(vendor, network(vendor), Ledger(), at=at, loads=False)
    full = {live.network.ids[place] for place in live.network.capped if live.at_capacity >> place & 1}
    paused, newcomers = pauses(viewer, since=since, at=at), max(since or at - NEW, vendor.created_at + FIRST)
    columns = partners_of(viewer).values_list("pk", "tags", "created_at", "archived_at")
    known = {pk: (tags, created, archived) for pk, tags, created, archived in columns}
    found = []
    for row in report.partners:
        tags, created, archived = known[row.partner]
        found.append(
            FairLine(
                share=row,
                tier=next(iter(tags.get(TIER, ())), ""),
                joined=created if created > newcomers else None,
                archived=archived is not None,
                paused=paused.get(row.partner, timedelta()),
                full=str(row.partner) in full,
            )
        )
    return found


def _weeks(viewer: Viewer, ledger: Ledger, at: datetime) -> Sequence[DebtWeek]:
    """Return the weeks that are known, the one that runs last."""
    vendor = vendor_of(viewer)
    this = monday_of(vendor, at)
    kept = ledger_weeks(vendor.pk, since=this - timedelta(weeks=WEEKS - 1), before=this)
    kept.append((this, ledger))
    found, before = [], None
    for monday, then in kept:
        received = sum(figures["received"] for figures in then.statement().values())
        found.append(DebtWeek(monday, then.max_debt(), None if before is None else received - before))
        before = received
    return found


def _fits(line: FairLine, sought: Sought) -> bool:
    if sought.show == "owed" and line.share.debt < EVEN:
        return False
    if sought.show == "ahead" and line.share.debt > -EVEN:
        return False
    if sought.show == "beside" and not line.beside:
        return False
    return holds_words(line.share.name, sought.q)


def _place(line: FairLine, sort: str) -> tuple[float, str]:
    share = line.share
    figure = {
        "name": 0.0, "received": share.received, "debt": abs(share.debt), "value": float(share.value),
    }.get(sort, share.expected)  # fmt: skip
    return -figure, share.name.casefold()
