"""The doors of the two faces: who stands there, in which roles, at what time.

A view gets a visit, never a bare request. Whoever has not signed in is led to the sign-in page and back. What a verb
refuses becomes a page, or a toast.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from partidor.access.roles import CONSOLE_ROLES, PORTAL_ROLES, Role, roles_of
from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotAllowed, NotFound, Refusal
from partidor.inbound.web.components.errors import error_page, refused

Given = ParamSpec("Given")
READS = ("GET", "HEAD")
WRITES = ("POST",)
SILENT_AFTER = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of a person who has signed in; ``at`` is the one reading of the clock."""

    request: HttpRequest
    at: datetime
    roles: tuple[Role, ...]

    @property
    def language(self) -> str:
        """Return the language of the page: en or de."""
        return translation.get_language() or "en"

    @property
    def is_part(self) -> bool:
        """Say whether htmx asks for a part of a page."""
        return bool(self.request.htmx)  # type: ignore[attr-defined]

    @property
    def shown_at(self) -> str | None:
        """Return the address, with its query, of the page that asks for a part; None if none does."""
        path: str | None = self.request.htmx.current_url_abs_path  # type: ignore[attr-defined]
        return path

    def show(self, template: str, context: Mapping[str, object], status: int = 200) -> HttpResponse:
        """Render a page or a part; templates see the visit as ``visit``."""
        return render(self.request, template, {**context, "visit": self}, status=status)

    def go(self, to: str, *args: object, said: str = "", **kwargs: object) -> HttpResponse:
        """Lead on after a verb, with a word of what was done; the next page shows it once."""
        if said:
            messages.success(self.request, said)
        url = resolve_url(to, *args, **kwargs)
        if self.is_part:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        response = HttpResponseRedirect(url)
        response.status_code = 303
        return response


@dataclass(frozen=True, slots=True)
class PortalVisit(Visit):
    """A visit of somebody who works for partners, of one vendor or of several."""

    @property
    def viewers(self) -> tuple[Viewer, ...]:
        """Return a viewer for each partner the person works for."""
        return tuple(role.viewer for role in self.roles)

    def viewer_at(self, partner_id: object) -> Viewer:
        """Return the viewer at one partner; NotFound if the person does not work there."""
        for role in self.roles:
            if str(role.viewer.partner_id) == str(partner_id):
                return role.viewer
        raise NotFound(what="partner")


@dataclass(frozen=True, slots=True)
class ConsoleVisit(Visit):
    """A visit to the console of one vendor, which the address names."""

    role: Role

    @property
    def viewer(self) -> Viewer:
        """Return through whose eyes the console is seen."""
        return self.role.viewer

    @property
    def slug(self) -> str:
        """Return the vendor's short name, which every address of its console needs."""
        return self.role.slug

    @property
    def steers(self) -> bool:
        """Say whether the viewer may act on leads, not only look."""
        return self.viewer.may("leads:write")

    @property
    def clock_runs(self) -> bool:
        """Say whether a worker looks at the clock, as it does every few seconds: no deadline is kept otherwise."""
        beat_at = self.role.beat_at
        return beat_at is not None and self.at - beat_at < SILENT_AFTER

    @property
    def administers(self) -> bool:
        """Say whether the viewer may manage people and keys."""
        return self.viewer.may("admin")


PortalView = Callable[Concatenate[PortalVisit, Given], HttpResponse]
ConsoleView = Callable[Concatenate[ConsoleVisit, Given], HttpResponse]
View = Callable[..., HttpResponse]


def portal_page(view: PortalView[Given]) -> View:
    """Open the portal for reading."""
    return _guarded(view, READS, _portal)


def portal_verb(view: PortalView[Given]) -> View:
    """Open the portal for a verb: POST only."""
    return _guarded(view, WRITES, _portal)


def portal_form(view: PortalView[Given]) -> View:
    """Open the portal for a page with a form that posts to itself."""
    return _guarded(view, READS + WRITES, _portal)


def console_page(view: ConsoleView[Given]) -> View:
    """Open a vendor's console for reading."""
    return _guarded(view, READS, _console)


def console_verb(view: ConsoleView[Given]) -> View:
    """Open a vendor's console for a verb: POST only."""
    return _guarded(view, WRITES, _console)


def console_form(view: ConsoleView[Given]) -> View:
    """Open a vendor's console for a page with a form that posts to itself."""
    return _guarded(view, READS + WRITES, _console)


def _guarded(view: Callable[..., HttpResponse], methods: tuple[str, ...], visit: Callable[..., Visit]) -> View:
    @functools.wraps(view)
    def door(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            answer = error_page(request, 405, _("This address only takes what a form sends."))
            answer["Allow"] = ", ".join(methods)
            return answer
        if not request.user.is_authenticated:
            return to_sign_in(request)
        try:
            visitor = visit(request, kwargs)
            return view(visitor, *args, **kwargs)
        except Refusal as refusal:
            return refused(request, refusal)

    return door


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the sign-in page, and from there back to where one wanted to go."""
    here = request.get_full_path() if request.method in READS else "/"
    part = bool(request.htmx)  # type: ignore[attr-defined]
    url = resolve_url(settings.LOGIN_URL) + ("" if part else "?" + urlencode({"next": here}))
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if part else HttpResponseRedirect(url)


def _roles(request: HttpRequest) -> tuple[Role, ...]:
    assert request.user.pk is not None  # the door has looked
    return roles_of(request.user.pk)


def _portal(request: HttpRequest, kwargs: dict[str, Any]) -> PortalVisit:
    roles = tuple(role for role in _roles(request) if role.role in PORTAL_ROLES)
    if not roles:
        raise NotAllowed(needs="a role at a partner")
    timezone.activate(roles[0].time_zone)
    return PortalVisit(request, timezone.now(), roles)


def _console(request: HttpRequest, kwargs: dict[str, Any]) -> ConsoleVisit:
    slug = kwargs.pop("vendor")
    roles = _roles(request)
    role = next((role for role in roles if role.slug == slug and role.viewer.partner_id is None), None)
    if role is None:
        raise NotFound(what="vendor")
    if role.role not in CONSOLE_ROLES:
        raise NotAllowed(needs="a role with a console")
    timezone.activate(role.time_zone)
    return ConsoleVisit(request, timezone.now(), roles, role)
