"""Rules tried in the console: on one lead, and on the past."""

from __future__ import annotations

import csv
import re
from datetime import timedelta
from html import unescape
from threading import Event
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partidor.actions.rules import change_draft, publish_rules
from partidor.inbound.clock.jobs import run_due_job
from partidor.models import Decision, Job, Lead, Offer
from tests.inbound.web.people import SignIn
from tests.inbound.web.test_statements import MOST, statements
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World

TESTS, START_ONE = (reverse(f"console:rules-backtest{what}", args=["acme"]) for what in ("", "-start"))
TRY = reverse("console:rules-trial", args=["acme"])


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    shown = re.sub(r"""<a class="p-link" href="[^"]*rule=[^>]*>|</a>|</?b[^a-z>]*>""", "", answer.content.decode())
    return " ".join(unescape(shown).replace("\xa0", " ").split())


def draft(world: World, **change: Any) -> None:
    """Let the draft ask Bergmann alone, or what is said."""
    who = {"partner": {"in": [str(world.partners["bergmann"].pk)]}}
    rules = [{**ONE_AFTER_ANOTHER[0], "name": "Bergmann only", "who": who, **change}]
    change_draft(rules, if_match=None, by=world.manager, at=START)


def started(client: Client, **form: str) -> str:
    answer = client.post(START_ONE, {"rules": "0", **form})
    assert answer.status_code == 303
    return str(answer["Location"])


def listed(client: Client, address: str) -> set[str]:
    """The leads of the list of changes, by their references."""
    shown = client.get(address).content.decode().partition('id="changes"')[2]
    return set(re.findall(r"/leads/([A-Z0-9]{6})", shown))


def work() -> None:
    run_due_job(timezone.now, Event())


class TestBacktest:
    @pytest.fixture
    def past(self, world: World) -> list[Lead]:
        return [world.receive(at=START - timedelta(hours=hour)).lead for hour in range(1, 4)]

    def test_is_started_left_and_found_again_with_its_result(
        self, world: World, sign_in: SignIn, past: list[Lead]
    ) -> None:
        draft(world)
        client = sign_in()
        page = started(client)
        assert "It waits for its turn" in text(client, page)
        assert "You can leave this page" in text(client, page)
        assert "waits for its turn" in text(client, TESTS)
        work()
        assert "done" in text(client, TESTS)
        shown = text(client, page)
        for words in ("The draft against version 2", "100 % of them", "Alpen Systemhaus", "Bergmann IT", "3 → 0",
                      "0 → 3", "+3", "−3", "Rule “Nearest first” takes it today; here rule “Bergmann only” does.",
                      "No tier", "Germany", past[0].ref):  # fmt: skip
            assert words in shown, words
        assert reverse("console:lead", args=["acme", past[0].ref]) in shown
        assert "Bergmann only" in text(client, page, list="unlike_then")

    def test_asks_as_little_for_a_long_result_as_for_a_short_one(
        self, world: World, sign_in: SignIn, past: list[Lead]
    ) -> None:
        client = sign_in()
        draft(world)
        counts, page = [], ""
        for number in (0, 60):
            for minute in range(number):
                world.receive(at=START - timedelta(minutes=minute + 1))
            page = started(client, until=f"2026-03-{3 + number // 20:02}")
            work()
            text(client, page)
            counts.append(statements(lambda page=page: client.get(page)))  # type: ignore[misc]
        assert counts[0] == counts[1] <= MOST
        assert "1 to 50 of 63" in text(client, page)
        typed = {
            "typed": "1",
            "country": "DE",
            "postal_code": "80331",
            "company": "Muster",
            "email": "eva@muster.example",
        }
        for sought in ({"lead": past[0].ref}, typed):
            client.get(TRY, sought)  # what is kept in memory, such as compiled rules
            assert statements(lambda sought=sought: client.get(TRY, sought)) <= MOST  # type: ignore[misc]

    def test_reads_in_german(self, world: World, sign_in: SignIn, past: list[Lead]) -> None:
        draft(world)
        client = sign_in(language="de")
        page = started(client)
        work()
        shown = text(client, page)
        for words in ("Der Entwurf gegen Version 2", "Heute übernimmt ihn die Regel „Nearest first“", "Ausgewogenheit"):
            assert words in shown, words

    def test_tells_its_progress_and_loads_anew_at_its_end(
        self, world: World, sign_in: SignIn, past: list[Lead]
    ) -> None:
        client = sign_in()
        poll = started(client) + "/progress"
        assert client.get(poll).status_code == 200
        Job.objects.update(state="running", progress=42)
        shown = client.get(poll).content.decode()
        assert "42 % of the leads are through" in shown
        version = shown.split("?v=")[1].split('"')[0]
        assert client.get(poll, {"v": version}).status_code == 204
        Job.objects.update(state="done")
        assert client.get(poll)["HX-Refresh"] == "true"

    def test_is_cancelled(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        page = started(client)
        assert client.post(page + "/cancel").status_code == 303
        assert "was cancelled" in text(client, page)

    def test_that_ended_before_it_could_be_cancelled_shows_what_came_out(
        self, world: World, sign_in: SignIn, past: list[Lead]
    ) -> None:
        client = sign_in()
        page = started(client)
        work()
        answer = client.post(page + "/cancel", follow=True)
        assert answer.redirect_chain == [(page, 303)]
        assert "The back-test had ended before it could be cancelled." in answer.content.decode()

    def test_that_failed_says_why(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        page = started(client)
        Job.objects.update(state="failed", error="It did not come to an end.", due_at=None)
        assert "It did not come to an end." in text(client, page)

    def test_without_a_change_or_a_lead_says_so(self, world: World, sign_in: SignIn, past: list[Lead]) -> None:
        client = sign_in()
        page = started(client)
        work()
        assert "every lead goes where it goes anyway" in text(client, page)
        page = started(client, since="2020-01-01", until="2020-01-31")
        work()
        assert "No lead went through the rules in this period" in text(client, page)

    def test_leads_from_a_change_to_just_its_leads_and_saves_them(
        self, world: World, sign_in: SignIn, past: list[Lead]
    ) -> None:
        wien = world.partner("wien", name="Wien IT", tags={"tier": ["gold"]}, address={"country": "AT", "city": "Wien"})
        gold = {"name": "CRM to gold", "when": {"field": "product", "op": "eq", "value": "crm"},
                "who": {"partner": {"in": [str(wien.pk)]}}, "plan": [{"offer_to": 1, "window": "4h"}]}  # fmt: skip
        crm = world.receive(at=START - timedelta(minutes=5), product="crm", company="=cmd()").lead
        bergmann = {**ONE_AFTER_ANOTHER[0], "name": "To Bergmann",
                    "who": {"partner": {"in": [str(world.partners["bergmann"].pk)]}}}  # fmt: skip
        change_draft([gold, bergmann], if_match=None, by=world.manager, at=START)
        client = sign_in()
        page = started(client)
        work()
        whole = client.get(page).content.decode()
        for sift, refs in (
            (f"partner={wien.pk}", [crm.ref]),
            (f"partner={world.partners['bergmann'].pk}", [lead.ref for lead in past]),
            (f"partner={world.partners['alpen'].pk}", [crm.ref, *(lead.ref for lead in past)]),
            ("tier=gold", [crm.ref]),
            ("tier=-", [crm.ref]),
            ("region=AT", [crm.ref]),
            ("region=DE", [crm.ref]),
        ):
            assert f'href="?list=moved&amp;{sift}#changes"' in whole, sift
            assert listed(client, f"{page}?list=moved&{sift}") == set(refs), sift
        assert listed(client, f"{page}?rule=To+Bergmann") == {lead.ref for lead in past}
        assert listed(client, f"{page}?reason=share") == set()
        assert "No lead of the list is like this" in text(client, page, reason="share")

        given = client.get(f"{page}/leads.csv", {"list": "moved", "rule": "CRM to gold"})
        assert "attachment" in given["Content-Disposition"]
        rows = list(csv.reader(given.content.decode().splitlines()))
        assert rows[1:] == [
            [crm.ref, "'=cmd()", "Alpen Systemhaus", "Wien IT", "Nearest first", "CRM to gold",
             "Rule “Nearest first” takes it today; here rule “CRM to gold” does."]
        ]  # fmt: skip
        assert len(client.get(f"{page}/leads.csv", {"list": "unlike_then"}).content.splitlines()) == 5

    def test_adds_up_to_every_lead_in_every_table(self, world: World, sign_in: SignIn) -> None:
        lands = ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH")
        towns = [world.partner(land, address={"country": "DE", "region": f"DE-{land}", "city": land}) for land in lands]
        even = {"name": "Evenly", "plan": [{"offer_to": 1, "window": "4h"}],
                "who": {"partner": {"in": [str(one.pk) for one in towns]}}}  # fmt: skip
        world.rules([even])
        change_draft([{**even, "name": "Also"}], if_match=None, by=world.manager, at=START)
        for minute in range(20):
            world.receive(at=START - timedelta(minutes=60 - minute))
        client = sign_in()
        page = started(client)
        work()
        shown = text(client, page)
        assert shown.count("4 others") == 2
        assert "Show all partners" in shown
        counts = re.findall(r'data-label="Leads">(\d+) → (\d+)<', client.get(page).content.decode())
        assert sum(int(before) for before, _ in counts) == 3 * 20, "partners, tiers and regions"
        assert text(client, page, all="partners").count("4 others") == 1, "regions are still cut"

    def test_says_before_that_the_draft_is_what_is_in_force(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        world.rules(ALL_AT_ONCE)
        assert "The draft is the same as the version in force" in text(client, TESTS)
        assert '<option value="2" selected>' in client.get(TESTS).content.decode(), "the version before"
        draft(world)
        assert "The draft is the same" not in text(client, TESTS)
        assert '<option value="0" selected>' in client.get(TESTS).content.decode()

    def test_of_the_same_rules_shows_what_really_was_different(self, world: World, sign_in: SignIn) -> None:
        world.rules(ALL_AT_ONCE)
        for hour in (3, 2, 1):
            world.receive(at=START - timedelta(hours=hour))
        draft(world)
        publish_rules(by=world.manager, at=START)
        client = sign_in()
        page = started(client)
        work()
        shown = client.get(page).content.decode()
        assert 'href="?list=unlike_then#changes" aria-current="true"' in shown
        assert len(listed(client, page)) == 3

    def test_of_a_period_that_ends_before_it_begins_is_refused(self, sign_in: SignIn) -> None:
        answer = sign_in().post(START_ONE, {"rules": "0", "since": "2026-03-02", "until": "2026-03-01"})
        assert answer.status_code == 422
        assert "must not lie after" in answer.content.decode()
        assert not Job.objects.exists()

    def test_is_read_but_not_started_by_management(self, sign_in: SignIn) -> None:
        client = sign_in("management")
        assert "Rules to test" not in text(client, TESTS)
        assert client.post(START_ONE, {"rules": "0"}).status_code == 403


class TestTryOneLead:
    def test_shows_the_decision_about_a_lead_that_is_there(self, world: World, sign_in: SignIn) -> None:
        lead = world.receive(at=START).lead
        draft(world)
        shown = text(sign_in(), TRY, lead=lead.ref.lower())
        for words in ("Rule 1 “Bergmann only” takes every lead.", "only Bergmann IT could take it", "by the draft",
                      "By the rules in force “Nearest first” takes it, and Alpen Systemhaus is asked"):  # fmt: skip
            assert words in shown, words
        assert "Alpen Systemhaus" in text(sign_in(), TRY, lead=lead.ref, rules="2")
        assert (Decision.objects.count(), Offer.objects.count()) == (1, 1), "nothing was kept or asked"

    def test_finds_leads_by_words(self, world: World, sign_in: SignIn) -> None:
        leads = [world.receive(at=START).lead for _ in range(2)]
        shown = text(sign_in(), TRY, lead="werkstatt")
        assert all(lead.ref in shown for lead in leads)
        assert "No lead has these words" in text(sign_in(), TRY, lead="nowhere at all")

    def test_shows_the_decision_about_a_typed_one(self, world: World, sign_in: SignIn) -> None:
        draft(world, when={"all": [{"field": "employees", "op": "gte", "value": 500}]})
        client = sign_in()
        typed = {"typed": "1", "country": "DE", "postal_code": "80331", "temperature": "hot"}
        shown = text(client, TRY, **typed, employees="600", value="48000.50")
        assert "Rule 1 “Bergmann only” is the first that fits: employees at least 500 (600)." in shown
        assert "No rule holds for this lead" in text(client, TRY, **typed, employees="20")
        assert not Lead.objects.exists()

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("employees", "many", "whole number"),
            ("value", "-1", "greater than or equal"),
            ("country", "XX", "look at country"),
        ],
    )
    def test_says_what_is_wrong(self, sign_in: SignIn, field: str, value: str, said: str) -> None:
        assert said in text(sign_in(), TRY, typed="1", **{field: value})

    def test_reads_in_german(self, world: World, sign_in: SignIn) -> None:
        world.rules(ALL_AT_ONCE)
        shown = text(sign_in(language="de"), TRY, typed="1", country="DE")
        for words in ("Einen Lead ausprobieren", "nimmt jeden Lead", "nach dem Entwurf, käme er jetzt herein"):
            assert words in shown, words
