"""Who calls: the key in the Authorization header, and how often it may call."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from partidor.access.viewer import UnknownKey, Viewer, viewer_of_key
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1.problems import TooManyRequests


class Meter:
    """Counts the requests of each key in the running minute, in this process alone: approximate, and free.

    A kept connection stays with one process, so each process grants the whole limit: an honest client is never refused
    below it, and one with many connections may get up to the limit times the number of processes.
    """

    def __init__(self) -> None:
        """Begin at zero."""
        self.forget()

    def forget(self) -> None:
        """Begin at zero again."""
        self._minute = 0
        self._counts: dict[str, int] = {}

    def count(self, key: str, most: int, at: datetime) -> None:
        """Count one request; TooManyRequests beyond the most."""
        minute, second = divmod(int(at.timestamp()), 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        counts = self._counts
        counts[key] = made = counts.get(key, 0) + 1
        if made > most:
            raise TooManyRequests(seconds=60 - second)


METER = Meter()


class Key(HttpBearer):
    """Send the key as ``Authorization: Bearer <key>``."""

    def __call__(self, request: HttpRequest) -> Viewer:
        """Find the viewer behind the key, note the time of the call, and count it."""
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or not secret:
            raise UnknownKey
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Viewer:
        """Find the viewer behind a key: one statement."""
        at = timezone.now()
        viewer = viewer_of_key(token, at=at)
        vendor_rate, partner_rate = settings.API_RATE
        most = vendor_rate if viewer.partner_id is None else partner_rate
        METER.count(viewer.id, max(1, most), at)
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise WrongContent([FieldError("query", "holds a NUL character; leave it out")])
        request.at = at  # type: ignore[attr-defined]  # the one reading of the clock in this call
        return viewer


def asker(request: HttpRequest) -> tuple[Viewer, datetime]:
    """Return who calls, and when: the time that everything this call does happens at."""
    return request.auth, request.at  # type: ignore[attr-defined]
