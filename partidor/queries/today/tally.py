"""What is counted of offers and mails: those that lapse unseen, partners that let them pass, mails that do not arrive.

One statement of four parts, each grouped; of one offer alone, the smallest of its values is its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

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
)

from partidor.access.attention import deliveries_of
from partidor.access.leads import visible_leads, visible_offers
from partidor.access.viewer import Viewer
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.queries.today.marks import ALONE, Attention, LeadMark, PartnerMark, Why, allowed

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


def tally(viewer: Viewer, at: datetime) -> Iterator[Attention]:
    """Tell what is counted of offers and mails: some partners each for itself, the rest as one."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(viewer, at):
        if row["number"]:
            found[row["what"]].append(row)
    in_all = {row["who"]: row["number"] for row in found.pop("in_all", ())}
    for row in found["skips"]:
        row["ready"] = max(row["number"], in_all.get(row["who"], 0))
    for kind, counted in found.items():
        counted.sort(key=_SORTED[kind])
        first = ALONE.get(kind, 1)
        yield from (_TOLD[kind](viewer, row) for row in counted[:first])
        if rest := counted[first:]:
            yield _rest(kind, rest)


def _rows(viewer: Viewer, at: datetime) -> QuerySet[Any]:
    offers = visible_offers(viewer).filter(test=False, exclusive=True).order_by()
    # an offer that lapses soon belongs to a lead that is due as soon: of those there are few, and an index finds them
    due = visible_leads(viewer).filter(state="offered", next_action_at__lte=at + SOON)
    unseen = offers.filter(
        lead__in=due.values("pk"), state="open", seen_at=None,
        expires_at__gt=at, expires_at__lte=at + SOON, opened_at__lte=at - UNSEEN,
    )  # fmt: skip
    skipped = offers.filter(
        Q(partner__paused_at=None) | Q(partner__paused_until__lte=at),
        state="expired", answered_at__gt=at - SKIP_SPAN, partner__archived_at=None,
    )  # fmt: skip
    failing = deliveries_of(viewer).filter(
        Q(outcome="failed") | Q(attempts__gte=MAIL_TRIES, due_at__isnull=False), created_at__gt=at - MAIL_SPAN
    )
    lapsing = _by_partner("lapsing", unseen, "expires_at", Count("lead__next_step"))
    skips = _by_partner("skips", skipped, "answered_at", Count("pk"))
    mails = failing.order_by().values(what=Value("mails")).annotate(
        who=Value(None, UUIDField()), name=Value(""), number=Count("pk"), first=Min("created_at"),
        last=Max("created_at"), ref=Value(""), company=Value(""), product=Value(""), heat=Value(0),
        ready=Count("due_at"),
    )  # fmt: skip
    skips = skips.filter(number__gte=2, last__gt=at - SKIP_FRESH)
    theirs = offers.filter(partner__in=skips.values("who"), opened_at__gt=at - SKIP_SPAN)
    return lapsing.union(skips, _by_partner("in_all", theirs, "opened_at", Count("pk")), mails, all=True)


def _by_partner(what: str, offers: QuerySet[Any], when: str, ready: Count) -> QuerySet[Any]:
    """Count offers by partner: when the first and the last fell, and how hot the hottest is."""
    heat = Case(*[When(lead__temperature=word, then=Value(at)) for at, word in enumerate(TEMPERATURES)], default=9)
    grouped = offers.values(what=Value(what, CharField()), who=F("partner_id"), name=F("partner__name"))
    counted: QuerySet[Any] = grouped.annotate(
        number=Count("pk"), first=Min(when), last=Max(when), ref=Min("lead__ref"), company=Min("lead__company"),
        product=Min("lead__product"), heat=Min(heat), ready=ready,
    )  # fmt: skip
    return counted


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
        ready=row["ready"],
        remedies=allowed(viewer, ("pause", "open")),
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


def _rest(kind: str, rows: Sequence[Mapping[str, Any]]) -> Attention:
    """Tell of the offers of several partners as one."""
    lapsing = kind == "lapsing"
    return Attention(
        kind=kind,
        count=sum(row["number"] for row in rows),
        why=Why("", parts=tuple((row["name"], row["number"]) for row in rows[:3])),
        since=None if lapsing else max(row["last"] for row in rows),
        until=min(row["first"] for row in rows) if lapsing else None,
        last=max(row["last"] for row in rows),
        ready=sum(row["ready"] for row in rows),
        remedies=("list",),
    )


_TOLD = {"lapsing": _lapsing, "skips": _skips, "mails": _mails}
_SORTED: Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = {
    "lapsing": lambda row: (row["first"], row["name"]),
    "skips": lambda row: (-row["number"], row["name"]),
    "mails": lambda row: (),
}
"""Which come first: what lapses first, who let most pass."""
