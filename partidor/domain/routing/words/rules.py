"""A rule as people read it: one plain sentence, and the same in parts: when, who, in which order, by which plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.offers import Step
from partidor.domain.routing.plain import ALWAYS, NEVER, Group, Leaf, Node, plain
from partidor.domain.routing.ruleset import CENT, Criterion, Rule
from partidor.domain.routing.words.clauses import (
    Clause,
    Names,
    Phrase,
    Speaker,
    capital,
    lead_clause,
    lead_phrase,
    partner_clause,
    partner_phrase,
)
from partidor.domain.routing.words.vocabulary import NUMBERS

__all__ = ["Line", "Names", "RuleTold", "StepTold", "Weight", "tell"]

MOST_PARTS = 5
"""Conditions that a sentence tells; the others are counted."""
DEEPEST = 2
"""Groups inside groups that a sentence goes into."""
_LEAD_SLOTS = ("head", "product", "vertical", "size", "place", "language", "source")
_PARTNER_SLOTS = ("same", "tag", "under", "place", "near", "customer")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of ``when`` or ``who``: "and · Product · is one of · ERP, Warehouse"; ``depth`` counts from 0."""

    depth: int
    glue: str
    subject: str
    asks: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """One criterion of the order: what earns points, how many, and their share of the most (0 to 1)."""

    text: str
    points: str
    share: float


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step of the plan: a title and what it is like."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule in words."""

    sentence: str
    when: tuple[Line, ...]
    who: tuple[Line, ...]
    order: tuple[Weight, ...]
    equal: str
    plan: tuple[StepTold, ...]
    notes: tuple[str, ...]


def tell(rule: Rule, tree: Mapping[str, Any], names: Names, language: str) -> RuleTold:
    """Say a rule in a language: the compiled rule, and the tree it was compiled from."""
    speaker = Speaker(names, language)
    when, who = plain(tree.get("when", {"all": []})), plain(tree.get("who", {"all": []}))
    words = speaker.words
    return RuleTold(
        sentence=_sentence(rule, tree, when, who, speaker),
        when=_lines(when, lead_clause, speaker, words["Every lead"], words["No lead"]),
        who=_lines(who, partner_clause, speaker, words["Every partner"], words["No partner"]),
        order=tuple(_weight(one, rule.order, speaker) for one in rule.order),
        equal=_equal(rule, speaker),
        plan=tuple(_step(step, tree["plan"][at], at, rule, speaker) for at, step in enumerate(rule.plan)),
        notes=_notes(rule, speaker),
    )


def sentence(rule: Rule, tree: Mapping[str, Any], names: Names, language: str) -> str:
    """Say a rule in one sentence, and no more."""
    when, who = plain(tree.get("when", {"all": []})), plain(tree.get("who", {"all": []}))
    return _sentence(rule, tree, when, who, Speaker(names, language))


def _sentence(rule: Rule, tree: Mapping[str, Any], when: Node, who: Node, speaker: Speaker) -> str:
    holds = speaker.words["always" if when == ALWAYS else "never"] if when in (ALWAYS, NEVER) else _lead(when, speaker)
    asked = speaker.words["anyone" if who == ALWAYS else "nobody"] if who in (ALWAYS, NEVER) else _who(who, speaker)
    parts = [asked, _first(rule.order, speaker), *_in_short(rule.plan, tree["plan"][0]["window"], speaker)]
    return f"{capital(holds)}: {', '.join(filter(None, parts))}."


def _lead(node: Node, speaker: Speaker, depth: int = 0) -> str:
    """Say which leads: what fits into one flow (hot leads for ERP from 500 people in DACH), then the rest."""
    if isinstance(node, Group) and not node.all:
        return speaker.listed([_lead(part, speaker, depth + 1) for part in node.parts])
    leaves, groups = _parted(node)
    phrases = [lead_phrase(leaf, speaker) for leaf in leaves]
    headed = any(phrase.slot == "head" for phrase in phrases)
    if headed:
        phrases = [_behind_head(phrase, leaf, speaker) for phrase, leaf in zip(phrases, leaves, strict=True)]
    flow, rest = _flow(phrases, _LEAD_SLOTS)
    return _ended([" ".join(flow), *rest], groups, _lead, speaker, depth)


def _behind_head(phrase: Phrase, leaf: Leaf, speaker: Speaker) -> Phrase:
    """Say "hot leads for ERP": what stands alone otherwise needs a preposition after a noun."""
    return lead_phrase(leaf, speaker, headed=True) if phrase.slot == "product" else phrase


def _who(node: Node, speaker: Speaker, depth: int = 0) -> str:
    """Say which partners: Gold partners of the same vertical within 250 km."""
    if isinstance(node, Group) and not node.all:
        return speaker.listed([_who(part, speaker, depth + 1) for part in node.parts])
    leaves, groups = _parted(node)
    phrases = [partner_phrase(leaf, speaker) for leaf in leaves]
    nouns = [phrase.text for phrase in phrases if phrase.slot == "noun"]
    tiers = [phrase.text for phrase in phrases if phrase.slot == "tier"]
    if not nouns and tiers:
        nouns = [speaker.word("tier", tiers.pop(0))]
    tier = speaker.dimension("tier")
    phrases += [Phrase("tag", speaker.word("tag", dimension=tier, values=values)) for values in tiers]
    flow, rest = _flow([phrase for phrase in phrases if phrase.slot not in ("noun", "tier")], _PARTNER_SLOTS, all_=True)
    flow.insert(0, f" {speaker.words['and']} ".join(nouns) or speaker.words["partners"])
    return _ended([" ".join(flow), *rest], groups, _who, speaker, depth)


def _parted(node: Node) -> tuple[list[Leaf], list[Group]]:
    parts = node.parts if isinstance(node, Group) else (node,)
    return [one for one in parts if isinstance(one, Leaf)], [one for one in parts if isinstance(one, Group)]


def _flow(phrases: Sequence[Phrase], slots: Sequence[str], all_: bool = False) -> tuple[list[str], list[str]]:
    """Part phrases into those that follow each other without a comma, in the order of their slots, and the rest."""
    flow, taken = [], set()
    for slot in slots:
        here = [at for at, phrase in enumerate(phrases) if phrase.slot == slot]
        for at in here if all_ else here[:1]:
            flow.append(phrases[at].text)
            taken.add(at)
    return flow, [phrase.text for at, phrase in enumerate(phrases) if at not in taken]


def _ended(
    texts: Iterable[str],
    groups: Sequence[Group],
    say: Callable[[Node, Speaker, int], str],
    speaker: Speaker,
    depth: int,
) -> str:
    """Put a flow, clauses and groups together; beyond the first few, and too deep, they are counted."""
    clauses = [text for text in texts if text]
    within = list(groups) if depth < DEEPEST else []
    left_out = max(0, len(clauses) - MOST_PARTS) + len(groups) - len(within[:MOST_PARTS])
    text = ", ".join(clauses[:MOST_PARTS])
    told = [say(group, speaker, depth + 1) for group in within[:MOST_PARTS]]
    if not text and told:
        text = told.pop(0)
    text = " ".join([text, *(f"({group})" for group in told)])
    if left_out:
        text += " " + (speaker.words["condition"] if left_out == 1 else speaker.word("conditions", n=left_out))
    return text.strip()


def _first(order: Sequence[Criterion], speaker: Speaker) -> str:
    """Say who comes first where one criterion outweighs all others together."""
    chief = max(order, key=lambda one: one.points, default=None)
    if chief is None or 2 * chief.points <= sum(one.points for one in order) or chief.by == "open_now":
        return ""
    if chief.by == "tag":
        return speaker.word("by tag", " ".join(_tagged(chief, speaker).values()))
    return speaker.words[f"by {chief.by}"]


def _tagged(one: Criterion, speaker: Speaker) -> dict[str, str]:
    values = speaker.listed([speaker.tag(one.dimension, value) for value in one.values])
    return {"dimension": speaker.dimension(one.dimension), "values": values}


def _in_short(plan: Sequence[Step], window: str, speaker: Speaker) -> list[str]:
    """Say the first step with its time, and then who comes next."""
    told = []
    for at, step in enumerate(plan[:3]):
        kind = {1: "one", None: "every"}.get(step.offer_to, "some")
        if step.repeat > 1:
            kind = "in turn" if kind == "one" else f"{kind} again"
        number = step.repeat if kind == "in turn" else step.offer_to
        said = {"n": _number(number, speaker), "times": _times(step.repeat, speaker)}
        if at == 0:
            told.append(speaker.word(kind, window=_length(window, speaker), **said))
        else:
            told.append(speaker.word(f"then {kind}", **said))
        if step.best_after:
            told[-1] += speaker.words["the best"]
    if more := len(plan) - 3:
        if more == 1:
            told.append(speaker.words["then more one"])
        elif more > 1:
            told.append(speaker.word("then more", n=more))
    return told


def _number(number: int | None, speaker: Speaker) -> str:
    words = NUMBERS[speaker.language]
    return "" if number is None else words[number - 1] if number <= len(words) else speaker.number(number)


def _times(number: int, speaker: Speaker) -> str:
    return speaker.words["twice"] if number == 2 else speaker.word("times", n=number)


def _length(text: str, speaker: Speaker, after: str = "") -> str:
    """Say a length of time as it was written: 48h are 48 hours and 2d are 2 days."""
    number, unit = int(text[:-1]), text[-1]
    key = unit if number == 1 else f"{unit}s"
    return speaker.word(f"{after}{key}" if f"{after}{key}" in speaker.words else key, speaker.number(number))


def _lines(
    node: Node, say: Callable[[Leaf, Speaker], Clause], speaker: Speaker, every: str, none: str
) -> tuple[Line, ...]:
    if node in (ALWAYS, NEVER):
        return (Line(0, "", every if node == ALWAYS else none, "", ()),)
    lines: list[Line] = []
    _write(node, 0, "", lines, say, speaker)
    return tuple(lines)


def _write(
    node: Node, depth: int, glue: str, lines: list[Line], say: Callable[[Leaf, Speaker], Clause], speaker: Speaker
) -> None:
    if isinstance(node, Leaf):
        clause = say(node, speaker)
        lines.append(Line(depth, glue, clause.subject, clause.asks, clause.values))
        return
    first, later = ("all of", "and") if node.all else ("any of", "or")
    for at, part in enumerate(node.parts):
        deeper = depth + isinstance(part, Group)
        _write(part, deeper, speaker.words[later if at else first], lines, say, speaker)


def _weight(one: Criterion, order: Sequence[Criterion], speaker: Speaker) -> Weight:
    if one.by == "tag":
        text = speaker.word("By tag", **_tagged(one, speaker))
    else:
        text = speaker.word(f"By {one.by}", speaker.number(one.zero_at_km))
    most = max(each.points for each in order)
    return Weight(text, _points(one.points / CENT, speaker), one.points / most)


def _points(number: float, speaker: Speaker) -> str:
    return speaker.word("point" if number == 1 else "points", speaker.number(number))


def _equal(rule: Rule, speaker: Speaker) -> str:
    if not rule.order:
        return speaker.words["no order"]
    if not rule.equal_within:
        return speaker.words["equal none"]
    return speaker.word("equal", _points(rule.equal_within, speaker))


def _step(step: Step, tree: Mapping[str, Any], at: int, rule: Rule, speaker: Speaker) -> StepTold:
    word = speaker.word
    kind = {1: "One", None: "Every"}.get(step.offer_to, "Some")
    title = word(f"Then {kind}" if at else kind, n=step.offer_to)
    window = _length(tree["window"], speaker)
    if step.repeat > 1:
        title, window = f"{title}, {_times(step.repeat, speaker)}", word("each", window)
    remind = word("remind", _length(tree["remind_after"], speaker, "after ")) if step.remind_after else ""
    best = word("best", _length(_award_of(tree, rule), speaker, "after ")) if step.best_after else ""
    text = ", ".join(filter(None, [window, remind, word(step.reveal), best]))
    ends = [word("told")] if step.notify_manager else []
    if at == len(rule.plan) - 1:
        ends.append(word("list"))
    return StepTold(title, "; ".join([text, ", ".join(ends)]) if ends else text)


def _award_of(tree: Mapping[str, Any], rule: Rule) -> str:
    """Return how long those interested are gathered, as it was written: at the step, else at the rule."""
    return str(tree.get("award", rule.tree.get("award"))["best_after"])


def _notes(rule: Rule, speaker: Speaker) -> tuple[str, ...]:
    notes: list[str] = [rule.known_customer]
    notes += ["stop"] if rule.otherwise == "stop" else []
    notes += ["business"] if rule.clock == "business" else []
    return tuple(speaker.words[note] for note in notes)
