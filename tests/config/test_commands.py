"""Rules, places and single leads, from the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from partidor.actions.leads import change_lead
from partidor.actions.offers import decline_offer
from partidor.config.main import partidor
from partidor.models import Lead, PartnerVersion, RulesetVersion
from partidor.models.snapshots import _network
from tests.config.conftest import Call
from tests.world import START, World

RULE = {
    "name": "Words decide",
    "when": {"field": "inquiry", "op": "contains", "value": "keg"},
    "who": {"all": []},
    "plan": [{"offer_to": 1, "window": "4h"}],
}
PLACES = """country_code,zipcode,place,state,state_code,latitude,longitude
DE,80331,München,Bayern,BY,48.1372,11.5755
DE,01067,Dresden,Sachsen,SN,51.0509,13.7383
DE,99999,Nirgends,,,,
"""


@pytest.fixture
def lead(world: World) -> Any:
    return world.receive()


def written(path: Path, content: object) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


class TestRules:
    def test_are_published_once_from_a_file(self, world: World, call: Call, tmp_path: Path) -> None:
        file = written(tmp_path / "rules.json", {"rules": [RULE]})
        first = call("rules", "publish", file, "--vendor", "Acme", "--note", "Kegs", "--json").object
        again = call("rules", "publish", file, "--vendor", str(world.vendor.pk), "--json").object
        assert (first["repeated"], again["repeated"]) == (False, True)
        assert again["version"] == first["version"]
        assert RulesetVersion.objects.get(version=first["version"]).note == "Kegs"

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ([{**RULE, "plan": []}], "rules[0].plan"),
            ([{**RULE, "when": {"field": "colour", "op": "eq", "value": 1}}], 'there is no lead field "colour"'),
            ({"rule": []}, '{"rules": [rule, ...]}'),
            ('{"rules": [', "line 1"),
            (
                '{"rules": [{"name": "Deep", "when": ' + '{"not": ' * 3_000 + "1" + "}" * 3_001 + "]}",
                "rules[0].when.not.not.not",
            ),
        ],
    )
    def test_that_are_wrong_are_refused_in_one_line(
        self, world: World, call: Call, tmp_path: Path, content: object, said: str
    ) -> None:
        file = written(tmp_path / "rules.json", content)
        assert said in call("rules", "publish", file, "--vendor", "Acme").refuses()
        assert RulesetVersion.objects.filter(version__gt=world.vendor.ruleset_version + 1).count() == 0

    def test_that_are_none_are_refused_before_the_draft_is_replaced(
        self, world: World, call: Call, tmp_path: Path
    ) -> None:
        before = list(RulesetVersion.objects.filter(vendor=world.vendor).values_list("version", "rules"))
        file = written(tmp_path / "rules.json", {"rules": []})
        assert "every lead would stay unassigned" in call("rules", "publish", file, "--vendor", "Acme").refuses()
        assert list(RulesetVersion.objects.filter(vendor=world.vendor).values_list("version", "rules")) == before

    def test_are_tried_without_a_trace(self, world: World, call: Call, tmp_path: Path) -> None:
        typed = {"source": "website", "company": "X", "contact": {"email": "x@x.example"}}
        file = written(tmp_path / "lead.json", {"lead": typed})
        tried = call("rules", "test", file, "--vendor", "Acme", "--json").object
        assert tried["rule"]["name"] == "Nearest first"
        assert len(tried["chosen"]) == 1
        assert Lead.objects.count() == 0
        assert "Nearest first" in call("rules", "test", file, "--vendor", "Acme").out

    @pytest.mark.parametrize("which", ["file", "draft", "1"])
    def test_are_backtested(self, world: World, call: Call, tmp_path: Path, which: str) -> None:
        world.receive()
        world.receive(inquiry="Nothing but words.")
        words = str(written(tmp_path / "rules.json", {"rules": [RULE]})) if which == "file" else which
        done = call("rules", "backtest", words, "--vendor", "Acme", "--json").object
        assert done["leads"] == 2
        assert done["unmatched"]["after"] == (2 if which == "file" else 0)
        if which == "file":
            moved = Lead.objects.get(pk=done["moved"][0]["lead"])
            assert f"lead {moved.ref}: " in call("rules", "backtest", words, "--vendor", "Acme").out
        said = call("rules", "backtest", words, "--from", "2026-03-03", "--to", "2026-03-04", "--vendor", "Acme")
        assert said.out.startswith("0 leads: 0 as by today's rules, 0 elsewhere")

    def test_that_are_not_there_cannot_be_backtested(self, world: World, call: Call) -> None:
        assert "VERSION" in call("rules", "backtest", "nowhere.json", "--vendor", "Acme").refuses()
        assert "no such ruleset version" in call("rules", "backtest", "9", "--vendor", "Acme").refuses()


class TestLeadExplain:
    def test_tells_the_ranking_and_everyone_else(self, world: World, lead: Any, call: Call) -> None:
        told = call("lead", "explain", lead.lead.ref.lower(), "--vendor", "Acme").out
        assert "rule 1 “Nearest first”" in told
        assert all(partner.name in told for partner in world.partners.values())
        assert told.count("← asked") == 1

    def test_tells_it_in_german(self, world: World, lead: Any, call: Call) -> None:
        told = call("lead", "explain", lead.lead.pk, "--vendor", "Acme", "--language", "de").out
        assert "← gefragt" in told
        assert "beim Eingang: Regel 1" in told
        assert "Nähe 100,00" in told

    def test_says_why_not_of_one_partner(self, world: World, lead: Any, call: Call) -> None:
        decline_offer(lead.offers[0].pk, reason="capacity", by=world.manager, at=START)
        declined = next(one for one in world.partners.values() if one.pk == lead.offers[0].partner_id)
        words = ["lead", "explain", lead.lead.ref, "--vendor", "Acme", "--partner", declined.name[:5]]
        first, second = call(*words, "--json").object["decisions"]
        assert (first["eligible"], first["place"], second["eligible"]) == (True, 1, False)
        assert second["reasons"][0]["code"] == "already_asked"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", first["at"])
        told = call(*words).out
        assert "declined" in told
        assert not re.search("; [A-Z]", told), "after a semicolon a sentence goes on"

    @pytest.mark.parametrize("words", [["XXXXXX"], ["019c0000-0000-7000-8000-000000000000"]])
    def test_knows_no_lead_of_nobody(self, world: World, call: Call, words: list[str]) -> None:
        assert "no lead" in call("lead", "explain", *words, "--vendor", "Acme").refuses()

    def test_does_not_see_another_vendors_lead(self, world: World, lead: Any, call: Call) -> None:
        World.found("Rival")
        assert "no lead" in call("lead", "explain", lead.lead.pk, "--vendor", "Rival").refuses()

    def test_asks_which_of_several_partners(self, world: World, lead: Any, call: Call) -> None:
        words = ["lead", "explain", lead.lead.ref, "--vendor", "Acme", "--partner"]
        assert "give the id" in call(*words, "e").refuses()
        assert "no partner" in call(*words, "Nobody & Co").refuses()


class TestLeadReplay:
    def test_comes_out_the_same(self, world: World, lead: Any, call: Call) -> None:
        said = call("lead", "replay", lead.lead.ref, "--vendor", "Acme", "--json")
        assert (said.code, said.object["equal"]) == (0, True)

    def test_names_the_input_that_was_changed(self, world: World, call: Call, tmp_path: Path) -> None:
        world.rules([RULE])
        lead = world.receive(inquiry="Where is my keg?").lead
        change_lead(lead.pk, {"inquiry": "Never mind."}, by=world.manager, at=START)
        said = call("lead", "replay", lead.ref, "--vendor", "Acme")
        assert said.code == 1
        assert "inquiry was changed since; another rule would decide" in said.out
        assert (
            "Anfrage wurde seither geändert"
            in call("lead", "replay", lead.ref, "--vendor", "Acme", "--language", "de").out
        )

    def test_names_the_partner_whose_facts_are_gone(self, world: World, lead: Any, call: Call) -> None:
        PartnerVersion.objects.filter(partner=world.partners["alpen"]).delete()
        _network.cache_clear()
        said = call("lead", "replay", lead.lead.ref, "--vendor", "Acme")
        assert (said.code, "the facts of Alpen Systemhaus are gone" in said.out) == (1, True)
        assert (
            "the facts of Alpen Systemhaus are gone" in call("lead", "explain", lead.lead.ref, "--vendor", "Acme").out
        )


class TestGeoLoad:
    def test_places_what_comes_in_later(self, world: World, call: Call, tmp_path: Path) -> None:
        told = call("geo", "load", written(tmp_path / "places.csv", PLACES), "--json").object
        assert (told["rows"], told["passed_over"], told["countries"]) == (3, 1, ["DE"])
        lead = world.receive(address={"country": "DE", "postal_code": "01067"}, location=None).lead
        assert (round(lead.lat or 0, 2), round(lead.lon or 0, 2)) == (51.05, 13.74)

    def test_places_what_is_there_by_its_city(self, world: World, call: Call, tmp_path: Path) -> None:
        """Both forms in which GeoNames gives cities; the second finds everything known."""
        lead = world.receive(address={"country": "ES", "city": "Granada"}, location=None).lead
        head = "geonameid,name,latitude,longitude,countrycode,population,timezone,admin1code\n"
        row = "2517117,Granada,37.18,-3.6,ES,233764,Europe/Madrid,51\n"
        told = call("geo", "load", written(tmp_path / "cities.csv", head + row), "--json").object
        assert (told["places"], told["countries"], told["leads_placed"]) == (1, ["ES"], 1)
        assert Lead.objects.get(pk=lead.pk).lat == 37.18
        own = "2517117\tGranada\tGranada\tGrenade\t37.18\t-3.6\tP\tPPLA2\tES" + "\t" * 10 + "\n"
        told = call("geo", "load", written(tmp_path / "cities15000.txt", own), "--json").object
        assert (told["places"], told["leads_placed"]) == (2, 0), "by its French name too"

    def test_takes_a_table_of_other_names_of_cities(self, world: World, call: Call, tmp_path: Path) -> None:
        lead = world.receive(address={"country": "IT", "city": "Milano"}, location=None).lead
        cities = "geonameid,name,latitude,longitude,countrycode\n3173435,Milan,45.46,9.19,IT\n"
        names = "geonameid,name,countrycode,alternatenames\n3173435,Milan,IT,Mailand|Milano\n"
        files = written(tmp_path / "names.csv", names), written(tmp_path / "cities.csv", cities)
        assert call("geo", "load", *files, "--json").object["leads_placed"] == 1
        assert Lead.objects.get(pk=lead.pk).lat == 45.46

    def test_names_a_column_that_is_missing(self, world: World, call: Call, tmp_path: Path) -> None:
        file = written(tmp_path / "places.csv", "zip,lat\n1,2\n")
        assert "has no column country_code" in call("geo", "load", file).refuses()


class TestWrongWords:
    @pytest.mark.parametrize(
        "words",
        [["frobnicate"], ["lead", "explain"], ["import", "leads", "gone.csv", "--vendor", "A", "--mapping", "gone"],
         ["rules", "publish", "gone.json", "--vendor", "A"], ["serve", "--port", "0"], ["init", "--vendor", "A"]],
    )  # fmt: skip
    def test_are_answered_in_one_line(self, call: Call, words: list[str]) -> None:
        assert call(*words).refuses()


def commands(group: click.Group, before: str = "") -> Iterator[str]:
    """Walk all commands: ``init``, ``lead explain`` …"""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield before + name


@pytest.mark.parametrize("command", commands(partidor))
def test_each_command_is_explained_to_the_operator(command: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    named = {cell for row in re.findall(r"^\| (`.+?) \| .+ \|$", page, re.M) for cell in re.findall(r"`([^`]+)`", row)}
    assert any(re.match(rf"(?:partidor )?{command}\b", cell) for cell in named), "add a row to docs/operating.md"
