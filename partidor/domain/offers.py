"""The offer plan: which round comes next, to how many, for how long, and what it reveals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Reveal = Literal["full", "teaser"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule's plan. ``offer_to`` None means all."""

    offer_to: int | None
    window: timedelta
    remind_after: timedelta | None = None
    repeat: int = 1
    reveal: Reveal = "full"
    notify_manager: bool = False

    @property
    def exclusive(self) -> bool:
        """Say whether one partner alone is asked."""
        return self.offer_to == 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a plan: the step (from 0) and which of its repetitions (from 1)."""

    step: int = 0
    repetition: int = 1


Plan = tuple[Step, ...]


def following(plan: Plan, cursor: Cursor) -> Cursor | None:
    """Return the round after this one, or None when the plan has run out."""
    if cursor.repetition < plan[cursor.step].repeat:
        return Cursor(cursor.step, cursor.repetition + 1)
    if cursor.step + 1 < len(plan):
        return Cursor(cursor.step + 1)
    return None


def is_last(plan: Plan, cursor: Cursor) -> bool:
    """Say whether no round follows this one."""
    return following(plan, cursor) is None
