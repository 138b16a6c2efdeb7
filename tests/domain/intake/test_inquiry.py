"""A lead as received: normalised, or refused with every wrong field named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake.inquiry import LEAD_KEYS, Inquiry, read_inquiry
from partidor.domain.refusal import WrongContent
from tests.inquiries import inquiry_payload

LEAD: dict[str, Any] = {
    "external_id": "web-10293", "source": "website", "test": False, "company": "Muster GmbH",
    "contact": {"first_name": "Eva", "last_name": "Muster", "email": "eva@Muster.Example", "phone": "089 123456",
                "job_title": "IT lead", "role": "it"},
    "contacts": [{"last_name": "Chef", "role": "decision"}],
    "address": {"street": "Beispielweg 1", "postal_code": "80538", "city": "München", "region": "DE-BY",
                "country": "DE"},
    "inquiry": "Needs an ERP for 40 users ...", "product": "erp-suite", "vertical": "manufacturing", "language": "de",
    "employees": 120, "value": "48000.00", "currency": "EUR", "temperature": "hot", "timeline": "3 months",
    "campaign": "hmi-2026", "utm": {"source": "google", "medium": "cpc", "campaign": "hmi-2026"},
    "consent": {"basis": "consent", "share": True, "recipients": ["*"], "text": "…", "version": "v3",
                "at": "2026-03-01T10:00:00+01:00", "marketing": True},
    "custom": {"mdf_pot": "Q2-DE"},
}  # fmt: skip


def read(payload: Mapping[str, object], **settings: Any) -> Inquiry:
    return read_inquiry(payload, **{"vendor_currency": "EUR", "default_country": "DE", **settings})


def with_field(path: str, value: object) -> dict[str, Any]:
    outer, _, inner = path.rpartition(".")
    if not outer:
        return {**LEAD, inner: value}
    return {**LEAD, outer: {**LEAD[outer], inner: value}}


def errors(payload: Mapping[str, object], **settings: Any) -> dict[str, str]:
    with pytest.raises(WrongContent) as refused:
        read(payload, **settings)
    return {error.field: error.message for error in refused.value.errors}


class TestReadInquiry:
    def test_reads_every_field_of_the_contract(self) -> None:
        inquiry = read(LEAD)
        assert inquiry.contact.email == "eva@muster.example"
        assert inquiry.contact.phone == "+4989123456"
        assert [contact.last_name for contact in inquiry.contacts] == ["Muster", "Chef"]
        assert (inquiry.region, inquiry.country, inquiry.postal_code) == ("DE-BY", "DE", "80538")
        assert (inquiry.value_minor, inquiry.currency) == (4_800_000, "EUR")
        assert inquiry.consent is not None
        assert inquiry.consent["at"] == "2026-03-01T09:00:00Z"
        assert inquiry.utm_campaign == "hmi-2026"
        assert inquiry.custom == {"mdf_pot": "Q2-DE"}
        assert inquiry.flags == ()
        assert LEAD.keys() <= set(LEAD_KEYS)

    def test_needs_little(self) -> None:
        inquiry = read({"source": "website", "contact": {"last_name": "Muster", "email": "e@muster.example"}})
        assert inquiry.temperature == "warm"
        assert inquiry.currency == "EUR"
        assert inquiry.flags == ("country_assumed",)

    def test_takes_a_contact_from_the_list_if_there_is_no_other(self) -> None:
        inquiry = read({"source": "s", "contacts": [{"last_name": "Chef", "phone": "089 123456"}]})
        assert inquiry.contact.last_name == "Chef"

    def test_names_everything_that_is_wrong_at_once(self) -> None:
        wrong = errors(
            {"compny": "x", "contact": {"emial": "x"}, "address": {"country": "Atlantis"}, "temperature": "lukewarm",
             "employees": "50-100", "custom": {"a": [1]}, "language": "klingon", "currency": "XYZ", "value": "1,5"}
        )  # fmt: skip
        assert wrong.keys() == {
            "compny", "source", "contact.emial", "address.country", "temperature", "employees", "custom.a", "language",
            "currency", "value", "company", "contact.email",
        }  # fmt: skip
        assert 'did you mean "company"?' in wrong["compny"]

    @pytest.mark.parametrize(
        ("path", "value", "remedy"),
        [
            ("contact.email", "adavis@consolidatedmessenger", "no ending such as .com"),
            ("contact.email", "eva", "such as eva@example.com"),
            ("contact.email", "a@b.de, c@d.de", "several"),
            ("contact.email", "a..b@x.de", "two periods"),
            ("company", "x" * 301, "300 is the most"),
            ("inquiry", "x" * 20_001, "20,000 is the most"),
            ("company", "a\0b", "NUL"),
            ("company", "a\ud800b", "surrogate"),
            ("company", ["x"], "must be a text"),
            ("value", "48.000,00", "decimal number with a point"),
            ("value", "-5", "decimal number with a point"),
            ("value", "1e9", "decimal number with a point"),
            ("value", "0.001", "2 decimals"),
            ("value", "99999999999999", "is too much"),
            ("value", True, "decimal number"),
            ("currency", "EURO", "ISO 4217"),
            ("address.country", "Atlantis", "ISO 3166-1"),
            ("address.region", "AT-9", "no region of DE"),
            ("address.region", "DE-XX", "ISO 3166-2"),
            ("language", "klingon", "BCP 47"),
            ("temperature", "boiling", "hot, warm, cold"),
            ("employees", -1, "whole number"),
            ("employees", 1.5, "whole number"),
            ("test", "perhaps", "true or false"),
            ("consent.at", "2026-03-01", "RFC 3339"),
            ("consent.share", "certainly", "true or false"),
            ("custom", "x", "object"),
            ("contact", "Eva", "object"),
            ("utm.sauce", "x", "utm.source"),
            ("location", {"lat": 48}, "missing beside"),
        ],
    )
    def test_says_what_would_be_right(self, path: str, value: object, remedy: str) -> None:
        wrong = errors(with_field(path, value))
        assert remedy in " ".join(wrong.values())
        assert len(wrong) == 1

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("48000.00", "EUR", 4_800_000), ("500", "JPY", 500), ("1.234", "KWD", 1_234), ("3578.2700", "USD", 357_827),
         (48000, "EUR", 4_800_000), (0.5, "EUR", 50), ("0", "EUR", 0), ("007", "EUR", 700)],
    )  # fmt: skip
    def test_counts_money_in_minor_units(self, amount: object, currency: str, minor: int) -> None:
        assert read({**LEAD, "value": amount, "currency": currency}).value_minor == minor

    @pytest.mark.parametrize(
        ("given_country", "region", "country", "code"),
        [("Deutschland", "Bayern", "DE", "DE-BY"), ("DEU", "by", "DE", "DE-BY"), ("USA", "WA", "US", "US-WA"),
         ("Schweiz", "ZH", "CH", "CH-ZH"), ("", "AT-9", "AT", "AT-9"), ("UK", "", "GB", ""),
         ("España", "B", "ES", "ES-B")],
    )  # fmt: skip
    def test_normalises_country_and_region(self, given_country: str, region: str, country: str, code: str) -> None:
        address = {"country": given_country, "region": region, "city": "Somewhere"}
        inquiry = read({**LEAD, "address": address})
        assert (inquiry.country, inquiry.region) == (country, code)

    def test_keeps_and_flags_what_it_cannot_read(self) -> None:
        inquiry = read(
            {"source": "s", "company": "StraÃŸenbau", "contact": {"phone": "on request"},
             "address": {"postal_code": "unknown", "country": "DE"}}
        )  # fmt: skip
        assert inquiry.company == "Straßenbau"
        assert inquiry.contact.phone == "on request"
        assert inquiry.postal_code == "unknown"
        assert inquiry.flags == ("phone_unverified", "postal_code_unverified", "text_repaired")

    @pytest.mark.parametrize(
        ("country", "region"),
        [("DE", "Oberbayern"), ("DE", "Freistaat Bayern"), ("FR", "Île-de-France"), ("US", "ZZ")],
    )
    def test_takes_an_address_whose_region_has_a_name_of_its_own(self, country: str, region: str) -> None:
        inquiry = read({**LEAD, "address": {"city": "Rosenheim", "country": country, "region": region}})
        assert (inquiry.city, inquiry.region) == ("Rosenheim", "")
        assert "region_unverified" in inquiry.flags

    def test_puts_swapped_phone_and_email_right(self) -> None:
        contact = {"last_name": "Muster", "email": "089 123456", "phone": "eva@muster.example"}
        inquiry = read({"source": "s", "contact": contact, "address": {"country": "DE"}})
        assert (inquiry.contact.email, inquiry.contact.phone) == ("eva@muster.example", "+4989123456")
        assert inquiry.flags == ("contact_repaired",)

    def test_asks_for_what_the_source_demands(self) -> None:
        wrong = errors({"source": "s", "company": "A", "contact": {"phone": "089 123456"}},
                       required=["contact.email", "custom.budget", "company"])  # fmt: skip
        assert wrong.keys() == {"contact.email", "custom.budget"}

    def test_reads_custom_fields_by_their_type(self) -> None:
        types = {"n": "number", "d": "date", "b": "boolean", "c": "choice:small|large", "t": "text"}
        values = {"n": "48.5", "d": "2026-03-01", "b": "ja", "c": "small", "t": 12, "unknown": True, "none": None}
        assert read({**LEAD, "custom": values}, fields=types).custom == {
            "n": 48.5, "d": "2026-03-01", "b": True, "c": "small", "t": "12", "unknown": "true",
        }  # fmt: skip
        wrong = errors({**LEAD, "custom": {"n": "x", "d": "1.3.2026", "b": "x", "c": "tiny"}}, fields=types)
        assert wrong.keys() == {"custom.n", "custom.d", "custom.b", "custom.c"}

    def test_takes_a_location_but_not_the_one_in_the_sea(self) -> None:
        assert read({**LEAD, "location": {"lat": "48.1", "lon": 11.5}}).point == (48.1, 11.5)
        inquiry = read({**LEAD, "location": {"lat": 0, "lon": 0}})
        assert (inquiry.point, inquiry.flags) == (None, ("location_unverified",))

    def test_reads_back_what_it_wrote(self) -> None:
        inquiry = read({**LEAD, "location": {"lat": 48.1, "lon": 11.5}})
        assert read(inquiry_payload(inquiry)) == inquiry


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["DE", "US", "de", "EUR", "80538", "2134.0", "eva@x.de", "089 123456", "1.50", "hot",
                       "\0", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
objects = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(LEAD_KEYS, json_values),
        "contact": json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(LEAD["contact"], json_values)),
        "contacts": json_values | st.lists(st.dictionaries(st.sampled_from(sorted(LEAD["contact"])), json_values)),
        "address": json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(LEAD["address"], json_values)),
        "consent": json_values | st.fixed_dictionaries({}, optional=dict.fromkeys(LEAD["consent"], json_values)),
        "location": json_values | st.fixed_dictionaries({}, optional={"lat": json_values, "lon": json_values}),
    },
)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)


class TestArbitraryJson:
    @given(objects | json_values)
    @settings(max_examples=3 * settings().max_examples)
    def test_is_read_or_refused_but_never_breaks(self, payload: Any) -> None:
        try:
            inquiry = read(payload, fields={"a": "number", "b": "date"})
        except WrongContent as refused:
            named = [(error.field, error.message) for error in refused.errors]
        else:
            named = [(inquiry.source, inquiry.company or inquiry.contact.last_name)]
        assert named
        assert all(map(all, named))

    @given(texts, texts, texts, texts, st.sampled_from(["DE", "US", "CA", "CH", "JP", ""]))
    def test_normalised_once_is_normalised_for_good(
        self, company: str, text: str, code: str, city: str, country: str
    ) -> None:
        payload = {"source": "s", "company": f"A {company}", "inquiry": text, "contact": {"phone": code},
                   "address": {"postal_code": code, "city": f"B {city}", "country": country}}  # fmt: skip
        once = read(payload)
        again = read(inquiry_payload(once))
        assert inquiry_payload(again) == inquiry_payload(once)
