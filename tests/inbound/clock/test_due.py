"""What is due is done: once, by whichever worker, and whatever else goes wrong."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from partidor.access.due import due_leads
from partidor.actions import deadlines
from partidor.actions.deadlines import CLOCK_FAILED, act_on_due, note_beat
from partidor.actions.outbox import address_notices
from partidor.inbound.clock.due import BEAT_EVERY, DUTIES, Duty
from partidor.models import Delivery, Lead, LedgerWeek, Notice, Offer, WorkerBeat
from partidor.models import Event as Fact
from partidor.outbound.dispatch import dispatch_due
from tests.world import START, World, hours

postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks the whole database")


def duty(name: str) -> Duty:
    return next(each for each in DUTIES if each.name == name)


def together(number: int, work: Callable[[], None]) -> list[BaseException]:
    """Run the same work in several threads at once; return what went wrong."""
    wrong: list[BaseException] = []
    ready = threading.Barrier(number)

    def run() -> None:
        try:
            ready.wait()
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


class TestAPoisonedLead:
    @pytest.fixture
    def poisoned(self, world: World, monkeypatch: pytest.MonkeyPatch) -> Lead:
        leads = [world.receive().lead for _ in range(5)]

        def expire(group: Any, told: Any) -> None:
            if any(lead.pk == leads[2].pk for lead in group):
                raise RuntimeError("boom")
            whole(group, told)

        whole = deadlines.DUE["expire"]
        monkeypatch.setitem(deadlines.DUE, "expire", expire)
        act_on_due(at=START + hours(2))
        return leads[2]

    def test_stops_no_other(self, world: World, poisoned: Lead) -> None:
        act_on_due(at=START + hours(4))
        assert Counter(Lead.objects.values_list("round", flat=True)) == {2: 4, 1: 1}

    def test_is_put_off_for_a_minute_and_asks_for_attention(self, world: World, poisoned: Lead) -> None:
        at = START + hours(4)
        act_on_due(at=at)
        lead = world.again(poisoned)
        assert (lead.state, lead.attention_reason, lead.attention_at) == ("offered", CLOCK_FAILED, at)
        assert lead.next_action_at == at + timedelta(minutes=1)
        assert act_on_due(at=at + timedelta(seconds=59)) == 0
        assert act_on_due(at=at + timedelta(seconds=60)) == 1
        assert world.again(poisoned).attention_at == at, "since when it has been waiting stays true"

    def test_goes_its_way_when_the_fault_is_mended(
        self, world: World, poisoned: Lead, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        act_on_due(at=START + hours(4))
        monkeypatch.setitem(deadlines.DUE, "expire", deadlines.expire)
        act_on_due(at=START + hours(5))
        lead = world.again(poisoned)
        assert (lead.round, lead.attention_reason) == (2, "")
        assert world.offers(lead) == [("alpen", "expired"), ("bergmann", "open")]

    def test_leaves_nothing_half_done(self, world: World, poisoned: Lead) -> None:
        before = world.events(poisoned)
        act_on_due(at=START + hours(4))
        assert world.events(poisoned) == before
        assert world.offers(poisoned) == [("alpen", "open")]


class TestALostDatabase:
    def test_is_no_leads_fault(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        lead = world.receive().lead

        def lost(group: Any, told: Any) -> None:
            raise OperationalError("the connection is closed")

        monkeypatch.setitem(deadlines.DUE, "remind", lost)
        with pytest.raises(OperationalError):
            act_on_due(at=START + hours(2))
        assert world.again(lead).attention_reason == ""


class TestSeveralWorkers:
    def test_do_nothing_twice(self, world: World) -> None:
        for _ in range(40):
            world.receive()
        act_on_due(at=START + hours(2))
        at = START + hours(4)

        def work() -> None:
            for _ in range(6):
                act_on_due(at=at)
                address_notices(at=at)
                dispatch_due(now=lambda: at)

        assert together(4, work) == []
        while act_on_due(at=at) + address_notices(at=at) + dispatch_due(now=lambda: at):
            pass
        assert Counter(Offer.objects.values_list("round", "state")) == {(1, "expired"): 40, (2, "open"): 40}
        assert Notice.objects.filter(kind="offer.opened").count() == 80
        assert Delivery.objects.filter(notice__kind="offer.opened").count() == 80
        assert set(Delivery.objects.values_list("attempts", "due_at")) == {(1, None)}, "each was taken up once"
        numbers = Fact.objects.filter(lead__isnull=False).values_list("lead", "lead_seq")
        assert len(set(numbers)) == len(numbers)

    def test_give_the_grace_of_an_outage_once(self, world: World) -> None:
        note_beat(at=START)
        leads = [world.receive().lead for _ in range(8)]
        back = START + hours(9)
        given: list[int] = []
        assert together(4, lambda: given.append(note_beat(at=back))) == []
        assert sorted(given) == [0, 0, 0, 8]
        assert Fact.objects.filter(type="offer.extended").count() == len(leads)

    @postgresql
    def test_pass_over_a_vendor_that_another_holds(self, world: World) -> None:
        world.receive(at=START - hours(1))
        other = World.found("Rival")
        theirs = other.receive().lead
        held, done = Event(), Event()

        def hold() -> None:
            with transaction.atomic():
                Lead.objects.select_for_update().get(vendor=world.vendor)
                held.set()
                done.wait(10)
            connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            assert held.wait(10)
            with transaction.atomic():
                assert [lead.pk for lead in due_leads(at=START + hours(2))] == [theirs.pk]
        finally:
            done.set()
            holder.join()


class TestAnOutage:
    def test_gives_grace_although_the_reminder_was_missed_too(self, world: World) -> None:
        note_beat(at=START)
        lead = world.receive().lead
        back = START + hours(10)
        assert note_beat(at=back) == 1
        while act_on_due(at=back):
            pass
        assert world.offers(lead) == [("alpen", "open")]
        assert world.events(lead)[-2:] == ["offer.extended", "offer.reminded"]
        act_on_due(at=back + timedelta(minutes=30))
        assert world.offers(lead) == [("alpen", "expired"), ("bergmann", "open")]

    def test_gives_none_to_what_had_lapsed_before_or_lapses_after(self, world: World) -> None:
        early, late = world.receive(at=START).lead, world.receive(at=START + hours(9)).lead
        note_beat(at=START + hours(5))
        assert note_beat(at=START + hours(10)) == 0
        assert "offer.extended" not in world.events(early) + world.events(late)


class TestTheDeadlinesDuty:
    def test_gives_the_grace_before_it_lets_anything_expire(self, world: World) -> None:
        note_beat(at=START)
        lead = world.receive().lead
        look = duty("deadlines").begin(lambda: START + hours(10), Event())
        while look():
            pass
        assert world.offers(lead) == [("alpen", "open")]

    def test_notes_its_beat_seldom(self, world: World) -> None:
        at = [START]
        look = duty("deadlines").begin(lambda: at[0], Event())
        beats: list[datetime] = []
        for second in range(12):
            at[0] = START + timedelta(seconds=second)
            look()
            beats.append(WorkerBeat.objects.get().beat_at)
        assert len(set(beats)) == 3
        assert timedelta(0) < BEAT_EVERY < deadlines.OUTAGE / 10

    def test_goes_on_when_the_beat_fails(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        lead = world.receive().lead

        def failing(*, at: datetime) -> int:
            raise RuntimeError("boom")

        monkeypatch.setattr("partidor.inbound.clock.due.note_beat", failing)
        look = duty("deadlines").begin(lambda: START + hours(2), Event())
        assert look() == 1
        assert world.events(lead)[-1] == "offer.reminded"

    def test_asks_the_database_once_when_nothing_is_due(self, world: World, django_assert_num_queries: Any) -> None:
        look = duty("deadlines").begin(lambda: START, Event())
        look()
        with django_assert_num_queries(1):
            look()
        look = duty("outbox").begin(lambda: START, Event())
        with django_assert_num_queries(2):
            look()


class TestTheHousekeepingDuty:
    def test_keeps_the_ledgers_although_measuring_fails(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*, at: datetime) -> int:
            raise RuntimeError("no figures today")

        monkeypatch.setattr("partidor.inbound.clock.due.measure_networks", broken)
        duty("housekeeping").begin(lambda: START, Event())()
        assert LedgerWeek.objects.filter(vendor=world.vendor).count() == 1
