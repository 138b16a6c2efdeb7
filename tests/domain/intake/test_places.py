"""A lead is placed by the surest rung of the ladder, and not at all rather than far off."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partidor.domain.intake.places import (
    CityRow,
    Place,
    PlaceRow,
    city_name,
    distance_km,
    gather,
    gather_cities,
    place_keys,
    rung,
)


def row(code: str, city: str, lat: float, lon: float, *, country: str = "DE", region: str = "") -> PlaceRow:
    return PlaceRow(country, code, city, region, lat, lon)


def places(*rows: PlaceRow) -> dict[str, Place]:
    return {place.key: place for place in gather(rows)}


class TestPlaceKeys:
    @pytest.mark.parametrize(
        ("address", "keys"),
        [
            (("US", "98104-1234", "Seattle", "US-WA"),
             ("code:98104", "prefix:981", "prefix:98", "city:seattle|US-WA", "city:seattle")),
            (("CA", "V6B 1A1", "Vancouver", ""), ("code:V6B1A1", "rule:V6B", "prefix:V6", "city:vancouver")),
            (("GB", "SW1A 1AA", "", ""), ("code:SW1A1AA", "rule:SW1A", "prefix:SW1", "prefix:SW")),
            (("NL", "1012 AB", "", ""), ("code:1012AB", "rule:1012", "prefix:101", "prefix:10")),
            (("LU", "L-4970", "", ""), ("code:4970", "prefix:497", "prefix:49")),
            (("CA", "V9", "Victoria", "CA-BC"), ("prefix:V9", "city:victoria|CA-BC", "city:victoria")),
            (("DE", "n/a", "Wien", ""), ("city:wien",)),
            (("DE", "99999", "", ""), ()),
            (("", "80538", "München", ""), ()),
        ],
    )  # fmt: skip
    def test_climb_down_the_ladder(self, address: tuple[str, str, str, str], keys: tuple[str, ...]) -> None:
        assert place_keys(*address) == keys

    @given(st.sampled_from(["DE", "US", "CA", "GB", "", "XX"]), st.text(max_size=9), st.text(max_size=20))
    @settings(deadline=None)
    def test_come_in_order_and_never_twice(self, country: str, code: str, city: str) -> None:
        keys = place_keys(country, code, city)
        order = [("code", "rule", "prefix", "city").index(rung(key)) for key in keys]
        assert order == sorted(order)
        assert len(set(keys)) == len(keys)


class TestCityName:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("München", "Muenchen"), ("Munich", "MUNCHEN"), ("Köln", "Cologne"), ("Zürich", "Zurich"),
         ("Aarau 1", "Aarau"),
         ("Sankt Gallen", "St. Gallen"), ("Stadtkreis Stuttgart", "Stuttgart"), ("Paris CEDEX 12", "Paris"),
         ("Brussels", "Bruxelles"), ("Mississauga (Malton)", "Mississauga")],
    )  # fmt: skip
    def test_is_one_for_all_spellings(self, one: str, other: str) -> None:
        assert city_name(one) == city_name(other) != ""


class TestGather:
    def test_puts_a_code_at_the_median_of_its_rows(self) -> None:
        found = places(row("80538", "München", 48.0, 11.0), row("80538", "München", 48.1, 11.1),
                       row("80538", "München", 48.9, 11.2))  # fmt: skip
        assert (found["code:80538"].lat, found["code:80538"].lon) == (48.1, 11.1)

    def test_tells_within_how_many_km_nine_in_ten_lie_and_of_few_all(self) -> None:
        three = places(*(row("80538", "München", 48 + north, 11.0) for north in (0, 0.1, 0.5)))
        ten = places(*(row("80538", "München", 48 + north, 11.0) for north in (*([0] * 6), 0.1, 0.2, 0.3, 5)))
        assert three["code:80538"].spread_km == 44.5
        assert ten["code:80538"].spread_km == 33.4

    def test_knows_every_code_it_was_given(self) -> None:
        found = places(row("80538", "München", 48.1, 11.6), row("V6B", "Vancouver", 49.3, -123.1, country="CA"),
                       row("L-4970", "Dippach", 49.6, 6.0, country="LU"))  # fmt: skip
        for address in (("DE", "80538"), ("CA", "V6B 1A1"), ("LU", "4970")):
            assert set(place_keys(*address)) & found.keys() - {"prefix:80"}

    def test_places_nothing_by_a_prefix_as_wide_as_a_country(self) -> None:
        found = places(row("99111", "North", 54.0, 10.0), row("99222", "South", 48.0, 10.0))
        assert "prefix:99" not in found
        assert "prefix:991" in found

    def test_asks_for_the_region_where_two_towns_share_a_name(self) -> None:
        found = places(row("62701", "Springfield", 39.8, -89.6, country="US", region="US-IL"),
                       row("01101", "Springfield", 42.1, -72.6, country="US", region="US-MA"))  # fmt: skip
        assert "city:springfield" not in found
        assert {"city:springfield|US-IL", "city:springfield|US-MA"} <= found.keys()

    def test_places_nothing_by_a_name_that_two_towns_of_a_region_share(self) -> None:
        found = places(row("84001", "Neustadt", 48.0, 12.0, region="DE-BY"),
                       row("96001", "Neustadt", 50.0, 11.0, region="DE-BY"))  # fmt: skip
        assert not {"city:neustadt", "city:neustadt|DE-BY"} & found.keys()

    def test_learns_nothing_of_the_neighbours_from_a_company_code(self) -> None:
        found = places(row("10115", "Berlin", 52.5, 13.4), row("10875", "Daimler Insurance Services GmbH", 48.8, 9.2))
        assert distance_km((found["prefix:10"].lat, found["prefix:10"].lon), (52.5, 13.4)) < 1
        assert "prefix:108" not in found
        assert "code:10875" in found

    def test_drops_a_code_that_lies_all_over_the_country(self) -> None:
        assert "code:10875" not in places(row("10875", "A GmbH", 48.8, 9.2), row("10875", "B GmbH", 52.5, 13.4))

    def test_crosses_the_date_line(self) -> None:
        found = places(
            row("99546", "Adak", 51.9, 179.6, country="US"), row("99546", "Atka", 52.1, -179.8, country="US")
        )
        assert abs(found["code:99546"].lon) > 179

    @given(st.lists(st.tuples(st.from_regex(r"8[0-2]\d{3}", fullmatch=True), st.sampled_from(["Aa", "Bb GmbH", "Cc"]),
                              st.floats(47, 49), st.floats(10, 12)), max_size=12))  # fmt: skip
    @settings(deadline=None)
    def test_gives_each_key_once_within_what_it_covers(self, rows: list[tuple[str, str, float, float]]) -> None:
        found = list(gather(row(*one) for one in rows))
        assert len({place.key for place in found}) == len(found)
        for place in found:
            assert 47 <= place.lat <= 49
            assert 10 <= place.lon <= 12
            assert place.spread_km <= 150


class TestGatherCities:
    def test_finds_a_city_by_what_it_is_called_elsewhere(self) -> None:
        row = {"name": "Milan", "countrycode": "IT", "latitude": "45.46", "longitude": "9.19",
               "alternatenames": "MIL,Mailand,Milano,Милан"}  # fmt: skip
        milan = CityRow.read(row)
        assert milan is not None
        assert {place.key for place in gather_cities([milan])} == {"city:milan", "city:mailand", "city:milano"}

    def test_gives_a_name_to_the_town_whose_own_it_is(self) -> None:
        syracuse = CityRow("US", "Syracuse", 43.0, -76.1, ("Milan",))
        milan, other = CityRow("US", "Milan", 41.4, -90.6), CityRow("US", "Rochester", 43.2, -77.6, ("Salina",))
        found = {place.key: place.lat for place in gather_cities([syracuse, milan, other.named("Salina|Flower City")])}
        assert found["city:milan"] == 41.4
        assert found["city:flower city"] == 43.2

    def test_places_nothing_by_a_name_that_two_cities_are_called(self) -> None:
        cities = [
            CityRow("DE", "Halle (Saale)", 51.5, 12.0, ("Hall",)),
            CityRow("DE", "Schwäbisch Hall", 49.1, 9.7, ("Hall",)),
        ]
        assert "city:hall" not in {place.key for place in gather_cities(cities)}


class TestPlaceRow:
    def test_reads_regions_by_name_where_the_code_is_none(self) -> None:
        raw = {"country_code": "DE", "zipcode": "70173", "place": "Stuttgart", "state": "Baden-Württemberg",
               "state_code": "01", "latitude": "48.7", "longitude": "9.1"}  # fmt: skip
        found = PlaceRow.read(raw)
        assert found is not None
        assert found.region == "DE-BW"

    @pytest.mark.parametrize("change", [{"latitude": ""}, {"latitude": "95"}, {"country_code": "XX"}, {"zipcode": ""}])
    def test_passes_over_what_has_no_place(self, change: dict[str, str]) -> None:
        raw = {"country_code": "DE", "zipcode": "70173", "place": "Stuttgart", "latitude": "48.7", "longitude": "9.1"}
        assert PlaceRow.read({**raw, **change}) is None
        assert PlaceRow.read({}) is None


def test_a_town_with_its_provinces_sign_is_looked_up_without_it_at_last() -> None:
    assert place_keys("ES", "", "Madrid M") == ("city:madrid m", "city:madrid")
    assert place_keys("ES", "", "Madrid") == ("city:madrid",)
