"""Every kind of notice: whether its reason still holds when it is sent, and where its link leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from partidor.queries.notices import NoticeCard


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice. Its words are in ``texts/<language>.toml``."""

    holds: Callable[[NoticeCard, datetime], bool]
    path: Callable[[NoticeCard], str]
    shows_lead: bool = False
    shows_key: bool = False


def _waits(card: NoticeCard, at: datetime) -> bool:
    """Say whether the offer can still be answered in time."""
    offer = card.offer
    return offer is not None and offer.state == "open" and (not offer.expires_at or offer.expires_at > at)


def _is_gone(card: NoticeCard, at: datetime) -> bool:
    """Say whether the offer's lead is not with this very partner meanwhile, which another notice tells."""
    return card.offer is not None and card.lead is not None and card.lead.partner != card.offer.partner


def _has_it(card: NoticeCard, at: datetime) -> bool:
    return card.offer is not None and card.offer.state == "accepted" and not card.offer.ended


def _is_unassigned(card: NoticeCard, at: datetime) -> bool:
    """Say whether the lead still stands as it did: one that has run dry again since has a newer notice."""
    lead = card.lead
    return (
        lead is not None
        and lead.state == "unassigned"
        and lead.attention_at is not None
        and lead.attention_at <= card.created_at
    )


def _is_offered(card: NoticeCard, at: datetime) -> bool:
    return card.lead is not None and card.lead.state == "offered"


def _is_open(card: NoticeCard, at: datetime) -> bool:
    return card.lead is not None and card.lead.state in ("offered", "unassigned", "in_review", "parked")


def _always(card: NoticeCard, at: datetime) -> bool:
    return True


def _fresh(age: timedelta) -> Callable[[NoticeCard, datetime], bool]:
    """Say whether a key still opens the door."""
    return lambda card, at: bool(card.key) and at < card.created_at + age


def _offer_page(card: NoticeCard) -> str:
    return f"/portal/offers/{card.offer.id}" if card.offer is not None else "/portal/"


def _lead_page(card: NoticeCard) -> str:
    return f"/console/{card.vendor_slug}/leads/{card.lead.ref}" if card.lead is not None else _front_page(card)


def _front_page(card: NoticeCard) -> str:
    return "/portal/" if card.to_partner else f"/console/{card.vendor_slug}/"


def _door(card: NoticeCard) -> str:
    return card.key if card.key.startswith("/") else _front_page(card)


CODE_LIVES = timedelta(minutes=10)
"""Longer than the code is valid: whoever gets the mail late learns that on the page."""
LINK_LIVES = timedelta(days=3)

KINDS: Mapping[str, Kind] = {
    # kind                   holds              leads to
    "offer.opened":     Kind(_waits,             _offer_page, shows_lead=True),
    "offer.reminded":   Kind(_waits,             _offer_page, shows_lead=True),
    "offer.accepted":   Kind(_has_it,            _offer_page, shows_lead=True),
    "offer.superseded": Kind(_is_gone,           _offer_page),
    "offer.withdrawn":  Kind(_is_gone,           _offer_page),
    "lead.assigned":    Kind(_has_it,            _offer_page, shows_lead=True),
    "lead.unassigned":  Kind(_is_unassigned,     _lead_page, shows_lead=True),
    "lead.escalated":   Kind(_is_offered,        _lead_page, shows_lead=True),
    "lead.skipped":     Kind(_is_open,           _lead_page, shows_lead=True),
    "partner.skips":    Kind(_always,            _lead_page),
    "person.invited":   Kind(_always,            _door),
    "person.code":      Kind(_fresh(CODE_LIVES), _front_page, shows_key=True),
    "person.reset":     Kind(_fresh(LINK_LIVES), _door),
}  # fmt: skip
