"""The figures of the last seven days, each beside what it was seven days before and with the days between.

Weeks end now, so a figure is never of half a day. Rates and medians are of a cohort: exclusive offers
by their opening, picked leads by their acceptance, decided ones by their closing. Test leads count nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, IntegerField, QuerySet, Value, When

from partidor.access.leads import visible_leads, visible_offers
from partidor.access.viewer import Viewer
from partidor.domain.reports.figures import day_starts, median, rolled, rolling, share
from partidor.domain.reports.spark import Spark, spark
from partidor.models.ledger import read_ledger

WEEK = 7
DAYS = 2 * WEEK
MOST_PICKED = 5_000
"""Of how many acceptances the median is taken, the newest first."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the last seven days and of the seven before; None when there was nothing to measure.

    A share has ``part`` and ``whole``. The line shows the figure as it stood on each of the last days.
    """

    value: float | None
    before: float | None = None
    part: int = 0
    whole: int = 0
    line: Spark | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """The week: leads received, seconds to pick (median), shares between 0 and 1, and the largest debt in leads."""

    received: Figure
    time_to_pick: Figure
    accepted: Figure
    won: Figure
    debt: Figure
    fair: bool = True
    """Whether the law of the fair share holds: debts sum to zero, and none is beyond its bound."""


def week(viewer: Viewer, *, at: datetime) -> Week:
    """Show the figures of the last seven days, in three statements. For the vendor only."""
    viewer.require_vendor("reports:read")
    counts = _counts(viewer, at)
    ledger = read_ledger(viewer.vendor_id)
    return Week(
        received=_number(counts["received"]),
        time_to_pick=_median(_picked(viewer, at)),
        accepted=_share(counts["answered"]),
        won=_share(counts["decided"]),
        debt=Figure(ledger.max_debt()),
        fair=ledger.sound,
    )


Days = list[list[int]]
"""Per day, oldest first: how many there were, and how many of them were good."""


def _counts(viewer: Viewer, at: datetime) -> dict[str, Days]:
    since = day_starts(at, DAYS)[0]
    leads = visible_leads(viewer).filter(test=False, updated_at__gte=since)
    offers = visible_offers(viewer).filter(test=False, opened_at__gte=since, opened_at__lt=at)
    answered = offers.filter(
        exclusive=True, via__in=["plan", "known_customer"], state__in=["accepted", "declined", "expired"]
    )
    decided = leads.filter(state__in=["won", "lost"], closed_at__gte=since, closed_at__lt=at)
    received = visible_leads(viewer).filter(test=False, received_at__gte=since, received_at__lt=at)
    rows = _by_day("received", received, "received_at", "", at).union(
        _by_day("answered", answered, "opened_at", "accepted", at),
        _by_day("decided", decided, "closed_at", "won", at),
        all=True,
    )
    found: dict[str, Days] = {what: [[0, 0] for _ in range(DAYS)] for what in ("received", "answered", "decided")}
    for what, day, good, number in rows:
        found[what][day][0] += number
        found[what][day][1] += number * good
    return found


def _by_day(what: str, rows: QuerySet[Any], when: str, good: str, at: datetime) -> QuerySet[Any]:
    """Count rows by the day on which they fell, apart from those in a good state."""
    starts = day_starts(at, DAYS)
    day = Case(
        *[When(**{f"{when}__gte": start}, then=Value(place)) for place, start in reversed(list(enumerate(starts)))],
        output_field=IntegerField(),
    )
    counted: QuerySet[Any] = (
        rows.order_by()
        .annotate(what=Value(what, CharField()), day=day, good=Case(When(state=good, then=Value(1)), default=Value(0)))
        .values("what", "day", "good")
        .annotate(number=Count("pk"))
        .values_list("what", "day", "good", "number")
    )
    return counted


def _picked(viewer: Viewer, at: datetime) -> list[list[float]]:
    """Return per day, oldest first, how long the leads picked on it had waited, in seconds.

    A lead was changed when it was accepted, or since: so the index of changes finds it.
    """
    starts = day_starts(at, DAYS)
    picked = visible_leads(viewer).filter(
        test=False, updated_at__gte=starts[0], accepted_at__gte=starts[0], accepted_at__lt=at, first_offered_at__lte=at
    )
    times = picked.exclude(via="by_hand").order_by("-updated_at").values_list("accepted_at", "first_offered_at")
    days: list[list[float]] = [[] for _ in starts]
    for accepted, offered in times[:MOST_PICKED]:
        if accepted and offered:
            days[int((accepted - starts[0]).total_seconds() // 86400)].append((accepted - offered).total_seconds())
    return days


def _number(days: Days) -> Figure:
    weeks = rolling([day[0] for day in days], WEEK)
    return Figure(weeks[-1], weeks[0], line=spark(weeks[1:]) if any(weeks) else None)


def _share(days: Days) -> Figure:
    wholes, parts = rolling([day[0] for day in days], WEEK), rolling([day[1] for day in days], WEEK)
    shares = [share(part, whole) for part, whole in zip(parts, wholes, strict=True)]
    return Figure(shares[-1], shares[0], parts[-1], wholes[-1], spark(shares[1:]))


def _median(days: Sequence[Sequence[float]]) -> Figure:
    medians = [median(values) for values in rolled(days, WEEK)]
    return Figure(medians[-1], medians[0], whole=sum(map(len, days[WEEK:])), line=spark(medians[1:]))
