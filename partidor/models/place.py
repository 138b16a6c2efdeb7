"""Places by postal code, prefix and city: what the ladder of domain/intake/places looks up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from partidor.domain.facts import Point
from partidor.domain.intake.places import Place


class KnownPlace(models.Model):
    """The middle of one postal code, prefix or city, and how far it spreads."""

    country = models.CharField(max_length=2)
    key = models.CharField(max_length=120)
    lat = models.FloatField()
    lon = models.FloatField()
    spread_km = models.FloatField(default=0)

    class Meta:
        db_table = "known_place"
        constraints = (models.UniqueConstraint(fields=["country", "key"], name="known_place_once"),)

    @staticmethod
    def replace(places: Iterable[Place]) -> int:
        """Put these in place of what was known of their countries; return how many."""
        rows = [KnownPlace(country=p.country, key=p.key, lat=p.lat, lon=p.lon, spread_km=p.spread_km) for p in places]
        KnownPlace.objects.filter(country__in={row.country for row in rows}).delete()
        KnownPlace.objects.bulk_create(rows, batch_size=2000)
        forget_places()
        return len(rows)

    def __str__(self) -> str:
        return f"{self.country} {self.key}"


_found: dict[tuple[str, str], Point] = {}
_MOST = 100_000


def points_of(wanted: Iterable[tuple[str, Sequence[str]]]) -> list[Point | None]:
    """Resolve (country, keys in ladder order) pairs to points, in order; None is "cannot place".

    One statement for all that this process has not seen. Only found places are remembered:
    a place does not move, but a missing one may be loaded later.
    """
    pairs = list(wanted)
    unknown = {(country, key) for country, keys in pairs for key in keys if not _seen_before(country, keys, key)}
    if unknown:
        rows = KnownPlace.objects.filter(
            country__in={country for country, _ in unknown}, key__in={key for _, key in unknown}
        )
        if len(_found) > _MOST:
            _found.clear()
        _found.update({(row.country, row.key): (row.lat, row.lon) for row in rows})
    return [next((_found[country, key] for key in keys if (country, key) in _found), None) for country, keys in pairs]


def place_of(country: str, keys: Sequence[str]) -> tuple[Point | None, str]:
    """Resolve one place; return it with the key that found it, or None and an empty key."""
    point = points_of([(country, keys)])[0]
    return point, next((key for key in keys if (country, key) in _found), "") if point else ""


def _seen_before(country: str, keys: Sequence[str], key: str) -> bool:
    """Say whether a key needs no look-up: it, or a better rung before it, is remembered."""
    return any((country, earlier) in _found for earlier in keys[: keys.index(key) + 1])


def forget_places() -> None:
    """Forget what was remembered, after places were loaded anew."""
    _found.clear()
