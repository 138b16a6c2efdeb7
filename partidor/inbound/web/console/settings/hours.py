"""Working hours: the vendor's, from which partners inherit, and what one partner has of its own."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from partidor.actions.calendars import change_calendar
from partidor.domain.refusal import ChangedMeanwhile
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.hours import Sent, choices, form_of, regions_part, sent
from partidor.inbound.web.components.hours_change import Overtaken, change_partner_hours
from partidor.inbound.web.components.hours_words import changes_said
from partidor.inbound.web.components.meanwhile import Meanwhile, meanwhile
from partidor.queries.partners.changes import last_change
from partidor.queries.settings.hours import partner_hours, vendor_hours


@console_page
def hours(visit: ConsoleVisit) -> HttpResponse:
    """Show the vendor's calendar, and the working days to come."""
    return _page(visit)


def _page(visit: ConsoleVisit, again: Sent | None = None, last: Meanwhile | None = None) -> HttpResponse:
    found = vendor_hours(visit.viewer, at=visit.at, language=visit.language)
    context = {
        "room": "hours",
        "hours": found,
        "may_change": visit.viewer.may("rules:write", "admin"),
        "regions_at": reverse("console:hours-regions", args=[visit.slug]),
        "meanwhile": last,
        **choices(found, visit.language, again, meanwhile=last is not None),
    }
    return visit.show("console/settings/hours.html", context, status=412 if last else 422 if again else 200)


@console_verb
def change(visit: ConsoleVisit) -> HttpResponse:
    """Put another calendar in place of the vendor's."""
    found = vendor_hours(visit.viewer, at=visit.at, language=visit.language)
    given = sent(visit.request.POST, found)
    if given.form.is_wrong:
        return _page(visit, given)
    calendar, zone = given.calendar(found, inherits=False)
    try:
        change_calendar(calendar, time_zone=zone, if_match=given.revision, by=visit.viewer, at=visit.at)
    except ChangedMeanwhile:
        lines = changes_said(given.shown, form_of(found).entries(), visit.language)
        return _page(visit, given, meanwhile(last_change(visit.viewer, "vendor.hours_changed"), lines))
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


def _partner_page(
    visit: ConsoleVisit, partner_id: UUID, again: Sent | None = None, last: Meanwhile | None = None
) -> HttpResponse:
    found = partner_hours(visit.viewer, partner_id, at=visit.at, language=visit.language)
    context = {
        "room": "partners",
        "found": found,
        "hours": found.hours,
        "inherits": True,
        "regions_at": reverse("console:hours-regions", args=[visit.slug]),
        "meanwhile": last,
        **choices(found.hours, visit.language, again, meanwhile=last is not None),
    }
    return visit.show("console/partners/hours.html", context, status=412 if last else 422 if again else 200)


@console_verb
def change_partner(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Put another calendar in place of a partner's own."""
    try:
        wrong = change_partner_hours(visit, visit.viewer, partner_id)
    except Overtaken as overtaken:
        return _partner_page(visit, partner_id, overtaken.given, overtaken.meanwhile)
    if wrong:
        return _partner_page(visit, partner_id, wrong)
    said = _("Saved. It counts from the next offer on; deadlines that are set stay as they are.")
    return visit.go("console:partner-hours", visit.slug, partner_id, said=said)


urlpatterns = [
    path("hours/", hours, name="hours"),
    path("hours/change", change, name="hours-change"),
    path("hours/regions", regions, name="hours-regions"),
    path("partners/<uuid:partner_id>/hours", of_partner, name="partner-hours"),
    path("partners/<uuid:partner_id>/hours/change", change_partner, name="partner-hours-change"),
]
