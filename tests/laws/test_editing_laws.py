"""Rules under edits: what moves, adds and takes away whole parts leaves rules that can be read, and can be undone."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.conditions import Complaints, compile_condition, fold_lead
from partidor.domain.facts import LeadFacts
from partidor.domain.routing.editing.diff import lines_changed, paired
from partidor.domain.routing.editing.edits import KINDS, Edit, LastStep, NothingThere, edited, opened
from partidor.domain.routing.editing.presets import PRESETS, preset
from partidor.domain.routing.editing.questions import lead_line, lead_question, partner_line, partner_question
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.words.rules import Names, tell
from tests.laws import worlds

LEAVES = {"when": st.one_of(worlds.text_leaf, worlds.other_leaf), "who": worlds.who_leaf}
rulesets = st.lists(worlds.rules, min_size=1, max_size=4)


def paths(node: Any, path: str) -> list[str]:
    """Return the paths of a tree's groups and questions, as the editor shows them."""
    found = [path]
    for step, part in opened(node).parts:
        if step:
            found += paths(part, f"{path}{step}")
    return found


@st.composite
def edits(draw: st.DrawFn, rules: list[dict[str, Any]]) -> Edit:
    at, to = draw(st.integers(-1, 4)), draw(st.integers(0, 5))
    rule = rules[at] if 0 <= at < len(rules) else rules[0]
    side = draw(st.sampled_from(["when", "who"]))
    inside = draw(st.sampled_from(paths(rule.get(side, {"all": []}), side)))
    listed = draw(st.sampled_from(["order[0]", "order[2]", "plan[0]", "plan[1]"]))
    leaf = draw(LEAVES[side])
    return draw(
        st.sampled_from(
            [
                Edit("put", at, inside, leaf),
                Edit("add", at, inside, draw(st.sampled_from([leaf, {"any": [leaf]}, {"not": {"any": [leaf]}}]))),
                Edit("add", at, "order", draw(worlds.order_line)),
                Edit("add", at, "plan", draw(worlds.steps)),
                Edit("drop", at, inside),
                Edit("drop", at, listed),
                Edit("shift", at, listed, to=to),
                Edit("group", at, inside, draw(st.sampled_from(KINDS))),
                Edit("insert", at, value=draw(worlds.rules)),
                Edit("new", value=preset(draw(st.sampled_from(sorted(PRESETS))), "n")),
                Edit("fill", at, value=preset(draw(st.sampled_from(sorted(PRESETS))), "")),
                Edit("copy", at, value="copy"),
                Edit("remove", at),
                Edit("move", at, to=to),
            ]
        )
    )


@given(st.data(), rulesets)
def test_an_edit_leaves_readable_rules_and_can_be_undone(data: st.DataObject, rules: list[dict[str, Any]]) -> None:
    for _ in range(3):
        edit = data.draw(edits(rules))
        try:
            done = edited(rules, edit)
        except (NothingThere, LastStep):
            continue
        compile_ruleset(done.rules)
        assert edited(done.rules, done.undo).rules == rules
        if done.touched is not None:
            same = [rule for at, rule in enumerate(done.rules) if at != done.touched]
            assert all(rule in rules for rule in same)
        rules = done.rules or rules


@given(LEAVES["when"], st.booleans(), worlds.leads())
def test_the_line_of_a_question_about_a_lead_asks_the_same(leaf: dict[str, Any], no: bool, lead: LeadFacts) -> None:
    node = {"not": leaf} if no else leaf
    complaints = Complaints()
    before, after = (compile_condition(one, "", complaints) for one in (node, lead_question(lead_line(node))))
    assert not complaints.errors
    folded = fold_lead(lead.values, before.fields | after.fields)
    assert before.holds(folded) == after.holds(folded)


@given(LEAVES["who"], st.booleans())
def test_the_line_of_a_question_about_a_partner_is_written_back_as_it_was(leaf: dict[str, Any], no: bool) -> None:
    node = {"not": leaf} if no else leaf
    once = partner_question(partner_line(node))
    compile_ruleset([{"name": "r", "plan": [{"offer_to": 1, "window": "1h"}], "who": once}])
    assert partner_question(partner_line(once)) == once


@given(rulesets, rulesets)
def test_a_difference_names_every_rule_once_and_nothing_that_is_equal(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    pairs = paired(before, after)
    assert [pair.after for pair in pairs if pair.after is not None] == list(range(len(after)))
    assert sorted(pair.before for pair in pairs if pair.before is not None) == list(range(len(before)))
    assert not any(pair.moved or pair.before != pair.after for pair in paired(before, before))
    told = [tell(compile_ruleset([rule]).rules[0], rule, Names(), "en") for rule in (before[0], after[0])]
    changed = lines_changed("r", told[0], "r", told[1])
    parts = [(one.when, one.who, one.order, one.equal, one.plan, one.notes) for one in told]
    assert bool(changed) == (parts[0] != parts[1])


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=2, unique=True), st.booleans())
def test_a_rule_that_is_told_to_have_moved_has_another_number(order: list[int], gone: list[int], added: bool) -> None:
    before = [{"name": str(at)} for at in range(6)]
    after = [*([{"name": "new"}] if added else []), *({"name": str(at)} for at in order if at not in gone)]
    pairs = paired(before, after)
    assert all(pair.before != pair.after for pair in pairs if pair.moved)
    stayed = [pair.before for pair in pairs if pair.after is not None and pair.before is not None and not pair.moved]
    assert stayed == sorted(stayed)
