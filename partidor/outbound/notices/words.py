"""The words of mails in each language, from ``texts/<language>.toml``: times, places, bands, sentences."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from django.template import engines
from django.utils import dateformat, formats, translation

from partidor.domain import words
from partidor.domain.languages import SPOKEN
from partidor.queries.notices import NoticeCard, NoticedLead

TEXTS: Mapping[str, Mapping[str, Any]] = {
    language: tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text("utf-8"))
    for language in SPOKEN
}


def sentences(kind: str, language: str, facts: Mapping[str, object]) -> dict[str, str]:
    """Say everything that a kind of notice says, by the part of the letter where it stands; each is one line."""
    return {part: one_line(text.render(dict(facts))) for part, text in _templates(kind, language).items()}


@cache
def _templates(kind: str, language: str) -> Mapping[str, Any]:
    said = {**TEXTS[language]["all"], **TEXTS[language][kind]}
    return {part: engines["letters"].from_string(text) for part, text in said.items()}


def one_line(text: str) -> str:
    """Make one line of a text: no line break, of whatever kind, gets into a subject."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def time_words(at: datetime, card: NoticeCard, language: str) -> str:
    """Write a time as the reader reads clocks: ``Mo, 24. November, 14:00``.

    If the reader's own time zone is unknown, whose time it is stands behind.
    """
    phrases = TEXTS[language]["phrases"]
    with translation.override(language):
        time = dateformat.format(at.astimezone(ZoneInfo(card.time_zone)), phrases["time"])
    if card.own_time_zone:
        return time
    city = card.time_zone.rpartition("/")[2].replace("_", " ")
    return str(phrases["elsewhere"].format(time=time, city=city))


def place_words(lead: NoticedLead, language: str) -> str:
    """Write where the customer is, as exactly as the reader may know: a town, or the beginning of a postal code."""
    if lead.city:
        place = f"{lead.postal_code} {lead.city}".strip()
    elif lead.postal_code:
        place = TEXTS[language]["phrases"]["postal_prefix"].format(prefix=lead.postal_code)
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
    return lead.product or lead.vertical or str(TEXTS[language]["phrases"]["need"])


def distance_words(kilometres: float | None, language: str) -> str:
    """Write how far the customer is, in whole kilometres."""
    if kilometres is None:
        return ""
    return str(TEXTS[language]["phrases"]["distance"].format(km=max(1, round(kilometres))))


def size_words(band: str | None, language: str) -> str:
    """Write a band of employees: ``50 to 249 employees``."""
    return str(TEXTS[language]["phrases"]["people"].format(count=_band(band, language))) if band else ""


def value_words(band: str | None, language: str) -> str:
    """Write a band of money: ``25,000 to 49,999 EUR``, in German ``25.000 bis 49.999 €``."""
    numbers, _, currency = (band or "").partition(" ")
    sign = TEXTS[language]["currencies"].get(currency, currency)
    return f"{_band(numbers, language)} {sign}".strip() if numbers else ""


def _band(band: str | None, language: str) -> str:
    low, _, high = (band or "").removesuffix("+").partition("-")
    with translation.override(language):
        ends = [formats.number_format(end, force_grouping=True) if end else "" for end in (low, high)]
    name = "at_least" if not high else "between" if int(low) else "at_most"
    return str(TEXTS[language]["phrases"][name].format(low=ends[0], high=ends[1]))


def reason_words(code: str, language: str) -> tuple[str, str]:
    """Say why nobody could be asked, and what helps."""
    reasons = TEXTS[language]["reasons"]
    why, remedy = reasons.get(code, reasons["other"])
    return why, remedy


def name_of(names: words.Names, code: str, language: str) -> str:
    """Name a code in a language."""
    with translation.override(language):
        return translation.gettext(names[code]) if code in names else code
