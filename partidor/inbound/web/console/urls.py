"""Addresses."""
from importlib import import_module

from django.http import Http404
from django.urls import path

app_name = "console"


def _missing(request, **kwargs):
    raise Http404


def _of(module, **fallback):
    name = f"partidor.inbound.web.console.{module}"
    try:
        found = import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return [path(route, _missing, name=label) for label, route in fallback.items()]
    return list(found.urlpatterns)


urlpatterns = [
    *_of("today", today=""),
    *_of("leads", leads="leads/"),
    *_of("lead", lead="leads/<str:ref>"),
    *_of("partners", partners="partners/", partner="partners/<uuid:partner_id>"),
    *_of("rules", rules="rules/"),
    *_of("people", people="people/"),
    *_of("keys", keys="keys/"),
    *_of("mails", mails="mails/"),
]
