"""What a decision is, and what it keeps so that it can be told and made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from partidor.domain.facts import Asked, LeadFacts, Value
from partidor.domain.offers import Cursor, Step
from partidor.domain.routing.network import bits, pack, pack_counts, pack_places, rounded
from partidor.domain.routing.rank import Candidate

SHOWN = 10
"""How many candidates a decision keeps, unless more are asked."""
EXCLUSIONS = ("paused", "no_hours", "at_capacity", "already_asked", "feedback_due", "who")
"""Why a partner is out, in this order: each partner has the first code that is true of it."""
REASONS = ("no_rule", "no_partner", "nobody_left")
"""Why a lead is unassigned: no rule holds; rules hold, but none has a candidate; the plan of its rule has run out."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The live state that a decision was made from, by positions in the network."""

    paused: int = 0
    no_hours: int = 0
    at_capacity: int = 0
    feedback_due: int = 0
    eligible: int = 0
    loads: Sequence[int] = ()
    """Loads by position, when the rule asks for loads; only those of the eligible count and are kept."""
    open_now: int | None = None
    """Who of the eligible is at work, when the rule asks for it."""
    debts: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    """Total and temperature debts, in millionths, of those who were compared or are shown."""
    full: Mapping[str, int] = field(default_factory=dict)
    """Who has reached which limit, as masks: tells apart what ``at_capacity`` puts together."""

    def __eq__(self, other: object) -> bool:
        """Compare what is kept."""
        return isinstance(other, Seen) and self.record() == other.record()

    __hash__ = None  # type: ignore[assignment]

    def record(self) -> dict[str, Any]:
        """Write it as JSON."""
        members = sorted(self.debts)
        return {
            "paused": pack(self.paused),
            "no_hours": pack(self.no_hours),
            "at_capacity": pack(self.at_capacity),
            "feedback_due": pack(self.feedback_due),
            "eligible": pack(self.eligible),
            "loads": pack_counts([self.loads[at] for at in bits(self.eligible)] if self.loads else []),
            **({"full": full} if (full := {limit: pack(who) for limit, who in self.full.items() if who}) else {}),
            **({} if self.open_now is None else {"open_now": pack(self.open_now)}),
            "debts": [[at, *self.debts[at]] for at in members if any(self.debts[at])],
        }


class Draw(NamedTuple):
    """One step of the fair share: who was equally suitable, who was chosen, and how much of a lead it hands out.

    Partners are positions in the network, members ascending.
    """

    members: Sequence[int]
    chosen: int
    millionths: int

    def record(self) -> list[Any]:
        """Write it as JSON: [members, packed like a mask; chosen; millionths]."""
        return [pack_places(self.members), self.chosen, self.millionths]


@dataclass(frozen=True, slots=True)
class Pinned:
    """A later round of a run: its rule (by position), and the round to open (None: the plan has run out)."""

    rule: int
    cursor: Cursor | None


@dataclass(frozen=True, slots=True)
class Given:
    """What a decision was asked with, beside snapshot and live state."""

    lead: LeadFacts
    asked: Asked
    pinned: Pinned | None
    readmit_expired: bool
    fields: tuple[str, ...]

    def record(self) -> dict[str, Any]:
        """Write it as JSON: only fields that the ruleset reads, and no personal ones."""
        values = self.lead.values
        cursor = self.pinned.cursor if self.pinned else None
        return {
            "values": {name: _plain(values[name]) for name in self.fields if name in values},
            "point": rounded(self.lead.point),
            "customer_of": sorted(self.lead.customer_of),
            "running_with": list(self.lead.running_with),
            "gone": sorted(self.asked.gone),
            "expired": sorted(self.asked.expired),
            "pinned": None if self.pinned is None else [self.pinned.rule, cursor_record(cursor)],
            "readmit_expired": self.readmit_expired,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """What routing decided about one lead. Equal decisions are equal but for what they were asked with."""

    trigger: str
    rule: int | None
    """Position of the rule, from 1."""
    passed_over: tuple[tuple[int, str], ...]
    """Rules that held but had no candidate: (position, ``no_match`` | ``all_unavailable``)."""
    via: Literal["plan", "known_customer"]
    cursor: Cursor | None
    """The round to open. A known customer's partner is asked before the plan: then it is the plan's first."""
    next_cursor: Cursor | None
    step: Step | None
    chosen: tuple[Candidate, ...]
    candidates: tuple[Candidate, ...]
    excluded: Mapping[str, int]
    eligible: int
    reason: str | None
    steps: tuple[Draw, ...]
    seen: Seen
    given: Given = field(compare=False)

    @property
    def live(self) -> dict[str, Any]:
        """Return the live state that mattered, as JSON."""
        return self.seen.record()

    def record(self) -> dict[str, Any]:
        """Return the decision with every input as JSON: with the same snapshot, ``replay`` gives it again.

        Holds ids, codes and numbers, and of the lead only non-personal fields that the ruleset reads.
        """
        return {
            "trigger": self.trigger,
            "rule": self.rule,
            "passed_over": [{"rule": rule, "why": why} for rule, why in self.passed_over],
            "via": self.via,
            "cursor": cursor_record(self.cursor),
            "next_cursor": cursor_record(self.next_cursor),
            "chosen": [candidate.partner for candidate in self.chosen],
            "candidates": [
                {"partner": partner, "score": score, "parts": parts, "debt": debt, "place": place}
                for partner, score, parts, debt, place in self.candidates
            ],
            "excluded": dict(self.excluded),
            "eligible": self.eligible,
            "reason": self.reason,
            "draws": [draw.record() for draw in self.steps],
            "inputs": self.given.record(),
            "live": self.live,
        }


def _plain(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value


def cursor_record(cursor: Cursor | None) -> list[int] | None:
    """Write a cursor as JSON: [step, repetition]."""
    return None if cursor is None else [cursor.step, cursor.repetition]


def cursor_of(record: list[int] | None) -> Cursor | None:
    """Read what ``cursor_record`` wrote."""
    return None if record is None else Cursor(record[0], record[1])
