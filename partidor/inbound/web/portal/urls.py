"""Addresses."""

from importlib import import_module

from django.http import Http404
from django.urls import path

app_name = "portal"


def _missing(request, **kwargs):
    raise Http404


def _of(module, **fallback):
    name = f"partidor.inbound.web.portal.{module}"
    try:
        found = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return [path(route, _missing, name=label) for label, route in fallback.items()]
    return list(found.urlpatterns)


urlpatterns = [
    *_of("inbox", inbox="", offer="offers/<uuid:offer_id>"),
    *_of("leads", leads="leads/", lead="leads/<uuid:lead_id>"),
    *_of("figures", figures="figures/"),
    *_of("me", me="me/"),
]
