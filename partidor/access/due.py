"""The one door across vendors: what is due, for the clock and the dispatcher, claimed and leased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partidor.models import Delivery, Lead, Notice, Offer, Vendor, WorkerBeat
from partidor.models.ids import uuid7
from partidor.models.rows import DueRow

LEASE = timedelta(seconds=8)
"""How long a claim holds: the work of a killed worker is taken up again within 10 s."""
LAST_TRY = 100
LONGEST_WAIT = 900
"""Seconds between the later tries: together about a day, so that a night without a mail server loses nothing."""

Work = TypeVar("Work", bound=DueRow)


def _skip_locked() -> dict[str, bool]:
    return {"skip_locked": True} if connection.features.has_select_for_update_skip_locked else {}


def vendors_in_use() -> list[UUID]:
    """Return every vendor, the oldest first."""
    return list(Vendor.objects.order_by("created_at", "pk").values_list("pk", flat=True))


def leads_are_due(*, at: datetime) -> bool:
    """Say whether any lead is due: a glance without a transaction, for nothing is due most of the time."""
    return Lead.objects.filter(next_action_at__lte=at).exists()


def due_leads(*, at: datetime, limit: int = 100, only: UUID | None = None) -> list[Lead]:
    """Lock up to ``limit`` due leads of the vendor whose lead has waited longest, in the order of their ids.

    Leads that somebody else holds are passed over, and so is a vendor whose every due lead is held.
    To be called inside a transaction, which is the lease: if the worker dies, the database lets go of them.
    """
    due = Lead.objects.filter(next_action_at__lte=at).order_by("next_action_at")
    if only is not None:
        due = due.filter(pk=only)
    first = due.select_for_update(**_skip_locked()).first()  # type: ignore[arg-type]
    if first is None:
        return []
    rest = due.filter(vendor_id=first.vendor_id).select_related("source")[:limit]
    leads = list(rest.select_for_update(of=("self",), **_skip_locked()))
    return sorted(leads, key=lambda lead: lead.pk)


def due_lead_ids(*, at: datetime, limit: int) -> list[UUID]:
    """Return the leads that have waited longest, unlocked."""
    due = Lead.objects.filter(next_action_at__lte=at).order_by("next_action_at")
    return list(due.values_list("pk", flat=True)[:limit])


def claim(model: type[Work], *, at: datetime, limit: int, along: Sequence[str] = ()) -> list[Work]:
    """Lease up to ``limit`` due rows to the caller, longest due first, and count the attempt. Others skip them.

    ``along`` names the relations to fetch with the rows.
    """
    rows = model._default_manager
    due = rows.filter(due_at__lte=at).order_by("due_at", "pk")
    if not due.exists():
        return []
    with transaction.atomic():
        ids = list(due.select_for_update(**_skip_locked()).values_list("pk", flat=True)[:limit])  # type: ignore[arg-type]
        if not ids:
            return []
        lease = uuid7()
        rows.filter(pk__in=ids).update(lease=lease, due_at=at + LEASE, attempts=F("attempts") + 1)
    mine = rows.filter(pk__in=ids, lease=lease)
    held = {row.pk: row for row in (mine.select_related(*along) if along else mine)}
    return [held[pk] for pk in ids if pk in held]


def claim_notices(*, at: datetime, limit: int) -> list[Notice]:
    """Lease notices that nobody has been told of yet, with what their recipients follow from."""
    return claim(Notice, at=at, limit=limit, along=["vendor", "partner", "person"])


def claim_deliveries(*, at: datetime, limit: int) -> list[Delivery]:
    """Lease deliveries that wait to be sent."""
    return claim(Delivery, at=at, limit=limit)


def renew(works: Iterable[DueRow], *, at: datetime) -> None:
    """Hold leased work for longer: whoever is still at it says so every few seconds."""
    for rows in _held(works):
        rows.update(due_at=at + LEASE)


def finish(work: DueRow, **columns: object) -> bool:
    """Finish leased work; False if the lease has passed to somebody else meanwhile."""
    rows = type(work)._default_manager.filter(pk=work.pk, lease=work.lease)
    return bool(rows.update(due_at=None, lease=None, **columns))


def finish_all(works: Iterable[DueRow], **columns: object) -> None:
    """Finish leased works alike, but those whose lease has passed to somebody else."""
    for rows in _held(works):
        rows.update(due_at=None, lease=None, **columns)


def finish_each(works: Iterable[tuple[DueRow, dict[str, object]]]) -> None:
    """Finish leased works, each with its own columns, in one transaction."""
    with transaction.atomic():
        for work, columns in works:
            finish(work, **columns)


def hand_back(works: Iterable[DueRow], *, at: datetime) -> None:
    """Give leased work back untried: it is due at once, and the attempt does not count."""
    for rows in _held(works):
        rows.update(due_at=at, lease=None, attempts=F("attempts") - 1)


def _held(works: Iterable[DueRow]) -> Iterator[QuerySet[DueRow]]:
    by_lease: dict[tuple[type[DueRow], UUID | None], list[UUID]] = defaultdict(list)
    for work in works:
        by_lease[type(work), work.lease].append(work.pk)
    for (model, lease), ids in by_lease.items():
        yield model._default_manager.filter(pk__in=ids, lease=lease)


def push_ahead(work: DueRow, *, at: datetime, error: str, **when_over: object) -> bool:
    """Try failed work again later (2, 4, 8 … seconds, at most 15 minutes); give up after the last try.

    Returns whether this was the last try. ``when_over`` is written then.
    """
    rows = type(work)._default_manager.filter(pk=work.pk, lease=work.lease)
    if work.attempts >= LAST_TRY:
        return bool(rows.update(due_at=None, lease=None, last_error=error[:300], **when_over))
    wait = timedelta(seconds=min(2 ** min(work.attempts, 12), LONGEST_WAIT))
    rows.update(due_at=at + wait, lease=None, last_error=error[:300])
    return False


def beat(*, at: datetime) -> datetime | None:
    """Note that a worker looks at the clock; return when one last did, None if never. Locks the row until commit."""
    row, made = WorkerBeat.objects.select_for_update().get_or_create(pk=1, defaults={"beat_at": at})
    if made:
        return None
    WorkerBeat.objects.filter(pk=1, beat_at__lt=at).update(beat_at=at)
    return row.beat_at


def lapsed_leads(*, since: datetime, at: datetime, limit: int) -> list[Lead]:
    """Lock leads with an offer whose time ran out in an outage, in the order of their ids.

    The reminder may have been missed as well: the lead still waits for that, and its offer has lapsed all the same.
    """
    lapsed = Offer.objects.filter(
        lead_id=OuterRef("pk"), state__in=["open", "interested"], expires_at__gt=since, expires_at__lte=at
    )
    offered = Lead.objects.filter(next_action_kind__in=["remind", "award", "expire"], next_action_at__lte=at)
    waiting = offered.filter(Exists(lapsed))
    return list(waiting.order_by("pk").select_for_update(of=("self",))[:limit])


def notices_of(deliveries: Iterable[Delivery]) -> dict[UUID, Notice]:
    """Return what deliveries tell, by the notice's id, with everything its words need."""
    notices = Notice.objects.select_related("vendor", "lead__source", "offer__partner", "partner", "person")
    return notices.in_bulk([delivery.notice_id for delivery in deliveries])


def forget_keys() -> None:
    """Empty the keys of all notices that are told or dropped, so that no secret outlives its use."""
    waiting = Delivery.objects.filter(notice_id=OuterRef("pk")).exclude(due_at=None)
    Notice.objects.filter(~Exists(waiting), ~Q(key=""), due_at=None).update(key="")
