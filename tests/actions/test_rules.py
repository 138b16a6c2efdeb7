"""Rules are drafts until published; a run keeps the version it began with."""

from __future__ import annotations

import pytest

from partidor.access.viewer import Viewer
from partidor.actions.offers import decline_offer
from partidor.actions.rules import (
    DraftChanged,
    NoRules,
    change_draft,
    edit_draft,
    publish_rules,
    reset_draft,
    restore_rules,
)
from partidor.domain.refusal import NotAllowed, NotFound, Refusal
from partidor.domain.routing.editing.edits import Edit, LastStep, NothingThere
from partidor.domain.routing.ruleset import RulesRefused
from partidor.models import RulesetVersion, Vendor
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World


def kept(world: World) -> list[object]:
    """Everything about the vendor's rules that is stored, and which version is in force."""
    rows = RulesetVersion.objects.filter(vendor=world.vendor).order_by("version")
    return [*rows.values_list("version", "rules", "revision"), Vendor.objects.get(pk=world.vendor.pk).ruleset_version]


def reader(world: World) -> Viewer:
    """Somebody who may read the rules and nothing else."""
    return Viewer(world.vendor.pk, "key", "reader", frozenset({"rules:read"}), None, world.vendor)


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

    def test_refuses_rules_without_a_rule_for_every_lead_would_stay_unassigned(self, world: World) -> None:
        change_draft([], if_match=None, by=world.manager, at=START)
        before = kept(world)
        with pytest.raises(NoRules, match="every lead would stay unassigned"):
            publish_rules(by=world.manager, at=START)
        assert kept(world) == before

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

    def test_is_a_draft_again_when_done_twice(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        first = restore_rules(1, by=world.manager, at=START).revision
        assert restore_rules(1, by=world.manager, at=START).revision == first

    def test_knows_no_version_of_another_vendor_and_none_that_never_was(self, world: World) -> None:
        rival = World.found("Rival")
        rival.rules(ALL_AT_ONCE)
        before = kept(world)
        for number in (Vendor.objects.get(pk=rival.vendor.pk).ruleset_version, 99):
            with pytest.raises(NotFound):
                restore_rules(number, by=world.manager, at=START)
        assert kept(world) == before

    def test_is_not_for_readers_or_partners(self, world: World) -> None:
        before = kept(world)
        for by in (reader(world), world.seen_by("alpen")):
            with pytest.raises(NotAllowed):
                restore_rules(1, by=by, at=START)
        assert kept(world) == before


def revision_of(world: World) -> int:
    return RulesetVersion.objects.get(vendor=world.vendor, version=0).revision


class TestEditDraft:
    def test_changes_one_thing_and_comes_with_what_undoes_it(self, world: World) -> None:
        before = kept(world)
        draft, undo = edit_draft(Edit("put", 0, "name", "Other"), if_match=None, by=world.manager, at=START)
        assert draft.rules == [{**ONE_AFTER_ANOTHER[0], "name": "Other"}]
        again, _ = edit_draft(undo, if_match=draft.revision, by=world.manager, at=START)
        assert again.rules == ONE_AFTER_ANOTHER
        assert kept(world)[1:] == before[1:], "nothing that is published moved"

    @pytest.mark.parametrize(
        ("edit", "refusal"),
        [
            (Edit("put", 7, "name", "x"), NothingThere),
            (Edit("drop", 0, "when.all[3]"), NothingThere),
            (Edit("put", 0, "plan", [{"offer_to": 1, "window": "soon"}]), RulesRefused),
            (Edit("all", value=[{"name": ""}]), RulesRefused),
        ],
    )
    def test_changes_nothing_when_it_is_refused(self, world: World, edit: Edit, refusal: type[Refusal]) -> None:
        before = kept(world)
        with pytest.raises(refusal):
            edit_draft(edit, if_match=None, by=world.manager, at=START)
        assert kept(world) == before

    def test_leaves_a_plan_its_last_step(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        before = kept(world)
        with pytest.raises(LastStep):
            edit_draft(Edit("drop", 0, "plan[0]"), if_match=None, by=world.manager, at=START)
        assert kept(world) == before

    def test_is_refused_after_somebody_else_changed_it(self, world: World) -> None:
        seen = revision_of(world)
        change_draft(ALL_AT_ONCE, if_match=seen, by=world.manager, at=START)
        before = kept(world)
        with pytest.raises(DraftChanged):
            edit_draft(Edit("remove", 0), if_match=seen, by=world.manager, at=START)
        assert kept(world) == before

    def test_twice_is_one_change(self, world: World) -> None:
        edit = Edit("put", 0, "name", "Other")
        first = edit_draft(edit, if_match=None, by=world.manager, at=START)[0].revision
        assert edit_draft(edit, if_match=None, by=world.manager, at=START)[0].revision == first

    def test_touches_no_other_vendors_draft(self, world: World) -> None:
        rival = World.found("Rival")
        before = kept(rival)
        edit_draft(Edit("remove", 0), if_match=None, by=world.manager, at=START)
        assert kept(rival) == before

    def test_is_not_for_readers_or_partners(self, world: World) -> None:
        before = kept(world)
        for by in (reader(world), world.seen_by("alpen")):
            with pytest.raises(NotAllowed):
                edit_draft(Edit("remove", 0), if_match=None, by=by, at=START)
        assert kept(world) == before


class TestResetDraft:
    def test_puts_an_old_version_in_the_place_of_the_draft_undoably(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        change_draft([], if_match=None, by=world.manager, at=START)
        draft, undo = reset_draft(1, if_match=revision_of(world), by=world.manager, at=START)
        assert draft.rules == RulesetVersion.objects.get(vendor=world.vendor, version=1).rules
        assert edit_draft(undo, if_match=draft.revision, by=world.manager, at=START)[0].rules == []

    def test_twice_is_one_change(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        first = reset_draft(1, if_match=None, by=world.manager, at=START)[0].revision
        assert reset_draft(1, if_match=first, by=world.manager, at=START)[0].revision == first

    def test_is_refused_after_somebody_else_changed_it(self, world: World) -> None:
        seen = revision_of(world)
        change_draft(ALL_AT_ONCE, if_match=seen, by=world.manager, at=START)
        before = kept(world)
        with pytest.raises(DraftChanged):
            reset_draft(1, if_match=seen, by=world.manager, at=START)
        assert kept(world) == before

    def test_is_not_for_readers_or_partners(self, world: World) -> None:
        before = kept(world)
        for by in (reader(world), world.seen_by("alpen")):
            with pytest.raises(NotAllowed):
                reset_draft(1, if_match=None, by=by, at=START)
        assert kept(world) == before
