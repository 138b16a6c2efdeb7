"""The small words of mails in each language: times, places, temperatures, reasons with their remedy, roles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import dateformat, translation

from partidor.queries.notices import NoticeCard, NoticedLead

_TIMES = {"de": "D, j. F, H:i", "en": "D j F, H:i"}

TEMPERATURES: Mapping[str, Mapping[str, str]] = {
    "de": {"hot": "Heißer Lead", "warm": "Warmer Lead", "cold": "Kalter Lead"},
    "en": {"hot": "Hot lead", "warm": "Warm lead", "cold": "Cold lead"},
}

ROLES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "administrator": "Administrator", "channel_manager": "Channel-Manager",
        "partner_account_manager": "Partnerbetreuer", "marketing": "Marketing", "management": "Geschäftsleitung",
        "agency": "Agentur", "partner_manager": "Leitung", "partner_sales": "Vertrieb",
    },
    "en": {
        "administrator": "administrator", "channel_manager": "channel manager",
        "partner_account_manager": "partner account manager", "marketing": "marketing", "management": "management",
        "agency": "agency", "partner_manager": "manager", "partner_sales": "sales",
    },
}  # fmt: skip

REASONS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "de": {
        "no_rule": (
            "Keine Ihrer Regeln trifft auf diesen Lead zu.",
            "Vergeben Sie ihn von Hand, oder ergänzen Sie eine Regel und verteilen Sie ihn neu.",
        ),
        "no_partner": (
            "Es gibt eine Regel dafür, aber zurzeit keinen Partner, der ihn bekommen könnte.",
            "Prüfen Sie, wer pausiert oder ausgelastet ist, oder vergeben Sie ihn von Hand.",
        ),
        "nobody_left": (
            "Alle infrage kommenden Partner wurden gefragt; keiner hat angenommen.",
            "Sprechen Sie einen Partner an und vergeben Sie ihn von Hand, oder verteilen Sie ihn neu.",
        ),
        "routing-failed": (
            "Beim Verteilen ist bei uns ein Fehler aufgetreten. Der Lead ist vollständig erhalten.",
            "Verteilen Sie ihn neu. Hilft das nicht, vergeben Sie ihn von Hand und melden Sie uns den Fehler.",
        ),
    },
    "en": {
        "no_rule": (
            "None of your rules holds for this lead.",
            "Assign it by hand, or add a rule and route it again.",
        ),
        "no_partner": (
            "There is a rule for it, but no partner that could get it at the moment.",
            "Look who is paused or at capacity, or assign it by hand.",
        ),
        "nobody_left": (
            "Every suitable partner has been asked; none has accepted.",
            "Talk to a partner and assign it by hand, or route it again.",
        ),
        "routing-failed": (
            "Something went wrong on our side while routing it. The lead is complete and safe.",
            "Route it again. If that does not help, assign it by hand and tell us about the fault.",
        ),
    },
}
_OTHER_REASON = {
    "de": ("Zurzeit kann kein Partner gefragt werden.", "Vergeben Sie ihn von Hand, oder verteilen Sie ihn neu."),
    "en": ("No partner can be asked at the moment.", "Assign it by hand, or route it again."),
}


def time_words(at: datetime, card: NoticeCard, language: str) -> str:
    """Write a time as the reader reads clocks: ``Mo, 24. November, 14:00``.

    If the reader's own time zone is unknown, whose time it is stands behind.
    """
    zone = ZoneInfo(card.time_zone)
    with translation.override(language):
        text = dateformat.format(at.astimezone(zone), _TIMES[language])
    if language == "de":
        text += " Uhr"
    if card.own_time_zone:
        return text
    city = card.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{text} (Zeit in {city})" if language == "de" else f"{text} ({city} time)"


def place_words(lead: NoticedLead, language: str) -> str:
    """Write where the customer is, as exactly as the reader may know: a town, or the beginning of a postal code."""
    if lead.city:
        place = f"{lead.postal_code} {lead.city}".strip()
    elif lead.postal_code:
        place = f"PLZ {lead.postal_code}…" if language == "de" else f"postcode {lead.postal_code}…"
    else:
        place = ""
    country = _country(lead.country, language) if lead.abroad or not place else ""
    return ", ".join(part for part in (place, country) if part)


def _country(code: str, language: str) -> str:
    if not code:
        return ""
    # Late: the names in 250 languages take a quarter of a second to load, and few leads come from abroad.
    from phonenumbers.geodata.locale import LOCALE_DATA

    names = LOCALE_DATA.get(code, {})
    name = names.get(language) or names.get("en", "")
    # The table writes "*aa" for "the same as in aa".
    return (names.get(name[1:], "") if name.startswith("*") else name) or code


def need_words(lead: NoticedLead, language: str) -> str:
    """Say in a few words what is wanted."""
    return lead.product or lead.vertical or ("Anfrage" if language == "de" else "Inquiry")


def distance_words(kilometres: float | None, language: str) -> str:
    """Write how far the customer is, in whole kilometres."""
    if kilometres is None:
        return ""
    shown = max(1, round(kilometres))
    return f"{shown} km von Ihnen" if language == "de" else f"{shown} km from you"


def reason_words(code: str, language: str) -> tuple[str, str]:
    """Say why nobody could be asked, and what helps."""
    return REASONS[language].get(code, _OTHER_REASON[language])
