"""Today: what needs somebody, with its remedies in place; the figures of the week; where leads went."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _

from partidor.access.story import lead_named
from partidor.actions.partners import pause_partner
from partidor.actions.qualification import release_lead
from partidor.actions.routing import reroute_lead
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.components.wording import clock_time
from partidor.inbound.web.console.today.attention import figures, rows
from partidor.inbound.web.console.today.flow import shown
from partidor.queries.today.attention import attention
from partidor.queries.today.flow import flow
from partidor.queries.today.week import week

PERIODS = (7, 30, 90)
PAUSE = timedelta(days=7)


@console_page
def today(visit: ConsoleVisit) -> HttpResponse:
    """Show Today."""
    asked = visit.request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
    picture = flow(visit.viewer, since=visit.at - timedelta(days=days), until=visit.at)
    return visit.show(
        "console/today/page.html",
        {**_now(visit), "room": "today", "flow": shown(picture, visit.slug, days), "days": days, "periods": PERIODS},
    )


@console_page
def now(visit: ConsoleVisit) -> HttpResponse:
    """Show the part of Today that lives: what needs somebody, and the figures."""
    context = _now(visit)
    return live(visit, "console/today/_now.html", context, str(context["version"]))


def _now(visit: ConsoleVisit) -> dict[str, object]:
    found = attention(visit.viewer, at=visit.at)
    measured = week(visit.viewer, at=visit.at)
    return {
        "rows": rows(found.items, visit.slug),
        "more": found.more,
        "total": len(found.items) + found.more,
        "week": measured,
        "figures": figures(measured),
        "version": version_of(found, measured, visit.language),
    }


@console_verb
def reroute(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Send a lead through the rules again; ``again`` asks those too who let it lapse."""
    lead = lead_named(visit.viewer, ref)
    again = visit.request.POST.get("again") == "1"
    done = reroute_lead(lead.pk, again=again, by=visit.viewer, at=visit.at)
    found = done.lead.state == "offered"
    return _done(visit, _("Routed again: a partner is asked now.") if found else _("Nobody could be asked this time."))


@console_verb
def release(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Release a lead from review."""
    release_lead(lead_named(visit.viewer, ref).pk, by=visit.viewer, at=visit.at)
    return _done(visit, _("Released; the rules have taken it over."))


@console_verb
def pause(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Pause a partner for a week."""
    until = visit.at + PAUSE
    kept = pause_partner(partner_id, until=until, by=visit.viewer, at=visit.at)
    said = _("{partner} gets no new offers until {when}.")
    return _done(visit, said.format(partner=kept.partner.name, when=clock_time(until, visit.at)))


def _done(visit: ConsoleVisit, said: str) -> HttpResponse:
    """Answer a remedy: with what still needs somebody and a word of what was done."""
    if visit.is_part:
        return visit.show("console/today/_now.html", {**_now(visit), "said": said})
    return visit.go("console:today", visit.slug, said=said)


urlpatterns = [
    path("", today, name="today"),
    path("now", now, name="today-now"),
    path("now/leads/<str:ref>/reroute", reroute, name="today-reroute"),
    path("now/leads/<str:ref>/release", release, name="today-release"),
    path("now/partners/<uuid:partner_id>/pause", pause, name="today-pause"),
]
