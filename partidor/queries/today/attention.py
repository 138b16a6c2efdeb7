"""What needs a channel manager, the most urgent first: each with its reason in facts, and with its remedies.

Three statements, however much there is: the leads that ask for attention, the decisions about those without a
partner, and what is counted of offers and mails.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Min, Value, When, Window
from django.db.models.functions import RowNumber

from partidor.access.attention import decisions_about
from partidor.access.leads import visible_leads
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.queries.today.marks import (
    ALONE,
    KIND,
    ORDER,
    Attention,
    AttentionList,
    LeadMark,
    PartnerMark,
    Why,
    allowed,
)
from partidor.queries.today.tally import tally

MOST = 30
"""How many things are listed; the rest is counted."""
WHOLE = ("review", "stalled")
READ = 50
"""How many leads of one reason are read; all of them are counted."""


def attention(viewer: Viewer, *, at: datetime) -> AttentionList:
    """List what needs a channel manager, the most urgent first. For the vendor only."""
    viewer.require_vendor("leads:read")
    found = [*_leads(viewer), *tally(viewer, at)]
    found.sort(key=lambda item: ORDER.index(item.kind))  # within a kind they stand in order already
    return AttentionList(tuple(found[:MOST]), max(0, len(found) - MOST))


@dataclass(frozen=True, slots=True)
class _Asking:
    """A lead that asks for attention, as it is read.

    ``total`` is how many of its reason there are, since ``oldest``, and ``alike`` how many of those are at its partner
    (if they stand still) or from its source.
    """

    pk: UUID
    mark: LeadMark
    state: str
    reason: str
    since: datetime | None
    source: str
    partner: PartnerMark | None
    total: int
    oldest: datetime | None
    alike: int


def _asking(viewer: Viewer) -> list[_Asking]:
    """Read the most urgent leads of each reason, the hottest first, and count the rest of them."""
    heat = Case(*[When(temperature=word, then=Value(at)) for at, word in enumerate(TEMPERATURES)], default=Value(9))
    part = Case(When(attention_reason="stalled", then=F("partner_id")), default=F("source_id"))
    rows = (
        visible_leads(viewer)
        .exclude(attention_reason="")
        .annotate(
            heat=heat,
            place=Window(RowNumber(), partition_by="attention_reason", order_by=["heat", "attention_at", "pk"]),
            total=Window(Count("pk"), partition_by="attention_reason"),
            oldest=Window(Min("attention_at"), partition_by="attention_reason"),
            alike=Window(Count("pk"), partition_by=["attention_reason", part]),
        )
        .filter(place__lte=READ)
        .order_by("heat", "attention_at", "pk")
        .values_list(
            "pk", "ref", "company", "product", "temperature", "state", "attention_reason", "attention_at",
            "source__name", "partner_id", "partner__name", "total", "oldest", "alike",
        )
    )  # fmt: skip
    return [
        _Asking(
            pk, LeadMark(ref, company or product, temperature), state, reason, since, source,
            PartnerMark(partner_id, partner) if partner else None, *counts,
        )
        for pk, ref, company, product, temperature, state, reason, since, source, partner_id, partner, *counts in rows
    ]  # fmt: skip


def _leads(viewer: Viewer) -> Iterator[Attention]:
    by_kind: dict[str, list[_Asking]] = defaultdict(list)
    for lead in _asking(viewer):
        by_kind[KIND[lead.reason]].append(lead)
    idle = vendor_of(viewer).follow_up_days if by_kind["stalled"] else 0
    alone: list[tuple[str, _Asking]] = []
    rests: list[Attention] = []
    for kind, leads in by_kind.items():
        totals = Counter({lead.reason: lead.total for lead in leads})
        first = ALONE[kind]
        if kind in WHOLE:
            first = 0 if totals.total() > first else first
        elif totals.total() == first + 1:
            first += 1  # a single one is no rest
        alone += [(kind, lead) for lead in leads[:first]]
        if rest := totals - Counter(lead.reason for lead in leads[:first]):
            rests.append(_many(kind, rest, leads, first, idle))
    whys = _whys(viewer, [lead for kind, lead in alone if kind == "unassigned"])
    for kind, lead in alone:
        why = whys.get(lead.pk) or Why(lead.reason, parts=((lead.source, 1),))
        yield Attention(
            kind=kind,
            count=1,
            why=why,
            lead=lead.mark,
            partner=lead.partner,
            since=_began(kind, lead.since, idle),
            days=idle if kind == "stalled" else 0,
            remedies=allowed(viewer, REMEDIES.get(kind) or _ways_out(why)),
        )
    yield from rests


def _many(kind: str, reasons: Counter[str], leads: Sequence[_Asking], first: int, idle: int) -> Attention:
    """Tell of many leads, but the first ones, as one: parted by reason, or by partner, or by source."""
    parts = reasons
    if kind != "unassigned":
        parts = Counter({_part(kind, lead): lead.alike for lead in leads})
        parts -= Counter(_part(kind, lead) for lead in leads[:first])
    return Attention(
        kind=kind,
        count=reasons.total(),
        why=Why("", parts=tuple(parts.most_common(3))),
        since=_began(kind, min((lead.oldest for lead in leads if lead.oldest), default=None), idle),
        days=idle if kind == "stalled" else 0,
        remedies=("list",),
    )


def _part(kind: str, lead: _Asking) -> str:
    return lead.partner.name if kind == "stalled" and lead.partner else lead.source


def _began(kind: str, since: datetime | None, idle: int) -> datetime | None:
    """Say since when: a lead that stands still has done so for the follow-up gap before it was noticed."""
    return since - timedelta(days=idle) if since and kind == "stalled" else since


REMEDIES = {
    "clock": ("open",),
    "spam": ("open", "release"),
    "archived": ("open", "reroute"),
    "review": ("open", "release"),
    "stalled": ("open",),
}


def _ways_out(why: Why) -> tuple[str, ...]:
    """Say what helps a lead without a partner: the rules again where that may end otherwise, else a hand."""
    if why.reason == "routing-failed":
        return ("assign", "reroute")
    return ("assign", "again") if why.expired else ("reroute", "assign")


def _whys(viewer: Viewer, leads: Sequence[_Asking]) -> dict[UUID, Why]:
    """Read from their newest decisions why leads have no partner."""
    records: dict[UUID, Mapping[str, Any]] = {}
    if leads:
        found = decisions_about(viewer, [lead.pk for lead in leads]).values_list("lead_id", "record")
        records = dict(found)  # in their order, so that the newest stays
    return {lead.pk: _why(lead, records[lead.pk]) for lead in leads if lead.pk in records}


def _why(lead: _Asking, record: Mapping[str, Any]) -> Why:
    if record["reason"] != lead.reason:  # what failed left no decision behind; this one is of an earlier round
        return Why(lead.reason)
    held = tuple(one["rule"] for one in record["passed_over"])
    inputs = record["inputs"]
    return Why(
        lead.reason,
        rules=held if record["rule"] is None else (record["rule"],),
        excluded=dict(record["excluded"]),
        gone=len(inputs["gone"]),
        expired=len(set(inputs["expired"]) - set(inputs["gone"])),
    )
