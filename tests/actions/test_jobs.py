"""Jobs: put in line, taken up, cancelled; each by whoever may, and each once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from partidor.access.due import LEASE
from partidor.access.jobs import BACKTEST, IMPORT_LEADS, IMPORT_PARTNERS, KINDS, job_for
from partidor.access.viewer import Viewer
from partidor.actions.jobs import (
    MOST_WAITING,
    TRIES,
    TooManyJobs,
    advance_job,
    cancel_job,
    fail_job,
    finish_job,
    put_back_job,
    start_job,
    take_up_job,
)
from partidor.domain.refusal import NotAllowed, NotFound, NotPossibleNow
from partidor.inbound.clock.jobs import KINDS as WORK
from partidor.models import Job
from tests.world import START, World

SECOND = timedelta(seconds=1)


def started(world: World, number: int = 1) -> Job:
    return start_job("backtest", {"number": number}, by=world.manager, at=START)[0]


def again(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


class TestStartJob:
    def test_puts_it_in_line(self, world: World) -> None:
        job = again(started(world))
        assert (job.state, job.progress, job.due_at, job.by_id) == ("waiting", 0, START, world.manager.id)

    def test_twice_is_the_same_until_it_has_ended(self, world: World) -> None:
        first = started(world)
        second, repeated = start_job("backtest", {"number": 1}, by=world.manager, at=START)
        assert (second.pk, repeated) == (first.pk, True)
        assert started(world, 2).pk != first.pk
        cancel_job(first.pk, by=world.manager, at=START)
        assert started(world).pk != first.pk

    def test_is_refused_when_too_many_wait(self, world: World) -> None:
        for number in range(MOST_WAITING):
            started(world, number)
        with pytest.raises(TooManyJobs):
            started(world, MOST_WAITING)
        assert Job.objects.count() == MOST_WAITING

    def test_is_not_for_partners(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            start_job("backtest", {}, by=world.seen_by("alpen"), at=START)


class TestTakeUpJob:
    def test_gives_each_to_one(self, world: World) -> None:
        job = started(world)
        held = take_up_job(at=START)
        assert held is not None
        assert held.pk == job.pk
        assert again(job).state == "running"
        assert take_up_job(at=START) is None

    def test_begins_anew_when_the_lease_has_run_out(self, world: World) -> None:
        started(world)
        dead = take_up_job(at=START)
        assert dead is not None
        assert advance_job(dead, 0.5, at=START + SECOND)
        assert take_up_job(at=START + LEASE) is None, "noting the progress has held it for longer"
        later = START + SECOND + LEASE
        held = take_up_job(at=later)
        assert held is not None
        assert again(held).progress == 0
        assert not advance_job(dead, 0.6, at=later), "the first has lost it"
        assert not finish_job(dead, {"leads": 1}, at=later)
        assert finish_job(held, {"leads": 2}, at=later)
        done = again(held)
        assert (done.state, done.progress, done.result, done.due_at) == ("done", 100, {"leads": 2}, None)

    def test_gives_up_what_kills_its_workers(self, world: World) -> None:
        job, at = started(world), START
        for _ in range(TRIES):
            assert take_up_job(at=at) is not None
            at += LEASE
        assert take_up_job(at=at) is None
        failed = again(job)
        assert (failed.state, failed.due_at) == ("failed", None)
        assert "three tries" in failed.error


class TestFailJob:
    def test_tries_again_and_gives_up_with_a_sentence(self, world: World) -> None:
        job, at = started(world), START
        for number in range(1, TRIES + 1):
            held = take_up_job(at=at)
            assert held is not None
            fail_job(held, RuntimeError("boom"), at=at)
            assert again(job).state == ("waiting" if number < TRIES else "failed")
            assert take_up_job(at=at) is None
            at += timedelta(minutes=1)
        assert "boom" not in again(job).error
        assert "boom" in again(job).last_error

    def test_ends_at_once_for_what_no_try_mends(self, world: World) -> None:
        job = started(world)
        held = take_up_job(at=START)
        assert held is not None
        fail_job(held, NotFound(what="ruleset version"), at=START)
        assert (again(job).state, again(job).error) == ("failed", NotFound(what="ruleset version").sentence)


class TestPutBackJob:
    def test_is_taken_up_at_once_and_counts_no_try(self, world: World) -> None:
        job = started(world)
        for _ in range(TRIES + 2):
            held = take_up_job(at=START)
            assert held is not None
            put_back_job(held, at=START)
        assert again(job).state == "waiting"


class TestCancelJob:
    def test_stops_whoever_is_at_it(self, world: World) -> None:
        job = started(world)
        held = take_up_job(at=START)
        assert held is not None
        cancelled, repeated = cancel_job(job.pk, by=world.manager, at=START)
        assert (cancelled.state, repeated) == ("cancelled", False)
        assert not advance_job(held, 0.5, at=START)
        assert not finish_job(held, {}, at=START)
        fail_job(held, RuntimeError("boom"), at=START)
        put_back_job(held, at=START)
        assert again(job).state == "cancelled"
        assert take_up_job(at=START + LEASE * 2) is None

    def test_twice_says_so(self, world: World) -> None:
        job = started(world)
        cancel_job(job.pk, by=world.manager, at=START)
        assert cancel_job(job.pk, by=world.manager, at=START)[1] is True

    def test_is_refused_when_it_is_done(self, world: World) -> None:
        job = started(world)
        held = take_up_job(at=START)
        assert held is not None
        finish_job(held, {"leads": 1}, at=START)
        with pytest.raises(NotPossibleNow):
            cancel_job(job.pk, by=world.manager, at=START)
        assert again(job).result == {"leads": 1}

    def test_is_not_for_others(self, world: World) -> None:
        job = started(world)
        with pytest.raises(NotFound):
            cancel_job(job.pk, by=World.found("Rival").manager, at=START)
        with pytest.raises(NotAllowed):
            cancel_job(job.pk, by=world.seen_by("alpen"), at=START)
        assert again(job).state == "waiting"


class TestTheKinds:
    @pytest.mark.parametrize(
        ("kind", "may", "may_not"),
        [
            (BACKTEST, "rules:write", "leads:write"),
            (IMPORT_LEADS, "leads:write", "partners:write"),
            (IMPORT_PARTNERS, "partners:write", "rules:write"),
        ],
    )
    def test_have_each_the_scopes_of_its_own(self, world: World, kind: str, may: str, may_not: str) -> None:
        one, other = (Viewer(world.vendor.pk, "key", "k", frozenset({scope})) for scope in (may, may_not))
        with pytest.raises(NotAllowed):
            start_job(kind, {}, by=other, at=START)
        job, _ = start_job(kind, {}, by=one, at=START)
        assert job_for(one, job.pk).pk == job.pk
        with pytest.raises(NotAllowed):
            job_for(other, job.pk)
        with pytest.raises(NotAllowed):
            cancel_job(job.pk, by=other, at=START)
        assert cancel_job(job.pk, by=one, at=START)[0].state == "cancelled"

    def test_of_back_tests_are_read_by_more_than_may_start_them(self, world: World) -> None:
        reader = Viewer(world.vendor.pk, "key", "k", frozenset({"rules:read"}))
        job = started(world)
        assert job_for(reader, job.pk).pk == job.pk
        with pytest.raises(NotAllowed):
            cancel_job(job.pk, by=reader, at=START)

    def test_are_those_that_a_worker_knows(self) -> None:
        assert set(KINDS) == set(WORK)
