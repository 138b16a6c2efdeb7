"""The draws that decisions keep, added up again: the fair share of a period, of a rule, of a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.routing.fairness import Ledger, account_of, shares
from partidor.domain.routing.network import bits, unpack


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Who stood in a version of the network, in the order of its positions, and with which weights.

    Draws are counted together where it is the very same object.
    """

    ids: Sequence[str]
    weights: Sequence[int]


class Draws:
    """Adds up draws, as ``Draw.record`` wrote them. Equal ones are counted first and parted once."""

    __slots__ = ("_due", "_got")

    def __init__(self) -> None:
        """Begin with none."""
        self._due: Counter[tuple[Standing, str, tuple[int, ...] | str, int]] = Counter()
        self._got: Counter[tuple[str, str]] = Counter()

    def add(self, standing: Standing, temperature: str | None, draws: Iterable[Sequence[Any]], times: int = 1) -> None:
        """Add what one decision drew among those who stood in its network; or so many that drew the same."""
        account = account_of(temperature or "")
        for members, chosen, millionths in draws:
            packed = members if isinstance(members, str) else tuple(members)
            self._due[standing, account, packed, millionths] += times
            self._got[standing.ids[chosen], account] += millionths * times

    def ledger(self) -> Ledger:
        """Return the ledger that these draws alone would have made."""
        ledger = Ledger()
        for (standing, account, packed, millionths), times in self._due.items():
            members = bits(unpack(packed)) if isinstance(packed, str) else packed
            gains = shares([standing.weights[at] for at in members], millionths)
            for at, gain in zip(members, gains, strict=True):
                ledger.add(standing.ids[at], account, gain * times, 0)
        for (partner, account), millionths in self._got.items():
            ledger.add(partner, account, 0, millionths)
        return ledger
