"""When a partner works: for everybody there to see, for its managers to change."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from partidor.actions.calendars import change_partner_calendar
from partidor.inbound.web.components.doors import PortalVisit, portal_page, portal_verb
from partidor.inbound.web.components.hours import HoursForm, choices, form_of, parts_of, regions_part, sent
from partidor.inbound.web.portal.frame import framed
from partidor.queries.settings.hours import partner_hours


@portal_page
def hours(visit: PortalVisit, partner_id: UUID) -> HttpResponse:
    """Show the calendar of one's partner."""
    return _page(visit, partner_id)


def _page(visit: PortalVisit, partner_id: UUID, wrong: HoursForm | None = None) -> HttpResponse:
    found = partner_hours(visit.viewer_at(partner_id), partner_id, at=visit.at, language=visit.language)
    context = {
        "found": found,
        "hours": found.hours,
        "inherits": True,
        "regions_at": reverse("portal:hours-regions"),
        **choices(wrong or form_of(found.hours), visit.language),
    }
    return framed(visit, "portal/hours.html", "me", context, status=422 if wrong else 200)


@portal_verb
def change(visit: PortalVisit, partner_id: UUID) -> HttpResponse:
    """Put another calendar in place of the partner's own."""
    viewer = visit.viewer_at(partner_id)
    given = sent(visit.request.POST, parts_of(visit.request.POST))
    if given.form.is_wrong:
        return _page(visit, partner_id, given.form)
    change_partner_calendar(partner_id, given.calendar, by=viewer, at=visit.at)
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
