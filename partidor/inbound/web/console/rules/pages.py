"""Rules, for reading: in order, each as a sentence; the chosen one in full, beside what it takes and reaches."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.components.wording import publisher
from partidor.inbound.web.console.lists import asked, leaf, page_number
from partidor.inbound.web.console.rules import verbs as rule_verbs
from partidor.inbound.web.console.rules.drawing import bars, height, share, squares
from partidor.inbound.web.console.rules.editor import show_editor
from partidor.inbound.web.console.rules.words import note_of
from partidor.queries.numbered import SIZE
from partidor.queries.rules.draft import draft_revision
from partidor.queries.rules.in_force import (
    RuleList,
    rule_history,
    rules_in_force,
    rules_of_version,
)
from partidor.queries.rules.open_ends import open_ends


@console_page
def rules(visit: ConsoleVisit) -> HttpResponse:
    """Show the draft, to whoever may change it; to others the rules in force, and one of them in full."""
    chosen = _chosen(visit)
    if visit.viewer.may("rules:write"):
        return show_editor(visit, chosen=chosen)
    found = rules_in_force(visit.viewer, page=_page(visit, chosen), language=visit.language, at=visit.at)
    return _show(visit, found, chosen)


@console_page
def version(visit: ConsoleVisit, version: int) -> HttpResponse:
    """Show what a published version said."""
    chosen = _chosen(visit)
    found = rules_of_version(visit.viewer, version, page=_page(visit, chosen), language=visit.language)
    return _show(visit, found, chosen, draft_revision(visit.viewer) if visit.viewer.may("rules:write") else 0)


@console_page
def history(visit: ConsoleVisit) -> HttpResponse:
    """Show the published versions, the newest first."""
    found = rule_history(visit.viewer, page=page_number(visit))
    lines = [(line, publisher(line.by), note_of(line)) for line in found.items]
    return visit.show("console/rules/history.html", {"room": "rules", "lines": lines, "leaf": leaf(visit, found)})


@console_page
def open_list(visit: ConsoleVisit, what: str) -> HttpResponse:
    """Show the leads or partners behind a number of the editor, and what can be done about them."""
    rule = _chosen(visit)
    found = open_ends(visit.viewer, what, rule=rule, page=page_number(visit))
    items = found.leads or found.partners
    assert items is not None
    return visit.show(
        "console/rules/open.html",
        {"room": "rules", "found": found, "what": what, "leaf": leaf(visit, items), "number": items.total},
    )


def _chosen(visit: ConsoleVisit) -> int:
    text = asked(visit, "rule")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _page(visit: ConsoleVisit, chosen: int) -> int:
    """Return the page that the chosen rule stands on, else the one that is asked for."""
    return (chosen - 1) // SIZE + 1 if chosen else page_number(visit)


def _show(visit: ConsoleVisit, found: RuleList, chosen: int, revision: int = 0) -> HttpResponse:
    lines = found.rules.items
    rule = next((line for line in lines if line.position == chosen), lines[0] if lines else None)
    context = {
        "room": "rules",
        "found": found,
        "lines": [(line, share(line.taken.number if line.taken else 0, found.counted)) for line in lines],
        "rule": rule,
        "weights": [(one, f"{100 * one.share:.1f}") for one in rule.told.order] if rule else [],
        "by": publisher(found.version.by) if found.version else "",
        "note": note_of(found.version) if found.version else "",
        "squares": squares(rule.taken.squares) if rule and rule.taken else [],
        "height": height(found.counted),
        "takers": bars(rule.taken.takers) if rule and rule.taken else [],
        "leaf": leaf(visit, found.rules),
        "revision": revision,
        "is_open": bool(chosen),
    }
    return visit.show("console/rules/page.html", context)


urlpatterns = [
    path("rules/", rules, name="rules"),
    path("rules/history", history, name="rule-history"),
    path("rules/open/<slug:what>", open_list, name="rules-open"),
    path("rules/<int:version>", version, name="rule-version"),
    *rule_verbs.urlpatterns,
]
