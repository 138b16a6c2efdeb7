"""What holds for every test: the network is off, and Hypothesis is quick unless asked to look longer."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.offline import switch_off

if TYPE_CHECKING:
    from tests.world import World

switch_off()

# The suite tries the same examples each time, so that red means the change; "long" looks for new ones.
settings.register_profile(
    "quick", max_examples=50, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("long", settings.get_profile("quick"), max_examples=2000, derandomize=False)
settings.load_profile(os.environ.get("PARTIDOR_TEST_HYPOTHESIS", "quick"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what is the same on any database; let the rest use all of it.

    All of it, because sessions have a file of their own on SQLite.
    """
    if os.environ.get("PARTIDOR_TEST_DATABASE") == "postgresql":
        same = [item for item in items if item.get_closest_marker("any_database") is not None]
        config.hook.pytest_deselected(items=same)
        items[:] = [item for item in items if item not in same]
    for item in items:
        mark, fixtures = item.get_closest_marker("django_db"), getattr(item, "fixturenames", ())
        if mark is not None or {"db", "transactional_db"} & set(fixtures):
            wanted = {"transaction": "transactional_db" in fixtures, **(mark.kwargs if mark else {})}
            item.add_marker(pytest.mark.django_db(**{**wanted, "databases": "__all__"}), append=False)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Give each of the processes a database of its own, cleaned up quickly and past the guards of the events."""
    from tests.cleaning import clean_quickly  # not before Django is set up

    clean_quickly()


@pytest.fixture
def world(transactional_db: None) -> World:
    """Acme and its partners, in a database that commits; rooms that only ask have one that does not."""
    from tests.world import World  # not before Django is set up

    return World.found()


@pytest.fixture
def empty_database(tmp_path: Path) -> str:
    """The address of an empty database, for tests that start Partidor's own processes."""
    if os.environ["PARTIDOR_TEST_DATABASE"] == "sqlite":
        return f"sqlite:///{tmp_path / 'partidor.sqlite3'}"
    from tests.postgres import make_database  # not before the domain has refused the driver that it needs

    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    return make_database(os.environ["PARTIDOR_TEST_DATABASE_URL"], f"processes_{worker}")
