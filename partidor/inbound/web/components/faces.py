"""What goes around every page, and around pages only: the API passes through untouched."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from partidor.domain.languages import SPOKEN, first_spoken

Answering = Callable[[HttpRequest], HttpResponse]


def is_page(request: HttpRequest) -> bool:
    """Say whether a request is for a page, and not for the API."""
    return not request.path_info.startswith("/api/")


def compressed(answer: Answering) -> Answering:
    """Compress pages; what is served from files is compressed already, and the API's answers are small."""
    small = GZipMiddleware(answer)
    return lambda request: small(request) if is_page(request) else answer(request)  # type: ignore[return-value]


def spoken(answer: Answering) -> Answering:
    """Answer in the reader's language: the person's own, else the one chosen before signing in, else the browser's."""

    def speak(request: HttpRequest) -> HttpResponse:
        if not is_page(request):
            return answer(request)
        with translation.override(language_of(request)), timezone.override("UTC"):
            response = answer(request)
        response.headers.setdefault("Content-Language", language_of(request))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return speak


def language_of(request: HttpRequest) -> str:
    """Return the language to speak with whoever asks."""
    wishes = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")]
    if request.user.is_authenticated:
        wishes.insert(0, request.user.language)
    accepted = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200]
    tongues = (part.partition(";")[0].strip() for part in accepted.split(","))
    return first_spoken([*wishes, *(tongue for tongue in tongues if tongue.partition("-")[0] in SPOKEN)])
