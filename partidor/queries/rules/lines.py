"""A rule of the draft as lines that are filled in: conditions and criteria in their groups, the order, the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.conditions import field_type
from partidor.domain.facts import LEAD_FIELDS
from partidor.domain.routing.editing.edits import ALWAYS, is_question, opened
from partidor.domain.routing.editing.questions import (
    Asked,
    asks_of_field,
    asks_of_partner,
    lead_line,
    partner_line,
)
from partidor.domain.routing.editing.typed import UNITS, written
from partidor.domain.routing.words import naming
from partidor.domain.routing.words.clauses import capital
from partidor.domain.routing.words.naming import spoken
from partidor.domain.routing.words.vocabulary import WORDS
from partidor.queries.rules.offered import Offered

_ASK_WORDS = {"eq": "is", "ne": "is not", "in": "is any", "not_in": "is none", "exists": "known",
              "missing": "not known"}  # fmt: skip
_LIST_WORDS = {"in": "has", "not_in": "has not", "starts_with": "begins", "not starts_with": "begins not"}
_PARTNER_WORDS = {"in": "is any", "not in": "is none", "not_in": "is none", "all_of": "all", "not all_of": "not all",
                  "at_least": "at least", "not at_least": "not at least", "matches": "the lead",
                  "not matches": "not the lead", "lte": "far", "not lte": "not far", "is": "works",
                  "not is": "not works"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """What was typed into a line and is not saved: where, what, and the sentence about it ("" : it is not complete)."""

    path: str
    is_new: bool
    asked: Asked | None = None
    group: str = ""
    form: Mapping[str, str] | None = None
    values: tuple[str, ...] = ()
    field: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class LineForm:
    """One question. ``glue`` is a code: all, any, none, not_all for a first line, and, or for a later one."""

    key: str
    side: str
    path: str
    depth: int
    glue: str
    subject: str
    subjects: tuple[Choice, ...]
    op: str
    ops: tuple[Choice, ...]
    takes: str
    chips: tuple[Choice, ...] = ()
    texts: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    """What a select offers instead of a field: yes and no, a lead's fields, the values of an order."""
    is_number: bool = False
    unit: str = ""
    group: str = ""
    is_new: bool = False
    sentence: str = ""
    unsaved: bool = False
    what: str = "line"

    @property
    def offers(self) -> str:
        """Return the id of the list of values to choose from."""
        return f"{self.side}-{self.subject}".replace(":", "-").replace(".", "-")


@dataclass(frozen=True, slots=True)
class GroupForm:
    """The head of a group: what it asks of the lines below."""

    key: str
    side: str
    path: str
    depth: int
    glue: str
    kind: str
    is_root: bool
    what: str = "group"


@dataclass(frozen=True, slots=True)
class AddForm:
    """Where a group may get one more line."""

    side: str
    path: str
    depth: int
    is_root: bool
    what: str = "add"


Line = LineForm | GroupForm | AddForm


@dataclass(frozen=True, slots=True)
class CriterionForm:
    """One line of the order."""

    key: str
    path: str
    by: str
    bys: tuple[Choice, ...]
    points: str
    width: str
    chips: tuple[Choice, ...]
    zero_at_km: str
    text: str = ""
    is_new: bool = False
    field: str = ""
    sentence: str = ""

    @property
    def offers(self) -> str:
        """Return the id of the list of values to choose from."""
        return f"who-{self.by}".replace(":", "-").replace(".", "-")


@dataclass(frozen=True, slots=True)
class StepForm:
    """One step of the plan."""

    key: str
    path: str
    at: int
    title: str
    text: str
    values: Mapping[str, str]
    is_first: bool = False
    is_last: bool = False
    is_only: bool = False
    is_new: bool = False
    field: str = ""
    sentence: str = ""


class Lines:
    """Makes the lines of one rule."""

    def __init__(self, rule: Mapping[str, Any], offers: Offered, kept: Kept | None) -> None:
        """Take the rule as it is written, what is offered, and what was typed and not saved."""
        self.rule, self.offers, self.kept = rule, offers, kept
        self.words = WORDS[spoken(offers.language)]

    def side(self, side: str) -> list[Line]:
        """Return the lines of ``when`` or ``who``."""
        return list(self._group(side, self.rule.get(side, ALWAYS), side, 0, "", is_root=True))

    def _group(self, side: str, node: Any, path: str, depth: int, glue: str, *, is_root: bool) -> Iterator[Line]:
        kind, parts = opened(node)
        if not is_root or (len(parts) > 1 or kind != "all"):
            yield GroupForm(_key(path), side, path, depth, glue, kind, is_root)
        inner = depth + (not is_root)
        for at, (step, part) in enumerate(parts):
            here = f"{path}{step}"
            word = ("and" if kind in ("all", "not_all") else "or") if at else ""
            if is_question(part):
                yield self._line(side, part, here, inner, word)
            else:
                yield from self._group(side, part, here, inner, word, is_root=False)
        kept = self.kept
        if kept and kept.is_new and kept.path == path and kept.asked:
            yield self._filled(side, kept.asked, path, inner, "", kept)
        else:
            yield AddForm(side, path, inner, is_root)

    def _line(self, side: str, node: Mapping[str, Any], path: str, depth: int, glue: str) -> LineForm:
        if self.kept and not self.kept.is_new and self.kept.path == path and self.kept.asked:
            return self._filled(side, self.kept.asked, path, depth, glue, self.kept)
        line = lead_line(node) if side == "when" else partner_line(node)
        return self._filled(side, line, path, depth, glue, None)

    def _filled(self, side: str, line: Asked, path: str, depth: int, glue: str, kept: Kept | None) -> LineForm:
        offers, subjects = self.offers, dict(self.offers.subjects(side))
        subjects.setdefault(line.subject, self._unknown(line.subject))
        kind = field_type(line.subject) if side == "when" else None
        takes = line.takes
        chips: tuple[Choice, ...] = ()
        texts: tuple[str, ...] = ()
        choices: tuple[Choice, ...] = ()
        if takes == "many":
            chips = tuple(Choice(_raw(one), offers.name(side, line.subject, one)) for one in line.values)
        elif takes == "field":
            fields = [name for name in offers.fields if field_type(name) in ("text", "list", "custom")]
            chosen = str(line.values[0]) if line.values else ""
            choices = tuple(Choice(name, offers.fields[name], name == chosen) for name in fields)
        elif kind == "truth":
            is_yes = line.values[:1] not in ((False,), ("false",))
            choices = tuple(Choice(code, offers.name("when", "test", code == "true"), (code == "true") == is_yes)
                            for code in ("true", "false"))  # fmt: skip
        elif line.op.endswith("at_least"):
            named = offers.codes(side, line.subject)
            chosen = str(line.values[0]).casefold() if line.values else ""
            choices = tuple(Choice(code, name, code.casefold() == chosen) for code, name in named.items())
        elif takes in ("one", "two"):
            texts = tuple(self._text(side, line.subject, one) for one in line.values)
            texts = (*texts, "", "")[: 2 if takes == "two" else 1]
        return LineForm(
            key=_key(path) + ("-new" if kept and kept.is_new else ""),
            side=side, path=path, depth=depth, glue=glue,
            subject=line.subject, subjects=_chosen(subjects, line.subject),
            op=line.op, ops=self._ops(side, line),
            takes="choice" if choices else takes, chips=chips, texts=texts, choices=choices,
            is_number=kind == "number" or line.subject == "distance",
            unit="km" if line.subject == "distance" else "",
            group=kept.group if kept else "", is_new=bool(kept and kept.is_new),
            sentence=kept.sentence if kept else "", unsaved=kept is not None,
        )  # fmt: skip

    def _unknown(self, subject: str) -> str:
        """Name what a rule asks for and nobody has."""
        if subject.startswith("tag:"):
            return capital(naming.dimension_name(subject[4:], self.offers.language))
        return naming.readable(subject.removeprefix("custom."))

    def _text(self, side: str, subject: str, value: object) -> str:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return written(value, self.offers.language)
        named = self.offers.codes(side, subject).get(str(value))
        return named or self.offers.name(side, subject, value)

    def _ops(self, side: str, line: Asked) -> tuple[Choice, ...]:
        if side == "who":
            ops = asks_of_partner(line.subject, line.subject[4:] in self.offers.ordered)
            words = {op: self.words[_PARTNER_WORDS[op]] for op in (*ops, line.op)}
        else:
            ops = asks_of_field(line.subject)
            table = _LIST_WORDS if LEAD_FIELDS.get(line.subject) == "list" else {}
            words = {op: self.words[table.get(op) or _ASK_WORDS.get(op, op)] for op in (*ops, line.op)}
        return _chosen(words, line.op)

    def order(self) -> list[CriterionForm]:
        """Return the lines of the order, and one more that was typed and is not saved."""
        order: Sequence[Mapping[str, Any]] = self.rule.get("order", [])
        most = max((one["points"] for one in order), default=1)
        kept, made = self.kept, []
        for at, one in enumerate(order):
            path = f"order[{at}]"
            given = kept if kept and kept.path == path and kept.form is not None else None
            made.append(self._criterion(one, path, f"{100 * one['points'] / most:.1f}", given))
        if kept and kept.is_new and kept.path == "order":
            made.append(self._criterion({}, "order", "0", kept))
        return made

    def _criterion(self, one: Mapping[str, Any], path: str, width: str, kept: Kept | None) -> CriterionForm:
        language = self.offers.language
        by = f"tag:{one['dimension']}" if one.get("by") == "tag" else str(one.get("by", "load"))
        points = written(one["points"], language) if one else ""
        km = written(one["zero_at_km"], language) if "zero_at_km" in one else ""
        values = tuple(str(value) for value in one.get("values", ()))
        if kept and kept.form is not None:
            by, points = kept.form.get("by", by), kept.form.get("points", points)
            km, values = kept.form.get("zero_at_km", km), kept.values
        chips = tuple(Choice(value, self.offers.name("who", by, value)) for value in values if by.startswith("tag:"))
        return CriterionForm(
            _key(path) + ("-new" if path == "order" else ""), path, by, _chosen(self._measures(by), by), points, width,
            chips, km, is_new=path == "order", field=kept.field if kept else "", sentence=kept.sentence if kept else "",
        )  # fmt: skip

    def _measures(self, by: str) -> dict[str, str]:
        names = {"distance": self.words["Nearer"]}
        names |= {one: self.words[f"By {one}"].format("…") for one in
                 ("load", "win_rate", "conversion", "past_sales", "language", "open_now")}  # fmt: skip
        tags = dict(self.offers.dimensions)
        if by.startswith("tag:"):
            tags.setdefault(by[4:], naming.dimension_name(by[4:], self.offers.language))
        return names | {f"tag:{key}": capital(name) for key, name in tags.items()}

    def plan(self, told: Sequence[tuple[str, str]]) -> list[StepForm]:
        """Return the steps, with the title and text of each, and one more that was typed and is not saved."""
        plan, kept, made = self.rule["plan"], self.kept, []
        for at, step in enumerate(plan):
            path = f"plan[{at}]"
            given = kept if kept and kept.path == path and kept.form is not None else None
            values = given.form if given and given.form is not None else _step_values(step)
            field, sentence = (given.field, given.sentence) if given else ("", "")
            made.append(StepForm(_key(path), path, at, *told[at], values, at == 0, at == len(plan) - 1, len(plan) == 1,
                                 field=field, sentence=sentence))  # fmt: skip
        if kept and kept.is_new and kept.path == "plan":
            values = kept.form or {"to": "all", "window": "48", "window_unit": "h", "reveal": "teaser", "repeat": "1"}
            made.append(StepForm("plan-new", "plan", len(plan), "", "", values, is_new=True, field=kept.field,
                                 sentence=kept.sentence))  # fmt: skip
        return made


def _step_values(step: Mapping[str, Any]) -> dict[str, str]:
    to = step["offer_to"]
    values = {"to": "all" if to == "all" else "one" if to == 1 else "several",
              "number": "" if to in ("all", 1) else str(to), "repeat": str(step.get("repeat", 1)),
              "reveal": step.get("reveal") or ("full" if to == 1 else "teaser"),
              "notify_manager": "on" if step.get("notify_manager") else ""}  # fmt: skip
    award = step.get("award")
    times = {"window": step["window"], "remind_after": step.get("remind_after"),
             "best_after": award.get("best_after") if isinstance(award, Mapping) else None}  # fmt: skip
    for name, text in times.items():
        values[name] = text[:-1] if text else ""
        values[f"{name}_unit"] = (
            text[-1] if text and text[-1] in (*UNITS, "s") else "m" if name == "best_after" else "h"
        )
    return values


def _chosen(named: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, label, value == chosen) for value, label in named.items())


def _raw(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(path: str) -> str:
    return "at-" + "".join(one if one.isalnum() else "-" for one in path).replace("--", "-").strip("-")
