"""What every page of the portal has around it: the tab it belongs to, and how many offers wait."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from partidor.inbound.web.components.doors import PortalVisit
from partidor.queries.portal.inbox import open_count


def framed(
    visit: PortalVisit,
    template: str,
    tab: str,
    context: Mapping[str, object],
    *,
    waiting: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """Show a page of the portal; the badge is counted unless the page has counted already."""
    count = open_count(visit.viewers) if waiting is None else waiting
    return visit.show(template, {"tab": tab, "waiting": count, "several": _several(visit), **context}, status)


def _several(visit: PortalVisit) -> bool:
    """Say whether the person works for more than one partner, so that cards must name whose they are."""
    return len(visit.roles) > 1
