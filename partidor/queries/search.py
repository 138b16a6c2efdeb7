"""Search: every word must stand somewhere in the one column that is made for it."""

from __future__ import annotations

from django.db.models import QuerySet

from partidor.models import Lead

MOST_WORDS = 8


def matching(leads: QuerySet[Lead], words: str) -> QuerySet[Lead]:
    """Narrow leads to those that hold every word (of the first eight), in any case and at any place."""
    for word in words.casefold().split()[:MOST_WORDS]:
        leads = leads.filter(search_text__contains=word)
    return leads
