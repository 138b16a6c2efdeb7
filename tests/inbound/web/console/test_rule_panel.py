"""What stands beside the rules in the editor: live counts, what is left open and the lists behind, what changes."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from partidor.actions.rules import change_draft, publish_rules
from partidor.queries.rules import last_leads
from tests.inbound.web.console.editing import HOT, PLAN, RULES, Editor, line
from tests.inbound.web.reading import words_of
from tests.world import START

pytestmark = pytest.mark.django_db(databases="__all__")


class TestPublishing:
    def test_shows_the_difference_and_publishes_with_a_note(self, editor: Editor) -> None:
        editor.do("line", **line("when.all[0]", "employees", "gte", "400"))
        editor.do("move", to="3-1")
        said = words_of(editor.client.get(RULES))
        for words in ("What version 4 changes", "Employees is at least 500 400", "Rest: place 3 1"):
            assert words in said, words
        form = {"revision": editor.revision, "note": "Smaller ones too"}
        assert editor.client.post(reverse("console:rule-publish", args=["acme"]), form).status_code == 303
        assert "Smaller ones too" in words_of(editor.client.get(reverse("console:rule-history", args=["acme"])))
        assert "What version" not in words_of(editor.client.get(RULES))

    def test_discards_the_draft_undoably(self, editor: Editor) -> None:
        published = editor.rules
        editor.do("remove", 1)
        form = {"revision": editor.revision}
        assert editor.client.post(reverse("console:rule-restore", args=["acme", 3]), form).status_code == 303
        assert editor.rules == published
        editor.client.post(reverse("console:rule-undo", args=["acme"]))
        assert len(editor.rules) == 2


class TestLive:
    def test_counts_what_the_draft_takes_beside_todays_rules(self, editor: Editor) -> None:
        for temperature in ("hot", "hot", "warm", "cold"):
            editor.world.receive(temperature=temperature)
        editor.do("line", 2, **line("when", "temperature", "in", "hot", "cold"))
        page = editor.client.get(RULES, {"rule": 2})
        for words in ("Takes 3 of the last 4 leads", "1 new", "3 partners could get them"):
            assert words in words_of(page), words
        assert page.content.decode().count('<rect class="on" x') == 2
        said = words_of(page)
        assert re.search(r"Largest debt [\d.]+ leads, today [\d.]+\. Median distance \d+ km\.", said), said

    def test_names_what_is_left_open_and_what_can_never_hold(self, editor: Editor) -> None:
        editor.world.receive(temperature="cold")
        impossible = {"all": [{"field": "employees", "op": "gte", "value": 500},
                              {"field": "employees", "op": "lte", "value": 100}]}  # fmt: skip
        nobody = {"partner": {"in": [str(editor.world.partners["alpen"].pk)]}}
        change_draft([{**HOT, "when": impossible, "who": nobody}], if_match=None, by=editor.world.manager, at=START)
        said = words_of(editor.client.get(RULES))
        for words in ("When: Employees is at least 500 and Employees is at most 100. This can never hold, so the rule",
                      "Change a value, take a line out, or put the lines under “any of these”.",
                      "1 of 1 leads fit no rule",
                      "fits none of the last leads", "3 of 3 partners are reached by no rule"):  # fmt: skip
            assert words in said, words

    def test_ranks_no_more_pairs_than_it_can_and_says_so(self, editor: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
        for _ in range(4):
            editor.world.receive(temperature="hot")
        monkeypatch.setattr(last_leads, "MOST_WEIGHED", 7)  # three partners could get each
        assert "Who is asked first, if the last 2 of these leads" in words_of(editor.client.get(RULES, {"rule": 2}))

    def test_leads_to_exactly_the_leads_and_partners_behind_each_number(self, editor: Editor) -> None:
        world = editor.world
        hot, cold, warm = (world.receive(temperature=one, company=one).lead for one in ("hot", "cold", "warm"))
        alpen = str(world.partners["alpen"].pk)
        nobody = {"name": "Nobody", "plan": PLAN, "who": {"tag": "tier", "op": "in", "value": ["none"]},
                  "when": {"field": "temperature", "op": "eq", "value": "warm"}}  # fmt: skip
        change_draft([{**HOT, "who": {"partner": {"in": [alpen]}}}, nobody], if_match=None, by=world.manager, at=START)
        page = editor.client.get(RULES).content.decode()
        for what, refs in (("no-rule", [cold.ref]), ("no-partner", [warm.ref]), ("taken", [hot.ref])):
            address = reverse("console:rules-open", args=["acme", what])
            assert address in page
            found = editor.client.get(address, {"rule": 1}).content.decode()
            leads = re.findall(r'class="p-go" href="/console/acme/leads/(\w+)"', found)
            assert (what, leads) == (what, refs)
        assert set(re.findall(r'<a href="/console/acme/leads/(\w+)" tabindex="-1"', page)) == {
            hot.ref,
            cold.ref,
            warm.ref,
        }
        said = words_of(editor.client.get(reverse("console:rules-open", args=["acme", "unreached"])))
        assert "2 of 3 partners are reached by no rule" in said
        assert ("Bergmann IT" in said, "Citroën" in said, "Alpen Systemhaus" in said) == (True, True, False)
        assert editor.client.get(reverse("console:rules-open", args=["acme", "else"])).status_code == 404

    def test_adds_a_rule_for_all_others_from_the_list_of_leads_without_one(self, editor: Editor) -> None:
        editor.world.receive(temperature="cold")
        change_draft([HOT], if_match=None, by=editor.world.manager, at=START)
        address = reverse("console:rules-open", args=["acme", "no-rule"])
        page = editor.client.get(address).content.decode()
        fields = {"preset": "rest", **dict(re.findall(r'name="(revision)" value="(\d+)"', page))}
        editor.client.post(reverse("console:rule-edit", args=["acme", "new"]), fields)
        assert [rule["name"] for rule in editor.rules] == ["Hot", "All others"]
        assert "There is no such lead any more" in words_of(editor.client.get(address))

    def test_is_harmless_with_hostile_names_and_values(self, editor: Editor) -> None:
        hostile = "<script>alert(1)</script> {x} {{ y }} %(z)s \u202e" + "x" * 200
        asked = [
            {"field": "product", "op": "in", "value": [hostile]},
            {"field": "custom.a_{b}", "op": "eq", "value": hostile},
        ]
        rule = {"name": hostile, "plan": PLAN, "when": {"any": asked},
                "who": {"tag": hostile[:90], "op": "in", "value": [hostile]},
                "order": [{"by": "tag", "dimension": hostile[:50], "values": [hostile], "points": 5}]}  # fmt: skip
        change_draft([rule], if_match=None, by=editor.world.manager, at=START)
        publish_rules(by=editor.world.manager, at=START)
        raw = editor.client.get(RULES).content.decode()
        assert "<script>alert" not in raw
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {x} {{ y }} %(z)s" in raw
