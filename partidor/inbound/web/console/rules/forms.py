"""What the forms of the rules' editor ask for: each read into one edit of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from partidor.domain.conditions import field_type
from partidor.domain.refusal import WrongContent
from partidor.domain.routing.editing import typed
from partidor.domain.routing.editing.edits import LONGEST_PATH, Edit, NothingThere, grouped
from partidor.domain.routing.editing.presets import preset
from partidor.domain.routing.editing.questions import (
    PARTNER_ASKS,
    Asked,
    asks_of_field,
    asks_of_partner,
    lead_question,
    partner_question,
)
from partidor.inbound.web.components.doors import ConsoleVisit
from partidor.inbound.web.components.errors import sentence_of
from partidor.inbound.web.console.rules.words import PRESET_NAMES, SETTINGS, UNITS
from partidor.queries.rules.lines import Kept
from partidor.queries.rules.offered import Offered, offered

_PART_OF = ("when", "who", "order", "plan")


class Unsaved(Exception):
    """A line that is not complete or not right: it is shown again as it is."""

    def __init__(self, kept: Kept) -> None:
        """Take what was typed."""
        self.kept = kept


class Read(NamedTuple):
    """What a form asks for, and how to show it again should it be refused."""

    edit: Edit
    kept: Kept | None = None


def number_of(form: QueryDict, name: str) -> int:
    """Read a whole number; 0 where there is none."""
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _path(form: QueryDict) -> str:
    found = form.get("path", "")[:LONGEST_PATH]
    if not found.startswith(_PART_OF):
        raise NothingThere
    return found


def _texts(form: QueryDict) -> list[str]:
    """Return the values of a line: those that stand there but the one taken away, and those that were typed."""
    texts = form.getlist("value")[:10_000]
    if (without := form.get("without")) is not None:
        texts = [text for at, text in enumerate(texts) if str(at) != without]
    new = form.get("new", "")
    return [text.replace("\0", "") for text in (*texts, *new.split(";")) if text.strip()]


def _line(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    at, subject, op = _path(form), form.get("subject", "")[:200], form.get("op", "")
    side = "who" if at.startswith("who") else "when"
    offers = offered(visit.viewer, visit.language, partners=subject in ("partner", "parent"))
    is_other = subject != form.get("was_subject")
    if is_other and subject not in offers.subjects(side):
        raise NothingThere
    texts = [] if is_other else _texts(form)
    ops = _ops(side, subject, offers)
    if op not in ops and (is_other or op != form.get("was_op")):
        op = ops[0]
    line, before = Asked(subject, op), Asked(subject, form.get("was_op") or op)
    if line.takes != before.takes and "field" in (line.takes, before.takes):
        texts = []
    line = replace(line, values=tuple(texts or _usual(side, line, offers)))
    is_new, group = "is_new" in form, form.get("group", "")
    kept = Kept(at, is_new, line, group=group)
    try:
        filled = typed.line_of(side, line, offers.codes(side, subject), visit.language)
    except WrongContent as error:
        is_on_the_way = is_other or line.op != form.get("was_op")
        raise Unsaved(replace(kept, sentence="" if is_on_the_way else sentence_of(error))) from error
    question = lead_question(filled) if side == "when" else partner_question(filled)
    if is_new:
        return Read(Edit("add", rule, at, grouped(group, [question]) if group else question), kept)
    return Read(Edit("put", rule, at, question), kept)


def _ops(side: str, subject: str, offers: Offered) -> tuple[str, ...]:
    if side == "when":
        return asks_of_field(subject)
    if not subject.startswith("tag:") and subject not in PARTNER_ASKS:
        raise NothingThere
    return asks_of_partner(subject, subject[4:] in offers.ordered)


def _usual(side: str, line: Asked, offers: Offered) -> list[str]:
    """Return what is nearly always meant, where a line has nothing yet: yes; the field of the same name."""
    if side == "when":
        return ["true"] if field_type(line.subject) == "truth" and line.takes == "one" else []
    name = line.subject.removeprefix("tag:")
    return [name if name in offers.fields else "product"] if line.takes == "field" else []


def _criterion(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    at, by = _path(form), form.get("by", "")[:200]
    offers = offered(visit.viewer, visit.language, partners=False)
    is_other = by != form.get("was_by")
    values = [] if is_other else _texts(form)
    words = {"by": by, "points": form.get("points", ""), "zero_at_km": form.get("zero_at_km", "") or "250"}
    kept = Kept(at, at == "order", form=words, values=tuple(values))
    try:
        made = typed.criterion_of(words, values, offers.codes("who", by), visit.language)
    except WrongContent as error:
        raise Unsaved(kept_with(kept, error, quiet=is_other and by.startswith("tag:"))) from error
    return Read(Edit("add" if at == "order" else "put", rule, at, made), kept)


def _step(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    at = _path(form)
    words = {name: form.get(name, "")[:20] for name in (
        "to", "number", "window", "window_unit", "remind_after", "remind_after_unit", "repeat", "reveal",
        "notify_manager", "best_after", "best_after_unit")}  # fmt: skip
    kept = Kept(at, at == "plan", form=words)
    try:
        made = typed.step_of(words, visit.language)
    except WrongContent as error:
        raise Unsaved(kept_with(kept, error)) from error
    return Read(Edit("add" if at == "plan" else "put", rule, at, made), kept)


def kept_with(kept: Kept, error: WrongContent, *, quiet: bool = False) -> Kept:
    """Keep what was typed with the sentence that says what is wrong; quietly while it is only not complete."""
    return replace(kept, field=error.errors[0].field, sentence="" if quiet else sentence_of(error))


def _word(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    """Read the name of a rule, its points of equality, or one of its choices of two."""
    at, text = form.get("path", ""), form.get("value", "")[:1_000]
    kept = Kept(at, False, form={at: text}, field=at)
    try:
        if at == "name":
            return Read(Edit("put", rule, at, typed.name_of(text)), kept)
        if at == "equal_within":
            points = typed.number_of(text, visit.language)
            if points is None or not 0 <= points <= 10_000:
                raise typed.wrong(at, typed.EQUAL)
            return Read(Edit("put", rule, at, points), kept)
    except WrongContent as error:
        raise Unsaved(kept_with(kept, error)) from error
    if at not in SETTINGS or text not in SETTINGS[at][1]:
        raise NothingThere
    return Read(Edit("put", rule, at, text), kept)


def _part(do: str) -> Callable[[ConsoleVisit, QueryDict, int], Read]:
    def read(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
        return Read(Edit(do, rule, _path(form), form.get("kind", "")[:10], number_of(form, "to")))

    return read


def _new(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    key = form.get("preset", "every")
    return Read(Edit("new", value=preset(key, _(PRESET_NAMES.get(key, PRESET_NAMES["every"])))))


def _start(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    return Read(Edit("fill", rule, value=preset(form.get("preset", "every"), "")))


def _copy(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    return Read(Edit("copy", rule, value=_("copy")))


def _remove(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    return Read(Edit("remove", rule))


def _move(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
    """Read from which place to which, both from 1: "3-2"."""
    places = form.get("to", "").split("-")
    if len(places) != 2 or not all(place.isascii() and place.isdigit() and 0 < len(place) < 6 for place in places):
        raise NothingThere
    return Read(Edit("move", int(places[0]) - 1, to=max(0, int(places[1]) - 1)))


READERS: Mapping[str, Callable[[ConsoleVisit, QueryDict, int], Read]] = {
    "line": _line, "criterion": _criterion, "step": _step, "word": _word, "drop": _part("drop"),
    "group": _part("group"), "shift": _part("shift"), "new": _new, "start": _start, "copy": _copy, "remove": _remove,
    "move": _move,
}  # fmt: skip


def wanted_of(visit: ConsoleVisit, verb: str, form: QueryDict) -> str:
    """Say again what was typed, so that it is not lost."""
    if verb == "line":
        subject, side = form.get("subject", ""), "who" if form.get("path", "").startswith("who") else "when"
        offers = offered(visit.viewer, visit.language, partners=subject in ("partner", "parent"))
        values = [offers.name(side, subject, text) for text in _texts(form)]
        return f"{offers.subjects(side).get(subject, '')}: {', '.join(values)}"
    if verb == "word":
        at, text = form.get("path", ""), form.get("value", "")
        label, choices = SETTINGS.get(at, ("", {}))
        points = f"{pgettext('rules', 'Within')} {text} {pgettext('rules', 'points')}"
        return f"{_(label)} {_(choices[text])}" if text in choices else points if at == "equal_within" else text
    if verb == "criterion":
        return f"{form.get('points', '')} {pgettext('rules', 'points')}"
    if verb == "step":
        return f"{form.get('window', '')} {_(UNITS.get(form.get('window_unit', ''), ''))}".strip()
    return form.get("note", "").strip() if verb == "publish" else ""
