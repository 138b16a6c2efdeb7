"""Working hours on pages: shown as they count, changed by whom they concern, wrong times told beside their field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from partidor.domain.business_time import DAYS
from partidor.models import Partner, Vendor
from tests.inbound.web.people import SignIn
from tests.world import World

HERE = "/console/acme/hours/"


def office(**more: Any) -> dict[str, Any]:
    """Fill in the form: Monday to Friday, nine to twelve and one to five."""
    form: dict[str, Any] = {
        "country": "DE",
        "region": "DE-BY",
        "own_hours": "1",
        "own_holidays": "1",
        "own_exceptions": "1",
    }
    for day in DAYS[:5]:
        form |= {f"{day}_from": ["09:00", "13:00"], f"{day}_to": ["12:00", "17:00"]}
    form |= {"day_date": ["2026-03-05", ""], "day_from": ["", ""], "day_to": ["", ""], "day_why": ["Outing", ""]}
    return {**form, **more}


def said(client: Client, path: str) -> str:
    return client.get(path).content.decode()


class TestVendorsHours:
    def test_are_nine_to_five_at_first_with_the_holidays_of_the_country(self, sign_in: SignIn) -> None:
        page = said(sign_in(), HERE)
        assert 'name="mon_from" value="09:00"' in page
        assert 'name="sat_from" value=""' in page
        assert '<option value="DE" selected>Germany</option>' in page
        assert "Bavaria" in page
        assert "Central European Time" in page

    def test_are_changed_and_shown_for_the_days_to_come(self, world: World, sign_in: SignIn) -> None:
        client = sign_in()
        assert client.post(f"{HERE}change", office()).status_code == 303
        assert Vendor.objects.get(pk=world.vendor.pk).calendar == {
            "hours": {day: ["09:00-12:00", "13:00-17:00"] for day in DAYS[:5]},
            "holidays": "DE-BY",
            "exceptions": [{"date": "2026-03-05", "hours": [], "reason": "Outing"}],
        }
        page = said(client, HERE)
        assert "Outing" in page
        assert "09:00–12:00" in page
        assert '<option value="DE-BY" selected>' in page
        assert "Donnerstag" in said(sign_in(language="de"), HERE)

    def test_a_day_round_the_clock_goes_from_midnight_to_midnight(self, world: World, sign_in: SignIn) -> None:
        sign_in().post(f"{HERE}change", office(sat_from="00:00", sat_to="00:00"))
        assert Vendor.objects.get(pk=world.vendor.pk).calendar["hours"]["sat"] == ["00:00-24:00"]

    @pytest.mark.parametrize(
        ("more", "says"),
        [
            ({"mon_from": "17:00", "mon_to": "09:00"}, "The end must come after the beginning"),
            ({"mon_from": "09:00", "mon_to": ""}, "Please give both times"),
            ({"mon_from": ["09:00", "11:00"], "mon_to": ["12:00", "17:00"]}, "These times overlap."),
            ({"day_date": ["2026-03-05"] * 2}, "This day stands there twice."),
            ({"day_date": ["", ""]}, "Please choose a day."),
        ],
    )
    def test_what_is_wrong_is_told_and_nothing_kept(
        self, world: World, sign_in: SignIn, more: dict[str, Any], says: str
    ) -> None:
        answer = sign_in().post(f"{HERE}change", office(**more))
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert Vendor.objects.get(pk=world.vendor.pk).calendar == {}

    def test_are_only_shown_to_who_only_reads(self, sign_in: SignIn) -> None:
        page = said(sign_in("management"), HERE)
        assert "The working days to come" in page
        assert '<form class="card p-sheet"' not in page

    def test_the_regions_follow_the_country(self, sign_in: SignIn) -> None:
        part = said(sign_in(), f"{HERE}regions?country=AT")
        assert "Vienna" in part
        assert 'name="region" disabled' in said(sign_in(), f"{HERE}regions?country=")


class TestPartnersHours:
    def test_inherit_part_by_part(self, world: World, sign_in: SignIn) -> None:
        alpen = world.partners["alpen"].pk
        client = sign_in()
        assert "Works as you do" in said(client, f"/console/acme/partners/{alpen}")
        for page in ("", "/hours"):
            assert "Monday–Friday 09:00–17:00" in said(client, f"/console/acme/partners/{alpen}{page}")
        client.post(f"/console/acme/partners/{alpen}/hours/change", office(own_hours="", own_exceptions=""))
        assert Partner.objects.get(pk=alpen).calendar == {"holidays": "DE-BY"}
        assert "Has working time of its own" in said(client, f"/console/acme/partners/{alpen}")
        client.post(f"/console/acme/partners/{alpen}/hours/change", {})
        assert Partner.objects.get(pk=alpen).calendar is None

    def test_are_changed_by_the_partners_manager_and_seen_by_its_people(self, world: World, sign_in: SignIn) -> None:
        alpen = world.partners["alpen"].pk
        boss, sales = (sign_in(role, "alpen") for role in ("partner_manager", "partner_sales"))
        assert f"/portal/me/hours/{alpen}" in said(sales, "/portal/me/")
        assert "Save" not in said(sales, f"/portal/me/hours/{alpen}")
        assert sales.post(f"/portal/me/hours/{alpen}/change", office()).status_code == 403
        assert boss.post(f"/portal/me/hours/{alpen}/change", office()).status_code == 303
        assert (Partner.objects.get(pk=alpen).calendar or {})["holidays"] == "DE-BY"
        assert "Outing" in said(boss, f"/portal/me/hours/{alpen}")

    @pytest.mark.parametrize("path", [HERE, "/console/acme/partners/{}/hours"])
    def test_take_few_statements(
        self, world: World, sign_in: SignIn, path: str, django_assert_max_num_queries: Any
    ) -> None:
        client, path = sign_in(), path.format(world.partners["alpen"].pk)
        client.get(path)
        with django_assert_max_num_queries(12):
            client.get(path)
