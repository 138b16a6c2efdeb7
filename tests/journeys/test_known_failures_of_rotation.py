"""Known failures of other lead routers that come from a list and a pointer into it; each is a promise here."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from partidor.actions.intake import receive_leads
from partidor.actions.partners import archive_partner
from partidor.models import Lead, Offer
from partidor.models.ledger import read_ledger
from tests.world import START, World

IN_TURN = [{"name": "In turn", "equal_within": 100, "plan": [{"offer_to": 1, "window": "8h"}]}]


@pytest.fixture
def turns(db: None) -> World:
    """Three equally suitable partners, asked in turn."""
    return World.found(rules=IN_TURN)


def asked(world: World, number: int) -> list[str]:
    """Receive so many leads one by one; tell who was asked."""
    return [world.offers(world.receive().lead)[-1][0] for _ in range(number)]


def test_rotation_resets_when_the_list_is_edited(turns: World) -> None:
    """Whoever was asked last is not asked again because somebody joined, or the rules were published anew."""
    before = asked(turns, 4)
    last = before[-1]
    turns.partner("dora", location={"lat": 48.1, "lon": 11.5})
    turns.rules([{**IN_TURN[0], "name": "In turn, edited"}])
    after = asked(turns, 2)
    assert after[0] != last
    assert after[0] == before[1]  # of the three, it is the turn of whom it would have been
    asked(turns, 38)
    received = {partner: row[1] for partner, row in read_ledger(turns.vendor.pk).rows.items()}
    assert max(received.values()) - min(received.values()) <= 3 * 10**6  # the newcomer started at nothing owed


def test_pointer_falls_back_to_the_first_when_the_last_was_removed(turns: World) -> None:
    """When the partner that was asked last goes, the others go on in turn, and none is asked twice running."""
    order = asked(turns, 3)
    gone = order[-1]
    archive_partner(turns.partners[gone].pk, by=turns.manager, at=START)
    counts = Counter(Offer.objects.filter(state="open").values_list("partner__external_id", flat=True))
    rest = asked(turns, 9 - sum(counts.values()))
    whole = counts + Counter(rest)
    assert gone not in whole
    assert max(whole.values()) - min(whole.values()) <= 1
    assert all(one != other for one, other in pairwise(rest))


def test_bulk_import_sends_every_lead_to_the_first_partner_found(turns: World) -> None:
    """Leads that come in one batch see each other's debts: they are shared out as if they came one by one."""
    outcomes = receive_leads([turns.inquiry() for _ in range(60)], by=turns.manager, at=START)
    assert len(outcomes) == 60
    counts = Counter(Offer.objects.filter(lead__in=Lead.objects.all()).values_list("partner__external_id", flat=True))
    assert counts == {"alpen": 20, "bergmann": 20, "citroen": 20}
