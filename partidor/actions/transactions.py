"""One verb, one transaction, tried again when the database asks for it."""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
TRIES = 4


def in_one_transaction(verb: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Run the verb in a transaction of its own, or in the one that is open already.

    A deadlock, a serialisation failure and a busy SQLite are tried again. So is a broken unique key:
    it means that somebody else was first, and the next try finds what they made.
    """

    @functools.wraps(verb)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if connection.in_atomic_block:
            return verb(*args, **kwargs)
        for left in range(TRIES - 1, -1, -1):
            try:
                with transaction.atomic():
                    return verb(*args, **kwargs)
            except (OperationalError, IntegrityError) as error:
                if not left or not worth_another_try(error):
                    raise
                time.sleep(random.uniform(0.002, 0.05))  # noqa: S311  rivals should not meet again
        raise AssertionError("unreachable")

    return run


def apart(verb: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Run the verb so that its failure undoes it alone: in a savepoint if a transaction is open, else as it is."""

    @functools.wraps(verb)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        if not connection.in_atomic_block:
            return verb(*args, **kwargs)
        with transaction.atomic():
            return verb(*args, **kwargs)

    return run


def is_for_the_whole(error: Exception) -> bool:
    """Say whether an error must reach the transaction that is open around this one, to be run again from its start."""
    return connection.in_atomic_block and worth_another_try(error)


def worth_another_try(error: Exception) -> bool:
    """Say whether the same transaction may well succeed when run again."""
    code = getattr(error.__cause__, "sqlstate", None)
    if code is not None:
        return code in ("40P01", "40001", "23505")
    words = str(error)
    return "database is locked" in words or "UNIQUE constraint failed" in words
