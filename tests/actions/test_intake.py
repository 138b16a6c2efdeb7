"""What becomes of a lead that comes in."""

from __future__ import annotations

import pytest

from partidor.actions.intake import Received, receive_lead, receive_leads
from partidor.actions.offers import accept_offer
from partidor.actions.sources import add_source
from partidor.domain.refusal import NotAllowed, WrongContent
from partidor.models import Contact, Customer, CustomerKey, Lead, Offer
from tests.world import START, World, hours


class TestReceiveLead:
    def test_routes_it_at_once(self, world: World) -> None:
        received = world.receive()

        assert received.lead.state == "offered"
        assert world.offers(received.lead) == [("alpen", "open")]
        assert len(received.lead.ref) == 6
        assert world.notices("offer.opened") == 1

    def test_again_under_its_external_id_is_the_same_lead(self, world: World) -> None:
        inquiry = world.inquiry()
        first = receive_lead(inquiry, by=world.manager, at=START)
        again = receive_lead({**inquiry, "inquiry": "changed"}, by=world.manager, at=START + hours(1))

        assert (again.repeated, again.lead.pk) == (True, first.lead.pk)
        assert Lead.objects.get().inquiry == inquiry["inquiry"]

    def test_from_the_same_person_with_the_same_text_joins_the_lead_for_a_day(self, world: World) -> None:
        inquiry = world.inquiry()
        del inquiry["external_id"]
        first = receive_lead(inquiry, by=world.manager, at=START)
        within = receive_lead(inquiry, by=world.manager, at=START + hours(23))
        later = receive_lead(inquiry, by=world.manager, at=START + hours(48))

        assert within.repeated
        assert within.lead.pk == first.lead.pk
        assert world.events(first.lead)[-1] == "lead.repeated"
        assert later.lead.pk != first.lead.pk
        assert later.lead.customer_id == first.lead.customer_id
        assert "duplicate_customer" in later.lead.flags

    def test_of_a_known_customer_asks_the_partner_that_works_with_it(self, world: World) -> None:
        first = world.receive(company="Brauerei Huber GmbH").lead
        offer = world.open_offer(first, "alpen")
        accept_offer(offer.pk, by=world.seen_by("alpen"), at=START)

        second = world.receive(
            company="Brauerei Huber GmbH & Co. KG",
            contact={"last_name": "Huber", "email": "sepp@other.example"},
            location={"lat": 49.45, "lon": 11.07},
        ).lead

        assert second.customer_id == first.customer_id
        assert [(o.via, o.partner_id) for o in Offer.objects.filter(lead=second)] == [
            ("known_customer", world.partners["alpen"].pk)
        ]

    def test_never_merges_people_who_share_a_mail_domain(self, world: World) -> None:
        leads = [
            world.receive(
                company="", contact={"first_name": f"A{n}", "last_name": f"B{n}", "email": f"x{n}@shared.example"},
                address={"country": "DE", "postal_code": f"8033{n}"},
            ).lead
            for n in range(9)
        ]  # fmt: skip

        assert Customer.objects.count() == 9
        assert not any("duplicate_customer" in lead.flags for lead in leads)
        assert "possible_duplicate" in leads[1].flags
        assert "possible_duplicate" not in leads[8].flags, "a domain that many share says nothing"

    def test_keeps_no_personal_value_in_a_customer_key(self, world: World) -> None:
        world.receive(contact={"last_name": "Geheim", "email": "geheim@kunde.example"})

        kept = " ".join(CustomerKey.objects.values_list("value", flat=True))
        assert "geheim" not in kept
        assert "kunde" not in kept

    def test_of_a_reviewed_source_waits_for_its_release(self, world: World) -> None:
        add_source({"name": "fair", "kind": "event", "review": True}, by=world.manager, at=START)

        lead = world.receive(source="fair").lead

        assert (lead.state, lead.attention_reason) == ("in_review", "review")
        assert world.events(lead) == ["lead.received", "lead.held"]
        assert not Offer.objects.exists()

    def test_keeps_every_contact_with_the_main_one_first(self, world: World) -> None:
        lead = world.receive(contacts=[{"last_name": "Chef", "role": "decision"}]).lead

        assert list(Contact.objects.filter(lead=lead).order_by("position").values_list("last_name", "role")) == [
            (f"Muster{world.number}", ""),
            ("Chef", "decision"),
        ]

    def test_from_an_unknown_source_names_the_known_ones(self, world: World) -> None:
        with pytest.raises(WrongContent, match=r"source: 'fax' is not a source .*api, import, website"):
            world.receive(source="fax")
        assert not Lead.objects.exists()

    def test_is_not_for_partners_or_readers(self, world: World) -> None:
        for viewer in (world.seen_by("alpen"),):
            with pytest.raises(NotAllowed):
                receive_lead(world.inquiry(), by=viewer, at=START)

    def test_of_a_test_lead_charges_no_ledger(self, world: World) -> None:
        from partidor.models.ledger import read_ledger

        lead = world.receive(test=True).lead

        assert lead.state == "offered"
        assert read_ledger(world.vendor.pk).statement() == {}


class TestReceiveLeads:
    def test_takes_each_on_its_own(self, world: World) -> None:
        good, bad = world.inquiry(), {**world.inquiry(), "employees": "many"}
        outcome = receive_leads([good, bad, {**good}, world.inquiry()], by=world.manager, at=START)

        assert [type(each).__name__ for each in outcome] == ["Received", "WrongContent", "Received", "Received"]
        assert [each.repeated for each in outcome if isinstance(each, Received)] == [False, True, False]
        assert Lead.objects.count() == 2

    def test_joins_an_inquiry_that_comes_twice_in_one_batch(self, world: World) -> None:
        inquiry = world.inquiry()
        del inquiry["external_id"]
        first, again = receive_leads([inquiry, inquiry], by=world.manager, at=START)

        assert isinstance(again, Received)
        assert again.repeated
        assert isinstance(first, Received)
        lead = world.again(first.lead)
        assert (again.lead.pk, lead.flags.count("repeated_inquiry")) == (lead.pk, 1)
        assert world.events(lead)[-1] == "lead.repeated"

    def test_spreads_a_batch_by_the_fair_share(self, world: World) -> None:
        """Known failure of others: a bulk import sends every lead to the first partner found."""
        world.rules([{"name": "All equal", "when": {"all": []}, "who": {"all": []},
                      "plan": [{"offer_to": 1, "window": "4h"}]}])  # fmt: skip

        receive_leads([world.inquiry() for _ in range(30)], by=world.manager, at=START)

        counts = [Offer.objects.filter(partner=partner).count() for partner in world.partners.values()]
        assert counts == [10, 10, 10]

    def test_puts_two_of_one_new_customer_in_one_batch_together(self, world: World) -> None:
        twins = [world.inquiry(company="Zwilling AG", contact={"last_name": str(n), "email": "a@zwilling.example"})
                 for n in range(2)]  # fmt: skip
        first, second = receive_leads(twins, by=world.manager, at=START)

        assert isinstance(first, Received)
        assert isinstance(second, Received)
        assert first.lead.customer_id == second.lead.customer_id
        assert "duplicate_customer" in second.lead.flags
