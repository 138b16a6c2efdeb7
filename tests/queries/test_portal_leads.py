"""What a partner's people see of the leads they have: the list, the story, and why it came to them."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.actions.deadlines import act_on_due
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import set_tags
from partidor.actions.pipeline import lose_lead, win_lead
from partidor.actions.routing import assign_lead, reroute_lead
from partidor.domain.refusal import NotFound
from partidor.models import Lead
from partidor.queries.paging import Wanted
from partidor.queries.portal.leads import MyLeads, PortalLead, my_leads, portal_lead, reachable_lead
from tests.people import hire, somebody_of, viewers_of
from tests.world import ALL_AT_ONCE, START, World, hours

CERTIFIED = [
    {
        "name": "Certified",
        "when": {"all": []},
        "who": {"all": []},
        "order": [
            {"by": "tag", "dimension": "certification", "values": ["pos"], "points": 30},
            {"by": "distance", "points": 20, "zero_at_km": 400},
        ],
        "equal_within": 5,
        "plan": [{"offer_to": 1, "window": "4h"}],
    }
]


def taken(world: World, partner: str = "alpen", *, after: float = 1, **more: Any) -> Lead:
    """A lead that a partner has accepted."""
    lead = world.receive(**more).lead
    accept_offer(world.open_offer(lead, partner).pk, by=world.seen_by(partner), at=START + hours(after))
    return world.again(lead)


def listed(world: World, *, closed: bool = False) -> MyLeads:
    return my_leads(viewers_of(hire(world, "alpen")), Wanted(20, "", START + hours(1000)), closed=closed)


def opened(world: World, lead: Lead, partner: str = "alpen") -> PortalLead:
    return portal_lead(viewers_of(hire(world, partner)), lead.pk, language="en")


class TestMyLeads:
    def test_puts_what_waits_first_and_then_the_newest(self, world: World) -> None:
        for product, after in (("old", 1), ("waits", 2), ("new", 3)):
            taken(world, product=product, after=after)
        Lead.objects.filter(product="waits").update(attention_reason="stalled", attention_at=START)

        found = listed(world)

        assert [lead.product for lead in found.leads.items] == ["waits", "new", "old"]
        assert (found.running, found.waiting, found.closed) == (3, 1, 0)

    def test_keeps_the_closed_ones_apart(self, world: World) -> None:
        taken(world, product="running")
        win_lead(taken(world, product="gold").pk, value="1200.50", by=world.seen_by("alpen"), at=START + hours(9))
        lose_lead(taken(world, product="gone").pk, reason="price", by=world.seen_by("alpen"), at=START + hours(8))

        assert [lead.product for lead in listed(world).leads.items] == ["running"]
        closed = [(lead.product, lead.state, lead.value) for lead in listed(world, closed=True).leads.items]
        assert closed == [("gold", "won", "1200.50"), ("gone", "lost", None)]

    def test_loses_a_lead_that_was_taken_back(self, world: World) -> None:
        lead = taken(world)
        reroute_lead(lead.pk, by=world.manager, at=START + hours(2))
        assert listed(world).running == 0


class TestPortalLead:
    def test_is_for_the_partner_that_has_it_alone(self, world: World) -> None:
        lead = taken(world)
        rival = World.found("Rival")
        for strangers in (
            viewers_of(hire(world, "bergmann")),
            viewers_of(hire(rival, "alpen", name="Eve Rival")),
            [world.manager],
        ):
            with pytest.raises(NotFound):
                portal_lead(strangers, lead.pk, language="en")
            with pytest.raises(NotFound):
                reachable_lead(strangers, lead.pk)
        reroute_lead(lead.pk, by=world.manager, at=START + hours(2))
        with pytest.raises(NotFound):
            opened(world, lead)

    def test_tells_the_story_of_this_partner_and_of_nobody_else(self, world: World) -> None:
        lead = world.receive().lead
        decline_offer(world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START)
        act_on_due(at=START + hours(2))
        kofler = somebody_of(world, "bergmann")
        accept_offer(world.open_offer(lead, "bergmann").pk, by=kofler, at=START + hours(3))
        win_lead(lead.pk, value="48000", by=kofler, at=START + hours(30))

        story = opened(world, lead, "bergmann").story

        assert [step.what for step in story] == ["won", "accepted", "reminded", "opened", "received"]
        assert (story[0].value, story[0].currency, story[0].who) == ("48000.00", "EUR", "Berta Berg")
        assert (story[1].who, story[1].lasting, story[3].until) == ("Berta Berg", hours(3), START + hours(4))

    def test_names_no_people_of_the_vendor(self, world: World) -> None:
        lead = world.receive().lead
        assign_lead(
            lead.pk, partner_id=world.partners["citroen"].pk, reason="Bergmann is slow", by=world.manager, at=START
        )

        found = opened(world, lead, "citroen")

        assert [(step.what, step.who, step.reason) for step in found.story] == [
            ("assigned", "", ""),
            ("received", "", ""),
        ]
        assert found.why.how == "by_hand"


class TestWhyYou:
    def test_names_what_spoke_for_the_partner_and_how_many_suited_as_well(self, world: World) -> None:
        world.rules(CERTIFIED)
        for partner in ("alpen", "bergmann"):
            set_tags(world.partners[partner].pk, {"certification": ["pos", "iso"]}, by=world.manager, at=START)

        why = opened(world, taken(world)).why

        assert (why.how, why.equal, why.asked) == ("alone", 2, 1)
        assert [(one.by, one.values, one.km) for one in why.strengths] == [("tag", ("pos",), None), ("distance", (), 1)]

    @pytest.mark.parametrize(
        ("by", "strength"),
        [({"by": "load"}, "load"), ({"by": "distance", "zero_at_km": 1000}, "distance"),
         ({"by": "distance", "zero_at_km": 40}, None)],
    )  # fmt: skip
    def test_calls_a_strength_only_what_brought_most_of_its_points(
        self, world: World, by: dict[str, Any], strength: str | None
    ) -> None:
        """Some thirty kilometres are near where a thousand count, and far where forty do."""
        world.rules([{"name": "One", "order": [{"points": 50, **by}], "plan": [{"offer_to": 1, "window": "4h"}]}])
        lead = world.receive(location={"lat": 48.137, "lon": 11.035}).lead
        (partner,) = (key for key, state in world.offers(lead) if state == "open")
        accept_offer(world.open_offer(lead, partner).pk, by=world.seen_by(partner), at=START)
        assert [one.by for one in opened(world, lead, partner).why.strengths] == ([strength] if strength else [])

    def test_says_that_the_partner_was_the_quickest_of_several(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        why = opened(world, taken(world)).why
        assert (why.how, why.asked, why.equal) == ("competition", 3, 1)

    def test_says_that_the_customer_was_known(self, world: World) -> None:
        same = {"last_name": "Same", "email": "same@kunde.example"}
        taken(world, contact=same)
        lead = world.receive(contact=same, inquiry="Something else").lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        assert opened(world, lead).why.how == "known_customer"

    def test_is_shorter_when_the_decision_cannot_be_computed_again(self, world: World) -> None:
        from partidor.models import PartnerVersion
        from partidor.models.snapshots import _network

        lead = taken(world)
        PartnerVersion.objects.all().delete()
        _network.cache_clear()
        why = opened(world, lead).why
        assert (why.how, why.strengths) == ("alone", ())
