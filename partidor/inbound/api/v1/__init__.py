"""The public API, version 1: the contract is docs/api.md and the OpenAPI document that it serves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.operation import Operation

from partidor.inbound.api.v1 import document, problems
from partidor.inbound.api.v1.auth import Key
from partidor.inbound.api.v1.bulk import bulk
from partidor.inbound.api.v1.fields import fields
from partidor.inbound.api.v1.keys import keys
from partidor.inbound.api.v1.leads import leads
from partidor.inbound.api.v1.offers import offers
from partidor.inbound.api.v1.partners import partners
from partidor.inbound.api.v1.people import people
from partidor.inbound.api.v1.reports import reports
from partidor.inbound.api.v1.rulesets import rulesets
from partidor.inbound.api.v1.sources import sources

View = Callable[..., HttpResponse]


class Api(NinjaAPI):
    """Ninja, with every no as a problem: of an address that does not exist and a method it does not know as well."""

    @functools.cached_property
    def openapi(self) -> bytes:
        """Return the OpenAPI document, made once."""
        return document.finished(self.get_openapi_schema())

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Name an operation after its file and function: leads_receive."""
        return f"{operation.view_func.__module__.rpartition('.')[2]}_{operation.view_func.__name__}"

    def on_exception(self, request: HttpRequest, exc: Exception | type[Exception]) -> HttpResponse:
        """Answer whatever an operation raised."""
        return problems.answered(request, exc)

    def _get_urls(self) -> list[Any]:
        own = [
            path("openapi.json", lambda request: document.openapi_json(self.openapi), name="openapi-json"),
            path("docs", document.docs_page, name="docs"),
            path("docs/<str:name>", document.docs_file, name="docs-file"),
        ]
        return [*(_guarded(pattern) for pattern in [*own, *super()._get_urls()]), re_path("", _nothing_here)]


def _guarded(pattern: URLPattern | URLResolver) -> URLPattern:
    assert isinstance(pattern, URLPattern)
    view: View = pattern.callback

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            return problems.answered(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            known = ", ".join(sorted(response["Allow"].split(", ")))
            return problems.refused(request, problems.WrongMethod(method=str(request.method)[:20], known=known))
        return response

    pattern.callback = guarded
    return pattern


def _nothing_here(request: HttpRequest) -> HttpResponse:
    return problems.answered(request, Http404())


api = Api(
    title="Partidor API",
    version="1",
    description=document.DESCRIPTION,
    auth=Key(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)
api.add_router("/leads", leads)
api.add_router("/leads", bulk)
api.add_router("/offers", offers)
api.add_router("/partners", partners)
api.add_router("/sources", sources)
api.add_router("/fields", fields)
api.add_router("/rulesets", rulesets)
api.add_router("/keys", keys)
api.add_router("/people", people)
api.add_router("/reports", reports)
