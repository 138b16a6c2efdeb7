"""The database brought up to the installed version, by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model

COUNTER = str(settings.CACHES["default"]["LOCATION"])
"""The table of sign-in attempts: Django makes it apart from the migrations."""
MIGRATING = 0x5061727469646F72 >> 1
"""The number of the PostgreSQL advisory lock that says "somebody migrates"."""


def migrate_database() -> list[str]:
    """Apply what is missing, and return the names; does nothing and writes nothing when all is there."""
    if not missing_migrations():
        return []
    with _one_at_a_time():
        missing = missing_migrations()
        for alias in connections if missing else ():
            call_command("migrate", database=alias, verbosity=0, interactive=False)
            call_command("createcachetable", database=alias, verbosity=0)
    return missing


def missing_migrations() -> list[str]:
    """Return the names of what the installed version has and the database lacks."""
    missing: dict[str, None] = {}
    for alias in connections:
        executor = MigrationExecutor(connections[alias])
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        missing |= {f"{migration.app_label}.{migration.name}": None for migration, _ in plan}
    counter = connections["door" if "door" in connections else DEFAULT_DB_ALIAS]
    if COUNTER not in counter.introspection.table_names():
        missing[COUNTER] = None
    return list(missing)


class Doorkeeper:
    """Keep sessions and the counters of sign-in attempts apart from the leads, where there is a database for them."""

    APART = frozenset({"sessions", "django_cache"})

    def _of(self, app: str) -> str:
        return "door" if app in self.APART and "door" in settings.DATABASES else DEFAULT_DB_ALIAS

    def db_for_read(self, model: type[Model], **hints: object) -> str:
        """Say where to read."""
        return self._of(model._meta.app_label)

    def db_for_write(self, model: type[Model], **hints: object) -> str:
        """Say where to write."""
        return self._of(model._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool:
        """Say which tables belong into a database."""
        return self._of(app_label) == db


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
