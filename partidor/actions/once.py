"""An Idempotency-Key: the same POST again gets the same answer, at the same moment too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.actions.transactions import in_one_transaction
from partidor.domain.refusal import Refusal
from partidor.models import KeptAnswer

KEPT_FOR = timedelta(days=7)


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used for another body; send a new key with a new request."""


class ShownOnce(Refusal):
    """This request made a secret that is shown once only; send a new Idempotency-Key to make another."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a JSON body, and whether they were given before."""

    status: int
    body: str
    replayed: bool = False


@in_one_transaction
def once(
    run: Callable[[], Answer], *, name: str, method: str, path: str, body: bytes, by: Viewer, at: datetime,
    secret: bool = False,
) -> Answer:  # fmt: skip
    """Run a request once per key owner, method, path and Idempotency-Key, and keep its answer with its effects.

    Whoever comes at the same moment waits for the unique key and is then given the first one's answer.
    A refusal is not kept: the transaction rolls back, and the key is free again.
    Raises IdempotencyKeyReused for another body, ShownOnce for a repeated secret.
    """
    mine = KeptAnswer(
        owner_id=UUID(by.id),
        method=method,
        path=path,
        name=name,
        body_digest=hashlib.sha256(body).hexdigest(),
        created_at=at,
    )

    if not mine.take():
        kept = mine.earlier()
        if kept.created_at > at - KEPT_FOR:
            if kept.body_digest != mine.body_digest:
                raise IdempotencyKeyReused
            if secret:
                raise ShownOnce
            return Answer(kept.status, kept.body, replayed=True)
        mine.replace(kept)
    answer = run()
    mine.keep(answer.status, "" if secret else answer.body)
    return answer


@in_one_transaction
def forget_old_answers(*, at: datetime) -> int:
    """Forget answers older than a week; return how many."""
    return KeptAnswer.forget(before=at - KEPT_FOR)
