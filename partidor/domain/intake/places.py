"""Where a lead is: from country, postal code, region and city to a point, and how sure that is.

The ladder has five rungs: the exact code; the country's rule (Canada delivers by the first three characters, Britain by
the outward half); the beginning of the code; the city; and no place at all. A rung that could be far off is no rung:
a prefix wider than 150 km places nothing, and a city name that several towns of a country bear needs its region.
Postal data are GeoNames' (geonames.org, CC BY 4.0).
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from statistics import median

from partidor.domain.intake import codes, repair
from partidor.domain.intake.folding import folded

WIDEST_CODE_KM = 150.0
WIDEST_PREFIX_KM = 150.0
WIDEST_CITY_KM = 30.0
WIDEST_CITY_IN_REGION_KM = 60.0


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One row of GeoNames' postal codes; ``region`` is ISO 3166-2, "" where it is not known."""

    country: str
    postal_code: str
    city: str
    region: str
    lat: float
    lon: float
    community: str = ""

    @classmethod
    def read(cls, row: Mapping[str, str]) -> PlaceRow | None:
        """Read a row by GeoNames' column names (``country_code zipcode place state …``); None if it has no place."""
        try:
            lat, lon = float(row["latitude"]), float(row["longitude"])
        except (KeyError, ValueError, TypeError):
            return None
        country = (row.get("country_code") or "").strip().upper()
        code = (row.get("zipcode") or row.get("postal_code") or "").strip()
        if country not in codes.COUNTRIES or not code or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return None
        region = ""
        # The name first: of German states some have GeoNames' own number in place of the code, Austrian ones all.
        for given in (row.get("state") or "", (row.get("state") or "").removeprefix("Kanton "),
                      row.get("state_code") or ""):  # fmt: skip
            region = region or (codes.region_code(given.strip(), country) or "" if given else "")
        return cls(country, code, (row.get("place") or "").strip(), region, lat, lon,
                   (row.get("community") or "").strip())  # fmt: skip


@dataclass(frozen=True, slots=True)
class CityRow:
    """One row of GeoNames' cities: its name, those it has elsewhere, and its point, without a postal code."""

    country: str
    city: str
    lat: float
    lon: float
    other_names: tuple[str, ...] = ()

    @classmethod
    def read(cls, row: Mapping[str, str]) -> CityRow | None:
        """Read a row by the columns ``countrycode name latitude longitude alternatenames``; None if it has no place."""
        try:
            lat, lon = float(row["latitude"]), float(row["longitude"])
        except (KeyError, ValueError, TypeError):
            return None
        country, city = (row.get("countrycode") or "").strip().upper(), (row.get("name") or "").strip()
        if country not in codes.COUNTRIES or not city or not (-90 <= lat <= 90 and -180 <= lon <= 180):
            return None
        return cls(country, city, lat, lon).named(row.get("alternatenames") or "")

    def named(self, names: str) -> CityRow:
        """Return the city with other names added, parted by commas or upright strokes."""
        return replace(self, other_names=(*self.other_names, *re.split(r"[,|]", names)))


@dataclass(frozen=True, slots=True)
class Place:
    """A point for a key, in degrees; nine in ten of what the key stands for lie within ``spread_km``."""

    country: str
    key: str
    lat: float
    lon: float
    spread_km: float


def rung(key: str) -> str:
    """Return which rung of the ladder a key of ``place_keys`` is: code, rule, prefix or city."""
    return key.partition(":")[0]


@lru_cache(maxsize=8192)
def place_keys(country: str, postal_code: str, city: str = "", region: str = "") -> tuple[str, ...]:
    """Return the keys to look up for an address, the surest first; without a country there is none.

    The first key found among the country's places gives the point; if none is found it cannot be placed.
    """
    if country not in codes.COUNTRIES:
        return ()
    keys: list[str] = []
    mended, flag = repair.mend_postal_code(postal_code, country)
    code = _code(mended, country)
    if flag != repair.POSTAL_CODE_UNVERIFIED and code:
        keys.append(f"code:{code}")
        if rule := _rule(code, country):
            keys.append(f"rule:{rule}")
        keys += [f"prefix:{prefix}" for prefix in _prefixes(code, country)]
    elif 2 <= len(code) <= 3 and not code.isalpha():
        # The beginning of a code ("V9") is unreadable as a code, and still a beginning.
        keys.append(f"prefix:{code}")
    if city and (name := city_name(city)):
        if region:
            keys.append(f"city:{name}|{region}")
        keys.append(f"city:{name}")
        if shorter := city_name(_SIGN_BEHIND.sub("", city)):
            keys.append(f"city:{shorter}")
    return tuple(dict.fromkeys(keys))


def gather(rows: Iterable[PlaceRow]) -> Iterator[Place]:
    """Make the places of one or more countries from their postal rows, each key once.

    A code's point is the median of its rows, a prefix's and a city's the median of its codes, so that one wrong row or
    one crowded code does not draw it away. A company that has a code of its own tells nothing about its neighbours
    (Stuttgart's Daimler has 10875 amid Berlin's), and counts for its code only.
    """
    by_code: dict[tuple[str, str], list[PlaceRow]] = defaultdict(list)
    for row in rows:
        code = _code(row.postal_code, row.country)
        if code:
            by_code[row.country, code].append(row)
    wider: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    whole = {key: [(row.lat, row.lon) for row in found] for key, found in by_code.items()}
    for (country, code), points in whole.items():
        found = by_code[country, code]
        rule = _rule(code, country)
        exact = _place(country, f"code:{code}", points)
        if rule != code and exact.spread_km <= WIDEST_CODE_KM:
            yield exact
        if rule:
            wider[country, f"rule:{rule}"] += points
        public = [row for row in found if not _OWN_CODE.search(row.city)]
        if not public:
            continue
        centre = _median([(row.lat, row.lon) for row in public])
        for prefix in _prefixes(code, country):
            wider[country, f"prefix:{prefix}"].append(centre)
        for row in public:
            # Each name once a row: place and community are often the same.
            names = {city_name(row.city), city_name(row.community)}
            if country == "CA":
                # Canada's places are quarters of a town: "Markham Central", "Brampton East".
                names |= {_QUARTER.sub("", name) for name in names}
            for name in names - {""}:
                wider[country, f"city:{name}"].append((row.lat, row.lon))
                if row.region:
                    wider[country, f"city:{name}|{row.region}"].append((row.lat, row.lon))
    for (country, key), points in wider.items():
        place = _place(country, key, points)
        if place.spread_km <= _widest(key):
            yield place


def gather_cities(rows: Iterable[CityRow]) -> Iterator[Place]:
    """Make a place of each city's name; a name that several towns of a country bear, far from each other, is none.

    What a city is called elsewhere (Milan, Milano, Mailand) places it as well, unless a town has that for its own name.
    """
    own: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    others: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        own[row.country, city_name(row.city)].append((row.lat, row.lon))
        for name in {city_name(name) for name in row.other_names if _LATIN.fullmatch(name) and not name.isupper()}:
            others[row.country, name].append((row.lat, row.lon))
    for (country, name), points in (others | own).items():
        if not name:
            continue
        key = f"city:{name}"
        place = _place(country, key, points)
        if place.spread_km <= WIDEST_CITY_KM:
            yield place


def _widest(key: str) -> float:
    if rung(key) == "prefix":
        return WIDEST_PREFIX_KM
    if rung(key) == "city":
        return WIDEST_CITY_IN_REGION_KM if "|" in key else WIDEST_CITY_KM
    # A company's own code whose rows lie all over the country says nothing; far less does it say it exactly.
    return WIDEST_CODE_KM


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the great-circle distance of two points in degrees (haversine; R. W. Sinnott, 1984), in kilometres."""
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def _median(points: list[tuple[float, float]]) -> tuple[float, float]:
    if len(points) == 1:
        return points[0]
    lats, lons = zip(*points, strict=True)
    if max(lons) - min(lons) > 180:
        # Across the date line (Alaska, Fiji) count eastwards through 180 degrees.
        east = median(lon % 360 for lon in lons)
        return median(lats), east - 360 if east > 180 else east
    return median(lats), median(lons)


def _place(country: str, key: str, points: list[tuple[float, float]]) -> Place:
    centre = _median(points)
    if len(points) == 1:
        return Place(country, key, *centre, 0.0)
    far = sorted(distance_km(centre, point) for point in points)
    # Of two or three the farthest: nine in ten of them is all of them.
    return Place(country, key, *centre, round(far[math.ceil(0.9 * len(far)) - 1], 1))


# Codes ----------------------------------------------------------------------------------------------------------------

_SIGN = re.compile(r"^(?:L|LV|LT|AD|MD|AZ|BB|MT)-?(?=\d)")
_OWN_CODE = re.compile(
    r"\b(?:g?GmbH|AG|KG|KGaA|OHG|mbH|SE|e\. ?V\.|eG|Ltd|Inc|S\.?A\.|N\.?V\.|Co\.|Bank|Postbank|Finanzamt|Amtsgericht|"
    r"Landgericht|Universität|Ministerium|Versicherung(?:en|s)?|Verlag|Klinikum|Stiftung|Kundenservice)\b|sparkasse\b",
    re.IGNORECASE,
)


def _code(postal_code: str, country: str) -> str:
    """Return the code as it is looked up: letters and digits; American and Portuguese ones without the addition."""
    code = repair.squeezed(_SIGN.sub("", postal_code.strip()))
    return code[:5] if country == "US" else code


def _rule(code: str, country: str) -> str:
    """Return the part of the code that the country's postal data know, "" where they know the whole."""
    if country == "CA":
        return code[:3] if len(code) >= 3 else ""
    if country in ("NL", "PT"):
        return code[:4]
    if country in ("GB", "IE"):
        return code[:3] if country == "IE" else _outward(code)
    return ""


def _outward(code: str) -> str:
    # The inward half is always a digit and two letters.
    return code[:-3] if len(code) >= 5 and code[-3].isdigit() and code[-2:].isalpha() else code


def _prefixes(code: str, country: str) -> list[str]:
    whole = _rule(code, country) or code
    return [whole[:length] for length in (3, 2) if length < len(whole)]


# Cities ---------------------------------------------------------------------------------------------------------------

_ADDED = re.compile(r"\s*[(,/].*$|\s+\d+$|\s+cedex\b.*$", re.IGNORECASE)
_SIGN_BEHIND = re.compile(r"\s+[A-Z]{1,2}$")
"""A province's sign behind the town, as Spaniards and Swiss write it: "Madrid M", "Wil SG"."""
_BEFORE = re.compile(r"^(?:stadtkreis|landeshauptstadt|kreisfreie stadt|stadt|city of|town of|ville de)\s+")
_LATIN = re.compile(r"[^\W\d_][ -\u024f\u1e00-\u1eff\u2019]{2,79}")
"""What may be looked up of a city's other names: neither its airport's code nor what other alphabets write."""
_SAINT = re.compile(r"\b(?:sankt|saint|sainte|ste)\b")
_EXONYMS = {
    "munchen": "munich", "koln": "cologne", "nurnberg": "nuremberg", "hannover": "hanover", "braunschweig": "brunswick",
    "wien": "vienna vienne", "geneve": "geneva genf ginevra", "basel": "basle bale", "bern": "berne",
    "luzern": "lucerne", "bruxelles": "brussel brussels", "antwerpen": "antwerp anvers", "gent": "ghent gand",
    "brugge": "bruges", "liege": "luttich luik", "leuven": "louvain lowen", "namur": "namen", "mechelen": "malines",
}  # fmt: skip
_ONE_NAME = {other: own for own, others in _EXONYMS.items() for other in others.split()}


_QUARTER = re.compile(r"(?: (?:inner|outer|upper|lower|central|downtown|(?:north|south) ?(?:east|west)?|east|west))+$")


@lru_cache(maxsize=8192)
def city_name(city: str) -> str:
    """Return a city's name for looking up: folded, without district, number or additions, one name of several."""
    name = _BEFORE.sub("", folded(_ADDED.sub("", city)))
    name = _SAINT.sub("st", name)
    return _ONE_NAME.get(name, name)
