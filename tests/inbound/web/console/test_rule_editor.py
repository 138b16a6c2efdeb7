"""The editor of the rules: small verbs, what was typed wrongly, who saved first, undo, the empty draft."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partidor.actions.rules import change_draft
from partidor.models import RulesetVersion, Vendor
from tests.domain.routing.test_ruleset import EXAMPLE
from tests.inbound.web.console.editing import HOT, PART, PLAN, REST, RULES, Editor, line
from tests.inbound.web.people import SignIn, viewer_of
from tests.inbound.web.reading import words_of
from tests.world import START

pytestmark = pytest.mark.django_db(databases="__all__")


class TestReading:
    def test_shows_the_draft_with_every_part_to_be_filled_in(self, editor: Editor) -> None:
        page = editor.client.get(RULES)
        for words in ("version 3 is in force", "First that fits decides", "any of these", "Germany",
                      "is the same as the lead’s", "Has room for more leads", "One partner, twice",
                      "in working hours"):  # fmt: skip
            assert words in words_of(page), words
        assert page.content.decode().count("pages/rules.") == 1, "a script that is there twice does everything twice"
        for words in ('value="500"', "Remove this line", "Take away: Germany"):
            assert words in page.content.decode(), words

    def test_is_read_only_without_the_right_to_change(self, editor: Editor, sign_in: SignIn) -> None:
        reader = sign_in("management")
        assert "Remove this line" not in reader.get(RULES).content.decode()
        answer = reader.post(reverse("console:rule-edit", args=["acme", "remove"]), {"rule": 1, "revision": 1})
        assert answer.status_code == 403

    def test_costs_at_most_twelve_statements(self, editor: Editor) -> None:
        for number in range(3):
            editor.world.receive(employees=600 * number, temperature="hot", product=f"P{number}")
        editor.do("line", **line("when.all[0]", "employees", "gte", "400"))
        editor.client.get(RULES)
        with CaptureQueriesContext(connection) as captured:
            editor.client.get(RULES)
        assert len(captured) <= 12

    def test_speaks_german(self, editor: Editor, sign_in: SignIn) -> None:
        editor.do("line", **line("when.all[0]", "employees", "gte", "400"))
        page = words_of(sign_in(language="de").get(RULES))
        for words in (
            "Entwurf von",
            "alle von diesen",
            "Bedingung hinzufügen",
            "Was Version 4 ändert",
            "Veröffentlichen",
        ):
            assert words.casefold() in page.casefold(), words


class TestVerbs:
    def test_change_one_thing_each(self, editor: Editor) -> None:
        editor.do("line", **line("when.all[0]", "employees", "between", "100", "400"))
        editor.do("line", **line("when.all[1].any[0]", "country", "in", "DE", "AT", new="Schweiz; Italy"))
        editor.do("line", **line("when", "temperature", "in", "Warm", is_new="1", group="none"))
        editor.do("line", **line("who.all[2]", "distance", "lte", "120,5"))
        editor.do("criterion", path="order", by="tag:tier", was_by="tag:tier", points="12.5", new="gold")
        editor.do("step", path="plan[0]", to="several", number="3", window="2", window_unit="d", repeat="1",
                  reveal="teaser", notify_manager="on", best_after="10", best_after_unit="m")  # fmt: skip
        editor.do("word", path="equal_within", value="7")
        editor.do("word", path="otherwise", value="stop")
        rule = editor.rules[0]
        assert rule["when"]["all"][0] == {"field": "employees", "op": "between", "value": [100, 400]}
        assert rule["when"]["all"][1]["any"][0]["value"] == ["DE", "AT", "Schweiz", "IT"]
        assert rule["when"]["all"][2] == {"not": {"any": [{"field": "temperature", "op": "in", "value": ["warm"]}]}}
        assert rule["who"]["all"][2] == {"distance_km": {"lte": 120.5}}
        assert rule["order"][-1] == {"by": "tag", "dimension": "tier", "values": ["gold"], "points": 12.5}
        assert rule["plan"][0] == {
            "offer_to": 3,
            "window": "2d",
            "notify_manager": True,
            "award": {"best_after": "10m"},
        }
        assert (rule["equal_within"], rule["otherwise"]) == (7, "stop")

    def test_move_copy_delete_and_start_from_a_preset(self, editor: Editor) -> None:
        editor.do("move", to="2-1")
        assert [rule["name"] for rule in editor.rules] == ["Hot", "Enterprise ERP, DACH", "Rest"]
        editor.do("copy", 1)
        editor.do("remove", 3)
        editor.do("new", preset="warm")
        assert [rule["name"] for rule in editor.rules] == ["Hot", "Hot (copy)", "Warm leads", "Rest"]
        editor.do("start", 1, preset="enterprise")
        assert (editor.rules[0]["name"], editor.rules[0]["clock"]) == ("Hot", "business")

    def test_put_a_new_rule_where_it_gets_leads_and_say_where(self, editor: Editor) -> None:
        near = {"name": "Near", "plan": PLAN, "who": {"distance_km": {"lte": 50}}}
        change_draft([near, HOT, REST, {**HOT, "name": "Too late"}], if_match=None, by=editor.world.manager, at=START)
        editor.look()
        answer = editor.do("new", preset="warm")
        assert [rule["name"] for rule in editor.rules] == ["Near", "Hot", "Warm leads", "Rest", "Too late"]
        assert "“Warm leads” stands as rule 3, before “Rest”, which takes every lead." in words_of(answer)
        change_draft([HOT], if_match=None, by=editor.world.manager, at=START)
        editor.look()
        assert "“Warm leads” stands last, as rule 2." in words_of(editor.do("new", preset="warm"))

    def test_lead_on_without_htmx(self, editor: Editor) -> None:
        answer = editor.do("word", 2, htmx=False, path="name", value="Very hot")
        assert (answer.status_code, answer["Location"]) == (303, f"{RULES}?rule=2#rule-2")
        assert editor.rules[1]["name"] == "Very hot"

    @pytest.mark.parametrize(
        ("verb", "fields", "sentence"),
        [
            ("line", line("when.all[0]", "employees", "gte", "many"), "Give a number, such as 500."),
            ("line", line("when.all[0]", "employees", "between", "4"), "Give two values, the lowest and the highest."),
            ("line", line("when.all[1].any[0]", "country", "in"), "Give at least one value."),
            ("line", line("who.all[2]", "distance", "lte", "0"), "Give kilometres above 0"),
            ("line", line("who.all[0]", "partner", "in", "Nobody Ltd"), "There is no partner of this name"),
            ("criterion", {"path": "order[1]", "by": "distance", "was_by": "distance", "points": "x"}, "Give points"),
            ("step", {"path": "plan[0]", "to": "one", "window": "", "window_unit": "h"}, "Give a time"),
            ("step", {"path": "plan[0]", "to": "one", "window": "2", "window_unit": "h", "remind_after": "3",
                      "remind_after_unit": "h"}, "The reminder must come before"),
            ("word", {"path": "name", "value": "  "}, "Give a name"),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("htmx", [True, False])
    def test_keep_what_was_typed_wrongly_and_save_nothing(
        self, editor: Editor, verb: str, fields: dict[str, Any], sentence: str, htmx: bool
    ) -> None:
        before = editor.rules
        answer = editor.do(verb, htmx=htmx, **fields)
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        for typed in (fields.get("value") or [fields.get("points") or fields.get("remind_after") or ""])[:1]:
            assert typed.strip() in answer.content.decode()
        assert editor.rules == before

    def test_say_in_german_what_is_wanted(self, editor: Editor, sign_in: SignIn) -> None:
        mine = Editor(editor.world, sign_in(language="de"))
        answer = mine.do("line", **line("when.all[0]", "employees", "gte", "viele"))
        assert "Geben Sie eine Zahl an, etwa 500." in words_of(answer)

    def test_wait_for_a_value_after_another_field_was_chosen(self, editor: Editor) -> None:
        before = editor.rules
        answer = editor.do("line", **{**line("when.all[0]", "product", "gte", "500"), "was_subject": "employees"})
        assert (answer.status_code, editor.rules) == (200, before)
        assert "Not saved yet." in words_of(answer)

    @pytest.mark.parametrize(
        "path", ["", "name", "when.all[99]", "when.all[0].value", "plan[7]", "..", "when" * 99, "who.x"]
    )
    def test_refuse_a_path_that_leads_nowhere(self, editor: Editor, path: str) -> None:
        before = editor.rules
        for verb in ("drop", "group", "shift"):
            assert editor.do(verb, path=path, kind="any", look=False).status_code in (409, 422)
        assert editor.do("line", look=False, **line(path, "product", "in", "x")).status_code in (409, 422)
        assert editor.do("nonsense", look=False).status_code == 404
        assert editor.rules == before

    def test_refuse_groups_nested_too_deep_with_the_rule_and_the_remedy(self, editor: Editor) -> None:
        deep: Any = {"field": "product", "op": "eq", "value": "x"}
        for _ in range(19):
            deep = {"all": [deep, deep]} if deep.get("field") else {"all": [deep]}
        change_draft([{**REST, "when": deep}], if_match=None, by=editor.world.manager, at=START)
        editor.look()
        path = "when" + ".all[0]" * 19
        answer = editor.do("line", **line(path[:-7], "product", "in", "x", is_new="1", group="any"))
        assert answer.status_code == 422
        assert "nested deeper than 20 levels" in words_of(answer)


class TestEmpty:
    """A draft without a single rule is a state like any other, but no version."""

    def test_says_what_to_do_next_and_takes_back_the_last_removal(self, editor: Editor) -> None:
        before = editor.rules
        for _ in before[1:]:
            editor.do("remove", 1)
        answer = editor.do("remove", 1)
        assert editor.rules == []
        for page in (answer, editor.client.get(RULES), editor.client.get(RULES, {"rule": 3})):
            assert page.status_code == 200
            for words in ("There is no rule", "this cannot be published", "Hot: 30 minutes", "Undo"):
                assert words in words_of(page), words
            assert "rules/publish" not in page.content.decode()
        for _ in before:
            assert editor.client.post(reverse("console:rule-undo", args=["acme"]), **PART).status_code == 200  # type: ignore[arg-type]
        assert editor.rules == before

    def test_is_shown_after_the_api_made_it_so_and_a_preset_fills_it(self, editor: Editor) -> None:
        change_draft([], if_match=None, by=editor.world.manager, at=START)
        editor.look()
        editor.do("new", preset="hot")
        assert [rule["name"] for rule in editor.rules] == ["Hot leads"]

    def test_is_not_published(self, editor: Editor) -> None:
        change_draft([], if_match=None, by=editor.world.manager, at=START)
        editor.look()
        answer = editor.client.post(reverse("console:rule-publish", args=["acme"]), {"revision": editor.revision})
        assert answer.status_code == 409
        assert "every lead would stay unassigned" in words_of(answer)
        assert Vendor.objects.get(pk=editor.world.vendor.pk).ruleset_version == 3


class TestConflict:
    def test_tells_who_changed_it_first_and_offers_to_make_the_change_in_it(self, editor: Editor) -> None:
        other = viewer_of(editor.world, "administrator")
        change_draft([HOT, EXAMPLE, REST], if_match=None, by=other, at=START)
        answer = editor.do("line", **line("when.all[0]", "employees", "gte", "444"))
        said = words_of(answer)
        assert answer.status_code == 412
        # the page that was looked at just before was theirs already: the rule stands second now
        for words in ("Administrator of Acme has changed the draft meanwhile", "Your change is not saved"):
            assert words in said, words
        assert editor.rules == [HOT, EXAMPLE, REST]

    def test_makes_it_again_in_their_draft_when_asked(self, editor: Editor) -> None:
        page = editor.client.get(RULES, {"rule": 1}).content.decode()
        was = re.search(r'name="was" value="(\w+)"', page)
        assert was
        change_draft([HOT, EXAMPLE], if_match=None, by=viewer_of(editor.world, "administrator"), at=START)
        form = {"revision": editor.revision, "rule": 1, "was": was[1], **line("when.all[0]", "employees", "gte", "444")}
        address = reverse("console:rule-edit", args=["acme", "line"])
        answer = editor.client.post(address, form, **PART)  # type: ignore[arg-type]
        assert "Employees: 444" in words_of(answer)
        again = answer.content.decode().split("p-told-first")[1].split("</form>")[0]
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', again))
        assert fields["rule"] == "2"
        assert editor.client.post(address, fields, **PART).status_code == 200  # type: ignore[arg-type]
        assert editor.rules[1]["when"]["all"][0]["value"] == 444

    @pytest.mark.parametrize(
        ("verb", "fields", "said"),
        [
            ("word", {"path": "known_customer", "value": "ignore"},
             "Wer den Kunden schon betreut wird gefragt wie alle anderen"),
            ("word", {"path": "equal_within", "value": "9"}, "Bis 9 Punkte"),
            ("word", {"path": "name", "value": "Neu"}, "Neu"),
            ("criterion", {"path": "order[0]", "by": "load", "was_by": "load", "points": "60"}, "60 Punkte"),
            ("step", {"path": "plan[0]", "to": "one", "window": "8", "window_unit": "h"}, "8 Stunden"),
        ],
    )  # fmt: skip
    def test_says_again_in_words_what_was_wanted(
        self, editor: Editor, sign_in: SignIn, verb: str, fields: dict[str, Any], said: str
    ) -> None:
        mine = Editor(editor.world, sign_in(language="de"))
        change_draft([HOT, EXAMPLE], if_match=None, by=viewer_of(editor.world, "administrator"), at=START)
        assert f"Sie wollten: {said}" in words_of(mine.do(verb, **fields))

    def test_holds_for_publishing_and_going_back_too(self, editor: Editor) -> None:
        change_draft([HOT], if_match=None, by=viewer_of(editor.world, "administrator"), at=START)
        version = Vendor.objects.get(pk=editor.world.vendor.pk).ruleset_version
        for address in (
            reverse("console:rule-publish", args=["acme"]),
            reverse("console:rule-restore", args=["acme", 2]),
        ):
            assert editor.client.post(address, {"revision": editor.revision}).status_code == 412
        assert Vendor.objects.get(pk=editor.world.vendor.pk).ruleset_version == version
        assert editor.rules == [HOT]

    def test_publishes_their_draft_with_the_note_when_asked(self, editor: Editor) -> None:
        change_draft([HOT], if_match=None, by=viewer_of(editor.world, "administrator"), at=START)
        address = reverse("console:rule-publish", args=["acme"])
        answer = editor.client.post(address, {"revision": editor.revision, "note": "Only hot ones"})
        assert "Publish this draft with my note" in words_of(answer)
        again = answer.content.decode().split("p-told-first")[1].split("</form>")[0]
        fields = dict(re.findall(r'name="([a-z_]+)" value="([^"]*)"', again))
        assert editor.client.post(address, fields).status_code == 303
        newest = RulesetVersion.objects.filter(vendor=editor.world.vendor).order_by("-version")[0]
        assert (newest.note, newest.rules) == ("Only hot ones", [HOT])


class TestUndo:
    def test_takes_back_one_change_after_the_other(self, editor: Editor) -> None:
        before = editor.rules
        editor.do("remove", 1)
        editor.do("move", to="1-2")
        editor.do("word", 2, path="name", value="Other")
        address = reverse("console:rule-undo", args=["acme"])
        for _ in range(3):
            assert "Undo" in words_of(editor.client.get(RULES))
            assert editor.client.post(address, **PART).status_code == 200  # type: ignore[arg-type]
        assert editor.rules == before
        assert "Undo" not in words_of(editor.client.get(RULES))

    def test_takes_nothing_back_over_somebody_elses_change(self, editor: Editor) -> None:
        editor.do("remove", 1)
        change_draft([HOT], if_match=None, by=viewer_of(editor.world, "administrator"), at=START)
        assert editor.client.post(reverse("console:rule-undo", args=["acme"])).status_code == 412
        assert editor.rules == [HOT]
