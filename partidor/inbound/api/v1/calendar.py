"""The vendor's calendar: working hours, public holidays, exceptions. Partners inherit it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.calendars import change_calendar
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, changes, done, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import object_of
from partidor.queries.settings.hours import CalendarCard, calendar_card, shown_calendar

router = Router(tags=["calendar"])


@router.get("", response=reads(CalendarCard))
def read(request: HttpRequest) -> HttpResponse:
    """Show the vendor's calendar, with what counts where nothing was said: Monday to Friday, 9 to 17."""
    by, _ = asker(request)
    return answer(calendar_card(by))


@router.put("", response=changes(CalendarCard), openapi_extra=shapes.takes(shapes.CALENDAR))
def replace(request: HttpRequest) -> HttpResponse:
    """Put a calendar in place of the vendor's. Deadlines that are set stay; the next round counts by the new one."""
    by, at = asker(request)
    kept = change_calendar(object_of(request), by=by, at=at)
    return done(shown_calendar(kept.vendor), repeated=kept.repeated)
