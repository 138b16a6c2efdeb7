"""An axis with round numbers on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEW = 6
"""At most so many steps."""


@dataclass(frozen=True, slots=True)
class Axis:
    """From 0 to its last tick; places lie between ``left`` and ``right`` of a picture."""

    ticks: Sequence[float]
    left: float = 4.0
    right: float = 232.0

    def place(self, value: float) -> float:
        """Return where a value lies, at the ends if beyond."""
        share = min(1.0, max(0.0, value / self.ticks[-1]))
        return round(self.left + (self.right - self.left) * share, 1)


def axis(most: float) -> Axis:
    """Lay an axis on which a value fits, in steps of 1, 2, 2.5 or 5 times a power of ten, and of one at least."""
    step = 1.0
    for power in range(int(math.log10(max(most, 1))) + 2):
        step = next((nice * 10**power for nice in (1, 2, 2.5, 5) if nice * 10**power * FEW >= most), 0)
        if step and step == int(step):
            break
    step = step or 1.0
    return Axis([step * number for number in range(max(1, math.ceil(most / step)) + 1)])
