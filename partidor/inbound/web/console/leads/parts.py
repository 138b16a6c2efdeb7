"""What the page of a lead and its parts show, gathered from one question and put into words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from partidor.domain.routing.words.reasons import joined
from partidor.inbound.web.components.doors import ConsoleVisit
from partidor.inbound.web.components.live import version_of
from partidor.inbound.web.console.leads.story import (
    STATE_ICONS,
    actor_said,
    consent_said,
    line_of,
    own_value,
    state_said,
    steps_of,
)
from partidor.inbound.web.console.leads.why import closest_of, legend_of, rows_of, sentence_of, title_of, trigger_said
from partidor.queries.leads.page.page import LeadPage, Sought, lead_page
from partidor.queries.leads.page.timeline import SHOWN
from partidor.queries.leads.page.why_not import WhyNot

_BY_RULE = ("tag_", "lead_lacks", "kind", "country", "too_far", "partner_nowhere", "excluded", "none_of", "parent")
"""How the codes of reasons begin that a rule gives."""

OFFERS = 6
"""Offers that are shown at once, the newest."""


def page_for(visit: ConsoleVisit, ref: str, **more: Any) -> LeadPage:
    """Ask for a lead with what the address seeks."""
    return lead_page(visit.viewer, ref, sought_in(visit.request, **more), language=visit.language, at=visit.at)


def sought_in(request: HttpRequest, **more: Any) -> Sought:
    """Read from the address what is asked about a lead."""
    asked = request.GET
    return Sought(
        decision=_number(asked.get("decision")),
        everyone=asked.get("candidates") == "all",
        words=asked.get("q", "").strip()[:100],
        reason=asked.get("reason", "")[:40],
        page=max(1, _number(asked.get("page")) or 1),
        **more,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None


def whole(visit: ConsoleVisit, page: LeadPage, **more: object) -> dict[str, object]:
    """Gather what the whole page shows."""
    return {
        "room": "leads",
        "title": page.title or _("Lead {ref}").format(ref=page.lead.ref),
        "panel": "",
        "duplicates": [(other, actor_said(other.said_by) if other.said_by else "") for other in page.duplicates],
        "consent": consent_said(page.lead.consent, visit.at),
        "custom": [(label, own_value(value)) for label, value in page.custom.items()],
        **moving_context(visit, page),
        **why_context(visit, page),
        **why_not_context(visit, page),
        **more,
    }


def moving_context(visit: ConsoleVisit, page: LeadPage) -> dict[str, object]:
    """Gather what changes while one looks."""
    moving, now = page.moving, visit.at
    lines = [line_of(one, page.lead.source, now) for one in moving.timeline]
    everything = visit.request.GET.get("story") == "all"
    shown = lines if everything else lines[:SHOWN]
    seen = [offer.seen_at for offer in moving.offers if offer.seen_at]
    return {
        **_of_every_part(visit, page),
        "moving": moving,
        "state": state_said(moving.standing, now),
        "state_icon": STATE_ICONS.get(moving.standing.state, STATE_ICONS["offered"]),
        "steps": steps_of(moving.plan.boxes, now) if moving.plan else [],
        "shown_offers": moving.offers if everything else moving.offers[:OFFERS],
        "lines": shown,
        "more_lines": len(lines) - len(shown),
        "version": moving_version(visit, page.event_seq, max(seen, default=None)),
    }


def moving_version(visit: ConsoleVisit, event_seq: int, seen_at: datetime | None) -> str:
    """Name what moves as it stands: it changes with the lead, with who looks at it, and with the minutes left."""
    return version_of(event_seq, seen_at, int(visit.at.timestamp() // 60))


def why_context(visit: ConsoleVisit, page: LeadPage) -> dict[str, object]:
    """Gather what explains a decision."""
    told = page.why
    if told is None:
        return {**_of_every_part(visit, page), "why": None}
    rules = reverse("console:rule-version", args=[visit.slug, told.ruleset])
    return {
        **_of_every_part(visit, page),
        "why": told,
        "why_title": title_of(told)
        if page.by_hand is None
        else _("Why {partner}").format(partner=page.by_hand.partner),
        "why_sentence": sentence_of(told, rules),
        "closest": closest_of(told, rules),
        "bands": rows_of(told, visit.language),
        "legend": legend_of(told, visit.language),
        "decisions": [(line, trigger_said(line)) for line in page.decisions],
        "changed": changed_of(page),
        "again": "again" in visit.request.GET,
    }


def _of_every_part(visit: ConsoleVisit, page: LeadPage) -> dict[str, object]:
    return {
        "page": page,
        "lead": page.lead,
        "here": reverse("console:lead", args=[visit.slug, page.lead.ref]),
        "picked": page.why is not None and not page.why.is_newest,
    }


def changed_of(page: LeadPage) -> str:
    """List what was changed or is gone since a decision, so that it cannot come out the same."""
    return "; ".join(page.why.changed) if page.why else ""


def why_not_context(visit: ConsoleVisit, page: LeadPage) -> dict[str, object]:
    """Gather the answers to why not, each with its remedy."""
    answers, asked = page.why_not, visit.request.GET
    return {
        **_of_every_part(visit, page),
        "why": page.why,
        "answers": answers,
        "rows": [(row, row.reasons[0], _also(row), *_remedy(visit, page, row)) for row in answers.rows]
        if answers
        else [],
        "words": asked.get("q", ""),
        "chosen_reason": asked.get("reason", ""),
        "number_of_page": answers.page if answers else 1,
    }


def _also(row: WhyNot) -> str:
    others = joined(row.reasons[1:])
    return _("Also: {reasons}").format(reasons=others) if others and not row.eligible else others


def _remedy(visit: ConsoleVisit, page: LeadPage, row: WhyNot) -> tuple[str, str]:
    """Say what could be done about a reason, and where."""
    partner = reverse("console:partner", args=[visit.slug, row.partner.id])
    if row.code in ("at_capacity", "paused"):
        words = {"at_capacity": _("See its limits"), "paused": _("See the pause")}
        return words[row.code], partner
    told = page.why
    if row.code.startswith(_BY_RULE) and told is not None and told.rule is not None:
        rules = reverse("console:rule-version", args=[visit.slug, told.ruleset])
        return _("See rule {n}").format(n=told.rule.position), f"{rules}?rule={told.rule.position}#rule"
    return _("See partner"), partner
