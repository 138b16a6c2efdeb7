"""Places by postal code, prefix and city: what the ladder of domain/intake/places looks up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import models

from partidor.domain.facts import Point


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
    return [
        next((_found[country, key] for key in keys if (country, key) in _found), None) for country, keys in pairs
    ]


def _seen_before(country: str, keys: Sequence[str], key: str) -> bool:
    """Say whether a key needs no look-up: it, or a better rung before it, is remembered."""
    return any((country, earlier) in _found for earlier in keys[: keys.index(key) + 1])


def forget_places() -> None:
    """Forget what was remembered, after places were loaded anew."""
    _found.clear()
