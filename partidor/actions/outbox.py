"""The outbox: make of each notice one delivery per recipient."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError

from partidor.access.due import claim_notices, finish_all, forget_keys, push_ahead
from partidor.access.recipients import recipients_of
from partidor.access.viewer import Viewer
from partidor.actions.transactions import in_one_transaction
from partidor.models import Delivery, Notice

log = logging.getLogger(__name__)
BATCH = 100


def address_notices(*, at: datetime) -> int:
    """Address up to a hundred due notices: a delivery per recipient; return how many notices were addressed.

    A notice that nobody is there to read is marked as dropped. A notice that fails is tried again later, alone.
    """
    notices = claim_notices(at=at, limit=BATCH)
    if not notices:
        return 0
    try:
        _address(notices, at=at)
    except (OperationalError, InterfaceError):
        raise  # the lease runs out, and whoever has a database then takes them up
    except Exception:
        log.exception("a batch of notices failed; trying them one by one")
        for notice in notices:
            _address_alone(notice, at)
    return len(notices)


def _address_alone(notice: Notice, at: datetime) -> None:
    try:
        _address([notice], at=at)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("notice %s failed", notice.name)
        push_ahead(notice, at=at, error=repr(error), dropped=True)


@in_one_transaction
def _address(notices: Sequence[Notice], *, at: datetime) -> None:
    recipients = recipients_of(notices)

    Delivery.put(
        [
            Delivery(
                vendor_id=notice.vendor_id,
                notice=notice,
                address=recipient.address,
                language=recipient.language,
                created_at=at,
                due_at=at,
            )
            for notice in notices
            for recipient in recipients[notice.pk]
        ]
    )
    unread = [notice for notice in notices if not recipients[notice.pk]]
    finish_all([notice for notice in notices if recipients[notice.pk]])
    finish_all(unread, dropped=True)
    if any(notice.key for notice in unread):
        forget_keys()
    if unread:  # ordinary: doctor counts those who cannot be reached
        names = ", ".join(notice.name for notice in unread[:10])
        log.debug("nobody is there to be told %d notice(s), no people and no address: %s", len(unread), names)


@in_one_transaction
def drop_old_notices(*, before: datetime, by: Viewer) -> int:
    """Drop the vendor's notices of before a time that nobody was told of: of a past that was made up, or moved here.

    Returns how many. Raises NotAllowed.
    """
    by.require_vendor("admin")
    return Notice.drop_older(by.vendor_id, before)
