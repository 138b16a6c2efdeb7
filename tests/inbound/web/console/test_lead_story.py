"""The story of a lead in words: every event, every name, and until when, as of the day it is read."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from partidor.actions.deadlines import act_on_due
from partidor.domain.routing.words.naming import named
from partidor.domain.words import NAMES
from partidor.inbound.web.console.leads.story import line_of
from partidor.queries.leads.page.timeline import Actor, Happening
from tests.house.source import ROOT
from tests.inbound.web.console.test_lead_page import address, read, words
from tests.inbound.web.people import signed_in
from tests.queries.test_lead_page import till
from tests.world import START, World, hours

pytestmark = pytest.mark.django_db(databases="__all__")


class TestUntilWhen:
    def test_is_said_as_of_today_whenever_it_is_read(
        self, retail: World, monday_morning: time_machine.Traveller
    ) -> None:
        retail.rules(
            [
                {
                    "name": "Slow",
                    "clock": "business",
                    "plan": [{"offer_to": 1, "window": "12h"}, {"offer_to": "all", "window": "4h"}],
                }
            ]
        )
        lead = till(retail)
        manager = signed_in(retail, "channel_manager")
        page = read(manager, address(lead))
        assert "Offered to Alpen Systemhaus, until tomorrow, 14:00" in page
        assert "Offered to Alpen Systemhaus alone, until tomorrow, 14:00" in page
        assert "All others in competition 4 h of working time" in page
        monday_morning.shift(timedelta(days=1))
        page = read(manager, address(lead))
        assert "Offered to Alpen Systemhaus, 4 h left" in page
        assert "Offered to Alpen Systemhaus alone, until today, 14:00" in page
        assert "4 Std. Arbeitszeit" in read(signed_in(retail, "channel_manager", language="de"), address(lead))

    def test_says_that_the_plan_has_run_out_not_that_everybody_was_asked(self, retail: World) -> None:
        retail.rules([{"name": "Once", "plan": [{"offer_to": 1, "window": "4h"}]}])
        lead = till(retail)
        act_on_due(at=START + hours(4))
        page = read(signed_in(retail, "channel_manager"), address(lead))
        assert "No partner: The plan has run out and nobody took it" in page
        assert re.search(r"Time was up, and the plan of Rule 1 “Once” has run out \.", page)
        assert "asked" not in read(signed_in(retail, "channel_manager"), "/console/acme/").split("7 days")[0]


class TestEvents:
    EVENTS = re.findall(r"^\| `([a-z_.]+)` \|", (ROOT / "docs/events.md").read_text(encoding="utf-8"), re.M)

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_of_every_type_are_said_in_words(self, language: str) -> None:
        assert len(self.EVENTS) > 30
        facts = {"round": 1, "rule": 2, "fields": ["value_minor", "company"], "value": "10.00", "currency": "EUR"}
        said: dict[str, str] = {}
        with translation.override(language):
            for event in self.EVENTS:
                happening = Happening(event, START, Actor("system", "", ""), ("Alpen",), "Bergmann", True,
                                      "other", "", START, facts)  # fmt: skip
                said[event] = words(line_of(happening, "Messe", START).sentence)
        for event, text in said.items():
            assert text not in ("Something was noted", "Etwas wurde vermerkt"), event
            assert not re.search(r"[a-z]+[._][a-z]+|[{}]|\d{4}-\d\d", text), (event, text)
        if language == "de":
            with translation.override("en"):
                english = line_of(Happening("lead.released", START, Actor("system", "", "")), "", START).sentence
            assert said["lead.released"] != english


class TestNames:
    @pytest.mark.parametrize("table", ["source_kind", "partner_kind", "contact_role", "dimension", "field", "flag"])
    def test_of_codes_in_reasons_are_those_of_the_pages(self, table: str) -> None:
        with translation.override("de"):
            for code, english in NAMES[table].items():
                assert named(table, code, "de") == translation.gettext(english)
