"""The last leads held against the draft and the rules in force: what each rule takes, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from partidor.access.leads import visible_leads
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import LeadFacts
from partidor.domain.routing.contradictions import Side, contradictions
from partidor.domain.routing.editing.edits import ALWAYS
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import Network
from partidor.domain.routing.plain import Leaf
from partidor.domain.routing.replays.rehearsal import HandedOut, Rehearsed, hand_out, rehearse, unreached
from partidor.domain.routing.ruleset import Rule, Ruleset
from partidor.domain.routing.words.clauses import Clause, Speaker, lead_clause, partner_clause
from partidor.domain.routing.words.rules import Names
from partidor.models import Lead
from partidor.models.live import lead_facts

LAST = 200
"""Leads that are looked at."""
MOST_BARS = 4
MOST_SILENT = 20
MOST_WEIGHED = 150_000
"""Pairs of a lead and a partner that are ranked for one answer: 200 leads for 750 partners each, 30 for 5,000."""


@dataclass(frozen=True, slots=True)
class Handed:
    """To whom the chosen rule would offer its leads first: ids with numbers, the others together, and how fairly.

    Debts in leads, distances in km; ``before`` is the same of the rule in force, None where there is none.
    """

    bars: tuple[tuple[str, int], ...]
    others: int
    others_number: int
    weighed: int
    """Leads that were handed out: the last ones, if all were too many."""
    now: HandedOut
    before: HandedOut | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Questions of one side of a rule that can never hold together; ``never``: nothing passes this side at all."""

    side: str
    said: str
    alone: bool
    never: bool


@dataclass(frozen=True, slots=True)
class Live:
    """What the chosen rule takes of the last leads.

    ``squares``: of each lead a code (on: as today, new, off), its reference and its name. Debts in leads.
    """

    counted: int
    taken: int
    newly: int
    lost: int
    holds: int
    partners: int
    squares: tuple[tuple[str, str, str], ...]
    bars: tuple[tuple[str, int], ...]
    others: int
    others_number: int
    weighed: int
    max_debt: float
    max_debt_today: float | None
    median_km: float | None
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What the rules leave open."""

    nowhere: int
    """Leads that no rule holds for."""
    empty_handed: int
    """Leads that rules hold for, but none has a partner for."""
    silent: tuple[tuple[int, str, bool], ...]
    """Rules that took none of the last leads: position, name, and whether earlier ones took all that they hold for."""
    more_silent: int
    unreached: int
    partners: int


class LastLeads:
    """The last leads, the newest first, and what became of them under the draft (now) and the rules in force (then)."""

    def __init__(
        self, leads: Sequence[Lead], facts: Sequence[LeadFacts], draft: Snapshot, in_force: Snapshot, key: object
    ) -> None:
        """Hold them against both; the rules in force once for each new lead, for they stay while drafts change."""
        self.leads, self.facts, self.draft, self.in_force, self._key = leads, facts, draft, in_force, key
        self.now = rehearse(draft, facts)
        kept = draft.network.memo.get("today")
        if kept is None or kept[0] != key:  # type: ignore[index]
            kept = draft.network.memo["today"] = (key, rehearse(in_force, facts))
        self.then: Rehearsed = kept[1]  # type: ignore[index]

    @classmethod
    def held_against(cls, viewer: Viewer, compiled: Ruleset, published: Ruleset, net: Network) -> LastLeads:
        """Read them. ``compiled`` is the draft."""
        rows = visible_leads(viewer).filter(test=False, run__gt=0).select_related("source")
        rows = rows.defer("consent", "source__mapping", "source__required")  # reading them costs more than matching
        leads = list(rows.order_by("-received_at", "-pk")[:LAST])
        facts = lead_facts(leads, compiled.fields | published.fields)
        key = (vendor_of(viewer).ruleset_version, published.fields, [lead.pk for lead in leads])
        in_order = [facts[lead.pk] for lead in leads]
        return cls(leads, in_order, Snapshot(compiled, net), Snapshot(published, net), key)

    def handed_out(self, position: int, twin: int | None) -> Handed:
        """Hand out what a rule of the draft takes; ``twin`` is its place in the rules in force."""
        taken = self._taken(self.now, position)
        now = hand_out(self.draft, taken)
        few = now.leads.most_common(MOST_BARS if len(now.leads) != MOST_BARS + 1 else MOST_BARS + 1)
        before = None if twin is None else self._handed_before(twin)
        ids = self.draft.network.ids
        return Handed(
            bars=tuple((ids[at], number) for at, number in few),
            others=len(now.leads) - len(few),
            others_number=now.leads.total() - sum(number for _, number in few),
            weighed=len(taken),
            now=now,
            before=before,
        )

    def _handed_before(self, twin: int) -> HandedOut:
        memo, key = self.draft.network.memo, (self._key, twin)
        kept = memo.get("handed out today")
        if kept is None or kept[0] != key:  # type: ignore[index]
            kept = memo["handed out today"] = (key, hand_out(self.in_force, self._taken(self.then, twin)))
        return kept[1]  # type: ignore[index,no-any-return]

    def _taken(self, rehearsed: Rehearsed, position: int) -> list[LeadFacts]:
        """Return the facts of the last leads that a rule takes, as many as can be ranked, the oldest first."""
        taken, left = [], MOST_WEIGHED
        for lead, taker, could in zip(self.facts, rehearsed.takers, rehearsed.could, strict=True):
            if taker == position and (left := left - could.bit_count()) >= 0:
                taken.append(lead)
        return taken[::-1]

    def gaps(self) -> Gaps:
        """Say what the draft leaves open."""
        now, rules, network = self.now, self.draft.ruleset.rules, self.draft.network
        takers = set(now.takers)
        silent = [(rule.position, rule.name, now.holds[rule.position - 1] > 0)
                  for rule in rules if rule.position not in takers] if self.leads else []  # fmt: skip
        return Gaps(
            nowhere=now.firsts.count(None),
            empty_handed=now.takers.count(None) - now.firsts.count(None),
            silent=tuple(silent[:MOST_SILENT]),
            more_silent=max(0, len(silent) - MOST_SILENT),
            unreached=unreached(self.draft).bit_count(),
            partners=network.size,
        )


def live_of(rule: Rule, last: LastLeads, twin: int | None, handed: Handed, names: Names, language: str) -> Live:
    """Say what the chosen rule takes, beside what its twin in the rules in force takes."""
    now, then = last.now, last.then
    mine = [taker == rule.position for taker in now.takers]
    before = [twin is not None and taker == twin for taker in then.takers]
    codes = ["on" if is_mine and was else "new" if is_mine else "off"
             for is_mine, was in zip(mine, before, strict=True)]  # fmt: skip
    return Live(
        counted=len(mine),
        taken=sum(mine),
        newly=codes.count("new"),
        lost=sum(was and not is_mine for is_mine, was in zip(mine, before, strict=True)),
        holds=now.holds[rule.position - 1],
        partners=now.partners(rule.position).bit_count(),
        squares=tuple((code, lead.ref, lead.company or lead.ref) for code, lead in zip(codes, last.leads, strict=True)),
        bars=tuple((names.partners.get(one, ""), number) for one, number in handed.bars),
        others=handed.others,
        others_number=handed.others_number,
        weighed=handed.weighed,
        max_debt=handed.now.max_debt,
        max_debt_today=handed.before.max_debt if handed.before else None,
        median_km=handed.now.median_km,
        conflicts=tuple(_conflicts(rule, Speaker(names, language))),
    )


def _conflicts(rule: Rule, speaker: Speaker) -> Iterable[Conflict]:
    glue = f" {speaker.words['and']} "
    sides: tuple[tuple[Side, Callable[[Leaf, Speaker], Clause]], ...] = (("when", lead_clause), ("who", partner_clause))
    for side, clause in sides:
        looked = contradictions(rule.tree.get(side, ALWAYS), side, side)
        for one in looked.found:
            clauses = [clause(leaf, speaker) for leaf in one.leaves]
            said = glue.join(f"{each.subject} {each.asks} {', '.join(each.values)}".strip() for each in clauses)
            yield Conflict(side, said, len(clauses) == 1, looked.never)
