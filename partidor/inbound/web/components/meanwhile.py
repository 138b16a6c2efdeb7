"""Somebody was quicker: what changed while a form was being filled in, and by whom. For both faces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import QueryDict

from partidor.domain.intake.entries import Entries
from partidor.inbound.web.components.wording import publisher
from partidor.queries.partners.changes import LastChange


@dataclass(frozen=True, slots=True)
class ChangeSaid:
    """One difference in words: what it is about, how it was, how it is now."""

    about: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Who changed what while the form was open; ``mine``: the reader, in another window."""

    by: str
    mine: bool
    at: datetime | None
    lines: Sequence[ChangeSaid]


def meanwhile(last: LastChange | None, lines: Sequence[ChangeSaid]) -> Meanwhile:
    """Say who changed what."""
    if last is None:
        return Meanwhile("", mine=False, at=None, lines=lines)
    return Meanwhile(publisher(last.by), last.mine, last.at, lines)


def shown_before(post: QueryDict) -> Entries | None:
    """Read what the form showed before it was filled in, as it carries it along; None if it does not."""
    try:
        shown = json.loads(post.get("shown", ""))
    except ValueError:
        return None
    return shown if isinstance(shown, dict) else None
