"""What people type into a line of a rule is read as they meant it, or refused by a sentence beside the field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.refusal import WrongContent
from partidor.domain.routing.editing import typed
from partidor.domain.routing.editing.questions import Asked
from partidor.domain.routing.editing.typed import (
    code_of,
    criterion_of,
    line_of,
    name_of,
    number_of,
    step_of,
    written,
)
from partidor.domain.routing.ruleset import compile_ruleset

PARTNERS = {"7c1": "Alpen Systemhaus", "9d2": "Bergmann IT"}


def refusal(read: Any, *arguments: Any) -> tuple[str, str]:
    with pytest.raises(WrongContent) as refused:
        read(*arguments)
    (error,) = refused.value.errors
    return error.field, error.message


class TestNumber:
    @pytest.mark.parametrize(
        ("text", "german", "english"),
        [
            ("500", 500, 500),
            ("1.500", 1500, 1.5),
            ("1,500", 1.5, 1500),
            ("1.234.567,5", 1234567.5, None),
            ("1,234,567.5", None, 1234567.5),
            ("12,5", 12.5, 12.5),
            ("1 000", 1000, 1000),
            ("1’000", 1000, 1000),
            ("-3", -3, -3),
            ("2.0", 2, 2),
            ("many", None, None),
            ("", None, None),
            ("nan", None, None),
            ("inf", None, None),
            ("1e16", None, None),
        ],
    )
    def test_is_read_as_it_is_written_where_the_language_is_spoken(self, text: str, german: Any, english: Any) -> None:
        for language, number in (("de-AT", german), ("en", english)):
            found = number_of(text, language)
            assert (found, type(found)) == (number, type(number))

    @given(
        st.integers(-(10**15), 10**15) | st.floats(-1e9, 1e9).map(lambda one: round(one, 4)),
        st.sampled_from(["de", "en"]),
    )
    def test_is_read_back_as_it_was_written(self, number: float, language: str) -> None:
        assert number_of(written(number, language), language) == number


class TestCode:
    @pytest.mark.parametrize(
        ("subject", "text", "language", "code"),
        [
            ("country", "Germany", "en", "DE"),
            ("country", "deutschland", "de", "DE"),
            ("country", "de", "en", "DE"),
            ("country", "Atlantis", "en", "Atlantis"),
            ("country", "Europe", "en", "Europe"),  # a region by number is no country
            ("language", "Französisch", "de", "fr"),
            ("tag:language", "German", "en", "de"),
            ("product", " Germany ", "en", "Germany"),
            ("partner", "alpen systemhaus", "en", "7c1"),
            ("partner", "9d2", "en", "9d2"),
        ],
    )
    def test_is_what_the_name_means_to_people(self, subject: str, text: str, language: str, code: str) -> None:
        assert code_of(subject, text, PARTNERS if subject == "partner" else {}, language) == code


class TestLine:
    @pytest.mark.parametrize(
        ("side", "line", "values"),
        [
            ("when", Asked("employees", "gte", ("1.000",)), (1000,)),
            ("when", Asked("employees", "between", ("10", " 20 ")), (10, 20)),
            ("when", Asked("country", "in", ("Germany", "", "Germany", "AT")), ("DE", "AT")),
            ("when", Asked("test", "eq", ("false",)), (False,)),
            ("when", Asked("custom.size", "gte", ("12",)), (12,)),
            ("when", Asked("custom.size", "eq", ("12",)), ("12",)),
            ("when", Asked("region", "exists", ("left over",)), ()),
            ("who", Asked("distance", "lte", ("20040",)), (20040,)),
            ("who", Asked("partner", "in", ("Alpen Systemhaus",)), ("7c1",)),
            ("who", Asked("kind", "in", ("reseller",)), ("reseller",)),
            ("who", Asked("tag:vertical", "matches", ("vertical", "more")), ("vertical",)),
        ],
    )
    def test_is_read_into_its_values(self, side: str, line: Asked, values: tuple[Any, ...]) -> None:
        language = "de" if "1.000" in line.values else "en"
        assert line_of(side, line, PARTNERS, language) == Asked(line.subject, line.op, values)

    @pytest.mark.parametrize(
        ("side", "line", "sentence"),
        [
            ("when", Asked("employees", "gte", ("many",)), typed.NUMBER),
            ("when", Asked("employees", "gte", (" ",)), typed.NUMBER),
            ("when", Asked("employees", "between", ("1",)), typed.TWO_NUMBERS),
            ("when", Asked("custom.size", "between", ("1", "x")), typed.TWO_NUMBERS),
            ("when", Asked("country", "in", ()), typed.SOME_VALUE),
            ("when", Asked("product", "eq", ()), typed.ONE_VALUE),
            ("when", Asked("product", "eq", ("x" * 1001,)), typed.TOO_LONG),
            ("who", Asked("distance", "lte", ("0",)), typed.KILOMETRES),
            ("who", Asked("distance", "lte", ("20041",)), typed.KILOMETRES),
            ("who", Asked("distance", "lte", ()), typed.KILOMETRES),
            ("who", Asked("partner", "in", ("Nobody",)), typed.NO_PARTNER),
            ("who", Asked("kind", "in", ("friend",)), typed.NO_KIND),
        ],
    )
    def test_is_refused_with_what_is_wanted(self, side: str, line: Asked, sentence: str) -> None:
        assert refusal(line_of, side, line, PARTNERS, "en") == ("value", sentence)


class TestName:
    def test_is_one_line_of_at_most_300_characters(self) -> None:
        assert name_of("  Big\n deals\0 ") == "Big deals"
        assert name_of("x" * 300) == "x" * 300
        for text in ("", " \0", "x" * 301):
            assert refusal(name_of, text) == ("name", typed.NAME)


class TestCriterion:
    @pytest.mark.parametrize(
        ("form", "values", "read"),
        [
            ({"by": "load", "points": "0,01"}, [], {"by": "load", "points": 0.01}),
            ({"by": "distance", "points": "10.000", "zero_at_km": "7,5"}, [],
             {"by": "distance", "points": 10_000, "zero_at_km": 7.5}),
            ({"by": "tag:tier", "points": "5"}, ["gold", " ", "gold"],
             {"by": "tag", "dimension": "tier", "values": ["gold"], "points": 5}),
        ],
    )  # fmt: skip
    def test_is_read_as_a_line_of_the_order(self, form: dict[str, str], values: list[str], read: Any) -> None:
        found = criterion_of(form, values, {}, "de")
        assert found == read
        compile_ruleset([{"name": "r", "order": [found], "plan": [{"offer_to": 1, "window": "1h"}]}])

    @pytest.mark.parametrize(
        ("form", "wrong"),
        [
            ({"by": "load", "points": "0.009"}, ("points", typed.POINTS)),
            ({"by": "load", "points": "10000.01"}, ("points", typed.POINTS)),
            ({"by": "load"}, ("points", typed.POINTS)),
            ({"by": "tag:tier", "points": "5"}, ("value", typed.SOME_VALUE)),
            ({"by": "distance", "points": "5"}, ("zero_at_km", typed.KILOMETRES)),
            ({"by": "distance", "points": "5", "zero_at_km": "0"}, ("zero_at_km", typed.KILOMETRES)),
        ],
    )
    def test_is_refused_beside_its_field(self, form: dict[str, str], wrong: tuple[str, str]) -> None:
        assert refusal(criterion_of, form, [], {}, "en") == wrong


class TestStep:
    HOURS = {"window": "4", "window_unit": "h"}

    @pytest.mark.parametrize(
        ("form", "step"),
        [
            ({}, {"offer_to": 1, "window": "4h"}),
            ({"to": "all"}, {"offer_to": "all", "window": "4h"}),
            ({"to": "several", "number": "2"}, {"offer_to": 2, "window": "4h"}),
            ({"remind_after": "30", "remind_after_unit": "m", "repeat": "1"},
             {"offer_to": 1, "window": "4h", "remind_after": "30m"}),
            ({"repeat": "1.000", "notify_manager": "on"},
             {"offer_to": 1, "window": "4h", "repeat": 1000, "notify_manager": True}),
            ({"reveal": "full"}, {"offer_to": 1, "window": "4h"}),
            ({"to": "all", "reveal": "full"}, {"offer_to": "all", "window": "4h", "reveal": "full"}),
            ({"reveal": "teaser"}, {"offer_to": 1, "window": "4h", "reveal": "teaser"}),
            ({"to": "all", "best_after": "2"}, {"offer_to": "all", "window": "4h", "award": {"best_after": "2h"}}),
            ({"best_after": "2"}, {"offer_to": 1, "window": "4h"}),  # of one there is nothing to choose
        ],
    )  # fmt: skip
    def test_is_read_without_what_is_usual(self, form: dict[str, str], step: dict[str, Any]) -> None:
        usual = {"reveal": "teaser" if "to" in form else "full"}
        assert step_of({**self.HOURS, **usual, **form}, "de") == step

    @pytest.mark.parametrize(
        ("form", "wrong"),
        [
            ({"window": "0"}, ("window", typed.TIME)),
            ({"window": "1.5"}, ("window", typed.TIME)),
            ({"window": "366", "window_unit": "d"}, ("window", typed.TIME)),
            ({"window": "4", "window_unit": "years"}, ("window", typed.TIME)),
            ({"to": "several", "number": "1"}, ("number", typed.NUMBER_OF_PARTNERS)),
            ({"to": "several", "number": "10001"}, ("number", typed.NUMBER_OF_PARTNERS)),
            ({"to": "nobody"}, ("number", typed.NUMBER_OF_PARTNERS)),
            ({"repeat": "1001"}, ("repeat", typed.TIMES)),
            ({"remind_after": "4"}, ("remind_after", typed.REMIND)),
            ({"to": "all", "best_after": "5"}, ("award", typed.CHOICE)),
        ],
    )
    def test_is_refused_beside_its_field(self, form: dict[str, str], wrong: tuple[str, str]) -> None:
        assert refusal(step_of, {**self.HOURS, "reveal": "full", **form}, "en") == wrong
