"""The one door across vendors: what is due, for the clock and the dispatcher, claimed and leased."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F

from partidor.models import Delivery, Lead, Notice, WorkerBeat
from partidor.models.ids import uuid7
from partidor.models.rows import DueRow

LEASE = timedelta(seconds=8)
"""How long a claim holds: the work of a killed worker is taken up again within 10 s."""
LAST_TRY = 12

Work = TypeVar("Work", bound=DueRow)


def due_leads(*, at: datetime, limit: int = 100) -> list[Lead]:
    """Lock up to ``limit`` due leads of the vendor whose lead has waited longest, in the order of their ids.

    To be called inside a transaction, which is the lease: if the worker dies, the database lets go of them.
    """
    lock = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
    first = Lead.objects.filter(next_action_at__lte=at).order_by("next_action_at").first()
    if first is None:
        return []
    due = Lead.objects.filter(next_action_at__lte=at, vendor_id=first.vendor_id).select_related("source")
    kind_first = due.order_by("next_action_at")[:limit]
    leads = list(kind_first.select_for_update(of=("self",), **lock))  # type: ignore[arg-type]
    return sorted(leads, key=lambda lead: lead.pk)


def claim(model: type[Work], *, at: datetime, limit: int) -> list[Work]:
    """Lease up to ``limit`` due rows to the caller; their attempts are counted. Others skip them."""
    lock = {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}
    with transaction.atomic():
        due = model._default_manager.filter(due_at__lte=at).order_by("due_at")[:limit]
        ids = list(due.select_for_update(**lock).values_list("pk", flat=True))  # type: ignore[arg-type]
        if not ids:
            return []
        lease = uuid7()
        model._default_manager.filter(pk__in=ids).update(
            lease=lease, due_at=at + LEASE, attempts=F("attempts") + 1
        )
    return list(model._default_manager.filter(lease=lease))


def finish(work: DueRow, **columns: object) -> bool:
    """Finish leased work; False if the lease has passed to somebody else meanwhile."""
    rows = type(work)._default_manager.filter(pk=work.pk, lease=work.lease)
    return bool(rows.update(due_at=None, lease=None, **columns))


def push_ahead(work: DueRow, *, at: datetime, error: str, **when_over: object) -> None:
    """Try failed work again later (2, 4, 8 … seconds, at most an hour), and give up after the last try."""
    rows = type(work)._default_manager.filter(pk=work.pk, lease=work.lease)
    if work.attempts >= LAST_TRY:
        rows.update(due_at=None, lease=None, last_error=error[:300], **when_over)
    else:
        wait = timedelta(seconds=min(2**work.attempts, 3600))
        rows.update(due_at=at + wait, lease=None, last_error=error[:300])


def beat(*, at: datetime) -> datetime | None:
    """Note that a worker looks at the clock; return when one last did, None if never. Locks the row until commit."""
    row, made = WorkerBeat.objects.select_for_update().get_or_create(pk=1, defaults={"beat_at": at})
    if made:
        return None
    WorkerBeat.objects.filter(pk=1, beat_at__lt=at).update(beat_at=at)
    return row.beat_at


def lapsed_leads(*, since: datetime, at: datetime, limit: int) -> list[Lead]:
    """Lock offered leads whose round ended in an outage, in the order of their ids."""
    leads = (
        Lead.objects.filter(next_action_kind="expire", next_action_at__gt=since, next_action_at__lte=at)
        .order_by("next_action_at")
        .select_for_update()[:limit]
    )
    return sorted(leads, key=lambda lead: lead.pk)


def notice_of(delivery: Delivery) -> Notice:
    """Return what a delivery tells, with everything its words need."""
    return Notice.objects.select_related("vendor", "lead__source", "offer", "partner").get(pk=delivery.notice_id)
