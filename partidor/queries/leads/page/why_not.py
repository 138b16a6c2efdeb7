"""Why not this one? For any partner of the vendor, by name, or all that were left out for one reason."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer
from partidor.domain.routing.explain import Explanation, Reason, explain, outs
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.words.naming import tag_name
from partidor.domain.routing.words.reasons import sentence
from partidor.models import Decision
from partidor.queries.leads.page.dossier import Dossier, PartnerMark
from partidor.queries.leads.page.why import LeftOut

FOUND = 8
"""Partners that a search answers with."""
LISTED = 20
"""Partners on a page of those left out for one reason."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """One partner's part in a decision: whether it could be asked, its place then, and the reasons as sentences.

    ``code`` is the first reason's, by which a remedy is found; ``archived`` partners have none.
    """

    partner: PartnerMark
    eligible: bool
    place: int | None
    reasons: tuple[str, ...]
    code: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """What was found: rows, how many more there are, and the reason that was asked for, if one was."""

    rows: tuple[WhyNot, ...]
    total: int
    page: int = 1
    left_out: LeftOut | None = None

    @property
    def pages(self) -> int:
        """Return how many pages there are."""
        return max(1, -(-self.total // LISTED))


def named_like(viewer: Viewer, words: str) -> list[tuple[UUID, str, dict[str, Any], datetime | None]]:
    """Find partners by a part of their name, whatever its case and accents; names that begin so come first."""
    wanted = folded(words)
    rows = partners_of(viewer).values_list("pk", "name", "tags", "archived_at")
    found = [(folded(name), pk, name, tags, archived) for pk, name, tags, archived in rows]
    hits = [one for one in found if wanted in one[0]] if wanted else []
    hits.sort(key=lambda one: (not one[0].startswith(wanted), f" {wanted}" not in one[0], one[0], one[1]))
    return [(pk, name, tags, archived) for _, pk, name, tags, archived in hits]


def folded(text: str) -> str:
    """Fold a name for searching: without case, accents and double blanks."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
    return " ".join(plain.split())


def why_not_named(kept: Dossier, decision: Decision, words: str) -> Answers:
    """Explain the part of the partners whose names contain some letters, at most eight."""
    hits = named_like(kept.viewer, words)
    marks = [
        (PartnerMark(pk, name, _tier(tags, kept.language)), archived is not None)
        for pk, name, tags, archived in hits[:FOUND]
    ]
    return Answers(tuple(_explained(kept, decision, marks)), len(hits))


def why_not_for(kept: Dossier, decision: Decision, key: str, page: int) -> Answers:
    """Explain those who were left out for one reason, a page of them, by name."""
    snap = kept.snapshot(decision)
    groups = outs(snap, decision.record, kept.personal(snap)) if snap else []
    group = next((one for one in groups if one.key == key), None)
    if group is None:
        return Answers((), 0)
    rows = partners_of(kept.viewer).filter(pk__in=group.partners).order_by("name", "pk")
    start = LISTED * (page - 1)
    listed = rows.values_list("pk", "name", "tags", "archived_at")[start : start + LISTED]
    marks = [
        (PartnerMark(pk, name, _tier(tags, kept.language)), archived is not None) for pk, name, tags, archived in listed
    ]
    total = len(group.partners)
    return Answers(tuple(_explained(kept, decision, marks)), total, page, LeftOut(key, "", total))


def _tier(tags: dict[str, Any], language: str) -> str:
    tiers = tags.get("tier") or []
    return tag_name("tier", tiers[0], language) if tiers else ""


def _explained(kept: Dossier, decision: Decision, marks: Sequence[tuple[PartnerMark, bool]]) -> list[WhyNot]:
    snap = kept.snapshot(decision)
    return [_one(kept, decision, snap, mark, archived) for mark, archived in marks]


def _one(kept: Dossier, decision: Decision, snap: Snapshot | None, mark: PartnerMark, archived: bool) -> WhyNot:
    try:
        told = explain(snap, decision.record, kept.personal(snap), str(mark.id)) if snap else None
    except (KeyError, IndexError, StopIteration):
        told = None
    if told is None:
        told = Explanation(False, None, (Reason("input_gone", {}),))
    reasons = [_exactly(kept, decision, mark.id, reason) for reason in told.reasons]
    sentences = tuple(sentence(reason, kept.language) for reason in reasons)
    return WhyNot(mark, told.eligible, told.place, sentences, reasons[0].code, archived)


def _exactly(kept: Dossier, decision: Decision, partner: UUID, reason: Reason) -> Reason:
    """Say what somebody who was asked before had answered, as its offer tells it; else it keeps off this customer."""
    if reason.code != "already_asked":
        return reason
    earlier = [offer for offer in kept.offers if offer.partner_id == partner and offer.opened_at <= decision.at]
    if not earlier:
        return Reason("keeps_off", {})
    answer = earlier[-1].ended_by or earlier[-1].state
    return replace(
        reason, facts={"answer": answer if answer in ("handed_back", "taken_back", "expired") else "said_no"}
    )
