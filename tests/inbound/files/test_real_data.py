"""The real tables that were gathered for trying: every row is taken, flagged or refused in a sentence, none breaks."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from partidor.domain.intake.inquiry import Inquiry, read_inquiry
from partidor.domain.intake.mapping import ImportMapping, Kind
from partidor.domain.intake.partner import PartnerForm, read_partner
from partidor.domain.intake.places import Place, PlaceRow, distance_km, gather, place_keys, rung
from partidor.domain.intake.repair import mend_phone
from partidor.domain.refusal import WrongContent
from partidor.inbound.files.tables import read_table
from tests.adventureworks import MAPPINGS, adventureworks, real_data, write_customers
from tests.inquiries import inquiry_payload

DATA, TABLES = real_data(), adventureworks()
pytestmark = [pytest.mark.real_data, pytest.mark.skipif(TABLES is None, reason="the real data are not here")]

Outcome = tuple[list[Any], Counter[str], list[WrongContent]]


def taken(path: Path, mapping: str, kind: Kind, read: Callable[[dict[str, object]], Any]) -> Outcome:
    chosen = ImportMapping.read((MAPPINGS / mapping).read_text("utf-8"), kind)
    table = read_table(path, delimiter=chosen.delimiter, encoding=chosen.encoding)
    chosen.check_columns(table.header)
    good: list[Any] = []
    refused: list[WrongContent] = []
    for row in table.rows:
        try:
            good.append(read(chosen.apply(row)))
        except WrongContent as wrong:
            refused.append(wrong)
    flags = Counter(flag for one in good for flag in one.flags)
    print(f"\n{path.name}: {len(good)} taken, {len(refused)} refused, flags {dict(flags)}")
    return good, flags, refused


def lead(payload: dict[str, object]) -> Inquiry:
    return read_inquiry({"source": "import", **payload}, vendor_currency="USD", default_country="US")


@pytest.fixture(scope="module")
def places() -> dict[tuple[str, str], Place]:
    assert DATA is not None
    rows: list[PlaceRow] = []
    for code in ("us", "ca", "de"):
        with (DATA / f"geonames_postal_dev/zipcodes.{code}.csv").open(encoding="utf-8", newline="") as opened:
            rows += [row for row in map(PlaceRow.read, csv.DictReader(opened)) if row]
    return {(place.country, place.key): place for place in gather(rows)}


def placed(one: Inquiry | PartnerForm, places: dict[tuple[str, str], Place]) -> Place | None:
    keys = place_keys(one.country, one.postal_code, one.city, one.region)
    return next((places[one.country, key] for key in keys if (one.country, key) in places), None)


class TestAdventureWorks:
    def test_resellers_all_become_partners(self, places: dict[tuple[str, str], Place]) -> None:
        assert TABLES is not None
        good, flags, refused = taken(
            TABLES / "resellers.csv", "adventureworks_resellers.toml", "partners", lambda one: read_partner(one)
        )
        assert (len(good), refused) == (581, [])
        # 26 stand at 0° N 0° E, which is in the sea; they are placed by their address.
        assert flags["location_unverified"] == 26
        assert flags["postal_code_unverified"] == 7
        assert Counter(tier for one in good for tier in one.tags["tier"]) == {"gold": 166, "silver": 206, "bronze": 209}
        streets = {one.street for one in good}
        assert "Königsteiner Straße 9" in streets
        assert flags["text_repaired"] == sum("ß" in one.street or "ü" in one.street or "ö" in one.street
                                             or "ä" in one.street or "é" in one.street for one in good)  # fmt: skip
        assert all(placed(one, places) for one in good)
        far = [distance_km(one.point, (at.lat, at.lon)) for one in good
               if one.point and (at := placed(one, places))]  # fmt: skip
        assert max(far) < 60, "the ladder puts a partner where the partner says it is, or near"

    def test_customers_all_become_leads(self, tmp_path: Path, places: dict[tuple[str, str], Place]) -> None:
        assert TABLES is not None
        joined = write_customers(TABLES, tmp_path / "customers.csv")
        good, flags, refused = taken(joined, "adventureworks_customers.toml", "leads", lead)
        assert (len(good), refused) == (11_170, [])
        assert Counter(one.product for one in good).keys() == {"Road", "Mountain", "Touring", "Standard"}
        assert all(one.value_minor and one.region and one.contact.email for one in good)
        assert flags["postal_code_unverified"] == 298
        assert "phone_repaired" not in flags, "a fictitious number is unverified, never another country's"
        assert "postal_code_repaired" not in flags
        assert Counter(rung(at.key) if (at := placed(one, places)) else "" for one in good)[""] == 0
        print(Counter(rung(at.key) if (at := placed(one, places)) else "" for one in good))

    def test_prospects_become_leads_but_for_those_whose_email_has_no_ending(self) -> None:
        assert TABLES is not None
        good, _, refused = taken(TABLES / "prospective_buyers.csv", "adventureworks_prospects.toml", "leads", lead)
        assert (len(good), len(refused)) == (1_431, 105)
        assert {error.field for wrong in refused for error in wrong.errors} == {"contact.email"}
        assert all("has no ending such as .com" in wrong.errors[0].message for wrong in refused)
        repaired = sorted(one.postal_code for one in good if "postal_code_repaired" in one.flags)
        assert repaired
        assert all(code.startswith("0") and len(code) == 5 for code in repaired), "New England's zeros are back"

    def test_a_lead_read_again_from_itself_stays_what_it_is(self) -> None:
        assert TABLES is not None
        good, _, _ = taken(TABLES / "prospective_buyers.csv", "adventureworks_prospects.toml", "leads", lead)
        for one in good[:300]:
            again = lead(inquiry_payload(one))
            assert (again.contacts, again.postal_code, again.street) == (one.contacts, one.postal_code, one.street)


class TestSpanishDirectory:
    def test_phones_are_read_or_kept(self) -> None:
        assert DATA is not None
        table = read_table(DATA / "odoo_partner_directory_es/partners_redacted.csv")
        flags: Counter[str] = Counter()
        for row in table.rows:
            phone, flag = mend_phone(row["phone"].strip(" \u202c"), "ES")
            flags[flag or "read"] += bool(row["phone"].strip())
            assert phone.startswith("+") or phone == row["phone"].strip(" \u202c")
        print(dict(flags))
        assert flags["read"] >= 45
        assert flags["phone_repaired"] <= 2


class TestPlaces:
    def test_no_key_comes_twice_and_no_prefix_is_wide(self, places: dict[tuple[str, str], Place]) -> None:
        prefixes = [place for place in places.values() if rung(place.key) == "prefix"]
        assert prefixes
        assert max(place.spread_km for place in prefixes) <= 150

    def test_a_company_code_does_not_move_berlin(self, places: dict[tuple[str, str], Place]) -> None:
        berlin = places["DE", "prefix:10"]
        assert distance_km((berlin.lat, berlin.lon), (52.52, 13.40)) < 15

    @pytest.mark.parametrize("spelling", ["München", "Muenchen", "Munich", "MUNCHEN"])
    def test_a_city_is_found_in_every_spelling(self, spelling: str, places: dict[tuple[str, str], Place]) -> None:
        found: Iterable[str] = place_keys("DE", "", spelling)
        assert any(("DE", key) in places for key in found)

    def test_springfield_needs_its_state(self, places: dict[tuple[str, str], Place]) -> None:
        assert ("US", "city:springfield") not in places
        assert ("US", "city:springfield|US-IL") in places
