"""The live state of a network: who is out at the moment, how much each has on the table, and the ledger."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from partidor.domain.facts import LeadFacts
from partidor.domain.routing.decision import Decision, Draw
from partidor.domain.routing.fairness import Ledger, account_of
from partidor.domain.routing.network import Network, bits, mask_of, unpack, unpack_counts

LIMITS = ("max_open_leads", "monthly_cap", "weekly_pace")
"""The limits of a partner, by their names in its facts."""
PACE_SPAN = timedelta(days=7)
"""The span that a pace counts over: it rolls, and minds no calendar."""
_ACCOUNT_PLACE = {"hot": 2, "warm": 4, "cold": 6}


class LiveState:
    """Who is out at the moment, the loads and the ledger, for the decisions of one batch under one lock.

    ``loads``: accepted running leads and open exclusive offers. ``months``: leads accepted this month and open
    exclusive offers; ``weeks``: the same of the last 7 × 24 hours. ``at``: the moment at which calendars are asked who
    works soon, and who is at work (``open_now``; None: not asked, everybody counts as open). Partners that are not in
    the network are passed over.
    """

    __slots__ = (
        "_by_load", "at_capacity", "feedback_due", "full", "ledger", "loads", "months", "network", "no_hours",
        "open_now", "paused", "weeks",
    )  # fmt: skip

    def __init__(
        self,
        network: Network,
        *,
        paused: Iterable[str] = (),
        no_hours: Iterable[str] = (),
        feedback_due: Iterable[str] = (),
        loads: Mapping[str, int] | None = None,
        months: Mapping[str, int] | None = None,
        weeks: Mapping[str, int] | None = None,
        ledger: Ledger | None = None,
        at: datetime | None = None,
    ) -> None:
        """Take what is true now; the ledger is written to by ``book``."""
        self.network = network
        self.paused = network.mask(paused)
        idle, self.open_now = (0, None) if at is None else network.at_work(at)
        self.no_hours = network.mask(no_hours) | idle
        self.feedback_due = network.mask(feedback_due)
        index = network.index
        self.loads = array("q", bytes(8 * network.size))
        for one, load in (loads or {}).items():
            if one in index:
                self.loads[index[one]] = load
        self.months = {index[one]: count for one, count in (months or {}).items() if count and one in index}
        self.weeks = {index[one]: count for one, count in (weeks or {}).items() if count and one in index}
        self.ledger = Ledger() if ledger is None else ledger
        self._by_load: dict[int, int] | None = None
        self.at_capacity = 0
        self.full: Mapping[str, int] = {}
        """Who has reached which limit, as masks; replaced when it changes."""
        for place in network.capped:
            self._weigh(place)

    @classmethod
    def remembered(cls, network: Network, live: Mapping[str, Any], temperature: str) -> LiveState:
        """Build the live state again that a decision kept."""
        state = cls(network)
        state.paused, state.no_hours = unpack(live["paused"]), unpack(live["no_hours"])
        state.at_capacity, state.feedback_due = unpack(live["at_capacity"]), unpack(live["feedback_due"])
        state.full = {limit: unpack(mask) for limit, mask in live.get("full", {}).items()}
        state.open_now = unpack(live["open_now"]) if "open_now" in live else None
        for at, load in zip(bits(unpack(live["eligible"])), unpack_counts(live["loads"]), strict=False):
            state.loads[at] = load
        place = _ACCOUNT_PLACE[account_of(temperature)]
        for at, total, of_temperature in live["debts"]:
            row = state.ledger.rows[network.ids[at]] = [0] * 8
            row[0], row[place] = total, of_temperature
        return state

    def book(self, decision: Decision, lead: LeadFacts) -> None:
        """Charge the ledger and raise loads, so that the next lead of the batch sees this decision."""
        self.charge(decision.steps, lead.temperature)
        if decision.step is not None and decision.step.exclusive:
            for candidate in decision.chosen:
                self.take(self.network.index[candidate.partner])

    def charge(self, draws: Iterable[Draw], temperature: str) -> None:
        """Charge the ledger alone."""
        ids, facts = self.network.ids, self.network.facts
        for draw in draws:
            members = [ids[at] for at in draw.members]
            weights = [facts[at].weight for at in draw.members]
            self.ledger.step(members, weights, ids[draw.chosen], temperature, draw.millionths)

    def take(self, at: int) -> None:
        """Put one more lead on the table of the partner at a position."""
        self._load(at, 1)
        self.months[at] = self.months.get(at, 0) + 1
        self.weeks[at] = self.weeks.get(at, 0) + 1
        self._weigh(at)

    def let_go(self, at: int, *, accepted: bool, this_month: bool = True) -> None:
        """Take one lead off a partner's table. If it was ``accepted`` it still counts in its week and its month.

        ``this_month`` says whether it came on the table in the month that is counted.
        """
        self._load(at, -1)
        if not accepted:
            self.weeks[at] = max(0, self.weeks.get(at, 0) - 1)
            if this_month:
                self.months[at] = max(0, self.months.get(at, 0) - 1)
        self._weigh(at)

    def end_week(self, at: int) -> None:
        """Count no longer against its pace what the partner at a position accepted seven days ago."""
        self.weeks[at] = max(0, self.weeks.get(at, 0) - 1)
        self._weigh(at)

    def begin_month(self) -> None:
        """Count the leads of a new month from nothing."""
        self.months.clear()
        for at in self.network.capped:
            self._weigh(at)

    def by_load(self) -> Sequence[tuple[int, int]]:
        """Return the loads there are, the least first, each with who has it, as a mask."""
        if self._by_load is None:
            positions: dict[int, list[int]] = {}
            for at, load in enumerate(self.loads):
                positions.setdefault(load, []).append(at)
            self._by_load = {load: mask_of(each, self.network.size) for load, each in positions.items()}
        return sorted(self._by_load.items())

    def _load(self, at: int, more: int) -> None:
        before = self.loads[at]
        self.loads[at] = now = before + more
        if self._by_load is not None:
            self._by_load[before] ^= 1 << at
            self._by_load[now] = self._by_load.get(now, 0) | 1 << at
            if not self._by_load[before]:
                del self._by_load[before]

    def debts(self, members: Iterable[int], account: str) -> dict[int, tuple[int, int]]:
        """Return the total debt of members (positions) and their debt of a temperature, in millionths."""
        rows, ids, place = self.ledger.rows, self.network.ids, _ACCOUNT_PLACE[account]
        found = {}
        for at in members:
            row = rows.get(ids[at])
            found[at] = (row[0] - row[1], row[place] - row[place + 1]) if row else (0, 0)
        return found

    def _weigh(self, at: int) -> None:
        """Note which of its limits the partner at a position has reached."""
        partner, bit = self.network.facts[at], 1 << at
        limits = (partner.max_open_leads, partner.monthly_cap, partner.weekly_pace)
        if limits == (None, None, None):
            return
        counts = (self.loads[at], self.months.get(at, 0), self.weeks.get(at, 0))
        for name, limit, count in zip(LIMITS, limits, counts, strict=True):
            before = self.full.get(name, 0)
            if (limit is not None and count >= limit) != bool(before & bit):
                self.full = {**self.full, name: before ^ bit}
        reached = any(mask & bit for mask in self.full.values())
        self.at_capacity = self.at_capacity | bit if reached else self.at_capacity & ~bit
