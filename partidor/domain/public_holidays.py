"""Public holidays by country and region, as the library ``holidays`` knows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache


@cache
def _regions() -> Mapping[str, tuple[str, ...]]:
    # Late, for the library looks at 250 countries, and most processes never ask for one.
    from holidays import list_supported_countries

    return {country: tuple(regions) for country, regions in list_supported_countries(include_aliases=False).items()}


def holiday_countries() -> tuple[str, ...]:
    """Return the countries whose holidays are known."""
    return tuple(sorted(_regions()))


def holiday_regions(country: str) -> tuple[str, ...]:
    """Return the regions of a country that have holidays of their own, as DE-BY."""
    known = sorted(_regions().get(country, ()))  # ISO 3166-2 beside towns and school zones with names of their own
    return tuple(f"{country}-{region}" for region in known if region.isalnum() and region == region.upper()[:3])


def knows_holidays(place: str) -> bool:
    """Say whether the holidays of a country (DE) or region (DE-BY) are known."""
    country, _, region = place.partition("-")
    return country in _regions() and (not region or place in holiday_regions(country))


def holidays_at(country: str, region: str) -> str:
    """Return whose holidays a place has: those of its region, else of its country, else of nobody ("")."""
    return next((place for place in (region, country) if place and knows_holidays(place)), "")


@lru_cache(maxsize=4096)
def public_holidays(place: str, year: int, language: str = "en_US") -> Mapping[date, str]:
    """Return the public holidays of a country or region in one year, with their names."""
    from holidays import country_holidays

    country, _, region = place.partition("-")
    return dict(country_holidays(country, subdiv=region or None, years=year, language=language))
