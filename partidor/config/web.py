"""The web server: granian with a few processes, each with few threads, which no killed parent leaves behind."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import connection
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from partidor.config.logs import GRANIAN
from partidor.config.processes import collect_seldom, die_with

THREADS = 1
"""Threads that run requests, per process: a second one would make the first wait with the ledger's lock in its hand."""
MOST_ON_SQLITE = 2
"""SQLite has one writer at a time: more processes only wait for each other."""
BACKLOG = 2048


def serve_web(host: str) -> None:
    """Serve until SIGTERM or SIGINT."""
    wanted: int = settings.ENVIRONMENT.workers
    workers = min(wanted, MOST_ON_SQLITE) if connection.vendor == "sqlite" else wanted
    connection.close()
    Granian(
        "partidor.config.web:application_of_worker",
        factory=True,
        address=host,
        port=settings.ENVIRONMENT.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=BACKLOG,  # a burst of accepts waits in line and is answered; nobody is turned away
        websockets=False,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_dictconfig=GRANIAN,
        log_level=LogLevels.warning,
    ).serve()


def application_of_worker() -> object:
    """Load the application in a process of granian's, which is to end with the process that watches it."""
    die_with(os.getppid())
    from partidor.config.wsgi import application

    collect_seldom()
    return application
