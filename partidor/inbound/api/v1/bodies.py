"""Bodies: read once, as JSON, with their limits; what is in them is judged further in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from partidor.domain.intake.fields import Fields, read_time
from partidor.domain.json_text import DEEPEST, cut, faults
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1.problems import TooLarge, Unreadable

MIB = 1 << 20
DRAINED = 16 * MIB
"""Bytes of an unread body that are read away after the answer was found; beyond them the connection is closed."""


def body_of(request: HttpRequest, longest: int = MIB, remedy: str = "send less at once") -> bytes:
    """Return the raw body; TooLarge, which ends with the remedy, Unreadable."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length and "HTTP_TRANSFER_ENCODING" in request.META:
        raise Unreadable(why="it comes in chunks; send it whole, with a Content-Length")
    if length.isdecimal() and int(length[:20]) > longest:
        raise TooLarge(most=f"{longest:,}", remedy=remedy)
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise TooLarge(most=f"{longest:,}", remedy=remedy) from error
    except UnreadablePostError as error:
        raise Unreadable(why="it broke off") from error
    if len(body) > longest:
        raise TooLarge(most=f"{longest:,}", remedy=remedy)
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
    is_doubtful = b"\\u0000" in body or body.count(b"[") + body.count(b"{") > DEEPEST
    if is_doubtful and (wrong := faults_in(given, "body")):
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
        given = _loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable(why=str(error)) from error
    if not isinstance(given, dict):
        raise WrongContent([FieldError("body", "must be an object, such as {}")])
    return given


def _loads(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "limit exceeded" not in str(error):
            raise
        return orjson.loads(cut(body.decode("utf-8", "replace")))


def faults_in(given: object, whole: str) -> list[FieldError]:
    """Name what cannot be kept of a body or row; ``whole`` names itself."""
    return [
        FieldError(_dotted(path, whole), fault)
        if fault
        else FieldError(_dotted(path[:3], whole), f"is nested deeper than {DEEPEST} levels; write it flatter")
        for path, fault in faults(given)
    ]


def _dotted(path: tuple[object, ...], whole: str) -> str:
    return ".".join(str(part) for part in path) or whole


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
