"""Importing: each row is taken, there already, or refused with a reason; nothing twice, nothing lost."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from partidor.actions import intake
from partidor.actions.places import load_places
from partidor.domain.intake.mapping import OURS
from partidor.domain.intake.places import Place
from partidor.inbound.files import leads as leads_file
from partidor.models import Lead, Partner
from tests.config.conftest import Call
from tests.world import World

LEADS = """Firma;Name;Mail;PLZ;Ort;Text
Müller & Söhne;Müller;eva@mueller.example;80331;München;Wir suchen ein ERP
;;niemand@nirgends.example;;;kein Name
Meier KG;Meier;meier@meier.example;1067;Dresden;Auch wir
"""
LEAD_MAPPING = """
[fields]
company = "Firma"
"contact.last_name" = "Name"
"contact.email" = "Mail"
"address.postal_code" = "PLZ"
"address.city" = "Ort"
inquiry = "Text"
[defaults]
"address.country" = "DE"
"""
PARTNERS = "Nr,Name,Umsatz\n1,Alpha,500\n2,Beta,5000\n3,,1\n"
PARTNER_MAPPING = """
[fields]
external_id = "Nr"
name = "Name"
[tags]
tier = {column = "Umsatz", bands = [[1000, "bronze"], ["gold"]]}
"""


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "leads.csv").write_text(LEADS, encoding="cp1252")
    (tmp_path / "leads.toml").write_text(LEAD_MAPPING)
    (tmp_path / "partners.csv").write_text(PARTNERS)
    (tmp_path / "partners.toml").write_text(PARTNER_MAPPING)
    return tmp_path


def words(kind: str, files: Path, *more: str) -> list[object]:
    given = ["import", kind, files / f"{kind}.csv", "--vendor", "Acme", "--mapping", files / f"{kind}.toml"]
    return [*given, "--json", *more]


class TestThePage:
    def test_shows_examples_that_work(self, world: World, call: Call, tmp_path: Path) -> None:
        page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
        csvs, tomls = (re.findall(rf"```{kind}\n(.*?)```", page, re.S) for kind in ("csv", "toml"))
        told = {}
        for kind, rows, mapping in zip(("partners", "leads"), csvs, tomls, strict=True):
            (tmp_path / f"{kind}.csv").write_text(rows)
            (tmp_path / f"{kind}.toml").write_text(mapping)
            told[kind] = call(*words(kind, tmp_path)).object
        assert [(each["taken"], each["refused"]) for each in told.values()] == [(2, 0), (2, 0)]
        alpen = Partner.objects.get(external_id="1001")
        assert (alpen.country, alpen.tags) == ("DE", {"vertical": ["retail", "logistics"], "tier": ["bronze"]})
        assert Partner.objects.get(external_id="1002").tags["tier"] == ["gold"]
        lead = Lead.objects.get(external_id="F-17")
        assert (lead.value_minor, lead.country, lead.custom) == (4_800_000, "DE", {"scanned_at": "2026-11-24T10:05:00"})

    def test_names_every_field(self) -> None:
        page = (Path(__file__).parents[2] / "docs" / "importing.md").read_text(encoding="utf-8")
        named = set(re.findall(r"[a-z_]+", page.partition("**Fields of a partner**")[2]))
        assert {path.rpartition(".")[2] for paths in OURS.values() for path in paths} <= named


class TestImportLeads:
    def test_takes_what_is_right_and_keeps_what_is_not_with_the_reason(
        self, world: World, call: Call, files: Path
    ) -> None:
        said = call(*words("leads", files))
        told = said.object
        assert list(told) == ["rows", "taken", "repeated", "refused", "flagged", "seconds", "refused_file"]
        assert (told["rows"], told["taken"], told["refused"]) == (3, 2, 1)
        with Path(told["refused_file"]).open(encoding="utf-8-sig") as opened:
            (refused,) = csv.DictReader(opened)
        assert refused["Text"] == "kein Name"
        assert "company" in refused["reason"]
        assert set(Lead.objects.values_list("company", "postal_code", "state")) == {
            ("Müller & Söhne", "80331", "offered"), ("Meier KG", "01067", "offered")
        }  # fmt: skip

    def test_takes_nothing_twice_whatever_the_file_is_called(self, world: World, call: Call, files: Path) -> None:
        call(*words("leads", files))
        header, first, *others = LEADS.splitlines()
        (files / "leads.csv").write_text("\n".join([header, *reversed(others), first]), encoding="utf-8")
        again = call(*words("leads", files)).object
        assert (again["taken"], again["repeated"], again["refused"]) == (0, 2, 1)
        assert Lead.objects.count() == 2

    def test_writes_nothing_in_a_dry_run(self, world: World, call: Call, files: Path) -> None:
        tried = call(*words("leads", files, "--dry-run")).object
        assert (tried["taken"], tried["refused"], tried["refused_file"], tried["dry_run"]) == (2, 1, None, True)
        assert Lead.objects.count() == 0
        assert not list(files.glob("*.refused.csv"))

    def test_loses_one_row_at_most_to_a_bug(
        self, world: World, call: Call, files: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        receive = intake.receive_leads

        def poisoned(payloads: Sequence[Any], **rest: Any) -> Any:
            if any(payload["company"] == "Meier KG" for payload in payloads if "company" in payload):
                raise ZeroDivisionError("boom")
            return receive(payloads, **rest)

        monkeypatch.setattr(leads_file, "receive_leads", poisoned)
        told = call(*words("leads", files)).object
        assert (told["taken"], told["refused"]) == (1, 2)
        assert "ZeroDivisionError" in Path(told["refused_file"]).read_text()

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (["--source", "gone"], "known are: api, import, website"),
            (["--vendor", "Nobody"], "no such vendor 'Nobody'"),
        ],
    )
    def test_refuses_what_it_does_not_know(
        self, world: World, call: Call, files: Path, more: list[str], said: str
    ) -> None:
        assert said in call(*words("leads", files, *more)).refuses()

    def test_names_a_column_that_is_not_there(self, world: World, call: Call, files: Path) -> None:
        (files / "leads.toml").write_text('[fields]\ncompany = "Firm"\n')
        said = call(*words("leads", files))
        assert said.code == 1
        assert 'did you mean "Firma"?' in said.err
        assert "Traceback" not in said.err


class TestImportPartners:
    def test_takes_them_with_their_tags_once(self, world: World, call: Call, files: Path) -> None:
        before = Partner.objects.count()
        told = call(*words("partners", files)).object
        assert (told["rows"], told["taken"], told["refused"]) == (3, 2, 1)
        assert Partner.objects.get(name="Beta").tags == {"tier": ["gold"]}
        again = call(*words("partners", files)).object
        assert (again["taken"], again["repeated"]) == (0, 2)
        assert Partner.objects.count() == before + 2

    def test_writes_nothing_in_a_dry_run(self, world: World, call: Call, files: Path) -> None:
        before = Partner.objects.count()
        assert call(*words("partners", files, "--dry-run")).object["taken"] == 2
        assert Partner.objects.count() == before


class TestADryRun:
    @pytest.mark.parametrize("kind", ["leads", "partners"])
    def test_says_what_the_run_says_before_and_after_it(self, world: World, call: Call, files: Path, kind: str) -> None:
        load_places([Place("DE", "code:80331", 48.1, 11.6, 0.0)])
        told = ("rows", "taken", "repeated", "refused", "flagged")

        def run(*more: str) -> list[object]:
            content = call(*words(kind, files, *more)).object
            return [content[name] for name in told]

        first = run("--dry-run")
        assert first == run()
        assert first[1] == 2, "two are taken"
        assert first[4] == {"leads": 1, "partners": 2}[kind], "as many cannot be placed"
        again = run("--dry-run")
        assert again == run()
        assert again[1:3] == [0, 2], "both are there already"
