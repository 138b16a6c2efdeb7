"""Changing the draft in the browser: the verbs, what is told who comes second, publishing, going back, undoing."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.urls import path
from django.utils.translation import gettext as _

from partidor.actions.rules import DraftChanged, edit_draft, publish_rules, reset_draft
from partidor.domain.refusal import WrongContent
from partidor.domain.routing.editing.edits import Edit, NothingThere
from partidor.inbound.web.components.doors import ConsoleVisit, console_verb
from partidor.inbound.web.components.wording import publisher
from partidor.inbound.web.console.rules.editor import UNDO, Conflict, digest_of, show_editor
from partidor.inbound.web.console.rules.forms import READERS, Unsaved, kept_with, number_of, wanted_of
from partidor.queries.rules.draft import draft_row

MOST_UNDONE = 20
LARGEST_UNDO = 200_000
"""Characters of JSON that all undos together keep in a session."""


@console_verb
def edit(visit: ConsoleVisit, verb: str) -> HttpResponse:
    """Change one thing in the draft."""
    visit.viewer.require_vendor("rules:write")
    read, form = READERS.get(verb), visit.request.POST
    if read is None:
        raise Http404
    rule = number_of(form, "rule") - 1
    kept = None
    try:
        change, kept = read(visit, form, rule)
        draft, undo = edit_draft(change, if_match=number_of(form, "revision"), by=visit.viewer, at=visit.at)
    except Unsaved as unsaved:
        return show_editor(visit, chosen=rule + 1, kept=unsaved.kept, status=422 if unsaved.kept.sentence else 200)
    except DraftChanged:
        return _told_first(visit, verb, form, rule)
    except WrongContent as error:
        if kept is None:
            raise
        return show_editor(visit, chosen=rule + 1, kept=kept_with(kept, error), status=422)
    _remember(visit, draft.revision, undo)
    place = {"move": change.to, "remove": rule}.get(verb, _place(undo, rule))
    return _on(visit, place + 1, _put_where(draft.rules, place) if verb == "new" else "")


def _put_where(rules: Sequence[Mapping[str, Any]], place: int) -> str:
    """Say where a new rule was put, and before which one if it is not the last."""
    if place + 1 == len(rules):
        return _("“{name}” stands last, as rule {number}.").format(name=rules[place]["name"], number=place + 1)
    words = _("“{name}” stands as rule {number}, before “{other}”, which takes every lead.")
    return words.format(name=rules[place]["name"], number=place + 1, other=rules[place + 1]["name"])


def _place(undo: Edit, rule: int) -> int:
    return undo.rule if undo.do in ("remove", "put") else rule


def _on(visit: ConsoleVisit, chosen: int, said: str = "") -> HttpResponse:
    if visit.is_part:
        return show_editor(visit, chosen=chosen, said=said)
    response = visit.go("console:rules", visit.slug, said=said)
    response["Location"] += f"?rule={chosen}#rule-{chosen}"
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
        return _told_first(visit, "undo", visit.request.POST, number_of(visit.request.POST, "rule") - 1)
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
    is_about_all = verb == "new" or (verb == "publish" and rules)
    can_be = is_about_all or (place is not None and verb in READERS and verb != "move")
    fields = [(name, text) for name in form for text in form.getlist(name)]
    now = {"revision": str(revision), "rule": str(1 + (place or 0))}
    again = tuple((name, now.get(name, text)) for name, text in fields if name != "csrfmiddlewaretoken")
    conflict = Conflict(publisher(by), wanted_of(visit, verb, form), verb, again if can_be else ())
    chosen = rule if place is None else place
    return show_editor(visit, chosen=chosen + 1, conflict=conflict, status=412)


@console_verb
def publish(visit: ConsoleVisit) -> HttpResponse:
    """Publish the draft that was looked at."""
    form = visit.request.POST
    try:
        version, repeated = publish_rules(
            note=form.get("note", "").strip(), if_match=number_of(form, "revision"), by=visit.viewer, at=visit.at
        )
    except DraftChanged:
        return _told_first(visit, "publish", form, number_of(form, "rule") - 1)
    said = _("Version {number} was in force already.") if repeated else _("Version {number} is in force.")
    return visit.go("console:rules", visit.slug, said=said.format(number=version.version))


@console_verb
def restore(visit: ConsoleVisit, version: int) -> HttpResponse:
    """Put a published version in the place of the draft."""
    form = visit.request.POST
    try:
        draft, back = reset_draft(version, if_match=number_of(form, "revision"), by=visit.viewer, at=visit.at)
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
