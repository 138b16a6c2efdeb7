"""Put a notice into words: a subject of one line and a plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string

from partidor.outbound.notices.kinds import KINDS
from partidor.outbound.notices.words import (
    ROLES,
    TEMPERATURES,
    distance_words,
    need_words,
    place_words,
    reason_words,
    time_words,
)
from partidor.queries.notices import NoticeCard

LONGEST_SUBJECT = 200
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one recipient."""

    subject: str
    text: str


def holds(card: NoticeCard, address: str, *, at: datetime) -> bool:
    """Say whether the notice's reason still holds and the address may still be told."""
    return address in card.addresses and KINDS[card.kind].holds(card, at)


def write_letter(card: NoticeCard, language: str, *, base_url: str) -> Letter:
    """Write the notice in a language. Nothing in it can break out of the subject line."""
    words = _words(card, language) | {"link": base_url + KINDS[card.kind].path(card)}
    subject, _, text = render_to_string(f"{card.kind}.{language}.txt", words).partition("\n")
    test = "[Test] " if card.lead is not None and card.lead.test else ""
    return Letter(_one_line(test + subject)[:LONGEST_SUBJECT], _GAP.sub("\n\n", text).strip() + "\n")


def _words(card: NoticeCard, language: str) -> dict[str, object]:
    words: dict[str, object] = {
        "vendor": _one_line(card.vendor),
        "partner": _one_line(card.partner),
        "to_partner": card.to_partner,
        "role": ROLES[language].get(card.role, card.role),
        "language": language,
    }
    if (lead := card.lead) is not None:
        why, remedy = reason_words(card.reason, language)
        words |= {
            "ref": lead.ref,
            "temperature": TEMPERATURES[language].get(lead.temperature, "Lead"),
            "need": _one_line(need_words(lead, language)),
            "vertical": _one_line(lead.vertical) if lead.product else "",
            "place": _one_line(place_words(lead, language)),
            "inquiry": _lines(lead.inquiry),
            "why": why,
            "remedy": remedy,
        }
    if (offer := card.offer) is not None:
        words |= {
            "until": time_words(offer.expires_at, card, language) if offer.expires_at else "",
            "alone": offer.rivals == 0,
            "asked": offer.rivals + 1,
            "distance": distance_words(offer.distance_km, language),
        }
    return words


def _one_line(text: str) -> str:
    """Make one line of a text: no line break, of whatever kind, gets into a subject."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _lines(text: str) -> list[str]:
    return [_one_line(line) for line in text.splitlines() if line.strip()]
