"""Fixtures of the console's pages."""

from __future__ import annotations

import pytest

from partidor.actions.partners import change_partner
from tests.domain.routing.test_ruleset import EXAMPLE
from tests.inbound.web.console.editing import HOT, REST, Editor
from tests.inbound.web.people import SignIn
from tests.queries.test_lead_page import RETAIL
from tests.world import START, World


@pytest.fixture
def editor(world: World, sign_in: SignIn) -> Editor:
    world.rules([EXAMPLE, HOT, REST])
    return Editor(world, sign_in())


@pytest.fixture
def retail(db: None) -> World:
    """A vendor of tills and its certified partners."""
    world = World.found(rules=RETAIL)
    world.partner("dach", name="Dach & Kasse", location={"lat": 48.1, "lon": 11.5}, address={"country": "DE"})
    for key in ("alpen", "bergmann", "citroen"):
        change_partner(
            world.partners[key].pk, {"tags": {"certification": ["till"], "tier": ["gold"]}}, by=world.manager, at=START
        )
    return world
