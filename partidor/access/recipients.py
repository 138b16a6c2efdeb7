"""Who is told: the people of a partner, the channel managers, or one person. Decided here and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from partidor.domain.languages import first_spoken
from partidor.models import Membership, Notice
from partidor.models.person import PARTNER_ROLES

MANAGERS = ("administrator", "channel_manager")


@dataclass(frozen=True, slots=True)
class Recipient:
    """An address, the language to write in, and the role in which it is told (empty for a partner's own address)."""

    address: str
    language: str
    role: str = ""


def recipients_of(notices: Iterable[Notice]) -> dict[UUID, tuple[Recipient, ...]]:
    """Return whom each notice is for now, by its id; the notices carry vendor, partner and person.

    A notice with a person is for that person while it has the role; one with a partner is for the partner's
    people, or for the partner's own address while it has none; any other is for the vendor's channel managers
    and administrators. An archived partner is told nothing more.
    """
    listed = list(notices)
    people = _people(listed)
    return {notice.pk: _recipients(notice, people) for notice in listed}


def _people(notices: Sequence[Notice]) -> dict[tuple[UUID, UUID | None], list[Membership]]:
    people: dict[tuple[UUID, UUID | None], list[Membership]] = defaultdict(list)
    partners = {notice.partner_id for notice in notices if notice.partner_id}
    vendors = {notice.vendor_id for notice in notices if not notice.partner_id}
    wanted = Q(pk=None)
    if partners:
        wanted |= Q(partner_id__in=partners, role__in=PARTNER_ROLES)
    if vendors:
        wanted |= Q(vendor_id__in=vendors, partner_id=None)
    active = Membership.objects.filter(wanted, active=True, person__is_active=True)
    for membership in active.select_related("person").order_by("created_at", "pk"):
        people[membership.vendor_id, membership.partner_id].append(membership)
    return people


def _recipients(notice: Notice, people: dict[tuple[UUID, UUID | None], list[Membership]]) -> tuple[Recipient, ...]:
    partner, vendor = notice.partner, notice.vendor
    if partner is not None and partner.archived_at:
        return ()
    members = people.get((notice.vendor_id, notice.partner_id), [])
    if notice.person_id is not None:
        members = [member for member in members if member.person_id == notice.person_id]
    elif partner is None:
        members = [member for member in members if member.role in MANAGERS]
    elif not members and partner.email:
        return (Recipient(partner.email.casefold(), first_spoken((partner.language, vendor.language))),)
    tongue = partner.language if partner is not None else ""
    return tuple(
        Recipient(member.person.email, first_spoken((member.person.language, tongue, vendor.language)), member.role)
        for member in members
    )
