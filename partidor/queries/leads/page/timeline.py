"""What happened to a lead, newest first: one line for each thing, with who did it; the words are the page's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from partidor.models import Event, Offer
from partidor.queries.leads.page.dossier import Dossier

SHOWN = 50
"""How many lines are shown unless all are asked for."""
_TOGETHER = ("offer.opened", "offer.superseded", "offer.withdrawn", "offer.expired", "offer.reminded", "offer.extended")
"""What happens to several offers at once makes one line."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a person, a key, or Partidor itself (``system``); ``partner`` is whom it works for, if for one."""

    kind: str
    name: str
    partner: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line: an event's type (or ``offer.seen``, ``customer.same``, ``customer.other``), its partners, its facts."""

    type: str
    at: datetime
    by: Actor
    partners: tuple[str, ...] = ()
    other: str = ""
    """The partner that had the lead before, or that it went to; the other customer."""
    exclusive: bool = False
    reason: str = ""
    note: str = ""
    until: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def happenings(kept: Dossier) -> list[Happening]:
    """List everything that happened, newest first."""
    offers = {str(offer.pk): offer for offer in kept.offers}
    lines: list[tuple[datetime, int, Happening]] = []
    for event in kept.events:
        if event.type == "lead.duplicate_flagged" and event.data.get("customer") != str(kept.lead.customer_id):
            continue  # a person said so: told below, with whom
        line = _line(kept, event, offers.get(str(event.data.get("offer", ""))))
        if lines and line.type == "lead.offered" and lines[-1][2].type == "offer.opened":
            at, seq, last = lines[-1]
            lines[-1] = at, seq, replace(last, facts={**last.facts, **line.facts})  # the round itself adds no line
        elif lines and _is_same(lines[-1][2], line):
            at, seq, last = lines[-1]
            lines[-1] = at, seq, replace(last, partners=(*last.partners, *line.partners))
        else:
            lines.append((event.at, event.lead_seq, line))
    lines += [
        (
            offer.seen_at,
            len(kept.events) + 1,
            Happening("offer.seen", offer.seen_at, _PARTIDOR, (kept.name(offer.partner_id),)),
        )
        for offer in kept.offers
        if offer.seen_at is not None
    ]
    for card in kept.duplicates:
        if card.said_by and card.said_at:
            by, kind = actor_of(kept, card.said_by), "customer.same" if card.same else "customer.other"
            said = Happening(kind, card.said_at, by, other=card.company or card.ref)
            lines.append((card.said_at, len(kept.events) + 1, said))
    return [line for _, _, line in sorted(lines, key=lambda each: each[:2], reverse=True)]


_PARTIDOR = Actor("system", "", "")


def _is_same(last: Happening, line: Happening) -> bool:
    return line.type in _TOGETHER and (last.type, last.at, last.by) == (line.type, line.at, line.by)


def _line(kept: Dossier, event: Event, offer: Offer | None) -> Happening:
    known = ("offer", "partner", "to", "before", "reason", "until", "expires_at", "closed_at", "decision", "customer")
    partner, other = event.data.get("partner"), event.data.get("to") or event.data.get("before")
    until = event.data.get("until") or event.data.get("expires_at")
    opened = offer is not None and event.type == "offer.opened"
    told = event.type in ("offer.declined", "lead.assigned")
    return Happening(
        type=event.type,
        at=event.at,
        by=actor_of(kept, {"kind": event.by_kind, "id": event.by_id}),
        partners=(kept.name(partner),) if partner else (),
        other=kept.name(other),
        exclusive=opened and offer is not None and offer.exclusive,
        reason=str(event.data.get("reason", "")),
        note=offer.note if told and offer is not None else "",
        until=offer.expires_at if opened and offer else datetime.fromisoformat(until) if until else None,
        facts={name: value for name, value in event.data.items() if name not in known},
    )


def actor_of(kept: Dossier, by: Mapping[str, str]) -> Actor:
    """Name who did something."""
    kind = by["kind"]
    if kind not in ("person", "key"):
        return _PARTIDOR
    found = kept.named(by["id"])
    return Actor(kind, found.name, kept.name(found.partner)) if found else Actor(kind, "", "")
