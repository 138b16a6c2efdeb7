"""Pages of a list: after a cursor, in a fixed order, so that nothing is skipped while rows come in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from uuid import UUID

import orjson
from django.db.models import Model, Q, QuerySet

from partidor.domain.intake.fields import read_time, written_time
from partidor.domain.refusal import FieldError, WrongContent

Row = TypeVar("Row", bound=Model)
Card = TypeVar("Card")
Other = TypeVar("Other")

COMMIT_LAG = timedelta(seconds=30)
"""A change carries the time at which its call began; it may be committed, and so seen, this much later."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page: so many items after a cursor, as of a time."""

    limit: int
    cursor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Page(Generic[Card]):
    """One page of a list. ``next`` is the cursor of the following page, None at the end.

    ``as_of`` is what a later ``updated_since`` may safely begin at: it repeats a little and misses nothing.
    """

    items: Sequence[Card]
    next: str | None
    as_of: datetime

    def of(self, cards: Sequence[Other]) -> Page[Other]:
        """Return the same page with other items."""
        return Page(cards, self.next, self.as_of)


def page(rows: QuerySet[Row], wanted: Wanted, *, by: str, newest_first: bool = True) -> Page[Row]:
    """Cut one page out of rows, ordered by a time column and the id."""
    if wanted.cursor:
        time, pk = _place(wanted.cursor)
        side, equal = ("lt", "lte") if newest_first else ("gt", "gte")
        # the first condition alone would do for the answer; it is there so that the index is entered at the place
        rows = rows.filter(
            Q(**{f"{by}__{equal}": time}) & (Q(**{f"{by}__{side}": time}) | Q(**{by: time, f"id__{side}": pk}))
        )
    order = (f"-{by}", "-id") if newest_first else (by, "id")
    found = list(rows.order_by(*order)[: wanted.limit + 1])
    shown = found[: wanted.limit]
    return Page(shown, _cursor(shown[-1], by) if len(found) > wanted.limit else None, wanted.at - COMMIT_LAG)


def one_of(field: str, value: str, allowed: Collection[str]) -> str:
    """Return a filter's value; WrongContent if it is none of the allowed words (empty is always allowed)."""
    if value and value not in allowed:
        raise WrongContent([FieldError(field, f"must be one of {', '.join(allowed)}")])
    return value


def _cursor(row: Model, by: str) -> str:
    place = orjson.dumps([written_time(getattr(row, by)), str(row.pk)])
    return base64.urlsafe_b64encode(place).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, UUID]:
    try:
        time, pk = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if (moment := read_time(time)) is not None:
            return moment, UUID(pk)
    except (ValueError, TypeError, AttributeError, binascii.Error):
        pass
    raise WrongContent([FieldError("cursor", "is none of ours; take it from next of the page before, unchanged")])
