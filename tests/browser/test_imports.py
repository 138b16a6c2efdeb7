"""Importing as people do it: choose a file, look, take; on a phone in the dark and at a desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from partidor.models import Partner
from tests.browser.conftest import Sits
from tests.browser.test_looks import HOSTILE, LOOKS, look
from tests.world import World


@pytest.mark.any_database("how the pages of an import look; inbound/web/console takes such files on both")
@pytest.mark.parametrize(("width", "scheme", "language"), [LOOKS[1], LOOKS[3]])
def test_a_file_with_dirt_is_looked_at_and_taken(
    sits: Sits, world: World, tmp_path: Path, width: int, scheme: str, language: str
) -> None:
    said = {"de": ("Datei ansehen", "Alle 3 Zeilen", "Noch einmal übernehmen"),
            "en": ("Look at the file", "Take all 3 rows", "Take them again")}[language]  # fmt: skip
    table = tmp_path / "händler <b>.csv"
    table.write_text(
        "Firma;Mail;PLZ;Ort;Land;Branche\n"
        f'"{HOSTILE["vertical"]}";a@alpha.example;80335;München;DE;{HOSTILE["product"]}\n'
        '"<script>alert(1)</script>";nemo;1;X;DE;\nGamma;;4001;Basel;CH;Brauerei\n'
    )
    page = sits("administrator", width=width, scheme=scheme, language=language)
    page.on("dialog", lambda dialog: pytest.fail(f"a script of a stranger ran: {dialog.message}"))
    page.goto("/console/acme/partners/import")
    page.set_input_files("#file", table)
    page.get_by_role("button", name=said[0]).click()
    page.wait_for_url(re.compile("/imports/"))
    complaints: list[str] = []
    look(page, page.url, language, complaints)
    page.get_by_role("button", name=said[1]).click()
    expect(page.get_by_role("button", name=said[2])).to_be_visible()
    look(page, page.url, language, complaints)
    assert not complaints, "\n".join(["", *complaints])
    assert Partner.objects.filter(vendor=world.vendor).count() == 5


def test_tags_change_in_the_row_and_several_partners_at_once(sits: Sits, world: World) -> None:
    page = sits("channel_manager")
    page.goto("/console/acme/partners/")
    row = page.locator("tr", has_text="Alpen Systemhaus")
    row.locator("a.p-pen").click()
    row.locator("input[name=add]").fill("tier:gold")
    page.keyboard.press("Enter")
    expect(row.locator("button[name=remove]")).to_have_count(1)
    row.get_by_role("link", name="Done").click()
    expect(row.locator("input[name=add]")).to_have_count(0)
    page.locator(".p-several > summary").click()
    for name in ("Alpen Systemhaus", "Bergmann IT"):
        page.get_by_label(f"Choose {name}").check()
    page.get_by_label("Weight").fill("3")
    page.locator("button[value=weight]").click()
    page.get_by_role("button", name="Change 2 partners").click()
    expect(page.get_by_text("2 partners changed.")).to_be_visible()
    assert sorted(Partner.objects.filter(vendor=world.vendor).values_list("weight", flat=True)) == [1, 3, 3]
