"""Working hours: the vendor's, from which partners inherit, and what one partner has of its own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from partidor.actions.calendars import change_calendar, change_partner_calendar
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.hours import HoursForm, choices, form_of, parts_of, regions_part, sent
from partidor.queries.settings.hours import partner_hours, vendor_hours


@console_page
def hours(visit: ConsoleVisit) -> HttpResponse:
    """Show the vendor's calendar, and the working days to come."""
    return _page(visit)


def _page(visit: ConsoleVisit, wrong: HoursForm | None = None) -> HttpResponse:
    found = vendor_hours(visit.viewer, at=visit.at, language=visit.language)
    context = {
        "room": "hours",
        "hours": found,
        "may_change": visit.viewer.may("rules:write", "admin"),
        "regions_at": reverse("console:hours-regions", args=[visit.slug]),
        **choices(wrong or form_of(found), visit.language),
    }
    return visit.show("console/settings/hours.html", context, status=422 if wrong else 200)


@console_verb
def change(visit: ConsoleVisit) -> HttpResponse:
    """Put another calendar in place of the vendor's."""
    given = sent(visit.request.POST)
    if given.form.is_wrong:
        return _page(visit, given.form)
    change_calendar(given.calendar, by=visit.viewer, at=visit.at)
    said = _("Saved. It counts from the next offer on; deadlines that are set stay as they are.")
    return visit.go("console:hours", visit.slug, said=said)


@console_page
def regions(visit: ConsoleVisit) -> HttpResponse:
    """Show the regions of a country that have holidays of their own."""
    return regions_part(visit)


@console_page
def of_partner(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Show the calendar of a partner, and which of its parts are its own."""
    return _partner_page(visit, partner_id)


def _partner_page(visit: ConsoleVisit, partner_id: UUID, wrong: HoursForm | None = None) -> HttpResponse:
    found = partner_hours(visit.viewer, partner_id, at=visit.at, language=visit.language)
    context = {
        "room": "partners",
        "found": found,
        "hours": found.hours,
        "inherits": True,
        "regions_at": reverse("console:hours-regions", args=[visit.slug]),
        **choices(wrong or form_of(found.hours), visit.language),
    }
    return visit.show("console/partners/hours.html", context, status=422 if wrong else 200)


@console_verb
def change_partner(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Put another calendar in place of a partner's own."""
    given = sent(visit.request.POST, parts_of(visit.request.POST))
    if given.form.is_wrong:
        return _partner_page(visit, partner_id, given.form)
    change_partner_calendar(partner_id, given.calendar, by=visit.viewer, at=visit.at)
    said = _("Saved. It counts from the next offer on; deadlines that are set stay as they are.")
    return visit.go("console:partner-hours", visit.slug, partner_id, said=said)


urlpatterns = [
    path("hours/", hours, name="hours"),
    path("hours/change", change, name="hours-change"),
    path("hours/regions", regions, name="hours-regions"),
    path("partners/<uuid:partner_id>/hours", of_partner, name="partner-hours"),
    path("partners/<uuid:partner_id>/hours/change", change_partner, name="partner-hours-change"),
]
