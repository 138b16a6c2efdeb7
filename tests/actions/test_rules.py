"""Rules are drafts until published; a run keeps the version it began with."""

from __future__ import annotations

import pytest

from partidor.actions.offers import decline_offer
from partidor.actions.rules import DraftChanged, change_draft, publish_rules, restore_rules
from partidor.domain.refusal import NotAllowed
from partidor.domain.routing.ruleset import RulesRefused
from partidor.models import RulesetVersion, Vendor
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World


class TestChangeDraft:
    def test_touches_nothing_that_runs(self, world: World) -> None:
        change_draft(ALL_AT_ONCE, if_match=None, by=world.manager, at=START)
        assert world.offers(world.receive().lead) == [("alpen", "open")]

    def test_is_refused_after_somebody_else_changed_it(self, world: World) -> None:
        mine = RulesetVersion.objects.get(vendor=world.vendor, version=0).revision
        change_draft(ALL_AT_ONCE, if_match=mine, by=world.manager, at=START)
        with pytest.raises(DraftChanged):
            change_draft(ONE_AFTER_ANOTHER, if_match=mine, by=world.manager, at=START)

    def test_names_rule_path_and_remedy_of_everything_wrong(self, world: World) -> None:
        wrong = [
            {**ONE_AFTER_ANOTHER[0], "plan": []},
            {"name": "", "when": {"field": "colour", "op": "eq", "value": 1}},
        ]
        with pytest.raises(RulesRefused) as refused:
            change_draft(wrong, if_match=None, by=world.manager, at=START)
        fields = [error.field for error in refused.value.errors]
        assert any(field.startswith("rules[0].plan") for field in fields)
        assert any(field.startswith("rules[1]") for field in fields)
        assert RulesetVersion.objects.get(vendor=world.vendor, version=0).rules == ONE_AFTER_ANOTHER

    def test_warns_of_tags_that_nobody_has(self, world: World) -> None:
        rules = [{**ALL_AT_ONCE[0], "who": {"tag": "tier", "op": "in", "value": ["platinum"]}}]
        _, compiled = change_draft(rules, if_match=None, by=world.manager, at=START)
        assert any("tier" in warning for warning in compiled.warnings)


class TestPublishRules:
    def test_counts_for_the_next_lead_and_leaves_running_plans_alone(self, world: World) -> None:
        running = world.receive().lead
        world.rules(ALL_AT_ONCE)
        fresh = world.receive().lead
        decline_offer(world.open_offer(running, "alpen").pk, reason="other", by=world.seen_by("alpen"), at=START)

        assert len(world.offers(fresh)) == 3
        assert world.offers(running) == [("alpen", "declined"), ("bergmann", "open")]

    def test_twice_is_one_version(self, world: World) -> None:
        change_draft(ALL_AT_ONCE, if_match=None, by=world.manager, at=START)
        first, _ = publish_rules(by=world.manager, at=START)
        second, repeated = publish_rules(by=world.manager, at=START)
        assert (repeated, second.version) == (True, first.version)

    def test_is_not_for_readers_or_partners(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            publish_rules(by=world.seen_by("alpen"), at=START)


class TestRestoreRules:
    def test_brings_an_old_version_into_the_draft_only(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        now = Vendor.objects.get(pk=world.vendor.pk).ruleset_version

        restore_rules(now - 1, by=world.manager, at=START)

        assert RulesetVersion.objects.get(vendor=world.vendor, version=0).rules == ONE_AFTER_ANOTHER
        assert Vendor.objects.get(pk=world.vendor.pk).ruleset_version == now
        assert publish_rules(by=world.manager, at=START)[0].version == now + 1
