"""A partner's statement of the fair share: week by week what it was due and got, and how its peers fare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.fairness import Ledger
from partidor.models.ledger import ledger_weeks, monday_of, read_ledger
from partidor.queries.fairness.pauses import pauses
from partidor.queries.fairness.report import PartnerShare, fairness

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
    ledger, key = read_ledger(viewer.vendor_id), str(viewer.partner_id)
    own = next(iter(fairness(viewer, since=since, ledger=ledger).partners), None)
    if own is None:
        return None
    this = monday_of(vendor_of(viewer), at)
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
        was, now = before.statement([key])[key], after.statement([key])[key]
        found.append(ShareWeek(monday, now["expected"] - was["expected"], now["received"] - was["received"]))
    return found


def _peers(key: str, ledger: Ledger) -> float | None:
    others = [row for partner, row in ledger.statement().items() if partner != key and row["expected"] >= WHOLE_LEAD]
    return median(row["received"] / row["expected"] for row in others) if len(others) >= FEWEST else None
