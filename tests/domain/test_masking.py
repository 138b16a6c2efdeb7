"""A teaser tells the need, and nothing of whose it is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.masking import UNTELLING, mask_inquiry, postal_prefix, size_band, value_band

TEXT = """Sehr geehrter Herr Dr. Huber,

wir, die Muster GmbH (www.muster.example) in der Beispielstraße 1, 80538 München, suchen ein ERP für 40 Nutzer,
Budget 48000 EUR, ab 2026. Musters IT braucht eva.muster@muster.example oder eva (at) muster.example.
Tel. +49 (89) 1234-567. Bitte an EVA Müller-Lüdenscheidt; Eva's Projekt. Mueller-Luedenscheidt.

Mit freundlichen Grüßen
Erika Nachbarin
IT lead"""


def masked(text: str) -> str:
    return mask_inquiry(
        text, names=["Eva", "Müller-Lüdenscheidt"], company="Muster GmbH", emails=["eva@muster.example"],
        domains=["muster.example"], phones=["+49891234567"], street="Beispielstraße 1", postal_code="80538",
        city="München",
    )  # fmt: skip


class TestMaskInquiry:
    def test_keeps_the_need(self) -> None:
        for kept in ("suchen ein ERP für 40 Nutzer", "Budget 48000 EUR", "2026", "IT braucht", "GmbH"):
            assert kept in masked(TEXT)

    @pytest.mark.parametrize(
        "secret",
        ["eva", "muster", "müller", "mueller", "denscheidt", "beispielstr", "80538", "münchen", "1234", "@", "www",
         "huber", "nachbarin", "IT lead", "Grüßen"],
    )  # fmt: skip
    def test_hides_whose_it_is(self, secret: str) -> None:
        assert secret.lower() not in masked(TEXT).lower()

    @pytest.mark.parametrize(
        ("text", "teaser"),
        [
            ("Call 089 123456 now", "Call … now"),
            ("see https://shop.evil.example/x?y=1 please", "see … please"),
            ("we are at firma-huber.de today", "we are at … today"),
            ("write to a.b@c.example.", "write to …"),
            ("visit us: 4785 Scott Street", "visit us: …"),
            ("in der Hauptstr. 12a", "in der …"),
            ("My name is John Smith and I need an ERP", "My name is … and I need an ERP"),
            ("Need 40 licences for 2026, 5000 EUR", "Need 40 licences for 2026, 5000 EUR"),
            ("ERP gesucht\n\nViele Grüße\nHans", "ERP gesucht\n…"),
            ("ERP wanted\n--\nJohn Smith\nCEO", "ERP wanted\n…"),
            ("Best regards to the team, we need an ERP with support for many things and much more of it all", None),
            ("", ""),
        ],
    )
    def test_masks_by_form_what_it_was_not_told(self, text: str, teaser: str | None) -> None:
        assert mask_inquiry(text) == (text if teaser is None else teaser)

    @pytest.mark.parametrize("spelling", ["Mus\u200bter", "ＭＵＳＴＥＲ", "MUSTER-Werke", "mustergmbh", "#Muster_"])
    def test_sees_through_disguise(self, spelling: str) -> None:
        assert "ster" not in mask_inquiry(f"we at {spelling} need", company="Muster GmbH").lower()

    @pytest.mark.parametrize("name", ["An", "Le", "Von", "Dú"])
    def test_hides_names_that_are_words_elsewhere(self, name: str) -> None:
        assert mask_inquiry(f"ask {name}", names=[name]) == "ask …"

    @pytest.mark.parametrize("name", ["山田太郎", "김철수", "Иванов", "محمد", "हिन्दी"])
    def test_knows_every_script(self, name: str) -> None:
        assert name not in mask_inquiry(f"私は{name}です {name}", names=[name])

    identities = st.text(st.characters(exclude_categories=["Cs"]), max_size=25) | st.sampled_from(
        ["Eva Müller", "O'Brien-Smith", "Straße & Söhne GmbH", "İstanbul Ltd", "ﬁne ﬂow", "x_y z", "Aa1Bb2"]
    )

    @given(identities, identities, identities, st.text(max_size=40))
    @settings(deadline=None)
    def test_leaves_no_word_of_them(self, name: str, company: str, street: str, text: str) -> None:
        email = "eva.x9@firma-muster.example"
        shouted = f"{name.upper()} {company} {street.lower()}"
        whole = f"{text} {name} {company}. {street} {email} {shouted} {text} firma-muster"
        teaser = mask_inquiry(whole, names=[name], company=company, street=street, emails=[email])
        left = {word.casefold() for word in re.findall(r"[^\W_]+", teaser)}
        for word in re.findall(r"[^\W_]+", f"{name} {company} {street} x9 firma muster"):
            told = len(word) > 2 if word.isdecimal() else len(word) > 1
            if told and word.casefold() not in UNTELLING:
                assert word.casefold() not in left

    @given(st.text(max_size=200))
    @settings(deadline=None)
    def test_hides_an_address_after_any_text(self, text: str) -> None:
        assert "muster" not in mask_inquiry(f"{text} eva@muster.example")


class TestBands:
    @pytest.mark.parametrize(
        ("employees", "band"),
        [(None, None), (0, "1-9"), (9, "1-9"), (10, "10-49"), (249, "50-249"), (999, "250-999"), (1000, "1000+")],
    )
    def test_of_size(self, employees: int | None, band: str | None) -> None:
        assert size_band(employees) == band

    @pytest.mark.parametrize(
        ("minor", "currency", "band"),
        [(None, "EUR", None), (0, "EUR", "0-999 EUR"), (4_800_000, "EUR", "25000-49999 EUR"),
         (100_000_000, "USD", "1000000+ USD"), (900_000, "JPY", "500000-999999 JPY"),
         (1_500_000, "KWD", "1000-4999 KWD")],
    )  # fmt: skip
    def test_of_value(self, minor: int | None, currency: str, band: str | None) -> None:
        assert value_band(minor, currency) == band


class TestPostalPrefix:
    @pytest.mark.parametrize(
        ("code", "prefix"), [("80538", "80"), ("V6B 1A1", "V6"), ("L-4970", "L4"), ("V9", "V"), ("", "")]
    )
    def test_is_two_characters_and_never_the_whole(self, code: str, prefix: str) -> None:
        assert postal_prefix("DE", code) == prefix
