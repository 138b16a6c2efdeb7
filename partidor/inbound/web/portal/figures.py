"""The partner's own figures of the last weeks, in words first."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from partidor.domain.reports.axis import axis
from partidor.inbound.web.components.doors import PortalVisit, portal_page
from partidor.inbound.web.portal.frame import framed
from partidor.inbound.web.portal.wording import beside_share, compared, fair_share, percent, short_day
from partidor.queries.fairness.statement import Statement
from partidor.queries.portal.figures import own_figures


@portal_page
def figures(visit: PortalVisit) -> HttpResponse:
    """Show the figures of one partner; who works for several chooses."""
    wanted = visit.request.GET.get("of")
    viewer = visit.viewer_at(wanted) if wanted else visit.viewers[0]
    found = own_figures(viewer, at=visit.at)
    context = {
        "found": found,
        "weeks": [(short_day(week.monday), week) for week in found.weeks],
        "of": viewer.partner_id,
        "rate_alone": percent(found.rate_alone),
        "rate_competing": percent(found.rate_competing),
        **(_statement(found.statement) if found.statement else {}),
    }
    return framed(visit, "portal/figures.html", "figures", context)


def _statement(stated: Statement) -> dict[str, object]:
    scale = axis(max((max(week.expected, week.received) for week in stated.weeks), default=1.0))
    return {
        "share": fair_share(stated.share),
        "beside": beside_share(stated),
        "compared": compared(stated),
        "share_weeks": [
            (short_day(week.monday), week, f"{scale.place(week.expected)}", f"{scale.place(week.received)}")
            for week in stated.weeks
        ],
    }


urlpatterns = [path("figures/", figures, name="figures")]
