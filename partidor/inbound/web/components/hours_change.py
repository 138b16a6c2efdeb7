"""The change of a partner's working hours, by its own managers in the portal and by the vendor in the console."""

from __future__ import annotations

from uuid import UUID

from partidor.access.viewer import Viewer
from partidor.actions.calendars import change_partner_calendar
from partidor.domain.refusal import ChangedMeanwhile
from partidor.inbound.web.components.doors import Visit
from partidor.inbound.web.components.hours import Sent, form_of, sent
from partidor.inbound.web.components.hours_words import changes_said
from partidor.inbound.web.components.meanwhile import Meanwhile, meanwhile
from partidor.queries.partners.changes import last_change
from partidor.queries.settings.hours import partner_hours


class Overtaken(Exception):
    """Somebody was quicker; ``given`` is what was sent, ``meanwhile`` what changed."""

    def __init__(self, given: Sent, changed: Meanwhile) -> None:
        """Keep both."""
        super().__init__()
        self.given, self.meanwhile = given, changed


def change_partner_hours(visit: Visit, by: Viewer, partner_id: UUID) -> Sent | None:
    """Save the form that was sent; return it if something in it is wrong. Raises Overtaken, NotFound, NotAllowed."""
    found = partner_hours(by, partner_id, at=visit.at, language=visit.language).hours
    given = sent(visit.request.POST, found, inherits=True)
    if given.form.is_wrong:
        return given
    calendar, zone = given.calendar(found, inherits=True)
    try:
        change_partner_calendar(partner_id, calendar, time_zone=zone, if_match=given.revision, by=by, at=visit.at)
    except ChangedMeanwhile as error:
        lines = changes_said(given.shown, form_of(found).entries(), visit.language)
        last = last_change(by, "partner.hours_changed", partner_id)
        raise Overtaken(given, meanwhile(last, lines)) from error
    return None
