"""Load the places of a country: what the ladder looks up to give leads and partners coordinates."""

from __future__ import annotations

from collections.abc import Iterable

from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.places import Place
from partidor.models import KnownPlace


@in_one_transaction
def load_places(places: Iterable[Place]) -> int:
    """Replace all places of the countries that are named; return how many there are now."""
    return KnownPlace.replace(places)
