"""Running it: web and worker start together, end together, come back when killed, and outlive nobody."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.config.conftest import Call
from tests.mailbox import free_port
from tests.serving import database_url
from tests.waiting import soon
from tests.world import World

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")


def descendants(of: int) -> set[int]:
    """All living processes below one."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            _, _, rest = path.read_text().rpartition(")")
        except OSError:
            continue
        state, parent, *_ = rest.split()
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    found = {of}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {of}


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(port: int, path: str = "/api/v1/openapi.json", key: str = "") -> Any:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {key}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)
    except (OSError, urllib.error.URLError):
        return None


@contextmanager
def running(home: dict[str, str], *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    settings = {**home, "PARTIDOR_PORT": str(port), "PARTIDOR_WORKERS": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "partidor.config.main", *words], env=settings,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            assert soon(lambda: answers(port) is not None), "it does not answer"
            yield process, port
        finally:
            process.kill()


@pytest.fixture
def acme(home: dict[str, str], world: World) -> dict[str, str]:
    """The environment of an installation that serves the world of the test."""
    return {**home, "PARTIDOR_DATABASE_URL": database_url()}


class TestServe:
    def test_answers_and_ends_with_all_its_children(self, acme: dict[str, str], world: World) -> None:
        with running(acme, "serve") as (process, port):
            assert answers(port, "/api/v1/leads", world.key_of())["items"] == []
            children = descendants(process.pid)
            assert len(children) >= 3  # web, its worker process, and the worker
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0
            assert soon(lambda: not any(map(alive, children)), 5)

    def test_starts_a_killed_child_again_and_leaves_nobody_behind_when_killed(self, acme: dict[str, str]) -> None:
        with running(acme, "serve") as (process, port):
            before = descendants(process.pid)
            for child in before:
                if alive(child):
                    os.kill(child, signal.SIGKILL)
            assert soon(lambda: len(descendants(process.pid) - before) >= 3)
            assert soon(lambda: answers(port) is not None)
            children = descendants(process.pid)
            process.kill()
            process.wait(5)
            assert soon(lambda: not any(map(alive, children)), 20)

    def test_says_that_the_port_is_taken(self, process: Call, acme: dict[str, str]) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            said = process("serve", "--port", str(taken.getsockname()[1]), **acme).refuses()
        assert "choose another by --port" in said


class TestDemo:
    def test_lives_and_is_the_same_again(self, home: dict[str, str], process: Call) -> None:
        first = process("demo", "--found-only", "--leads", "20", "--json").object
        assert process("demo", "--found-only", "--json").object == first
        assert len(first["partner_keys"]) == 44
        told = process("demo", "--found-only").out
        assert told.count("  curl ") == 3
        assert first["api_key"] in told
        assert all(login["email"] in told and login["password"] in told for login in first["logins"])

        with running(home, "demo", "--pace", "0.5") as (demo, port):

            def leads() -> list[dict[str, Any]]:
                items: list[dict[str, Any]] = answers(port, "/api/v1/leads?limit=200", first["api_key"])["items"]
                return items

            before = {lead["id"] for lead in leads()}

            def moving() -> bool:
                new = [lead for lead in leads() if lead["id"] not in before]
                return len(new) > 5 and "accepted" in {lead["status"] for lead in new}

            assert soon(moving)
            demo.send_signal(signal.SIGTERM)
            assert demo.wait(20) == 0
        audited = process("doctor", "--json")
        assert audited.code == 0, audited.out
