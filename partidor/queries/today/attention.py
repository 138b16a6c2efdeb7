"""What needs a channel manager, the most urgent first: each with its reason in facts, and with its remedies.

Three statements, however much there is: the leads that ask for attention, the decisions about those without a
partner, and what is counted of offers and mails.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    Max,
    Min,
    Q,
    QuerySet,
    UUIDField,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from partidor.access.attention import decisions_about, deliveries_of
from partidor.access.leads import visible_leads, visible_offers
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.intake.inquiry import TEMPERATURES

SOON = timedelta(hours=1)
"""How long before its end an offer that nobody has looked at asks for attention,"""
UNSEEN = timedelta(minutes=15)
"""once it has been there for so long."""
SKIP_SPAN = timedelta(days=30)
SKIP_FRESH = timedelta(days=7)
"""A partner that let offers pass is shown for so long after the last one."""
MAIL_SPAN = timedelta(days=7)
MAIL_TRIES = 3
"""A mail that was tried so often in vain is told of, though it is still tried."""
MOST = 30
"""How many things are listed; the rest is counted."""
ALONE = {"unassigned": 8, "spam": 3, "archived": 3, "clock": 3, "review": 2, "stalled": 1}
"""Up to how many leads of a kind stand each for itself; of review and stalled, more are told of as one."""
WHOLE = ("review", "stalled")
READ = 50
"""How many leads of one reason are read; all of them are counted."""

KIND = {
    "no_rule": "unassigned",
    "no_partner": "unassigned",
    "nobody_left": "unassigned",
    "routing-failed": "unassigned",
    "declined-as-spam": "spam",
    "partner-archived": "archived",
    "clock-failed": "clock",
    "review": "review",
    "stalled": "stalled",
}
"""What each attention reason of a lead is listed as."""
ORDER = ("unassigned", "clock", "spam", "lapsing", "archived", "skips", "review", "stalled", "mails")


@dataclass(frozen=True, slots=True)
class LeadMark:
    """A lead by what one calls it: ``title`` is the company, or else what is wanted."""

    ref: str
    title: str
    temperature: str


@dataclass(frozen=True, slots=True)
class PartnerMark:
    """A partner by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Why:
    """The reason in facts: ``reason`` is a code (domain/words.py names it), the rest is what its sentence says.

    Of leads without a partner: ``rules`` that hold, by position, or the one that ran; ``excluded`` counts partners by
    the code why they are out; ``gone`` and ``expired`` count those who were asked. Of many: ``parts`` counts them by
    name (of a partner, a source or a reason).
    """

    reason: str
    rules: tuple[int, ...] = ()
    excluded: Mapping[str, int] = field(default_factory=dict)
    gone: int = 0
    expired: int = 0
    parts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs somebody.

    ``count`` is how many leads, offers or mails it is about. It began at ``since``; offers lapse from ``until`` to
    ``last``. ``ready`` counts the offers after which somebody else is asked, or the mails that are still tried;
    ``days`` is the follow-up gap. ``remedies`` are codes, the best last, those that the viewer may use.
    """

    kind: str
    count: int
    why: Why
    lead: LeadMark | None = None
    partner: PartnerMark | None = None
    since: datetime | None = None
    until: datetime | None = None
    last: datetime | None = None
    ready: int = 0
    days: int = 0
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttentionList:
    """What needs somebody, and how many things more there are."""

    items: tuple[Attention, ...]
    more: int


def attention(viewer: Viewer, *, at: datetime) -> AttentionList:
    """List what needs a channel manager, the most urgent first. For the vendor only."""
    viewer.require_vendor("leads:read")
    found = [*_leads(viewer), *_counted(viewer, at)]
    found.sort(key=_urgency)
    return AttentionList(tuple(found[:MOST]), max(0, len(found) - MOST))


def _urgency(item: Attention) -> tuple[object, ...]:
    """Say what comes first: the kind, each for itself before many, the hotter, what began or ends earlier."""
    heat = TEMPERATURES.index(item.lead.temperature) if item.lead else len(TEMPERATURES)
    when = item.until or item.since
    return ORDER.index(item.kind), item.count > 1 and item.kind in ALONE, heat, when.timestamp() if when else 0.0


@dataclass(frozen=True, slots=True)
class _Asking:
    """A lead that asks for attention, as it is read: ``total`` is how many of its reason there are."""

    pk: UUID
    mark: LeadMark
    state: str
    reason: str
    since: datetime | None
    source: str
    partner: PartnerMark | None
    total: int


def _asking(viewer: Viewer) -> list[_Asking]:
    """Read the most urgent leads of each reason, the hottest first, and count the rest of them."""
    heat = Case(*[When(temperature=word, then=Value(at)) for at, word in enumerate(TEMPERATURES)], default=Value(9))
    rows = (
        visible_leads(viewer)
        .exclude(attention_reason="")
        .annotate(
            heat=heat,
            place=Window(RowNumber(), partition_by="attention_reason", order_by=["heat", "attention_at", "pk"]),
            total=Window(Count("pk"), partition_by="attention_reason"),
        )
        .filter(place__lte=READ)
        .order_by("heat", "attention_at", "pk")
        .values_list(
            "pk", "ref", "company", "product", "temperature", "state", "attention_reason", "attention_at",
            "source__name", "partner_id", "partner__name", "total",
        )
    )  # fmt: skip
    return [
        _Asking(
            pk, LeadMark(ref, company or product, temperature), state, reason, since, source,
            PartnerMark(partner_id, partner) if partner else None, total,
        )
        for pk, ref, company, product, temperature, state, reason, since, source, partner_id, partner, total in rows
    ]  # fmt: skip


def _leads(viewer: Viewer) -> Iterator[Attention]:
    by_kind: dict[str, list[_Asking]] = defaultdict(list)
    for lead in _asking(viewer):
        by_kind[KIND[lead.reason]].append(lead)
    idle = vendor_of(viewer).follow_up_days if by_kind["stalled"] else 0
    alone: list[tuple[str, _Asking]] = []
    for kind, leads in by_kind.items():
        totals = Counter({lead.reason: lead.total for lead in leads})
        first = 0 if kind in WHOLE and totals.total() > ALONE[kind] else ALONE[kind]
        alone += [(kind, lead) for lead in leads[:first]]
        if rest := totals - Counter(lead.reason for lead in leads[:first]):
            yield _many(kind, rest, leads[first:], idle)
    whys = _whys(viewer, [lead for kind, lead in alone if kind == "unassigned"])
    for kind, lead in alone:
        yield Attention(
            kind=kind,
            count=1,
            why=whys.get(lead.pk, Why(lead.reason)),
            lead=lead.mark,
            partner=lead.partner,
            since=_began(kind, lead.since, idle),
            days=idle if kind == "stalled" else 0,
            remedies=_allowed(viewer, REMEDIES[kind]),
        )


def _many(kind: str, reasons: Counter[str], leads: Sequence[_Asking], idle: int) -> Attention:
    """Tell of many leads as one: parted by reason, or by partner, or by source."""
    parts = reasons
    if kind == "stalled":
        parts = Counter(lead.partner.name for lead in leads if lead.partner)
    elif kind != "unassigned":
        parts = Counter(lead.source for lead in leads)
    return Attention(
        kind=kind,
        count=reasons.total(),
        why=Why("", parts=tuple(parts.most_common(3))),
        since=_began(kind, min((lead.since for lead in leads if lead.since), default=None), idle),
        days=idle if kind == "stalled" else 0,
        remedies=("list",),
    )


def _began(kind: str, since: datetime | None, idle: int) -> datetime | None:
    """Say since when: a lead that stands still has done so for the follow-up gap before it was noticed."""
    return since - timedelta(days=idle) if since and kind == "stalled" else since


REMEDIES = {
    "unassigned": ("assign", "reroute"),
    "clock": ("open",),
    "spam": ("open", "release"),
    "archived": ("open", "reroute"),
    "review": ("open", "release"),
    "stalled": ("open",),
}
NEEDS = {"assign": "leads:write", "reroute": "leads:write", "release": "leads:write", "pause": "partners:write"}
"""The scope that a remedy needs; any other only leads somewhere."""


def _allowed(viewer: Viewer, remedies: Sequence[str]) -> tuple[str, ...]:
    allowed = tuple(remedy for remedy in remedies if remedy not in NEEDS or viewer.may(NEEDS[remedy]))
    return allowed or ("open",)


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
        excluded={code: number for code, number in record["excluded"].items() if code != "already_asked"},
        gone=len(inputs["gone"]),
        expired=len(set(inputs["expired"]) - set(inputs["gone"])),
    )


def _counted(viewer: Viewer, at: datetime) -> list[Attention]:
    """Tell of offers that nobody has looked at, partners that let offers pass, and mails that do not arrive.

    One statement of three parts, each grouped: of one offer alone, the smallest of its values is its own.
    """
    offers = visible_offers(viewer).filter(test=False, exclusive=True).order_by()
    unseen = offers.filter(
        state="open", seen_at=None, expires_at__gt=at, expires_at__lte=at + SOON, opened_at__lte=at - UNSEEN
    )
    skipped = offers.filter(
        Q(partner__paused_at=None) | Q(partner__paused_until__lte=at),
        state="expired", answered_at__gt=at - SKIP_SPAN, partner__archived_at=None,
    )  # fmt: skip
    failing = deliveries_of(viewer).filter(
        Q(outcome="failed") | Q(attempts__gte=MAIL_TRIES, due_at__isnull=False), created_at__gt=at - MAIL_SPAN
    )
    rows = _by_partner("lapsing", unseen, "expires_at").union(
        _by_partner("skips", skipped, "answered_at").filter(number__gte=2, last__gt=at - SKIP_FRESH),
        failing.order_by().values(what=Value("mails")).annotate(
            who=Value(None, UUIDField()), name=Value(""), number=Count("pk"), first=Min("created_at"),
            last=Max("created_at"), ref=Value(""), company=Value(""), product=Value(""), heat=Value(0),
            ready=Count("due_at"),
        ),
        all=True,
    )  # fmt: skip
    return [_COUNTED[row["what"]](viewer, row) for row in rows if row["number"]]


def _by_partner(what: str, offers: QuerySet[Any], when: str) -> QuerySet[Any]:
    """Count offers by partner: when the first and the last fell, how hot the hottest is, how many have a next step."""
    heat = Case(*[When(lead__temperature=word, then=Value(at)) for at, word in enumerate(TEMPERATURES)], default=9)
    grouped = offers.values(what=Value(what, CharField()), who=F("partner_id"), name=F("partner__name"))
    tally: QuerySet[Any] = grouped.annotate(
        number=Count("pk"), first=Min(when), last=Max(when), ref=Min("lead__ref"), company=Min("lead__company"),
        product=Min("lead__product"), heat=Min(heat), ready=Count("lead__next_step"),
    )  # fmt: skip
    return tally


def _lapsing(viewer: Viewer, row: Mapping[str, Any]) -> Attention:
    one = row["number"] == 1
    return Attention(
        kind="lapsing",
        count=row["number"],
        why=Why("unseen"),
        lead=LeadMark(row["ref"], row["company"] or row["product"], TEMPERATURES[row["heat"]]) if one else None,
        partner=PartnerMark(row["who"], row["name"]),
        until=row["first"],
        last=row["last"],
        ready=row["ready"],
        remedies=("open",) if one else ("list",),
    )


def _skips(viewer: Viewer, row: Mapping[str, Any]) -> Attention:
    return Attention(
        kind="skips",
        count=row["number"],
        why=Why("skipped"),
        partner=PartnerMark(row["who"], row["name"]),
        since=row["last"],
        remedies=_allowed(viewer, ("pause", "open")),
    )


def _mails(viewer: Viewer, row: Mapping[str, Any]) -> Attention:
    return Attention(
        kind="mails",
        count=row["number"],
        why=Why("undelivered"),
        since=row["first"],
        ready=row["ready"],
        remedies=("open",),
    )


_COUNTED = {"lapsing": _lapsing, "skips": _skips, "mails": _mails}
