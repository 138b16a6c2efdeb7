"""What senders and spreadsheets do to texts, codes and phones is put right, and never in silence."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake import repair
from partidor.domain.intake.codes import COUNTRIES

dirty = st.text(
    st.one_of(
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
        st.sampled_from("ÃŸâ€¼¶Â\xa0 &;#amp\x81”„‚á\u200b\ufeff\r\n\t\u0301äöü"),
    ),
    max_size=40,
)
countries = st.sampled_from(["", "DE", "US", "CA", "GB", "NL", "PL", "PT", "LU", "JP", "CH", "AF", *sorted(COUNTRIES)])


class TestMendText:
    @pytest.mark.parametrize(
        ("given_text", "meant"),
        [
            ("StraÃŸe", "Straße"),
            ("MÃ¼nchen", "München"),
            ("NestlÃ©", "Nestlé"),
            ("K”nigsteiner Straáe 9", "Königsteiner Straße 9"),
            ("Kurf\x81rstenstr 9", "Kurfürstenstr 9"),
            ("25730, boul. St-R‚gis", "25730, boul. St-Régis"),
            ("Roástr 2248", "Roßstr 2248"),
            ("M&uuml;ller &amp; S&ouml;hne", "Müller & Söhne"),
            ("&amp;amp;amp;", "&"),
            ("936 810 000\u202c", "936 810 000"),
            ("Mus\u200bter", "Muster"),
        ],
    )
    def test_undoes_what_was_done_and_says_so(self, given_text: str, meant: str) -> None:
        assert repair.mend_text(given_text) == (meant, True)

    @pytest.mark.parametrize(
        "text",
        ["Straße", "São Paulo", "L’Oréal", "„Hallo“ sagte er", "wie ”hier”", "gut…aber", "Peñarroá", "R&D", "AT&T; x",
         "Ã", "Škoda", "می‌خواهم", "👩‍💻", "東京"],
    )  # fmt: skip
    def test_leaves_alone_what_is_meant(self, text: str) -> None:
        assert repair.mend_text(text) == (text, False)

    def test_counts_blanks_as_no_change(self) -> None:
        assert repair.mend_text("  a \t b\n c ") == ("a b c", False)
        assert repair.mend_text("a  \r\nb\r", lines=True) == ("a\nb", False)

    @given(dirty, st.booleans())
    @settings(deadline=None)
    def test_is_settled_after_once(self, text: str, lines: bool) -> None:
        mended, _ = repair.mend_text(text, lines=lines)
        assert repair.mend_text(mended, lines=lines) == (mended, False)

    @given(dirty, st.booleans())
    @settings(deadline=None)
    def test_changes_nothing_but_blanks_without_saying_so(self, text: str, lines: bool) -> None:
        mended, said = repair.mend_text(text, lines=lines)
        if not said:
            assert "".join(mended.split()) == "".join(unicodedata.normalize("NFC", text).split())


class TestMendPostalCode:
    @pytest.mark.parametrize(
        ("code", "country", "meant"),
        [
            ("2134", "US", "02134"),
            ("501", "US", "00501"),
            ("8418.0", "US", "08418"),
            ("98104.0", "US", "98104"),
            ("1067", "DE", "01067"),
            ("8174", "ES", "08174"),
            ("D-80538", "DE", "80538"),
            ("CH-8001", "CH", "8001"),
            ("L-4970", "LU", "4970"),
        ],
    )
    def test_repairs_and_says_so(self, code: str, country: str, meant: str) -> None:
        assert repair.mend_postal_code(code, country) == (meant, "postal_code_repaired")

    @pytest.mark.parametrize(
        ("code", "country", "written"),
        [
            ("98104-1234", "US", "98104-1234"),
            ("981041234", "US", "98104-1234"),
            ("'02134", "US", "02134"),
            ("v6b1a1", "CA", "V6B 1A1"),
            ("V6B", "CA", "V6B"),
            ("sw1a1aa", "GB", "SW1A 1AA"),
            ("2871kz", "NL", "2871 KZ"),
            ("00950", "PL", "00-950"),
            ("LV-1050", "LV", "LV-1050"),
            ("1010", "AT", "1010"),
            ("12 345-6", "AF", "12 345-6"),
            ("", "DE", ""),
        ],
    )
    def test_writes_it_as_the_country_does(self, code: str, country: str, written: str) -> None:
        mended, flag = repair.mend_postal_code(code, country)
        assert mended == written
        assert flag in (None, "postal_code_repaired")

    @pytest.mark.parametrize(
        ("code", "country"),
        [("V9", "CA"), ("7L", "CA"), ("n/a", "DE"), ("99999", "US"), ("00000", "DE"), ("V6B 1A1", "US"), ("１", "DE"),
         ("CH-8001", "DE"), ("123456", "DE")],
    )  # fmt: skip
    def test_keeps_what_it_cannot_read(self, code: str, country: str) -> None:
        assert repair.mend_postal_code(code, country) == (code, "postal_code_unverified")

    @given(st.one_of(dirty, st.from_regex(r"[A-Z]{0,3}[- ]?\d{1,7}(\.0)?", fullmatch=True)), countries)
    @settings(deadline=None)
    def test_never_changes_letters_or_digits_in_silence(self, code: str, country: str) -> None:
        mended, flag = repair.mend_postal_code(code, country)
        if flag is None:
            assert repair.squeezed(mended) == repair.squeezed(code)
        elif flag == "postal_code_unverified":
            assert mended == code

    @given(st.from_regex(r"[A-Z]{0,3}[- ]?[A-Z0-9]{1,7}(\.0)?", fullmatch=True), countries)
    @settings(deadline=None)
    def test_is_settled_after_once(self, code: str, country: str) -> None:
        mended, flag = repair.mend_postal_code(code, country)
        again = None if flag != "postal_code_unverified" else flag
        if country not in ("LT", "LV"):  # whose codes are written with their country's sign
            assert repair.mend_postal_code(mended, country) == (mended, again)


class TestMendPhone:
    @pytest.mark.parametrize(
        ("phone", "country", "e164"),
        [("089 123456", "DE", "+4989123456"), ("0711 / 5550-143", "DE", "+497115550143"),
         ("0034627410000", "ES", "+34627410000"), ("(+34) 934610000", "ES", "+34934610000"),
         ("+41 44 555 01 43", "", "+41445550143")],
    )  # fmt: skip
    def test_reads_what_is_readable(self, phone: str, country: str, e164: str) -> None:
        assert repair.mend_phone(phone, country) == (e164, None)

    def test_restores_a_lost_plus(self) -> None:
        assert repair.mend_phone("4920185890000", "ES") == ("+4920185890000", "phone_repaired")

    @pytest.mark.parametrize(
        ("phone", "country"),
        [("1 (11) 500 555-0117", "DE"), ("+34948230000 - +34876030000", "ES"), (".", "ES"), ("on request", "DE"),
         ("245-555-0173", "US"), ("089 123456 ext 5", "DE"), ("12", "")],
    )  # fmt: skip
    def test_keeps_what_it_cannot_read(self, phone: str, country: str) -> None:
        assert repair.mend_phone(phone, country) == (phone, "phone_unverified")

    @given(st.one_of(dirty, st.from_regex(r"[+0-9][0-9 /()-]{3,18}", fullmatch=True)), countries)
    @settings(deadline=None)
    def test_keeps_a_number_or_says_so(self, phone: str, country: str) -> None:
        mended, flag = repair.mend_phone(phone, country)
        if flag == "phone_unverified":
            assert mended == phone
        elif phone:
            assert mended.startswith("+")
            assert repair.mend_phone(mended, country) == (mended, None)


class TestMendAddress:
    def test_swaps_back_what_was_swapped(self) -> None:
        assert repair.mend_address("München", "80538", "DE") == ("80538", "München", True)

    def test_takes_the_code_out_of_the_city(self) -> None:
        assert repair.mend_address("", "D-80538 München", "DE") == ("D-80538", "München", True)

    def test_leaves_other_cities_alone(self) -> None:
        assert repair.mend_address("", "29 Palms", "US") == ("", "29 Palms", False)
        assert repair.mend_address("80538", "München", "DE") == ("80538", "München", False)


class TestStreets:
    @pytest.mark.parametrize(
        ("street", "code", "city", "country", "left"),
        [
            ("Calle Albasanz, 52 - 1º A 28037 Madrid  Spain", "28037", "Madrid", "ES", "Calle Albasanz, 52 - 1º A"),
            ("Dachauer Str. 5, 80335 München, Deutschland", "80335", "München", "DE", "Dachauer Str. 5"),
            ("c/ Casp, 118, Átic - 2 08013 Barcelona B Spain", "08013", "Barcelona B", "ES", "c/ Casp, 118, Átic - 2"),
            ("1 Main St, Springfield, United States", "", "Springfield", "US", "1 Main St"),
        ],
    )
    def test_lose_what_they_repeat_of_the_address(
        self, street: str, code: str, city: str, country: str, left: str
    ) -> None:
        assert repair.mend_street(street, code, city, country) == (left, True)
        assert repair.mend_street(left, code, city, country) == (left, False)

    @pytest.mark.parametrize(
        ("street", "code", "city", "country"),
        [("Via Roma", "00184", "Roma", "IT"), ("28037 Madrid Spain", "28037", "Madrid", "ES"), ("", "1", "X", "DE"),
         ("Platz der Republik Österreich", "1010", "Wien", "AT"), ("Haus 80335", "335", "", "DE")],
    )  # fmt: skip
    def test_are_left_alone_otherwise(self, street: str, code: str, city: str, country: str) -> None:
        assert repair.mend_street(street, code, city, country) == (street, False)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "parted"),
        [("Eva Müller", ("Eva", "Müller")), ("Müller, Eva", ("Eva", "Müller")), ("Müller", ("", "Müller")),
         ("Jan van der Berg", ("Jan", "van der Berg")), ("Dr. Eva Maria Müller", ("Dr. Eva Maria", "Müller")),
         ("de Boer", ("de", "Boer")), ("", ("", ""))],
    )  # fmt: skip
    def test_are_parted(self, name: str, parted: tuple[str, str]) -> None:
        assert repair.parted_name(name) == parted
