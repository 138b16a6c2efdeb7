"""Leads of the past held against rules, by matching alone: which rule would take each, and who could get it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from partidor.domain.facts import LeadFacts
from partidor.domain.routing.choose import choose
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.reach import reached


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of some leads, in their order. Positions of rules count from 1."""

    takers: tuple[int | None, ...]
    """Which rule takes each lead; None: no rule."""
    could: tuple[int, ...]
    """Who could get each, as a mask."""
    holds: tuple[int, ...]
    """How many of the leads each rule's ``when`` holds for, whether or not an earlier rule takes them."""
    firsts: tuple[int | None, ...]
    """The first rule whose ``when`` holds for each lead, whether or not it has a partner for it; None: none holds."""

    def taken(self, position: int) -> int:
        """Count the leads that a rule takes."""
        return self.takers.count(position)

    def partners(self, position: int) -> int:
        """Return who could get a lead of a rule, as a mask."""
        mask = 0
        for taker, could in zip(self.takers, self.could, strict=True):
            if taker == position:
                mask |= could
        return mask


def rehearse(snapshot: Snapshot, leads: Sequence[LeadFacts]) -> Rehearsed:
    """Let each lead find its rule: the first that holds and lets somebody through, pauses and loads left aside."""
    takers: list[int | None] = []
    could: list[int] = []
    holds = [0] * len(snapshot.ruleset.rules)
    firsts: list[int | None] = []
    everyone = snapshot.network.everyone
    for lead in leads:
        view = snapshot.view(lead)
        taker, mask, first, stopped = None, 0, None, False
        for rule in snapshot.holding(view):
            holds[rule.position - 1] += 1
            first = first or rule.position
            if taker is None and not stopped:
                mask = snapshot.who(rule, view, everyone)
                taker = rule.position if mask else None
                stopped = rule.otherwise == "stop"
        takers.append(taker)
        could.append(mask)
        firsts.append(first)
    return Rehearsed(tuple(takers), tuple(could), tuple(holds), tuple(firsts))


@dataclass(frozen=True, slots=True)
class HandedOut:
    """To whom one rule would offer its leads first, if nothing had been handed out before."""

    leads: Counter[int]
    """Leads by partner (position in the network)."""
    max_debt: float
    """The largest debt at the end, in leads."""
    median_km: float | None
    """Between lead and partner; None where no place is known."""


def hand_out(snapshot: Snapshot, leads: Sequence[LeadFacts]) -> HandedOut:
    """Hand out leads in their order by a fair share that begins at nothing; pauses, loads and limits left aside."""
    network = snapshot.network
    live = LiveState(network)
    live.at_capacity = 0
    counted: Counter[int] = Counter()
    far: list[float] = []
    for lead in leads:
        view = snapshot.view(lead)
        choice = choose(snapshot, lead, live, view=view)
        if choice.opened:
            live.charge(choice.opened.draws, lead.temperature)
        counted.update(choice.chosen)
        far += [km for km in network.distances(view, choice.chosen) if km is not None]
    return HandedOut(counted, live.ledger.max_debt(), median(far) if far else None)


def unreached(snapshot: Snapshot) -> int:
    """Return the partners that no rule reaches, whatever the lead, as a mask."""
    return snapshot.network.everyone & ~reached(snapshot.ruleset.rules, snapshot.network)
