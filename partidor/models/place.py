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

    @staticmethod
    def add(places: Iterable[Place]) -> int:
        """Add what is not known yet, and leave the rest as it is; return how many these are, known or new."""
        rows = [KnownPlace(country=p.country, key=p.key, lat=p.lat, lon=p.lon, spread_km=p.spread_km) for p in places]
        KnownPlace.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        return len(rows)

    def __str__(self) -> str:
        return f"{self.country} {self.key}"


_remembered: dict[tuple[str, str], Point] = {}
_MOST = 100_000


def points_of(wanted: Iterable[tuple[str, Sequence[str]]]) -> list[Point | None]:
    """Resolve (country, keys in ladder order) pairs to points, in order; None is "cannot place"."""
    return [point for point, _key in places_of(wanted)]


def place_of(country: str, keys: Sequence[str]) -> tuple[Point | None, str]:
    """Resolve one place; return it with the key that found it, or None and an empty key."""
    return places_of([(country, keys)])[0]


def places_of(wanted: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[Point | None, str]]:
    """Resolve (country, keys in ladder order) pairs to points with the key that found them, in order.

    One statement for all that this process has not seen. Only found places are remembered:
    a place does not move, but a missing one may be loaded later.
    """
    pairs = list(wanted)
    found = _look_up(pairs)
    return [
        next(((found[country, key], key) for key in keys if (country, key) in found), (None, ""))
        for country, keys in pairs
    ]


def _look_up(pairs: Iterable[tuple[str, Sequence[str]]]) -> dict[tuple[str, str], Point]:
    """Gather what is known of these keys; below a rung that is remembered none is asked for."""
    found: dict[tuple[str, str], Point] = {}
    unknown: set[tuple[str, str]] = set()
    for country, keys in pairs:
        for key in keys:
            if (point := _remembered.get((country, key))) is not None:
                found[country, key] = point
                break
            unknown.add((country, key))
    if unknown:
        rows = KnownPlace.objects.filter(
            country__in={country for country, _ in unknown}, key__in={key for _, key in unknown}
        )
        fresh = {(row.country, row.key): (row.lat, row.lon) for row in rows}
        if len(_remembered) > _MOST:
            _remembered.clear()
        _remembered.update(fresh)
        found |= fresh
    return found


def forget_places() -> None:
    """Forget what was remembered, after places were loaded anew."""
    _remembered.clear()
