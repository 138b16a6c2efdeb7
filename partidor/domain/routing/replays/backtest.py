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
from partidor.domain.routing.decide import Decision, LiveState, decide
from partidor.domain.routing.live import PACE_SPAN
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView
from partidor.domain.routing.rank import order_on
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
        self.leads: Counter[str] = Counter()
        self.peaks: dict[str, int] = {}
        self.unmatched = 0
        self._month: tuple[int, int] | None = None
        self._weeks: deque[tuple[datetime, int]] = deque()
        self._tables: list[tuple[datetime, int, bool, tuple[int, int]]] = []
        self._asks_who_is_open = any(rule.asks_who_is_open for rule in snapshot.ruleset.rules)

    def decide(self, past: Past, view: LeadView) -> Decision:
        """Decide about the next lead, as everything stands when it comes."""
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
        return decide(self.snapshot, past.lead, live, Asked(gone=past.gone), shown=0, view=view)

    def book(self, decided: Decision, past: Past) -> None:
        """Let the leads that follow see what was decided.

        A lead weighs on who is asked first: as long as it really ran if somebody accepted it, else for the time of
        an exclusive offer.
        """
        if not decided.chosen or decided.step is None:
            self.unmatched += 1
            return
        live, first = self.live, decided.chosen[0].partner
        at = live.network.index[first]
        live.book(decided, past.lead)
        if past.accepted and not decided.step.exclusive:
            live.take(at)
        until = past.until if past.accepted else past.at + decided.step.window.span
        if until is not None and (past.accepted or decided.step.exclusive):
            heappush(self._tables, (until, at, past.accepted, past.month))
        if past.accepted and live.network.paced:
            self._weeks.append((past.at + PACE_SPAN, at))
        self.leads[first] += 1
        self.peaks[first] = max(self.peaks.get(first, 0), live.loads[at])

    def tally(self) -> Tally:
        ledger = self.live.ledger
        jain = ledger.jain()
        health = Health(round(ledger.max_debt(), 4), ledger.bound, None if jain is None else round(jain, 4))
        return Tally(self.leads, self.peaks, self.unmatched, health)


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
        today, tested = self._before.decide(past, view), self._after.decide(past, view)
        before, after = _first(today), _first(tested)
        self.leads += 1
        if past.happened is None:
            self.unmatched_then += 1
        else:
            self.then[past.happened] += 1
        if before == after:
            self.same += 1
        elif len(self.moved) < self._most:
            self.moved.append(self._moved(past, before, after, today, tested, self._why(view, today, tested)))
        if after == past.happened:
            self.as_then += 1
        elif len(self.unlike_then) < self._most:
            self.unlike_then.append(self._moved(past, before, after, today, tested, self._why_then(past, tested)))
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

    def _moved(
        self, past: Past, before: str | None, after: str | None, today: Decision, tested: Decision, why: MoveReason
    ) -> Moved:
        return Moved(past.id, before, after, past.happened, today.rule, tested.rule, past.rule, why)

    def _why(self, view: LeadView, today: Decision, tested: Decision) -> MoveReason:
        before = _first(today)
        if not tested.chosen:
            return MoveReason(tested.reason or "no_partner")
        if before is None or today.rule is None or tested.rule is None:
            return MoveReason("taken")
        if self._name(self._before, today.rule) != self._name(self._after, tested.rule):
            return MoveReason("rule")
        if today.via != tested.via or tested.via == "known_customer":
            return MoveReason("known")
        snapshot, live = self._after.snapshot, self._after.live
        one, other = snapshot.network.index[before], snapshot.network.index[tested.chosen[0].partner]
        if not tested.seen.eligible >> one & 1:
            return MoveReason("full" if tested.seen.at_capacity >> one & 1 else "who")
        rule = snapshot.ruleset.rules[tested.rule - 1]
        left, right = order_on(rule.order, snapshot.network, view).scores((one, other), view, live)
        return MoveReason("score", right - left) if right - left > rule.equal_cents else MoveReason("share")

    def _why_then(self, past: Past, tested: Decision) -> MoveReason:
        if not tested.chosen or tested.rule is None:
            return MoveReason(tested.reason or "no_partner")
        if past.happened is None:
            return MoveReason("then_taken")
        return MoveReason("then" if self._name(self._after, tested.rule) == past.rule else "then_rule")

    @staticmethod
    def _name(side: _Side, position: int) -> str:
        return side.snapshot.ruleset.rules[position - 1].name


def _first(decided: Decision) -> str | None:
    return decided.chosen[0].partner if decided.chosen else None
