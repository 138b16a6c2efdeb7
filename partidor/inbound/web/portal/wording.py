"""Sentences of the portal: where somebody is, why a lead came, what happened to it."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_skeleton
from babel.numbers import NumberFormatError, format_percent, parse_decimal
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from partidor.domain.intake.codes import region_name
from partidor.domain.routing.words.why_you import WhyYou, why_you_said
from partidor.domain.words import DECLINE_REASON, LOST_REASON, SOURCE, SOURCE_KIND
from partidor.inbound.web.components.icons import Icon
from partidor.inbound.web.components.wording import amount, clock_time, country_name, lasting, locale, number
from partidor.queries.fairness.report import PartnerShare
from partidor.queries.fairness.statement import Statement
from partidor.queries.portal.inbox import Fit
from partidor.queries.portal.leads import OwnFact, PortalLead, Step

ORIGIN = {
    "api": Icon("plug"),
    "form": Icon("world"),
    "import": Icon("table-import"),
    "event": Icon("building-store"),
    "email": Icon("mail"),
    "crm": Icon("briefcase"),
}
STEP = {
    "opened": Icon("send"),
    "reminded": Icon("bell"),
    "extended": Icon("clock-plus"),
    "interested": Icon("hand-stop"),
    "accepted": Icon("check"),
    "assigned": Icon("hand-finger"),
    "declined": Icon("circle-x"),
    "expired": Icon("clock-off"),
    "superseded": Icon("run"),
    "withdrawn": Icon("arrow-back-up"),
    "stalled": Icon("message-2-exclamation"),
    "won": Icon("trophy"),
    "lost": Icon("flag-off"),
}
_AMOUNT = re.compile(r"[0-9][0-9.,' ]{0,24}")


def origin(kind: str, name: str) -> str:
    """Say where an inquiry came from: the kind of source, and its name where that says more than the kind."""
    kind = _(SOURCE_KIND[kind]) if kind in SOURCE_KIND else kind
    return kind if not name or name in SOURCE else f"{kind}, {name}"


def place(about: Fit) -> str:
    """Say where the customer is, as exactly as the card knows: the town, or its region and postal area."""
    if about.city:
        return about.city
    named = region_name(about.region, get_language() or "en") if about.region else ""
    region = named if named != about.region else ""
    prefix = _("postcode {start}…").format(start=about.postal_prefix) if about.postal_prefix else ""
    return ", ".join(filter(None, [prefix, region or country_name(about.country)]))


def why(reason: WhyYou, vendor: str, *, answered: bool = True) -> str:
    """Say to a partner why it got a lead, or before it has ``answered`` why it is asked."""
    return why_you_said(reason, vendor, get_language() or "en", answered=answered)


def told(step: Step, lead: PortalLead, now: datetime) -> SafeString:
    """Say one step of a lead's story."""
    until = clock_time(step.until, now) if step.until else ""
    return format_html(_sentence(step), who=_who(step, lead), vendor=lead.vendor, until=until, **_facts(step, lead))


def step_icon(step: Step, lead: PortalLead) -> Icon:
    """Pick the icon of a step."""
    return ORIGIN.get(lead.source_kind, ORIGIN["api"]) if step.what == "received" else STEP[step.what]


def _who(step: Step, lead: PortalLead) -> SafeString:
    who = step.who or (_("Your side") if step.ours else lead.vendor)
    return format_html('<b class="p-strong">{}</b>' if step.who else "{}", who)


def _facts(step: Step, lead: PortalLead) -> dict[str, object]:
    reasons = {**DECLINE_REASON, **LOST_REASON}
    return {
        "origin": origin(lead.source_kind, lead.lead.source),
        "time": lasting(step.lasting or timedelta()),
        "others": number(step.rivals),
        "reason": _(reasons[step.reason]) if step.reason in reasons else step.reason,
        "value": amount(step.value, step.currency) if step.value else "",
    }


def _sentence(step: Step) -> str:
    sentences = {
        "received": _("Came in: {origin}"),
        "opened": _("Offered to you alone, until {until}"),
        "reminded": _("You were reminded"),
        "extended": _("You got more time after an outage of ours"),
        "interested": _("{who} said to be interested"),
        "accepted": _("{who} accepted, {time} after the offer"),
        "assigned": _("{vendor} gave it to you by hand"),
        "declined": _("{who} declined: {reason}"),
        "expired": _("Time ran out without an answer"),
        "superseded": _("Somebody else was quicker"),
        "withdrawn": _("{vendor} withdrew the offer"),
        "stalled": _("No news for a while; {vendor} would like to know where it stands"),
        "won": _("{who} won it: {value}") if step.value else _("{who} won it"),
        "lost": _("{who} lost it: {reason}"),
    }
    if step.what == "accepted" and step.awarded:
        return _("Of all who were interested, you suited best")
    if step.what == "opened" and step.rivals:
        return _("Offered to you and {others} others, until {until}")
    return sentences[step.what]


def percent(share: float | None) -> str:
    """Write a share in whole percents."""
    return "–" if share is None else format_percent(share, locale=locale())


def fair_share(share: PartnerShare) -> str:
    """Say how a partner stands in the fair share."""
    owed = round(round(share.expected, 1) - round(share.received, 1), 1)  # of the figures as they are shown beside it
    count = 1 if abs(owed) == 1 else 2
    if owed > 0:
        sentence = ngettext(
            "You are owed {owed} lead, so you come sooner when several suit equally well.",
            "You are owed {owed} leads, so you come sooner when several suit equally well.",
            count,
        )
    elif owed < 0:
        sentence = ngettext(
            "You are {owed} lead ahead, so others come sooner when several suit equally well.",
            "You are {owed} leads ahead, so others come sooner when several suit equally well.",
            count,
        )
    elif not round(share.expected, 1):
        sentence = _("Nothing has been due to you yet. Your share begins with the first lead that suits you.")
    else:
        sentence = _("You have received just what was due to you.")
    return sentence.format(owed=number(abs(owed), 1))


def compared(stated: Statement) -> str:
    """Say how much of its due a partner got, and the middle of the others."""
    if stated.part is None:
        return ""
    own, peers = percent(stated.part), percent(stated.peers)
    if stated.peers is None:
        return _("You have received {own} of what was due to you.").format(own=own)
    sentence = _("You have received {own} of what was due to you; the middle of the other partners, {peers}.")
    return sentence.format(own=own, peers=peers)


def beside_share(stated: Statement) -> list[str]:
    """Say what explains the figures of the weeks: pauses, and what stands outside the share."""
    share, days = stated.share, stated.paused.days
    said = (
        (days, ngettext("You were paused for {n} day: nothing was due to you meanwhile.",
                        "You were paused for {n} days: nothing was due to you meanwhile.", days)),
        (share.by_hand, ngettext("{n} lead was given to you by hand, outside the share.",
                                 "{n} leads were given to you by hand, outside the share.", share.by_hand)),
        (share.known_customer, ngettext("{n} lead of a customer of yours came to you first, outside the share.",
                                        "{n} leads of customers of yours came to you first, outside the share.",
                                        share.known_customer)),
        (share.credited, ngettext("{n} lead was not right for you, as you said; it is noted to your credit.",
                                  "{n} leads were not right for you, as you said; they are noted to your credit.",
                                  share.credited)),
    )  # fmt: skip
    return [sentence.format(n=number(count)) for count, sentence in said if count]


def short_day(day: date) -> str:
    """Write a day in short: ``7 Sept`` or ``7. Sept.``."""
    return format_skeleton("MMMd", day, locale=locale())


def value_of(fact: OwnFact) -> str:
    """Write the value of a field of the vendor's own."""
    if isinstance(fact.value, bool):
        return _("yes") if fact.value else _("no")
    if isinstance(fact.value, int | float):
        return number(fact.value, 2)
    return str(fact.value)


def typed_amount(text: str) -> Decimal | None:
    """Read an amount as people of the page's language write it, such as ``48.000,50``; None if it is none."""
    if not _AMOUNT.fullmatch(text.strip()):  # no exponent, no NaN: "1e99999999" would be written out
        return None
    try:
        return parse_decimal(text.strip().replace(" ", "").replace("'", ""), locale=locale(), strict=True)
    except NumberFormatError:
        return None
