"""Back-test: leads of the past go through two rulesets side by side, today's and another, in the order they came.

Both begin with an empty ledger and empty tables, on the same network, and each sees the consequences of its own
choices: its fair share, its loads, its caps. What counts is the first round: who would have been asked first.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from partidor.domain.facts import Asked, LeadFacts
from partidor.domain.routing.choose import Choice, choose
from partidor.domain.routing.live import PACE_SPAN, LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView
from partidor.domain.routing.replays.elsewhere import MoveReason

MOST = 20_000
"""Leads kept of each list of changes; beyond them only the number is."""


@dataclass(frozen=True, slots=True)
class Past:
    """A lead of the past: what routing sees of it, who was out when it came, and what became of it.

    ``happened`` is whom its first decision asked first (None: nobody), and ``rule`` the name of the rule that did.
    """

    id: str
    at: datetime
    month: tuple[int, int]
    """Year and month of its arrival in the vendor's time zone."""
    lead: LeadFacts
    paused: int = 0
    no_hours: int = 0
    feedback_due: int = 0
    gone: frozenset[str] = frozenset()
    accepted: bool = False
    until: datetime | None = None
    """Until when it really ran, if somebody accepted it; None: it still does."""
    happened: str | None = None
    rule: str = ""


class Moved(NamedTuple):
    """A lead that goes elsewhere: whom today's rules ask first, whom the others, who was, and why."""

    lead: str
    before: str | None
    after: str | None
    happened: str | None
    rule_before: int | None
    rule_after: int | None
    rule_then: str
    why: MoveReason


@dataclass(frozen=True, slots=True)
class Health:
    """How fair one side was, in leads: its largest debt, what no debt may exceed, and Jain's index."""

    max_debt: float
    bound: int
    jain: float | None


@dataclass(frozen=True, slots=True)
class Tally:
    """What one side did: leads by the partner asked first, the most on each table at once, and leads for nobody."""

    leads: Counter[str]
    peaks: dict[str, int]
    unmatched: int
    fairness: Health


class _Side:
    """One ruleset on its way through the past."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.live = LiveState(snapshot.network)
        self.leads: Counter[int] = Counter()
        self.peaks: dict[int, int] = {}
        self.unmatched = 0
        self._month: tuple[int, int] | None = None
        self._weeks: deque[tuple[datetime, int]] = deque()
        self._tables: list[tuple[datetime, int, bool, tuple[int, int]]] = []
        self._asks_who_is_open = any(rule.asks_who_is_open for rule in snapshot.ruleset.rules)

    def choose(self, past: Past, view: LeadView) -> Choice:
        """Choose for the next lead, as everything stands when it comes."""
        live, tables = self.live, self._tables
        if past.month != self._month:
            self._month = past.month
            live.begin_month()
        while tables and tables[0][0] <= past.at:
            _, at, accepted, month = heappop(tables)
            live.let_go(at, accepted=accepted, this_month=month == past.month)
        while self._weeks and self._weeks[0][0] < past.at:
            live.end_week(self._weeks.popleft()[1])
        live.paused, live.no_hours, live.feedback_due = past.paused, past.no_hours, past.feedback_due
        if self._asks_who_is_open:
            live.open_now = live.network.at_work(past.at)[1]
        return choose(self.snapshot, past.lead, live, Asked(gone=past.gone), view=view)

    def book(self, choice: Choice, past: Past) -> None:
        """Let the leads that follow see what was chosen.

        A lead weighs on who is asked first: as long as it really ran if somebody accepted it, else for the time of
        an exclusive offer.
        """
        opened = choice.opened
        if opened is None:
            self.unmatched += 1
            return
        live, step, at = self.live, opened.step, choice.chosen[0]
        live.charge(opened.draws, past.lead.temperature)
        if past.accepted or step.exclusive:
            live.take(at)
            until = past.until if past.accepted else past.at + step.window.span
            if until is not None:
                heappush(self._tables, (until, at, past.accepted, past.month))
        if past.accepted and live.network.paced:
            self._weeks.append((past.at + PACE_SPAN, at))
        self.leads[at] += 1
        self.peaks[at] = max(self.peaks.get(at, 0), live.loads[at])

    def tally(self) -> Tally:
        ledger = self.live.ledger
        jain = ledger.jain()
        health = Health(round(ledger.max_debt(), 4), ledger.bound, None if jain is None else round(jain, 4))
        ids = self.snapshot.network.ids
        leads = Counter({ids[at]: count for at, count in self.leads.items()})
        return Tally(leads, {ids[at]: peak for at, peak in self.peaks.items()}, self.unmatched, health)

    def first(self, choice: Choice) -> str | None:
        """Return the id of who is asked first."""
        return self.snapshot.network.ids[choice.chosen[0]] if choice.chosen else None


class Backtest:
    """Two rulesets on one network; ``add`` the leads in the order of their arrival, and read what came of it."""

    def __init__(self, before: Snapshot, after: Snapshot, *, most: int = MOST) -> None:
        """Take today's rules and those to be tested, on the same network."""
        self._before, self._after = _Side(before), _Side(after)
        self._fields = tuple(dict.fromkeys(before.ruleset.asked_fields + after.ruleset.asked_fields))
        self._most = most
        self.leads = 0
        self.same = 0
        """Leads that both would ask the same partner about first."""
        self.as_then = 0
        """Leads whose first partner would be the one that really was."""
        self.moved: list[Moved] = []
        self.unlike_then: list[Moved] = []
        self.then: Counter[str] = Counter()
        self.unmatched_then = 0

    def add(self, past: Past) -> None:
        """Let one lead go through both."""
        view = LeadView(past.lead, self._fields)
        today, tested = self._before.choose(past, view), self._after.choose(past, view)
        before, after = self._before.first(today), self._after.first(tested)
        self.leads += 1
        if past.happened is None:
            self.unmatched_then += 1
        else:
            self.then[past.happened] += 1
        if before == after:
            self.same += 1
        elif len(self.moved) < self._most:
            why = self._why(view, today, tested)
            self.moved.append(self._moved(past, before, after, today, tested, why))
        if after == past.happened:
            self.as_then += 1
        elif len(self.unlike_then) < self._most:
            why = self._why_then(past, tested)
            self.unlike_then.append(self._moved(past, before, after, today, tested, why))
        self._before.book(today, past)
        self._after.book(tested, past)

    @property
    def before(self) -> Tally:
        """Return what today's rules did."""
        return self._before.tally()

    @property
    def after(self) -> Tally:
        """Return what the tested rules did."""
        return self._after.tally()

    @staticmethod
    def _moved(
        past: Past, before: str | None, after: str | None, today: Choice, tested: Choice, why: MoveReason
    ) -> Moved:
        return Moved(past.id, before, after, past.happened, _position(today), _position(tested), past.rule, why)

    def _why(self, view: LeadView, today: Choice, tested: Choice) -> MoveReason:
        was, now = today.opened, tested.opened
        if now is None:
            return MoveReason(tested.reason or "no_partner")
        if was is None:
            return MoveReason("taken")
        if was.rule.name != now.rule.name:
            return MoveReason("rule")
        if was.via != now.via or now.via == "known_customer":
            return MoveReason("known")
        live, one, other = self._after.live, today.chosen[0], tested.chosen[0]
        if not tested.eligible >> one & 1:
            return MoveReason("full" if live.at_capacity >> one & 1 else "who")
        left, right = now.order.scores((one, other), view, live)
        return MoveReason("score", right - left) if right - left > now.rule.equal_cents else MoveReason("share")

    @staticmethod
    def _why_then(past: Past, tested: Choice) -> MoveReason:
        if tested.opened is None:
            return MoveReason(tested.reason or "no_partner")
        if past.happened is None:
            return MoveReason("then_taken")
        return MoveReason("then" if tested.opened.rule.name == past.rule else "then_rule")


def _position(choice: Choice) -> int | None:
    return choice.rule.position if choice.rule else None
