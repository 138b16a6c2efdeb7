"""A partner's own figures of the last twelve weeks, and what it was due and got."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum

from partidor.access.leads import leads_of_viewers, offers_of_viewers
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.money import money_text
from partidor.queries.fairness.statement import Statement, statement

WEEKS = 12
ANSWERED = ("accepted", "declined", "expired")


@dataclass(frozen=True, slots=True)
class Week:
    """One week from Monday on, in the vendor's time zone: the offers that came in it, and how many were accepted."""

    monday: date
    received: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the offers of the last twelve weeks. Rates are shares from 0 to 1; None when there is nothing yet.

    Test leads are left out. Leads given by hand count as ``by_hand``, won and lost, and as no offer.
    """

    since: date
    received: int
    accepted: int
    declined: int
    lapsed: int
    taken: int
    """Somebody else was quicker."""
    waiting: int
    rate_alone: float | None
    """Accepted of the offers to this partner alone that were answered or lapsed."""
    rate_competing: float | None
    time_to_pick: timedelta | None
    """The median from an offer to its acceptance."""
    by_hand: int
    won: int
    lost: int
    won_value: tuple[tuple[str, str], ...]
    """Amounts of orders by currency."""
    weeks: Sequence[Week]
    statement: Statement | None
    """What the fair share says; None for who may not see reports."""


@dataclass(frozen=True, slots=True)
class _Came:
    via: str
    state: str
    exclusive: bool
    opened_at: datetime
    answered_at: datetime | None


def own_figures(viewer: Viewer, *, at: datetime) -> Figures:
    """Count the offers of one partner, by the week in which they came."""
    zone = ZoneInfo(vendor_of(viewer).time_zone)
    today = at.astimezone(zone).date()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    since = datetime.combine(first, time(), zone)
    lately = offers_of_viewers([viewer]).filter(test=False, opened_at__gte=since)
    came = [_Came(*row) for row in lately.values_list("via", "state", "exclusive", "opened_at", "answered_at")]
    answers = [one for one in came if one.via != "by_hand"]
    states = Counter(one.state for one in answers)
    picked = [
        (one.answered_at - one.opened_at).total_seconds()
        for one in answers
        if one.state == "accepted" and one.answered_at
    ]
    closed = leads_of_viewers([viewer]).filter(test=False, closed_at__gte=since).order_by()
    outcome = list(closed.values_list("state", "currency").annotate(Count("pk"), Sum("order_value_minor")))
    return Figures(
        since=first,
        received=len(answers),
        accepted=states["accepted"],
        declined=states["declined"],
        lapsed=states["expired"],
        taken=states["superseded"],
        waiting=states["open"],
        rate_alone=_rate(one.state for one in answers if one.exclusive),
        rate_competing=_rate(one.state for one in answers if not one.exclusive),
        time_to_pick=timedelta(seconds=median(picked)) if picked else None,
        by_hand=len(came) - len(answers),
        won=sum(count for state, _, count, _ in outcome if state == "won"),
        lost=sum(count for state, _, count, _ in outcome if state == "lost"),
        won_value=tuple(
            (money_text(minor, currency), currency)
            for state, currency, _, minor in outcome
            if state == "won" and minor is not None
        ),
        weeks=_weeks(answers, first, zone),
        statement=statement(viewer, weeks=WEEKS, since=since, at=at),
    )


def _rate(states: Iterable[str]) -> float | None:
    answered = [state for state in states if state in ANSWERED]
    return answered.count("accepted") / len(answered) if answered else None


def _weeks(answers: Sequence[_Came], first: date, zone: ZoneInfo) -> list[Week]:
    received: Counter[int] = Counter()
    accepted: Counter[int] = Counter()
    for one in answers:
        week = (one.opened_at.astimezone(zone).date() - first).days // 7
        received[week] += 1
        accepted[week] += one.state == "accepted"
    return [Week(first + timedelta(weeks=week), received[week], accepted[week]) for week in range(WEEKS)]
