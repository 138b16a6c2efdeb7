"""Files of postal codes and of cities as GeoNames gives them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from partidor.domain.intake.places import CityRow, PlaceRow
from partidor.domain.refusal import FieldError, WrongContent

_NEEDED = ("country_code", "zipcode", "place", "latitude", "longitude")
_NEEDED_OF_CITIES = ("name", "countrycode", "latitude", "longitude")
_NEEDED_OF_NAMES = ("geonameid", "alternatenames")
_CITY_COLUMNS = (
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "feature_class", "feature_code",
    "countrycode",
)  # fmt: skip
"""The first columns of GeoNames' own files of cities, which have tabs and no header, and 19 columns in all."""
_OWN_COLUMNS = (
    "country_code", "zipcode", "place", "state", "state_code", "province", "province_code", "community",
    "community_code", "latitude", "longitude", "accuracy",
)  # fmt: skip
"""The columns of GeoNames' own files, which have tabs and no header."""


class PlaceFile:
    """One or more files read as one; counts the rows and those without a readable place.

    Cities stand by themselves; a table of their other names, by their ``geonameid``, may be one of the files.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        """Take the paths."""
        self.paths = paths
        self.number = 0
        self.passed_over = 0
        self._cities: list[tuple[str, CityRow]] = []
        self._names: dict[str, str] = {}

    @property
    def cities(self) -> list[CityRow]:
        """Return the cities of the rows that were read, with their other names."""
        return [city.named(self._names.get(key, "")) for key, city in self._cities]

    def rows(self) -> Iterator[PlaceRow]:
        """Read row by row, and keep the rows of cities aside. Raises WrongContent if a file is no such file."""
        for path in self.paths:
            try:
                yield from self._of(path)
            except UnicodeDecodeError as error:
                raise WrongContent([FieldError(path.name, f"is not UTF-8 text (byte {error.start})")]) from error

    def _of(self, path: Path) -> Iterator[PlaceRow]:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            first = lines.readline()
            lines.seek(0)
            if "\t" in first and "country_code" not in first:
                own = _CITY_COLUMNS if first.count("\t") >= len(_OWN_COLUMNS) else _OWN_COLUMNS
                reader = csv.DictReader(lines, own, delimiter="\t", quoting=csv.QUOTE_NONE)
            else:
                reader = csv.DictReader(lines, delimiter="\t" if "\t" in first else ",")
            columns = set(reader.fieldnames or ())
            cities = columns.issuperset(_NEEDED_OF_CITIES)
            if not cities and columns.issuperset(_NEEDED_OF_NAMES):
                self._names |= {row["geonameid"]: row["alternatenames"] or "" for row in reader}
                return
            if not cities and (missing := set(_NEEDED) - columns):
                raise WrongContent([FieldError(path.name, f"has no column {', '.join(sorted(missing))}")])
            for row in reader:
                self.number += 1
                place = CityRow.read(row) if cities else PlaceRow.read(row)
                if place is None:
                    self.passed_over += 1
                elif isinstance(place, CityRow):
                    self._cities.append((row.get("geonameid") or "", place))
                else:
                    yield place
