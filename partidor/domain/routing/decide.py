"""The decision: which rule takes a lead, which round of its plan opens, and who is asked.

Pure: the same snapshot, lead, live state and history give the same decision, always. Nothing is changed by
deciding; ``LiveState.book`` then makes the next lead of a batch see what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partidor.domain.facts import Asked, LeadFacts, Value
from partidor.domain.offers import Cursor, Plan, Step, following, is_last
from partidor.domain.routing.decision import EXCLUSIONS, REASONS, SHOWN, Decision, Draw, Given, Pinned, Seen, cursor_of
from partidor.domain.routing.fairness import MICRO, account_of
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView
from partidor.domain.routing.rank import Candidate, order_on
from partidor.domain.routing.ruleset import CENT, Rule
from partidor.domain.routing.slots import Filling

__all__ = [
    "EXCLUSIONS", "REASONS", "SHOWN", "Candidate", "Decision", "Draw", "LiveState", "Pinned", "decide", "lead_of",
    "replay",
]  # fmt: skip

_FIRST = Cursor()
NOBODY = Asked()


def decide(
    snapshot: Snapshot,
    lead: LeadFacts,
    live: LiveState,
    asked: Asked = NOBODY,
    *,
    trigger: str = "lead",
    pinned: Pinned | None = None,
    readmit_expired: bool = False,
    shown: int = SHOWN,
    view: LeadView | None = None,
) -> Decision:
    """Decide about one lead.

    Without ``pinned`` a run begins: the first rule that holds and has a candidate takes the lead. With it, the next
    round of that rule's plan that has a candidate opens. Who let an offer lapse is out until the plan's last round,
    unless ``readmit_expired``. ``shown`` is how many candidates are kept, with their points by criterion; 0 tells
    only who is asked. ``view`` is the lead as looked at, if several rulesets share it.
    """
    run = _Run(snapshot, lead, live, asked, readmit_expired, view)
    given = Given(lead, asked, pinned, readmit_expired, snapshot.ruleset.recorded_fields)
    if pinned is not None:
        return run.later_round(trigger, pinned, given, shown)
    return run.first_round(trigger, given, shown)


class _Run:
    """The inputs of one decision, and what follows from them step by step."""

    __slots__ = ("asked", "expired", "gone", "lead", "live", "network", "out", "snapshot", "view")

    def __init__(
        self, snapshot: Snapshot, lead: LeadFacts, live: LiveState, asked: Asked, readmit_expired: bool,
        view: LeadView | None,
    ) -> None:  # fmt: skip
        self.snapshot, self.network, self.lead, self.live = snapshot, snapshot.network, lead, live
        self.view = snapshot.view(lead) if view is None else view
        self.gone = self.network.mask(asked.gone) if asked.gone else 0
        self.expired = self.network.mask(asked.expired) if asked.expired and not readmit_expired else 0
        self.out = live.paused | live.no_hours | live.at_capacity | live.feedback_due

    def first_round(self, trigger: str, given: Given, shown: int) -> Decision:
        passed_over: list[tuple[int, str]] = []
        snapshot, view, everyone = self.snapshot, self.view, self.network.everyone
        already = None
        for rule in snapshot.holding(view):
            already = self._already(rule.plan, _FIRST)
            free = everyone & ~(self.out | already)
            eligible = snapshot.who(rule, view, free)
            if eligible:
                excluded = self._excluded(already, eligible)
                known = self._known_customer(rule, eligible)
                return self._open(rule, _FIRST, eligible, excluded, tuple(passed_over), known, trigger, given, shown)
            why = "all_unavailable" if snapshot.who(rule, view, everyone & ~free) else "no_match"
            passed_over.append((rule.position, why))
            if rule.otherwise == "stop":
                break
        reason = "no_partner" if passed_over else "no_rule"
        excluded = self._excluded(self.gone | self.expired if already is None else already, 0)
        if not passed_over:
            excluded.pop("who", None)  # no rule, so nobody failed its who
        return self._unassigned(None, tuple(passed_over), excluded, reason, trigger, given)

    def later_round(self, trigger: str, pinned: Pinned, given: Given, shown: int) -> Decision:
        rule = self.snapshot.ruleset.rules[pinned.rule - 1]
        cursor, already = pinned.cursor, self.gone | self.expired
        while cursor is not None:
            already = self._already(rule.plan, cursor)
            eligible = self.snapshot.who(rule, self.view, self.network.everyone & ~(self.out | already))
            if eligible:
                excluded = self._excluded(already, eligible)
                return self._open(rule, cursor, eligible, excluded, (), None, trigger, given, shown)
            # The next round with anybody differs from this one only by readmitting in the last.
            cursor = following(rule.plan, cursor)
        eligible = self.snapshot.who(rule, self.view, self.network.everyone & ~(self.out | already))
        excluded = self._excluded(already, eligible)
        return self._unassigned(rule, (), excluded, "nobody_left", trigger, given, eligible.bit_count())

    def _already(self, plan: Plan, cursor: Cursor) -> int:
        if self.expired and not is_last(plan, cursor):
            return self.gone | self.expired
        return self.gone

    def _excluded(self, already: int, eligible: int) -> dict[str, int]:
        """Count the codes, one per partner, in their order."""
        live, rest, found = self.live, self.network.everyone, {}
        masks = (live.paused, live.no_hours, live.at_capacity, already, live.feedback_due, rest & ~eligible)
        for code, mask in zip(EXCLUSIONS, masks, strict=True):
            here = rest & mask
            if here:
                found[code] = here.bit_count()
                rest ^= here
        return found

    def _known_customer(self, rule: Rule, eligible: int) -> int | None:
        if rule.known_customer == "prefer":
            for partner in self.lead.running_with:
                at = self.network.index.get(partner)
                if at is not None and eligible >> at & 1:
                    return at
        return None

    def _open(
        self, rule: Rule, cursor: Cursor, eligible: int, excluded: dict[str, int],
        passed_over: tuple[tuple[int, str], ...], known: int | None, trigger: str, given: Given, shown: int,
    ) -> Decision:  # fmt: skip
        live, view, network = self.live, self.view, self.network
        step = rule.plan[cursor.step]
        order = order_on(rule.order, network, view)
        count = eligible.bit_count()
        slots = 1 if known is not None else count if step.offer_to is None else min(step.offer_to, count)
        members, scores = order.best(eligible, view, live, slots, shown, rule.equal_cents)
        if known is not None and known not in members:
            members.append(known)
            scores += order.scores((known,), view, live)
        filling = Filling(members, scores, rule.equal_cents, live, account_of(self.lead.temperature))
        if known is not None:
            step = Step(1, step.window, step.remind_after, 1, "full", step.notify_manager)
            filling.take(known)
        elif step.offer_to is None:
            filling.take_all()
        else:
            filling.fill(step.offer_to)
        chosen = filling.chosen
        score_of = dict(zip(members, scores, strict=True))
        listed = chosen + filling.rest(shown - len(chosen))
        debts = {**live.debts(listed, filling.account), **filling.debts}
        parts = order.parts(listed, view, live) if shown else [{}] * len(listed)
        candidates = tuple(
            Candidate(network.ids[at], score_of[at] / CENT, points, debts[at][0] / MICRO, place)
            for place, (at, points) in enumerate(zip(listed, parts, strict=True), 1)
        )
        charged = filling.draws if known is None and self.lead.values.get("test") is not True else []
        loads = live.loads[:] if rule.uses_load else ()
        at_work = None if live.open_now is None or not rule.asks_who_is_open else live.open_now & eligible
        return Decision(
            trigger=trigger, rule=rule.position, passed_over=passed_over,
            via="plan" if known is None else "known_customer", cursor=cursor,
            next_cursor=following(rule.plan, cursor) if known is None else _FIRST,
            step=step, chosen=candidates[: len(chosen)], candidates=candidates, excluded=excluded,
            eligible=count, reason=None,
            steps=tuple(Draw(among, one, part) for among, one, part in charged),
            seen=Seen(
                live.paused, live.no_hours, live.at_capacity, live.feedback_due, eligible, loads, at_work, debts,
                live.full,
            ),
            given=given,
        )  # fmt: skip

    def _unassigned(
        self, rule: Rule | None, passed_over: tuple[tuple[int, str], ...], excluded: dict[str, int], reason: str,
        trigger: str, given: Given, eligible: int = 0,
    ) -> Decision:  # fmt: skip
        live = self.live
        return Decision(
            trigger=trigger, rule=rule.position if rule else None, passed_over=passed_over, via="plan", cursor=None,
            next_cursor=None, step=None, chosen=(), candidates=(), excluded=excluded, eligible=eligible, reason=reason,
            steps=(), given=given,
            seen=Seen(live.paused, live.no_hours, live.at_capacity, live.feedback_due, full=live.full),
        )  # fmt: skip


def replay(
    snapshot: Snapshot, record: Mapping[str, Any], lead_personal: Mapping[str, Value], *, shown: int = SHOWN
) -> Decision:
    """Decide again from what a decision kept, with the snapshot it names and the lead's personal fields as they are."""
    inputs = record["inputs"]
    lead, pinned = lead_of(snapshot, inputs, lead_personal), inputs["pinned"]
    return decide(
        snapshot,
        lead,
        LiveState.remembered(snapshot.network, record["live"], lead.temperature),
        Asked(frozenset(inputs["gone"]), frozenset(inputs["expired"])),
        trigger=record["trigger"],
        pinned=None if pinned is None else Pinned(pinned[0], cursor_of(pinned[1])),
        readmit_expired=inputs["readmit_expired"],
        shown=shown,
    )


def lead_of(snapshot: Snapshot, inputs: Mapping[str, Any], lead_personal: Mapping[str, Value]) -> LeadFacts:
    """Build the facts of a lead again from the inputs of a decision and the lead's personal fields."""
    personal = {name: lead_personal[name] for name in snapshot.ruleset.personal_fields if name in lead_personal}
    kept = {name: tuple(one) if isinstance(one, list) else one for name, one in inputs["values"].items()}
    point = inputs["point"]
    return LeadFacts(
        {**kept, **personal},
        (point[0], point[1]) if point else None,
        frozenset(inputs["customer_of"]),
        tuple(inputs["running_with"]),
    )
