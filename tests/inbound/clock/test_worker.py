"""A worker goes on: past failures, past a hanging neighbour, until it is told to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import OperationalError, connection

from partidor.inbound.clock import worker
from partidor.inbound.clock.due import DUTIES, Duty
from partidor.inbound.clock.worker import run_worker
from partidor.models import Delivery, Lead
from tests.waiting import soon
from tests.world import World, hours

postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection to lose")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "AFTER_FAILURE", 0.05)
    monkeypatch.setattr(worker, "ENDS_WITHIN", 2.0)


@contextmanager
def running(*duties: Duty) -> Iterator[Event]:
    stop = Event()
    thread = threading.Thread(target=lambda: run_worker(stop, duties=duties or DUTIES))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def fake(name: str, look: Callable[[], int]) -> Duty:
    return Duty(name, 0.01, lambda now, stop: look)


class TestRunWorker:
    @pytest.mark.parametrize("failure", [OperationalError("the connection is lost"), RuntimeError("boom")])
    def test_tries_again_after_a_failure(self, failure: Exception) -> None:
        looks: list[int] = []

        def look() -> int:
            looks.append(1)
            if len(looks) < 3:
                raise failure
            return 0

        with running(fake("one", look)):
            assert soon(lambda: len(looks) > 5)

    def test_lets_nothing_that_hangs_hold_up_a_deadline(self) -> None:
        looks: list[int] = []
        hanging = Event()

        def count() -> int:
            looks.append(1)
            return 0

        def hang() -> int:
            hanging.wait(10)
            return 0

        with running(fake("outbox", hang), fake("deadlines", count)):
            assert soon(lambda: len(looks) > 5)
            hanging.set()

    def test_looks_again_at_once_while_there_is_something_to_do(self) -> None:
        left = [50]

        def look() -> int:
            left[0] -= 1
            return max(0, left[0])

        with running(Duty("one", 60.0, lambda now, stop: look)):
            assert soon(lambda: left[0] == 0)

    def test_stops_when_told(self, world: World) -> None:
        with running() as stop:
            time.sleep(0.2)
            began = time.monotonic()
            stop.set()
        assert time.monotonic() - began < 2

    def test_acts_within_two_seconds_and_tells(self, world: World) -> None:
        with running():
            time.sleep(0.3)
            lead = world.receive(at=datetime.now(UTC) - hours(2)).lead
            began = time.monotonic()
            assert soon(lambda: world.events(lead)[-1] == "offer.reminded")
            assert time.monotonic() - began < 2
            assert soon(lambda: Delivery.objects.filter(notice__kind="offer.reminded", outcome="kept").exists())

    @postgresql
    def test_finds_its_database_again(self, world: World) -> None:
        with running():
            assert soon(lambda: others() >= 2)
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            lead = world.receive(at=datetime.now(UTC) - timedelta(hours=2)).lead
            assert soon(lambda: world.events(lead)[-1] == "offer.reminded")
            assert Lead.objects.exclude(attention_reason="").count() == 0


def others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
