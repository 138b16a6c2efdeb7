"""Where a benchmark runs: a database of its own that writes as durably as in real life, and processes of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from tests.postgres import private_postgres

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
UNLIMITED = "1000000000/1000000000"
STARTS_WITHIN = 60.0


def databases(*, quick: bool) -> tuple[str, ...]:
    """Name the databases to measure on; a try with small numbers needs no server."""
    return ("sqlite",) if quick else ("postgresql", "sqlite")


@dataclass(frozen=True)
class Stage:
    """One empty database, and how to run the product on it."""

    database: str
    url: str
    home: Path

    def run(self, function: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
        """Run a function of a module in a fresh process like the product's own, on this database; return its answer."""
        return apart(_with_django, self, function, args, kwargs)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the product's own processes; benchmarks prove the defaults but for the rate limit."""
        others = {name: value for name, value in os.environ.items() if not name.startswith("PARTIDOR_")}
        return {
            **others,
            "PARTIDOR_HOME": str(self.home),
            "PARTIDOR_DATABASE_URL": self.url,
            "PARTIDOR_API_RATE": UNLIMITED,
            "DJANGO_SETTINGS_MODULE": "partidor.config.settings",
        }

    def command(self, *words: str) -> list[str]:
        """Name a command of the product."""
        return [sys.executable, "-m", "partidor.config.main", *words]

    @contextmanager
    def served(self) -> Iterator[int]:
        """Serve the product's web in processes of its own; give the port, and end them afterwards."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        web = subprocess.Popen(
            self.command("web", "--port", str(port)), env=self.environment, stderr=subprocess.DEVNULL
        )
        try:
            _wait_until_it_listens(port, web)
            yield port
        finally:
            web.terminate()
            web.wait(timeout=30)


@contextmanager
def stage(database: str) -> Iterator[Stage]:
    """Set up an empty database, ``postgresql`` (a private server with fsync) or ``sqlite``, with all tables."""
    home = Path(tempfile.mkdtemp(prefix="partidor-bench-"))
    try:
        if database == "sqlite":
            yield _migrated(Stage(database, f"sqlite:///{home / 'partidor.sqlite3'}", home))
        else:
            with private_postgres(fsync=True) as server:
                yield _migrated(Stage(database, server.database("partidor"), home))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _migrated(made: Stage) -> Stage:
    subprocess.run(made.command("migrate"), env=made.environment, check=True, stdout=subprocess.DEVNULL)
    return made


def apart(function: Callable[Given, Answer], *args: Given.args, **kwargs: Given.kwargs) -> Answer:
    """Run a function of a module in a fresh process; return its answer or raise its error."""
    with processes(1) as pool:
        return pool.submit(function, *args, **kwargs).result()


def processes(number: int) -> ProcessPoolExecutor:
    """Give processes that know nothing of this one; one that cannot start is an error, not a new try."""
    return ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"))


def _with_django(
    made: Stage, function: Callable[..., Answer], args: tuple[object, ...], kwargs: dict[str, object]
) -> Answer:
    import django

    os.environ.update(made.environment)
    django.setup()
    from partidor.config.processes import collect_seldom

    collect_seldom()
    return function(*args, **kwargs)


def _wait_until_it_listens(port: int, web: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError as silence:
            if web.poll() is not None or time.monotonic() > end:
                raise RuntimeError("the web does not start") from silence
            time.sleep(0.1)
        else:
            return
