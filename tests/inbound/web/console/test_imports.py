"""Importing in the browser: bring a file, map it, look, try, take; hostile files and strangers get a sentence."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partidor.inbound.clock.jobs import run_due_job
from partidor.inbound.files.uploads import forget_old_uploads
from partidor.inbound.web.console.imports import pages as imports
from partidor.models import Lead, Partner, Vendor
from tests.inbound.web.console.importing import Form, act, bring
from tests.inbound.web.people import SignIn, signed_in
from tests.inbound.web.reading import words_of
from tests.world import START, World

PARTNERS = """Nr;Firma;Mail;Strasse;PLZ;Ort;Land;Branche;Umsatz
1;Alpha IT GmbH;a@alpha.example;Dachauer Str. 5;80335;München;Deutschland;Handel, Logistik;450000
2;=cmd|' /C calc'!A1;b@beta;Weg 1;1067;Dresden;Deutschland;;2100000
3;Gamma AG;g@gamma.example;Marktplatz 9;4001;Basel;Schweiz;Brauerei;12
"""
LEADS = """Firma,Nachname,E-Mail,PLZ,Ort,Nachricht
Müller & Söhne,Müller,eva@mueller.example,80331,München,Wir suchen ein ERP
,,niemand@nirgends.example,,,kein Name
"""


class TestPartners:
    def test_are_guessed_shown_tried_taken_and_taken_only_once(self, world: World, sign_in: SignIn) -> None:
        client, version = sign_in(), Vendor.objects.get(slug="acme").network_version
        answer = bring(client, "partners", PARTNERS)
        assert answer.status_code == 303
        at = answer["Location"]
        page = client.get(at)
        shown = words_of(page)
        for text in ("3 rows", "Alpha IT GmbH", "München", "has no ending such as .com", "refused"):
            assert text in shown, text
        assert "Alpha IT GmbH" in shown
        assert Partner.objects.filter(vendor=world.vendor).count() == 3, "nothing is taken by looking"

        tried = act(client, at, "try", extra__0__split=",")
        assert "What would be taken" in words_of(tried)
        assert Partner.objects.filter(vendor=world.vendor).count() == 3

        done = act(client, at, "run")
        assert re.search(r"Rows 3 Taken 2 There already 0 Refused 1", words_of(done))
        alpha = Partner.objects.get(name="Alpha IT GmbH")
        assert (alpha.external_id, alpha.country, alpha.postal_code) == ("1", "DE", "80335")
        assert alpha.tags == {"vertical": ["Handel", "Logistik"]}
        assert Vendor.objects.get(slug="acme").network_version == version + 1
        assert "Taken 0 There already 2" in words_of(act(client, at, "run"))
        assert Vendor.objects.get(slug="acme").network_version == version + 1

    def test_come_in_with_a_note_where_the_region_is_not_known(self, world: World, sign_in: SignIn) -> None:
        table = "Firma;Ort;Bundesland;Land\nAlpha;Rosenheim;Oberbayern;DE\nBeta;Paris;Île-de-France;FR\n"
        client = sign_in()
        at = bring(client, "partners", table)["Location"]
        assert "Rows 2 Taken 2 There already 0 Refused 0" in words_of(act(client, at, "run"))
        alpha = Partner.objects.get(name="Alpha")
        assert (alpha.country, alpha.region) == ("DE", "")
        assert "region_unverified" in alpha.flags
        assert "Region not known" in words_of(client.get(reverse("console:partner", args=["acme", alpha.pk])))

    def test_take_the_name_of_a_kind_for_all_rows(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        at = bring(client, "partners", "Firma;Art\nAlpha;\nBeta;Integration\n")["Location"]
        act(client, at, "run", constant__kind="Händler", column__kind="1", values__kind="Integration = Systemhaus")
        kinds = dict(Partner.objects.filter(name__in=["Alpha", "Beta"]).values_list("name", "kind"))
        assert kinds == {"Alpha": "reseller", "Beta": "system_integrator"}

    def test_give_the_refused_rows_back_harmless(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        at = bring(client, "partners", PARTNERS)["Location"]
        assert client.get(f"{at}/refused.csv").status_code == 404
        act(client, at, "run")
        given = client.get(f"{at}/refused.csv")
        (row,) = csv.DictReader(io.StringIO(given.content.decode("utf-8-sig")))
        assert row["Firma"].startswith("'=cmd"), "no spreadsheet runs it"
        assert "E-mail: is no e-mail address" in row["reason"]
        assert "attachment" in given["Content-Disposition"]

    def test_give_the_reasons_in_the_reader_s_language(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        at = bring(client, "partners", "Firma;Mail;Gewicht\n;a@a.example;-1\nBeta;b@b.example;1\n")["Location"]
        act(client, at, "run")
        (row,) = csv.DictReader(io.StringIO(client.get(f"{at}/refused.csv").content.decode("utf-8-sig")))
        assert row["reason"] == (
            "Name: fehlt; ein Partner braucht einen Namen; Gewicht: muss eine ganze Zahl von 1 bis 1.000 sein, etwa 120"
        )

    def test_keep_their_mapping_as_a_file_for_the_next_time(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        at = bring(client, "partners", PARTNERS)["Location"]
        column = str(PARTNERS.splitlines()[0].split(";").index("Umsatz"))
        looked = act(
            client, at, "look",
            **{"extra__1__name": "tier", "extra__1__column": column, "extra__1__bands": "1000 bronze; gold",
               "values__address.country": "Deutschland = AT", "constant__kind": "var"},
        )  # fmt: skip
        assert looked.status_code == 200
        toml = client.get(f"{at}/mapping.toml").content
        again = client.post(
            reverse("console:partners-import", args=["acme"]),
            {"file": SimpleUploadedFile("x.csv", PARTNERS.encode()), "mapping": SimpleUploadedFile("m.toml", toml)},
        )["Location"]
        assert client.get(f"{again}/mapping.toml").content == toml
        act(client, again, "run")
        alpha, gamma = Partner.objects.get(external_id="1"), Partner.objects.get(external_id="3")
        assert (alpha.country, alpha.kind, alpha.tags["tier"], gamma.tags["tier"]) == (
            "AT",
            "var",
            ["gold"],
            ["bronze"],
        )

    def test_say_what_is_wrong_with_a_mapping(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        at = bring(client, "partners", PARTNERS)["Location"]
        toml = SimpleUploadedFile("m.toml", b'[fields]\nnam = "Firma"\n')
        answer = client.post(at, {"do": "look", "mapping": toml})
        assert answer.status_code == 422
        assert "ist kein Feld" in words_of(answer)
        gone = client.post(at, {"do": "look", "mapping": SimpleUploadedFile("m.toml", b'[fields]\nname = "Frima"\n')})
        assert "Firma" in words_of(client.get(gone["Location"]))
        assert "keine Spalte der Datei" in words_of(client.get(gone["Location"]))


class TestLeads:
    def test_are_routed_as_they_come(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        at = bring(client, "leads", LEADS, "Messe & Co.csv")["Location"]
        shown = words_of(client.get(at))
        for text in ("Welche Spalte wird was", "Müller & Söhne", "abgelehnt", "Quelle der Leads"):
            assert text in shown, text
        done = act(client, at, "run")
        assert "Zeilen 2 Übernommen 1 Schon da 0 Abgelehnt 1" in words_of(done)
        lead = Lead.objects.get(vendor=world.vendor)
        assert (lead.company, lead.state, lead.source.name) == ("Müller & Söhne", "offered", "import")
        act(client, at, "run")
        assert Lead.objects.filter(vendor=world.vendor).count() == 1

    @pytest.mark.parametrize(("currency", "value"), [("JPY", "48000"), ("KWD", "48.125"), ("EUR", "48.10")])
    def test_show_amounts_as_their_currency_writes_them(
        self, world: World, sign_in: SignIn, currency: str, value: str
    ) -> None:
        file = f"Firma,Nachname,E-Mail,Amount,Währung\nMüller,Müller,eva@mueller.example,{value},{currency}\n"
        page = words_of(act(sign_in(), bring(sign_in(), "leads", file)["Location"], "look"))
        rows = page.partition("The first rows as they would be")[2].partition("The columns of the file")[0]
        assert f" {value} " in rows
        assert "good, with notes" in rows, "its place is not known"

    def test_keep_columns_of_their_own(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        at = bring(client, "leads", LEADS)["Location"]
        act(client, at, "run", extra__0__name="town", extra__0__column="4")
        assert Lead.objects.get(vendor=world.vendor).custom == {"town": "München"}


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "PLZ", "Ort"])
    sheet.append(["=1+1", 80331, "München"])
    sheet.append(["Delta", 1067, None])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def bomb() -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", b"<x/>")
        packed.writestr("xl/sharedStrings.xml", b"A" * (300 * 2**20))
    return kept.getvalue()


class TestHostileFiles:
    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (b"", "it is empty"),
            (b"   \n ", "it is empty"),
            (b"Firma;Ort\n", "nothing below its first row"),
            (b"\x00\x01\x02\xff" * 50, "binary file"),
            (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel workbook"),
            (b"PK\x03\x04nothing", "damaged Excel workbook"),
            (b"a,a\n1,2\n", "two columns named"),
            (b"a,b\n1,2,3\n", "row 2 has 3 cells"),
            ((",".join(f"c{at}" for at in range(1_500)) + "\n").encode(), "1,500 columns"),
            (b'a,b\n"' + b"x" * 200_000 + b'",1\n', "field larger than"),
        ],
        ids=["empty", "blank", "bare", "binary", "xls", "torn", "twice", "wide", "columns", "cell"],
    )
    def test_are_refused_in_a_sentence_and_not_kept(
        self, world: World, sign_in: SignIn, settings: Any, tmp_path: Path, content: bytes, why: str
    ) -> None:
        settings.HOME = tmp_path
        answer = bring(sign_in(), "partners", content)
        assert answer.status_code == 422
        assert why in words_of(answer)
        assert not list(tmp_path.glob("uploads/*"))

    def test_packed_to_burst_are_refused(self, world: World, sign_in: SignIn) -> None:
        assert "it unpacks to" in words_of(bring(sign_in(), "leads", bomb(), "x.xlsx"))

    def test_too_large_are_stopped_on_the_way(
        self, world: World, sign_in: SignIn, settings: Any, tmp_path: Path
    ) -> None:
        settings.HOME = tmp_path
        for size in (10 * 2**20 + 1, 13 * 2**20):
            answer = bring(sign_in(), "partners", b"a,b\n" + b"1,2\n" * (size // 4))
            assert answer.status_code == 422
            assert "larger than 10 MB" in words_of(answer)
        assert not list(tmp_path.glob("uploads/*"))

    @pytest.mark.parametrize(
        "name", ["../../evil.csv", "..\\..\\evil.csv", "a/b/\x00.csv", "...", "<script>.csv", "x" * 400]
    )
    def test_bear_a_harmless_name(
        self, world: World, sign_in: SignIn, settings: Any, tmp_path: Path, name: str
    ) -> None:
        settings.HOME = tmp_path / "home"
        client = sign_in()
        at = bring(client, "partners", PARTNERS, name)["Location"]
        assert "<script>" not in client.get(at).content.decode()
        assert all(tmp_path / "home" / "uploads" in path.parents for path in tmp_path.rglob("*") if path.is_file())

    def test_of_excel_are_read_and_formulas_are_texts(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        at = bring(client, "partners", workbook(), "w.xlsx")["Location"]
        act(client, at, "run")
        assert Partner.objects.get(name="Delta").postal_code == "1067"

    def test_with_more_rows_than_the_browser_takes_go_to_the_server(
        self, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "MOST_ROWS", 2)
        client = sign_in()
        at = bring(client, "partners", PARTNERS)["Location"]
        shown = words_of(client.get(at))
        assert "partidor import partners file.csv --vendor acme --mapping mapping.toml" in shown
        assert "Take all" not in shown
        assert client.post(at, {**Form(client.get(at).content.decode()).fields, "do": "run"}).status_code == 422
        assert Partner.objects.filter(vendor=world.vendor).count() == 3


class TestLargeFiles:
    def test_are_taken_by_a_job_that_shows_how_far_it_is(
        self, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(imports, "AT_ONCE", 2)
        client = sign_in()
        at = bring(client, "partners", PARTNERS)["Location"]
        waiting = act(client, at, "run")
        assert "It waits for its turn" in words_of(waiting)
        assert "Take all" not in words_of(waiting)
        poll = f"{at}/progress"
        found = re.search(r"progress\?v=(\w+)", waiting.content.decode())
        assert found is not None
        assert client.get(f"{poll}?v={found[1]}", headers={"HX-Request": "true"}).status_code == 204
        assert Partner.objects.filter(vendor=world.vendor).count() == 3

        assert run_due_job(lambda: START, Event()) == 1
        assert client.get(poll, headers={"HX-Request": "true"})["HX-Redirect"] == at
        assert "Rows 3 Taken 2 There already 0 Refused 1" in words_of(client.get(at))
        assert client.get(f"{at}/refused.csv").status_code == 200
        assert Partner.objects.filter(vendor=world.vendor).count() == 5

    def test_are_tried_by_a_job_too(self, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(imports, "AT_ONCE", 0)
        client = sign_in()
        at = bring(client, "leads", LEADS)["Location"]
        act(client, at, "try")
        run_due_job(lambda: START, Event())
        assert "Would be taken 1" in words_of(client.get(at))
        assert not Lead.objects.filter(vendor=world.vendor).exists()


class TestKeeping:
    def test_is_for_who_brought_it_alone_and_for_a_day(self, world: World, sign_in: SignIn) -> None:
        mine = sign_in()
        at = bring(mine, "partners", PARTNERS)["Location"]
        assert sign_in("administrator").get(at).status_code == 404
        rival = World.found("Rival")
        assert signed_in(rival, "administrator").get(at.replace("/acme/", "/rival/")).status_code == 404
        with time_machine.travel(START + timedelta(hours=25), tick=False):
            assert mine.get(at).status_code == 404

    def test_ends_after_a_day(self, world: World, sign_in: SignIn, settings: Any, tmp_path: Path) -> None:
        settings.HOME = tmp_path
        bring(sign_in(), "partners", PARTNERS)
        assert forget_old_uploads(at=START + timedelta(hours=23)) == 0
        assert forget_old_uploads(at=START + timedelta(hours=25)) == 1
        assert not list(tmp_path.glob("uploads/*"))

    def test_is_nothing_for_who_only_reads(self, world: World, sign_in: SignIn) -> None:
        for kind in ("partners", "leads"):
            assert bring(sign_in("management"), kind, PARTNERS).status_code == 403

    def test_takes_few_statements(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        for kind, text in (("partners", PARTNERS), ("leads", LEADS)):
            at = bring(client, kind, text)["Location"]
            client.get(at)
            with CaptureQueriesContext(connection) as captured:
                client.get(at)
            assert len(captured) <= 12
