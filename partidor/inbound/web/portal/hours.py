"""When a partner works: for everybody there to see, for its managers to change."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from partidor.inbound.web.components.doors import PortalVisit, portal_page, portal_verb
from partidor.inbound.web.components.hours import Sent, choices, regions_part
from partidor.inbound.web.components.hours_change import Overtaken, change_partner_hours
from partidor.inbound.web.components.meanwhile import Meanwhile
from partidor.inbound.web.portal.frame import framed
from partidor.queries.settings.hours import partner_hours


@portal_page
def hours(visit: PortalVisit, partner_id: UUID) -> HttpResponse:
    """Show the calendar of one's partner."""
    return _page(visit, partner_id)


def _page(
    visit: PortalVisit, partner_id: UUID, again: Sent | None = None, last: Meanwhile | None = None
) -> HttpResponse:
    found = partner_hours(visit.viewer_at(partner_id), partner_id, at=visit.at, language=visit.language)
    context = {
        "found": found,
        "hours": found.hours,
        "inherits": True,
        "regions_at": reverse("portal:hours-regions"),
        "meanwhile": last,
        **choices(found.hours, visit.language, again, meanwhile=last is not None),
    }
    return framed(visit, "portal/hours.html", "me", context, status=412 if last else 422 if again else 200)


@portal_verb
def change(visit: PortalVisit, partner_id: UUID) -> HttpResponse:
    """Put another calendar in place of the partner's own."""
    try:
        wrong = change_partner_hours(visit, visit.viewer_at(partner_id), partner_id)
    except Overtaken as overtaken:
        return _page(visit, partner_id, overtaken.given, overtaken.meanwhile)
    if wrong:
        return _page(visit, partner_id, wrong)
    said = _("Saved. It counts from the next offer on; deadlines that are set stay as they are.")
    return visit.go("portal:hours", partner_id, said=said)


@portal_page
def regions(visit: PortalVisit) -> HttpResponse:
    """Show the regions of a country that have holidays of their own."""
    return regions_part(visit)


urlpatterns = [
    path("me/hours/regions", regions, name="hours-regions"),
    path("me/hours/<uuid:partner_id>", hours, name="hours"),
    path("me/hours/<uuid:partner_id>/change", change, name="hours-change"),
]
