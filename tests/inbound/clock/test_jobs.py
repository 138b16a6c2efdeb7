"""The job runner: tells how far it has come, stops when it should, and survives the death of its process."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from partidor.access.jobs import BACKTEST
from partidor.actions.jobs import TRIES, cancel_job, start_job
from partidor.actions.rules import change_draft
from partidor.domain.refusal import NotFound
from partidor.inbound.clock import jobs
from partidor.inbound.clock.jobs import run_due_job
from partidor.models import Job
from partidor.queries.backtests.run import comparison_of
from tests.serving import database_url
from tests.waiting import soon
from tests.world import ALL_AT_ONCE, START, World, hours


def ticking(seconds: float = 0.4) -> Callable[[], datetime]:
    """A clock that goes on by so much at every look."""
    ticks = itertools.count()
    return lambda: START + timedelta(seconds=seconds * next(ticks))


@pytest.fixture
def at_work(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Iterator[Any]]], None]:
    """Let jobs do something else."""

    def put(steps: Callable[[], Iterator[Any]]) -> None:
        monkeypatch.setitem(jobs.KINDS, BACKTEST, lambda by, wanted: steps())

    return put


def job(world: World, wanted: Mapping[str, object] | None = None) -> Job:
    return start_job(BACKTEST, wanted or {}, by=world.manager, at=START)[0]


def again(one: Job) -> Job:
    return Job.objects.get(pk=one.pk)


class TestRunDueJob:
    def test_has_nothing_to_do_most_of_the_time(self, world: World) -> None:
        assert run_due_job(ticking(), Event()) == 0

    def test_notes_the_progress_once_a_second_at_most(self, world: World, at_work: Any) -> None:
        one, seen = job(world), []

        def steps() -> Iterator[Any]:
            for number in range(10):
                yield number / 10
                seen.append(again(one).progress)
            yield {"leads": 10}

        at_work(steps)
        assert run_due_job(ticking(0.4), Event()) == 1
        assert seen == [0, 0, 20, 20, 20, 50, 50, 50, 80, 80]
        assert (again(one).state, again(one).progress, again(one).result) == ("done", 100, {"leads": 10})

    def test_stops_when_cancelled(self, world: World, at_work: Any) -> None:
        one, steps_done = job(world), []

        def steps() -> Iterator[Any]:
            for number in range(100):
                if number == 3:
                    cancel_job(one.pk, by=world.manager, at=START)
                steps_done.append(number)
                yield number / 100
            yield {}

        at_work(steps)
        run_due_job(ticking(), Event())
        assert len(steps_done) < 10
        assert (again(one).state, again(one).result) == ("cancelled", None)

    def test_puts_it_back_when_the_worker_ends(self, world: World, at_work: Any) -> None:
        one, stop = job(world), Event()

        def steps() -> Iterator[Any]:
            stop.set()
            yield 0.1
            raise AssertionError("it went on")

        at_work(steps)
        run_due_job(lambda: START, stop)
        assert (again(one).state, again(one).due_at, again(one).attempts) == ("waiting", START, 0)

    def test_tries_a_failure_again_and_tells_in_a_sentence(self, world: World, at_work: Any) -> None:
        one, clock = job(world), ticking(60)

        def steps() -> Iterator[Any]:
            yield 0.1
            raise RuntimeError("boom")

        at_work(steps)
        for _ in range(TRIES):
            assert run_due_job(clock, Event()) == 1
        assert run_due_job(clock, Event()) == 0
        assert again(one).state == "failed"
        assert again(one).error

    def test_ends_for_a_refusal_at_once(self, world: World, at_work: Any) -> None:
        one = job(world)

        def steps() -> Iterator[Any]:
            yield 0.1
            raise NotFound(what="ruleset version")

        at_work(steps)
        run_due_job(ticking(), Event())
        assert (again(one).state, again(one).error) == ("failed", NotFound(what="ruleset version").sentence)

    def test_does_a_backtest(self, world: World) -> None:
        for hour in range(3):
            world.receive(at=START + hours(hour))
        change_draft(ALL_AT_ONCE, if_match=None, by=world.manager, at=START)
        at = START + hours(4)
        one = job(world, comparison_of(world.clock, 0, None, None, at=at).record())
        run_due_job(lambda: at, Event())
        assert again(one).state == "done"
        assert again(one).result["leads"] == 3  # type: ignore[index]


class TestAKilledWorker:
    def test_is_followed_by_another_that_begins_anew(self, world: World, tmp_path: Path) -> None:
        """Two processes of the product: the first is killed in the middle, the second ends the job."""
        world.receive()
        wanted = comparison_of(world.clock, 1, None, START + hours(1), at=START).record()
        one = job(world, wanted)
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PARTIDOR_")},
            "PARTIDOR_HOME": str(tmp_path),
            "PARTIDOR_DATABASE_URL": database_url(),
            "DJANGO_SETTINGS_MODULE": "partidor.config.settings",
        }

        def worker(words: str) -> subprocess.Popen[bytes]:
            run = (
                "import django, time; django.setup()\n"
                "from threading import Event\n"
                "from datetime import UTC, datetime\n"
                "from partidor.inbound.clock import jobs\n"
                f"{words}\n"
                "while not jobs.run_due_job(lambda: datetime.now(UTC), Event()): time.sleep(0.1)\n"
            )
            return subprocess.Popen([sys.executable, "-c", run], env=environment)

        slow = (
            "whole = jobs.KINDS['backtest']\n"
            "def steps(by, wanted):\n"
            "    for number in range(1000):\n"
            "        time.sleep(0.1); yield number / 1000\n"
            "jobs.KINDS['backtest'] = steps"
        )
        first = worker(slow)
        assert soon(lambda: again(one).progress > 0, 40)
        first.send_signal(signal.SIGKILL)
        first.wait()
        half = again(one)
        assert (half.state, half.attempts) == ("running", 1)
        second = worker("")
        assert soon(lambda: again(one).state == "done", 40)
        second.wait(10)
        done = again(one)
        assert (done.attempts, done.progress, done.error) == (2, 100, "")
        assert done.result["leads"] == 1  # type: ignore[index]
