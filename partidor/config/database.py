"""The database brought up to the installed version, by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATING = 0x5061727469646F72 >> 1
"""The number of the PostgreSQL advisory lock that says "somebody migrates"."""


def migrate_database() -> list[str]:
    """Apply what is missing, and return the names; does nothing and writes nothing when all is there."""
    if not missing_migrations():
        return []
    with _one_at_a_time():
        missing = missing_migrations()
        if missing:
            call_command("migrate", verbosity=0, interactive=False)
    return missing


def missing_migrations() -> list[str]:
    """Return the names of what the installed version has and the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold a lock: in the database on PostgreSQL (several machines), in HOME otherwise."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATING])
        return
    settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.HOME / "migrating").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
