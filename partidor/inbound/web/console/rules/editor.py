"""The editor of the rules: the list, one rule as lines to fill in, what it takes beside it, and what changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from partidor.domain.routing.editing.questions import Asked, asks_of_field, asks_of_partner
from partidor.inbound.web.components.doors import ConsoleVisit
from partidor.inbound.web.components.wording import publisher
from partidor.inbound.web.console.lists import asked, leaf, page_number
from partidor.inbound.web.console.rules.drawing import Bar, bars, height, share, squares
from partidor.inbound.web.console.rules.words import PARTS, PRESETS, SETTINGS
from partidor.queries.numbered import SIZE
from partidor.queries.rules.draft import DraftPage, RuleDiff, draft_page
from partidor.queries.rules.last_leads import Live
from partidor.queries.rules.lines import Choice, Kept, LineForm

UNDO = "rules-undo"
FIRST_ASKED = {"when": "product", "who": "kind"}


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice of a rule between two values: its path and label, each value with its label, and which it is now."""

    path: str
    label: str
    choices: tuple[tuple[str, str], ...]
    now: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """A change that was not saved because somebody else had saved first; ``again`` are the fields to send it anew."""

    by: str
    wanted: str
    verb: str
    again: tuple[tuple[str, str], ...]


def show_editor(
    visit: ConsoleVisit,
    *,
    chosen: int,
    kept: Kept | None = None,
    conflict: Conflict | None = None,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Show the draft with a rule open (from 1; 0: the first), and a word of what was done: the page, or its inside."""
    page = (chosen - 1) // SIZE + 1 if chosen else page_number(visit)
    found = draft_page(
        visit.viewer, chosen=chosen, page=page, language=visit.language, kept=kept or _to_be_added(visit)
    )
    position = found.chosen.position if found.chosen else 0
    context = {
        "room": "rules",
        "found": found,
        "rule": found.chosen,
        "digest": _digest(found),
        "by": publisher(found.head.by),
        "next_version": found.head.version + 1,
        "lines": [(line, share(line.taken, found.counted)) for line in found.rules.items],
        "count": found.rules.total,
        "squares": squares(found.live.squares) if found.live else [],
        "height": height(found.counted),
        "bars": _bars(found.live),
        "diff": [_told(one) for one in found.diff],
        "presets": [Choice(key, _(words)) for key, words in PRESETS.items()],
        "datalists": _datalists(found),
        "undo": _has_undo(visit, found.head.revision),
        "unsaved": kept is not None,
        "conflict": conflict,
        "said": said,
        "is_open": bool(chosen),
        "kept": kept if kept and kept.sentence else None,
        "settings": _settings(found),
        "leaf": leaf(visit, found.rules),
        "here": reverse("console:rules", args=[visit.slug]) + (f"?rule={position}" if chosen else ""),
    }  # fmt: skip
    response = visit.show(
        "console/rules/_editor.html" if visit.is_part else "console/rules/editor.html", context, status
    )
    if visit.is_part:
        is_other = visit.request.method == "GET" and visit.shown_at != context["here"]
        response["HX-Push-Url" if is_other else "HX-Replace-Url"] = str(context["here"])
    return response


def _settings(found: DraftPage) -> list[Setting]:
    now = found.chosen.settings if found.chosen else {}
    return [
        Setting(path, _(label), tuple((value, _(words)) for value, words in choices.items()), now[path])
        for path, (label, choices) in SETTINGS.items()
        if path in now
    ]


def _to_be_added(visit: ConsoleVisit) -> Kept | None:
    """Open an empty line where the address asks for one: nothing is saved before it is filled in."""
    path = asked(visit, "add")
    side = path.split(".")[0].split("[")[0]
    if side in FIRST_ASKED:
        return Kept(path, True, first_asked(side, FIRST_ASKED[side]), group=asked(visit, "group"))
    if path == "order":
        return Kept(path, True, form={"by": "load", "points": "25"})
    return Kept(path, True, form=None) if path == "plan" else None


def first_asked(side: str, subject: str) -> Asked:
    """Return an empty line about a subject, with the usual comparison."""
    ops = asks_of_field(subject) if side == "when" else asks_of_partner(subject, False)
    return Asked(subject, ops[0])


def _digest(found: DraftPage) -> str:
    return digest_of(found.chosen.tree) if found.chosen else ""


def digest_of(rule: Mapping[str, Any]) -> str:
    """Name a rule by what it says, so that it is found again after others were moved."""
    return hashlib.blake2b(json.dumps(rule, sort_keys=True).encode(), digest_size=8).hexdigest()


def _has_undo(visit: ConsoleVisit, revision: int) -> bool:
    kept = visit.request.session.get(UNDO)
    return bool(kept and kept["vendor"] == visit.slug and kept["revision"] == revision and kept["edits"])


def _bars(live: Live | None) -> list[Bar]:
    return bars([(name or _("somebody who is no longer here"), number) for name, number in live.bars] if live else [])


def _told(one: RuleDiff) -> tuple[RuleDiff, list[tuple[str, object]]]:
    return one, [(_(PARTS[line.part]), line.pieces) for line in one.lines]


def _datalists(found: DraftPage) -> list[tuple[str, list[str]]]:
    """Return the values to choose from, by the subject of each line that is on the page."""
    if not found.chosen:
        return []
    lines = (line for line in (*found.chosen.when, *found.chosen.who) if isinstance(line, LineForm))
    wanted = {(line.side, line.subject) for line in lines if not line.is_number}
    wanted |= {("who", one.by) for one in found.chosen.order if one.by.startswith("tag:")}
    lists = [(f"{side}-{subject}", list(found.offers.codes(side, subject).values())[:500]) for side, subject in wanted]
    return sorted((name.replace(":", "-").replace(".", "-"), values) for name, values in lists if values)
