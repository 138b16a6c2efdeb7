"""Fixtures of the console's pages."""

from __future__ import annotations

import pytest

from tests.domain.routing.test_ruleset import EXAMPLE
from tests.inbound.web.console.editing import HOT, REST, Editor
from tests.inbound.web.people import SignIn
from tests.world import World


@pytest.fixture
def editor(world: World, sign_in: SignIn) -> Editor:
    world.rules([EXAMPLE, HOT, REST])
    return Editor(world, sign_in())
