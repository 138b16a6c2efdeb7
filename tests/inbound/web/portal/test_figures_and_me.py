"""Figures and the person's own page; and what holds for every page of the portal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from partidor.actions.offers import accept_offer
from partidor.actions.people import invite_person
from partidor.domain.refusal import NotAllowed
from partidor.inbound.web.portal.wording import fair_share
from partidor.models import Membership, Offer, Partner, Person
from partidor.queries.fairness.report import PartnerShare, Share
from partidor.queries.paging import Wanted
from partidor.queries.portal.me import me
from tests.inbound.web.people import SignIn, person_of, viewer_of
from tests.world import START, World

pytestmark = pytest.mark.django_db(databases="__all__")


class TestFigures:
    def test_are_there_for_everybody_and_the_fair_share_for_the_manager(self, world: World, sign_in: SignIn) -> None:
        offer = world.open_offer(world.receive().lead, "alpen")
        accept_offer(offer.pk, by=world.seen_by("alpen"), at=START)
        manager, sales = (
            sign_in(role, "alpen").get("/portal/figures/").content.decode()
            for role in ("partner_manager", "partner_sales")
        )
        for page in (manager, sales):
            assert "100%" in page
            assert "<table" in page
        assert "Your fair share" in manager
        assert "Your fair share" not in sales

    def test_are_shown_for_one_partner_at_a_time_of_ones_own(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_manager", "alpen")
        assert client.get(f"/portal/figures/?of={world.partners['alpen'].pk}").status_code == 200
        assert client.get(f"/portal/figures/?of={world.partners['bergmann'].pk}").status_code == 404
        assert client.get("/portal/figures/?of=nonsense").status_code == 404

    @pytest.mark.parametrize(
        ("expected", "received", "words"),
        [
            (15.64, 15.66, "0.1 leads ahead"),
            (13.2, 13.0, "owed 0.2 leads"),
            (2.01, 2.04, "just what was due"),
            (0.0, 0.0, "Nothing has been due to you yet."),
            (3.0, 2.0, "owed 1 lead,"),
            (2.0, 3.0, "1 lead ahead,"),
        ],
    )
    def test_say_of_the_fair_share_what_the_figures_beside_it_say(
        self, expected: float, received: float, words: str
    ) -> None:
        none = Share(0, 0, 0)
        share = PartnerShare(UUID(int=1), "P", 1, expected, received, expected - received, 0, 0, 0, 0, 0, 0, 0, "0.00",
                             none, none, none, [])  # fmt: skip
        assert words in fair_share(share)


class TestMe:
    def test_pauses_and_resumes(self, world: World, sign_in: SignIn) -> None:
        partner, client = world.partners["alpen"], sign_in("partner_manager", "alpen")
        form = {"partner": partner.pk, "until": "2026-03-10", "reason": "Fair in Köln"}
        page = client.post("/portal/me/pause", form, follow=True).content.decode()
        assert "Paused until 10 March 2026." in page
        assert "Fair in Köln" in page
        until = Partner.objects.get(pk=partner.pk).paused_until
        assert until is not None
        assert until.isoformat() == "2026-03-09T23:00:00+00:00"  # the beginning of that day in Berlin
        page = client.post("/portal/me/resume", {"partner": partner.pk}, follow=True).content.decode()
        assert "You get offers again." in page
        assert Partner.objects.get(pk=partner.pk).paused_at is None

    def test_refuses_a_day_that_is_over_and_keeps_what_was_typed(self, world: World, sign_in: SignIn) -> None:
        form = {"partner": world.partners["alpen"].pk, "until": "2026-03-02", "reason": "my words"}
        answer = sign_in("partner_manager", "alpen").post("/portal/me/pause", form)
        assert answer.status_code == 422
        assert "Please choose a day from tomorrow on" in answer.content.decode()
        assert "my words" in answer.content.decode()

    def test_lets_the_manager_invite_colleagues(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_manager", "alpen")
        form = {
            "partner": world.partners["alpen"].pk,
            "name": "Anna",
            "email": "anna@new.example",
            "role": "partner_sales",
        }
        assert "anna@new.example" in client.post("/portal/me/invite", form, follow=True).content.decode()
        wrong = client.post("/portal/me/invite", {**form, "email": "nonsense", "name": "Berta"})
        assert (wrong.status_code, "Berta" in wrong.content.decode()) == (422, True)

    def test_lets_the_manager_change_no_role_and_undo_nothing(self, world: World, sign_in: SignIn) -> None:
        seat, client = person_of(world, "partner_sales", "alpen"), sign_in("partner_manager", "alpen")
        form = {"partner": seat.partner_id, "name": "Typed", "email": seat.person.email, "role": "partner_sales"}
        Person.objects.filter(pk=seat.person_id).update(last_login=START)
        page = client.post("/portal/me/invite", form, follow=True).content.decode()
        assert "Typed has this role already." in page
        refused = client.post("/portal/me/invite", {**form, "role": "partner_manager"})
        assert "Is Partner sales here already." in refused.content.decode()
        Membership.objects.filter(pk=seat.pk).update(active=False)
        taken = client.post("/portal/me/invite", form)
        assert "Was taken away by the vendor; ask there." in taken.content.decode()
        assert (refused.status_code, taken.status_code) == (422, 422)
        now = Membership.objects.get(pk=seat.pk)
        assert (now.active, now.role) == (False, "partner_sales")

    def test_shows_of_an_invited_colleague_what_the_manager_knew(self, world: World, sign_in: SignIn) -> None:
        known = person_of(World.found("Rival"), "partner_sales", "bergmann").person
        form = {"partner": world.partners["alpen"].pk, "name": "Typed", "email": known.email, "role": "partner_sales"}
        page = sign_in("partner_manager", "alpen").post("/portal/me/invite", form, follow=True).content.decode()
        assert known.name not in page
        assert known.email in page

    def test_pages_on_from_a_form_that_was_refused(self, full: World, sign_in: SignIn) -> None:
        answer = sign_in("partner_manager", "alpen").post("/portal/me/invite", {"name": ""})
        assert answer.status_code == 422
        assert 'href="/portal/me/?cursor=' in answer.content.decode()

    def test_is_refused_in_words_when_the_role_ends_meanwhile(self, world: World) -> None:
        viewer = viewer_of(world, "partner_sales", "alpen")
        Membership.objects.filter(person_id=viewer.id).update(active=False)
        with pytest.raises(NotAllowed):
            me([viewer], Wanted(30, "", START))

    @pytest.mark.parametrize("verb", ["pause", "resume", "invite"])
    def test_steers_nothing_for_sales_or_at_other_partners(self, world: World, sign_in: SignIn, verb: str) -> None:
        form = {"name": "Anna", "email": "anna@new.example", "role": "partner_sales", "until": ""}
        sales, stranger = sign_in("partner_sales", "alpen"), sign_in("partner_manager", "bergmann")
        alpen = {**form, "partner": world.partners["alpen"].pk}
        assert sales.post(f"/portal/me/{verb}", alpen).status_code == 403
        assert stranger.post(f"/portal/me/{verb}", alpen).status_code == 404
        page = sales.get("/portal/me/").content.decode()
        assert "/portal/me/pause" not in page
        assert "/portal/me/invite" not in page
        assert not Membership.objects.filter(person__email="anna@new.example").exists()
        assert Partner.objects.get(pk=world.partners["alpen"].pk).paused_at is None

    def test_changes_the_language_of_everything(self, world: World, sign_in: SignIn) -> None:
        client = sign_in("partner_sales", "alpen")
        page = client.post("/portal/me/language", {"language": "de"}, follow=True).content.decode()
        assert "Ab jetzt auf Deutsch." in page
        assert "Kolleginnen und Kollegen" in page
        assert Person.objects.get(email="partner-sales@alpen.example").language == "de"
        assert client.post("/portal/me/language", {"language": "xx"}).status_code == 422


@pytest.fixture
def full(world: World) -> World:
    """A partner with a full inbox, many leads and colleagues."""
    for number in range(45):
        lead = world.receive(temperature="hot" if number % 5 else "cold", custom={"tills": number}).lead
        if number % 2:
            accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        else:
            Offer.objects.filter(lead=lead).update(seen_at=None)
    for number in range(35):
        invite_person(email=f"p{number}@alpen.example", name=f"Person {number}", role="partner_sales",
                      partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip
    return world


class TestEveryPage:
    def test_needs_a_role_at_a_partner(self, world: World, sign_in: SignIn) -> None:
        for url in ("/portal/", "/portal/cards", "/portal/leads/", "/portal/figures/", "/portal/me/"):
            assert Client().get(url)["Location"].startswith("/accounts/login/?next=")
            assert sign_in("channel_manager").get(url).status_code == 403

    def test_asks_the_database_little_however_full_it_is(
        self, full: World, sign_in: SignIn, django_assert_max_num_queries: Any
    ) -> None:
        rival = World.found("Rival")
        client = sign_in("partner_manager", "alpen")
        person = person_of(full, "partner_manager", "alpen").person
        invite_person(email=person.email, name="x", role="partner_sales", partner_id=rival.partners["alpen"].pk,
                      by=rival.manager, at=START)  # fmt: skip
        rival.receive()
        lead = Offer.objects.filter(state="accepted").first()
        offer = Offer.objects.filter(state="open").first()
        assert lead is not None
        assert offer is not None
        for url in (
            "/portal/", "/portal/", "/portal/cards", f"/portal/offers/{offer.pk}", f"/portal/offers/{offer.pk}/decline",
            "/portal/leads/", "/portal/leads/?closed=1", f"/portal/leads/{lead.lead_id}",
            f"/portal/leads/{lead.lead_id}/contact.vcf", "/portal/figures/", "/portal/me/",
        ):  # fmt: skip
            with django_assert_max_num_queries(12):
                assert client.get(url).status_code == 200, url

    def test_names_whose_offer_it_is_for_who_works_for_several(self, world: World, sign_in: SignIn) -> None:
        rival = World.found("Rival")
        client = sign_in("partner_manager", "alpen")
        person = person_of(world, "partner_manager", "alpen").person
        invite_person(email=person.email, name="x", role="partner_sales", partner_id=rival.partners["bergmann"].pk,
                      by=rival.manager, at=START)  # fmt: skip
        world.receive()
        rival.receive(location={"lat": 48.371, "lon": 10.898})
        page = client.get("/portal/").content.decode()
        for shown in ("Only Alpen Systemhaus", "Only Bergmann IT", "Acme, ", "Rival, "):
            assert shown in page
