"""Send what is told: claim deliveries, look whether they still hold, write them, put them on the wire."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings

from partidor.access.due import (
    claim_deliveries,
    finish,
    finish_all,
    finish_each,
    forget_keys,
    hand_back,
    push_ahead,
    renew,
)
from partidor.outbound.notices.letter import Letter, holds, write_letter
from partidor.outbound.wires.smtp import Mail, MailServer, Outcome, send_mails
from partidor.queries.notices import NoticeCard, notice_cards

if TYPE_CHECKING:
    from partidor.models import Delivery

log = logging.getLogger(__name__)
MAILS_AT_ONCE = 20
KEPT_AT_ONCE = 100
RENEWED_EVERY = 2.0
"""Seconds. A lease of 8 s is renewed while the mail server takes its time, however long."""
LONGEST = 20.0
"""Seconds after which a batch is ended between two mails; the rest is handed back."""


@dataclass(frozen=True, slots=True)
class _Written:
    delivery: Delivery
    card: NoticeCard
    letter: Letter


def now_utc() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def dispatch_due(*, now: Callable[[], datetime] = now_utc, stop: Event | None = None) -> int:
    """Dispatch a batch of due deliveries; return how many were taken up.

    What no longer holds is dropped. Without a mail server the words are kept for the console to show. No
    transaction is open while a server is spoken to, and only who still holds the lease finishes a delivery, so
    that a notice is sent at least once, and twice only if a worker died, or lost its database, between sending and
    noting it.
    """
    at = now()
    deliveries = claim_deliveries(at=at, limit=MAILS_AT_ONCE if settings.MAIL else KEPT_AT_ONCE)
    if not deliveries:
        return 0
    cards = notice_cards(deliveries)
    written = _write(deliveries, cards, at)
    if settings.MAIL is None:
        finish_each((each.delivery, {"outcome": "kept", "done_at": at} | _kept(each)) for each in written)
    elif written:
        _send(written, settings.MAIL, now, stop or Event())
    if any(card.key for card in cards.values()):
        forget_keys()
    return len(deliveries)


def _write(deliveries: Sequence[Delivery], cards: Mapping[UUID, NoticeCard], at: datetime) -> list[_Written]:
    """Drop what is stale and write the rest; what cannot be written is tried again later and stops nobody."""
    stale: list[Delivery] = []
    written: list[_Written] = []
    for delivery in deliveries:
        card = cards[delivery.pk]
        try:
            if holds(card, delivery.address, at=at):
                letter = write_letter(card, delivery.language, base_url=settings.BASE_URL)
                written.append(_Written(delivery, card, letter))
            else:
                stale.append(delivery)
        except Exception as error:
            log.exception("%s cannot be written", card.kind)
            push_ahead(delivery, at=at, error=repr(error), outcome="failed", done_at=at)
    finish_all(stale, outcome="dropped", done_at=at)
    return written


def _kept(written: _Written) -> dict[str, object]:
    """Keep a letter whole, but of one that opens a door the subject alone."""
    letter = asdict(written.letter)
    return {"subject": letter["subject"]} if written.card.key else letter


def _send(written: Sequence[_Written], server: MailServer, now: Callable[[], datetime], stop: Event) -> None:
    """Send in a thread of its own, which touches no database, and meanwhile keep the lease alive from this one."""
    waiting = {str(each.delivery.pk): each.delivery for each in written}
    mails = [
        Mail(str(each.delivery.pk), each.delivery.address, each.card.vendor, **asdict(each.letter)) for each in written
    ]
    outcomes: SimpleQueue[Outcome | None] = SimpleQueue()
    enough = Event()
    Thread(target=_speak, args=(mails, server, outcomes, enough), name="smtp", daemon=True).start()
    began = renewed = time.monotonic()
    try:
        while True:
            try:
                outcome = outcomes.get(timeout=RENEWED_EVERY / 4)
            except Empty:
                pass
            else:
                if outcome is None:
                    break
                _note(waiting.pop(outcome.mail.id), outcome, now())
            if stop.is_set() or time.monotonic() - began > LONGEST:
                enough.set()
            if time.monotonic() - renewed > RENEWED_EVERY:
                renew(waiting.values(), at=now())
                renewed = time.monotonic()
    finally:
        enough.set()
    hand_back(waiting.values(), at=now())


def _speak(mails: Sequence[Mail], server: MailServer, outcomes: SimpleQueue[Outcome | None], enough: Event) -> None:
    try:
        for outcome in send_mails(mails, server=server, base_url=settings.BASE_URL, stop=enough):
            outcomes.put(outcome)
    except Exception:
        log.exception("sending failed in a way nobody foresaw")
    finally:
        outcomes.put(None)


def _note(delivery: Delivery, outcome: Outcome, at: datetime) -> None:
    if not outcome.error:
        finish(delivery, outcome="sent", done_at=at, last_error="")
    elif outcome.for_good:
        log.warning("mail %s was refused for good", delivery.pk)
        finish(delivery, outcome="failed", done_at=at, last_error=outcome.error[:300])
    elif push_ahead(delivery, at=at, error=outcome.error, outcome="failed", done_at=at):
        log.error("mail %s is given up after %d tries", delivery.pk, delivery.attempts)
