"""The live state of a network: who is out at the moment, how much each has on the table, and the ledger."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from typing import Any

from partidor.domain.facts import LeadFacts
from partidor.domain.routing.decision import Decision
from partidor.domain.routing.fairness import Ledger, account_of
from partidor.domain.routing.network import Network, bits, unpack

_ACCOUNT_PLACE = {"hot": 2, "warm": 4, "cold": 6}


class LiveState:
    """Who is out at the moment, the loads and the ledger, for the decisions of one batch under one lock.

    ``loads``: accepted running leads and open exclusive offers. ``months``: leads accepted this month and open
    exclusive offers. Partners that are not in the network are passed over.
    """

    __slots__ = ("at_capacity", "feedback_due", "ledger", "loads", "months", "network", "no_hours", "paused")

    def __init__(
        self,
        network: Network,
        *,
        paused: Iterable[str] = (),
        no_hours: Iterable[str] = (),
        feedback_due: Iterable[str] = (),
        loads: Mapping[str, int] | None = None,
        months: Mapping[str, int] | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        """Take what is true now; the ledger is written to by ``book``."""
        self.network = network
        self.paused = network.mask(paused)
        self.no_hours = network.mask(no_hours)
        self.feedback_due = network.mask(feedback_due)
        index = network.index
        self.loads = array("q", bytes(8 * network.size))
        for one, load in (loads or {}).items():
            if one in index:
                self.loads[index[one]] = load
        self.months = {index[one]: count for one, count in (months or {}).items() if count and one in index}
        self.ledger = Ledger() if ledger is None else ledger
        self.at_capacity = 0
        for at in network.capped:
            if self._is_full(at):
                self.at_capacity |= 1 << at

    @classmethod
    def remembered(cls, network: Network, live: Mapping[str, Any], temperature: str) -> LiveState:
        """Build the live state again that a decision kept."""
        state = cls(network)
        state.paused, state.no_hours = unpack(live["paused"]), unpack(live["no_hours"])
        state.at_capacity, state.feedback_due = unpack(live["at_capacity"]), unpack(live["feedback_due"])
        for at, load in zip(bits(unpack(live["eligible"])), live["loads"], strict=False):
            state.loads[at] = load
        place = _ACCOUNT_PLACE[account_of(temperature)]
        for at, total, of_temperature in live["debts"]:
            row = state.ledger.rows[network.ids[at]] = [0] * 8
            row[0], row[place] = total, of_temperature
        return state

    def book(self, decision: Decision, lead: LeadFacts) -> None:
        """Charge the ledger and raise loads, so that the next lead of the batch sees this decision."""
        network, ledger = self.network, self.ledger
        for draw in decision.steps:
            weights = [network.facts[network.index[member]].weight for member in draw.members]
            ledger.step(draw.members, weights, draw.chosen, lead.temperature, draw.millionths)
        if decision.step is not None and decision.step.exclusive:
            for candidate in decision.chosen:
                at = network.index[candidate.partner]
                self.loads[at] += 1
                self.months[at] = self.months.get(at, 0) + 1
                if self._is_full(at):
                    self.at_capacity |= 1 << at

    def debts(self, members: Iterable[int], account: str) -> dict[int, tuple[int, int]]:
        """Return the total debt of members (positions) and their debt of a temperature, in millionths."""
        rows, ids, place = self.ledger.rows, self.network.ids, _ACCOUNT_PLACE[account]
        found = {}
        for at in members:
            row = rows.get(ids[at])
            found[at] = (row[0] - row[1], row[place] - row[place + 1]) if row else (0, 0)
        return found

    def _is_full(self, at: int) -> bool:
        partner = self.network.facts[at]
        cap, monthly = partner.max_open_leads, partner.monthly_cap
        if cap is not None and self.loads[at] >= cap:
            return True
        return monthly is not None and self.months.get(at, 0) >= monthly
