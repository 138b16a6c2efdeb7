"""The rule index: which rules a lead can reach at all, as one big integer per (field, value).

Bit i of a bitmap stands for the rule at position i (from 0). Only *necessary* eq/in conditions are indexed, so a
rule that is left out cannot hold, and one that is left in has still to be tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from partidor.domain.conditions import Folded, Needs


class RuleIndex:
    """Narrows the rules of one ruleset down for one lead by a few ANDs."""

    def __init__(self, needs: Sequence[Needs]) -> None:
        """Take the needs of each rule, in the order of the rules."""
        self._every = (1 << len(needs)) - 1
        reach: dict[str, dict[Any, int]] = {}
        free: dict[str, int] = {}
        for at, wanted in enumerate(needs):
            for field, values in wanted.items():
                by_value = reach.setdefault(field, {})
                free[field] = free.get(field, self._every) & ~(1 << at)
                for value in values:
                    by_value[value] = by_value.get(value, 0) | (1 << at)
        self._columns: tuple[tuple[str, Mapping[Any, int], int], ...] = tuple(
            (field, {value: bits | free[field] for value, bits in by_value.items()}, free[field])
            for field, by_value in reach.items()
        )

    def reached(self, folded: Folded) -> int:
        """Return a bitmap of the rules that may hold for a lead with these folded values."""
        rules = self._every
        for field, by_value, free in self._columns:
            found = folded.get(field)
            if type(found) is tuple:
                bits = free
                for one in found:
                    bits |= by_value.get(one, 0)
                rules &= bits
            else:
                rules &= by_value.get(found, free)
        return rules
