"""Rules of the house that imports cannot show. Each says its reason when it is broken."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

import pytest

from tests.house.source import Source, dotted, imported, nodes, sources

LONGEST_FILE = 400
LONGER_FILES: dict[str, str] = {}
"""File: the reason why it may be longer."""

READS_THE_CLOCK = {
    "partidor/inbound/": "where the world reaches us, the time is taken once and handed inward",
    "partidor/config/": "starts and supervises processes",
    "partidor/outbound/dispatch.py": "a notice is stamped when it is sent",
    "partidor/outbound/wires/": "time-outs and signatures of the wire",
    "partidor/models/ids.py": "a UUIDv7 begins with the time of its making; nothing is decided by it",
}
CLOCKS = frozenset(
    {"timezone.now", "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns",
     "timezone.localtime", "timezone.localdate", "localtime", "localdate", "now"}
)  # fmt: skip
CHANCE_AND_WORLD = frozenset(
    {"random", "secrets", "time", "os", "io", "socket", "subprocess", "pathlib", "tempfile", "threading", "logging"}
)
OUTWARD = ("urllib.request", "http.client", "django.core.mail", "asyncio.open_connection", "socket.create_connection")

EMPTY = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "base", "data", "info", "service",
     "services", "handle", "handler", "handlers", "process", "processing", "shared", "stuff", "core", "lib", "tools"}
)  # fmt: skip
"""What no file, function or class is called."""
EMPTY_PARTS = frozenset({"util", "utils", "helper", "helpers", "misc", "handle", "process", "info", "shared", "stuff"})
DJANGOS = frozenset({"get_context_data", "receive_data_chunk"})
"""Names that Django looks for."""


def parts(name: str) -> set[str]:
    """Part a name: ``_open_round`` and ``OpenRound`` both into open and round."""
    return {part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def told(broken: Iterable[str], reason: str) -> str:
    return "\n  ".join([reason, *broken])


class TestRows:
    def test_are_reached_through_access_only(self) -> None:
        managers = {"objects", "_default_manager", "_base_manager"}
        broken = [
            f"{source.at(node)}: {dotted(node)}"
            for source in sources()
            if not source.within("partidor/models/", "partidor/access/")
            for node in nodes(source, ast.Attribute)
            if node.attr in managers
        ]
        assert not broken, told(
            broken, "Who may see a row is decided in one place: take it from partidor.access, never by `.objects`."
        )

    def test_are_saved_and_deleted_as_django_does_it(self) -> None:
        broken = [
            f"{source.at(method)}: {owner.name}.{method.name}"
            for source in sources()
            for owner in nodes(source, ast.ClassDef)
            for method in owner.body
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef)
            and method.name in {"save", "delete", "asave", "adelete", "bulk_create", "bulk_update"}
            and source.within("partidor/models/")
        ]
        assert not broken, told(
            broken,
            "An overridden save() is skipped by every set-wise write, so nothing may depend on it: "
            "use a constraint, a named constructor, or the action.",
        )


class TestStates:
    def test_are_written_by_moving_alone(self) -> None:
        broken: list[str] = []
        for source in sources():
            if source.within("partidor/models/moving.py", "partidor/domain/"):
                continue
            broken += [f"{source.at(node)}: {what}" for node, what in self.writes(source)]
        assert not broken, told(
            broken,
            "Only models/moving.py writes `state`: one conditional UPDATE, so that of two at once one is refused. "
            "Use record.move(verb, ...) or move_all(...).",
        )

    @staticmethod
    def writes(source: Source) -> Iterable[tuple[ast.AST, str]]:
        for node in ast.walk(source.tree):
            targets: list[ast.expr] = []
            if isinstance(node, ast.Assign):
                targets = node.targets
            elif isinstance(node, ast.AugAssign):
                targets = [node.target]
            elif isinstance(node, ast.Call):
                called = dotted(node.func)
                if called.endswith(".update") and any(keyword.arg == "state" for keyword in node.keywords):
                    yield node, "update(state=...)"
                literals = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                if called == "setattr" and "state" in literals:
                    yield node, "setattr(..., 'state', ...)"
            for target in targets:
                if isinstance(target, ast.Attribute) and target.attr == "state":
                    yield node, f"{dotted(target)} = ..."


class TestTime:
    def test_is_an_argument_everywhere_but_at_the_edges(self) -> None:
        broken = [
            f"{source.at(node)}: {dotted(node.func)}()"
            for source in sources()
            if not source.within(*READS_THE_CLOCK)
            for node in nodes(source, ast.Call)
            if dotted(node.func) in CLOCKS or dotted(node.func).endswith((".timezone.now", ".datetime.now"))
        ]
        assert not broken, told(
            broken, "Take the time as an argument (`at`): what is handed the time can be replayed and tested."
        )

    def test_and_chance_and_the_outer_world_stay_out_of_the_domain(self) -> None:
        broken = [
            f"{source.at(node)}: imports {name}"
            for source in sources("partidor/domain")
            for node, name in imported(source)
            if name.split(".")[0] in CHANCE_AND_WORLD
        ]
        broken += [
            f"{source.at(node)}: {dotted(node.func)}()"
            for source in sources("partidor/domain")
            for node in nodes(source, ast.Call)
            if dotted(node.func) in {"open", "print", "input", "uuid.uuid4", "uuid4", "uuid.uuid1"}
        ]
        assert not broken, told(broken, "The domain decides from what it is handed: no clock, no chance, no I/O.")


class TestSideEffects:
    def test_never_hide_behind_signals(self) -> None:
        broken = [
            f"{source.at(node)}: {name}"
            for source in sources()
            for node, name in imported(source)
            if name.startswith(("django.db.models.signals", "django.dispatch", "django.core.signals"))
        ]
        assert not broken, told(
            broken, "Signals hide what happens, and set-wise writes send none: the action says what follows."
        )

    def test_are_not_detached_from_the_transaction(self) -> None:
        broken = [
            f"{source.at(node)}: {dotted(node)}"
            for source in sources()
            for node in nodes(source, ast.Attribute)
            if node.attr == "on_commit"
        ]
        assert not broken, told(
            broken, "A process killed between commit and on_commit loses the work: write a due row in the transaction."
        )

    def test_leave_this_machine_by_wires_only(self) -> None:
        broken = [
            f"{source.at(node)}: imports {name}"
            for source in sources()
            if not source.within("partidor/outbound/wires/", "partidor/config/")
            for node, name in imported(source)
            if name.startswith(OUTWARD)
        ]
        assert not broken, told(broken, "Only outbound/wires opens connections outward, so one place guards them.")


class TestTransactions:
    def test_begin_in_actions_and_claims_only(self) -> None:
        broken = [
            f"{source.at(node)}: {dotted(node)}"
            for source in sources()
            if not source.within("partidor/actions/", "partidor/access/due.py")
            for node in nodes(source, ast.Attribute, ast.Name)
            if dotted(node) in {"transaction.atomic", "atomic"}
        ]
        assert not broken, told(
            broken,
            "A verb is one transaction, and actions are the verbs; only the clock's claims (access/due.py) need "
            "another. Elsewhere call an action.",
        )


class TestFiles:
    def test_have_at_most_400_lines(self) -> None:
        broken = [
            f"{source.path}: {source.lines} lines"
            for top in ("partidor", "tests", "bench")
            for source in sources(top)
            if source.lines > LONGEST_FILE and source.path not in LONGER_FILES
        ]
        assert not broken, told(broken, "A file that needs scrolling has two subjects: part it, or give a reason here.")

    def test_bear_names_that_say_something(self) -> None:
        broken = [
            source.path
            for top in ("partidor", "tests", "bench", "assets")
            for source in sources(top)
            if EMPTY & set(source.path.removesuffix(".py").split("/"))
        ]
        assert not broken, told(broken, "A name that fits everything hides what is inside.")


class TestNames:
    def test_of_functions_and_classes_say_something(self) -> None:
        """A part of a name may mean somebody (a channel manager), so not all that no file is called is refused."""
        broken = [
            f"{source.at(node)}: {node.name}"
            for source in sources()
            for node in ast.walk(source.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if node.name not in DJANGOS and (EMPTY_PARTS & parts(node.name) or node.name.strip("_").lower() in EMPTY)
        ]
        assert not broken, told(broken, "Name what it does, or what it is: verb + noun, a noun, or a question.")

    def test_of_addresses_are_written_with_dashes(self) -> None:
        """Those that begin with ``account_`` are allauth's, which looks for them."""
        broken = [
            f"{source.at(node)}: {keyword.value.value}"
            for source in sources("partidor/inbound/web")
            for node in nodes(source, ast.Call)
            if dotted(node.func) == "path"
            for keyword in node.keywords
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant)
            if isinstance(keyword.value.value, str) and re.search(r"^(?!account_).*[^a-z-]", keyword.value.value)
        ]
        assert not broken, told(broken, "One style of names in all rooms: lead-why, rule-edit.")


class TestTheseRules:
    @pytest.mark.parametrize(
        "line",
        ["lead.state = 'won'", "rows.update(state='won')", "setattr(lead, 'state', 'won')", "self.lead.state += 'x'"],
    )
    def test_notice_each_way_to_write_a_state(self, line: str) -> None:
        assert list(TestStates.writes(Source("x.py", 1, ast.parse(line))))

    @pytest.mark.parametrize("name", ["handle_lead", "_process", "LeadInfo", "InfoOfLead", "my_utils", "Manager"])
    def test_notice_a_name_that_fits_everything(self, name: str) -> None:
        assert EMPTY_PARTS & parts(name) or name.strip("_").lower() in EMPTY

    def test_see_the_real_source(self) -> None:
        assert len(sources()) > 20
        assert all(source.path.startswith("partidor/") for source in sources())
