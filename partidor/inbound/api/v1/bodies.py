"""Bodies: read once, as JSON, with their limits; what is in them is judged further in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from partidor.domain.intake.fields import Fields, read_time
from partidor.domain.nesting import too_deep
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1.problems import TooLarge, Unreadable

MIB = 1 << 20
DEEPEST = 64
DRAINED = 16 * MIB
"""Bytes of an unread body that are read away after the answer was found; beyond them the connection is closed."""


def body_of(request: HttpRequest, longest: int = MIB) -> bytes:
    """Return the raw body; TooLarge, Unreadable."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raise Unreadable(why="it comes in chunks; send it whole, with a Content-Length")
    if length.isdecimal() and int(length[:20]) > longest:
        raise TooLarge(most=f"{longest:,}")
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLarge(most=f"{longest:,}") from error
    except UnreadablePostError as error:
        raise Unreadable(why="it broke off") from error
    if len(body) > longest:
        raise TooLarge(most=f"{longest:,}")
    return body


def drained(request: HttpRequest) -> bool:
    """Read away the body of a request that was answered without it; return whether nothing of it is left.

    With something left the server drops the connection, and a client that sends its next request over it gets none
    of the answers: a refusal of one call would break another.
    """
    if getattr(request, "_read_started", False):
        return True
    if "HTTP_TRANSFER_ENCODING" in request.META:
        return False
    left = DRAINED
    try:
        while left > 0 and (piece := request.read(min(left, 1 << 16))):
            left -= len(piece)
    except OSError:
        return False
    return left > 0


def object_of(request: HttpRequest) -> dict[str, Any]:
    """Return the JSON object in the body; an empty body counts as an empty object.

    Refuses what no field may hold: a NUL character, or nesting that nobody means.
    """
    body = body_of(request)
    given = _read(body)
    if b"\\u0000" in body or body.count(b"[") + body.count(b"{") > DEEPEST:
        wrong = [FieldError(path or "body", fault) for path, fault in faults(given)]
        if wrong:
            raise WrongContent(wrong)
    return given


def rows_of(request: HttpRequest, key: str, most: int, longest: int) -> list[object]:
    """Return the list that a bulk call holds under its one key; what stands in a row is the row's own matter."""
    fields = Fields(_read(body_of(request, longest)), "", [], set())
    fields.only((key,), "this call")
    rows = fields.given.get(key)
    if not isinstance(rows, list):
        fields.wrong(key, "must be a list")
    elif len(rows) > most:
        fields.wrong(key, f"are {len(rows):,}; {most:,} is the most in one call")
    fields.end()
    assert isinstance(rows, list)
    return rows


def _read(body: bytes) -> dict[str, Any]:
    if not body.strip():
        return {}
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "limit exceeded" in str(error) and (place := too_deep(body.decode("utf-8", "replace"), DEEPEST)):
            deep = FieldError(place, f"is nested deeper than {DEEPEST} levels; write it flatter")
            raise WrongContent([deep]) from error
        raise Unreadable(why=str(error)) from error
    if not isinstance(given, dict):
        raise WrongContent([FieldError("body", "must be an object, such as {}")])
    return given


def faults(given: object) -> Iterator[tuple[str, str]]:
    """Give the path of each NUL character and too deep nesting."""
    # Neither recursion nor a path per value: a hostile body may be deep, and an honest one is large.
    waiting: list[tuple[object, tuple[object, ...]]] = [(given, ())]
    while waiting:
        value, path = waiting.pop()
        if isinstance(value, str):
            if "\0" in value:
                yield _dotted(path), "holds a NUL character; leave it out"
        elif isinstance(value, dict | list):
            if len(path) >= DEEPEST:
                yield _dotted(path[:3]), f"is nested deeper than {DEEPEST} levels"
                continue
            if isinstance(value, dict):
                if any("\0" in key for key in value):
                    yield _dotted(path), "has a key with a NUL character; leave it out"
                    continue
                waiting += [(inner, (*path, key)) for key, inner in value.items()]
            else:
                waiting += [(inner, (*path, at)) for at, inner in enumerate(value)]


def _dotted(path: tuple[object, ...]) -> str:
    return ".".join(str(part) for part in path)


def fields_of_body(request: HttpRequest, *known: str) -> Fields:
    """Read the body field by field; keys that are not known are noted as wrong."""
    given: Mapping[str, object] = object_of(request)
    fields = Fields(given, "", [], set())
    if known:
        fields.only(known, "this call")
    elif given:
        for key in list(given)[:20]:
            fields.wrong(str(key)[:60], "is not known; this call has no fields")
    return fields


def id_in(fields: Fields, key: str) -> UUID | None:
    """Return the id in a field, None if there is none."""
    text = fields.text(key)
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        fields.wrong(key, "must be an id, as lists and answers give it")
        return None


def time_in(fields: Fields, key: str) -> datetime | None:
    """Return the time in a field, None if there is none."""
    return read_time(text) if (text := fields.moment(key)) else None
