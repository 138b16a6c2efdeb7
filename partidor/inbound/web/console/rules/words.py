"""What the rules' pages call things: who saved, notes, presets, parts of a rule."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.queries.rules.in_force import VersionLine

FIRST_NOTE = gettext_noop("The rule every vendor starts with")
PRESETS: Mapping[str, str] = {
    "hot": gettext_noop("Hot: 30 minutes of working time for one, then five in competition"),
    "warm": gettext_noop("Warm: two in turn, 4 working hours each"),
    "enterprise": gettext_noop("From 500 people: 2 working days for one"),
    "small": gettext_noop("Below 500 people: 12 working hours for one, then all"),
    "in_house": gettext_noop("From a value of 100,000: our own sales and agents, 2 working days for one"),
    "own_link": gettext_noop("A partner's own link brought it: back to that partner, 2 working days"),
    "every": gettext_noop("Every lead: two in turn, 8 working hours each"),
}
PRESET_NAMES: Mapping[str, str] = {
    "hot": gettext_noop("Hot leads"),
    "warm": gettext_noop("Warm leads"),
    "enterprise": gettext_noop("Large customers"),
    "small": gettext_noop("Small customers"),
    "in_house": gettext_noop("Largest deals"),
    "own_link": gettext_noop("Partners' own links"),
    "every": gettext_noop("New rule"),
    "rest": gettext_noop("All others"),
}
PARTS: Mapping[str, str] = {
    "name": gettext_noop("name"),
    "when": gettext_noop("when"),
    "who": gettext_noop("who"),
    "order": gettext_noop("order"),
    "plan": gettext_noop("plan"),
    "also": gettext_noop("also"),
}
SETTINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "known_customer": (
        gettext_noop("Who works with the customer already"),
        {"prefer": gettext_noop("is asked first and alone"), "ignore": gettext_noop("is asked as all others are")},
    ),
    "otherwise": (
        gettext_noop("If it fits and nobody can be asked"),
        {"next": gettext_noop("the next rule that fits is tried"), "stop": gettext_noop("no later rule is tried")},
    ),
    "clock": (
        gettext_noop("Times are counted"),
        {"wall": gettext_noop("day and night"), "business": gettext_noop("in working hours")},
    ),
}
"""Choices of a rule between two values: the label, and each value with its own."""
UNITS: Mapping[str, str] = {
    "s": gettext_noop("seconds"),
    "m": gettext_noop("minutes"),
    "h": gettext_noop("hours"),
    "d": gettext_noop("days"),
}


def note_of(version: VersionLine) -> str:
    """Return the note of a version; Partidor's own note in the reader's language."""
    return _(version.note) if version.by.kind == "system" and version.note == FIRST_NOTE else version.note
