"""Rules in the console, for reading: sentences, parts, shares, history."""

from __future__ import annotations

from html import unescape

from django.test import Client
from django.urls import reverse

from partidor.actions.rules import change_draft, publish_rules
from partidor.models import RulesetVersion, Vendor
from tests.domain.routing.test_ruleset import EXAMPLE
from tests.inbound.web.people import SignIn, viewer_of
from tests.inbound.web.reading import statements
from tests.world import START, World

RULES, HISTORY = reverse("console:rules", args=["acme"]), reverse("console:rule-history", args=["acme"])
PLAN = [{"offer_to": 1, "window": "4h"}]
HOT = {"name": "Hot", "when": {"field": "temperature", "op": "eq", "value": "hot"}, "plan": PLAN}


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).replace("\xa0", " ").split())


def publish(world: World, rules: list[object], note: str = "") -> None:
    change_draft(rules, if_match=None, by=world.manager, at=START)
    publish_rules(note=note, by=viewer_of(world, "channel_manager"), at=START)


class TestRules:
    def test_read_as_sentences_and_the_chosen_one_in_full(self, world: World, sign_in: SignIn) -> None:
        publish(world, [EXAMPLE, HOT], "Big ones to Gold")
        shown = page(sign_in("management"), RULES)
        for words in ("From 500 people in DACH: Gold partners of the same vertical within 250 km, two one after",
                      "Hot leads: any partner, one alone, 4 hours.", "Employees</b> is at least",
                      "Has room for more leads", "One partner, twice",
                      "version 3 is in force", "Channel Manager of Acme", "“Big ones to Gold”",
                      "The time runs in working hours only"):  # fmt: skip
            assert words in shown, words
        second = page(sign_in("management"), RULES, rule="2")
        assert "One partner, twice" not in second
        assert "Reaches 3 partners now" in second

    def test_read_in_german(self, world: World, sign_in: SignIn) -> None:
        publish(world, [EXAMPLE, HOT])
        world.receive(temperature="hot")
        shown = page(sign_in("management", language="de"), RULES, rule="2")
        for words in ("Ab 500 Mitarbeitenden in DACH: Gold-Partner derselben Branche im Umkreis von 250 km",
                      "Heiße Leads: alle Partner, einer allein, 4 Stunden.", "Nimmt 1 der letzten 1 Leads",
                      "Die erste, die passt, entscheidet", "Erreicht jetzt 3 Partner"):  # fmt: skip
            assert words in shown, words

    def test_say_what_each_took_of_the_last_leads(self, world: World, sign_in: SignIn) -> None:
        publish(world, [HOT])
        for temperature in ("hot", "hot", "cold"):
            world.receive(temperature=temperature)
        shown = page(sign_in("management"), RULES)
        for words in ("2 of 3", "Takes 2 of the last 3 leads", "1 of 3 found no partner in any rule"):
            assert words in shown, words

    def test_take_as_many_statements_for_many_as_for_few(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("management")
        publish(world, [HOT])
        world.receive(temperature="hot")
        publish(world, [HOT, {**HOT, "name": "Other"}])
        few = statements(client, RULES)
        publish(world, [HOT, *({**HOT, "name": f"r{number}"} for number in range(130))])
        world.receive(temperature="hot")
        assert statements(client, RULES) == few <= 12
        assert "51 to 100 of 131" in page(client, RULES, rule="77")

    def test_are_harmless_with_hostile_names_and_values(self, world: World, sign_in: SignIn) -> None:
        hostile = "<script>alert(1)</script> {x} {{ y }} %(z)s \u202e" + "x" * 200
        asked = [{"field": "product", "op": "in", "value": [hostile]},
                 {"field": "custom.a_{b}", "op": "contains", "value": hostile}]  # fmt: skip
        rule = {"name": hostile, "plan": PLAN, "when": {"any": asked},
                "who": {"tag": hostile[:90], "op": "in", "value": [hostile]},
                "order": [{"by": "tag", "dimension": "tier", "values": [hostile], "points": 5}]}  # fmt: skip
        publish(world, [rule], hostile)
        for language in ("en", "de"):
            client = sign_in("management", language=language)
            raw = client.get(RULES).content.decode() + client.get(HISTORY).content.decode()
            assert "<script>alert" not in raw
            assert "&lt;script&gt;alert(1)&lt;/script&gt; {x} {{ y }} %(z)s" in raw

    def test_say_so_when_there_is_none(self, world: World, sign_in: SignIn) -> None:
        now = Vendor.objects.get(pk=world.vendor.pk)
        RulesetVersion.publish(now, [], "", world.manager.actor, START)  # as could be done once
        assert "This version has no rule" in page(sign_in("management"), RULES)


class TestHistory:
    def test_leads_back_to_what_an_old_version_said(self, world: World, sign_in: SignIn) -> None:
        publish(world, [HOT], "Only hot ones")
        publish(world, [EXAMPLE])
        client = sign_in("management")
        shown = page(client, HISTORY)
        for words in ("Version 4", "Only hot ones", "Channel Manager of Acme", "Die Regel, mit der jeder anfängt"):
            assert words in shown, words
        old = reverse("console:rule-version", args=["acme", 3])
        assert old in shown
        said = page(client, old)
        for words in ("Rules, version 3", "Hot leads: any partner", "replaced"):
            assert words in said, words
        assert "Reaches" not in said

    def test_has_no_version_that_was_never_published(self, world: World, sign_in: SignIn) -> None:
        for number in (0, 77, 10**15):
            assert sign_in().get(f"{RULES}{number}").status_code == 404
