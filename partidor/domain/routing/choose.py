"""The choice: which rule takes a lead, which round of its plan opens, and who is asked.

It is the part of a decision that others depend on. ``decide`` makes a choice and adds what tells why; a back-test,
which sends many leads through two rulesets, only chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from partidor.domain.facts import Asked, LeadFacts
from partidor.domain.offers import Cursor, Plan, Step, following, is_last
from partidor.domain.routing.decision import Draw, Pinned
from partidor.domain.routing.fairness import account_of
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView
from partidor.domain.routing.rank import Order, order_on
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.slots import Filling

FIRST = Cursor()
NOBODY = Asked()


@dataclass(frozen=True, slots=True)
class Opened:
    """The round that a choice opens: how it was ranked, and how its slots were filled."""

    rule: Rule
    cursor: Cursor
    step: Step
    via: Literal["plan", "known_customer"]
    order: Order
    filling: Filling
    draws: Sequence[Draw]
    """Those of the filling that the fair share counts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one lead; partners are masks and positions in the network."""

    rule: Rule | None
    passed_over: tuple[tuple[int, str], ...]
    """Rules that held but had no candidate: (position, ``no_match`` | ``all_unavailable``)."""
    already: int
    """Who counts as asked already."""
    eligible: int
    opened: Opened | None
    reason: str | None
    """Why nobody is asked."""

    @property
    def chosen(self) -> Sequence[int]:
        """Return who is asked, the first first."""
        return self.opened.filling.chosen if self.opened else ()


def choose(
    snapshot: Snapshot,
    lead: LeadFacts,
    live: LiveState,
    asked: Asked = NOBODY,
    *,
    pinned: Pinned | None = None,
    readmit_expired: bool = False,
    shown: int = 0,
    view: LeadView | None = None,
) -> Choice:
    """Choose for one lead, as ``decide`` says; beside the chosen, at least the best ``shown`` are ranked."""
    run = _Run(snapshot, lead, live, asked, readmit_expired, shown, view)
    return run.first_round() if pinned is None else run.later_round(pinned)


class _Run:
    """The inputs of one choice, and what follows from them step by step."""

    __slots__ = ("expired", "gone", "lead", "live", "out", "shown", "snapshot", "view")

    def __init__(
        self, snapshot: Snapshot, lead: LeadFacts, live: LiveState, asked: Asked, readmit_expired: bool, shown: int,
        view: LeadView | None,
    ) -> None:  # fmt: skip
        self.snapshot, self.lead, self.live, self.shown = snapshot, lead, live, shown
        self.view = snapshot.view(lead) if view is None else view
        network = snapshot.network
        self.gone = network.mask(asked.gone) if asked.gone else 0
        self.expired = network.mask(asked.expired) if asked.expired and not readmit_expired else 0
        self.out = live.paused | live.no_hours | live.at_capacity | live.feedback_due

    def first_round(self) -> Choice:
        passed_over: list[tuple[int, str]] = []
        snapshot, view, everyone = self.snapshot, self.view, self.snapshot.network.everyone
        already = self.gone | self.expired
        for rule in snapshot.holding(view):
            already = self._already(rule.plan, FIRST)
            free = everyone & ~(self.out | already)
            eligible = snapshot.who(rule, view, free)
            if eligible:
                opened = self._open(rule, FIRST, eligible, self._known_customer(rule, eligible))
                return Choice(rule, tuple(passed_over), already, eligible, opened, None)
            why = "all_unavailable" if snapshot.who(rule, view, everyone & ~free) else "no_match"
            passed_over.append((rule.position, why))
            if rule.otherwise == "stop":
                break
        return Choice(None, tuple(passed_over), already, 0, None, "no_partner" if passed_over else "no_rule")

    def later_round(self, pinned: Pinned) -> Choice:
        rule = self.snapshot.ruleset.rules[pinned.rule - 1]
        cursor, already = pinned.cursor, self.gone | self.expired
        while cursor is not None:
            already = self._already(rule.plan, cursor)
            eligible = self._who(rule, already)
            if eligible:
                return Choice(rule, (), already, eligible, self._open(rule, cursor, eligible), None)
            # The next round with anybody differs from this one only by readmitting in the last.
            cursor = following(rule.plan, cursor)
        return Choice(rule, (), already, self._who(rule, already), None, "nobody_left")

    def _who(self, rule: Rule, already: int) -> int:
        return self.snapshot.who(rule, self.view, self.snapshot.network.everyone & ~(self.out | already))

    def _already(self, plan: Plan, cursor: Cursor) -> int:
        if self.expired and not is_last(plan, cursor):
            return self.gone | self.expired
        return self.gone

    def _known_customer(self, rule: Rule, eligible: int) -> int | None:
        if rule.known_customer == "prefer":
            for partner in self.lead.running_with:
                at = self.snapshot.network.index.get(partner)
                if at is not None and eligible >> at & 1:
                    return at
        return None

    def _open(self, rule: Rule, cursor: Cursor, eligible: int, known: int | None = None) -> Opened:
        live, view = self.live, self.view
        step = rule.plan[cursor.step]
        order = order_on(rule.order, self.snapshot.network, view)
        if known is not None:
            slots = 1
        else:
            count = eligible.bit_count()
            slots = count if step.offer_to is None else min(step.offer_to, count)
        members, scores = order.best(eligible, view, live, slots, self.shown, rule.equal_cents)
        if known is not None and known not in members:
            members.append(known)
            scores += order.scores((known,), view, live)
        filling = Filling(members, scores, rule.equal_cents, live, account_of(self.lead.temperature))
        if known is not None:
            filling.take(known)
            step = Step(1, step.window, step.remind_after, 1, "full", step.notify_manager)
            return Opened(rule, cursor, step, "known_customer", order, filling, ())
        if step.offer_to is None:
            filling.take_all()
        else:
            filling.fill(step.offer_to)
        draws = filling.draws if self.lead.values.get("test") is not True else []
        return Opened(rule, cursor, step, "plan", order, filling, draws)
