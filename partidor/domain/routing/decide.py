"""The decision: a choice, and all that tells why it fell so and lets it be made again.

Pure: the same snapshot, lead, live state and history give the same decision, always. Nothing is changed by
deciding; ``LiveState.book`` then makes the next lead of a batch see what was decided.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partidor.domain.facts import Asked, LeadFacts, Value
from partidor.domain.offers import following
from partidor.domain.routing.choose import FIRST, NOBODY, Choice, Opened, choose
from partidor.domain.routing.decision import EXCLUSIONS, SHOWN, Decision, Given, Pinned, Seen, cursor_of
from partidor.domain.routing.fairness import MICRO
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView
from partidor.domain.routing.rank import Candidate
from partidor.domain.routing.ruleset import CENT


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
) -> Decision:
    """Decide about one lead.

    Without ``pinned`` a run begins: the first rule that holds and has a candidate takes the lead. With it, the next
    round of that rule's plan that has a candidate opens. Who let an offer lapse is out until the plan's last round,
    unless ``readmit_expired``. ``shown`` is how many candidates are kept, with their points by criterion; whoever
    is asked always is.
    """
    view = snapshot.view(lead)
    choice = choose(snapshot, lead, live, asked, pinned=pinned, readmit_expired=readmit_expired, shown=shown, view=view)
    given = Given(lead, asked, pinned, readmit_expired, snapshot.ruleset.recorded_fields)
    if choice.opened is None:
        return _unassigned(choice, live, trigger, given)
    return _opened(choice, choice.opened, view, live, trigger, given, shown)


def _opened(
    choice: Choice, opened: Opened, view: LeadView, live: LiveState, trigger: str, given: Given, shown: int
) -> Decision:
    network, rule, order, filling = live.network, opened.rule, opened.order, opened.filling
    chosen = filling.chosen
    listed = chosen + filling.rest(shown - len(chosen))
    score_of = dict(zip(filling.members, filling.scores, strict=True))
    debts = {**live.debts(listed, filling.account), **filling.debts}
    parts = order.parts(listed, view, live)
    candidates = tuple(
        Candidate(network.ids[at], score_of[at] / CENT, points, debts[at][0] / MICRO, place)
        for place, (at, points) in enumerate(zip(listed, parts, strict=True), 1)
    )
    loads = live.loads[:] if rule.uses_load else ()
    at_work = None if live.open_now is None or not rule.asks_who_is_open else live.open_now & choice.eligible
    return Decision(
        trigger=trigger, rule=rule.position, passed_over=choice.passed_over, via=opened.via, cursor=opened.cursor,
        next_cursor=following(rule.plan, opened.cursor) if opened.via == "plan" else FIRST,
        step=opened.step, chosen=candidates[: len(chosen)], candidates=candidates, excluded=_excluded(choice, live),
        eligible=choice.eligible.bit_count(), reason=None, steps=tuple(opened.draws),
        seen=Seen(
            live.paused, live.no_hours, live.at_capacity, live.feedback_due, choice.eligible, loads, at_work, debts,
            live.full,
        ),
        given=given,
    )  # fmt: skip


def _unassigned(choice: Choice, live: LiveState, trigger: str, given: Given) -> Decision:
    excluded = _excluded(choice, live)
    if choice.reason == "no_rule":
        excluded.pop("who", None)  # no rule, so nobody failed its who
    return Decision(
        trigger=trigger, rule=choice.rule.position if choice.rule else None, passed_over=choice.passed_over, via="plan",
        cursor=None, next_cursor=None, step=None, chosen=(), candidates=(), excluded=excluded,
        eligible=choice.eligible.bit_count(), reason=choice.reason, steps=(), given=given,
        seen=Seen(live.paused, live.no_hours, live.at_capacity, live.feedback_due, full=live.full),
    )  # fmt: skip


def _excluded(choice: Choice, live: LiveState) -> dict[str, int]:
    """Count the codes, one per partner, in their order."""
    rest, found = live.network.everyone, {}
    who = rest & ~choice.eligible
    masks = (live.paused, live.no_hours, live.at_capacity, choice.already, live.feedback_due, who)
    for code, mask in zip(EXCLUSIONS, masks, strict=True):
        here = rest & mask
        if here:
            found[code] = here.bit_count()
            rest ^= here
    return found


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
