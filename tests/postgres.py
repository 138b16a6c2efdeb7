"""A private PostgreSQL for tests and benchmarks: own directory, own unix socket, gone when its starter is gone.

    with private_postgres() as postgres:
        url = postgres.database("bench")

``python -m tests.postgres COMMAND ...`` runs a command against one, ``--find`` prints where the programs are.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

OLDEST = 15
"""The oldest major version that Partidor runs on."""

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
"""Where packages put the server's programs; what stands in PATH comes first."""

STARTS_WITHIN = 30.0
"""Seconds that a server may take until it answers."""

# The shell between us and the server waits for our end of its standard input to close. The system closes it
# however we end, SIGKILL included; so no server and no directory is ever left behind.
_KEEPER = '"$@" & server=$!; read -r _; kill -INT $server; wait $server; cd / && rm -rf "$KEPT"'


class NoPostgres(RuntimeError):
    """There are no server programs of PostgreSQL 15 or newer here."""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server."""

    directory: Path
    user: str

    @property
    def log(self) -> Path:
        """What the server says; each line bears the name of the database that it is about."""
        return self.directory / "log"

    def url(self, name: str = "postgres") -> str:
        """Return the address of a database of this server."""
        return f"postgresql:///{name}?host={self.directory}&user={self.user}"

    def database(self, name: str) -> str:
        """Make an empty database, in place of one of that name, and return its address."""
        return make_database(self.url(), name)


def make_database(server: str, name: str) -> str:
    """Make an empty database on the server that an address names, in place of one of that name; return its address."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return re.sub(r"(?<=/)[^/?]+(?=\?|$)", name, server, count=1)


def deadlocks_in(server: str, name: str) -> list[str]:
    """Return what the log of the private server at an address says of deadlocks in one of its databases."""
    log = Postgres(Path(parse_qs(urlsplit(server).query)["host"][0]), "postgres").log
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if f"<{name}>" in line and "deadlock detected" in line]


def find_programs() -> Path:
    """Return the directory with the newest ``initdb`` and ``postgres``, or raise NoPostgres."""
    found: dict[int, Path] = {}
    in_path = shutil.which("postgres")
    candidates = [Path(in_path).resolve().parent] if in_path else []
    for place in PLACES:
        candidates += Path("/").glob(place.lstrip("/"))
    for candidate in candidates:
        if (candidate / "initdb").exists():
            told = subprocess.run([candidate / "postgres", "--version"], capture_output=True, text=True, check=True)
            major = re.search(r"\d+", told.stdout)
            if major is not None and int(major[0]) >= OLDEST:
                found.setdefault(int(major[0]), candidate)
    if not found:
        raise NoPostgres(f"PostgreSQL {OLDEST} or newer is not installed (looked in PATH and {', '.join(PLACES)})")
    return found[max(found)]


def _runs_as() -> pwd.struct_passwd | None:
    """Return the user that the server runs as, or None for ourselves: PostgreSQL refuses to be started by root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("root cannot start PostgreSQL, and there is neither a user postgres nor a user nobody")


@contextmanager
def private_postgres(*, fsync: bool = False, max_connections: int = 300) -> Iterator[Postgres]:
    """Start a server on a unix socket of its own and stop it at the end.

    ``fsync=True`` makes commits as durable, and as slow, as in real life: for crash runs and benchmarks.
    """
    programs, other = find_programs(), _runs_as()
    directory = Path(tempfile.mkdtemp(prefix="partidor-pg-"))
    directory.chmod(0o755)  # a client of any user must reach the socket
    if other is not None:
        os.chown(directory, other.pw_uid, other.pw_gid)
    user = "postgres"
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(directory),
        "max_connections": str(max_connections),
        "fsync": "on" if fsync else "off",
        "synchronous_commit": "on" if fsync else "off",
        "full_page_writes": "on" if fsync else "off",
        "shared_buffers": "256MB",
        "dynamic_shared_memory_type": "mmap",  # /dev/shm is tiny in many containers
        "timezone": "UTC",
        "log_lock_waits": "on",
        "log_line_prefix": "%m [%p] <%d> ",
    }
    whose: dict[str, Any] = {} if other is None else {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
    initdb = [str(programs / "initdb"), "-D", str(directory / "cluster"), "-U", user, "-A", "trust", "-E", "UTF8"]
    postgres = Postgres(directory, user)
    server = [str(programs / "postgres"), "-D", str(directory / "cluster")]
    server += [f"--{name}={value}" for name, value in settings.items()]
    try:
        subprocess.run(
            [*initdb, "--locale=C.UTF-8", "--no-sync"], cwd=directory, check=True, stdout=subprocess.DEVNULL, **whose
        )
        with postgres.log.open("wb") as written:
            keeper = subprocess.Popen(
                ["/bin/sh", "-c", _KEEPER, "keeper", *server],
                cwd=directory,
                env={**os.environ, "KEPT": str(directory)},
                stdin=subprocess.PIPE,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the tests; the server goes after them
                **whose,
            )
        try:
            _wait_until_it_answers(postgres)
            yield postgres
        finally:
            keeper.communicate(timeout=60)  # closes its input
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _wait_until_it_answers(postgres: Postgres) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            psycopg.connect(postgres.url(), connect_timeout=5).close()
        except psycopg.OperationalError as silence:
            if time.monotonic() > end:
                raise RuntimeError(
                    f"PostgreSQL did not start:\n{postgres.log.read_text(errors='replace')}"
                ) from silence
            time.sleep(0.05)
        else:
            return


def main(arguments: Sequence[str]) -> int:
    """Run a command with ``PARTIDOR_TEST_DATABASE_URL`` naming a private server."""
    try:
        if list(arguments) == ["--find"]:
            print(find_programs())
            return 0
        with private_postgres() as postgres:
            wanted = {"PARTIDOR_TEST_DATABASE": "postgresql", "PARTIDOR_TEST_DATABASE_URL": postgres.url()}
            print(f"PostgreSQL in {postgres.directory}: {shlex.join(arguments)}", file=sys.stderr)
            return subprocess.run(arguments, env={**os.environ, **wanted}, check=False).returncode
    except NoPostgres as absence:
        print(absence, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
