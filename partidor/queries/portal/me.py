"""The person itself: for whom it works, whether they take offers now, and who its colleagues are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.network import colleagues_of
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotAllowed
from partidor.models import Membership
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class MyPartner:
    """One partner that the person works for, and whether it takes new offers."""

    id: UUID
    name: str
    vendor: str
    role: str
    steers: bool
    """Whether the person may pause it and invite people to it."""
    paused: bool
    paused_until: datetime | None
    pause_reason: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person who works for the same partner."""

    name: str
    email: str
    role: str
    partner: str
    own: bool
    """Whether it is the viewer."""


@dataclass(frozen=True, slots=True)
class Me:
    """The person with its partners and one page of colleagues, the oldest first."""

    name: str
    email: str
    language: str
    partners: Sequence[MyPartner]
    colleagues: Page[Colleague]


def me(viewers: Sequence[Viewer], wanted: Wanted) -> Me:
    """Show a person who has signed in as somebody of a partner, or of several. Raises NotAllowed."""
    own, roles = viewers[0].id, _roles(viewers)
    mine = _own_roles(viewers)
    if not mine:  # the last role ended since the door was opened
        raise NotAllowed(needs="a role at a partner")
    found = page(roles, wanted, by="created_at", newest_first=False)
    person = mine[0].person
    return Me(
        name=person.name,
        email=person.email,
        language=person.language,
        partners=_partners(mine, viewers, wanted.at),
        colleagues=found.of(
            [
                Colleague(
                    row.shown_name,
                    row.person.email,
                    row.role,
                    row.partner.name if row.partner else "",
                    str(row.person_id) == own,
                )
                for row in found.items
            ]
        ),
    )


def paused_partners(viewers: Sequence[Viewer], *, at: datetime) -> list[MyPartner]:
    """List those of the person's partners that are paused, in one statement."""
    return [partner for partner in _partners(_own_roles(viewers), viewers, at) if partner.paused]


def _roles(viewers: Sequence[Viewer]) -> QuerySet[Membership]:
    return colleagues_of(viewers).filter(active=True, person__is_active=True)


def _own_roles(viewers: Sequence[Viewer]) -> list[Membership]:
    return list(_roles(viewers).filter(person_id=viewers[0].id).order_by("created_at", "pk"))


def _partners(mine: Sequence[Membership], viewers: Sequence[Viewer], at: datetime) -> list[MyPartner]:
    eyes = {viewer.partner_id: viewer for viewer in viewers}
    return [
        MyPartner(
            id=row.partner.pk,
            name=row.partner.name,
            vendor=row.vendor.name,
            role=row.role,
            steers=eyes[row.partner.pk].may_steer(row.partner.pk),
            paused=row.partner.paused(at),
            paused_until=row.partner.paused_until if row.partner.paused(at) else None,
            pause_reason=row.partner.pause_reason if row.partner.paused(at) else "",
        )
        for row in mine
        if row.partner is not None
    ]
