"""Put a notice into words: a subject of one line, a plain text, and the same as a page that looks good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.template import engines

from partidor.domain.routing.words.why_you import why_you_said
from partidor.domain.words import ROLE, SOURCE, SOURCE_KIND, TEMPERATURE
from partidor.outbound.notices.kinds import KINDS
from partidor.outbound.notices.words import (
    TEXTS,
    distance_words,
    name_of,
    need_words,
    one_line,
    place_words,
    reason_words,
    sentences,
    size_words,
    time_words,
    value_words,
)
from partidor.queries.notices import NoticeCard, NoticedLead, NoticedOffer

LONGEST_SUBJECT = 200
_GAP = re.compile(r"\n[ \t]*(?:\n[ \t]*)+\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is written to one recipient."""

    subject: str
    text: str
    html: str


def holds(card: NoticeCard, address: str, *, at: datetime) -> bool:
    """Say whether the notice's reason still holds and the address may still be told."""
    return address in card.addresses and KINDS[card.kind].holds(card, at)


def write_letter(card: NoticeCard, language: str, *, base_url: str) -> Letter:
    """Write the notice in a language. Nothing in it can break out of the subject line, nor out of the page's text."""
    kind = KINDS[card.kind]
    facts = _facts(card, language)
    say = sentences(card.kind, language, facts)
    subject = ("[Test] " if facts["test"] else "") + say["subject"]
    filled = facts | {
        "say": say,
        "subject": subject,
        "link": base_url + kind.path(card),
        "shows_lead": kind.shows_lead and card.lead is not None,
        "code": card.key if kind.shows_key else "",
    }
    text = engines["letters"].get_template("letter.txt").render(filled)
    html = engines["mails"].get_template("letter.html").render(filled)
    return Letter(subject[:LONGEST_SUBJECT], _GAP.sub("\n\n", text).strip() + "\n", html)


def _facts(card: NoticeCard, language: str) -> dict[str, object]:
    """Gather what sentences are made of: plain lines of text, empty where there is nothing to say."""
    lead, offer = card.lead, card.offer
    why, remedy = reason_words(card.reason, language)
    return {
        "language": language,
        "vendor": one_line(card.vendor),
        "partner": one_line(card.partner),
        "to_partner": card.to_partner,
        "role": name_of(ROLE, card.role, language),
        "key": card.key,
        "why": why,
        "remedy": remedy,
        "test": lead is not None and lead.test,
        "ref": lead.ref if lead else "",
        "temperature": lead.temperature if lead else "",
        "heat": name_of(TEMPERATURE, lead.temperature, language) if lead else "",
        "lead_of": TEXTS[language]["leads"].get(lead.temperature, "Lead") if lead else "",
        "need": one_line(need_words(lead, language)) if lead else "",
        "place": one_line(place_words(lead, language)) if lead else "",
        "inquiry": [one_line(line) for line in lead.inquiry.splitlines() if line.strip()] if lead else [],
        "labels": TEXTS[language]["labels"],
        "rows": list(_rows(lead, offer if card.to_partner else None, language)) if lead else [],
        "until": time_words(offer.expires_at, card, language) if offer and offer.expires_at else "",
        "best": time_words(offer.award_at, card, language) if offer and offer.award_at else "",
        "outranked": offer is not None and offer.state == "superseded" and offer.answered,
        "why_you": why_you_said(card.why, one_line(card.vendor), language, answered=False) if card.why else "",
        "presses": bool(offer and offer.expires_at and lead and lead.temperature == "hot" and card.to_partner),
        "working": offer is not None and offer.working,
        "alone": offer is not None and offer.rivals == 0,
        "asked": offer.rivals + 1 if offer else 0,
    }


def _rows(lead: NoticedLead, offer: NoticedOffer | None, language: str) -> Iterator[tuple[str, str]]:
    """Give what is known of a lead beside what is wanted, each with its label."""
    distance = distance_words(offer.distance_km, language) if offer else ""
    known = {
        "vertical": lead.vertical if lead.product else "",
        "place": ", ".join(part for part in (place_words(lead, language), distance) if part),
        "size": size_words(lead.size_band, language),
        "value": value_words(lead.value_band, language),
        "origin": name_of(SOURCE, lead.source, language) or name_of(SOURCE_KIND, lead.source_kind, language),
    }
    return ((TEXTS[language]["labels"][name], one_line(value)) for name, value in known.items() if value)
