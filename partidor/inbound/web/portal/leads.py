"""The partner's own leads: the list, one of them with whom to call, and how it ended."""

from __future__ import annotations

from urllib.parse import quote
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partidor.access.leads import viewer_of_lead
from partidor.actions.pipeline import LOST_REASONS, lose_lead, win_lead
from partidor.inbound.web.components.doors import PortalVisit, portal_page, portal_verb
from partidor.inbound.web.components.wording import country_name
from partidor.inbound.web.portal.frame import framed
from partidor.inbound.web.portal.vcard import vcards
from partidor.inbound.web.portal.wording import step_icon, told, typed_amount, value_of, why
from partidor.queries.leads.cards import LeadCard
from partidor.queries.paging import Wanted
from partidor.queries.portal.leads import my_leads, portal_lead, reachable_lead

AT_ONCE = 25
"""Leads on one page."""
MAP = "https://www.openstreetmap.org/search?query="


class Won(forms.Form):
    """What the order is worth, if one wants to say so."""

    value = forms.CharField(required=False, max_length=30, strip=True)

    def clean_value(self) -> str | None:
        """Read the amount as people of the page's language write it."""
        if not (text := self.cleaned_data["value"]):
            return None
        number = typed_amount(text)
        if number is None or number < 0:
            raise forms.ValidationError(gettext_lazy("Please write an amount, such as 48,000.00, or leave it empty."))
        return f"{number:f}"


@portal_page
def leads(visit: PortalVisit) -> HttpResponse:
    """List the leads that run, or those that are closed."""
    closed = visit.request.GET.get("closed") == "1"
    found = my_leads(visit.viewers, Wanted(AT_ONCE, visit.request.GET.get("cursor", ""), visit.at), closed=closed)
    return framed(visit, "portal/leads.html", "leads", {"found": found, "closed": closed})


@portal_page
def lead(visit: PortalVisit, lead_id: UUID) -> HttpResponse:
    """Show one lead."""
    return _page(visit, lead_id)


def _page(visit: PortalVisit, lead_id: UUID, form: Won | None = None) -> HttpResponse:
    found = portal_lead(visit.viewers, lead_id, language=visit.language)
    context = {
        "found": found,
        "lead": found.lead,
        "why": why(found.why, found.vendor),
        "story": [(step, step_icon(step, found), told(step, found, visit.at)) for step in found.story],
        "own_facts": [(fact.label, value_of(fact)) for fact in found.own_facts],
        "map": _map(found.lead),
        "lost_reasons": LOST_REASONS,
        "form": form,
        "currency": found.lead.currency or found.currency,
    }
    return framed(visit, "portal/lead.html", "leads", context, status=422 if form else 200)


def _map(lead: LeadCard) -> str:
    address = lead.address
    town = f"{address.postal_code} {address.city}".strip()
    sought = ", ".join(filter(None, [address.street, town, country_name(address.country) if address.country else ""]))
    return MAP + quote(sought) if town else ""


@portal_page
def contact(visit: PortalVisit, lead_id: UUID) -> HttpResponse:
    """Give the people of a lead as a contact card."""
    found = reachable_lead(visit.viewers, lead_id)
    country = country_name(found.address.country) if found.address.country else ""
    response = HttpResponse(vcards(found, country=country), content_type="text/vcard; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.ref}.vcf"'
    return response


@portal_verb
def win(visit: PortalVisit, lead_id: UUID) -> HttpResponse:
    """Close a lead with an order."""
    form = Won(visit.request.POST)
    if not form.is_valid():
        return _page(visit, lead_id, form)
    win_lead(lead_id, value=form.cleaned_data["value"], by=viewer_of_lead(visit.viewers, lead_id), at=visit.at)
    return visit.go("portal:lead", lead_id, said=_("Won. Congratulations!"))


@portal_verb
def lose(visit: PortalVisit, lead_id: UUID) -> HttpResponse:
    """Close a lead without an order."""
    reason = visit.request.POST.get("reason", "")
    lose_lead(lead_id, reason=reason, by=viewer_of_lead(visit.viewers, lead_id), at=visit.at)
    return visit.go("portal:lead", lead_id, said=_("Closed. Thank you for saying so."))


urlpatterns = [
    path("leads/", leads, name="leads"),
    path("leads/<uuid:lead_id>", lead, name="lead"),
    path("leads/<uuid:lead_id>/contact.vcf", contact, name="contact"),
    path("leads/<uuid:lead_id>/win", win, name="win"),
    path("leads/<uuid:lead_id>/lose", lose, name="lose"),
]
