"""Partners come, change and go; routing sees each change with the next lead."""

from __future__ import annotations

from functools import partial

import pytest

from partidor.actions.partners import add_partner, add_partners, change_partner, pause_partner, resume_partner, set_tags
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Event, Partner, Vendor
from partidor.models.partner import PartnerVersion
from tests.journeys.test_races import at_once
from tests.world import START, World, hours

GOLD_ONLY = [{"name": "Gold", "when": {"all": []}, "who": {"tag": "tier", "op": "in", "value": ["gold"]},
              "plan": [{"offer_to": 1, "window": "4h"}]}]  # fmt: skip


class TestAddPartners:
    def test_makes_one_new_version_of_the_network_of_all(self, world: World) -> None:
        before = Vendor.objects.get(pk=world.vendor.pk).network_version
        add_partners([{"name": f"P{n}", "kind": "reseller"} for n in range(5)], by=world.manager, at=START)
        assert Vendor.objects.get(pk=world.vendor.pk).network_version == before + 1

    def test_refuses_one_and_takes_the_others(self, world: World) -> None:
        outcome = add_partners(
            [{"name": "Good", "kind": "reseller"}, {"name": "Bad", "kind": "king"}], by=world.manager, at=START
        )
        assert isinstance(outcome[1], WrongContent)
        assert outcome[1].errors[0].field == "kind"
        assert Partner.objects.filter(name="Good").exists()

    def test_again_under_an_external_id_is_the_same_partner(self, world: World) -> None:
        payload = {"name": "Neu", "kind": "var", "external_id": "X1"}
        first = add_partner(payload, by=world.manager, at=START)
        again = add_partner(payload, by=world.manager, at=START)
        assert (again.repeated, again.partner.pk) == (True, first.partner.pk)

    def test_knows_distributors_by_id_and_by_external_id(self, world: World) -> None:
        add_partner({"name": "Distri", "kind": "distributor", "external_id": "D"}, by=world.manager, at=START)
        child = add_partner({"name": "Kind", "kind": "reseller", "parents": ["D"]}, by=world.manager, at=START).partner
        assert child.parent_links.count() == 1
        with pytest.raises(WrongContent, match="parents: 'E' is no partner"):
            add_partner({"name": "Waise", "kind": "reseller", "parents": ["E"]}, by=world.manager, at=START)

    def test_is_not_for_partners(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            add_partner({"name": "Ich", "kind": "reseller"}, by=world.seen_by("alpen"), at=START)


class TestDistributors:
    @pytest.mark.parametrize("length", [1, 2, 3, 7])
    def test_never_stand_in_a_circle(self, world: World, length: int) -> None:
        names = [f"D{place}" for place in range(length)]
        chain = []
        for place, name in enumerate(names):
            parents = names[place - 1 : place] if place else []
            payload = {"name": name, "kind": "distributor", "external_id": name, "parents": parents}
            chain.append(add_partner(payload, by=world.manager, at=START).partner)
        with pytest.raises(WrongContent) as refused:
            change_partner(chain[0].pk, {"parents": [names[-1]], "name": "New"}, by=world.manager, at=START)
        assert [error.field for error in refused.value.errors] == ["parents"]
        top = Partner.objects.get(pk=chain[0].pk)
        assert (top.parent_links.count(), top.name) == (0, "D0")

    def test_may_be_reached_on_two_ways(self, world: World) -> None:
        for name, parents in (("T", []), ("L", ["T"]), ("R", ["T"])):
            payload = {"name": name, "kind": "distributor", "external_id": name, "parents": parents}
            add_partner(payload, by=world.manager, at=START)
        below = change_partner(world.partners["alpen"].pk, {"parents": ["L", "R", "T"]}, by=world.manager, at=START)
        assert below.partner.parent_links.count() == 3


class TestChangePartner:
    def test_counts_for_the_next_lead(self, world: World) -> None:
        world.rules(GOLD_ONLY)
        assert world.receive().lead.attention_reason == "no_partner"

        set_tags(world.partners["citroen"].pk, {"tier": ["gold"]}, by=world.manager, at=START)
        assert world.offers(world.receive().lead) == [("citroen", "open")]

        set_tags(world.partners["citroen"].pk, {"tier": ["silver"]}, by=world.manager, at=START)
        assert world.receive().lead.attention_reason == "no_partner"

    def test_keeps_every_version_of_the_facts_without_a_gap(self, world: World) -> None:
        partner = world.partners["alpen"]
        for tier in ("gold", "silver", "gold"):
            set_tags(partner.pk, {"tier": [tier]}, by=world.manager, at=START)

        versions = list(
            PartnerVersion.objects.filter(partner=partner)
            .order_by("from_version")
            .values_list("from_version", "to_version")
        )
        assert [end for _, end in versions] == [start for start, _ in versions[1:]] + [None]
        assert len(versions) == 4

    def test_to_the_same_changes_nothing(self, world: World) -> None:
        before = Vendor.objects.get(pk=world.vendor.pk).network_version
        assert change_partner(world.partners["alpen"].pk, {"kind": "reseller"}, by=world.manager, at=START).repeated
        assert Vendor.objects.get(pk=world.vendor.pk).network_version == before

    def test_merges_and_null_empties(self, world: World) -> None:
        partner = world.partners["alpen"]
        change_partner(partner.pk, {"max_open_leads": 3, "address": {"street": "Weg 1"}}, by=world.manager, at=START)
        change_partner(partner.pk, {"max_open_leads": None}, by=world.manager, at=START)

        partner = Partner.objects.get(pk=partner.pk)
        assert (partner.max_open_leads, partner.street, partner.city) == (None, "Weg 1", "München")

    def test_of_another_vendor_is_not_found(self, world: World) -> None:
        rival = World.found("Rival")
        with pytest.raises(NotFound):
            change_partner(world.partners["alpen"].pk, {"name": "Hijacked"}, by=rival.manager, at=START)


class TestSetTags:
    def test_at_once_from_many_sides_leaves_the_tags_of_one(self, world: World) -> None:
        partner = world.partners["alpen"].pk
        for _ in range(5):
            at_once([partial(set_tags, partner, {f"side{n}": ["yes"]}, by=world.manager, at=START) for n in range(4)])
            assert len(Partner.objects.get(pk=partner).tags) == 1


class TestPauseAndResume:
    def test_are_not_for_another_partner(self, world: World) -> None:
        """Whatever its scopes: a partner's viewer sees itself alone."""
        alpen = world.seen_by("alpen", scopes=("partners:write",))
        with pytest.raises(NotFound):
            pause_partner(world.partners["bergmann"].pk, until=None, by=alpen, at=START)
        assert not pause_partner(world.partners["alpen"].pk, until=None, by=alpen, at=START).repeated

    def test_say_when_nothing_changes_and_tell_when_something_does(self, world: World) -> None:
        partner = world.partners["alpen"].pk
        told = [
            pause_partner(partner, until=START + hours(5), by=world.manager, at=START).repeated,
            pause_partner(partner, until=START + hours(5), by=world.manager, at=START).repeated,
            resume_partner(partner, by=world.manager, at=START).repeated,
            resume_partner(partner, by=world.manager, at=START).repeated,
        ]
        assert told == [False, True, False, True]
        types = (
            Event.objects.filter(lead=None, type__startswith="partner.").order_by("pk").values_list("type", flat=True)
        )
        assert list(types) == ["partner.paused", "partner.resumed"]

    def test_refuse_a_pause_that_is_over_before_it_begins(self, world: World) -> None:
        with pytest.raises(WrongContent, match="until"):
            pause_partner(world.partners["alpen"].pk, until=START - hours(1), by=world.manager, at=START)


class TestACap:
    def test_fills_up_within_a_batch_and_frees_itself(self, world: World) -> None:
        from partidor.actions.intake import receive_leads
        from partidor.models import Offer

        world.rules([{"name": "All", "when": {"all": []}, "who": {"all": []},
                      "plan": [{"offer_to": 1, "window": "4h"}]}])  # fmt: skip
        change_partner(world.partners["alpen"].pk, {"max_open_leads": 2}, by=world.manager, at=START)
        receive_leads([world.inquiry() for _ in range(20)], by=world.manager, at=START)

        assert Offer.objects.filter(partner=world.partners["alpen"]).count() == 2
