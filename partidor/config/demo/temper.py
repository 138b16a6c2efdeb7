"""How the people of the demo are: when they work, how soon they answer, and what they say. Dice, and no database."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

HOME_ZONE = ZoneInfo("Europe/Berlin")
HASTE = timedelta(minutes=45)
"""What has to be answered within so long is answered at any hour."""


@dataclass(frozen=True, slots=True)
class Temper:
    """Which part of a window passes before an answer, from and to, and how many of a hundred offers are accepted."""

    soonest: float
    latest: float
    willing: int


TEMPERS: Mapping[str, Temper] = {
    "quick": Temper(0.01, 0.14, 88),
    "steady": Temper(0.04, 0.35, 84),
    "you": Temper(0.03, 0.30, 86),
    "slow": Temper(0.30, 1.45, 76),
    "picky": Temper(0.05, 0.50, 34),
}
"""Who is away has no temper, and never answers."""


def at_work(moment: datetime, dice: random.Random) -> datetime:
    """Return the moment, or if nobody works then, one on the next working morning."""
    local = moment.astimezone(HOME_ZONE)
    if local.weekday() < 5 and time(7, 45) <= local.time() <= time(18, 30):
        return moment
    day = local.date() if local.time() < time(7, 45) else local.date() + timedelta(days=1)
    while day.weekday() >= 5:
        day += timedelta(days=1)
    morning = datetime.combine(day, time(7, 50), HOME_ZONE)
    return morning.astimezone(moment.tzinfo) + timedelta(minutes=dice.uniform(0, 110))


def answers_at(temper: str, opened_at: datetime, expires_at: datetime, dice: random.Random) -> datetime | None:
    """Say when a partner of this temper answers an offer, or None if it is never, or too late."""
    how = TEMPERS.get(temper)
    if how is None:
        return None
    window = expires_at - opened_at
    at = opened_at + window * dice.uniform(how.soonest, how.latest)
    if window > HASTE and dice.random() < 0.85:
        later = at_work(at, dice)
        if later < expires_at or dice.random() < 0.45:  # many look at their phone rather than lose a lead
            at = later
    return at if at < expires_at else None


def accepts(temper: str, lead: Mapping[str, Any], partner: Mapping[str, Any], dice: random.Random) -> bool:
    """Say whether a partner takes a lead: what is not its trade, or nobody's, less readily."""
    willing = TEMPERS[temper].willing
    if "product" not in lead:
        return dice.random() * 100 < 12
    fits = not partner["verticals"] or lead["vertical"] in partner["verticals"]
    return dice.random() * 100 < willing * (1 if fits else 0.7)


def declines_for(
    lead: Mapping[str, Any], partner: Mapping[str, Any], far: bool, talk: Mapping[str, Any], dice: random.Random
) -> tuple[str, str]:
    """Say for what reason a partner declines a lead, and in which words."""
    reasons = {"capacity": 5, "other": 2, "conflict": 1}
    if "product" not in lead:
        reasons = {"spam": 9, "other": 1}
    elif lead["vertical"] not in partner["verticals"]:
        reasons["no_vertical_match"] = 5
    if far:
        reasons["out_of_area"] = 5
    reason = dice.choices(list(reasons), list(reasons.values()))[0]
    return reason, dice.choice(talk["declines"][reason])


def arrivals(start: datetime, end: datetime, number: int, busy: Sequence[int], dice: random.Random) -> list[datetime]:
    """Spread leads over the time: more on some weekdays, most before noon, and many on the busy days (from start)."""
    days = [start + timedelta(days=day) for day in range((end - start).days + 1)]
    weights = [
        (1.2, 1.3, 1.1, 1.15, 0.85, 0.25, 0.2)[day.weekday()] * (2.2 if place in busy else 1) * (0.85 + place / 120)
        for place, day in enumerate(days)
    ]
    times: list[datetime] = []
    while len(times) < number:
        day = dice.choices(days, weights)[0].astimezone(HOME_ZONE)
        hour = min(max(dice.gauss(*dice.choice([(10.3, 1.4), (14.8, 1.8)])), 6.2), 21.6)
        when = datetime.combine(day.date(), time(0), HOME_ZONE) + timedelta(hours=hour)
        if start <= when < end:
            times.append(when.astimezone(start.tzinfo))
    return sorted(times)
