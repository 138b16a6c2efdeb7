"""How long partners were paused, told from what happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def paused_for(
    told: Iterable[tuple[str, datetime, datetime | None]], *, since: datetime | None, at: datetime
) -> timedelta:
    """Add up the pauses of one partner in a span that ends now.

    ``told`` is what happened, oldest first: ``paused`` or ``resumed``, when, and until when a pause was to last.
    """
    whole = timedelta()
    began: datetime | None = None
    ends: datetime | None = None
    for what, when, until in [*told, ("end", at, None)]:
        if began is not None:
            start, end = max(began, since or began), min(when, ends or when, at)
            whole += max(timedelta(), end - start)
        began, ends = (when, until) if what == "paused" else (None, None)
    return whole
