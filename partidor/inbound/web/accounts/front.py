"""The front door: whoever has signed in is led to the face that is theirs."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from partidor.access.roles import CONSOLE_ROLES, PORTAL_ROLES, Role, roles_of
from partidor.actions.people import choose_language
from partidor.inbound.web.components.doors import to_sign_in
from partidor.inbound.web.components.errors import error_page


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the only face, or let choose between several."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    faces = _faces(roles_of(request.user.pk))
    if not faces:
        return error_page(
            request, 403, _("There is no page for your role yet. Your mails tell you all that is needed.")
        )
    if len(faces) == 1:
        return HttpResponseRedirect(faces[0][0])
    return render(request, "account/faces.html", {"faces": faces})


def _faces(roles: tuple[Role, ...]) -> list[tuple[str, str, str]]:
    """Return address, name and role of every face: one per vendor's console, and one portal for all partners."""
    faces = [
        (reverse("console:today", args=[role.slug]), role.vendor, role.role)
        for role in roles
        if role.role in CONSOLE_ROLES
    ]
    at_partners = [role for role in roles if role.role in PORTAL_ROLES]
    if at_partners:
        names = ", ".join(dict.fromkeys(role.partner for role in at_partners))
        faces.append((reverse("portal:inbox"), names, at_partners[0].role))
    return faces


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show a person's own settings: language, password, sign out. People of partners have a page in the portal."""
    if not request.user.is_authenticated:
        return to_sign_in(request)
    faces = _faces(roles_of(request.user.pk))
    return render(request, "account/me.html", {"faces": faces, "language": translation.get_language()})


@require_POST
def speak(request: HttpRequest) -> HttpResponse:
    """Choose a language; a person keeps it, whoever has not signed in keeps it in the browser."""
    language = "de" if request.POST.get("language") == "de" else "en"
    back = request.POST.get("next", "/")
    response = HttpResponseRedirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/")
    response.status_code = 303
    if request.user.is_authenticated:
        for role in roles_of(request.user.pk)[:1]:
            choose_language(language, by=role.viewer)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response
