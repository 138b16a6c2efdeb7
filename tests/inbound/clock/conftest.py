"""The small cast, in a database that commits."""

from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.found()
