"""The worker: looks after what falls due until it is told to stop. Any number may run side by side."""

from __future__ import annotations

import logging
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event, Thread

from django.db import connection

from partidor.inbound.clock.due import DUTIES, LOST, Duty, Now

log = logging.getLogger(__name__)
AFTER_FAILURE = 1.0
"""Seconds to wait after a failure: a database that restarts is back within some of them."""
ENDS_WITHIN = 12.0
"""Seconds that the duties get to come to an end. What is cut off then is taken up again by its lease."""


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def run_worker(stop: Event, *, now: Now = now_utc, duties: Sequence[Duty] = DUTIES) -> None:
    """Look after every duty, each in a thread of its own, until ``stop`` is set; then let each come to its end."""
    threads = [Thread(target=_look_after, args=(duty, now, stop), name=duty.name, daemon=True) for duty in duties]
    for thread in threads:
        thread.start()
    stop.wait()
    for thread in threads:
        thread.join(ENDS_WITHIN)


def stop_on_signals() -> Event:
    """Return an event that SIGTERM and SIGINT set; to be called in the main thread."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _look_after(duty: Duty, now: Now, stop: Event) -> None:
    look = duty.begin(now, stop)
    try:
        while not stop.is_set():
            try:
                done = look()
            except LOST as lost:
                log.warning("%s: the database is lost or busy, trying again: %s", duty.name, lost)
                connection.close()
                stop.wait(AFTER_FAILURE)
            except Exception:
                log.exception("%s failed, trying again", duty.name)
                stop.wait(max(AFTER_FAILURE, min(duty.every, 60.0)))
            else:
                if not done:
                    stop.wait(duty.every)
    finally:
        connection.close()
