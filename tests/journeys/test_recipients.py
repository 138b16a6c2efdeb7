"""Who else receives leads: the vendor's own sales and agents, and partners whose own links bring them."""

from __future__ import annotations

import pytest

from partidor.domain.routing.editing.presets import preset
from tests.world import ONE_AFTER_ANOTHER, World

pytestmark = pytest.mark.django_db


def recipients() -> World:
    """A vendor with sales of its own and an affiliate, and the presets for both before its usual rule."""
    world = World.found(rules=[preset("own_link", "Links"), preset("in_house", "Largest deals"), *ONE_AFTER_ANOTHER])
    munich = {"lat": 48.2, "lon": 11.6}
    world.partner("house", kind="own_sales", location=munich)
    world.partner("agent", kind="agent", location={"lat": 52.5, "lon": 13.4})
    world.partner("beta", kind="affiliate", tags={"link": ["Beta-Shop"]}, location=munich)
    return world


def test_the_largest_deals_stay_with_our_own_sales_and_others_do_not() -> None:
    world = recipients()
    large = world.receive(value="100000.00", currency="EUR").lead
    small = world.receive(value="99999.99", currency="EUR").lead
    assert world.offers(large) == [("house", "open")]
    assert world.offers(small) == [("alpen", "open")]


def test_named_accounts_stay_in_house_by_a_rule() -> None:
    world = recipients()
    named = {
        **preset("in_house", "Named accounts"),
        "when": {"all": [{"field": "company", "op": "in", "value": ["Großkunde AG"]}]},
    }
    world.rules([named, *ONE_AFTER_ANOTHER])
    assert world.offers(world.receive(company="GROSSKUNDE AG").lead) == [("house", "open")]
    assert world.offers(world.receive(company="Kleinkunde AG").lead) == [("alpen", "open")]


def test_what_a_partners_own_link_brought_comes_back_to_it() -> None:
    world = recipients()
    brought = world.receive(utm={"medium": "partner", "source": "beta-shop"}, value="500000.00", currency="EUR").lead
    assert world.offers(brought) == [("beta", "open")]


@pytest.mark.parametrize("utm", [{"medium": "partner", "source": "gone"}, {"medium": "cpc", "source": "beta-shop"}, {}])
def test_what_no_partners_link_brought_goes_on_to_the_next_rule(utm: dict[str, str]) -> None:
    world = recipients()
    assert world.offers(world.receive(utm=utm).lead) == [("alpen", "open")]
