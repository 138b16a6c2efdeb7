"""Idempotency-Key: the same POST again gets the same answer."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse

from partidor.actions.once import Answer, once
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1.answers import JSON
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import MIB, body_of

LONGEST = 255
Given = ParamSpec("Given")
View = Callable[Concatenate[HttpRequest, Given], HttpResponse]


def repeatable(*, secret: bool = False, longest: int = MIB) -> Callable[[View[Given]], View[Given]]:
    """Let a POST honour Idempotency-Key. ``secret``: its answer is shown once and never again."""

    def wrap(view: View[Given]) -> View[Given]:
        @functools.wraps(view)
        def call(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
            name = request.META.get("HTTP_IDEMPOTENCY_KEY")
            if name is None:
                return view(request, *args, **kwargs)
            if not 1 <= len(name) <= LONGEST or not name.isprintable():
                raise WrongContent([FieldError("Idempotency-Key", f"must have 1 to {LONGEST} printable characters")])
            by, at = asker(request)

            def run() -> Answer:
                response = view(request, *args, **kwargs)
                return Answer(response.status_code, response.content.decode())

            kept = once(
                run,
                name=name,
                method=request.method or "POST",
                path=request.path,
                body=body_of(request, longest),
                by=by,
                at=at,
                secret=secret,
            )
            response = HttpResponse(kept.body, status=kept.status, content_type=JSON)
            if kept.replayed:
                response["Idempotent-Replay"] = "true"
            return response

        # ninja reads annotations in the module of the function it is given; here they are read in the view's own
        call.__signature__ = inspect.signature(view, eval_str=True)  # type: ignore[attr-defined]
        return call  # type: ignore[return-value]  # wraps() names the first argument, a View does not

    return wrap
