"""Leafing through lists of the console: page numbers, and addresses that keep what a list is narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from partidor.inbound.web.components.doors import ConsoleVisit
from partidor.queries.numbered import Numbered


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where the pages before and after lie (queries; empty where there is none), and which part of the list this is."""

    first: int
    last: int
    total: int
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a select."""

    value: str
    label: str
    chosen: bool = False


def page_number(visit: ConsoleVisit) -> int:
    """Return the page that is asked for; what is no number is the first."""
    text = visit.request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1


def asked(visit: ConsoleVisit, name: str) -> str:
    """Return a word of the address, without what no list holds."""
    return visit.request.GET.get(name, "").replace("\0", "").strip()[:200]


def leaf(visit: ConsoleVisit, found: Numbered[Any]) -> Leaf:
    """Say where one is in a list, and where it goes on."""

    def query(number: int) -> str:
        words = visit.request.GET.copy()
        words["page"] = str(number)
        return words.urlencode()

    return Leaf(
        found.first,
        found.last,
        found.total,
        query(found.number - 1) if found.number > 1 else "",
        query(found.number + 1) if found.number < found.pages else "",
    )
