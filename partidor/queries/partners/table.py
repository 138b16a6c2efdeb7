"""The table of partners: one line each, with what is open, how full it is and what it is owed.

The network is read once in a few columns and narrowed and sorted here: debts stand in the ledger and loads in the
offers, so no database could sort by them. What a line shows on top is counted for the lines of the page alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from partidor.access.leads import visible_offers
from partidor.access.network import memberships_of, parents_of, partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import TIER
from partidor.domain.refusal import NotFound
from partidor.domain.routing.fairness import Ledger
from partidor.domain.routing.live import LiveState
from partidor.models import Partner
from partidor.models.ledger import read_ledger
from partidor.models.live import live_state
from partidor.models.snapshots import network
from partidor.queries.numbered import Numbered, holds_words, numbered_of

SORTS = ("name", "load", "debt")


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the table is narrowed to and sorted by; empty means everything. ``tag`` is ``dimension:value``."""

    q: str = ""
    kind: str = ""
    tag: str = ""
    country: str = ""
    state: str = ""
    """paused, full, or free."""
    lack: str = ""
    """place: cannot be placed; people: nobody has a login; tags: has none."""
    parent: str = ""
    """The id of a distributor: its resellers alone."""
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a partner, as it was written."""

    dimension: str
    value: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """A partner in the table. Figures of the fair share are in leads; ``load`` counts against ``most``."""

    id: UUID
    name: str
    kind: str
    tier: str
    tags: tuple[Tag, ...]
    city: str
    country: str
    paused: bool
    paused_until: datetime | None
    full: bool
    waiting: int
    running: int
    load: int
    most: int | None
    expected: float
    received: float
    debt: float
    people: int
    resellers: int


@dataclass(frozen=True, slots=True)
class Choices:
    """What one can narrow to: kinds, countries and tags that partners have."""

    kinds: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartnerTable:
    """One page of the table. ``all`` counts the partners in use; ``largest`` is the largest debt on the page."""

    lines: Numbered[PartnerLine]
    choices: Choices
    all: int
    paused: int
    full: int
    largest: float
    parent: str = ""
    """The distributor whose resellers are shown, by name."""


@dataclass(frozen=True, slots=True)
class Known:
    """A partner as the whole network is read."""

    pk: UUID
    name: str
    kind: str
    tags: Mapping[str, Sequence[str]]
    city: str
    country: str
    paused_at: datetime | None
    paused_until: datetime | None
    most: int | None
    external_id: str
    postal_code: str
    lat: float | None
    lon: float | None

    def paused(self, at: datetime) -> bool:
        """Say whether it is paused at a time."""
        return self.paused_at is not None and (self.paused_until is None or self.paused_until > at)


_COLUMNS = ("pk", "name", "kind", "tags", "city", "country", "paused_at", "paused_until", "max_open_leads",
            "external_id", "postal_code", "lat", "lon")  # fmt: skip


class Reading:
    """The network as it is read for one page: every partner in use, how full each is, and what it is owed."""

    def __init__(self, viewer: Viewer, at: datetime) -> None:
        """Read it. Raises NotAllowed."""
        viewer.require_vendor("partners:read", "partners:write")
        self.viewer, self.at = viewer, at
        self.known = [Known(*row) for row in partners_of(viewer).filter(archived_at=None).values_list(*_COLUMNS)]
        vendor = vendor_of(viewer)
        self.ledger = read_ledger(vendor.pk)
        self.live = live_state(vendor, network(vendor), self.ledger, at=at, loads=True)
        self.full = {partner.pk for partner in self.known if _is_full(self.live, str(partner.pk))}

    def load(self, partner: Known) -> int:
        """Return how much a partner has on the table."""
        return _load(self.live, str(partner.pk))

    def narrowed(self, narrowed: Narrowed) -> list[Known]:
        """Return the partners that fit, in the order that is wished."""
        among = _among(self.viewer, narrowed)
        return sorted(
            (
                partner
                for partner in self.known
                if (among is None or partner.pk in among) and _fits(partner, narrowed, partner.pk in self.full, self.at)
            ),
            key=lambda partner: _place(partner, narrowed.sort, self.live, self.ledger),
        )

    def lines(self, partners: Sequence[Known]) -> list[PartnerLine]:
        """Make lines of partners, each with what is counted for these alone."""
        figures = self.ledger.statement([str(partner.pk) for partner in partners])
        counts = _counts(self.viewer, [partner.pk for partner in partners])
        return [
            _line(
                partner,
                self.live,
                figures[str(partner.pk)],
                counts,
                full=partner.pk in self.full,
                at=self.at,
            )
            for partner in partners
        ]


def partner_table(viewer: Viewer, narrowed: Narrowed, *, page: int, at: datetime) -> PartnerTable:
    """List the partners in use, narrowed and sorted. For the vendor only; wrong words narrow to nothing."""
    reading = Reading(viewer, at)
    found = numbered_of(reading.narrowed(narrowed), page)
    lines = reading.lines(found.items)
    return PartnerTable(
        lines=found.of(lines),
        choices=choices_of(reading.known),
        all=len(reading.known),
        paused=sum(partner.paused(at) for partner in reading.known),
        full=len(reading.full),
        largest=max((abs(line.debt) for line in lines), default=0.0),
        parent=next((one.name for one in reading.known if str(one.pk) == narrowed.parent), ""),
    )


def partner_line(viewer: Viewer, partner_id: UUID, *, at: datetime) -> tuple[PartnerLine, Choices]:
    """Show one line of the table, and the tags that partners have. Raises NotFound, NotAllowed."""
    reading = Reading(viewer, at)
    one = [partner for partner in reading.known if partner.pk == partner_id]
    if not one:
        raise NotFound(what="partner")
    return reading.lines(one)[0], choices_of(reading.known)


def tags_in_use(viewer: Viewer) -> Choices:
    """Gather the tags, kinds and countries of the partners in use. Raises NotAllowed."""
    viewer.require_vendor("partners:read", "partners:write")
    return choices_of(partners_of(viewer).filter(archived_at=None).only("kind", "country", "tags"))


def narrowed_partners(viewer: Viewer, narrowed: Narrowed, *, at: datetime) -> list[UUID]:
    """Return the ids of all that the table would show on its pages."""
    return [partner.pk for partner in Reading(viewer, at).narrowed(narrowed)]


def _among(viewer: Viewer, narrowed: Narrowed) -> set[UUID] | None:
    """Return whom the network itself narrows to, None for everybody."""
    if narrowed.parent:
        links = parents_of(viewer).filter(parent__in=partners_of(viewer))
        return {
            child for child, parent in links.values_list("partner_id", "parent_id") if str(parent) == narrowed.parent
        }
    if narrowed.lack == "people":
        staffed = memberships_of(viewer).filter(active=True).exclude(partner=None).values("partner_id")
        return set(partners_of(viewer).exclude(pk__in=staffed).values_list("pk", flat=True))
    return None


def _is_full(live: LiveState, partner: str) -> bool:
    at = live.network.index.get(partner)
    return at is not None and bool(live.at_capacity >> at & 1)


def _load(live: LiveState, partner: str) -> int:
    at = live.network.index.get(partner)
    return 0 if at is None else live.loads[at]


def _fits(partner: Known, narrowed: Narrowed, full: bool, at: datetime) -> bool:
    if narrowed.kind and partner.kind != narrowed.kind:
        return False
    if narrowed.country and partner.country != narrowed.country:
        return False
    if (narrowed.lack == "place" and partner.lat is not None) or (narrowed.lack == "tags" and partner.tags):
        return False
    if narrowed.state and narrowed.state != ("paused" if partner.paused(at) else "full" if full else "free"):
        return False
    dimension, _, value = narrowed.tag.partition(":")
    if narrowed.tag and value.casefold() not in (one.casefold() for one in partner.tags.get(dimension, ())):
        return False
    return holds_words(f"{partner.name} {partner.city} {partner.postal_code} {partner.external_id}", narrowed.q)


def _place(partner: Known, sort: str, live: LiveState, ledger: Ledger) -> tuple[Any, ...]:
    """Say where a partner stands: the most loaded or the most owed first, then by name."""
    chief = {"load": lambda: -_load(live, str(partner.pk)), "debt": lambda: -ledger.debt(str(partner.pk))}.get(sort)
    return (chief() if chief else 0, partner.name.casefold(), partner.pk)


@dataclass(frozen=True, slots=True)
class _Counts:
    waiting: Mapping[UUID, int]
    running: Mapping[UUID, int]
    people: Mapping[UUID, int]
    resellers: Mapping[UUID, int]


def _counts(viewer: Viewer, ids: Sequence[UUID]) -> _Counts:
    offers = visible_offers(viewer).filter(partner_id__in=ids, test=False).order_by().values_list("partner_id")
    open_now = offers.filter(Q(state__in=["open", "interested"]) | Q(state="accepted", ended_at=None))
    waiting = Count("pk", filter=~Q(state="accepted"))
    by_partner = list(open_now.annotate(waiting=waiting, running=Count("pk", filter=Q(state="accepted"))))
    people = memberships_of(viewer).filter(partner_id__in=ids, active=True).order_by().values_list("partner_id")
    resellers = parents_of(viewer).filter(parent_id__in=ids, partner__archived_at=None).order_by()
    return _Counts(
        waiting={partner: number for partner, number, _ in by_partner},
        running={partner: number for partner, _, number in by_partner},
        people=dict(people.annotate(Count("pk"))),
        resellers=dict(resellers.values_list("parent_id").annotate(Count("pk"))),
    )


def _line(
    partner: Known, live: LiveState, share: Mapping[str, Any], counts: _Counts, *, full: bool, at: datetime
) -> PartnerLine:
    paused = partner.paused(at)
    return PartnerLine(
        id=partner.pk,
        name=partner.name,
        kind=partner.kind,
        tier=next(iter(partner.tags.get(TIER, ())), ""),
        tags=tuple(tags_of(partner.tags)),
        city=partner.city,
        country=partner.country,
        paused=paused,
        paused_until=partner.paused_until if paused else None,
        full=full,
        waiting=counts.waiting.get(partner.pk, 0),
        running=counts.running.get(partner.pk, 0),
        load=_load(live, str(partner.pk)),
        most=partner.most,
        expected=share["expected"],
        received=share["received"],
        debt=share["debt"],
        people=counts.people.get(partner.pk, 0),
        resellers=counts.resellers.get(partner.pk, 0),
    )


def tags_of(tags: Mapping[str, Iterable[str]]) -> Iterable[Tag]:
    """Give every tag but the tier, in the order of the dimensions; languages last, which tell the least."""
    for dimension in sorted(tags, key=lambda name: (name == "language", name)):
        if dimension != TIER:
            yield from (Tag(dimension, value) for value in tags[dimension])


def choices_of(known: Iterable[Known | Partner]) -> Choices:
    """Gather what these partners have."""
    kinds, countries = set(), set()
    tags: dict[str, dict[str, str]] = {}
    for partner in known:
        kinds.add(partner.kind)
        countries.add(partner.country)
        for dimension, values in partner.tags.items():
            for value in values:
                tags.setdefault(dimension, {}).setdefault(value.casefold(), value)
    return Choices(
        tuple(sorted(kinds)),
        tuple(sorted(countries - {""})),
        {dimension: tuple(tags[dimension][value] for value in sorted(tags[dimension])) for dimension in sorted(tags)},
    )
