"""The fair share: who of several equally suitable partners is asked, so that nobody is owed much.

For each lead handed out, S being the equally suitable partners with weights w: every i in S gains w_i / W(S), and
the chosen one pays 1. ``debt = expected - received``. Among those of S within one lead of the largest total debt,
the one with the largest debt of the lead's temperature is chosen, then the largest total, then the first id. This
is the carpool problem (Fagin & Williams, "A fair carpool scheduling algorithm", IBM J. Res. Dev. 27(2), 1983).

Debts are compared after the gains: with unequal weights the bound of (n - 1)/2 holds only so (docs/fairness.md).

Counted in whole millionths of a lead, so that the debts sum to zero exactly, whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

MICRO = 1_000_000
"""One lead, in millionths."""
ACCOUNTS = ("all", "hot", "warm", "cold")
_PLACE = {account: 2 * at for at, account in enumerate(ACCOUNTS)}
_NOTHING = (0,) * 8


def account_of(temperature: str) -> str:
    """Return the account of a temperature; an unknown one counts as warm."""
    return temperature if temperature in ("hot", "warm", "cold") else "warm"


def shares(weights: Iterable[int], millionths: int) -> tuple[int, ...]:
    """Part a step among members, by weight; the remainder goes one each to the first, so that the sum is exact.

    Weights below 0 count as 0; when all are 0, everyone counts the same.
    """
    return _shares(tuple(weights), millionths)


@lru_cache(maxsize=4096)
def _shares(weights: tuple[int, ...], millionths: int) -> tuple[int, ...]:
    whole = [max(0, weight) for weight in weights]
    total = sum(whole)
    if not total:
        whole, total = [1] * len(whole), len(whole)
    parts = [millionths * weight // total for weight in whole]
    for at in range(millionths - sum(parts)):
        parts[at] += 1
    return tuple(parts)


def evenness(ratios: Iterable[float]) -> float | None:
    """Return Jain's index: 1 when all ratios are the same, at worst 1/n; None where there is nothing to compare.

    Source: Jain, Chiu & Hawe, "A quantitative measure of fairness", DEC-TR-301, 1984.
    """
    listed = list(ratios)
    squares = sum(ratio * ratio for ratio in listed)
    return sum(listed) ** 2 / (len(listed) * squares) if squares else None


def first_owed(members: Sequence[Any], totals: Mapping[Any, int], of_temperature: Mapping[Any, int]) -> Any:
    """Choose one of the members (in the order of their ids) by their debts, gains included, in millionths."""
    reach = max(totals[member] for member in members) - MICRO
    best = None
    for member in members:
        total = totals[member]
        if total >= reach:
            key = (of_temperature[member], total)
            if best is None or key > best[0]:
                best = (key, member)
    return best[1] if best else None


class Ledger:
    """The accounts of one vendor: per partner what it was due and what it got, in all and by temperature."""

    __slots__ = ("rows",)

    def __init__(self, rows: dict[str, list[int]] | None = None) -> None:
        """Take the rows (expected, received of all, hot, warm, cold) by partner id."""
        self.rows: dict[str, list[int]] = {} if rows is None else rows

    @classmethod
    def from_json(cls, text: bytes | str) -> Ledger:
        """Read what ``to_json`` wrote; an empty text is an empty ledger."""
        return cls(orjson.loads(text)) if text else cls()

    def to_json(self) -> bytes:
        """Write the ledger compactly, the same for the same content."""
        return orjson.dumps(self.rows, option=orjson.OPT_SORT_KEYS)

    def debt(self, partner: str) -> int:
        """Return what a partner is owed (negative: got ahead), in millionths of a lead; a newcomer is owed nothing."""
        row = self.rows.get(partner, _NOTHING)
        return row[0] - row[1]

    def step(
        self, members: Sequence[str], weights: Sequence[int], chosen: str, temperature: str, millionths: int = MICRO
    ) -> None:
        """Book one step: each member (in the order of their ids) gains its share, the chosen pays the step.

        A stranger chosen is a ValueError.
        """
        if chosen not in members:
            raise ValueError("the chosen partner is not among the members")
        account = account_of(temperature)
        for member, share in zip(members, shares(weights, millionths), strict=True):
            self.add(member, account, share, 0)
        self.add(chosen, account, 0, millionths)

    def add(self, partner: str, account: str, due: int, got: int) -> None:
        """Add millionths to what a partner was due and got, of a temperature's account and in all."""
        place = _PLACE[account]
        row = self.rows.get(partner)
        if row is None:
            row = self.rows[partner] = [0] * 8
        row[0] += due
        row[1] += got
        row[place] += due
        row[place + 1] += got

    def sum(self, account: str = "all") -> int:
        """Return the sum of all debts in millionths: 0, or there is a bug."""
        place = _PLACE[account]
        return sum(row[place] - row[place + 1] for row in self.rows.values())

    def max_debt(self, account: str = "all") -> float:
        """Return the largest absolute debt, in leads."""
        place = _PLACE[account]
        return max((abs(row[place] - row[place + 1]) for row in self.rows.values()), default=0) / MICRO

    @property
    def bound(self) -> int:
        """Return what no total debt may exceed, in leads: one less than the partners in the ledger."""
        return max(0, len(self.rows) - 1)

    def jain(self, account: str = "all") -> float | None:
        """Return Jain's index of received / expected; None while nothing was received."""
        place = _PLACE[account]
        return evenness(row[place + 1] / row[place] for row in self.rows.values() if row[place] > 0)

    @property
    def sound(self) -> bool:
        """Say whether the law holds: every account sums to exactly zero, and no debt is beyond the bound."""
        return not any(self.sum(account) for account in ACCOUNTS) and self.max_debt() <= self.bound

    def statement(self, partners: Iterable[str] | None = None) -> dict[str, dict[str, Any]]:
        """Return per partner (default: everyone in the ledger) the figures in leads, as a report shows them.

        Each: expected, received, debt; and the same three under hot, warm and cold.
        """
        listed = sorted(self.rows) if partners is None else partners
        return {partner: self.figures(partner) for partner in listed}

    def figures(self, partner: str) -> dict[str, Any]:
        """Return one partner's figures in leads, as ``statement`` has them."""
        row = self.rows.get(partner, _NOTHING)
        accounts = {
            account: {
                "expected": row[place] / MICRO,
                "received": row[place + 1] / MICRO,
                "debt": (row[place] - row[place + 1]) / MICRO,
            }
            for account, place in _PLACE.items()
        }
        total: dict[str, Any] = dict(accounts.pop("all"))
        return {**total, **accounts}
