"""What is due → which action, and how often to look."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from threading import Event

from django.conf import settings
from django.db import InterfaceError, OperationalError

from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.ledger import keep_weeks
from partidor.actions.once import forget_old_answers
from partidor.actions.outbox import address_notices
from partidor.actions.suitability import measure_networks
from partidor.inbound.clock.jobs import run_due_job
from partidor.inbound.files.uploads import forget_old_uploads
from partidor.outbound.dispatch import dispatch_due

log = logging.getLogger(__name__)
LOST = (OperationalError, InterfaceError)
BEAT_EVERY = timedelta(seconds=5)
"""Far below the outage of five minutes, and seldom enough to cost nothing."""

Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Duty:
    """Something a worker looks after, in a thread of its own: what may hang must not hold up a deadline."""

    name: str
    every: float
    """Seconds between two looks when nothing was due."""
    begin: Callable[[Now, Event], Callable[[], int]]
    """Makes what is called at every look; that returns how much was done, and is called again at once if anything."""


def _deadlines(now: Now, stop: Event) -> Callable[[], int]:
    """Note a beat before the first sweep: after an outage the grace must be given before anything expires."""
    noted: datetime | None = None

    def look() -> int:
        nonlocal noted
        at = now()
        if noted is None or not noted <= at < noted + BEAT_EVERY:
            try:
                note_beat(at=at)
            except LOST:
                raise
            except Exception:
                log.exception("the beat could not be noted; deadlines go on without it")
            noted = at
        return act_on_due(at=at)

    return look


def _outbox(now: Now, stop: Event) -> Callable[[], int]:
    return lambda: address_notices(at=now()) + dispatch_due(now=now, stop=stop)


def _jobs(now: Now, stop: Event) -> Callable[[], int]:
    return lambda: run_due_job(now, stop)


def _housekeeping(now: Now, stop: Event) -> Callable[[], int]:
    def look() -> int:
        for step in (forget_old_answers, forget_old_uploads, measure_networks, keep_weeks, _forget_sessions):
            try:
                step(at=now())
            except LOST:
                raise
            except Exception:
                log.exception("%s failed; the other work goes on", step.__name__)
        return 0

    return look


def _forget_sessions(*, at: datetime) -> None:
    """Forget the sessions that have run out: Django's store knows which by its own clock."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


DUTIES = (
    Duty("deadlines",    0.3,    _deadlines),
    Duty("outbox",       0.3,    _outbox),
    Duty("jobs",         0.5,    _jobs),
    Duty("housekeeping", 3600.0, _housekeeping),
)  # fmt: skip
