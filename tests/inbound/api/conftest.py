"""Callers of the API: the vendor and two of its partners."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from partidor.inbound.api.v1.auth import METER
from tests.inbound.api.calling import Caller
from tests.world import World


@pytest.fixture(autouse=True)
def _fresh_meter() -> Iterator[None]:
    yield
    METER.forget()


@pytest.fixture
def acme(world: World) -> Caller:
    """The vendor's own key, with all scopes."""
    return Caller(world.key_of())


@pytest.fixture
def alpen(world: World) -> Caller:
    """The key of the nearest partner."""
    return Caller(world.key_of("alpen"))


@pytest.fixture
def bergmann(world: World) -> Caller:
    """The key of the next partner."""
    return Caller(world.key_of("bergmann"))
