"""The small cast, for questions: nothing commits."""

from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture
def world(db: None) -> World:
    return World.found()
