"""The rules as people read them: each in a sentence, with its share of the last leads and whom it reaches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from partidor.access.leads import visible_leads
from partidor.access.network import ruleset_for, rulesets_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.network import Network
from partidor.domain.routing.reach import reach
from partidor.domain.routing.ruleset import Rule
from partidor.domain.routing.who import Among, leaves
from partidor.domain.routing.words.rules import Names, RuleTold, tell
from partidor.models import RulesetVersion
from partidor.models.ledger import read_ledger
from partidor.models.live import live_state
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import network, ruleset
from partidor.queries.names import doer_names, field_labels, partner_names
from partidor.queries.numbered import Numbered, numbered, numbered_of

LAST = 200
"""Leads that the shares are counted of."""
MOST_TAKERS = 4


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who published: a person, a key, or Partidor itself; the name is empty when nobody here knows it."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A published version: ``until`` is when the next one replaced it, None while it is in force."""

    version: int
    note: str
    published_at: datetime
    by: Publisher
    in_force: bool
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReachNow:
    """How many partners a rule could ask now, and how many more are paused or full.

    ``depends``: for which of them is decided by the lead.
    """

    now: int
    out: int
    depends: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A rule's part of the last leads: how many, which (newest first), and who has them."""

    number: int
    squares: tuple[tuple[str, str, str], ...]
    """Of each of the last leads a code (on: this rule, off), its reference and its name."""
    takers: tuple[tuple[str, int], ...]
    others: int
    others_number: int
    nobody: int
    """Leads that no partner has (yet, or any more)."""


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule. ``taken`` and ``reach`` are of the version in force alone."""

    position: int
    name: str
    told: RuleTold
    taken: Taken | None
    reach: ReachNow | None


@dataclass(frozen=True, slots=True)
class RuleList:
    """One version of the rules, a page of them; None of a version when nothing was ever published.

    Of the last ``counted`` leads, ``nowhere`` found no rule and ``gone`` were decided by rules that this version
    has no more. A lead that an older version decided counts for the rule of the same name.
    """

    version: VersionLine | None
    rules: Numbered[RuleLine]
    counted: int = 0
    nowhere: int = 0
    gone: int = 0


def rules_in_force(viewer: Viewer, *, page: int, language: str, at: datetime) -> RuleList:
    """Show a page of the rules in force in a language. For the vendor only. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    vendor = vendor_of(viewer)
    if not vendor.ruleset_version:
        return RuleList(None, numbered_of((), 1))
    row = ruleset_for(viewer, vendor.ruleset_version)
    compiled = ruleset(vendor.pk, row.version)
    found = numbered_of(compiled.rules, page)
    last = _last_leads(viewer, row)
    reached = _reached(viewer, found.items, at)
    lines = [
        RuleLine(rule.position, rule.name, told, last.taken(rule.position), reached[rule.position])
        for rule, told in zip(found.items, _told(viewer, row, found.items, language), strict=True)
    ]
    places = Counter(lead.place for lead in last.leads)
    return RuleList(_versions(viewer, [row])[0], found.of(lines), len(last.leads), places[None], places[0])


def rules_of_version(viewer: Viewer, version: int, *, page: int, language: str) -> RuleList:
    """Show a page of what a published version said. Raises NotFound, NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    row = ruleset_for(viewer, version or -1)
    found = numbered_of(ruleset(row.vendor_id, row.version).rules, page)
    told = _told(viewer, row, found.items, language)
    lines = [RuleLine(rule.position, rule.name, one, None, None) for rule, one in zip(found.items, told, strict=True)]
    return RuleList(_versions(viewer, [row])[0], found.of(lines))


def rule_history(viewer: Viewer, *, page: int) -> Numbered[VersionLine]:
    """List the published versions, newest first. Raises NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    rows = rulesets_of(viewer).exclude(version=DRAFT).defer("rules").order_by("-version")
    found = numbered(rows.count(), page, lambda start, end: list(rows[start:end]))
    return found.of(_versions(viewer, found.items))


def _versions(viewer: Viewer, rows: Sequence[RulesetVersion]) -> list[VersionLine]:
    in_force = vendor_of(viewer).ruleset_version
    names = doer_names(viewer, rows)
    later = rulesets_of(viewer).filter(version__in=[row.version + 1 for row in rows])
    ends = dict(later.values_list("version", "created_at"))
    return [
        VersionLine(
            row.version,
            row.note,
            row.created_at,
            Publisher(row.by_kind, names.get(row.by_id, "")),
            row.version == in_force,
            ends.get(row.version + 1),
        )
        for row in rows
    ]


def _told(viewer: Viewer, row: RulesetVersion, rules: Sequence[Rule], language: str) -> list[RuleTold]:
    named = {
        one
        for rule in rules
        for leaf in leaves(rule.who)
        if isinstance(leaf, Among) and leaf.what in ("partner", "parent")
        for one in leaf.values
    }
    names = Names(partners=partner_names(viewer, named), fields=field_labels(viewer, language))
    return [tell(rule, row.rules[rule.position - 1], names, language) for rule in rules]


def _reached(viewer: Viewer, rules: Sequence[Rule], at: datetime) -> dict[int, ReachNow]:
    vendor = vendor_of(viewer)
    net = network(vendor)
    live = live_state(vendor, net, read_ledger(vendor.pk), at=at, loads=True)
    out = live.paused | live.at_capacity
    return {rule.position: _reach_of(rule, net, out) for rule in rules}


def _reach_of(rule: Rule, net: Network, out: int) -> ReachNow:
    found = reach(rule, net)
    return ReachNow((found.mask & ~out).bit_count(), (found.mask & out).bit_count(), found.depends)


@dataclass(frozen=True, slots=True)
class _Decided:
    """A lead: the rule in force that it counts for (0: one that is gone, None: no rule), and who has it."""

    place: int | None
    partner: UUID | None
    ref: str
    company: str


@dataclass(frozen=True, slots=True)
class _LastLeads:
    leads: Sequence[_Decided]
    names: Mapping[str, str]

    def taken(self, position: int) -> Taken:
        mine = [lead for lead in self.leads if lead.place == position]
        holders = Counter(lead.partner for lead in mine if lead.partner)
        first = holders.most_common(MOST_TAKERS if len(holders) != MOST_TAKERS + 1 else MOST_TAKERS + 1)
        rest = holders.total() - sum(number for _, number in first)
        return Taken(
            number=len(mine),
            squares=tuple(
                ("on" if lead.place == position else "off", lead.ref, lead.company or lead.ref) for lead in self.leads
            ),
            takers=tuple((self.names.get(str(partner), ""), number) for partner, number in first),
            others=len(holders) - len(first),
            others_number=rest,
            nobody=len(mine) - holders.total(),
        )


def _last_leads(viewer: Viewer, row: RulesetVersion) -> _LastLeads:
    """Count the last leads that went through the rules for the rule that took them.

    Whatever version decided about a lead, what counts is the rule's name: one that was moved or mended is still itself.
    """
    decided = visible_leads(viewer).filter(test=False, run__gt=0).order_by("-received_at", "-pk")
    leads = list(decided.values_list("ruleset_version", "rule_position", "partner_id", "ref", "company")[:LAST])
    older = {version for version, *_ in leads if version is not None} - {row.version}
    trees = dict(rulesets_of(viewer).filter(version__in=older).values_list("version", "rules")) if older else {}
    now = [str(rule["name"]) for rule in row.rules]
    placed = [
        _Decided(_place(version, position, row.version, now, trees), partner, ref, company)
        for version, position, partner, ref, company in leads
    ]
    return _LastLeads(placed, partner_names(viewer, {lead.partner for lead in placed if lead.partner}))


def _place(
    version: int | None, position: int | None, in_force: int, now: Sequence[str], trees: Mapping[int, Sequence[Any]]
) -> int | None:
    if version is None or position is None or version == in_force:
        return position
    name = str(trees[version][position - 1]["name"])
    if position <= len(now) and now[position - 1] == name:
        return position
    return now.index(name) + 1 if name in now else 0
