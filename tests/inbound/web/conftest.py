"""Pages seen by people of the cast, at the time of the cast."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from tests.inbound.web.people import SignIn, signed_in
from tests.world import START, World


@pytest.fixture(autouse=True)
def monday_morning() -> Iterator[time_machine.Traveller]:
    """Let it be the time at which the cast acts; ``monday_morning.shift(...)`` moves it on."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def world(db: None) -> World:
    """Acme and its partners."""
    return World.found()


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """Sign somebody in: ``sign_in("channel_manager")``, ``sign_in("partner_sales", "alpen", language="en")``."""

    def make(
        role: str = "channel_manager", partner: str | None = None, *, of: World = world, language: str = "en"
    ) -> Client:
        return signed_in(of, role, partner, language=language)

    return make
