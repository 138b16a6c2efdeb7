"""Partners: the table, the page of one, and its pause."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.actions.partners import pause_partner, resume_partner
from partidor.domain.routing.words.naming import tag_name
from partidor.domain.words import PARTNER_KIND
from partidor.inbound.web.components.doors import ConsoleVisit, console_page, console_verb
from partidor.inbound.web.components.hours_words import in_short
from partidor.inbound.web.components.live import live, version_of
from partidor.inbound.web.components.pausing import Pause
from partidor.inbound.web.components.wording import country_name
from partidor.inbound.web.console.lists import Choice, asked, leaf, page_number
from partidor.inbound.web.console.partners import words as partner_words
from partidor.inbound.web.console.wording import debt_bar, dimension_label, owed, standing
from partidor.queries.partners.page import open_at, partner_page
from partidor.queries.partners.table import Choices, Narrowed, partner_table

STATES: Mapping[str, str] = {
    "free": gettext_noop("Takes offers"),
    "paused": gettext_noop("Paused"),
    "full": gettext_noop("Full"),
}
LACKS: Mapping[str, str] = {
    "place": gettext_noop("No place"),
    "people": gettext_noop("No people"),
    "tags": gettext_noop("No tags"),
}
SORTS: Mapping[str, str] = {
    "name": gettext_noop("By name"),
    "load": gettext_noop("Most loaded first"),
    "debt": gettext_noop("Most owed first"),
}


NARROWING = ("q", "kind", "tag", "country", "state", "lack", "parent")


@console_page
def partners(visit: ConsoleVisit) -> HttpResponse:
    """Show one page of the table; the part that changes when the form asks."""
    return table_page(visit)


def narrowed_by(visit: ConsoleVisit) -> Narrowed:
    """Read from the address what the table is narrowed to."""
    return Narrowed(**{name: asked(visit, name) for name in NARROWING}, sort=asked(visit, "sort") or "name")


def table_page(visit: ConsoleVisit, wrong: Mapping[str, object] | None = None) -> HttpResponse:
    """Show the table, with what was wrong in a change of several."""
    narrowed = narrowed_by(visit)
    table = partner_table(visit.viewer, narrowed, page=page_number(visit), at=visit.at)
    context = {
        "room": "partners",
        "table": table,
        "rows": partner_words.rows(table.lines.items, table.largest, visit.language),
        "leaf": leaf(visit, table.lines),
        "query": visit.request.GET.urlencode(),
        "narrowed": narrowed,
        "is_narrowed": any(getattr(narrowed, name) for name in NARROWING),
        "known_tags": partner_words.known_tags(table.choices, visit.language) if visit.steers else (),
        **(wrong or {}),
    }
    if visit.is_part:
        return visit.show("console/partners/_table.html", context)
    context |= choices(table.choices, narrowed, visit.language)
    context["in_short"] = partner_words.in_short(table.all, table.paused, table.full)
    return visit.show("console/partners/table.html", context, status=422 if wrong else 200)


def choices(known: Choices, narrowed: Narrowed, language: str) -> dict[str, object]:
    """Return what table and map can be narrowed to and sorted by, with what is chosen."""
    kinds = {kind: _(PARTNER_KIND.get(kind, kind)) for kind in known.kinds}
    countries = {code: country_name(code) for code in known.countries}
    tags = [
        (
            dimension_label(dimension, language),
            _listed({f"{dimension}:{value}": tag_name(dimension, value, language) for value in values}, narrowed.tag),
        )
        for dimension, values in known.tags.items()
    ]
    return {
        "kinds": _listed(kinds, narrowed.kind),
        "countries": _listed(countries, narrowed.country),
        "tags": tags,
        "states": _named(STATES, narrowed.state),
        "lacks": _named(LACKS, narrowed.lack),
        "sorts": _named(SORTS, narrowed.sort),
    }


def _listed(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    return [Choice(value, labels[value], value == chosen) for value in sorted(labels, key=lambda one: labels[one])]


def _named(labels: Mapping[str, str], chosen: str) -> list[Choice]:
    return [Choice(value, _(label), value == chosen) for value, label in labels.items()]


@console_page
def partner(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Show one partner."""
    return _page(visit, partner_id)


@console_page
def open_now(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Show the part of a partner's page that lives: what is open."""
    found = open_at(visit.viewer, partner_id)
    context = {"open": found, "partner_id": partner_id}
    return live(visit, "console/partners/_open.html", context, version_of(found, visit.language))


def _page(visit: ConsoleVisit, partner_id: UUID, wrong: Pause | None = None) -> HttpResponse:
    page = partner_page(visit.viewer, partner_id, at=visit.at)
    largest = max(1.0, abs(page.share.all.debt))
    context = {
        "room": "partners",
        "page": page,
        "partner": page.partner,
        "partner_id": partner_id,
        "open": page.open,
        "version": version_of(page.open, visit.language),
        "tier": tag_name("tier", page.tier, visit.language) if page.tier else "",
        "dimensions": partner_words.dimensions(page.tags, visit.language),
        "parts": partner_words.parts(page.answers),
        "accepted_share": partner_words.accepted_share(page.answers),
        "tier_label": dimension_label("tier", visit.language),
        "own_number": partner_words.own_number(page.partner.external_id),
        "hours_parts": in_short(page.hours, visit.language),
        "time_zone": partner_words.time_zone_name(page.partner.time_zone),
        "debt": debt_bar(page.share.all.debt, largest),
        "standing": standing(page.share.all.debt),
        "owed": owed(page.share.all.debt),
        "pause": wrong,
        "tomorrow": (timezone.localtime(visit.at) + timedelta(days=1)).date(),
    }
    return visit.show("console/partners/page.html", context, status=422 if wrong else 200)


@console_verb
def pause(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """Pause a partner until a day, or until somebody resumes."""
    form = Pause(visit.request.POST, at=visit.at)
    if not form.is_valid():
        return _page(visit, partner_id, form)
    kept = pause_partner(partner_id, **form.cleaned_data, by=visit.viewer, at=visit.at)
    said = _("{partner} gets no new offers now. What it has stays with it.").format(partner=kept.partner.name)
    return visit.go("console:partner", visit.slug, partner_id, said=said)


@console_verb
def resume(visit: ConsoleVisit, partner_id: UUID) -> HttpResponse:
    """End a partner's pause."""
    kept = resume_partner(partner_id, by=visit.viewer, at=visit.at)
    said = _("{partner} gets offers again.").format(partner=kept.partner.name)
    return visit.go("console:partner", visit.slug, partner_id, said=said)


urlpatterns = [
    path("partners/", partners, name="partners"),
    path("partners/<uuid:partner_id>", partner, name="partner"),
    path("partners/<uuid:partner_id>/open", open_now, name="partner-open"),
    path("partners/<uuid:partner_id>/pause", pause, name="partner-pause"),
    path("partners/<uuid:partner_id>/resume", resume, name="partner-resume"),
]
