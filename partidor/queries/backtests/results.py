"""What came out of a back-test, read from its compact form: as the API documents it, and as pages show it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from partidor.domain.routing.replays.elsewhere import MoveReason, reason_said

LISTS = ("moved", "unlike_then")
NONE = "-"
"""Stands for partners without a tier or region where a list is narrowed."""


class Sift(NamedTuple):
    """What a list of changes is narrowed to; an empty word narrows nothing.

    ``partner``: leads that it gets or no longer gets. ``tier`` and ``region``: leads that come in or go out, and not
    those that stay within. ``rule``: its name, on either side. ``reason``: a code.
    """

    partner: str = ""
    tier: str = ""
    region: str = ""
    rule: str = ""
    reason: str = ""


class PartnerShift(NamedTuple):
    """A partner: the leads it would be asked about first by today's rules and by the tested ones, and really was.

    ``peak_before`` and ``peak_after`` are the most leads on its table at once.
    """

    partner: str
    name: str
    tier: str
    region: str
    most: int | None
    before: int
    after: int
    then: int
    peak_before: int
    peak_after: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A lead that goes elsewhere; partners None stand for nobody."""

    lead: str
    before: PartnerShift | None
    after: PartnerShift | None
    then: PartnerShift | None
    rule_before: str
    rule_after: str
    rule_then: str
    why: MoveReason

    def sides(self, *, against_then: bool = False) -> tuple[PartnerShift | None, PartnerShift | None]:
        """Return from whom to whom it goes: by today's rules, or as it was, and by the tested rules."""
        return self.then if against_then else self.before, self.after

    def rules(self, *, against_then: bool = False) -> tuple[str, str]:
        """Return the names of the rules that take it on the two sides; empty: none."""
        return self.rule_then if against_then else self.rule_before, self.rule_after

    def passes(self, sift: Sift, *, against_then: bool = False) -> bool:
        """Say whether a sift lets it through."""
        sides = self.sides(against_then=against_then)
        return (
            (not sift.partner or sift.partner in [one.partner for one in sides if one])
            and (not sift.tier or [one and (one.tier or NONE) for one in sides].count(sift.tier) == 1)
            and (not sift.region or [one and (one.region or NONE) for one in sides].count(sift.region) == 1)
            and (not sift.rule or sift.rule in self.rules(against_then=against_then))
            and sift.reason in ("", self.why.code)
        )

    def said(self, language: str, *, against_then: bool = False) -> str:
        """Say why, in a language."""
        one, _ = self.sides(against_then=against_then)
        return reason_said(
            self.why,
            language,
            before=self.rule_then if against_then else self.rule_before,
            after=self.rule_after,
            one=one.name if one else "",
            other=self.after.name if self.after else "",
        )


class Group(NamedTuple):
    """Partners of one tier or region together."""

    name: str
    before: int
    after: int
    then: int


class Outcome:
    """A back-test's result."""

    def __init__(self, kept: Mapping[str, Any]) -> None:
        """Take the compact form."""
        self._kept = kept
        self.partners = [PartnerShift(*row) for row in kept["partners"]]
        self.leads: int = kept["leads"]
        self.same: int = kept["same"]
        self.as_then: int = kept["as_then"]
        self.unmatched: Mapping[str, int] = kept["unmatched"]
        self.fairness: Mapping[str, Mapping[str, Any]] = kept["fairness"]

    @property
    def moved(self) -> int:
        """Return how many leads today's rules and the tested ones send to different partners."""
        return self.leads - self.same

    @property
    def unlike_then(self) -> int:
        """Return how many leads the tested rules send to another partner than they really went to."""
        return self.leads - self.as_then

    def kept(self, which: str) -> int:
        """Return how many leads of a list are kept."""
        return len(self._kept[which])

    def elsewhere(self, which: str, start: int = 0, end: int | None = None) -> Iterator[Elsewhere]:
        """Give leads of a list: ``moved`` (against today's rules) or ``unlike_then`` (against what happened)."""
        return map(self._elsewhere, self._kept[which][start:end])

    def sifted(self, which: str, sift: Sift) -> list[Elsewhere]:
        """Give the leads of a list that a sift lets through."""
        against_then = which == "unlike_then"
        return [one for one in self.elsewhere(which) if one.passes(sift, against_then=against_then)]

    def _elsewhere(self, row: Sequence[Any]) -> Elsewhere:
        names = self._kept["rules"]
        lead, before, after, then, today, tested, of_old, code, cents = row
        return Elsewhere(
            lead,
            self._partner(before),
            self._partner(after),
            self._partner(then),
            names["before"][today - 1] if today else "",
            names["after"][tested - 1] if tested else "",
            names["then"][of_old],
            MoveReason(code, cents),
        )

    def groups(self, by: str) -> list[Group]:
        """Add partners up by ``tier`` or ``region``, the largest first; those without one have an empty name."""
        found: dict[str, list[int]] = {}
        for partner in self.partners:
            sums = found.setdefault(getattr(partner, by), [0, 0, 0])
            for at, number in enumerate((partner.before, partner.after, partner.then)):
                sums[at] += number
        return sorted((Group(name, *sums) for name, sums in found.items()), key=lambda one: (-one.before, one.name))

    def _partner(self, at: int | None) -> PartnerShift | None:
        return None if at is None else self.partners[at]


def as_documented(kept: Mapping[str, Any], language: str = "en") -> dict[str, Any]:
    """Write a result as docs/api.md has it."""
    outcome = Outcome(kept)
    moved: Sequence[dict[str, Any]] = [
        {
            "lead": one.lead,
            "from": _id(one.before),
            "to": _id(one.after),
            "happened": _id(one.then),
            "why": one.said(language),
        }
        for one in outcome.elsewhere("moved")
    ]
    return {
        "leads": outcome.leads,
        "same": outcome.same,
        "moved": moved,
        "moved_left_off": outcome.moved - len(moved),
        "unmatched": _sides(outcome.unmatched),
        "by_partner": [
            {"partner": one.partner, "name": one.name, "before": one.before, "after": one.after, "happened": one.then,
             "peak_load": {"before": one.peak_before, "after": one.peak_after}}
            for one in outcome.partners
        ],
        "by_tier": [_group(one) for one in outcome.groups("tier")],
        "by_region": [_group(one) for one in outcome.groups("region")],
        "fairness": outcome.fairness,
        "against_what_happened": {
            "same": outcome.as_then,
            "moved": [
                {"lead": one.lead, "from": _id(one.then), "to": _id(one.after),
                 "why": one.said(language, against_then=True)}
                for one in outcome.elsewhere("unlike_then")
            ],
            "moved_left_off": outcome.unlike_then - outcome.kept("unlike_then"),
            "unmatched": outcome.unmatched["then"],
        },
    }  # fmt: skip


def _id(partner: PartnerShift | None) -> str | None:
    return partner.partner if partner else None


def _group(group: Group) -> dict[str, Any]:
    return {"name": group.name, "before": group.before, "after": group.after, "happened": group.then}


def _sides(numbers: Mapping[str, int]) -> dict[str, int]:
    return {"before": numbers["before"], "after": numbers["after"]}
