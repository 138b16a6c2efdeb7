"""One decision explained: which rule and why, how many could take the lead, their order, and who was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partidor.domain.offers import Cursor, Plan, Step, following
from partidor.domain.routing.decide import replay
from partidor.domain.routing.decision import SHOWN
from partidor.domain.routing.decision import Decision as Decided
from partidor.domain.routing.explain import outs
from partidor.domain.routing.fairness import MICRO, account_of
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.rank import Candidate
from partidor.domain.routing.replays.changes import changes, equals
from partidor.domain.routing.ruleset import CENT, Rule
from partidor.domain.routing.words.held import Part, held_said
from partidor.domain.routing.words.missed import Missed, closest
from partidor.domain.routing.words.reasons import heading
from partidor.models import Decision, Offer
from partidor.queries.leads.decisions import PassedOver, RuleNamed
from partidor.queries.leads.page.dossier import Dossier, PartnerMark
from partidor.queries.leads.replays import said_of, touched_by

MOST_CANDIDATES = 100
"""How many candidates are ever listed."""


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision to choose from; ``number`` counts from 1, ``key`` names it in the address."""

    key: int
    number: int
    at: datetime
    trigger: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """What earns points: its key in a score, and the most of it."""

    label: str
    most: float


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a candidate: a state of its offer (``ended_by`` if an accepted one ended), or when it is its turn.

    ``state`` is that of an offer, ``by_hand``, ``next`` or ``round`` (asked then, as things stand), or empty.
    """

    state: str
    first: bool = False
    round: int = 0
    ended_by: str = ""


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """A candidate in its place: points in all and by criterion, and what it was owed before (negative: was ahead).

    ``debt_here``: the same of the lead's temperature alone, of those among whom the fair share decided.
    """

    place: int
    partner: PartnerMark
    score: float
    parts: Mapping[str, float]
    debt: float
    debt_here: float | None
    asked: bool
    result: Result


@dataclass(frozen=True, slots=True)
class Band:
    """Candidates that belong together: ``better``, ``equal``, ``less``, ``known``, ``all``, or ``plain`` (unnamed)."""

    kind: str
    rows: tuple[CandidateRow, ...]

    @property
    def most(self) -> float:
        """Return the most points in it."""
        return max(row.score for row in self.rows)

    @property
    def least(self) -> float:
        """Return the fewest points in it."""
        return min(row.score for row in self.rows)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many were left out for a reason: the key that lists them, and the reason in a few words."""

    key: str
    heading: str
    partners: int


@dataclass(frozen=True, slots=True)
class Why:
    """One decision explained. ``held`` is what of the rule held for the lead; empty where every lead would do."""

    line: DecisionLine
    is_newest: bool
    ruleset: int
    rule: RuleNamed | None
    held: tuple[Part, ...]
    passed_over: tuple[PassedOver, ...]
    via: str
    reason: str
    network: int
    eligible: int
    equal: int
    equal_within: float
    asked: tuple[PartnerMark, ...]
    drawn: bool
    """Whether the fair share decided between some who were equally suitable."""
    temperature: str
    plan_step: Step | None
    order: tuple[Criterion, ...]
    bands: tuple[Band, ...]
    hidden: int
    """Candidates that are not listed here; all of them are when asked for, up to a hundred."""
    left_out: tuple[LeftOut, ...]
    same: bool
    """Whether deciding again from what was kept gives the same."""
    changed: tuple[str, ...]
    """Which inputs were changed or are gone, in words, where it does not."""
    closest: tuple[Missed, ...]
    """Where no rule holds: those that came closest."""

    @property
    def most(self) -> float:
        """Return the most points that anybody could have."""
        return sum(criterion.most for criterion in self.order)

    @property
    def out(self) -> int:
        """Return how many were left out."""
        return sum(one.partners for one in self.left_out)

    @property
    def rows(self) -> tuple[CandidateRow, ...]:
        """Return all candidates listed, in order."""
        return tuple(row for band in self.bands for row in band.rows)


def decision_lines(kept: Dossier) -> list[DecisionLine]:
    """List the decisions to choose from, oldest first."""
    return [
        DecisionLine(decision.lead_seq, number, decision.at, decision.trigger)
        for number, decision in enumerate(kept.decisions, 1)
    ]


def chosen_decision(kept: Dossier, key: int | None) -> Decision | None:
    """Return the decision that a key names, else the newest; None before the first."""
    named = next((decision for decision in kept.decisions if decision.lead_seq == key), None)
    return named or (kept.decisions[-1] if kept.decisions else None)


def why(kept: Dossier, decision: Decision, *, shown: int, everyone: bool = False) -> Why:
    """Explain a decision with its first candidates, at least all that were asked, or with everyone up to a hundred."""
    snap, record = kept.snapshot(decision), decision.record
    again = _again(kept, decision, snap, SHOWN)
    same = again is not None and equals(again, record)
    told = again if same else None
    if same and snap is not None and everyone and record["eligible"] > len(record["candidates"]):
        told = _again(kept, decision, snap, MOST_CANDIDATES)
    rule = snap.ruleset.rules[record["rule"] - 1] if snap and record["rule"] else None
    candidates = list(told.candidates if told else _recorded(record))
    least = max(shown, len(record["chosen"])) if not everyone else MOST_CANDIDATES
    members = _drawn(told, snap)
    rows = [_row(kept, decision, snap, rule, one, record, members) for one in candidates[:least]]
    line = next(one for one in decision_lines(kept) if one.key == decision.lead_seq)
    return Why(
        line=line,
        is_newest=decision is kept.decisions[-1],
        ruleset=decision.ruleset_version,
        rule=None if record["rule"] is None else RuleNamed(record["rule"], rule.name if rule else ""),
        held=_held(kept, rule, record, snap),
        passed_over=tuple(_passed_over(snap, record)),
        via=record["via"],
        reason=record["reason"] or "",
        network=snap.network.size if snap else record["eligible"] + sum(record["excluded"].values()),
        eligible=record["eligible"],
        equal=len(members),
        equal_within=rule.equal_within if rule else 0,
        asked=tuple(kept.mark(partner, snap) for partner in record["chosen"]),
        drawn=bool(members),
        temperature=account_of(str(record["inputs"]["values"].get("temperature", ""))),
        plan_step=told.step if told else None,
        order=_order(rule),
        bands=tuple(_bands(rows, record, members, told)),
        hidden=max(0, record["eligible"] - len(rows)) if record["candidates"] else 0,
        left_out=tuple(_left_out(kept, record, snap)),
        same=same,
        changed=() if same else _changed(kept, decision, snap),
        closest=_closest(kept, record, snap),
    )


def _again(kept: Dossier, decision: Decision, snap: Snapshot | None, shown: int) -> Decided | None:
    """Decide again; None when an input is gone, as after an erasure."""
    try:
        return replay(snap, decision.record, kept.personal(snap), shown=shown) if snap else None
    except (KeyError, IndexError):
        return None


def _recorded(record: Mapping[str, Any]) -> Iterator[Candidate]:
    for one in record["candidates"]:
        yield Candidate(one["partner"], one["score"], one["parts"], one["debt"], one["place"])


def _drawn(decided: Decided | None, snap: Snapshot | None) -> dict[str, float]:
    """Return those among whom the fair share decided, each with its debt of the lead's temperature, in leads."""
    if decided is None or snap is None:
        return {}
    members = next((draw.members for draw in decided.steps if len(draw.members) > 1), ())
    return {snap.network.ids[at]: decided.seen.debts[at][1] / MICRO for at in members}


def _closest(kept: Dossier, record: Mapping[str, Any], snap: Snapshot | None) -> tuple[Missed, ...]:
    if snap is None or record["reason"] != "no_rule":
        return ()
    values = {**record["inputs"]["values"], **kept.personal(snap)}
    return closest(snap.ruleset.rules, values, kept.language, kept.labels)


def _held(kept: Dossier, rule: Rule | None, record: Mapping[str, Any], snap: Snapshot | None) -> tuple[Part, ...]:
    if rule is None or snap is None:
        return ()
    values = {**record["inputs"]["values"], **kept.personal(snap)}
    return held_said(rule.tree.get("when"), values, kept.language, kept.labels)


def _passed_over(snap: Snapshot | None, record: Mapping[str, Any]) -> Iterator[PassedOver]:
    for one in record["passed_over"]:
        name = snap.ruleset.rules[one["rule"] - 1].name if snap else ""
        yield PassedOver(one["rule"], name, one["why"])


def _order(rule: Rule | None) -> tuple[Criterion, ...]:
    most: dict[str, int] = {}
    for line in rule.order if rule else ():
        most[line.label] = most.get(line.label, 0) + line.points
    return tuple(Criterion(label, cents / CENT) for label, cents in most.items())


def _bands(
    rows: Sequence[CandidateRow], record: Mapping[str, Any], members: Mapping[str, float], decided: Decided | None
) -> Iterator[Band]:
    """Part the rows: who was better suited than those of the draw, the draw itself, and who was less suited."""
    asked = [row for row in rows if row.asked]
    rest = [row for row in rows if not row.asked]
    drawn = [row for row in rows if str(row.partner.id) in members]
    if record["via"] == "known_customer":
        parts = [("known", asked), ("less" if decided is None else "plain", rest)]
    elif decided is not None and decided.step is not None and decided.step.offer_to is None:
        parts = [("all", asked)]
    elif drawn:
        better = [row for row in asked if row not in drawn]
        parts = [("better", better), ("equal", drawn), ("less", [row for row in rest if row not in drawn])]
    elif decided is not None:
        parts = [("better" if rest and len(asked) > 1 else "plain", asked), ("less", rest)]
    else:
        parts = [("plain", list(rows))]
    for kind, some in parts:
        if some:
            yield Band(kind, tuple(some))


def _row(
    kept: Dossier,
    decision: Decision,
    snap: Snapshot | None,
    rule: Rule | None,
    one: Candidate,
    record: Mapping[str, Any],
    members: Mapping[str, float],
) -> CandidateRow:
    asked = one.partner in record["chosen"]
    return CandidateRow(
        place=one.place,
        partner=kept.mark(one.partner, snap),
        score=one.score,
        parts=one.parts,
        debt=one.debt,
        debt_here=members.get(one.partner),
        asked=asked,
        result=_result(kept, decision, rule, one, asked, len(record["chosen"])),
    )


def _result(kept: Dossier, decision: Decision, rule: Rule | None, one: Candidate, asked: bool, slots: int) -> Result:
    run = next((offer.run for offer in kept.offers if offer.decision_id == decision.pk), kept.lead.run)
    later = [offer for offer in kept.offers if str(offer.partner_id) == one.partner and offer.run >= run]
    own = [offer for offer in later if offer.decision_id == decision.pk]
    if own or later:
        offer: Offer = (own or later)[-1]
        if offer.via == "by_hand":
            return Result("by_hand", ended_by=offer.ended_by)
        state = "outranked" if offer.state == "superseded" and offer.answered_at else offer.state
        return Result(state, asked and slots == 1 and offer.round == 1, 0 if own else offer.round, offer.ended_by)
    if asked or rule is None or kept.lead.state != "offered" or decision is not kept.decisions[-1]:
        return Result("")
    return _turn(kept, rule.plan, one.place - slots)


def _turn(kept: Dossier, plan: Plan, place: int) -> Result:
    """Tell in which round of the running plan somebody will be asked, as things stand (place 1: the next)."""
    for ahead, step in enumerate(rounds_ahead(kept, plan), 1):
        if step.offer_to is None or place <= step.offer_to:
            return Result("next" if ahead == 1 and step.exclusive else "round", round=kept.lead.round + ahead)
        place -= step.offer_to
    return Result("")


def rounds_ahead(kept: Dossier, plan: Plan, most: int = 50) -> list[Step]:
    """Return the steps of the rounds that are still to come, one for each repetition."""
    lead = kept.lead
    cursor: Cursor | None = None
    if lead.next_step is not None and lead.next_repetition is not None and lead.next_step < len(plan):
        cursor = Cursor(lead.next_step, lead.next_repetition)
    steps: list[Step] = []
    while cursor is not None and len(steps) < most:
        steps.append(plan[cursor.step])
        cursor = following(plan, cursor)
    return steps


def _left_out(kept: Dossier, record: Mapping[str, Any], snap: Snapshot | None) -> Iterator[LeftOut]:
    try:
        found = outs(snap, record, kept.personal(snap)) if snap else []
    except (KeyError, IndexError):
        found = []
    for out in found:
        yield LeftOut(out.key, heading(out.reason, kept.language), len(out.partners))


def _changed(kept: Dossier, decision: Decision, snap: Snapshot | None) -> tuple[str, ...]:
    """Say what keeps a decision from coming out the same."""
    found = changes(snap, decision.record, kept.values(), touched_by(kept.events, decision))
    names = {
        str(change.facts["partner"]): kept.name(change.facts["partner"])
        for change in found
        if "partner" in change.facts
    }
    return tuple(one.text for one in said_of(found, names, kept.language))
