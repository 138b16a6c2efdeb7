"""The public API, version 1: the contract is docs/api.md and the OpenAPI document that it serves."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI
from ninja.operation import Operation

from partidor.inbound.api.v1 import (
    bulk,
    document,
    fields,
    keys,
    leads,
    offers,
    partners,
    people,
    problems,
    reports,
    rulesets,
    sources,
)
from partidor.inbound.api.v1.auth import Key
from partidor.inbound.api.v1.bodies import drained
from partidor.inbound.api.v1.paging import knowing_its_parameters

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
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    if "GET" in operation.methods:
                        operation.view_func = knowing_its_parameters(operation.view_func, _parameters(operation))
        own = [
            path("openapi.json", lambda request: document.openapi_json(self.openapi), name="openapi-json"),
            path("docs", document.docs_page, name="docs"),
            path("docs/<str:name>", document.docs_file, name="docs-file"),
        ]
        return [_guarded(pattern) for pattern in [*own, *super()._get_urls(), re_path("", _nothing_here)]]


def _parameters(operation: Operation) -> tuple[str, ...]:
    """Return the names that an operation reads out of the address."""
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    return tuple(field.alias or name for model in queries for name, field in model.model_fields.items())


def _guarded(pattern: URLPattern | URLResolver) -> URLPattern:
    assert isinstance(pattern, URLPattern)
    view: View = pattern.callback

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404 as error:
            response = problems.answered(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            known = ", ".join(sorted(response["Allow"].split(", ")))
            response = problems.refused(request, problems.WrongMethod(method=str(request.method)[:20], known=known))
        if not drained(request):
            response["Connection"] = "close"
        if not response.streaming:
            response["Content-Length"] = str(len(response.content))
        return response

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # no cookie opens the API, so none can be abused
    pattern.callback = guarded
    return pattern


def _nothing_here(request: HttpRequest) -> HttpResponse:
    raise Http404


nowhere = _guarded(re_path("", _nothing_here)).callback
"""The view of an address of the API that does not exist: 404, as a problem."""
api = Api(
    title="Partidor API",
    version="1",
    description=document.DESCRIPTION,
    auth=Key(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api-v1",
)
for prefix, resource in (
    ("/leads", leads),
    ("/leads", bulk),
    ("/offers", offers),
    ("/partners", partners),
    ("/sources", sources),
    ("/fields", fields),
    ("/rulesets", rulesets),
    ("/keys", keys),
    ("/people", people),
    ("/reports", reports),
):
    api.add_router(prefix, resource.router)
