"""Paging: ``limit``, ``cursor`` and ``updated_since`` out of the address, and nothing that is not known."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query

from partidor.domain.intake.fields import read_time
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1.auth import asker
from partidor.queries.paging import Wanted

Limit = Annotated[int, Query(ge=1, le=200, description="How many items a page has.")]
Cursor = Annotated[str, Query(max_length=300, description="`next` of the page before; empty for the first page.")]
Since = Annotated[
    str,
    Query(
        max_length=40,
        description="RFC 3339. Lists by change, oldest first; begin the next time at the `as_of` of this answer.",
    ),
]
FIRST = 50
"""How many items a page has when nothing is said."""


def wanted(request: HttpRequest, limit: int, cursor: str) -> Wanted:
    """Say which page is wanted."""
    return Wanted(limit, cursor, asker(request)[1])


def time_of(name: str, text: str) -> datetime | None:
    """Read a time out of the address, None if there is none. Raises WrongContent."""
    if not text:
        return None
    # In an address an unescaped + arrives as a blank.
    if (moment := read_time(text.replace(" ", "+"))) is None:
        raise WrongContent([FieldError(name, 'must be a time with its offset, such as "2026-03-01T09:00:00Z"')])
    return moment


def knowing_its_parameters(view: Callable[..., HttpResponse], known: Sequence[str]) -> Callable[..., HttpResponse]:
    """Let a view refuse what it would not read: a filter passed over would look as if everything fitted it."""

    @functools.wraps(view)
    def knowing(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if unknown := sorted(request.GET.keys() - set(known)):
            remedy = f"is not known in this address; known are {', '.join(known) or 'none'}"
            raise WrongContent([FieldError(name[:60], remedy) for name in unknown[:20]])
        return view(request, *args, **kwargs)

    return knowing
