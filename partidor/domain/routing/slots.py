"""How the slots of one round are filled: from the best score band down, by the fair share where a band does not fit."""

from __future__ import annotations

from heapq import nsmallest

from partidor.domain.routing.decision import Draw
from partidor.domain.routing.fairness import MICRO, first_owed, shares
from partidor.domain.routing.live import LiveState


class Filling:
    """Fills the slots of one round from the best score band down, by the fair share where a band does not fit."""

    __slots__ = (
        "account", "chosen", "debts", "draws", "equal", "live", "members", "of_temperature", "others", "scores",
        "totals", "undrawn",
    )  # fmt: skip

    def __init__(self, members: list[int], scores: list[int], equal: int, live: LiveState, account: str) -> None:
        """Take the eligible (positions, ascending), their scores and the band, in hundredths of a point."""
        self.members, self.scores, self.equal, self.live, self.account = members, scores, equal, live, account
        self.chosen: list[int] = []
        self.draws: list[Draw] = []
        self.undrawn: list[int] = []
        self.debts: dict[int, tuple[int, int]] = {}
        self.others = members, scores

    def take(self, at: int) -> None:
        """Ask one partner alone, without the fair share."""
        self.chosen = [at]
        pairs = [(one, score) for one, score in zip(self.members, self.scores, strict=True) if one != at]
        self.others = [one for one, _ in pairs], [score for _, score in pairs]

    def take_all(self) -> None:
        """Ask everyone, best first."""
        self.chosen = self._best(*self.others, len(self.members))
        self.others = [], []

    def fill(self, wanted: int) -> None:
        """Ask as many as wanted; each slot is an equal part of one lead, remainders to the first."""
        members, scores = self.others
        slots = min(wanted, len(members))
        parts = shares([1] * slots, MICRO)
        while len(self.chosen) < slots:
            least = max(scores) - self.equal
            band = [at for at, score in zip(members, scores, strict=True) if score >= least]
            if len(band) == len(members):
                below: tuple[list[int], list[int]] = [], []
            else:
                below = (
                    [at for at, score in zip(members, scores, strict=True) if score < least],
                    [score for score in scores if score < least],
                )
            if len(band) <= slots - len(self.chosen):
                if len(band) > 1:
                    band = self._best(band, [score for score in scores if score >= least], len(band))
                for at in band:
                    self.draws.append(Draw([at], at, parts[len(self.chosen)]))
                    self.chosen.append(at)
            else:
                self._draw(band, parts[len(self.chosen) :])
            members, scores = self.others = below

    def rest(self, number: int) -> list[int]:
        """Return who comes next, at most so many: first the rest of the drawn band, by debts, then by score."""
        if number <= 0:
            return []
        found = self._owed_most(self.undrawn)[:number] if self.undrawn else []
        return found + self._best(*self.others, number - len(found))

    def _draw(self, band: list[int], parts: tuple[int, ...]) -> None:
        facts, live, account = self.live.network.facts, self.live, self.account
        debts = live.debts(band, account)
        self.debts.update(debts)
        self.totals = totals = {at: debt[0] for at, debt in debts.items()}
        self.of_temperature = of_temperature = {at: debt[1] for at, debt in debts.items()}
        for part in parts:
            for at, share in zip(band, shares([facts[at].weight for at in band], part), strict=True):
                totals[at] += share
                of_temperature[at] += share
            one = first_owed(band, totals, of_temperature)
            self.draws.append(Draw(band, one, part))
            self.chosen.append(one)
            band = [at for at in band if at != one]
        self.undrawn = band

    def _owed_most(self, band: list[int]) -> list[int]:
        """Sort members of a band by their debts: who would be drawn next comes first."""
        totals, of_temperature = self.totals, self.of_temperature
        reach = max(totals[at] for at in band) - MICRO

        def owed(at: int) -> tuple[bool, int, int, int]:
            near = totals[at] >= reach
            return not near, -of_temperature[at] if near else 0, -totals[at], at

        return sorted(band, key=owed)

    @staticmethod
    def _best(members: list[int], scores: list[int], number: int) -> list[int]:
        if number <= 0 or not members:
            return []
        # One integer per member sorts faster than a pair: by score downwards, then by position upwards.
        size = max(members) + 1
        keys = [at - score * size for at, score in zip(members, scores, strict=True)]
        found = nsmallest(number, keys) if number * 4 < len(keys) else sorted(keys)[:number]
        return [key % size for key in found]
