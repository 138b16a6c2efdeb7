"""The offer plan: which round comes next, to how many, for how long, and what it reveals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from partidor.domain.business_time import Length

Reveal = Literal["full", "teaser"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a rule's plan. ``offer_to`` None means all."""

    offer_to: int | None
    window: Length
    remind_after: Length | None = None
    repeat: int = 1
    reveal: Reveal = "full"
    notify_manager: bool = False
    best_after: Length | None = None
    """When the best of those interested gets the lead; None: whoever accepts first."""

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


DECLINE_REASONS: Mapping[str, str] = {
    "no_vertical_match": "next",
    "capacity": "next",
    "spam": "review",
    "out_of_area": "next",
    "conflict": "exclude_customer",
    "not_reached": "next",
    "other": "next",
}
"""Why a partner declines, and what usually follows: the next partner is asked; two of the same send the lead
to review; or the partner is not asked about this customer again."""

VENDOR_FAULTS = frozenset({"spam", "no_vertical_match", "out_of_area"})
"""Declines for which the partner is credited: the lead was not right for it."""


def is_doubtful(reasons: Sequence[str], policies: Mapping[str, str]) -> bool:
    """Say whether two partners declined for a reason whose policy is review."""
    known = {**DECLINE_REASONS, **policies}
    return sum(known.get(reason) == "review" for reason in reasons) >= 2


def keeps_off_customer(policies: Mapping[str, str]) -> list[str]:
    """Return the reasons after which a partner is not asked about the same customer again."""
    known = {**DECLINE_REASONS, **policies}
    return [reason for reason, policy in known.items() if policy == "exclude_customer"]
