"""Answers: cards are dumped once, straight to JSON; and what an operation may answer is declared in one line."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from partidor.inbound.api.v1.problems import Problem

JSON = "application/json"


def answer(card: object, status: int = 200, /, **more: object) -> HttpResponse:
    """Answer a card; ``more`` is laid beside its keys, such as ``repeated=True``."""
    body = orjson.dumps(card, option=orjson.OPT_UTC_Z)
    if more:
        body = body[:-1] + b"," + orjson.dumps(more, option=orjson.OPT_UTC_Z)[1:]
    return HttpResponse(body, status=status, content_type=JSON)


def made(card: object, *, repeated: bool) -> HttpResponse:
    """Answer what a call made (201), or what an earlier one made already (200, ``repeated``)."""
    return answer(card, repeated=True) if repeated else answer(card, 201)


def done(card: object, *, repeated: bool, **more: object) -> HttpResponse:
    """Answer what a verb left (200)."""
    return answer(card, 200, repeated=True, **more) if repeated else answer(card, 200, **more)


def language_of(request: HttpRequest) -> str:
    """Return the language in which sentences are wanted (``Accept-Language``, its first two letters)."""
    return str(request.META.get("HTTP_ACCEPT_LANGUAGE", "en"))[:2].lower()


def reads(card: Any, *errors: int) -> dict[Any, Any]:
    """Declare what a call that reads may answer."""
    return {200: card, **_problems(401, 403, 422, 429, *errors)}


def makes(card: Any, *errors: int) -> dict[Any, Any]:
    """Declare what a call that makes something may answer."""
    return {201: card, 200: card, **_problems(400, 401, 403, 413, 422, 429, *errors)}


def changes(card: Any, *errors: int) -> dict[Any, Any]:
    """Declare what a verb on something that is there may answer."""
    return {200: card, **_problems(400, 401, 403, 404, 413, 422, 429, *errors)}


def begins(card: Any, *errors: int) -> dict[Any, Any]:
    """Declare what a call that puts a job in line may answer."""
    return {202: card, **_problems(400, 401, 403, 404, 413, 422, 429, *errors)}


def ends(card: Any, *errors: int) -> dict[Any, Any]:
    """Declare what a call without a body that ends something may answer."""
    return {200: card, **_problems(401, 403, 404, 422, 429, *errors)}


def _problems(*statuses: int) -> dict[Any, Any]:
    return dict.fromkeys(sorted(set(statuses)), Problem)
