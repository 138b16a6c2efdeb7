"""What the docs must say, so that they stay true: `make docs` writes what can be written by a machine."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from partidor.domain import states
from partidor.domain.life import Life
from tests.house.source import ROOT, dotted, nodes, sources

EVENT = re.compile(r"(?:lead|offer|partner|person|points|rules|vendor)\.[a-z]+(?:_[a-z]+)*")
FIRST_CELL = re.compile(r"^\| `([^`]+)` \|", re.M)


@cache
def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def told_events() -> dict[str, str]:
    """Every event type that the code can tell, with the place."""
    found = {move.event: "partidor/domain/states.py" for life in (states.LEAD, states.OFFER) for move in life.moves}
    for source in sources():
        if source.within("partidor/actions/", "partidor/models/"):
            kinds_of_notices = {
                id(node)
                for call in nodes(source, ast.Call)
                if dotted(call.func).endswith(".notice")
                for node in ast.walk(call)
            }
            for node in nodes(source, ast.Constant):
                if isinstance(node.value, str) and EVENT.fullmatch(node.value) and id(node) not in kinds_of_notices:
                    found.setdefault(node.value, source.at(node))
    return {event: place for event, place in found.items() if event}


def told_content() -> dict[str, tuple[str, ...]]:
    """What each event holds, where the code names both: type → keys, in order, over all places that tell it."""
    found: dict[str, dict[str, None]] = {}
    for source in sources("partidor/actions"):
        for call in nodes(source, ast.Call):
            if not dotted(call.func).endswith((".event", ".vendor_event", "told.move")):
                continue
            types = [str(argument.value) for argument in call.args if isinstance(argument, ast.Constant)]
            if dotted(call.func) == "told.move":
                types = [event for verb in types if (event := states.LEAD.move(verb).event)]
            keys = [keyword.arg for keyword in call.keywords if keyword.arg]
            if len(types) == 1:
                named = [key for each in keys for key in ((each, "partner") if each == "offer" else (each,))]
                found.setdefault(types[0], {}).update(dict.fromkeys(named))
    return {event: tuple(keys) for event, keys in found.items()}


def refusals() -> dict[str, tuple[str, str]]:
    """Every refusal: code → (sentence, place). A refusal is a class that descends from Refusal, by name."""
    classes = [(source, node) for source in sources() for node in nodes(source, ast.ClassDef)]
    known = {"Refusal"}
    while True:
        more = {node.name for _, node in classes if {dotted(base).split(".")[-1] for base in node.bases} & known}
        if more <= known:
            break
        known |= more
    found = {}
    for source, node in classes:
        if node.name in known - {"Refusal"}:
            code = re.sub(r"(?<!^)(?=[A-Z])", "-", node.name).lower()
            sentence = " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split())
            found[code] = (sentence, source.at(node))
    return found


class TestStatesPage:
    @pytest.mark.parametrize("life", [states.LEAD, states.OFFER], ids=lambda life: life.record)
    def test_draws_the_tables_of_the_code(self, life: Life) -> None:
        assert f"```mermaid\n{life.mermaid()}\n```" in page("states.md"), "draw it again: make docs"


class TestEventsPage:
    def test_explains_every_event_that_is_told(self) -> None:
        explained = set(FIRST_CELL.findall(page("events.md")))
        missing = [f"{event} ({place})" for event, place in told_events().items() if event not in explained]
        assert not missing, "\n  ".join(["Receivers read docs/events.md; add a row for:", *missing])

    def test_says_what_each_event_holds(self) -> None:
        rows = dict(re.findall(r"^\| `([^`]+)` \| .*? \| ([^|]*) \|$", page("events.md"), re.M))
        broken = [
            f"{event}: holds {keys}, the page says {rows.get(event)}"
            for event, keys in told_content().items()
            if tuple(re.findall(r"`([^`]+)`", rows.get(event, ""))) != keys
        ]
        assert not broken, "\n  ".join(["Write them by `make docs`:", *broken])

    def test_names_each_event_once(self) -> None:
        explained = FIRST_CELL.findall(page("events.md"))
        assert len(explained) == len(set(explained))
        assert "| ? |" not in page("events.md"), "say when it happens"


class TestRefusalsPage:
    def test_holds_the_sentence_and_the_status_of_every_refusal(self) -> None:
        rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+? \| \S+) \|$", page("refusals.md"), re.M))
        broken = [
            f"{code}: {sentence} ({place})"
            for code, (sentence, place) in refusals().items()
            if not re.fullmatch(re.escape(sentence) + r" \| \d{3}", rows.get(code, ""))
        ]
        assert not broken, "\n  ".join(["Write them by `make docs`, then fill in the HTTP status:", *broken])

    def test_names_no_refusal_that_is_gone(self) -> None:
        assert set(FIRST_CELL.findall(page("refusals.md"))) <= set(refusals())


class TestOperatingPage:
    def test_explains_every_setting(self) -> None:
        named = {
            node.value
            for source in sources("partidor/config")
            for node in nodes(source, ast.Constant)
            if isinstance(node.value, str) and re.fullmatch(r"PARTIDOR_[A-Z_]*[A-Z]", node.value)
        }
        assert named, "where have the settings gone?"
        missing = named - set(FIRST_CELL.findall(page("operating.md")))
        assert not missing, f"the operator reads docs/operating.md; add a row for {sorted(missing)}"

    def test_explains_every_scope_of_a_key(self) -> None:
        scope = re.compile(r"(?:leads|offers|partners|rules|reports|webhooks):(?:read|write)")
        named = {
            node.value
            for source in sources()
            for node in nodes(source, ast.Constant)
            if isinstance(node.value, str) and scope.fullmatch(node.value)
        }
        missing = named - set(FIRST_CELL.findall(page("access.md")))
        assert not missing, f"docs/access.md says what a key may do; add a row for {sorted(missing)}"
