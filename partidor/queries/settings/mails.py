"""Mails that were written and kept because no mail server is set. Those that open a door are shown to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from partidor.access.attention import deliveries_of
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.models import Delivery
from partidor.queries.numbered import Numbered, numbered

SECRET = ("person.code", "person.reset", "person.invited")
"""Notices whose mail holds a code or a link that signs in whoever has it."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """A kept mail in the list."""

    id: UUID
    subject: str
    address: str
    partner: str
    written_at: datetime
    ref: str
    """The lead it is about, if any."""


@dataclass(frozen=True, slots=True)
class KeptMail(MailLine):
    """A kept mail with its text, and as it looks."""

    text: str
    html: str


def kept_mails(viewer: Viewer, *, page: int) -> Numbered[MailLine]:
    """List the kept mails, newest first. For whoever steers leads. Raises NotAllowed."""
    rows = _kept(viewer)
    found = numbered(rows.count(), page, lambda start, end: list(rows.order_by("-created_at", "-id")[start:end]))
    return found.of([MailLine(*_columns(row)) for row in found.items])


def one_mail(viewer: Viewer, mail_id: UUID) -> KeptMail:
    """Show one kept mail. Raises NotFound, NotAllowed."""
    if (row := _kept(viewer).filter(pk=mail_id).first()) is None:
        raise NotFound(what="mail")
    return KeptMail(*_columns(row), row.text, row.html)


def _kept(viewer: Viewer) -> QuerySet[Delivery]:
    viewer.require_vendor("leads:write")
    kept = deliveries_of(viewer).filter(outcome="kept", channel="mail").exclude(notice__kind__in=SECRET)
    return kept.select_related("notice__partner", "notice__lead")


def _columns(row: Delivery) -> tuple[UUID, str, str, str, datetime, str]:
    partner, lead = row.notice.partner, row.notice.lead
    at = row.done_at or row.created_at
    return row.pk, row.subject, row.address, partner.name if partner else "", at, lead.ref if lead else ""
