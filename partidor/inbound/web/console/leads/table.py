"""All leads as a table: searched, narrowed, page by page; what it is narrowed to stands in the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from partidor.access.viewer import vendor_of
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.domain.words import LEAD_STATE, TEMPERATURE
from partidor.inbound.web.components.doors import ConsoleVisit, console_page
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.components.wording import number, source_name
from partidor.inbound.web.console.lists import Choice
from partidor.queries.leads.table import ATTENTION, STATES, Table, TableSought, leads_table

DAYS = (1, 7, 30, 90)
FILTERS = ("q", "state", "temperature", "source", "partner", "attention", "days")
ATTENTIONS: Mapping[str, str] = {
    "any": gettext_noop("Needs somebody"),
    "unassigned": gettext_noop("Without a partner"),
    "clock": gettext_noop("Deadline missed"),
    "spam": gettext_noop("Perhaps spam"),
    "archived": gettext_noop("Partner archived"),
    "review": gettext_noop("Waits for review"),
    "stalled": gettext_noop("Stands still"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: what it says, and the address without it."""

    label: str
    url: str


@console_page
def leads(visit: ConsoleVisit) -> HttpResponse:
    """Show one page of the table; a part of it when the form or the clock asks."""
    sought = sought_in(visit.request.GET)
    cursor = visit.request.GET.get("cursor", "")
    table = leads_table(visit.viewer, sought, cursor=cursor, at=visit.at)
    query = query_of(sought, cursor)
    here = reverse("console:leads", args=[visit.slug])
    context = {
        "room": "leads",
        "home": vendor_of(visit.viewer).country,
        "table": table,
        "sought": sought,
        "counted": _counted(table),
        "chips": _chips(sought, table, here),
        "query": query,
        "version": version_of(table, sought, visit.language),
    }
    if not visit.is_part:
        return visit.show("console/leads/table.html", {**context, **_choices(sought, table)})
    if "v" in visit.request.GET:
        return live(visit, "console/leads/_table.html", context, str(context["version"]))
    response = visit.show("console/leads/_table.html", context)
    response["HX-Push-Url"] = f"{here}?{query}" if query else here
    return response


def sought_in(asked: QueryDict) -> TableSought:
    """Read the filters of an address; one that there is not counts as none."""

    def one(name: str, allowed: Iterable[str]) -> str:
        value = asked.get(name, "")
        return value if value in allowed else ""

    days = one("days", map(str, DAYS))
    return TableSought(
        q=asked.get("q", "").replace("\0", "").strip()[:200],
        state=one("state", STATES),
        temperature=one("temperature", TEMPERATURES),
        source=asked.get("source", "").replace("\0", "")[:100],
        partner=asked.get("partner", "").replace("\0", "").strip()[:300],
        attention=one("attention", ATTENTION),
        days=int(days) if days else 0,
    )


def query_of(sought: TableSought, cursor: str = "", *, without: str = "") -> str:
    """Write filters as the query of an address, without those that are empty."""
    values = {name: getattr(sought, name) for name in FILTERS if name != without}
    return urlencode({name: value for name, value in {**values, "cursor": cursor}.items() if value})


def _counted(table: Table) -> str:
    if table.more:
        return _("more than {count} leads").format(count=number(table.total))
    return ngettext("{count} lead", "{count} leads", table.total).format(count=number(table.total))


def _chips(sought: TableSought, table: Table, here: str) -> list[Chip]:
    """Say what the table is narrowed to, each with a way out of it."""
    partner = table.partner.name if table.partner else sought.partner
    words = {
        "q": _("“{words}”").format(words=sought.q),
        "state": _(LEAD_STATE.get(sought.state, "")),
        "temperature": _(TEMPERATURE.get(sought.temperature, "")),
        "source": _("From {source}").format(source=source_name(sought.source)),
        "partner": _("With {partner}").format(partner=partner),
        "attention": _(ATTENTIONS.get(sought.attention, "")),
        "days": _period(sought.days),
    }
    return [
        Chip(words[name], f"{here}?{query_of(sought, without=name)}".rstrip("?"))
        for name in FILTERS
        if getattr(sought, name)
    ]


def _period(days: int) -> str:
    if days == 1:
        return _("Last 24 hours")
    return ngettext("Last {days} day", "Last {days} days", days).format(days=days)


def _choices(sought: TableSought, table: Table) -> dict[str, list[Choice]]:
    sources = dict.fromkeys((*table.sources, *filter(None, [sought.source])))
    return {
        "states": [Choice(code, _(LEAD_STATE[code]), code == sought.state) for code in STATES],
        "temperatures": [Choice(code, _(TEMPERATURE[code]), code == sought.temperature) for code in TEMPERATURES],
        "sources": [Choice(name, source_name(name), name == sought.source) for name in sources],
        "attentions": [Choice(code, _(ATTENTIONS[code]), code == sought.attention) for code in ATTENTION],
        "periods": [Choice(str(days), _period(days), days == sought.days) for days in DAYS],
    }


urlpatterns = [path("leads/", leads, name="leads")]
