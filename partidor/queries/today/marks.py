"""One thing that needs a channel manager, as it is shown: with its reason in facts, and with its remedies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from partidor.access.viewer import Viewer

ALONE = {
    "unassigned": 4,
    "clock": 2,
    "spam": 2,
    "lapsing": 3,
    "archived": 2,
    "skips": 2,
    "review": 2,
    "stalled": 1,
}
"""Up to how many leads (or partners) of a kind stand each for itself; of review and stalled, more are told as one."""
KIND = {
    "no_rule": "unassigned",
    "no_partner": "unassigned",
    "nobody_left": "unassigned",
    "routing-failed": "unassigned",
    "declined-as-spam": "spam",
    "partner-archived": "archived",
    "clock-failed": "clock",
    "review": "review",
    "stalled": "stalled",
}
"""What each attention reason of a lead is listed as."""
ORDER = ("unassigned", "clock", "spam", "lapsing", "archived", "skips", "review", "stalled", "mails")
NEEDS = {
    "assign": "leads:write",
    "reroute": "leads:write",
    "again": "leads:write",
    "release": "leads:write",
    "pause": "partners:write",
}
"""The scope that a remedy needs; any other only leads somewhere."""


@dataclass(frozen=True, slots=True)
class LeadMark:
    """A lead by what one calls it: ``title`` is the company, or else what is wanted."""

    ref: str
    title: str
    temperature: str


@dataclass(frozen=True, slots=True)
class PartnerMark:
    """A partner by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Why:
    """The reason in facts: ``reason`` is a code (domain/words.py names it), the rest is what its sentence says.

    Of leads without a partner: ``rules`` that hold, by position, or the one that ran; ``excluded`` counts partners by
    the code why they are out; ``gone`` and ``expired`` count those who were asked. Of many: ``parts`` counts them by
    name (of a partner, a source or a reason), the most first.
    """

    reason: str
    rules: tuple[int, ...] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    gone: int = 0
    expired: int = 0
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs somebody.

    ``count`` is how many leads, offers or mails it is about. It began at ``since``; offers lapse from ``until`` to
    ``last``. ``ready`` counts the offers after which somebody else is asked, the mails that are still tried, or the
    exclusive offers in all of a partner that let some pass. ``days`` is the follow-up gap. ``remedies`` are codes, the
    best last, those that the viewer may use.
    """

    kind: str
    count: int
    why: Why
    lead: LeadMark | None = None
    partner: PartnerMark | None = None
    since: datetime | None = None
    until: datetime | None = None
    last: datetime | None = None
    ready: int = 0
    days: int = 0
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttentionList:
    """What needs somebody, and how many things more there are."""

    items: tuple[Attention, ...]
    more: int


def allowed(viewer: Viewer, remedies: Sequence[str]) -> tuple[str, ...]:
    """Leave of some remedies those that the viewer may use; who may use none can open it."""
    usable = tuple(remedy for remedy in remedies if remedy not in NEEDS or viewer.may(NEEDS[remedy]))
    return usable or ("open",)
