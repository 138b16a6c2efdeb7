"""Changing the draft in the browser: each verb reads its form into one edit; publishing, going back, undoing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from django.http import Http404, HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _

from partidor.actions.rules import DraftChanged, edit_draft, publish_rules, reset_draft
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
from partidor.inbound.web.components.doors import ConsoleVisit, console_verb
from partidor.inbound.web.components.errors import sentence_of
from partidor.inbound.web.components.wording import publisher
from partidor.inbound.web.console.rules.editor import UNDO, Conflict, digest_of, show_editor
from partidor.inbound.web.console.rules.words import PRESET_NAMES
from partidor.queries.rules.draft import draft_row
from partidor.queries.rules.lines import Kept
from partidor.queries.rules.offered import Offered, offered

MOST_UNDONE = 20
LARGEST_UNDO = 200_000
"""Characters of JSON that all undos together keep in a session."""
_CHOICES = {"otherwise": ("next", "stop"), "known_customer": ("prefer", "ignore"), "clock": ("wall", "business")}
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


def _number(form: QueryDict, name: str) -> int:
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
        raise Unsaved(_with(kept, error, quiet=is_other and by.startswith("tag:"))) from error
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
        raise Unsaved(_with(kept, error)) from error
    return Read(Edit("add" if at == "plan" else "put", rule, at, made), kept)


def _with(kept: Kept, error: WrongContent, *, quiet: bool = False) -> Kept:
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
        raise Unsaved(_with(kept, error)) from error
    if text not in _CHOICES.get(at, ()):
        raise NothingThere
    return Read(Edit("put", rule, at, text), kept)


def _part(do: str) -> Callable[[ConsoleVisit, QueryDict, int], Read]:
    def read(visit: ConsoleVisit, form: QueryDict, rule: int) -> Read:
        return Read(Edit(do, rule, _path(form), form.get("kind", "")[:10], _number(form, "to")))

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


VERBS: Mapping[str, Callable[[ConsoleVisit, QueryDict, int], Read]] = {
    "line": _line, "criterion": _criterion, "step": _step, "word": _word, "drop": _part("drop"),
    "group": _part("group"), "shift": _part("shift"), "new": _new, "start": _start, "copy": _copy, "remove": _remove,
    "move": _move,
}  # fmt: skip


@console_verb
def edit(visit: ConsoleVisit, verb: str) -> HttpResponse:
    """Change one thing in the draft."""
    visit.viewer.require_vendor("rules:write")
    read, form = VERBS.get(verb), visit.request.POST
    if read is None:
        raise Http404
    rule = _number(form, "rule") - 1
    kept = None
    try:
        change, kept = read(visit, form, rule)
        draft, undo = edit_draft(change, if_match=_number(form, "revision"), by=visit.viewer, at=visit.at)
    except Unsaved as unsaved:
        return show_editor(visit, chosen=rule + 1, kept=unsaved.kept, status=422 if unsaved.kept.sentence else 200)
    except DraftChanged:
        return _told_first(visit, verb, form, rule)
    except WrongContent as error:
        if kept is None:
            raise
        return show_editor(visit, chosen=rule + 1, kept=_with(kept, error), status=422)
    _remember(visit, draft.revision, undo)
    return _on(visit, {"move": change.to, "remove": rule}.get(verb, _place(undo, rule)) + 1)


def _place(undo: Edit, rule: int) -> int:
    return undo.rule if undo.do in ("remove", "put") else rule


def _on(visit: ConsoleVisit, chosen: int) -> HttpResponse:
    if visit.is_part:
        return show_editor(visit, chosen=chosen)
    response = visit.go("console:rules", visit.slug)
    response["Location"] += f"?rule={chosen}"
    return response


@console_verb
def undo(visit: ConsoleVisit) -> HttpResponse:
    """Take back the last change of this person, unless somebody has changed the draft since."""
    visit.viewer.require_vendor("rules:write")
    kept = visit.request.session.get(UNDO)
    if not kept or kept["vendor"] != visit.slug or not kept["edits"]:
        raise NothingThere
    back = Edit(**kept["edits"][-1])
    try:
        draft, _again = edit_draft(back, if_match=kept["revision"], by=visit.viewer, at=visit.at)
    except DraftChanged:
        return _told_first(visit, "undo", visit.request.POST, _number(visit.request.POST, "rule") - 1)
    visit.request.session[UNDO] = {**kept, "revision": draft.revision, "edits": kept["edits"][:-1]}
    return _on(visit, (back.to if back.do == "move" else back.rule) + 1)


def _remember(visit: ConsoleVisit, revision: int, undo: Edit) -> None:
    """Keep what undoes the last changes, as long as nobody else changes the draft between them."""
    kept = visit.request.session.get(UNDO) or {}
    follows = kept.get("vendor") == visit.slug and kept.get("revision") in (revision - 1, revision)
    edits = [*(kept["edits"] if follows else []), undo.as_json()][-MOST_UNDONE:]
    while edits and len(json.dumps(edits)) > LARGEST_UNDO:
        edits.pop(0)
    visit.request.session[UNDO] = {"vendor": visit.slug, "revision": revision, "edits": edits}


def _told_first(visit: ConsoleVisit, verb: str, form: QueryDict, rule: int) -> HttpResponse:
    """Say that somebody else has saved meanwhile, show theirs, and offer to make the change in it, if that can be."""
    rules, revision, by = draft_row(visit.viewer)
    digests = [digest_of(one) for one in rules]
    was = form.get("was", "")
    place = digests.index(was) if was in digests else None
    can_be = verb == "new" or (place is not None and verb in VERBS and verb != "move")
    fields = [(name, text) for name in form for text in form.getlist(name)]
    now = {"revision": str(revision), "rule": str(1 + (place or 0))}
    again = tuple((name, now.get(name, text)) for name, text in fields if name != "csrfmiddlewaretoken")
    conflict = Conflict(publisher(by), _wanted(visit, verb, form), verb, again if can_be else ())
    chosen = rule if place is None else place
    return show_editor(visit, chosen=chosen + 1, conflict=conflict, status=412)


def _wanted(visit: ConsoleVisit, verb: str, form: QueryDict) -> str:
    """Say again what was typed, so that it is not lost."""
    if verb == "line":
        subject, side = form.get("subject", ""), "who" if form.get("path", "").startswith("who") else "when"
        offers = offered(visit.viewer, visit.language, partners=subject in ("partner", "parent"))
        values = [offers.name(side, subject, text) for text in _texts(form)]
        return f"{offers.subjects(side).get(subject, '')}: {', '.join(values)}"
    names = {"word": ("value",), "criterion": ("points",), "step": ("window", "window_unit"), "publish": ("note",)}
    return " ".join(form.get(name, "") for name in names.get(verb, ())).strip()


@console_verb
def publish(visit: ConsoleVisit) -> HttpResponse:
    """Publish the draft that was looked at."""
    form = visit.request.POST
    try:
        version, repeated = publish_rules(
            note=form.get("note", "").strip(), if_match=_number(form, "revision"), by=visit.viewer, at=visit.at
        )
    except DraftChanged:
        return _told_first(visit, "publish", form, _number(form, "rule") - 1)
    said = _("Version {number} was in force already.") if repeated else _("Version {number} is in force.")
    return visit.go("console:rules", visit.slug, said=said.format(number=version.version))


@console_verb
def restore(visit: ConsoleVisit, version: int) -> HttpResponse:
    """Put a published version in the place of the draft."""
    form = visit.request.POST
    try:
        draft, back = reset_draft(version, if_match=_number(form, "revision"), by=visit.viewer, at=visit.at)
    except DraftChanged:
        return _told_first(visit, "restore", form, 0)
    _remember(visit, draft.revision, back)
    said = _("The draft is now what version {number} says. You can undo this.").format(number=version)
    return visit.go("console:rules", visit.slug, said=said)


urlpatterns = [
    path("rules/draft/<slug:verb>", edit, name="rule-edit"),
    path("rules/undo", undo, name="rule-undo"),
    path("rules/publish", publish, name="rule-publish"),
    path("rules/<int:version>/restore", restore, name="rule-restore"),
]
