"""People: who works for the vendor and for its partners; invite, take a role away, give it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from partidor.access.roles import CONSOLE_ROLES, PORTAL_ROLES
from partidor.actions.accounts import invitation_path
from partidor.actions.people import deactivate_membership, reactivate_membership
from partidor.domain.words import ROLE
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.inviting import invite_by
from partidor.inbound.web.console.lists import Choice, asked, leaf, page_number
from partidor.queries.settings.people_table import PersonLine, SoughtPeople, partner_choices, team

WHOSE: Mapping[str, str] = {"vendor": gettext_noop("Ours"), "partners": gettext_noop("Partners’")}
STATES: Mapping[str, str] = {
    "active": gettext_noop("Active"),
    "invited": gettext_noop("Invited"),
    "deactivated": gettext_noop("Deactivated"),
}


class Invite(forms.Form):
    """Somebody to be: name, address, role, and the partner of a role at a partner."""

    name = forms.CharField(max_length=300, strip=True)
    email = forms.EmailField(max_length=254)
    role = forms.ChoiceField(choices=[(role, ROLE[role]) for role in (*CONSOLE_ROLES, *PORTAL_ROLES)])
    partner_id = forms.UUIDField(required=False)

    def clean(self) -> dict[str, object]:
        """Take a partner with a partner's role, and none with the vendor's."""
        cleaned: dict[str, object] = super().clean() or self.cleaned_data
        if cleaned.get("role") in PORTAL_ROLES and not cleaned.get("partner_id") and "partner_id" not in self.errors:
            self.add_error("partner_id", gettext_lazy("Please say at which partner."))
        if cleaned.get("role") in CONSOLE_ROLES and cleaned.get("partner_id"):
            self.add_error("partner_id", gettext_lazy("Leave this out: the role is at your own company."))
        return cleaned


@console_page
def people(visit: ConsoleVisit) -> HttpResponse:
    """Show people in their roles."""
    return _page(visit)


def _page(visit: ConsoleVisit, wrong: Invite | None = None) -> HttpResponse:
    sought = SoughtPeople(**{name: asked(visit, name) for name in ("q", "role", "whose", "state")})
    found = team(visit.viewer, sought, page=page_number(visit))
    partner = (wrong["partner_id"].value() if wrong else asked(visit, "partner")) or ""
    context = {
        "room": "people",
        "found": found,
        "lines": [_linked(line) for line in found.lines.items],
        "mails": settings.MAIL is not None,
        "here": reverse("console:people", args=[visit.slug]),
        "leaf": leaf(visit, found.lines),
        "sought": sought,
        "is_narrowed": any((sought.q, sought.role, sought.whose, sought.state)),
        "roles": [Choice(role, _(ROLE[role]), role == sought.role) for role in (*CONSOLE_ROLES, *PORTAL_ROLES)],
        "whose": [Choice(code, _(label), code == sought.whose) for code, label in WHOSE.items()],
        "states": [Choice(code, _(label), code == sought.state) for code, label in STATES.items()],
        "invite": wrong,
        "inviting": bool(wrong or partner),
        "chosen_role": (wrong["role"].value() if wrong else "") or ("partner_sales" if partner else "channel_manager"),
        "chosen_partner": str(partner),
        "own_roles": CONSOLE_ROLES,
        "partner_roles": PORTAL_ROLES,
    }
    if visit.is_part:
        return visit.show("console/settings/_people.html", context)
    context["partners"] = partner_choices(visit.viewer)
    return visit.show("console/settings/people.html", context, status=422 if wrong else 200)


def _linked(line: PersonLine) -> PersonLine:
    """Add the link of an invitation that nobody else brings: no mail goes out, and it opens nothing but this vendor."""
    if settings.MAIL is not None or not line.is_new:
        return line
    return replace(line, link=settings.BASE_URL + invitation_path(line.id))


@console_verb
def invite(visit: ConsoleVisit) -> HttpResponse:
    """Invite somebody to a role."""
    form = Invite(visit.request.POST)
    if not form.is_valid():
        return _page(visit, form)
    said = invite_by(form, visit.viewer, visit)
    return visit.go("console:people", visit.slug, said=said) if said else _page(visit, form)


@console_verb
def deactivate(visit: ConsoleVisit, membership_id: UUID) -> HttpResponse:
    """Take a role away."""
    membership, _repeated = deactivate_membership(membership_id, by=visit.viewer, at=visit.at)
    said = _("{name} is out from the next click on. You can undo this here.")
    return visit.go("console:people", visit.slug, said=said.format(name=membership.shown_name))


@console_verb
def reactivate(visit: ConsoleVisit, membership_id: UUID) -> HttpResponse:
    """Give a role back."""
    membership, _repeated = reactivate_membership(membership_id, by=visit.viewer, at=visit.at)
    said = _("{name} is in again.").format(name=membership.shown_name)
    return visit.go("console:people", visit.slug, said=said)


urlpatterns = [
    path("people/", people, name="people"),
    path("people/invite", invite, name="people-invite"),
    path("people/<uuid:membership_id>/deactivate", deactivate, name="people-deactivate"),
    path("people/<uuid:membership_id>/reactivate", reactivate, name="people-reactivate"),
]
