"""Places are looked up once and remembered; what is remembered is never taken for all there is."""

from __future__ import annotations

import pytest

from partidor.actions.places import load_places
from partidor.domain.intake.places import Place
from partidor.models import place
from partidor.models.place import place_of, points_of

MUNICH, BERLIN = ("DE", ["80331"]), ("DE", ["10115"])


@pytest.fixture(autouse=True)
def places(transactional_db: None) -> None:
    load_places([Place("DE", "80331", 48.1, 11.6, 0.0), Place("DE", "10115", 52.5, 13.4, 0.0)])


class TestPoints:
    def test_are_found_in_the_order_of_the_ladder(self) -> None:
        assert points_of([("DE", ["99999", "80331"]), ("DE", ["99999"])]) == [(48.1, 11.6), None]
        assert place_of("DE", ["99999", "10115", "80331"]) == ((52.5, 13.4), "10115")

    def test_are_found_while_the_memory_is_emptied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(place, "_MOST", 0)
        points_of([MUNICH])
        assert points_of([MUNICH, BERLIN]) == [(48.1, 11.6), (52.5, 13.4)]

    def test_that_were_missing_are_found_once_they_are_loaded(self) -> None:
        assert points_of([("AT", ["1010"])]) == [None]
        load_places([Place("AT", "1010", 48.2, 16.4, 0.0)])
        assert points_of([("AT", ["1010"])]) == [(48.2, 16.4)]
