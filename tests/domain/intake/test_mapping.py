"""An import mapping turns their columns into our fields, and says what it does not understand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake import codes
from partidor.domain.intake.inquiry import read_inquiry
from partidor.domain.intake.mapping import ImportMapping, Kind
from partidor.domain.intake.partner import read_partner
from partidor.domain.intake.suggest import suggested
from partidor.domain.refusal import WrongContent

MAPPINGS = Path(__file__).parents[2] / "mappings"
PARTNERS = """
delimiter = "auto"
[fields]
name = "ResellerName"
external_id = "ResellerAlternateKey"
"address.country" = "CountryRegionCode"
"address.street" = {join = ["AddressLine1", "AddressLine2"], with = ", "}
"location.lat" = "StoreLat"
"location.lon" = "StoreLon"
[tags]
type = "BusinessType"
tier = {column = "AnnualSales", bands = [[1000000, "bronze"], [2000000, "silver"], ["gold"]]}
sells = {column = "Brands", split = ";"}
[values."address.country"]
USA = "US"
[values."tags.type"]
VAR = "Value Added Reseller"
[defaults]
kind = "reseller"
"address.city" = "Seattle"
"""
ROW = {
    "ResellerName": " A Bike Store ", "ResellerAlternateKey": "AW1", "CountryRegionCode": "USA",
    "AddressLine1": "2251 Elliot Avenue", "AddressLine2": "", "StoreLat": "47.6", "StoreLon": "-122.4",
    "BusinessType": "VAR", "AnnualSales": "1500000.0000", "Brands": "Giant; Trek;;Giant",
}  # fmt: skip


def errors(text: str, kind: Kind | None = "leads") -> dict[str, str]:
    with pytest.raises(WrongContent) as refused:
        ImportMapping.read(text, kind)
    return {error.field: error.message for error in refused.value.errors}


class TestApply:
    def test_gives_a_row_the_shape_of_the_api(self) -> None:
        payload = ImportMapping.read(PARTNERS, "partners").apply(ROW)
        assert payload == {
            "name": "A Bike Store", "external_id": "AW1", "kind": "reseller",
            "address": {"country": "US", "street": "2251 Elliot Avenue", "city": "Seattle"},
            "location": {"lat": "47.6", "lon": "-122.4"},
            "tags": {"type": ["Value Added Reseller"], "tier": ["silver"], "sells": ["Giant", "Trek"]},
        }  # fmt: skip
        assert read_partner(payload).tags["tier"] == ("silver",)

    @pytest.mark.parametrize(
        ("sales", "tier"),
        [("999999.99", "bronze"), ("1000000", "silver"), ("1999999", "silver"), ("2000000.0000", "gold"), ("", None),
         ("much", None), ("NaN", None)],
    )  # fmt: skip
    def test_bands_are_below_below_else(self, sales: str, tier: str | None) -> None:
        tags = ImportMapping.read(PARTNERS).apply({**ROW, "AnnualSales": sales})["tags"]
        assert isinstance(tags, dict)
        assert tags.get("tier") == ([tier] if tier else None)

    def test_leaves_empty_cells_out_and_defaults_fill_them(self) -> None:
        assert ImportMapping.read(PARTNERS).apply({"ResellerName": "", "AddressLine1": " "}) == {
            "kind": "reseller", "address": {"city": "Seattle"},
        }  # fmt: skip

    def test_reads_dates_and_amounts_as_the_file_writes_them(self) -> None:
        text = """
        decimal = ","
        [fields]
        value = "Wert"
        "custom.since" = "Seit"
        consent.at = "Am"
        [dates]
        format = "%d.%m.%Y"
        """
        payload = ImportMapping.read(text, "leads").apply(
            {"Wert": "48.000,50", "Seit": "01.03.2026", "Am": "02.03.2026"}
        )
        assert payload == {
            "value": "48000.50", "custom": {"since": "2026-03-01"}, "consent": {"at": "2026-03-02T00:00:00+00:00"},
        }  # fmt: skip

    def test_leaves_a_date_of_another_form_for_the_field_to_refuse(self) -> None:
        text = '[fields]\n"consent.at" = "Am"\n[dates]\nformat = "%d-%m-%Y"'
        assert ImportMapping.read(text, "leads").apply({"Am": "soon"}) == {"consent": {"at": "soon"}}

    @given(st.dictionaries(st.sampled_from(sorted(ROW)), st.none() | st.text(max_size=12)))
    @settings(deadline=None)
    def test_gives_what_can_be_read_or_refused_whatever_the_row(self, row: dict[str, str | None]) -> None:
        payload = ImportMapping.read(PARTNERS, "partners").apply(row)
        try:
            named = read_partner(payload).name
        except WrongContent as refused:
            named = refused.errors[0].field
        assert named


class TestRead:
    @pytest.mark.parametrize(
        ("text", "field", "remedy"),
        [
            ("[fields", "mapping", "is no TOML"),
            ('[feilds]\ncompany = "A"', "feilds", 'did you mean "fields"?'),
            ('[fields]\ncompny = "A"', "fields.compny", 'did you mean "company"?'),
            ('[fields]\n"adress.city" = "A"', "fields.adress.city", 'did you mean "address.city"?'),
            ("[fields]\ncompany = 3", "fields.company", "must be a column's name"),
            ('[fields]\ncompany = {joined = ["A"]}', "fields.company.joined", "is no field"),
            ('[fields]\ncompany = {join = ["A"], wiht = ","}', "fields.company.wiht", "there are join"),
            ("[fields]\ncompany = {join = []}", "fields.company", "must name its column"),
            ('[fields]\ncompany = "A"\n[tags]\ntier = "B"', "tags", "for partners only"),
            ('[fields]\ncompany = "A"\n[defaults]\nkind = "x"', "defaults.kind", "is no field of leads"),
            ('[fields]\ncompany = "A"\n[values]\ncompany = 3', "values.company", "section of replacements"),
            ('delimiter = ";;"\n[fields]\ncompany = "A"', "delimiter", "one character"),
            ('decimal = "·"\n[fields]\ncompany = "A"', "decimal", '"." or ","'),
            ('[fields]\ncompany = "A"\n[dates]\nform = "%d"', "dates.form", "only format"),
            ('[fields]\ncompany = "A"\n[dates]\nformat = "dd.mm"', "dates.format", "must be a form"),
            ("", "fields", "is empty"),
        ],
    )
    def test_says_what_would_be_right(self, text: str, field: str, remedy: str) -> None:
        found = errors(text)
        assert field in found or "fields.company.joined" in found or any(field.startswith(name) for name in found)
        assert remedy in " ".join(found.values())

    @pytest.mark.parametrize(
        "bands", ['[[2, "a"], [1, "b"]]', '[["a"], [1, "b"]]', "[[1, 2]]", '"x"', "[[1]]", '[["a"], ["b"]]']
    )
    def test_wants_bands_that_rise(self, bands: str) -> None:
        text = f'[fields]\nname = "A"\n[tags]\ntier = {{column = "B", bands = {bands}}}'
        assert "must rise" in errors(text, "partners")["tags.tier.bands"]

    @pytest.mark.parametrize("name", sorted(path.name for path in MAPPINGS.glob("*.toml")))
    def test_understands_the_examples(self, name: str) -> None:
        kind: Kind = "partners" if "resellers" in name else "leads"
        assert ImportMapping.read((MAPPINGS / name).read_text("utf-8"), kind).columns

    @given(st.text(max_size=60))
    @settings(deadline=None)
    def test_never_breaks(self, text: str) -> None:
        try:
            columns = ImportMapping.read(text, "leads").columns
        except WrongContent as refused:
            columns = tuple(error.field for error in refused.errors)
        assert columns


class TestCheckColumns:
    def test_names_each_that_is_missing_and_those_there_are(self) -> None:
        mapping = ImportMapping.read('[fields]\ncompany = "Firma"\ninquiry = {join = ["Text", "Notiz"]}', "leads")
        mapping.check_columns(["Firma", "Text", "Notiz", ""])
        with pytest.raises(WrongContent) as refused:
            mapping.check_columns(["Firmen", "Text", ""])
        assert [error.field for error in refused.value.errors] == ["Firma", "Notiz"]
        assert 'did you mean "Firmen"? It has Firmen, Text' in refused.value.errors[0].message


class TestWithInquiry:
    def test_makes_a_lead_of_a_row(self) -> None:
        text = '[fields]\ncompany = "Firma"\n"contact.phone" = "Tel"\nemployees = "MA"\n[defaults]\nsource = "fair"'
        payload = ImportMapping.read(text, "leads").apply({"Firma": "Muster", "Tel": "089 123456", "MA": "120"})
        inquiry = read_inquiry(payload, vendor_currency="EUR", default_country="DE")
        assert (inquiry.company, inquiry.contact.phone, inquiry.employees) == ("Muster", "+4989123456", 120)


class TestWholeNames:
    def test_are_parted_and_never_take_the_place_of_parts_that_are_given(self) -> None:
        mapping = ImportMapping.read('[fields]\n"contact.name" = "Contact"\n"contact.first_name" = "First"', "leads")
        assert mapping.apply({"Contact": "Eva Müller", "First": ""}) == {
            "contact": {"first_name": "Eva", "last_name": "Müller"}
        }
        assert mapping.apply({"Contact": "Eva Müller", "First": "E."}) == {
            "contact": {"first_name": "E.", "last_name": "Müller"}
        }
        assert mapping.apply({"Contact": "", "First": ""}) == {}

    def test_understands_words_that_stand_for_ours(self) -> None:
        rows = [
            {"Firma": "A", "Art": "Händler"},
            {"Firma": "B", "Art": "Fachhändler (VAR)"},
            {"Firma": "C", "Art": "OEM"},
        ]
        found = suggested("partners", ["Firma", "Art"], rows)
        assert [found.apply(row)["kind"] for row in rows] == ["reseller", "var", "OEM"]
        assert suggested("partners", ["Firma", "Branche"], [{"Firma": "A", "Branche": "Beratung"}]).tags.keys() == {
            "vertical"
        }
        rows = [{"Firma": "A", "Temperatur": "heiß"}, {"Firma": "B", "Temperatur": "Warm"}]
        found = suggested("leads", ["Firma", "Temperatur"], rows)
        assert [found.apply(row)["temperature"] for row in rows] == ["hot", "Warm"]

    @pytest.mark.parametrize(
        ("given", "value", "currency"),
        [("48.000,00 €", "48000.00", "EUR"), ("12.000", "12000", None), ("CHF 5\'000,50", "5000.50", "CHF"),
         ("7,5", "7.5", None), ("£9", "9", "GBP"), ("viel", "viel", None)],
    )  # fmt: skip
    def test_reads_an_amount_with_its_currency(self, given: str, value: str, currency: str | None) -> None:
        rows = [{"Firma": "A", "Betrag": given}, {"Firma": "B", "Betrag": "12.000"}]
        read = suggested("leads", ["Firma", "Betrag"], rows).apply(rows[0])
        assert (read["value"], read.get("currency")) == (value, currency)

    def test_a_column_for_the_currency_goes_before_a_sign(self) -> None:
        mapping = ImportMapping.of({"fields": {"value": "V", "currency": "C"}}, "leads")
        assert mapping.apply({"V": "5 EUR", "C": "CHF"}) == {"value": "5", "currency": "CHF"}

    def test_are_guessed_from_the_name_of_the_column(self) -> None:
        found = suggested("leads", ["Contact Name", "Email"], [{"Contact Name": "Eva Müller", "Email": "e@a.example"}])
        assert found.fields["contact.name"].columns == ("Contact Name",)


class TestRegions:
    def test_of_spain_are_known_by_name(self) -> None:
        rows = [{"name": "A", "state": "Barcelona", "web": "https://a.es"}, {"name": "B", "state": "Guipúzcoa",
                                                                             "web": "https://b.es"}]  # fmt: skip
        found = suggested("partners", ["name", "state", "web"], rows)
        assert found.fields["address.region"].columns == ("state",)
        assert [codes.region_code(row["state"], "ES") for row in rows] == ["ES-B", "ES-SS"]
