"""The people of the vendor and of its partners, in one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from partidor.access.network import partners_of, people_of
from partidor.access.viewer import Viewer
from partidor.models import Membership
from partidor.queries.numbered import Numbered, holds_words, numbered_of

State = Literal["active", "invited", "deactivated"]


@dataclass(frozen=True, slots=True)
class SoughtPeople:
    """What the list is narrowed to; empty means everybody. ``whose`` is vendor or partners."""

    q: str = ""
    role: str = ""
    whose: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in one role; ``id`` is the role's. ``partner`` is empty at the vendor."""

    id: UUID
    name: str
    email: str
    role: str
    partner_id: UUID | None
    partner: str
    state: State
    since: datetime
    seen_at: datetime | None
    own: bool
    """Whether it is the viewer."""
    is_new: bool
    """Whether only the invitation stands between the person and this vendor: no password yet, and no other vendor."""
    link: str = ""
    """Where the invitation leads, if it is to be handed on."""


@dataclass(frozen=True, slots=True)
class PartnerChoice:
    """A partner that people can be invited to."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Team:
    """One page of people: first the vendor's, then by partner. ``all`` counts everybody."""

    lines: Numbered[PersonLine]
    all: int


def state_of(active: bool, seen_at: datetime | None) -> State:
    """Say how far somebody has come: a role counts from the invitation on, before anybody signs in."""
    return "deactivated" if not active else "active" if seen_at else "invited"


def team(viewer: Viewer, sought: SoughtPeople, *, page: int) -> Team:
    """List people in their roles. For administrators. Raises NotAllowed."""
    viewer.require_vendor("admin")
    everybody = [_line(viewer, row) for row in people_of(viewer)]
    shown = sorted((line for line in everybody if _fits(line, sought)), key=_place)
    return Team(numbered_of(shown, page), len(everybody))


def _line(viewer: Viewer, row: Membership) -> PersonLine:
    return PersonLine(
        id=row.pk,
        name=row.shown_name,
        email=row.person.email,
        role=row.role,
        partner_id=row.partner_id,
        partner=row.partner.name if row.partner else "",
        state=state_of(row.active, row.seen_at),
        since=row.created_at,
        seen_at=row.seen_at,
        own=str(row.person_id) == viewer.id,
        is_new=row.active and not row.person.password and not row.elsewhere,  # type: ignore[attr-defined]
    )


def _fits(line: PersonLine, sought: SoughtPeople) -> bool:
    if sought.role and line.role != sought.role:
        return False
    if sought.whose and sought.whose != ("partners" if line.partner_id else "vendor"):
        return False
    if sought.state and line.state != sought.state:
        return False
    return holds_words(f"{line.name} {line.email} {line.partner}", sought.q)


def _place(line: PersonLine) -> tuple[object, ...]:
    return line.partner_id is not None, line.partner.casefold(), line.name.casefold(), line.id


def partner_choices(viewer: Viewer) -> list[PartnerChoice]:
    """List the partners in use by name, for a form to choose from."""
    viewer.require_vendor("admin")
    rows = partners_of(viewer).filter(archived_at=None).values_list("pk", "name")
    return sorted((PartnerChoice(*row) for row in rows), key=lambda one: (one.name.casefold(), one.id))
