"""From the outbox to the mailbox: everybody concerned, once, and never what is stale."""

from __future__ import annotations

import logging
import re
import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.access.due import LAST_TRY, LEASE, claim_deliveries, finish, push_ahead
from partidor.access.recipients import recipients_of
from partidor.access.viewer import system
from partidor.actions import outbox
from partidor.actions.deadlines import act_on_due
from partidor.actions.events import telling
from partidor.actions.offers import accept_offer
from partidor.actions.outbox import address_notices
from partidor.actions.partners import archive_partner
from partidor.actions.people import invite_person
from partidor.actions.routing import assign_lead
from partidor.config.environment import MailServer
from partidor.models import Delivery, Membership, Notice
from partidor.models.partner import Partner
from partidor.outbound import dispatch
from partidor.outbound.dispatch import dispatch_due
from partidor.outbound.wires import smtp
from partidor.queries.notices import notice_cards
from tests.mailbox import Mailbox, dumb_server
from tests.outbound.conftest import post
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World, hours

CHIEF = "chief@acme.example"
FOR_NOBODY = [{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "nothing there is"}}]


def later(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def invite(world: World, email: str, role: str, partner: UUID | None = None) -> Membership:
    return invite_person(email=email, name="Eva", role=role, partner_id=partner, by=world.manager, at=START)[0]


class TestAddressing:
    def test_tells_the_partners_people_or_its_own_address_while_it_has_none(self, world: World) -> None:
        world.receive()
        post(START)
        assert set(Delivery.objects.values_list("address", flat=True)) == {"alpen@example.org"}

        alpen = world.partners["alpen"].pk
        invite(world, "boss@alpen.example", "partner_manager", alpen)
        invite(world, "sales@alpen.example", "partner_sales", alpen)
        lead = world.receive().lead
        post(START)
        told = Delivery.objects.filter(notice__lead=lead).values_list("address", flat=True)
        assert set(told) == {"boss@alpen.example", "sales@alpen.example"}

    def test_tells_channel_managers_and_administrators_but_no_other_role(self, world: World) -> None:
        invite(world, "manager@acme.example", "channel_manager")
        invite(world, "market@acme.example", "marketing")
        world.rules(FOR_NOBODY)
        lead = world.receive().lead
        post(START)
        told = Delivery.objects.filter(notice__lead=lead).values_list("address", flat=True)
        assert set(told) == {CHIEF, "manager@acme.example"}

    def test_writes_to_each_in_its_own_language(self, world: World, box: Mailbox) -> None:
        member = invite(world, "manager@acme.example", "channel_manager")
        type(member.person).objects.filter(pk=member.person_id).update(language="en-GB")
        world.rules(FOR_NOBODY)
        world.receive()
        post(START)
        assert box.subjects(CHIEF)[0].startswith("Niemand hat Lead ")
        assert box.subjects("manager@acme.example")[-1].startswith("Nobody has lead ")

    def test_makes_no_second_row_after_a_kill(self, world: World) -> None:
        world.receive()
        address_notices(at=START)
        Notice.objects.update(due_at=START)  # as if the worker had been killed before it could note the end
        address_notices(at=START)
        assert Delivery.objects.count() == 1

    def test_makes_no_alarm_of_partners_without_an_address(
        self, world: World, caplog: pytest.LogCaptureFixture
    ) -> None:
        Partner.objects.update(email="")
        for _ in range(3):
            world.receive()
        with caplog.at_level(logging.DEBUG, logger="partidor"):
            address_notices(at=START)
        assert [record.levelname for record in caplog.records if record.name == outbox.__name__] == ["DEBUG"]

    def test_drops_what_nobody_is_there_to_read(self, world: World) -> None:
        Partner.objects.update(email="")
        world.receive()
        post(START)
        assert list(Notice.objects.values_list("dropped", "due_at")) == [(True, None)]

    def test_goes_on_past_a_poisoned_notice(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        leads = [world.receive().lead for _ in range(3)]
        whole = recipients_of

        def poisoned(notices: Any) -> Any:
            listed = list(notices)
            if any(notice.lead_id == leads[1].pk for notice in listed):
                raise RuntimeError("boom")
            return whole(listed)

        monkeypatch.setattr(outbox, "recipients_of", poisoned)
        address_notices(at=START)
        assert set(Delivery.objects.values_list("notice__lead", flat=True)) == {leads[0].pk, leads[2].pk}
        stuck = Notice.objects.get(lead=leads[1])
        assert (stuck.due_at, stuck.last_error) == (later(2), "RuntimeError('boom')")


class TestDispatch:
    def test_sends_what_a_mail_client_likes(self, world: World, box: Mailbox) -> None:
        world.receive(product="Warenwirtschaft")
        post(START)
        (letter,) = box.letters
        delivery = Delivery.objects.get()
        assert letter.message["Message-ID"] == f"<{delivery.pk}@leads.acme.example>"
        assert letter.message["Auto-Submitted"] == "auto-generated"
        assert letter.message["From"] == "Acme <notices@leads.acme.example>"
        assert letter.subject.startswith("Warmer Lead, nur für Sie bis Mo, 2. März, 14:00 Uhr")
        assert letter.message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in letter.message.iter_parts()] == ["text/plain", "text/html"]
        for part in (letter.text, letter.html):
            assert "https://leads.acme.example/portal/offers/" in part
            assert "Warenwirtschaft" in part
        assert (delivery.outcome, delivery.due_at, delivery.text, delivery.html) == ("sent", None, "", "")

    def test_keeps_mails_while_there_is_no_server(self, world: World) -> None:
        world.receive()
        post(START)
        kept = Delivery.objects.get()
        assert kept.outcome == "kept"
        assert kept.subject.startswith("Warmer Lead")
        assert "Guten Tag Alpen Systemhaus" in kept.text
        assert "Ansehen und annehmen</a>" in kept.html

    def test_tells_the_rivals_that_a_lead_is_taken(self, world: World, box: Mailbox) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        post(START)
        assert {(letter.to, letter.subject.split(":")[0]) for letter in box.letters} == {
            ("bergmann@example.org", "Schon vergeben"),
            ("citroen@example.org", "Schon vergeben"),
        }, "the offers themselves were stale and are not sent"
        assert Delivery.objects.filter(outcome="dropped").count() == 3

    def test_tells_who_gets_a_lead_by_hand_once(self, world: World, box: Mailbox) -> None:
        lead = world.receive().lead
        alpen = world.partners["alpen"].pk
        assign_lead(lead.pk, partner_id=alpen, reason="asked for it", by=world.manager, at=START)
        post(START)
        assert [subject.split(":")[0] for subject in box.subjects()] == ["Ihr neuer Lead"]

    def test_tells_nobody_who_has_left_meanwhile(self, world: World, box: Mailbox) -> None:
        invite(world, "sales@alpen.example", "partner_sales", world.partners["alpen"].pk)
        post(START)
        world.receive()
        address_notices(at=START)
        Membership.objects.filter(person__email="sales@alpen.example").update(active=False)
        post(START)
        assert len(box.letters) == 1, "the invitation, and no offer"

    def test_tells_an_archived_partner_nothing(self, world: World, box: Mailbox) -> None:
        world.receive()
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START)
        post(START)
        assert box.subjects("alpen@example.org") == []
        assert len(box.subjects("bergmann@example.org")) == 1

    def test_sends_the_whole_story_in_order(self, world: World, box: Mailbox) -> None:
        lead = world.receive(product="ERP").lead
        for hour in (0, 2, 4, 6, 8, 16):
            while act_on_due(at=START + hours(hour)):
                pass
            post(START + hours(hour))
        assert [(letter.to.split("@")[0], letter.subject.split(",")[0].split(":")[0]) for letter in box.letters] == [
            ("alpen", "Warmer Lead"), ("alpen", "Erinnerung"),
            ("bergmann", "Warmer Lead"), ("bergmann", "Erinnerung"),
            ("chief", "Zweimal ohne Antwort"),
            ("alpen", "Warmer Lead bis Di"), ("bergmann", "Warmer Lead bis Di"), ("citroen", "Warmer Lead bis Di"),
            ("chief", f"Niemand hat Lead {lead.ref}"),
        ]  # fmt: skip


class TestAKey:
    """What opens the door outlives neither the mail nor its own time."""

    @pytest.fixture
    def member(self, world: World) -> Membership:
        member = invite(world, "manager@acme.example", "channel_manager")
        post(START)
        with telling(world.manager, START) as told:
            told.notice("person.code", "1", person_id=member.person_id, key="K7Q2MX")
        return member

    def test_is_not_kept_in_words_without_a_server(self, member: Membership) -> None:
        with telling(system(member.vendor_id), START) as told:
            told.notice("person.reset", "1", person_id=member.person_id, key="/accounts/password/reset/key/x/")
        post(START)
        kept = Delivery.objects.filter(outcome="kept", notice__kind__startswith="person.")
        assert kept.count() == 3
        for delivery in kept:
            assert delivery.subject
            assert (delivery.text, delivery.html) == ("", "")
        assert self.keys() == {""}

    def keys(self) -> set[str]:
        return set(Notice.objects.values_list("key", flat=True))

    def test_goes_out_once_and_is_forgotten(self, member: Membership, box: Mailbox) -> None:
        assert self.keys() == {"", "K7Q2MX"}
        post(START)
        (letter,) = box.letters
        assert letter.to == "manager@acme.example"
        assert "K7Q2MX" in letter.text
        assert "K7Q2MX" in letter.html
        assert self.keys() == {""}

    def test_waits_for_a_busy_server_and_not_too_long(self, member: Membership, box: Mailbox) -> None:
        box.refuse["manager@acme.example"] = "451 try again later"
        post(START)
        assert self.keys() == {"", "K7Q2MX"}
        post(later(600))
        assert Delivery.objects.get(notice__kind="person.code").outcome == "dropped"
        assert (box.letters, self.keys()) == ([], {""})

    def test_is_forgotten_when_nobody_is_there_to_read_it(self, member: Membership) -> None:
        Membership.objects.filter(pk=member.pk).update(active=False)
        post(START)
        assert not Delivery.objects.filter(notice__kind="person.code").exists()
        assert self.keys() == {""}


class TestATroubledServer:
    def test_refuses_one_address_for_good_and_the_others_get_theirs(self, world: World, box: Mailbox) -> None:
        box.refuse["bergmann@example.org"] = "550 no such mailbox"
        world.rules(ALL_AT_ONCE)
        world.receive()
        post(START)
        outcomes = dict(Delivery.objects.values_list("address", "outcome"))
        assert outcomes == {
            "alpen@example.org": "sent", "bergmann@example.org": "failed", "citroen@example.org": "sent",
        }  # fmt: skip
        assert Delivery.objects.get(outcome="failed").last_error == "550 no such mailbox"

    def test_is_busy_and_gets_the_mail_later(self, world: World, box: Mailbox) -> None:
        box.refuse["alpen@example.org"] = "451 try again later"
        world.receive()
        post(START)
        waiting = Delivery.objects.get()
        assert (waiting.outcome, waiting.due_at, waiting.attempts) == ("", later(2), 1)
        box.refuse.clear()
        assert post(later(1)) == 0
        assert post(later(2)) == 1
        assert Delivery.objects.get().outcome == "sent"

    def test_is_away_for_a_day_and_then_the_mail_is_given_up_in_the_open(self, world: World, settings: Any) -> None:
        settings.MAIL = MailServer.read("smtp://127.0.0.1:1")
        world.receive()
        post(START)
        Delivery.objects.update(attempts=LAST_TRY - 1)
        post(later(2))
        gone = Delivery.objects.get()
        assert (gone.outcome, gone.due_at) == ("failed", None)
        assert "ConnectionRefusedError" in gone.last_error

    def test_that_never_answers_costs_one_timeout_and_keeps_its_lease(
        self, world: World, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "TIMEOUT", 1.2)
        monkeypatch.setattr(dispatch, "RENEWED_EVERY", 0.2)
        world.rules(ALL_AT_ONCE)
        world.receive()
        address_notices(at=START)
        began = time.monotonic()

        def now() -> datetime:  # a clock that runs ten times as fast: twelve seconds pass, more than a lease
            return later(10 * (time.monotonic() - began))

        stolen: list[int] = []
        done = threading.Event()

        def rival() -> None:
            while not done.wait(0.1):
                stolen.append(len(claim_deliveries(at=now(), limit=10)))
            connection.close()

        with dumb_server() as port:
            settings.MAIL = MailServer.read(f"smtp://127.0.0.1:{port}")
            watching = threading.Thread(target=rival)
            starting = threading.Timer(0.3, watching.start)
            starting.start()
            dispatch_due(now=now)
            done.set()
            watching.join()
        assert LEASE.total_seconds() < 10 * 1.2
        assert sum(stolen) == 0, "nobody else could claim what this worker was still at"
        assert time.monotonic() - began < 4, "three mails cost one timeout"
        assert set(Delivery.objects.values_list("outcome", "attempts", "lease")) == {("", 1, None)}

    def test_that_is_slow_is_left_when_the_worker_stops(
        self, world: World, box: Mailbox, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        box.slow = 0.4
        world.rules(ALL_AT_ONCE)
        world.receive()
        address_notices(at=START)
        stop = threading.Event()
        threading.Timer(0.2, stop.set).start()
        dispatch_due(now=lambda: START, stop=stop)
        assert Delivery.objects.filter(outcome="sent").count() in (1, 2)
        untried = Delivery.objects.filter(outcome="")
        assert set(untried.values_list("attempts", "due_at", "lease")) == {(0, START, None)}


class TestAnEarlierHolder:
    def test_of_a_lease_finishes_nothing(self, world: World) -> None:
        world.receive()
        address_notices(at=START)
        (slow,) = claim_deliveries(at=START, limit=1)
        (quick,) = claim_deliveries(at=START + LEASE, limit=1)
        assert not finish(slow, outcome="sent")
        push_ahead(slow, at=START, error="late")
        assert finish(quick, outcome="sent")
        kept = Delivery.objects.get()
        assert (kept.outcome, kept.attempts, kept.last_error) == ("sent", 2, "")


class TestWhyYou:
    def test_is_told_in_the_mail_in_the_words_of_the_portal(self, world: World, box: Mailbox) -> None:
        world.receive()
        post(START)
        (letter,) = [each for each in box.letters if each.to == "alpen@example.org"]
        said = "Warum Sie? Für Sie sprach: 1 km Entfernung. Von allen, die infrage kamen, passten Sie am besten."
        assert said in " ".join(letter.text.split())
        assert said in " ".join(re.sub("<[^>]+>", "", letter.html).split())

    def test_costs_one_statement_however_many_are_asked(self, world: World) -> None:
        notices = []
        for rules in (ONE_AFTER_ANOTHER, ALL_AT_ONCE):
            world.rules(rules)
            world.receive()
            address_notices(at=START)
            deliveries = list(Delivery.objects.filter(notice__kind="offer.opened").exclude(due_at=None))
            notice_cards(deliveries)  # snapshots are kept per process
            with CaptureQueriesContext(connection) as seen:
                cards = notice_cards(deliveries)
            notices.append((len(cards), len(seen)))
        (few, cost), (many, same) = notices
        assert many > few
        assert same == cost <= 5
