"""What a partner may answer, when, how often, and what follows."""

from __future__ import annotations

import pytest

from partidor.actions.offers import AlreadyTaken, OfferClosed, accept_offer, decline_offer
from partidor.actions.routing import withdraw_lead
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Event, Lead, Notice, Offer
from tests.world import ALL_AT_ONCE, START, World, hours


class TestAcceptOffer:
    def test_makes_the_partner_primary(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")

        accept_offer(offer.pk, by=world.seen_by("alpen"), at=START + hours(1))

        lead = world.again(lead)
        assert (lead.state, lead.partner_id) == ("accepted", world.partners["alpen"].pk)
        assert lead.accepted_at == START + hours(1)
        assert (lead.next_action_kind, lead.attention_reason) == ("follow_up", "")
        assert world.events(lead) == ["lead.received", "offer.opened", "lead.offered", "offer.accepted"]

    def test_takes_the_lead_from_the_rivals_and_tells_them(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead

        accept_offer(world.open_offer(lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START)

        assert dict(world.offers(lead)) == {"alpen": "superseded", "bergmann": "accepted", "citroen": "superseded"}
        assert world.notices("offer.superseded") == 2

    def test_turns_a_late_rival_away(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        late = world.open_offer(lead, "alpen")
        accept_offer(world.open_offer(lead, "bergmann").pk, by=world.seen_by("bergmann"), at=START)

        with pytest.raises(AlreadyTaken):
            accept_offer(late.pk, by=world.seen_by("alpen"), at=START)

    def test_twice_changes_nothing_and_says_so(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")
        first = accept_offer(offer.pk, by=world.seen_by("alpen"), at=START)
        before = _everything()

        second = accept_offer(offer.pk, by=world.seen_by("alpen"), at=START + hours(1))

        assert (first.repeated, second.repeated) == (False, True)
        assert _everything() == before

    def test_is_granted_after_the_deadline_while_nothing_has_expired(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")

        accept_offer(offer.pk, by=world.seen_by("alpen"), at=START + hours(40))

        assert world.again(lead).state == "accepted"

    def test_is_refused_once_the_lead_is_withdrawn(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")
        withdraw_lead(lead.pk, by=world.manager, at=START)
        before = _everything()

        with pytest.raises(OfferClosed, match="withdrawn"):
            accept_offer(offer.pk, by=world.seen_by("alpen"), at=START)
        assert _everything() == before

    def test_is_not_for_another_partner_vendor_or_reader(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")
        rival = World.found("Rival")
        before = _everything()

        for stranger in (world.seen_by("bergmann"), rival.manager):
            with pytest.raises(NotFound):
                accept_offer(offer.pk, by=stranger, at=START)
        with pytest.raises(NotAllowed):
            accept_offer(offer.pk, by=world.seen_by("alpen", scopes=("leads:read",)), at=START)
        assert _everything() == before


class TestDeclineOffer:
    def test_opens_the_next_offer_in_the_same_breath(self, world: World) -> None:
        lead = world.receive().lead

        decline_offer(
            world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START + hours(1)
        )

        assert world.offers(lead) == [("alpen", "declined"), ("bergmann", "open")]
        assert world.events(lead)[-3:] == ["offer.declined", "offer.opened", "lead.offered"]
        assert world.again(lead).round == 2

    def test_waits_for_the_others_of_a_competing_round(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead

        decline_offer(world.open_offer(lead, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START)

        assert dict(world.offers(lead)) == {"alpen": "declined", "bergmann": "open", "citroen": "open"}
        assert world.again(lead).state == "offered"

    def test_leaves_the_lead_to_the_manager_when_everybody_has_declined(self, world: World) -> None:
        lead = world.receive().lead
        for partner in ("alpen", "bergmann", "citroen"):
            decline_offer(world.open_offer(lead, partner).pk, reason="other", by=world.seen_by(partner), at=START)

        lead = world.again(lead)
        assert (lead.state, lead.attention_reason) == ("unassigned", "nobody_left")
        assert world.notices("lead.unassigned") == 1

    def test_as_spam_by_two_sends_the_lead_to_review(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        for partner in ("alpen", "bergmann"):
            decline_offer(world.open_offer(lead, partner).pk, reason="spam", by=world.seen_by(partner), at=START)

        lead = world.again(lead)
        assert (lead.state, lead.attention_reason) == ("in_review", "declined-as-spam")
        assert dict(world.offers(lead))["citroen"] == "withdrawn"

    def test_for_a_conflict_keeps_the_partner_off_the_customer(self, world: World) -> None:
        first = world.receive(contact={"last_name": "Same", "email": "same@kunde.example"}).lead
        decline_offer(world.open_offer(first, "alpen").pk, reason="conflict", by=world.seen_by("alpen"), at=START)
        withdraw_lead(first.pk, by=world.manager, at=START)

        second = world.receive(contact={"last_name": "Same", "email": "same@kunde.example"}).lead

        assert "duplicate_customer" in second.flags
        assert world.offers(second) == [("bergmann", "open")]

    def test_twice_changes_nothing_and_says_so(self, world: World) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen")
        decline_offer(offer.pk, reason="capacity", by=world.seen_by("alpen"), at=START)
        before = _everything()

        assert decline_offer(offer.pk, reason="capacity", by=world.seen_by("alpen"), at=START).repeated
        assert _everything() == before

    def test_with_an_unknown_reason_is_refused_by_name(self, world: World) -> None:
        lead = world.receive().lead
        before = _everything()

        with pytest.raises(WrongContent, match="reason: must be one of no_vertical_match, capacity"):
            decline_offer(world.open_offer(lead, "alpen").pk, reason="mood", by=world.seen_by("alpen"), at=START)
        assert _everything() == before

    def test_is_not_for_another_partner_or_vendor(self, world: World) -> None:
        offer = world.open_offer(world.receive().lead, "alpen")
        rival = World.found("Rival")

        for stranger in (world.seen_by("bergmann"), rival.manager):
            with pytest.raises(NotFound):
                decline_offer(offer.pk, reason="capacity", by=stranger, at=START)


def _everything() -> list[object]:
    """What must not change when nothing happens."""
    return [
        list(Lead.objects.order_by("pk").values()),
        list(Offer.objects.order_by("pk").values()),
        Event.objects.count(),
        Notice.objects.count(),
    ]
