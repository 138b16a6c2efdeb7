"""The page of one offer: what became of it, whose time counts, and what an interest leads to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer
from partidor.models import Offer
from tests.inbound.web.people import SignIn
from tests.inbound.web.portal.test_inbox import HTMX, SECRET, offered, text_of
from tests.queries.test_portal_inbox import TELLING
from tests.world import START, World, hours

pytestmark = pytest.mark.django_db(databases="__all__")


def _accepted(world: World, offer: Offer) -> None:
    accept_offer(offer.pk, by=world.seen_by("alpen"), at=START)


def _declined(world: World, offer: Offer) -> None:
    decline_offer(offer.pk, reason="capacity", by=world.seen_by("alpen"), at=START)


def _lapsed(world: World, offer: Offer) -> None:
    act_on_due(at=START + hours(2))
    act_on_due(at=START + hours(4))


class TestOfferPage:
    @pytest.mark.parametrize(
        ("after", "words"),
        [(_accepted, "This lead is yours."), (_declined, "Your side declined."), (_lapsed, "Time ran out.")],
    )
    def test_says_what_became_of_it(
        self, world: World, sign_in: SignIn, after: Callable[[World, Offer], None], words: str
    ) -> None:
        offer = offered(world)
        client = sign_in("partner_sales", "alpen")
        url = f"/portal/offers/{offer.pk}"
        assert "Accept" in text_of(client, url)
        after(world, offer)
        page = text_of(client, url)
        assert words in page
        assert "hx-post" not in page

    def test_promises_no_next_partner_where_the_plan_may_end(self, world: World, sign_in: SignIn) -> None:
        world.rules([{"name": "Once", "plan": [{"offer_to": 1, "window": "4h"}]}])
        offer = world.open_offer(lead := world.receive().lead, "alpen")
        client = sign_in("partner_sales", "alpen")
        assert "next partner" not in text_of(client, f"/portal/offers/{offer.pk}")
        act_on_due(at=START + hours(4))
        assert world.again(lead).state == "unassigned"
        page = text_of(client, f"/portal/offers/{offer.pk}")
        assert "Time ran out." in page
        assert "next partner" not in page

    def test_shows_the_whole_inquiry_and_lives(self, world: World, sign_in: SignIn) -> None:
        offer = offered(world, inquiry="word " * 200)
        client = sign_in("partner_sales", "alpen")
        poll = re.search(r'hx-get="(/portal/offers/[\w-]+\?v=\w+)"', text_of(client, f"/portal/offers/{offer.pk}"))
        assert poll is not None
        assert client.get(poll[1], headers=HTMX).status_code == 204
        _declined(world, offer)
        assert "Your side declined." in client.get(poll[1], headers=HTMX).content.decode()


class TestWorkingTime:
    def test_counts_only_the_partners_working_time(
        self, world: World, sign_in: SignIn, monday_morning: time_machine.Traveller
    ) -> None:
        world.rules([{"name": "Hot", "clock": "business", "plan": [{"offer_to": 1, "window": "4h"}]}])
        friday = START + timedelta(days=4, hours=6)  # 16:00 in Munich, an hour before the end of work
        lead = world.receive(at=friday, temperature="hot").lead
        partner = next(key for key, state in world.offers(lead) if state == "open")
        client = sign_in("partner_sales", partner)
        monday_morning.shift(timedelta(days=5))  # Saturday
        page = client.get("/portal/").content.decode()
        assert re.search(r"3\sh of working time left, until", page)
        assert "only your working time counts." in page
        assert 'stroke-dasharray="75 100"' in page
        monday_morning.shift(timedelta(days=2, minutes=30))  # Monday, 10:30
        page = client.get("/portal/").content.decode()
        assert re.search(r"1\sh\s30\smin of working time left", page)
        assert "p-ring soon" in page  # 38 % of its window, where the wall clock would say 2 %


class TestAnInterest:
    BEST = [{"name": "Best", "award": {"best_after": "10m"},
             "plan": [{"offer_to": "all", "window": "4h", "reveal": "teaser"}]}]  # fmt: skip

    def test_is_said_with_one_tap_and_decided_later(self, world: World, sign_in: SignIn) -> None:
        world.rules(self.BEST)
        with time_machine.travel(START, tick=False):
            offer = offered(world, **TELLING)
            client = sign_in("partner_manager", "alpen")
            page = text_of(client, "/portal/")
            assert "I am interested" in page
            assert "The best suited of all who are interested gets it" in page
            answer = client.post(f"/portal/offers/{offer.pk}/accept")
            assert (answer.status_code, answer["Location"]) == (303, f"/portal/offers/{offer.pk}")
            for url in ("/portal/", f"/portal/offers/{offer.pk}"):
                page = text_of(client, url)
                assert "You are interested." in page
                assert "10:10" in page  # in the vendor's time zone
                assert not [word for word in SECRET if word in page.casefold()]
                assert "hx-get" in page
            assert "Sie haben Interesse." in text_of(sign_in("partner_sales", "alpen", language="de"), "/portal/")
            assert client.get(f"/portal/offers/{offer.pk}/decline").status_code == 409

    def test_tells_who_has_it_and_who_has_not(self, world: World, sign_in: SignIn) -> None:
        world.rules(self.BEST)
        with time_machine.travel(START, tick=False) as clock:
            offer = offered(world, **TELLING)
            rivals = list(Offer.objects.filter(lead=offer.lead).order_by("place"))[:2]
            keys = {partner.pk: key for key, partner in world.partners.items()}
            won, lost = (keys[each.partner_id] for each in rivals)
            for each, key in zip(rivals, (won, lost), strict=True):
                accept_offer(each.pk, by=world.seen_by(key), at=START)
            clock.shift(timedelta(minutes=10))
            act_on_due(at=START + timedelta(minutes=10))
            assert "You have it: to the lead" in text_of(sign_in("partner_sales", won), "/portal/")
            assert "This lead is yours." in text_of(sign_in("partner_sales", won), f"/portal/offers/{rivals[0].pk}")
            assert "Another partner suited better" in text_of(sign_in("partner_sales", lost), "/portal/")
            page = text_of(sign_in("partner_sales", won), f"/portal/leads/{offer.lead_id}")
            assert "of those interested you suited best" in page
            assert "Of all who were interested, you suited best" in page
            console = text_of(sign_in("channel_manager"), f"/console/acme/leads/{offer.lead.ref}")
            assert "the best of those who were interested" in console
            assert "Interested, not chosen" in console
