"""Places are looked up once and remembered; what is remembered is never taken for all there is."""

from __future__ import annotations

import pytest

from partidor.actions.places import load_places, place_again
from partidor.domain.intake.places import CityRow, Place, gather_cities, place_keys, rung
from partidor.models import Event, Lead, Partner, Vendor, place
from partidor.models.place import place_of, points_of
from tests.world import START, World

MUNICH, BERLIN = ("DE", ["80331"]), ("DE", ["10115"])
ELSEWHERE = Place("CA", "rule:T2P", 51.0, -114.1, 0.0)


@pytest.fixture(autouse=True)
def places(transactional_db: None) -> None:
    load_places([Place("DE", "80331", 48.1, 11.6, 0.0), Place("DE", "10115", 52.5, 13.4, 0.0)])


class TestPoints:
    def test_are_found_in_the_order_of_the_ladder(self) -> None:
        assert points_of([("DE", ["99999", "80331"]), ("DE", ["99999"])]) == [(48.1, 11.6), None]
        assert place_of("DE", ["99999", "10115", "80331"]) == ((52.5, 13.4), "10115")

    def test_are_those_of_the_surest_rung_that_is_known_and_else_of_none(self) -> None:
        keys = place_keys("CA", "V6B 1A1", "Vancouver", "CA-BC")
        rungs = ["code", "rule", "prefix", "city", "city"]
        assert [rung(key) for key in keys] == rungs
        for number in range(len(keys) + 1):
            known = keys[number:]  # one rung less each time
            load_places([Place("CA", key, 40.0 + keys.index(key), -100.0, 0.0) for key in known] or [ELSEWHERE])
            assert place_of("CA", keys) == (((40.0 + number, -100.0), keys[number]) if known else (None, ""))

    def test_are_found_while_the_memory_is_emptied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(place, "_MOST", 0)
        points_of([MUNICH])
        assert points_of([MUNICH, BERLIN]) == [(48.1, 11.6), (52.5, 13.4)]

    def test_that_were_missing_are_found_once_they_are_loaded(self) -> None:
        assert points_of([("AT", ["1010"])]) == [None]
        load_places([Place("AT", "1010", 48.2, 16.4, 0.0)])
        assert points_of([("AT", ["1010"])]) == [(48.2, 16.4)]

    def test_of_cities_stand_below_postal_codes_and_never_replace_them(self) -> None:
        load_places([Place("DE", "city:berlin", 52.5, 13.4, 9.0)])
        rows = [CityRow("DE", "Berlin", 1, 1), CityRow("ES", "Granada", 37.18, -3.6),
                CityRow("ES", "Villanueva", 38, -4), CityRow("ES", "Villanueva", 42, 2)]  # fmt: skip
        for _time in range(2):
            load_places([], gather_cities(rows))
            assert points_of([("DE", ["city:berlin"]), ("ES", ["city:granada"]), ("ES", ["city:villanueva"])]) == [
                (52.5, 13.4), (37.18, -3.6), None,
            ]  # fmt: skip


class TestPlacingAgain:
    def test_places_what_was_there_before_its_places_and_does_no_harm_again(self) -> None:
        world = World.found()
        world.partner("granada", address={"city": "Granada", "country": "ES"}, parents=["alpen"])
        lead = world.receive(address={"city": "Granada", "country": "ES"}, location=None).lead
        lost = world.receive(address={"city": "Nowhere", "country": "ES"}, location=None).lead
        assert "not_placed" in lead.flags
        version = Vendor.objects.get(pk=world.vendor.pk).network_version
        load_places([], [Place("ES", "city:granada", 37.18, -3.6, 0.0)])

        done = place_again(by=world.manager, at=START)
        assert (done.partners, done.leads, done.unplaced_partners, done.unplaced_leads) == (1, 1, 0, 1)
        partner = Partner.objects.get(external_id="granada")
        assert (partner.lat, partner.lon, partner.located) == (37.18, -3.6, "city")
        kept = Lead.objects.get(pk=lead.pk)
        assert (kept.lat, "not_placed" in kept.flags) == (37.18, False)
        assert Event.objects.filter(lead=lead, type="lead.updated").count() == 1
        assert Vendor.objects.get(pk=world.vendor.pk).network_version == version + 1
        assert Lead.objects.get(pk=lost.pk).flags == lost.flags

        again = place_again(by=world.manager, at=START)
        assert (again.partners, again.leads) == (0, 0)
        assert Vendor.objects.get(pk=world.vendor.pk).network_version == version + 1
