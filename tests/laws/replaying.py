"""A back-test in the dullest way: each side keeps a list of all that it gave, and counts it anew for every lead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from partidor.domain.facts import Asked
from partidor.domain.routing.replays.backtest import Past
from tests.laws import oracle

UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Given(NamedTuple):
    """A lead on the table of a partner, until when (None: still), and whether it was accepted."""

    partner: str
    at: datetime
    month: tuple[int, int]
    until: datetime | None
    accepted: bool

    def lies(self, at: datetime) -> bool:
        return self.until is None or self.until > at


@dataclass
class Side:
    """One ruleset on its way through the past. ``closed`` says who is not at work at a moment."""

    world: oracle.World
    closed: Callable[[datetime], set[str]] = lambda at: set()
    given: list[Given] = field(default_factory=list)
    leads: Counter[str] = field(default_factory=Counter)
    peaks: dict[str, int] = field(default_factory=dict)
    unmatched: int = 0

    def decide(self, past: Past, out: Mapping[str, set[str]]) -> dict[str, Any]:
        """Decide; ``out`` has who was paused, without working time, or owed feedback."""
        world = self.world
        world.paused, world.no_hours, world.feedback_due = out["paused"], out["no_hours"], out["feedback_due"]
        world.closed = self.closed(past.at)
        world.loads = Counter(one.partner for one in self.given if one.lies(past.at))
        counted = [one for one in self.given if one.accepted or one.lies(past.at)]
        week = past.at - timedelta(days=7)
        world.months = Counter(one.partner for one in counted if one.month == past.month)
        world.weeks = Counter(one.partner for one in counted if one.at >= week or not one.accepted)
        return oracle.decide(world, past.lead, Asked(gone=past.gone))

    def full(self, partner: str) -> bool:
        """Say whether a partner has reached one of its limits, as the last lead found it."""
        (facts,) = (one for one in self.world.partners if one.id == partner)
        limits = (
            (facts.max_open_leads, self.world.loads),
            (facts.monthly_cap, self.world.months),
            (facts.weekly_pace, self.world.weeks),
        )
        return any(limit is not None and counts.get(partner, 0) >= limit for limit, counts in limits)

    def name(self, decided: Mapping[str, Any]) -> str:
        return str(self.world.rules[decided["rule"] - 1]["name"]) if decided["rule"] else ""

    def book(self, decided: Mapping[str, Any], past: Past) -> None:
        for members, chosen, part in decided["steps"]:
            self._pay(members, chosen, part, {"hot": 1, "cold": 3}.get(past.lead.temperature, 2))
        if not decided["chosen"]:
            self.unmatched += 1
            return
        step, first = self.world.rules[decided["rule"] - 1]["plan"][0], decided["chosen"][0]
        alone = decided["via"] == "known_customer" or step["offer_to"] == 1
        if past.accepted or alone:
            window = timedelta(**{UNITS[step["window"][-1]]: int(step["window"][:-1])})
            until = past.until if past.accepted else past.at + window
            self.given.append(Given(first, past.at, past.month, until, past.accepted))
        self.leads[first] += 1
        load = self.world.loads.get(first, 0) + (past.accepted or alone)
        self.peaks[first] = max(self.peaks.get(first, 0), load)

    def max_debt(self) -> float:
        """Return the largest debt in leads."""
        return max((abs(row[0]) for row in self.world.ledger.values()), default=0) / 1e6

    def _pay(self, members: list[str], chosen: str, part: int, column: int) -> None:
        weights = {partner.id: partner.weight for partner in self.world.partners}
        members = sorted(members)
        total = sum(weights[one] for one in members)
        gains = [part * weights[one] // total for one in members]
        gains = [gain + (at < part - sum(gains)) for at, gain in enumerate(gains)]
        for one, gain in zip(members, gains, strict=True):
            row = self.world.ledger.setdefault(one, [0] * 4)
            row[0] += gain
            row[column] += gain
        self.world.ledger[chosen][0] -= part
        self.world.ledger[chosen][column] -= part


def first(decided: Mapping[str, Any]) -> str | None:
    return decided["chosen"][0] if decided["chosen"] else None


def reason(today: Mapping[str, Any], tested: Mapping[str, Any], before: Side, after: Side) -> str:
    """Say by which code a lead that goes elsewhere does so."""
    one, other = first(today), first(tested)
    if other is None:
        return str(tested["reason"])
    if one is None:
        return "taken"
    if before.name(today) != after.name(tested):
        return "rule"
    if "known_customer" in (tested["via"], today["via"]):
        return "known"
    if one not in tested["scores"]:
        return "full" if after.full(one) else "who"
    equal = round(after.world.rules[tested["rule"] - 1].get("equal_within", 5) * 100)
    return "score" if tested["scores"][other] - tested["scores"][one] > equal else "share"
