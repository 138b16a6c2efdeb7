"""Partidor's own processes on the database of the running test: started, spoken to over HTTP, ended or killed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from django.db import connection

from tests.mailbox import free_port

ROOT = Path(__file__).resolve().parents[1]
STARTS_WITHIN = 30.0
"""Seconds that a process may take until it answers, on a busy machine."""


def database_url() -> str:
    """Return the address of the database of this very test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    server = os.environ["PARTIDOR_TEST_DATABASE_URL"]
    before, _, query = server.partition("?")
    return f"{before.rpartition('/')[0]}/{name}?{query}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back over HTTP; the names of the headers in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __getitem__(self, key: str) -> Any:
        """Return one field of the JSON object in the body."""
        return json.loads(self.body)[key]


class Line:
    """One connection to the web, kept open, with a key. Any failure of the connection is an OSError."""

    def __init__(self, port: int, key: str, seconds: float = 60.0) -> None:
        self._http = HTTPConnection("127.0.0.1", port, timeout=seconds)
        self._key = key

    def connect(self) -> None:
        """Open the connection before it is needed."""
        self._http.connect()

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Send a request; ``Idempotency_Key="a"`` and the like become headers."""
        try:
            self._send(method, path, body, headers)
            response = self._http.getresponse()
            return Answer(response.status, {n.lower(): v for n, v in response.getheaders()}, response.read())
        except HTTPException as broken:  # an answer that was cut off
            self.close()
            raise ConnectionResetError(str(broken)) from broken
        except OSError:
            self.close()
            raise

    def abandon(self, method: str, path: str, body: object = None, **headers: str) -> None:
        """Send a request and hang up without waiting for the answer."""
        with contextlib.suppress(OSError):
            self._send(method, path, body, headers)
        self.close()

    def _send(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> None:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._http.request(method, f"/api/v1{path}", b"" if body is None else json.dumps(body).encode(), sent)

    def close(self) -> None:
        """Close the connection; the next call opens a new one."""
        self._http.close()


@dataclass
class Processes:
    """Web and worker of one installation. What is still alive at the end of the test is killed."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    _alive: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the processes said."""
        return self.home / "processes.log"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of partidor to its end."""
        command = [*COMMAND, *words]
        return subprocess.run(command, cwd=ROOT, env=self._environment(), capture_output=True, text=True, check=False)

    def start(self, name: str) -> None:
        """Start ``web``, ``worker`` or ``worker 2``, in a session of its own, to be killed with all its children."""
        with self.log.open("ab") as said:
            self._alive[name] = subprocess.Popen(
                [*COMMAND, name.partition(" ")[0]],
                cwd=ROOT,
                env=self._environment(),
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def wait_until_it_answers(self) -> None:
        """Wait until the web has answered a request, not only taken a connection."""
        end = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                assert self.call("nobody", "GET", "/leads").status == 401
            except OSError:
                assert self._alive["web"].poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.02)
            else:
                return

    def children(self, name: str) -> Sequence[int]:
        """Return the ids of the processes that a process has started itself; empty where the system does not tell."""
        with contextlib.suppress(OSError):
            pid = self._alive[name].pid
            return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def kill(self, name: str) -> None:
        """Kill a process and all its children, as a power cut would: nobody gets to tidy up."""
        process = self._alive.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self, name: str) -> int:
        """End a process in order; return its exit code."""
        process = self._alive[name]
        process.terminate()
        code = process.wait(30)
        del self._alive[name]
        return code

    def line(self, key: str, seconds: float = 60.0) -> Line:
        """Return a connection to the web."""
        return Line(self.port, key, seconds)

    def call(self, key: str, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Make one call on a connection of its own."""
        with contextlib.closing(self.line(key)) as line:
            return line.call(method, path, body, **headers)

    def kill_all(self) -> None:
        """Leave nothing behind."""
        for name in list(self._alive):
            self.kill(name)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "partidor.config.settings",
            "PARTIDOR_HOME": str(self.home),
            "PARTIDOR_DATABASE_URL": database_url(),
            "PARTIDOR_PORT": str(self.port),
            **self.settings,
        }


COMMAND = (sys.executable, "-m", "partidor.config.main")


@contextmanager
def processes(home: Path, **settings: str) -> Iterator[Processes]:
    """Have processes for the length of the block."""
    mine = Processes(home, settings)
    try:
        yield mine
    finally:
        mine.kill_all()
