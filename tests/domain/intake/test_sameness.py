"""The same customer is known again, and others are not taken for it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake.folding import folded
from partidor.domain.intake.inquiry import read_inquiry
from partidor.domain.intake.sameness import (
    CANDIDATE,
    DECIDING,
    Key,
    company_domain,
    company_name,
    customer_keys,
    repeat_fingerprint,
)


def inquiry(**given_fields: Any) -> Any:
    payload = {"source": "s", "contact": {"last_name": "Muster", "email": "eva@muster.example"}, **given_fields}
    return read_inquiry(payload, vendor_currency="EUR", default_country="DE")


def deciding(**given_fields: Any) -> set[Key]:
    return {key for key in customer_keys(inquiry(**given_fields)) if key.kind in DECIDING}


class TestCompanyName:
    @pytest.mark.parametrize(
        "spellings",
        [
            ("Müller & Söhne GmbH & Co. KG", "Mueller und Soehne", "MÜLLER + SÖHNE GMBH", "Muller & Sohne"),
            ("Foo UG (haftungsbeschränkt)", "Foo UG", "foo"),
            ("Baz e.K.", "BAZ eK", "Firma Baz", "Baz e. K."),
            ("Acme, Inc.", "ACME Incorporated", "Acme"),
            ("QubiQ 2010, S.L", "QubiQ 2010 S. L.", "Qubiq 2010 SL"),
            ("S.A.P. AG", "SAP SE"),
            ("Beispiel Sp. z o.o.", "Beispiel"),
            ("Huber Ges.m.b.H.", "Huber GesmbH", "Huber"),
        ],
    )
    def test_is_one_for_all_its_spellings(self, spellings: tuple[str, ...]) -> None:
        assert len(set(map(company_name, spellings))) == 1
        assert company_name(spellings[0])

    @pytest.mark.parametrize(
        "name", ["privat", "n/a", "-", "GmbH", "keine", "X & Co", "Test", "X", "", "GmbH & Co. KG"]
    )
    def test_is_empty_if_it_names_nobody(self, name: str) -> None:
        assert company_name(name) == ""

    def test_keeps_different_companies_apart(self) -> None:
        names = ["Huber Bau GmbH", "Huber Dach GmbH", "3M", "M3", "株式会社山田", "株式会社田中", "SAS GmbH", "AB"]
        assert len(set(map(company_name, names))) == len(names)

    @given(st.text(max_size=40))
    @settings(deadline=None)
    def test_is_settled_after_once(self, name: str) -> None:
        assert company_name(company_name(name)) == company_name(name)

    @given(st.text(max_size=40))
    @settings(deadline=None)
    def test_rests_on_a_folding_that_is_settled_after_once(self, text: str) -> None:
        assert folded(folded(text)) == folded(text)


class TestCompanyDomain:
    @pytest.mark.parametrize(
        ("email", "domain"),
        [("a@mail.b.co.uk", "b.co.uk"), ("a@Sub.Muster.example", "muster.example"),
         ("a@x.myshopify.com", "x.myshopify.com"),
         ("a@gmx.de", ""), ("a@googlemail.com", ""), ("a@yahoo.co.uk", ""), ("a@t-online.de", ""), ("", ""), ("x", "")],
    )  # fmt: skip
    def test_is_the_registrable_one_unless_anybody_may_have_it(self, email: str, domain: str) -> None:
        assert company_domain(email) == domain


class TestCustomerKeys:
    def test_decide_by_email_or_name_with_postal_code_or_domain(self) -> None:
        keys = customer_keys(inquiry(company="Muster GmbH", address={"postal_code": "80538", "country": "DE"}))
        assert keys == (
            Key("email", "eva@muster.example"),
            Key("name_postal", "muster|DE|80538"),
            Key("name_domain", "muster|muster.example"),
            Key("domain", "muster.example"),
        )
        assert {key.kind for key in keys} <= DECIDING | CANDIDATE

    def test_of_a_person_are_the_name_and_postal_code(self) -> None:
        person = {"first_name": "Eva", "last_name": "Muster", "phone": "089 123456"}
        assert customer_keys(inquiry(contact=person, address={"postal_code": "80538"})) == (
            Key("name_postal", "eva muster|DE|80538"),
            Key("phone", "+4989123456"),
        )

    def test_never_rest_on_a_last_name_alone(self) -> None:
        assert not deciding(contact={"last_name": "Müller", "phone": "1"}, address={"postal_code": "80538"})

    def test_never_make_two_customers_of_a_free_mail_house_one(self) -> None:
        contact = {"last_name": "A", "email": "a@gmx.de"}
        assert {key.kind for key in customer_keys(inquiry(company="Muster", contact=contact))} == {"email"}

    def test_never_rest_on_an_unreadable_postal_code_or_phone(self) -> None:
        contact = {"first_name": "Eva", "last_name": "Muster", "phone": "0"}
        assert customer_keys(inquiry(company="Muster", contact=contact, address={"postal_code": "unknown"})) == ()

    def test_do_not_mind_the_addition_to_a_zip_code(self) -> None:
        one, other = ({"postal_code": code, "country": "US"} for code in ("98104", "98104-1234"))
        assert deciding(company="A B", address=one) & deciding(company="A B Inc.", address=other) >= {
            Key("name_postal", "ab|US|98104")
        }

    @given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=280))
    @settings(deadline=None)
    def test_fit_their_column(self, company: str) -> None:
        keys = customer_keys(inquiry(company=company, address={"postal_code": "80538"}))
        assert all(0 < len(key.value) <= 300 for key in keys)
        assert len(set(keys)) == len(keys)


class TestRepeatFingerprint:
    def test_is_the_same_for_the_same_person_and_text(self) -> None:
        one = inquiry(inquiry="Need  an ERP\n", company="A")
        other = inquiry(
            inquiry="need an erp",
            contact={"first_name": "E", "last_name": "MUSTER", "email": "EVA@muster.example"},
            company="B",
        )
        assert repeat_fingerprint(one) == repeat_fingerprint(other)

    @pytest.mark.parametrize(
        "change",
        [
            {"inquiry": "other"},
            {"product": "crm"},
            {"test": True},
            {"contact": {"last_name": "X", "email": "x@x.de"}},
            {"contact": {"last_name": "X", "email": "eva@muster.example"}},
        ],
    )
    def test_differs_for_anything_else(self, change: dict[str, Any]) -> None:
        base = {"inquiry": "Need an ERP", "product": "erp"}
        assert repeat_fingerprint(inquiry(**base)) != repeat_fingerprint(inquiry(**{**base, **change}))

    def test_is_missing_where_nothing_was_said(self) -> None:
        assert repeat_fingerprint(inquiry(inquiry=" ", product="")) == ""
