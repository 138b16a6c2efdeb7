"""What the console tells of the rules: sentences, shares of the last leads, reach, history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.offers import accept_offer
from partidor.actions.partners import pause_partner
from partidor.actions.people import invite_person
from partidor.actions.rules import change_draft, publish_rules
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Vendor
from partidor.queries.rules.in_force import RuleList, rule_history, rules_in_force, rules_of_version
from tests.world import START, World, hours

LATER = START + hours(1)


def manager(world: World) -> Viewer:
    """Look anew: a viewer carries its vendor as it was when it came in."""
    return replace(world.manager, vendor=Vendor.objects.get(pk=world.vendor.pk))


PLAN = [{"offer_to": 1, "window": "4h"}]
HOT = {"name": "Hot", "when": {"field": "temperature", "op": "eq", "value": "hot"}, "plan": PLAN}
REST = {"name": "Rest", "when": {"field": "temperature", "op": "eq", "value": "warm"}, "plan": PLAN}


def shown(world: World, language: str = "en") -> RuleList:
    return rules_in_force(manager(world), page=1, language=language, at=LATER)


class TestRulesInForce:
    def test_say_each_rule_in_the_readers_language(self, world: World) -> None:
        world.rules([{**HOT, "who": {"partner": {"in": [str(world.partners["alpen"].pk)]}}}, REST])
        first, second = shown(world).rules.items
        assert first.told.sentence == "Hot leads: Alpen Systemhaus, one alone, 4 hours."
        assert shown(world, "de").rules.items[1].told.sentence == "Warme Leads: alle Partner, einer allein, 4 Stunden."
        assert (second.position, second.name) == (2, "Rest")

    def test_count_the_last_leads_by_the_rule_that_took_them(self, world: World) -> None:
        world.rules([HOT, REST])
        taken = world.receive(temperature="hot").lead
        accept_offer(next(world.open_offer(taken, name) for name, _ in world.offers(taken)).pk,
                     by=world.seen_by(world.offers(taken)[0][0]), at=LATER)  # fmt: skip
        for temperature in ("hot", "warm", "cold"):
            world.receive(temperature=temperature)
        world.receive(temperature="hot", test=True)
        found = shown(world)
        hot, warm = (rule.taken for rule in found.rules.items)
        assert hot is not None
        assert warm is not None
        assert (found.counted, hot.number, warm.number, found.nowhere, found.gone) == (4, 2, 1, 1, 0)
        assert [code for code, _, _ in hot.squares] == ["off", "off", "on", "on"]
        assert hot.squares[-1][1] == taken.ref
        assert (len(hot.takers), hot.takers[0][1], hot.nobody) == (1, 1, 1)

    def test_count_a_lead_of_an_older_version_for_the_rule_of_the_same_name(self, world: World) -> None:
        world.rules([HOT, REST])
        world.receive(temperature="hot")
        world.receive(temperature="warm")
        world.rules([{"name": "New first", "plan": PLAN}, {**HOT, "equal_within": 9}])
        found = shown(world)
        assert [rule.taken.number for rule in found.rules.items if rule.taken] == [0, 1]
        assert (found.counted, found.gone) == (2, 1)

    def test_say_how_many_partners_a_rule_reaches_now(self, world: World) -> None:
        world.partner("delta", kind="distributor", location={"lat": 48, "lon": 11}, max_open_leads=0)
        pause_partner(world.partners["alpen"].pk, until=None, by=world.manager, at=START)
        world.rules([{**HOT, "who": {"kind": {"in": ["reseller"]}}}, {**REST, "who": {"distance_km": {"lte": 9}}}])
        first, second = (rule.reach for rule in shown(world).rules.items)
        assert first is not None
        assert second is not None
        assert (first.now, first.out, first.depends) == (2, 1, False)
        assert (second.now, second.depends) == (2 + (second.out < 2), True)

    def test_name_who_published_and_why(self, world: World) -> None:
        membership, *_ = invite_person(
            email="mia@acme.example",
            name="Mia Brandt",
            role="channel_manager",
            partner_id=None,
            by=world.manager,
            at=START,
        )
        change_draft([HOT], if_match=None, by=world.manager, at=START)
        publish_rules(note="Hot ones first", by=viewer_of_membership(membership, world.vendor), at=LATER)
        newest, before = rule_history(manager(world), page=1).items[:2]
        assert (newest.note, newest.by.name, newest.in_force, newest.until) == (
            "Hot ones first",
            "Mia Brandt",
            True,
            None,
        )
        assert (before.by.kind, before.in_force, before.until) == ("key", False, LATER)
        assert shown(world).version == newest

    def test_take_the_same_statements_however_many_rules_and_versions(self, world: World) -> None:
        def statements() -> int:
            shown(world)
            with CaptureQueriesContext(connection) as captured:
                shown(world)
            return len(captured)

        world.rules([HOT])
        world.receive(temperature="hot")
        world.rules([HOT, REST])
        few = statements()
        for number in range(4):
            world.rules([HOT, REST, *({**HOT, "name": f"r{at}"} for at in range(30 + number))])
            world.receive(temperature="hot")
        assert statements() == few <= 11

    def test_are_for_the_vendor(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            rules_in_force(world.seen_by("alpen"), page=1, language="en", at=LATER)


class TestAnOldVersion:
    def test_is_read_as_it_was(self, world: World) -> None:
        world.rules([HOT])
        old = shown(world).version
        assert old is not None
        world.rules([REST])
        found = rules_of_version(manager(world), old.version, page=1, language="en")
        assert [rule.name for rule in found.rules.items] == ["Hot"]
        assert found.version is not None
        assert found.version.until == START
        assert (found.rules.items[0].taken, found.rules.items[0].reach) == (None, None)

    @pytest.mark.parametrize("version", [0, 99, 2**31 - 1, 10**12])
    def test_that_was_never_published_is_not_found(self, world: World, version: int) -> None:
        with pytest.raises(NotFound):
            rules_of_version(manager(world), version, page=1, language="en")

    def test_of_another_vendor_is_not_found(self, world: World) -> None:
        world.rules([HOT])
        number: Any = shown(world).version
        with pytest.raises(NotFound):
            rules_of_version(World.found("Rival").manager, number.version + 1, page=1, language="en")
