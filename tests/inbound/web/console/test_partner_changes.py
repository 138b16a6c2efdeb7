"""Partners changed in the console: several at once, tags in the row, the sheet, the archive; the map and the tree."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse

from partidor.actions.places import load_places
from partidor.domain.intake.places import Place
from partidor.models import Offer, Partner, Vendor
from tests.inbound.web.forms import filled_in, read_form
from tests.inbound.web.people import SignIn
from tests.inbound.web.reading import statements, words_of
from tests.world import World

TABLE, CHANGE = reverse("console:partners", args=["acme"]), reverse("console:partners-change", args=["acme"])
PART = {"HX-Request": "true"}
SURE = {"confirmed": "1"}


def at(world: World, partner: str, verb: str) -> str:
    return reverse(f"console:partner-{verb}", args=["acme", world.partners[partner].pk])


class TestSeveral:
    def test_chosen_by_their_boxes(self, world: World, sign_in: SignIn) -> None:
        client, version = sign_in(), Vendor.objects.get(slug="acme").network_version
        chosen = [str(world.partners[name].pk) for name in ("alpen", "bergmann")] + ["nonsense"]
        answer = client.post(
            f"{CHANGE}?sort=load", {**SURE, "chosen": chosen, "change": "add_tag", "tag": "vertical:retail"}
        )
        assert (answer.status_code, answer["Location"]) == (303, f"{TABLE}?sort=load")
        assert "2 partners changed." in words_of(client.get(TABLE))
        client.post(CHANGE, {**SURE, "chosen": chosen, "change": "add_tag", "tag": "Vertical:retail"})
        assert Partner.objects.filter(tags={"vertical": ["retail"]}).count() == 2
        assert Vendor.objects.get(slug="acme").network_version == version + 1
        client.post(CHANGE, {**SURE, "chosen": chosen, "change": "add_tag", "tag": "vertical:retail"})
        assert "0 partners changed. 2 were like that already." in words_of(client.get(TABLE))

    def test_all_that_the_filter_shows_on_every_page(self, world: World, sign_in: SignIn) -> None:
        for number in range(60):
            world.partner(f"more{number}", kind="agent")
        client = sign_in()
        assert "All 60 that the filter shows, on every page" in words_of(client.get(TABLE, {"kind": "agent"}))
        client.post(f"{CHANGE}?kind=agent", {**SURE, "all": "1", "change": "max_open_leads", "max_open_leads": "7"})
        assert set(Partner.objects.values_list("kind", "max_open_leads")) == {("agent", 7), ("reseller", None)}

    def test_paused_until_a_day_and_resumed(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        client.post(CHANGE, {**SURE, "all": "1", "change": "pause", "until": "2026-03-09"})
        assert "3 paused" in words_of(client.get(TABLE))
        client.post(CHANGE, {**SURE, "all": "1", "change": "resume"})
        assert Partner.objects.filter(paused_at=None).count() == 3

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"change": "weight", "weight": "2"}, "Wählen Sie mindestens einen Partner"),
            ({"change": "weight", "weight": "0", "all": "1"}, "Muss eine ganze Zahl von 1 bis 1.000 sein"),
            ({"change": "add_tag", "tag": "gold", "all": "1"}, "Muss aus Merkmalsart und Wert bestehen"),
            ({"change": "pause", "until": "2020-01-01", "all": "1"}, "Muss in der Zukunft liegen"),
            ({"change": "pause", "until": "soon", "all": "1"}, "einen Tag ab morgen"),
            ({"change": "explode", "all": "1"}, "Muss eines hiervon sein"),
        ],
    )
    def test_say_what_is_wrong_and_change_nothing(
        self, world: World, sign_in: SignIn, given: dict[str, str], sentence: str
    ) -> None:
        before = list(Partner.objects.order_by("pk").values())
        answer = sign_in(language="de").post(CHANGE, {**SURE, **given})
        assert answer.status_code == 422
        assert sentence in words_of(answer)
        assert list(Partner.objects.order_by("pk").values()) == before

    def test_ask_once_and_say_what_would_change_for_how_many(self, world: World, sign_in: SignIn) -> None:
        Partner.objects.filter(pk=world.partners["alpen"].pk).update(max_open_leads=10)
        Partner.objects.filter(pk=world.partners["bergmann"].pk).update(max_open_leads=5)
        client, given = sign_in(), {"all": "1", "change": "max_open_leads", "max_open_leads": "10"}
        asked = client.post(f"{CHANGE}?sort=load", given)
        assert "2 partners would be different" in words_of(asked)
        for line in ("no limit 10 1", "5 10 1", "10 10 1"):
            assert line in words_of(asked)
        assert Partner.objects.filter(max_open_leads=10).count() == 1, "nothing has changed yet"
        form = read_form(asked.content.decode(), f"{CHANGE}?sort=load")
        client.post(f"{CHANGE}?sort=load", form)
        assert Partner.objects.filter(max_open_leads=10).count() == 3

    def test_take_a_limit_away_only_by_its_own_button(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        Partner.objects.update(weekly_pace=3)
        answer = client.post(CHANGE, {**SURE, "all": "1", "change": "weekly_pace", "weekly_pace": ""})
        assert (answer.status_code, Partner.objects.filter(weekly_pace=3).count()) == (422, 3)
        assert "“No limit”" in words_of(answer)
        client.post(CHANGE, {**SURE, "all": "1", "change": "no:weekly_pace"})
        assert Partner.objects.filter(weekly_pace=None).count() == 3

    def test_take_a_tag_by_its_name(self, world: World, sign_in: SignIn) -> None:
        Partner.objects.filter(pk=world.partners["alpen"].pk).update(tags={"tier": ["gold"]})
        sign_in(language="de").post(CHANGE, {**SURE, "all": "1", "change": "add_tag", "tag": "Stufe: Gold"})
        assert Partner.objects.filter(tags={"tier": ["gold"]}).count() == 3

    def test_take_a_value_that_is_new_below_the_name_of_its_dimension(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        client.post(CHANGE, {**SURE, "all": "1", "change": "add_tag", "tag": "Zertifikat: Odoo 17"})
        assert Partner.objects.filter(tags={"certification": ["Odoo 17"]}).count() == 3

    def test_say_numbers_as_the_reader_writes_them(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        answer = client.post(CHANGE, {**SURE, "all": "1", "change": "max_open_leads", "max_open_leads": "-1"})
        assert "von 0 bis 1.000.000" in words_of(answer)

    def test_is_nothing_for_who_only_reads(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("management")
        assert client.post(CHANGE, {**SURE, "all": "1", "change": "weight", "weight": "9"}).status_code == 403
        page = client.get(TABLE).content.decode()
        assert "Change several" not in page
        assert 'type="checkbox"' not in page


class TestTagsInTheRow:
    def test_come_and_go_with_htmx_and_without(self, world: World, sign_in: SignIn) -> None:
        client, here = sign_in(), at(world, "alpen", "tags")
        row = client.get(here, headers=PART).content.decode()
        assert row.startswith("<tr")
        assert "<html" not in row
        row = client.post(here, {"add": "tier:gold"}, headers=PART).content.decode()
        assert 'value="tier:gold"' in row
        assert client.post(here, {"add": "vertical:retail"})["Location"] == here
        assert "Take the tag Retail away" in unescape(client.get(here).content.decode())
        client.post(here, {"remove": "tier:gold"}, headers=PART)
        assert Partner.objects.get(pk=world.partners["alpen"].pk).tags == {"vertical": ["retail"]}
        assert "<form" not in client.get(f"{here}?done=1", headers=PART).content.decode()

    def test_say_what_is_wrong(self, world: World, sign_in: SignIn) -> None:
        answer = sign_in().post(at(world, "alpen", "tags"), {"add": "<b>gold"})
        assert answer.status_code == 422
        assert "Must be a dimension and a value" in words_of(answer)
        assert "<b>gold" not in answer.content.decode()


class TestTheSheet:
    def test_makes_a_partner(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        given = {"name": "Delta IT", "kind": "var", "external_id": "D-1", "email": "d@delta.example", "street": "Weg 1",
                 "postal_code": "01067", "city": "Dresden", "country": "DE", "weight": "2", "monthly_cap": "9",
                 "add_tag": ["tier: gold", "vertical: Food, wine", "vertical:retail"],
                 "parents": [str(world.partners["alpen"].pk)]}  # fmt: skip
        answer = client.post(reverse("console:partner-new", args=["acme"]), given)
        delta = Partner.objects.get(name="Delta IT")
        assert answer["Location"] == reverse("console:partner", args=["acme", delta.pk])
        assert (delta.kind, delta.weight, delta.max_open_leads, delta.monthly_cap) == ("var", 2, None, 9)
        assert delta.tags == {"tier": ["gold"], "vertical": ["Food, wine", "retail"]}

    def test_changes_only_what_was_changed(self, world: World, sign_in: SignIn) -> None:
        client, here = sign_in(), at(world, "alpen", "edit")
        before = Partner.objects.get(pk=world.partners["alpen"].pk)
        assert client.post(here, filled_in(client, here)).status_code == 303
        after = Partner.objects.get(pk=before.pk)
        assert (after.lat, after.located, after.updated_at) == (before.lat, "given", before.updated_at)
        client.post(here, {**filled_in(client, here), "phone": "089 1234567", "max_open_leads": "4"})
        after.refresh_from_db()
        assert (after.phone, after.max_open_leads, after.lat) == ("+49891234567", 4, before.lat)
        client.post(here, {**filled_in(client, here), "max_open_leads": "", "city": "Rosenheim"})
        after.refresh_from_db()
        assert (after.max_open_leads, after.city, after.lat) == (None, "Rosenheim", None), (
            "a new address is placed anew"
        )

    def test_places_a_partner_by_hand(self, world: World, sign_in: SignIn) -> None:
        client, here = sign_in(), at(world, "alpen", "edit")
        client.post(here, {**filled_in(client, here), "lat": "47,85", "lon": "12.13"})
        alpen = Partner.objects.get(pk=world.partners["alpen"].pk)
        assert (alpen.lat, alpen.lon, alpen.located) == (47.85, 12.13, "given")
        answer = client.post(here, {**filled_in(client, here), "lat": "47.85", "lon": ""})
        assert answer.status_code == 422
        client.post(here, {**filled_in(client, here), "lat": "", "lon": ""})
        alpen.refresh_from_db()
        assert alpen.located == "", "an address that nobody knows has no place"

    def test_takes_tags_by_their_names(self, world: World, sign_in: SignIn) -> None:
        Partner.objects.filter(pk=world.partners["bergmann"].pk).update(tags={"tier": ["gold"], "vertical": ["retail"]})
        client, here = sign_in(), at(world, "alpen", "edit")
        client.post(here, {**filled_in(client, here), "add_tag": ["Gold", "Vertical: Retail", "line: X1"]})
        alpen = Partner.objects.get(pk=world.partners["alpen"].pk)
        assert alpen.tags == {"tier": ["gold"], "vertical": ["retail"], "line": ["X1"]}
        client.post(at(world, "citroen", "tags"), {"add": "gold"})
        assert Partner.objects.get(pk=world.partners["citroen"].pk).tags == {"tier": ["gold"]}

    def test_says_each_fault_beside_its_field(self, world: World, sign_in: SignIn) -> None:
        client = sign_in(language="de")
        given = {
            "name": "",
            "email": "nobody",
            "weight": "0",
            "region": "Mars",
            "country": "XX",
            "tags": "Bad Dim: x",
        }
        answer = client.post(reverse("console:partner-new", args=["acme"]), given)
        shown = words_of(answer)
        assert answer.status_code == 422
        for sentence in ("Ist keine E-Mail-Adresse", "Muss eine ganze Zahl von 1 bis",
                         "ist kein Land", "Ist keine Merkmalsart"):  # fmt: skip
            assert sentence in shown, sentence
        assert 'value="Mars"' in answer.content.decode(), "what was typed stays"

    def test_sent_twice_makes_one_partner(self, world: World, sign_in: SignIn) -> None:
        client, there = sign_in(), reverse("console:partner-new", args=["acme"])
        given = {**read_form(client.get(there).content.decode(), there), "name": "Neu", "country": "DE"}
        assert client.post(there, given)["Location"] == client.post(there, given)["Location"]
        assert "Neu is there already." in words_of(client.get(TABLE))
        client.post(there, {**given, "name": "Neuer"})
        assert list(Partner.objects.filter(name__startswith="Neu").values_list("name", flat=True)) == ["Neu", "Neuer"]

    def test_asks_for_a_region_that_is_known(self, world: World, sign_in: SignIn) -> None:
        client, here = sign_in(), at(world, "alpen", "edit")
        answer = client.post(here, {**filled_in(client, here), "country": "DE", "region": "Oberbayern"})
        assert answer.status_code == 422
        assert "is no region of DE" in words_of(answer)
        assert client.post(here, {**filled_in(client, here), "country": "DE", "region": "Bayern"}).status_code == 303
        assert Partner.objects.get(pk=world.partners["alpen"].pk).region == "DE-BY"

    def test_refuses_a_circle_of_distributors(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        alpen, bergmann = (str(world.partners[name].pk) for name in ("alpen", "bergmann"))
        common = {"name": "X", "kind": "distributor", "country": "DE"}
        client.post(at(world, "bergmann", "edit"), {**common, "external_id": "bergmann", "parents": [alpen]})
        answer = client.post(at(world, "alpen", "edit"), {**common, "external_id": "alpen", "parents": [bergmann]})
        assert answer.status_code == 422
        assert "a circle has no top" in words_of(answer)


class TestTheArchive:
    def test_is_asked_once_and_says_what_becomes_of_the_leads(self, world: World, sign_in: SignIn) -> None:
        client, lead = sign_in(), world.receive().lead
        page = words_of(client.get(reverse("console:partner", args=["acme", world.partners["alpen"].pk])))
        assert "1 offer that waits goes on to the next partner at once." in page
        client.post(at(world, "alpen", "archive"))
        assert Partner.objects.get(pk=world.partners["alpen"].pk).archived_at
        assert Offer.objects.get(lead=lead, state="open").partner_id == world.partners["bergmann"].pk


class TestPlaces:
    def test_are_looked_for_again_when_somebody_asks(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Delta", address={"city": "Granada", "country": "ES"})
        client, lack = sign_in(), f"{TABLE}?lack=place"
        page = words_of(client.get(reverse("console:partner", args=["acme", world.partners["delta"].pk])))
        assert "Its place could not be found" in page
        assert "Give its coordinates" in page
        assert "Look for their places again" in words_of(client.get(lack))
        load_places([], [Place("ES", "city:granada", 37.18, -3.6, 0.0)])
        answer = client.post(reverse("console:partners-places", args=["acme"]))
        assert answer["Location"] == lack
        assert "Placed now: 1 partner, 0 leads." in words_of(client.get(lack))
        assert Partner.objects.get(name="Delta").located == "city"


class TestTheMap:
    def test_places_partners_and_names_those_it_cannot_place(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Nowhere & Co", tags={"tier": ["gold"]})
        client = sign_in("management")
        page = client.get(reverse("console:partners-map", args=["acme"]))
        assert page.content.decode().count('class="p-spot') == 3
        assert "3 partners placed 1 cannot be placed" in words_of(page)
        assert "No partner with a place is like this." in words_of(
            client.get(page.request["PATH_INFO"], {"tag": "tier:gold"})
        )
        assert "Nowhere & Co" in words_of(client.get(TABLE, {"lack": "place"}))
        assert "Alpen" not in words_of(client.get(TABLE, {"lack": "place"}))

    def test_draws_countries_by_name_below_partners_by_name(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Delta", kind="agent", location={"lat": 53.55, "lon": 10})
        world.partner("echo", name="Echo", kind="var", location={"lat": 48.21, "lon": 16.37}, address={"country": "AT"})
        here = reverse("console:partners-map", args=["acme"])
        page = sign_in(language="de").get(here).content.decode()
        assert page.count('class="p-map-land"') > 5
        for name in ("Deutschland", "Tschechien"):
            assert re.search(rf'class="p-map-country"[^>]*>{name}</text>', page), name
        assert 'class="p-spot p-spot-named"' in page

    @pytest.mark.parametrize(
        ("given", "shown"), [({"kind": "agent"}, 1), ({"country": "AT"}, 0), ({"tag": "tier:a"}, 1)]
    )
    def test_shows_those_of_a_kind_a_country_a_tier(
        self, world: World, sign_in: SignIn, given: dict[str, str], shown: int
    ) -> None:
        world.partner("delta", kind="agent", tags={"tier": ["a"]}, location={"lat": 53.55, "lon": 10})
        page = sign_in().get(reverse("console:partners-map", args=["acme"]), given).content.decode()
        assert page.count('class="p-spot') == shown
        assert page.count(" selected>") == (shown and 1)

    def test_takes_few_statements_for_many_partners(self, world: World, sign_in: SignIn) -> None:
        client, here = sign_in(), reverse("console:partners-map", args=["acme"])
        few = statements(client, here)
        for number in range(40):
            world.partner(f"more{number}", location={"lat": 48 + number / 20, "lon": 11})
        assert statements(client, here) == few <= 12


class TestTheTree:
    def test_sums_up_under_each_distributor(self, world: World, sign_in: SignIn) -> None:
        world.partner("delta", name="Delta", kind="distributor")
        for name in ("echo", "fox"):
            world.partner(name, parents=["delta"], kind="reseller")
        here, client = reverse("console:partners-tree", args=["acme"]), sign_in("management")
        shown = words_of(client.get(here))
        for text in (
            "Delta",
            "2 resellers",
            "together: load 0, due 0, received 0",
            "Echo",
            "Fox",
            "3 partners stand under none",
        ):
            assert text in shown, text
        assert statements(client, here) <= 12
        narrowed = words_of(client.get(TABLE, {"parent": str(world.partners["delta"].pk)}))
        assert "Only resellers of Delta." in narrowed
        assert "Alpen" not in narrowed

    def test_says_what_to_do_while_there_is_none(self, world: World, sign_in: SignIn) -> None:
        assert "Here your distributors will stand" in words_of(
            sign_in().get(reverse("console:partners-tree", args=["acme"]))
        )
