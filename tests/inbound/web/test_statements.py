"""How many statements a page costs: few, and no more when there is more to show. Counts, never times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import viewer_of_membership
from partidor.actions.offers import accept_offer
from partidor.models import Offer
from tests.inbound.web.people import person_of, signed_in
from tests.inbound.web.test_access import CONSOLE, CONSOLE_ADMIN, CONSOLE_MAILS, PORTAL, PORTAL_OWN, READS, Scene
from tests.world import START, World

MOST = 12
PAGES = sorted(CONSOLE | CONSOLE_MAILS | PORTAL | {n for n, m in {**CONSOLE_ADMIN, **PORTAL_OWN}.items() if m == READS})


def statements(ask: Callable[[], object]) -> int:
    """Count what a request asks of all databases, the session included."""
    before = [CaptureQueriesContext(connections[alias]) for alias in connections]
    for each in before:
        each.__enter__()
    ask()
    for each in before:
        each.__exit__(None, None, None)
    return sum(len(each) for each in before)


@pytest.fixture
def full(world: World) -> Scene:
    """A scene with a lot in it: leads in several states, partners, people."""
    scene = Scene(world)
    viewer = viewer_of_membership(person_of(world, "partner_manager", "alpen"))
    for number in range(30):
        world.partner(f"p{number}", name=f"Partner {number}", tags={"tier": ["gold"], "vertical": ["retail"]})
        person_of(world, "partner_sales", f"p{number}")
    for number in range(40):
        lead = world.receive(at=START - timedelta(minutes=number), temperature="hot" if number % 3 else "cold").lead
        if number % 2:
            accept_offer(Offer.objects.get(lead=lead).pk, by=viewer, at=START)
    return scene


@pytest.mark.parametrize(("face", "role", "partner"), [("console:", "administrator", None),
                                                       ("portal:", "partner_manager", "alpen")])  # fmt: skip
def test_full_pages_ask_at_most_twelve(full: Scene, face: str, role: str, partner: str | None) -> None:
    client = signed_in(full.world, role, partner)
    counts = {}
    for name in (name for name in PAGES if name.startswith(face)):
        full.ask(client, name, READS)  # what is noted once, such as that an offer was seen
        counts[name] = statements(lambda name=name: full.ask(client, name, READS))  # type: ignore[misc]
    assert not {name: count for name, count in counts.items() if count > MOST}
    assert min(counts.values()) > 2, "nothing was counted"
