"""Every no of the API as a problem (RFC 9457): one table says which refusal is which status."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Schema
from ninja.errors import ValidationError

from partidor.access.viewer import UnknownKey
from partidor.actions.jobs import TooManyJobs
from partidor.actions.offers import AlreadyTaken, OfferClosed
from partidor.actions.once import IdempotencyKeyReused, ShownOnce
from partidor.actions.rules import DraftChanged, NoRules
from partidor.actions.vendors import VendorExists
from partidor.domain.refusal import (
    ChangedMeanwhile,
    FieldError,
    NotAllowed,
    NotFound,
    NotPossibleNow,
    Refusal,
    WrongContent,
)
from partidor.domain.routing.editing.edits import LastStep, NothingThere

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"


class Unreadable(Refusal):
    """The body is no readable JSON: {why}"""


class TooLarge(Refusal):
    """The body is larger than {most} bytes, which is the most that this call takes: {remedy}."""


class WrongMethod(Refusal):
    """This address does not know {method}; it knows {known}."""


class TooManyRequests(Refusal):
    """This key has made its requests of this minute; go on in {seconds} s."""


STATUS: Mapping[type[Refusal], int] = {
    Unreadable: 400,
    UnknownKey: 401,
    NotAllowed: 403,
    NotFound: 404,
    WrongMethod: 405,
    AlreadyTaken: 409,
    LastStep: 409,
    NoRules: 409,
    NotPossibleNow: 409,
    NothingThere: 409,
    OfferClosed: 409,
    ShownOnce: 409,
    TooManyJobs: 409,
    VendorExists: 409,
    ChangedMeanwhile: 412,
    DraftChanged: 412,
    TooLarge: 413,
    IdempotencyKeyReused: 422,
    WrongContent: 422,
    TooManyRequests: 429,
}
"""Refusal → HTTP status; a subclass has its parent's unless it stands here itself."""


class WrongField(Schema):
    """One wrong field: its dotted path, and what would be right."""

    field: str
    message: str


class Problem(Schema):
    """What is wrong (RFC 9457). Branch by ``code``; ``detail`` is for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[WrongField] | None = None
    """With 422: every wrong field at once."""
    state: str | None = None
    """With 409: the state that the record really has."""


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """Answer a refusal."""
    status = next(STATUS[each] for each in type(refusal).__mro__ if each in STATUS)
    more: dict[str, object] = {}
    if isinstance(refusal, WrongContent):
        more["errors"] = [{"field": error.field, "message": error.message} for error in refusal.errors]
    if status == 409 and isinstance(state := refusal.facts.get("state"), str):
        more["state"] = state
    response = _problem(status, refusal.code, refusal.sentence, **more)
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="partidor"'
    elif isinstance(refusal, TooManyRequests):
        response["Retry-After"] = str(refusal.facts["seconds"])
    elif isinstance(refusal, WrongMethod):
        response["Allow"] = str(refusal.facts["known"])
    return response


def answered(request: HttpRequest, error: object) -> HttpResponse:
    """Answer whatever was raised: a refusal as what it is, anything else as a bug of ours."""
    match error:
        case Refusal():
            return refused(request, error)
        case ValidationError():  # a parameter of the address that cannot be read
            wrong = [FieldError(str(one["loc"][-1]), str(one["msg"])) for one in error.errors]
            return refused(request, WrongContent(wrong))
        case Http404():
            return refused(request, NotFound(what="address"))
    return _broken(request, error)


def _broken(request: HttpRequest, error: object) -> HttpResponse:
    """Log a bug of ours with its trace, and tell it without."""
    log.error(
        "%s %s failed", request.method, request.path, exc_info=error if isinstance(error, BaseException) else None
    )
    return _problem(500, "broken", "Something went wrong on our side. It is logged; nothing half-done remains.")


def _problem(status: int, code: str, detail: str, **more: object) -> HttpResponse:
    title = re.sub("-", " ", code).capitalize()
    body = {"type": f"urn:partidor:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}
    return HttpResponse(orjson.dumps({**body, **more}), status=status, content_type=CONTENT_TYPE)
