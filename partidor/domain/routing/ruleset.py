"""A set of rules as a person writes it (JSON), read into what the engine runs on, or refused with reasons.

Everything wrong is told at once: by its path, the rule's place and name, what is wrong and what would be right.
Rules are numbered from 1, as people count them; paths count from 0, as JSON does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import orjson

from partidor.domain.business_time import Length, duration
from partidor.domain.conditions import (
    ALWAYS,
    LONGEST_LIST,
    Complaints,
    Condition,
    compile_condition,
    is_number,
    nearest,
    show,
)
from partidor.domain.facts import PERSONAL_FIELDS
from partidor.domain.json_text import faults
from partidor.domain.offers import Plan, Step
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.doubts import doubt_side, doubt_values
from partidor.domain.routing.index import RuleIndex
from partidor.domain.routing.who import EVERYONE, FARTHEST_KM, Known, Node, compile_who, depends, doubt_tags, fields_of

__all__ = ["DEFAULT_RULES", "Criterion", "Known", "Rule", "Rules", "RulesRefused", "Ruleset", "compile_ruleset"]

MOST_RULES = 5_000
LARGEST = 1_000_000
"""Bytes of all rules together, as compact JSON: what every way to send them takes."""
MOST_STEPS = 50
A_DAY = Length(1, "d")
CENT = 100
"""Points are counted in whole hundredths, so that what is shown is exactly what was compared."""

DEFAULT_RULES: list[dict[str, Any]] = [
    {
        "name": "Every lead",
        "when": {"all": []},
        "who": {"not": {"kind": {"in": ["distributor", "affiliate"]}}},
        "order": [{"by": "distance", "points": 100, "zero_at_km": 2000}],
        "equal_within": 1,
        "plan": [
            {"offer_to": 1, "window": "12h", "repeat": 2},
            {"offer_to": "all", "window": "48h", "reveal": "teaser"},
        ],
    }
]
"""What a new vendor starts with: the nearest for 12 h, the next for 12 h, then all in competition for 48 h.

One point of a hundred over 2,000 km: whoever is up to 20 km farther away than the nearest counts as near as it.
"""


class RulesRefused(WrongContent):
    """The rules are not right: {summary}"""


class Criterion(NamedTuple):
    """One line of a rule's ``order``: up to so many points (in hundredths) by one measure."""

    by: str
    points: int
    dimension: str = ""
    values: tuple[str, ...] = ()
    zero_at_km: float = 0.0

    @property
    def label(self) -> str:
        """Return the key of its share in a score: the measure, for tags with the dimension."""
        return f"tag:{self.dimension}" if self.by == "tag" else self.by


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, ready to run. ``position`` counts from 1."""

    position: int
    name: str
    when: Condition
    who: Node
    order: tuple[Criterion, ...]
    equal_within: float
    plan: Plan
    clock: Literal["wall", "business"] = "wall"
    known_customer: Literal["prefer", "ignore"] = "prefer"
    otherwise: Literal["next", "stop"] = "next"
    fields: frozenset[str] = frozenset()
    """The lead fields it reads."""
    never: bool = False
    """Its ``when`` is known to hold for no lead."""
    tree: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The rule as it was written."""

    @property
    def takes_every(self) -> bool:
        """Say whether no lead comes past it to a later rule, if anybody passes its ``who`` at all."""
        is_for_every = not self.when.fields and not self.never
        return is_for_every and (self.otherwise == "stop" or not depends(self.who))

    @property
    def equal_cents(self) -> int:
        """Return ``equal_within`` in hundredths of a point."""
        return round(self.equal_within * CENT)

    @property
    def uses_load(self) -> bool:
        """Say whether its order asks for the load."""
        return any(criterion.by == "load" for criterion in self.order)

    @property
    def asks_who_is_open(self) -> bool:
        """Say whether its order asks who is at work now."""
        return any(criterion.by == "open_now" for criterion in self.order)


class Ruleset:
    """The ordered rules of one version, compiled; immutable."""

    def __init__(self, rules: tuple[Rule, ...], warnings: tuple[str, ...] = ()) -> None:
        """Take compiled rules in their order, and what was doubtful about them."""
        self.rules = rules
        self.warnings = warnings
        self.fields = frozenset({"temperature", "test"}).union(*(rule.fields for rule in rules))
        self.recorded_fields = tuple(sorted(self.fields - PERSONAL_FIELDS))
        self.personal_fields = tuple(sorted(self.fields & PERSONAL_FIELDS))
        self.asked_fields = tuple(sorted(self.fields))
        self.uses_load = any(rule.uses_load for rule in rules)
        self.index = RuleIndex([rule.when.needs for rule in rules])


Rules = list[dict[str, Any]]
_PLACEHOLDER: dict[str, Any] = {"name": "?", "plan": [{"offer_to": 1, "window": "1d"}]}
"""Read on in the place of a rule that cannot be read, so that the others are still judged."""
_KEYS = ("name", "when", "who", "order", "equal_within", "plan", "clock", "known_customer", "otherwise", "award")
_STEP_KEYS = ("offer_to", "window", "remind_after", "repeat", "reveal", "notify_manager", "award")
_ASKED = {"language": "language", "win_rate": "vertical", "conversion": "vertical"}
"""What an order reads of the lead, beside its place."""
_CRITERION_KEYS: Mapping[str, tuple[str, ...]] = {
    "tag": ("by", "points", "dimension", "values"),
    "distance": ("by", "points", "zero_at_km"),
    **dict.fromkeys(("win_rate", "conversion", "load", "open_now", "language", "past_sales"), ("by", "points")),
}


def compile_ruleset(rules: object, *, known: Known | None = None) -> Ruleset:
    """Read a list of rules, as parsed from JSON, into a ruleset.

    ``known`` is what the vendor has; rules about tags, products, sources or partners that nobody has yet are taken
    with a warning. Raises ``RulesRefused`` with every error found.
    """
    complaints, known = Complaints(), known or Known()
    if not isinstance(rules, list) or len(rules) > MOST_RULES:
        complaints.add("rules", f"{show(rules)} is no list of rules (at most {MOST_RULES:,}); write [{{...}}, {{...}}]")
        rules = []
    elif not rules:
        complaints.warn("there is no rule, so that every lead stays unassigned")
    compiled = tuple(_rule(tree, at, complaints, known) for at, tree in enumerate(rules))
    if complaints.errors:
        if complaints.left_out:
            more = f"and {complaints.left_out:,} more errors; mend these first"
            complaints.errors.append(FieldError("rules", more))
        raise RulesRefused(complaints.errors)
    return Ruleset(compiled, tuple(complaints.warnings))


def refuse_too_large(rules: Rules) -> None:
    """Refuse valid rules that are together larger than what every entrance takes. Raises RulesRefused."""
    size = len(orjson.dumps(rules))
    if size <= LARGEST:
        return
    sizes = [len(orjson.dumps(rule)) for rule in rules]
    at = sizes.index(max(sizes))
    remedy = "put fewer values into lists, for example by giving those partners a tag, or join rules that are alike"
    whole = f"all rules together are {size:,} bytes of JSON, and {LARGEST:,} is the most"
    largest = f"Rule {at + 1} {show(rules[at]['name'])} is the largest, with {sizes[at]:,}"
    raise RulesRefused([FieldError(f"rules[{at}]", f"{largest}; {whole}; {remedy}")])


def _rule(tree: object, at: int, complaints: Complaints, known: Known) -> Rule:
    path, complaints.whose = f"rules[{at}]", f"Rule {at + 1}: "
    if not isinstance(tree, dict):
        complaints.add(path, f'{show(tree)} is no rule; write {{"name": ..., "plan": [...]}}')
        tree = _PLACEHOLDER
    name = tree.get("name")
    if isinstance(name, str) and 0 < len(name.strip()) <= 300:
        complaints.whose = f"Rule {at + 1} {show(name)}: "
    else:
        complaints.add(f"{path}.name", f"the name is {show(name)}; give the rule a name of 1 to 300 characters")
    if _cannot_be_kept(tree, path, complaints):
        tree = _PLACEHOLDER
    _only(tree, _KEYS, path, "a rule", complaints)
    before = len(complaints.errors) + complaints.left_out
    when = compile_condition(tree["when"], f"{path}.when", complaints) if "when" in tree else ALWAYS
    doubt_values(tree.get("when"), known, complaints)
    who = compile_who(tree["who"], f"{path}.who", complaints, known) if "who" in tree else EVERYONE
    is_readable = before == len(complaints.errors) + complaints.left_out
    never = is_readable and doubt_side(tree, "when", path, complaints)
    if is_readable:
        doubt_side(tree, "who", path, complaints)
    order = _order(tree.get("order", []), f"{path}.order", complaints, known)
    equal_within = tree.get("equal_within", 5)
    if not is_number(equal_within) or not 0 <= equal_within <= 10_000:
        complaints.add(f"{path}.equal_within", f"takes points from 0 to 10,000, not {show(equal_within)}")
        equal_within = 5
    award = _award(tree, path, complaints)
    clock = _choice(tree, "clock", ("wall", "business"), path, complaints)
    asked = {_ASKED[one.by] for one in order if one.by in _ASKED}
    return Rule(
        position=at + 1,
        name=name if isinstance(name, str) else "?",
        when=when, who=who, order=order, equal_within=float(equal_within),
        plan=_plan(tree.get("plan"), f"{path}.plan", award, complaints), clock=clock,
        known_customer=_choice(tree, "known_customer", ("prefer", "ignore"), path, complaints),
        otherwise=_choice(tree, "otherwise", ("next", "stop"), path, complaints),
        fields=when.fields | fields_of(who) | asked, never=never,
        tree=tree,
    )  # fmt: skip


def _cannot_be_kept(tree: Mapping[str, object], path: str, complaints: Complaints) -> bool:
    """Note the texts that no database keeps, and keys given twice, before anything is shown of them."""
    found = False
    for steps, fault in faults(tree):
        if fault:  # what is too deep is told where it is read, with the levels that are allowed there
            shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step[:60]}" for step in steps)
            complaints.add(f"{path}{shown}", fault)
            found = True
    return found


def _only(tree: Mapping[str, object], keys: tuple[str, ...], path: str, what: str, complaints: Complaints) -> None:
    for key in tree:
        if key not in keys:
            complaints.add(f"{path}.{str(key)[:60]}", f"there is no {show(key)} in {what}; {nearest(key, keys)}")


def _choice(tree: Mapping[str, Any], key: str, words: tuple[str, ...], path: str, complaints: Complaints) -> Any:
    word = tree.get(key, words[0])
    if isinstance(word, str) and word in words:
        return word
    complaints.add(f"{path}.{key}", f"takes {' or '.join(words)}, not {show(word)}")
    return words[0]


def _order(tree: object, path: str, complaints: Complaints, known: Known) -> tuple[Criterion, ...]:
    if not isinstance(tree, list) or len(tree) > 100:
        complaints.add(path, f'{show(tree)} is no list of at most 100; write [{{"by": "distance", "points": 20, ...}}]')
        return ()
    return tuple(
        criterion
        for at, one in enumerate(tree)
        if (criterion := _criterion(one, f"{path}[{at}]", complaints, known)) is not None
    )


def _criterion(tree: object, path: str, complaints: Complaints, known: Known) -> Criterion | None:
    by = tree.get("by") if isinstance(tree, dict) else None
    if not isinstance(tree, dict) or not isinstance(by, str) or by not in _CRITERION_KEYS:
        what = f"by {show(by)}" if isinstance(tree, dict) else show(tree)
        complaints.add(f"{path}.by", f"nothing can be ordered {what}; {nearest(by, _CRITERION_KEYS)}")
        return None
    _only(tree, _CRITERION_KEYS[by], path, f'an order by "{by}"', complaints)
    points = tree.get("points")
    if not is_number(points) or not 0.01 <= points <= 10_000:
        complaints.add(f"{path}.points", f"takes points from 0.01 to 10,000, not {show(points)}")
        points = 1
    cents = round(points * CENT)
    if by == "distance":
        zero_at_km = tree.get("zero_at_km")
        if not is_number(zero_at_km) or not 0 < zero_at_km <= FARTHEST_KM:
            remedy = f"say from how many km on there are no points (above 0, up to {FARTHEST_KM:,})"
            complaints.add(f"{path}.zero_at_km", f"{show(zero_at_km)} is no distance; {remedy}")
            zero_at_km = 1
        return Criterion(by, cents, zero_at_km=float(zero_at_km))
    if by != "tag":
        return Criterion(by, cents)
    dimension, values = tree.get("dimension"), tree.get("values")
    if not isinstance(dimension, str) or not 0 < len(dimension) <= 100:
        complaints.add(f"{path}.dimension", f'{show(dimension)} is no dimension; write for example "certification"')
        return None
    whole = isinstance(values, list) and 0 < len(values) <= LONGEST_LIST
    if not whole or not all(isinstance(one, str) and 0 < len(one) <= 1_000 for one in values):  # type: ignore[union-attr]
        complaints.add(f"{path}.values", f'{show(values)} is no list of texts; write for example ["iso27001"]')
        return None
    doubt_tags(dimension, values, known, complaints)  # type: ignore[arg-type]
    return Criterion(by, cents, dimension, tuple(values))  # type: ignore[arg-type]


def _plan(tree: object, path: str, award: Award, complaints: Complaints) -> Plan:
    if not isinstance(tree, list) or not 0 < len(tree) <= MOST_STEPS:
        remedy = f'write 1 to {MOST_STEPS} steps like [{{"offer_to": 1, "window": "8h"}}]'
        complaints.add(path, f"{show(tree)} is no plan; {remedy}")
        return ()
    return tuple(_step(one, f"{path}[{at}]", award, complaints) for at, one in enumerate(tree))


def _step(tree: object, path: str, award: Award, complaints: Complaints) -> Step:
    if not isinstance(tree, dict):
        complaints.add(path, f'{show(tree)} is no step; write {{"offer_to": 1, "window": "8h"}}')
        return Step(1, A_DAY)
    _only(tree, _STEP_KEYS, path, "a step", complaints)
    offer_to = tree.get("offer_to")
    if offer_to != "all" and (type(offer_to) is not int or not 1 <= offer_to <= 10_000):
        complaints.add(f"{path}.offer_to", f'takes a whole number from 1 on, or "all", not {show(offer_to)}')
        offer_to = 1
    number = None if offer_to == "all" else int(offer_to)
    window = _duration(tree.get("window"), f"{path}.window", complaints)
    remind_after = None
    if tree.get("remind_after") is not None:
        remind_after = _duration(tree["remind_after"], f"{path}.remind_after", complaints)
        if remind_after and window and remind_after.span >= window.span:
            remedy = f"the window {show(tree['window'])}; remind sooner, or leave it out"
            complaints.add(f"{path}.remind_after", f"{show(tree['remind_after'])} is not shorter than {remedy}")
    repeat = tree.get("repeat", 1)
    if type(repeat) is not int or not 1 <= repeat <= 1_000:
        complaints.add(f"{path}.repeat", f"takes how often the step runs in all, from 1 to 1,000, not {show(repeat)}")
        repeat = 1
    if not isinstance(tree.get("notify_manager", False), bool):
        complaints.add(f"{path}.notify_manager", f"takes true or false, not {show(tree['notify_manager'])}")
    own = _award(tree, path, complaints) if "award" in tree else award
    if own is not None and number == 1 and "award" in tree:
        complaints.add(f"{path}.award", "one partner alone has no rivals; leave the award out, or offer to more")
    if own is not None and number != 1 and window and own[0].span >= window.span:
        remedy = f"the window {show(tree['window'])} of {path}; let the best be chosen sooner, or open it for longer"
        complaints.add(f"{own[1]}.award", f"best_after is not shorter than {remedy}")
    revealed = {"reveal": "full" if number == 1 else "teaser", **tree}
    reveal = _choice(revealed, "reveal", ("full", "teaser"), path, complaints)
    return Step(
        number, window or A_DAY, remind_after, repeat, reveal, tree.get("notify_manager") is True,
        best_after=own[0] if own is not None and number != 1 else None,
    )  # fmt: skip


Award = tuple[Length, str] | None
"""After how long the best of those interested gets a lead, and where that is written; None: whoever accepts first."""


def _award(tree: Mapping[str, Any], path: str, complaints: Complaints) -> Award:
    """Read who wins a competing round: a rule may say it for all of them, or a step for itself."""
    award = tree.get("award", "first")
    if award == "first":
        return None
    if not isinstance(award, dict) or list(award) != ["best_after"]:
        remedy = 'write "first" (who accepts first has the lead), or {"best_after": "10m"} (then the best interested)'
        complaints.add(f"{path}.award", f"{show(award)} is no way to award a lead; {remedy}")
        return None
    after = _duration(award["best_after"], f"{path}.award.best_after", complaints)
    return None if after is None else (after, path)


def _duration(text: object, path: str, complaints: Complaints) -> Length | None:
    try:
        return duration(text if isinstance(text, str) and len(text) <= 20 else None if text is None else show(text))
    except ValueError as wrong:
        sentence = f"{show(text)} is no duration; write for example 90s, 15m, 8h or 2d"
        complaints.add(path, str(wrong) if "longer" in str(wrong) else sentence)
        return None
