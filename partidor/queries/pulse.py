"""Whether the clock is running: what is promised of deadlines holds only while a worker looks at them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from partidor.access.due import last_beat

SILENT_AFTER = timedelta(seconds=60)
"""A worker notes a beat every few seconds."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """When a worker last looked, None if never; and whether that is recent enough."""

    beat_at: datetime | None
    alive: bool


def pulse(*, at: datetime) -> Pulse:
    """Say whether a worker runs. One statement."""
    beat_at = last_beat()
    return Pulse(beat_at, beat_at is not None and at - beat_at < SILENT_AFTER)
