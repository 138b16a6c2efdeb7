"""Tags and filters that every template knows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from partidor.domain.business_time import Calendar
from partidor.domain.words import NAMES
from partidor.inbound.web.components import wording

register = template.Library()


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """Draw an icon of the sprite; it says nothing to a screen reader."""
    return format_html(
        '<svg class="p-i {}" aria-hidden="true"><use href="{}#{}"></use></svg>', classes, static("icons.svg"), name
    )


@register.filter
def named(code: str | None, table: str) -> str:
    """Show a code's name in the reader's language; a code of the vendor's own is shown as it is written."""
    if not code:
        return ""
    return _(NAMES[table][code]) if code in NAMES[table] else str(code)


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], at: datetime | None) -> SafeString | str:
    """Show how long ago something was; the exact time on hover. The script keeps it up to date."""
    if at is None:
        return ""
    return _time(at, wording.ago(at, _now(context)), "p-ago")


@register.simple_tag(takes_context=True)
def near(context: dict[str, Any], at: datetime | None) -> SafeString | str:
    """Show a time that is near as a time of the day (``today, 15:30``); the exact one on hover."""
    return "" if at is None else _time(at, wording.clock_time(at, _now(context)), "")


def _time(at: datetime, words: str, classes: str) -> SafeString:
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>',
        classes, at.isoformat(timespec="seconds"), wording.exact_time(at), words,
    )  # fmt: skip


def _now(context: dict[str, Any]) -> datetime:
    visit = context.get("visit")
    return visit.at if visit is not None else timezone.now()


@register.inclusion_tag("components/_ring.html", takes_context=True)
def ring(
    context: dict[str, Any],
    opened_at: datetime,
    until: datetime | None,
    hot: bool = False,
    time: Calendar | None = None,
) -> dict[str, object]:
    """Draw the countdown ring of an offer: the share of its window that is left, and how much time that is.

    ``time``: the calendar whose time counts; without one all of it does. The script goes on by the same spans.
    """
    now = _now(context)
    if until is None:
        return {"until": None}
    spans = [(opened_at, until)] if time is None else time.spans(opened_at, until)
    left = sum((max(timedelta(0), end - max(start, now)) for start, end in spans), timedelta(0))
    window = max(timedelta(seconds=1), sum((end - start for start, end in spans), timedelta(0)))
    share = min(100, round(100 * left / window))
    figure, unit = _left(left)
    form = _("{left} left, until {when}") if time is None else _("{left} of working time left, until {when}")
    return {
        "figure": figure,
        "unit": unit,
        "share": share,
        "soon": hot and share < 50,
        "spans": " ".join(f"{start.timestamp():.0f}-{end.timestamp():.0f}" for start, end in spans),
        "until": until,
        "label": form.format(left=wording.lasting(left), when=wording.clock_time(until, now)),
    }


def _left(left: timedelta) -> tuple[str, str]:
    seconds = int(left.total_seconds())
    if seconds >= 48 * 3600:
        return str(seconds // 86400), _("days")
    if seconds >= 10 * 3600:
        return str(seconds // 3600), _("hrs")
    if seconds >= 3600:
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}", _("hrs")
    return f"{seconds // 60}:{seconds % 60:02}", _("min")


@register.inclusion_tag("components/_temperature.html")
def temperature(value: str, size: str = "") -> dict[str, str]:
    """Show a temperature: a word, an icon and a weight, so that it is told apart in grey."""
    return {"value": value, "size": size}


@register.inclusion_tag("components/_partner.html")
def partner_chip(name: str, tier: str = "", muted: bool = False) -> dict[str, object]:
    """Show a partner by its mark, name and tier; a grey mark is no candidate."""
    return {"name": name, "tier": tier, "muted": muted}


@register.inclusion_tag("components/_pager.html", takes_context=True)
def pager(context: dict[str, Any], following: str | None) -> dict[str, object]:
    """Link to the next page of a list, keeping the filters; ``here`` names the list where a verb shows it."""
    query = context["request"].GET.copy()
    for key in [key for key, value in query.items() if key == "v" or not value]:
        del query[key]
    first = bool(query.pop("cursor", None))
    start = query.urlencode()
    if following:
        query["cursor"] = following
    return {
        "here": context.get("here", ""),
        "next": query.urlencode() if following else "",
        "start": start,
        "is_later": first,
    }


register.filter("country", wording.country_name)
register.filter("language", wording.language_name)
register.filter("exactly", wording.exact_time)
register.filter("day", wording.day)
register.filter("weekday", wording.weekday)
register.filter("short_day", wording.short_day)
register.filter("day_name", wording.day_name)
register.filter("zone_name", wording.zone_name)
register.filter("lasting", wording.lasting)
register.filter("money", wording.amount)
register.filter("short_money", wording.short_amount)
register.filter("number", wording.number)
register.filter("km", wording.kilometres)
register.filter("people", wording.people)
register.filter("band", wording.band)
register.filter("phone", wording.phone)
register.filter("initials", wording.initials)
