"""Kept mails: what would have been sent, where no mail server is set; each as it looks, and as text."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.console.lists import asked, leaf, page_number
from partidor.queries.settings.mails import kept_mails, one_mail

_LOOK = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}
"""A mail brings its styles along and does nothing else; what it links to opens beside the console."""


@console_page
def mails(visit: ConsoleVisit) -> HttpResponse:
    """List the kept mails."""
    found = kept_mails(visit.viewer, page=page_number(visit))
    context = {"room": "mails", "found": found, "leaf": leaf(visit, found), "server": settings.MAIL}
    return visit.show("console/settings/mails.html", context)


@console_page
def mail(visit: ConsoleVisit, mail_id: UUID) -> HttpResponse:
    """Show one mail with what stands around it."""
    found = one_mail(visit.viewer, mail_id)
    as_text = asked(visit, "as") == "text" or not found.html
    return visit.show("console/settings/mail.html", {"room": "mails", "mail": found, "as_text": as_text})


@console_page
def look(visit: ConsoleVisit, mail_id: UUID) -> HttpResponse:
    """Show a mail as its reader sees it, for the frame on its page."""
    html = one_mail(visit.viewer, mail_id).html.replace("<head>", '<head><base target="_blank">', 1)
    response = HttpResponse(html)
    response._csp_replace = _LOOK  # type: ignore[attr-defined] # as django-csp's decorator does, but on success only
    return response


urlpatterns = [
    path("mails/", mails, name="mails"),
    path("mails/<uuid:mail_id>", mail, name="mail"),
    path("mails/<uuid:mail_id>/look", look, name="mail-look"),
]
