"""Leads of the past held against rules, by matching alone: which rule would take each, and who could get it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from partidor.domain.facts import LeadFacts
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
    empty_handed: int
    """Leads that some rule holds for, but none with a partner."""

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
    empty_handed = 0
    everyone = snapshot.network.everyone
    for lead in leads:
        view = snapshot.view(lead)
        taker, mask, held, stopped = None, 0, False, False
        for rule in snapshot.holding(view):
            holds[rule.position - 1] += 1
            held = True
            if taker is None and not stopped:
                mask = snapshot.who(rule, view, everyone)
                taker = rule.position if mask else None
                stopped = rule.otherwise == "stop"
        takers.append(taker)
        could.append(mask)
        empty_handed += held and taker is None
    return Rehearsed(tuple(takers), tuple(could), tuple(holds), empty_handed)


def unreached(snapshot: Snapshot) -> int:
    """Return the partners that no rule reaches, whatever the lead, as a mask."""
    return snapshot.network.everyone & ~reached(snapshot.ruleset.rules, snapshot.network)
