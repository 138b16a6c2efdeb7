"""The draft: in order and in sentences, what it takes of the last leads beside the rules in force, what it changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from partidor.access.network import ruleset_for, rulesets_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.routing.editing.diff import LineChanged, Paired, lines_changed, paired
from partidor.domain.routing.editing.edits import ALWAYS
from partidor.domain.routing.ruleset import Rule, Ruleset
from partidor.domain.routing.who import Among, leaves
from partidor.domain.routing.words.rules import Names, RuleTold, sentence, tell
from partidor.models import RulesetVersion
from partidor.models.ruleset import DRAFT
from partidor.models.snapshots import draft_ruleset, network, ruleset
from partidor.queries.names import doer_names, partner_names
from partidor.queries.numbered import Numbered, numbered_of
from partidor.queries.rules.in_force import Publisher
from partidor.queries.rules.last_leads import Gaps, LastLeads, Live, live_of
from partidor.queries.rules.lines import CriterionForm, Kept, Line, Lines, StepForm
from partidor.queries.rules.offered import Offered, offered

USUALLY_OUT = frozenset({"distributor", "affiliate", "own_sales"})
"""Kinds of partners that most rules leave out."""
MOST_TOLD = 60
"""Rules whose changes are told in words; of more their number is."""


@dataclass(frozen=True, slots=True)
class DraftHead:
    """Whose draft it is, and what it stands on. ``version`` 0: nothing was ever published."""

    revision: int
    by: Publisher
    by_me: bool
    saved_at: datetime
    version: int
    differs: bool


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One rule of the list; ``change``: added, changed, moved or nothing."""

    position: int
    name: str
    sentence: str
    taken: int
    change: str


@dataclass(frozen=True, slots=True)
class RuleDiff:
    """A rule that was added, removed, moved or changed. ``position`` is the new one, of a removed one the old."""

    kind: str
    position: int
    was: int
    name: str
    sentence: str
    lines: tuple[LineChanged, ...]


@dataclass(frozen=True, slots=True)
class ChosenRule:
    """The chosen rule as lines to be filled in."""

    position: int
    name: str
    tree: Mapping[str, Any]
    told: RuleTold
    when: list[Line]
    who: list[Line]
    order: list[CriterionForm]
    plan: list[StepForm]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DraftPage:
    """Everything that the editor shows."""

    head: DraftHead
    rules: Numbered[DraftLine]
    chosen: ChosenRule | None
    offers: Offered
    live: Live | None
    gaps: Gaps
    counted: int
    diff: tuple[RuleDiff, ...]
    more_diff: int


def draft_page(viewer: Viewer, *, chosen: int, page: int, language: str, kept: Kept | None = None) -> DraftPage:
    """Show the draft with one rule open (from 1; 0: the first). For whoever may change rules. Raises NotAllowed."""
    viewer.require_vendor("rules:write")
    vendor = vendor_of(viewer)
    row = ruleset_for(viewer, DRAFT)
    compiled, published = draft_ruleset(row), published_ruleset(viewer)
    net = network(vendor)
    chosen = min(max(chosen, 1), len(compiled.rules)) if compiled.rules else 0
    found = numbered_of(compiled.rules, page)
    rule = compiled.rules[chosen - 1] if chosen else None
    last = LastLeads.held_against(viewer, compiled, published, net)
    now = last.now

    pairs = paired([dict(one.tree) for one in published.rules], row.rules)
    kinds = [_kind(pair, row.rules, published) for pair in pairs]
    shown = {one.position for one in found.items} | ({chosen} if chosen else set())
    changed = [pair for pair, kind in zip(pairs, kinds, strict=True) if kind]
    twin = {pair.after + 1: pair.before + 1 for pair in pairs if pair.after is not None and pair.before is not None}
    handed = last.handed_out(chosen, twin.get(chosen)) if chosen else None
    mentioned = [*(compiled.rules[at - 1] for at in shown), *_told_rules(changed[:MOST_TOLD], compiled, published)]
    needs_all = _asks_partners(rule, kept)
    offers = offered(viewer, language, partners=needs_all)
    ids = {one for rule_ in mentioned for one in _partners_in(rule_)}
    ids |= {one for one, _ in handed.bars} if handed else set()
    names = Names(offers.partners if needs_all else partner_names(viewer, ids), offers.labels)

    said = {at: sentence(compiled.rules[at - 1], _in_short(row.rules[at - 1]), names, language) for at in shown}
    became = {pair.after + 1: kind for pair, kind in zip(pairs, kinds, strict=True) if pair.after is not None}
    lines = [
        DraftLine(one.position, one.name, said[one.position], now.taken(one.position), became[one.position])
        for one in found.items
    ]
    live = live_of(rule, last, twin.get(chosen), handed, names, language) if rule and handed else None
    return DraftPage(
        head=_head(viewer, row, bool(changed)),
        rules=found.of(lines),
        chosen=_chosen(rule, tell(rule, rule.tree, names, language), offers, kept) if rule else None,
        offers=offers,
        live=live,
        gaps=last.gaps(),
        counted=len(last.leads),
        diff=tuple(_diff(pair, compiled, published, names, language) for pair in changed[:MOST_TOLD]),
        more_diff=max(0, len(changed) - MOST_TOLD),
    )


def _in_short(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """Leave out what nearly every rule says and the list need not repeat: whom as a rule nobody sells through."""
    who = rule.get("who", ALWAYS)
    parts = who["all"] if set(who) == {"all"} else [who]
    return {**rule, "who": {"all": [part for part in parts if not _is_usual(part)]}}


def _is_usual(part: Mapping[str, Any]) -> bool:
    kinds = part.get("not", {}).get("kind", {}).get("in", [])
    return bool(kinds) and USUALLY_OUT.issuperset(kinds)


def draft_revision(viewer: Viewer) -> int:
    """Return how often the draft was changed. Raises NotAllowed."""
    viewer.require_vendor("rules:write")
    return rulesets_of(viewer).values_list("revision", flat=True).get(version=DRAFT)


def draft_row(viewer: Viewer) -> tuple[list[dict[str, Any]], int, Publisher]:
    """Return the rules of the draft, its revision, and who saved it. Raises NotAllowed."""
    viewer.require_vendor("rules:write")
    row = ruleset_for(viewer, DRAFT)
    return row.rules, row.revision, Publisher(row.by_kind, doer_names(viewer, [row]).get(row.by_id, ""))


def published_ruleset(viewer: Viewer) -> Ruleset:
    """Return the rules in force; of a vendor that never published any, none."""
    vendor = vendor_of(viewer)
    return ruleset(vendor.pk, vendor.ruleset_version) if vendor.ruleset_version else Ruleset(())


def _head(viewer: Viewer, row: RulesetVersion, differs: bool) -> DraftHead:
    by = Publisher(row.by_kind, doer_names(viewer, [row]).get(row.by_id, ""))
    mine = (row.by_kind, row.by_id) == (viewer.kind, viewer.id)
    return DraftHead(row.revision, by, mine, row.created_at, vendor_of(viewer).ruleset_version, differs)


def _kind(pair: Paired, rules: Sequence[Mapping[str, Any]], published: Ruleset) -> str:
    if pair.after is None:
        return "removed"
    if pair.before is None:
        return "added"
    if rules[pair.after] != published.rules[pair.before].tree:
        return "changed"
    return "moved" if pair.moved else ""


def _told_rules(pairs: Sequence[Paired], compiled: Ruleset, published: Ruleset) -> list[Rule]:
    now = [compiled.rules[pair.after] for pair in pairs if pair.after is not None]
    return now + [published.rules[pair.before] for pair in pairs if pair.before is not None]


def _diff(pair: Paired, compiled: Ruleset, published: Ruleset, names: Names, language: str) -> RuleDiff:
    old = published.rules[pair.before] if pair.before is not None else None
    new = compiled.rules[pair.after] if pair.after is not None else None
    told = [tell(one, one.tree, names, language) if one else None for one in (old, new)]
    shown = new or old
    assert shown is not None
    kind = "added" if old is None else "removed" if new is None else "moved" if pair.moved else "changed"
    lines: list[LineChanged] = []
    if old and new and told[0] and told[1]:
        lines = lines_changed(old.name, told[0], new.name, told[1])
    said = next(one.sentence for one in reversed(told) if one)
    return RuleDiff(kind, shown.position, old.position if old else 0, shown.name, said, tuple(lines))


def _partners_in(rule: Rule) -> Iterable[str]:
    for leaf in leaves(rule.who):
        if isinstance(leaf, Among) and leaf.what in ("partner", "parent"):
            yield from leaf.values


def _asks_partners(rule: Rule | None, kept: Kept | None) -> bool:
    """Say whether partners are to be chosen by name on this page."""
    if kept and kept.asked and kept.asked.subject in ("partner", "parent"):
        return True
    return rule is not None and any(True for _ in _partners_in(rule))


def _chosen(rule: Rule, told: RuleTold, offers: Offered, kept: Kept | None) -> ChosenRule:
    lines = Lines(rule.tree, offers, kept)
    order = lines.order()
    texts = [weight.text for weight in told.order]
    settings = {
        "equal_within": f"{rule.equal_within:g}".replace(".", "," if offers.language == "de" else "."),
        "otherwise": rule.otherwise,
        "known_customer": rule.known_customer,
        "clock": rule.clock,
    }
    return ChosenRule(
        rule.position, rule.name, rule.tree, told, lines.side("when"), lines.side("who"),
        [replace(one, text=texts[at]) if at < len(texts) else one for at, one in enumerate(order)],
        lines.plan([(step.title, step.text) for step in told.plan]), settings,
    )  # fmt: skip
