"""The person itself: language, whether the partner takes offers now, colleagues, the way out."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from partidor.access.roles import PORTAL_ROLES
from partidor.access.viewer import Viewer
from partidor.actions.partners import pause_partner, resume_partner
from partidor.actions.people import choose_language
from partidor.domain.refusal import NotAllowed
from partidor.domain.words import ROLE
from partidor.inbound.web.components.doors import PortalVisit, portal_page, portal_verb
from partidor.inbound.web.components.inviting import invite_by
from partidor.inbound.web.components.pausing import Pause
from partidor.inbound.web.portal.frame import framed
from partidor.queries.paging import Wanted
from partidor.queries.portal.me import me

AT_ONCE = 30
"""Colleagues on one page."""


class Invite(forms.Form):
    """A colleague to be: name, address and role."""

    name = forms.CharField(max_length=300, strip=True)
    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField(choices=[(role, ROLE[role]) for role in PORTAL_ROLES])


@portal_page
def page(visit: PortalVisit) -> HttpResponse:
    """Show who one is here, and what one may steer."""
    return _page(visit)


def _page(visit: PortalVisit, wrong: forms.Form | None = None) -> HttpResponse:
    found = me(visit.viewers, Wanted(AT_ONCE, visit.request.GET.get("cursor", ""), visit.at))
    context = {
        "found": found,
        "here": reverse("portal:me"),
        "roles": PORTAL_ROLES,
        "tomorrow": (timezone.localtime(visit.at) + timedelta(days=1)).date(),
        "pause": wrong if isinstance(wrong, Pause) else None,
        "invite": wrong if isinstance(wrong, Invite) else None,
        "at": visit.request.POST.get("partner", ""),
    }
    return framed(visit, "portal/me.html", "me", context, status=422 if wrong else 200)


def _steered(visit: PortalVisit) -> tuple[Viewer, UUID]:
    """Return the viewer at the partner that is to be steered, if it may, and the partner."""
    viewer = visit.viewer_at(visit.request.POST.get("partner") or visit.viewers[0].partner_id)
    if viewer.partner_id is None or not viewer.may_steer(viewer.partner_id):
        raise NotAllowed(needs="to be the partner's manager")
    return viewer, viewer.partner_id


@portal_verb
def language(visit: PortalVisit) -> HttpResponse:
    """Choose the language of pages and mails."""
    chosen = visit.request.POST.get("language", "")
    choose_language(chosen, by=visit.viewers[0])
    with override(chosen):
        return visit.go("portal:me", said=_("From now on in English."))


@portal_verb
def pause(visit: PortalVisit) -> HttpResponse:
    """Take no new offers for a while."""
    viewer, partner = _steered(visit)
    form = Pause(visit.request.POST, at=visit.at)
    if not form.is_valid():
        return _page(visit, form)
    pause_partner(partner, **form.cleaned_data, by=viewer, at=visit.at)
    return visit.go("portal:me", said=_("Paused. Running offers and leads stay with you."))


@portal_verb
def resume(visit: PortalVisit) -> HttpResponse:
    """Take offers again."""
    viewer, partner = _steered(visit)
    resume_partner(partner, by=viewer, at=visit.at)
    return visit.go("portal:me", said=_("You get offers again."))


@portal_verb
def invite(visit: PortalVisit) -> HttpResponse:
    """Invite a colleague."""
    viewer, partner = _steered(visit)
    form = Invite(visit.request.POST)
    if not form.is_valid():
        return _page(visit, form)
    form.cleaned_data["partner_id"] = partner
    said = invite_by(form, viewer, visit)
    return visit.go("portal:me", said=said) if said else _page(visit, form)


urlpatterns = [
    path("me/", page, name="me"),
    path("me/language", language, name="language"),
    path("me/pause", pause, name="pause"),
    path("me/resume", resume, name="resume"),
    path("me/invite", invite, name="invite"),
]
