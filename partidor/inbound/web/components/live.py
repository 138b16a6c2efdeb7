"""Parts that live: they ask every few seconds, and are answered only when what they show has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.http import HttpResponse
from django.utils import translation

from partidor.inbound.web.components.doors import Visit


def version_of(*shown: object) -> str:
    """Return a short name of what is shown, and in which language: cards are equal when they say the same."""
    said = repr((shown, translation.get_language()))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


def live(visit: Visit, template: str, context: Mapping[str, object], version: str) -> HttpResponse:
    """Answer a poll: the part, or 204 when the browser shows this very version (``v``) already."""
    if visit.request.GET.get("v") == version:
        return HttpResponse(status=204)
    return visit.show(template, {**context, "version": version})
