"""Two customers that may be one: suggested with reasons, judged by a person, remembered, and never merged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from partidor.access.viewer import Viewer
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.routing import reroute_lead, withdraw_lead
from partidor.actions.sameness import judge_sameness
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Customer, Event, Lead, Offer, SamenessVerdict
from partidor.queries.leads.cards import LeadAlone, one_lead
from tests.auditing import assert_whole
from tests.world import ALL_AT_ONCE, START, World, hours


@pytest.fixture
def world(db: None) -> World:
    return World.found()


def from_bolt(world: World, name: str, *, company: str = "Bolt GmbH", **more: Any) -> Lead:
    """Receive a lead from one domain, under a name and postal code of its own."""
    code = {"Bolt GmbH": "80331"}.get(company, "10115")
    return world.receive(
        company=company,
        contact={"last_name": name, "email": f"{name.lower()}@bolt.example"},
        address={"country": "DE", "postal_code": code, "city": "München"},
        **more,
    ).lead


def judge(world: World, lead: Lead, other: Lead, same: bool, **more: Any) -> bool:
    return judge_sameness(
        lead.pk, customer_id=other.customer_id, same=same, by=more.get("by", world.manager), at=more.get("at", START)
    ).repeated


def shown(world: World, lead: Lead) -> LeadAlone:
    return one_lead(world.manager, lead.pk)


class TestCandidates:
    def test_are_told_with_their_reasons_the_likeliest_first(self, world: World) -> None:
        domain = from_bolt(world, "Eva")
        name = world.receive(company="Bolt Berlin KG", contact={"last_name": "Z", "email": "z@bb.example"}).lead
        both = world.receive(
            company="Bolt Berlin AG",
            contact={"last_name": "Ute", "email": "ute@bolt.example", "phone": "+49 30 123456"},
            address={"country": "DE", "postal_code": "10115", "city": "Berlin"},
        ).lead
        cards = shown(world, both).duplicates
        assert [(card.lead, card.reasons, card.same) for card in cards] == [
            (domain.pk, ["domain"], None), (name.pk, ["name"], None),
        ]  # fmt: skip
        assert both.flags == ["possible_duplicate"]
        assert (cards[0].company, cards[0].leads, cards[0].ref) == ("Bolt GmbH", 1, domain.ref)

    def test_are_none_where_too_many_share_a_domain_or_a_name(self, world: World) -> None:
        for number in range(7):
            from_bolt(world, f"P{number}", company=f"Firma {number} GmbH")
            world.receive(company="Müller GmbH", address={"country": "DE", "postal_code": f"1{number}115"})
        assert shown(world, from_bolt(world, "Last", company="Anders GmbH")).duplicates == []
        many = world.receive(company="Müller GmbH", address={"country": "DE", "postal_code": "99999"}).lead
        assert shown(world, many).duplicates == []

    def test_are_not_shown_to_a_partner(self, world: World) -> None:
        from_bolt(world, "Eva")
        lead = from_bolt(world, "Ute", company="Donner AG")
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        assert shown(world, lead).duplicates
        assert one_lead(world.seen_by("alpen"), lead.pk).duplicates == []


class TestTheSame:
    def test_links_the_two_for_good_without_merging_them(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        assert judge(world, second, first, True) is False
        assert Customer.objects.count() == 2
        assert Lead.objects.get(pk=second.pk).customer_id != first.customer_id
        for lead in (first, second):
            assert world.again(lead).flags == ["duplicate_customer"]
            assert world.events(lead)[-1] == "lead.duplicate_flagged"
        page = shown(world, second)
        assert [(card.lead, card.same) for card in page.duplicates] == [(first.pk, True)]
        assert [other.id for other in page.related] == [first.pk]
        assert_whole()

    def test_lets_whoever_works_with_the_customer_be_asked_first(self, world: World) -> None:
        first = from_bolt(world, "Eva", location={"lat": 49.45, "lon": 11.07})
        assert world.offers(first) == [("citroen", "open")]
        accept_offer(world.open_offer(first, "citroen").pk, by=world.seen_by("citroen"), at=START)
        second = from_bolt(world, "Ute", company="Donner AG")
        assert world.offers(second) == [("alpen", "open")]
        judge(world, second, first, True)
        later = from_bolt(world, "Ute", company="Donner AG")
        assert later.flags == ["duplicate_customer"]
        assert world.offers(later) == [("citroen", "open")]
        assert Offer.objects.get(lead=later).via == "known_customer"

    def test_counts_for_customer_of_and_is_off_where_a_rule_says_so(self, world: World) -> None:
        world.rules([{"name": "Own", "who": {"customer_of": True}, "known_customer": "ignore",
                      "plan": [{"offer_to": 1, "window": "1h"}]}, *ALL_AT_ONCE])  # fmt: skip
        first = from_bolt(world, "Eva")
        accept_offer(world.open_offer(first, "bergmann").pk, by=world.seen_by("bergmann"), at=START)
        second = from_bolt(world, "Ute", company="Donner AG")
        assert len(world.offers(second)) == 3, "nobody is known to work with it"
        judge(world, second, first, True)
        third = from_bolt(world, "Ute", company="Donner AG")
        assert world.offers(third) == [("bergmann", "open")]
        assert Offer.objects.get(lead=third).via == "plan"

    def test_keeps_off_who_has_a_conflict_with_the_customer(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        decline_offer(world.open_offer(first, "alpen").pk, reason="conflict", by=world.seen_by("alpen"), at=START)
        withdraw_lead(first.pk, by=world.manager, at=START)
        second = from_bolt(world, "Ute", company="Donner AG")
        judge(world, second, first, True)
        assert ("alpen", "open") not in world.offers(from_bolt(world, "Ute", company="Donner AG"))

    def test_reaches_who_is_the_same_as_the_same(self, world: World) -> None:
        one, two, three = (from_bolt(world, name, company=f"{name} AG") for name in ("Eva", "Ute", "Ida"))
        judge(world, one, two, True)
        judge(world, two, three, True)
        assert {other.id for other in shown(world, three).related} == {one.pk, two.pk}

    def test_counts_when_the_lead_is_routed_again(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        accept_offer(world.open_offer(first, "alpen").pk, by=world.seen_by("alpen"), at=START)
        second = from_bolt(world, "Ute", company="Donner AG", location={"lat": 49.45, "lon": 11.07})
        accept_offer(world.open_offer(second, "citroen").pk, by=world.seen_by("citroen"), at=START)
        judge(world, second, first, True)
        reroute_lead(second.pk, by=world.manager, at=START + hours(1))
        assert world.offers(second)[-1] == ("alpen", "open")


class TestNotTheSame:
    def test_takes_the_pair_out_of_the_candidates_and_off_the_flags(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        judge(world, second, first, False)
        assert world.again(second).flags == []
        assert [(card.lead, card.same) for card in shown(world, second).duplicates] == [(first.pk, False)]
        later = from_bolt(world, "Ute", company="Donner AG")
        assert later.flags == ["duplicate_customer"], "of its own first lead"
        assert [card.same for card in shown(world, later).duplicates] == [False]
        assert Event.objects.filter(lead=second, type="lead.duplicate_flagged").count() == 0

    def test_leaves_other_candidates_as_they_are(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        third = from_bolt(world, "Ida", company="Regen KG")
        judge(world, third, first, False)
        assert world.again(third).flags == ["possible_duplicate"]
        assert [(card.lead, card.same) for card in shown(world, third).duplicates] == [
            (second.pk, None), (first.pk, False),
        ]  # fmt: skip

    def test_holds_when_one_of_the_two_is_the_same_as_a_third(self, world: World) -> None:
        one, other, third = (from_bolt(world, name, company=f"{name} AG") for name in ("Eva", "Ute", "Ida"))
        judge(world, one, other, False)
        judge(world, one, third, True)
        assert [(card.lead, card.same) for card in shown(world, third).duplicates] == [(one.pk, True)]
        assert {(card.lead, card.same) for card in shown(world, one).duplicates} == {
            (third.pk, True),
            (other.pk, False),
        }
        assert [(card.lead, card.same) for card in shown(world, other).duplicates] == [(one.pk, False)]

    def test_takes_back_what_was_said_before(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        judge(world, second, first, True)
        judge(world, first, second, False, at=START + hours(1))
        verdict = SamenessVerdict.objects.get()
        assert (verdict.same, verdict.at) == (False, START + hours(1))
        (card,) = shown(world, first).duplicates
        assert (card.said_by, card.said_at) == ({"kind": "key", "id": world.manager.id}, START + hours(1))
        for lead in (first, second):
            assert world.again(lead).flags == []
        assert shown(world, second).related == []


class TestJudgeSameness:
    def test_twice_is_repeated(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        assert judge(world, second, first, True) is False
        events = world.events(second)
        assert judge(world, first, second, True) is True
        assert world.events(second) == events
        assert SamenessVerdict.objects.count() == 1

    def test_needs_another_customer_with_a_lead(self, world: World) -> None:
        lead = from_bolt(world, "Eva")
        theirs = World.found("Rival").receive().lead
        for other in (lead, theirs):
            with pytest.raises(WrongContent):
                judge(world, lead, other, True)
        with pytest.raises(NotFound):
            judge_sameness(theirs.pk, customer_id=lead.customer_id, same=True, by=world.manager, at=START)
        assert SamenessVerdict.objects.count() == 0

    def test_is_not_for_partners_nor_for_who_only_reads(self, world: World) -> None:
        first = from_bolt(world, "Eva")
        second = from_bolt(world, "Ute", company="Donner AG")
        reads: Viewer = replace(world.manager, scopes=frozenset({"leads:read"}))
        for by in (world.seen_by("alpen"), reads):
            with pytest.raises(NotAllowed):
                judge(world, second, first, True, by=by)
        assert SamenessVerdict.objects.count() == 0
