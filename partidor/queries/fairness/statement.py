"""A partner's statement of the fair share: week by week what it was due and got, and how its peers fare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from partidor.access.viewer import Viewer
from partidor.domain.routing.fairness import Ledger
from partidor.models.ledger import ledger_weeks, monday_of
from partidor.queries.fairness.books import read_books
from partidor.queries.fairness.counts import Counts, counts
from partidor.queries.fairness.pauses import pauses
from partidor.queries.fairness.report import PartnerShare, share_of
from partidor.queries.fairness.sums import Span

FEWEST = 3
"""With fewer peers, their middle would tell of single ones."""
WHOLE_LEAD = 1.0
"""Peers who were due less than that tell nothing yet."""


@dataclass(frozen=True, slots=True)
class ShareWeek:
    """What a partner was due, and what it got by the fair share, in a week from Monday on."""

    monday: date
    expected: float
    received: float


@dataclass(frozen=True, slots=True)
class Statement:
    """The statement: figures of all time, counts of the weeks, and the weeks that are known (the last one runs).

    ``part`` is received of due, ``peers`` the middle of the others; None where that tells nothing.
    """

    share: PartnerShare
    weeks: tuple[ShareWeek, ...]
    part: float | None
    peers: float | None
    paused: timedelta


def statement(viewer: Viewer, *, weeks: int, since: datetime, at: datetime) -> Statement | None:
    """State one partner's share; None for who may not see reports."""
    if not viewer.may("reports:read") or viewer.partner_id is None:
        return None
    books = read_books(viewer)
    if not books.partners:
        return None
    ledger, key = books.ledger, str(viewer.partner_id)
    own = share_of(books, books.partners[0], ledger, counts(books, Span(since)).get(viewer.partner_id, Counts()))
    this = monday_of(books.vendor, at)
    kept = ledger_weeks(viewer.vendor_id, since=this - timedelta(weeks=weeks), before=this)
    return Statement(
        share=own,
        weeks=tuple(_weeks(key, [*kept, (this, ledger)])),
        part=own.received / own.expected if own.expected >= WHOLE_LEAD else None,
        peers=_peers(key, ledger),
        paused=pauses(viewer, since=since, at=at).get(viewer.partner_id, timedelta()),
    )


def _weeks(key: str, kept: Sequence[tuple[date, Ledger]]) -> list[ShareWeek]:
    """Return what each ledger has more than the one before."""
    found = []
    for (_, before), (monday, after) in pairwise(kept):
        was, now = before.figures(key), after.figures(key)
        found.append(ShareWeek(monday, now["expected"] - was["expected"], now["received"] - was["received"]))
    return found


def _peers(key: str, ledger: Ledger) -> float | None:
    others = [row for partner, row in ledger.statement().items() if partner != key and row["expected"] >= WHOLE_LEAD]
    return median(row["received"] / row["expected"] for row in others) if len(others) >= FEWEST else None
