"""Many at the same instant, on real connections: one winner, one lead, one customer, and nothing half-done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from partidor.access.network import partner_for
from partidor.actions import accounts
from partidor.actions.deadlines import act_on_due
from partidor.actions.intake import Received, receive_lead, receive_leads
from partidor.actions.offers import AlreadyTaken, accept_offer, decline_offer
from partidor.actions.once import Answer, once
from partidor.actions.partners import archive_partner
from partidor.actions.people import invite_person
from partidor.actions.routing import assign_lead, withdraw_lead
from partidor.actions.sameness import judge_sameness
from partidor.domain.refusal import Refusal
from partidor.models import Customer, Event, Lead, Notice, Offer, Person, SamenessVerdict
from partidor.models.ledger import read_ledger
from partidor.models.vendor import lock_vendor
from tests.world import ALL_AT_ONCE, START, World, hours

IN_TURN = [{"name": "In turn", "plan": [{"offer_to": 1, "window": "8h"}]}]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls at the same instant, each on a connection of its own; refusals are outcomes, bugs are raised."""
    gate = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


class TestRivals:
    def test_of_one_pooled_offer_have_one_winner(self, world: World) -> None:
        for number in range(17):
            world.partner(f"p{number}")
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        offers = {name: world.open_offer(lead, name).pk for name in world.partners}
        viewers = {name: world.seen_by(name) for name in world.partners}

        outcomes = at_once([partial(accept_offer, offers[n], by=viewers[n], at=START) for n in world.partners])

        kinds = Counter(type(outcome).__name__ for outcome in outcomes)
        assert kinds == {"Answered": 1, AlreadyTaken.__name__: 19}
        assert Event.objects.filter(lead=lead, type="offer.accepted").count() == 1
        assert Counter(state for _, state in world.offers(lead)) == {"accepted": 1, "superseded": 19}
        winner = Offer.objects.get(lead=lead, state="accepted")
        assert world.again(lead).partner_id == winner.partner_id
        assert world.notices("offer.superseded") == 19

    def test_accept_decline_and_expiry_of_one_offer_leave_one_answer(self, world: World) -> None:
        for number in range(8):
            at = START + hours(100 * number)
            lead = world.receive(at=at).lead
            offer = world.open_offer(lead, "alpen")
            act_on_due(at=at + hours(2))
            alpen, four = world.seen_by("alpen"), at + hours(4)
            at_once(
                [
                    partial(accept_offer, offer.pk, by=alpen, at=four),
                    partial(decline_offer, offer.pk, reason="other", by=alpen, at=four),
                    partial(act_on_due, at=four),
                ]
            )
            answers = [e for e in world.events(lead) if e in ("offer.accepted", "offer.declined", "offer.expired")]
            states = world.offers(lead)
            assert len(answers) == 1
            assert states[0][1] == answers[0].partition(".")[2]
            assert len(states) == (1 if answers == ["offer.accepted"] else 2)
            withdraw_lead(lead.pk, by=world.manager, at=at + hours(5))

    def test_two_managers_hands_leave_one_primary_partner(self, world: World) -> None:
        lead = world.receive().lead
        at_once(
            [
                partial(assign_lead, lead.pk, partner_id=partner.pk, reason="mine", by=world.manager, at=START)
                for partner in world.partners.values()
            ]
        )
        running = Offer.objects.filter(lead=lead, state="accepted", ended_at=None).get()
        assert world.again(lead).partner_id == running.partner_id


class TestOneLeadPostedFiftyTimes:
    def test_under_one_external_id_is_one_lead(self, world: World) -> None:
        inquiry = world.inquiry()
        outcomes = at_once([partial(receive_lead, inquiry, by=world.manager, at=START)] * 50)

        assert Lead.objects.count() == Offer.objects.count() == Customer.objects.count() == 1
        assert Counter(o.repeated for o in outcomes if isinstance(o, Received)) == {False: 1, True: 49}

    def test_under_one_idempotency_key_is_one_lead(self, world: World) -> None:
        inquiry = world.inquiry()
        del inquiry["external_id"]

        def post() -> Answer:
            def run() -> Answer:
                return Answer(201, str(receive_lead(inquiry, by=world.manager, at=START).lead.pk))

            return once(run, name="k", method="POST", path="/leads", body=b"{}", by=world.manager, at=START)

        answers = at_once([post] * 50)

        assert Lead.objects.count() == 1
        assert {answer.body for answer in answers if isinstance(answer, Answer)} == {str(Lead.objects.get().pk)}
        assert sum(not answer.replayed for answer in answers if isinstance(answer, Answer)) == 1


class TestLeadsOfOneNewCustomer:
    def test_at_the_same_instant_are_known_as_one(self, world: World) -> None:
        twins = [world.inquiry(company="Zwilling AG", contact={"last_name": str(n), "email": "a@zwilling.example"})
                 for n in range(12)]  # fmt: skip
        world.rules(IN_TURN)
        at_once([partial(receive_lead, twin, by=world.manager, at=START) for twin in twins])

        assert Lead.objects.count() == 12
        assert Customer.objects.count() == 1
        partners = set(Offer.objects.values_list("partner_id", flat=True))
        assert len(partners) == 1, "two resellers never work the same deal"

    def test_in_batches_at_the_same_instant_go_to_one_partner(self, world: World) -> None:
        world.rules(IN_TURN)
        batches = [
            [world.inquiry(company="Zwilling AG", contact={"last_name": f"{b}/{n}", "email": "a@zwilling.example"})
             for n in range(3)]
            for b in range(4)
        ]  # fmt: skip
        at_once([partial(receive_leads, batch, by=world.manager, at=START) for batch in batches])
        assert Lead.objects.count() == 12
        assert len(set(Offer.objects.values_list("partner_id", flat=True))) == 1


class TestSweepers:
    def test_side_by_side_do_nothing_twice(self, world: World) -> None:
        for _ in range(30):
            world.receive()
        for after in (2, 4):
            at_once([partial(act_on_due, at=START + hours(after))] * 6)
            while act_on_due(at=START + hours(after)):
                pass

        assert Event.objects.filter(type="offer.reminded").count() == 30
        assert Event.objects.filter(type="offer.expired").count() == 30
        assert Offer.objects.filter(state="open").count() == 30
        assert Notice.objects.filter(kind="offer.opened").count() == 60
        assert read_ledger(world.vendor.pk).sum() == 0


class TestAChangeOfTheNetwork:
    def test_holds_up_no_lead(self, world: World) -> None:
        """Else a lead would wait for the vendor with the ledger in its hands: the wrong order of locks."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer at a time")

        def receive() -> Received:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return world.receive()

        with transaction.atomic():
            lock_vendor(world.vendor.pk)
            partner_for(world.manager, world.partners["alpen"].pk, lock=True)
            (received,) = at_once([receive])
        assert world.offers(received.lead) == [("alpen", "open")]


class TestArchiving:
    def test_leaves_nothing_with_the_partner_whatever_arrives_at_the_same_moment(self, world: World) -> None:
        gone = world.partners["alpen"]
        for number in range(4):
            by_hand = world.receive().lead
            at_once(
                [
                    partial(archive_partner, gone.pk, by=world.manager, at=START),
                    partial(
                        assign_lead, by_hand.pk, partner_id=gone.pk, reason="last minute", by=world.manager, at=START
                    ),
                    *[partial(receive_lead, world.inquiry(), by=world.manager, at=START) for _ in range(4)],
                ]
            )
            assert not Offer.objects.filter(partner=gone, state="open").exists()
            assert not Lead.objects.filter(partner=gone, state="accepted", attention_reason="").exists()
            gone = world.partner(f"nearest{number}", location={"lat": 48.137, "lon": 11.575})
            world.partners["alpen"] = gone


class TestAFirstPassword:
    def test_is_chosen_by_one_of_two_at_once_and_hashed_before_anything_is_locked(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        invited = invite_person(email="new@alpen.example", name="Nora", role="partner_sales", by=world.manager,
                                partner_id=world.partners["alpen"].pk, at=START)  # fmt: skip
        held: list[bool] = []

        def slowly(password: str) -> str:
            held.append(connection.in_atomic_block)
            return make_password(password)

        monkeypatch.setattr(accounts, "make_password", slowly)
        key = Notice.objects.get(kind="person.invited").key.split("/")[3]
        words = ("gleich-hinterm-wehr", "neue-schleuse-1")
        outcomes = at_once([partial(accounts.choose_first_password, key, word) for word in words])
        assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Invitation": 1, "InvitationOver": 1}
        won = words[[isinstance(outcome, accounts.Invitation) for outcome in outcomes].index(True)]
        assert Person.objects.get(pk=invited.membership.person_id).check_password(won)
        assert held == [False, False]


class TestTwoWordsAboutOnePairOfCustomers:
    def test_at_the_same_instant_are_told_apart(self, world: World) -> None:
        """Both customers' leads are closed, so that nothing but the customers themselves can be locked."""
        for round_ in range(8):
            one, other = (world.receive(inquiry=f"{round_}").lead for _ in range(2))
            for lead in (one, other):
                withdraw_lead(lead.pk, by=world.manager, at=START)
            both = at_once(
                [
                    partial(
                        judge_sameness, one.pk, customer_id=other.customer_id, same=True, by=world.manager, at=START
                    ),
                    partial(
                        judge_sameness, other.pk, customer_id=one.customer_id, same=False, by=world.manager, at=START
                    ),
                ]
            )
            assert [steered.repeated for steered in both] == [False, False], "each word was new when it was said"
            assert SamenessVerdict.objects.filter(first__in=(one.customer_id, other.customer_id)).count() == 1
