"""The page of a lead: why it went where it went and why not elsewhere, what happens next, and its story."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.console.leads import verbs as lead_verbs
from partidor.inbound.web.console.leads.parts import (
    changed_of,
    moving_context,
    moving_version,
    page_for,
    whole,
    why_context,
    why_not_context,
)
from partidor.queries.leads.page.glance import glance


@console_page
def lead(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Show a lead."""
    return visit.show("console/leads/page.html", whole(visit, page_for(visit, ref)))


@console_page
def why(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Show the part that explains: the decision, or that it was decided again, or the answers to why not."""
    page = page_for(visit, ref)
    asked = visit.request.GET
    if "again" in asked:
        return visit.show("console/leads/_again.html", {"why": page.why, "changed": changed_of(page)})
    if "candidates" in asked or "ranking" in asked:
        return visit.show("console/leads/_why.html", why_context(visit, page))
    return visit.show("console/leads/_why_not.html", why_not_context(visit, page))


@console_page
def timeline(visit: ConsoleVisit, ref: str) -> HttpResponse:
    """Answer a poll: state, plan, offers and timeline, and the newest decision unless another is looked at."""
    if visit.request.GET.get("v") == moving_version(visit, *glance(visit.viewer, ref)):
        return HttpResponse(status=204)
    page = page_for(visit, ref)
    context = moving_context(visit, page) | why_context(visit, page)
    return visit.show("console/leads/_moving.html", {**context, "is_part": True})


urlpatterns = [
    path("leads/<str:ref>", lead, name="lead"),
    path("leads/<str:ref>/why", why, name="lead-why"),
    path("leads/<str:ref>/timeline", timeline, name="lead-timeline"),
    *lead_verbs.urlpatterns,
]
