"""What explains how far a partner's due and received lie apart, and what came beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from partidor.domain.routing.fairness import Ledger
from partidor.models.live import live_state
from partidor.models.snapshots import network
from partidor.queries.fairness.books import Books
from partidor.queries.fairness.counts import Counts
from partidor.queries.fairness.pauses import pauses

EVEN = 0.05
"""A debt below, in leads, is shown as none."""
REACH = 1.0
"""Who is owed up to so many leads has its turn next: the choice looks no further."""
NEW = timedelta(days=90)
"""So long a partner is called a newcomer when no period says otherwise."""
FIRST = timedelta(days=7)
"""Who joined within so long after the vendor was there from the beginning."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason: a code; ``n`` leads or, of a pause, whole days; ``at`` when, of who joined.

    ``known_customer``, ``by_hand``, ``credited``: n leads beside the share. ``joined``, ``archived``, ``paused``,
    ``at_capacity``, ``no_hours``: earned nothing and owed nothing meanwhile (the last two: as things stand now).
    ``carried``: the debt of the time before was made up for. ``elsewhere``: other rules or regions level it out.
    ``hot_balance``: hot leads went the other way, and the choice is by temperature among those within one lead.
    ``its_turn``, ``had_its_turn``: the normal swing, within one lead. ``swing``: beyond it, within the bound.
    """

    code: str
    n: float = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """How far due and received lie apart, in leads: in the report, of hot leads, and in all until now."""

    debt: float
    hot: float
    now: float
    period: bool
    part: bool
    """The report is of a period; it is of one rule or region."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How a partner stands, as far as that explains its figures."""

    joined: datetime | None
    archived: bool
    paused: timedelta
    full: bool
    idle: bool


def moments(books: Books, *, since: datetime | None, at: datetime) -> Mapping[UUID, Moment]:
    """Tell of every partner whether it joined lately, was paused, is full or has no hours."""
    vendor = books.vendor
    live = live_state(vendor, network(vendor), Ledger(), at=at, loads=False)
    index, paused = live.network.index, pauses(books.viewer, since=since, at=at)
    newcomers = max(since or at - NEW, vendor.created_at + FIRST)
    found = {}
    for one in books.partners:
        bit = 1 << index[str(one.pk)] if str(one.pk) in index else 0
        found[one.pk] = Moment(
            joined=one.created_at if one.created_at > newcomers else None,
            archived=one.archived,
            paused=paused.get(one.pk, timedelta()),
            full=bool(live.at_capacity & bit),
            idle=bool(live.no_hours & bit),
        )
    return found


def causes(gap: Gap, counts: Counts, moment: Moment) -> list[Cause]:
    """Give what explains a partner's figures, what came beside the share first."""
    beside = (("known_customer", counts.known_customer), ("by_hand", counts.by_hand), ("credited", counts.credited))
    found = [Cause(code, n) for code, n in beside if n]
    if moment.archived:
        found.append(Cause("archived"))
    if moment.joined is not None:
        found.append(Cause("joined", at=moment.joined))
    if moment.paused.days:
        found.append(Cause("paused", moment.paused.days))
    if moment.full:
        found.append(Cause("at_capacity"))
    if moment.idle and not moment.archived:
        found.append(Cause("no_hours"))
    return [*found, *_of_debt(gap)]


def _of_debt(gap: Gap) -> Iterator[Cause]:
    """Explain the debt by what steers it: declines and lapses charge nothing, and so are no cause of it."""
    if abs(gap.debt) < EVEN:
        return
    before = gap.now - gap.debt
    if gap.part and abs(gap.now) <= REACH < abs(gap.debt):
        yield Cause("elsewhere")
    elif gap.period and not gap.part and abs(before) >= EVEN and before * gap.debt < 0:
        yield Cause("carried", round(before, 1))
    elif abs(gap.hot) >= EVEN and gap.hot * gap.debt < 0:
        yield Cause("hot_balance")
    elif abs(gap.debt) <= REACH:
        yield Cause("its_turn" if gap.debt > 0 else "had_its_turn")
    else:
        yield Cause("swing")
