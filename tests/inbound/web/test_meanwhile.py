"""Two people with one form open: nobody overwrites what the other has saved without being told."""

from __future__ import annotations

from django.urls import reverse

from partidor.models import Partner, Vendor
from tests.inbound.web.forms import filled_in, read_form
from tests.inbound.web.people import SignIn
from tests.inbound.web.reading import words_of
from tests.world import World


class TestThePartnersSheet:
    def test_tells_the_later_of_two_what_changed_and_keeps_both_changes(self, world: World, sign_in: SignIn) -> None:
        early, late = sign_in("channel_manager"), sign_in("administrator")
        alpen = world.partners["alpen"].pk
        here = reverse("console:partner-edit", args=["acme", alpen])
        Partner.objects.filter(pk=alpen).update(max_open_leads=20, tags={"tier": ["silver"]})
        theirs, mine = filled_in(early, here), filled_in(late, here)

        theirs |= {"max_open_leads": ["10"], "tags": ["tier:silver"], "add_tag": ["vertical:retail"]}
        assert early.post(here, theirs).status_code == 303
        mine |= {"phone": ["089 1234567"]}
        told = late.post(here, mine)

        assert told.status_code == 412
        assert "Channel Manager of Acme has saved this meanwhile" in words_of(told)
        assert "Open leads at most : 20 → 10" in words_of(told)
        assert "– → Retail" in words_of(told)
        assert Partner.objects.get(pk=alpen).phone == ""
        again = read_form(told.content.decode(), here)
        assert (again["phone"], again["max_open_leads"]) == (["089 1234567"], ["10"])
        assert late.post(here, again).status_code == 303
        kept = Partner.objects.get(pk=alpen)
        assert (kept.phone, kept.max_open_leads) == ("+49891234567", 10)
        assert kept.tags == {"tier": ["silver"], "vertical": ["retail"]}

    def test_writes_only_what_was_changed(self, world: World, sign_in: SignIn) -> None:
        """A number that an import invented, and a place that was looked up, are shown to nobody and stay."""
        client, alpen = sign_in(), world.partners["alpen"].pk
        here = reverse("console:partner-edit", args=["acme", alpen])
        Partner.objects.filter(pk=alpen).update(external_id="row-5d605d74aa11bb22cc33dd44", time_zone="Europe/Vienna")
        form = filled_in(client, here)
        assert form["external_id"] == [""]
        assert client.post(here, {**form, "weight": ["3"]}).status_code == 303
        kept = Partner.objects.get(pk=alpen)
        assert (kept.external_id, kept.weight) == ("row-5d605d74aa11bb22cc33dd44", 3)
        assert (kept.time_zone, kept.lat) == ("Europe/Vienna", world.partners["alpen"].lat)


class TestWorkingHours:
    def test_of_the_vendor_keep_the_day_that_somebody_else_added(self, world: World, sign_in: SignIn) -> None:
        early, late = sign_in("channel_manager"), sign_in("administrator")
        page, save = reverse("console:hours", args=["acme"]), reverse("console:hours-change", args=["acme"])
        theirs, mine = filled_in(early, page, save), filled_in(late, page, save)
        theirs |= {"day_date": ["2026-12-24"], "day_from": [""], "day_to": [""], "day_why": ["Christmas Eve"]}
        assert early.post(save, theirs).status_code == 303

        mine |= {"mon_from": ["08:00", ""]}
        told = late.post(save, mine)
        assert told.status_code == 412
        assert "Channel Manager of Acme has saved this meanwhile" in words_of(told)
        assert "24 Dec : as always → closed (Christmas Eve)" in words_of(told)
        assert late.post(save, read_form(told.content.decode(), save)).status_code == 303
        calendar = Vendor.objects.get(pk=world.vendor.pk).calendar
        assert calendar["exceptions"] == [{"date": "2026-12-24", "hours": [], "reason": "Christmas Eve"}]
        assert calendar["hours"]["mon"] == ["08:00-17:00"]
        assert "holidays" not in calendar, "nobody touched them"

    def test_of_a_partner_are_told_between_console_and_portal(self, world: World, sign_in: SignIn) -> None:
        alpen = world.partners["alpen"].pk
        vendor, boss = sign_in(), sign_in("partner_manager", "alpen")
        page = reverse("console:partner-hours", args=["acme", alpen])
        save = reverse("console:partner-hours-change", args=["acme", alpen])
        mine, theirs = reverse("portal:hours", args=[alpen]), reverse("portal:hours-change", args=[alpen])
        open_form, form = filled_in(vendor, page, save), filled_in(boss, mine, theirs)
        form |= {"own_exceptions": ["1"], "day_date": ["2026-05-04"], "day_from": ["10:00"], "day_to": ["12:00"],
                 "day_why": ["Fair"]}  # fmt: skip
        assert boss.post(theirs, form).status_code == 303
        told = vendor.post(save, {**open_form, "own_time_zone": ["1"], "time_zone": ["Europe/Vienna"]})
        assert told.status_code == 412
        assert "Partner Manager of Alpen has saved this meanwhile" in words_of(told)
        assert "10:00–12:00 (Fair)" in words_of(told)
        assert vendor.post(save, read_form(told.content.decode(), save)).status_code == 303
        kept = Partner.objects.get(pk=alpen)
        assert kept.time_zone == "Europe/Vienna"
        assert kept.calendar == {"exceptions": [{"date": "2026-05-04", "hours": ["10:00-12:00"], "reason": "Fair"}]}

    def test_include_the_time_zone_which_a_partner_inherits(self, world: World, sign_in: SignIn) -> None:
        client, alpen = sign_in(), world.partners["alpen"].pk
        page, save = reverse("console:hours", args=["acme"]), reverse("console:hours-change", args=["acme"])
        client.post(save, {**filled_in(client, page, save), "time_zone": ["Europe/Lisbon"]})
        assert Vendor.objects.get(pk=world.vendor.pk).time_zone == "Europe/Lisbon"
        theirs = reverse("console:partner-hours", args=["acme", alpen])
        assert "Western European Time" in words_of(client.get(theirs))
        assert Partner.objects.get(pk=alpen).time_zone == ""
