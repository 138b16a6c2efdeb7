"""Partners on a map of our own, and under their distributors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import parents_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.facts import TIER, Point
from partidor.domain.reports.atlas import Frame, frame_of
from partidor.queries.numbered import Numbered, numbered_of
from partidor.queries.partners.table import Choices, Known, Narrowed, Reading, choices_of

MOST_BELOW = 100
"""Resellers that are named under one distributor; the others are counted."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A partner at its place; ``rank`` tells the tier: 2 the highest, 1 the next, 0 all others."""

    id: UUID
    name: str
    tier: str
    rank: int
    city: str
    country: str
    load: int
    paused: bool
    point: Point


@dataclass(frozen=True, slots=True)
class PartnerMap:
    """The partners that fit, where they are, and how many cannot be placed."""

    frame: Frame
    spots: tuple[Spot, ...]
    unplaced: int
    ranked: tuple[str, ...]
    """The tiers that have a shape of their own, the highest first."""
    choices: Choices


def partner_map(viewer: Viewer, narrowed: Narrowed, *, at: datetime) -> PartnerMap:
    """Place the partners in use. For the vendor only."""
    reading = Reading(viewer, at)
    ranked = tuple(reversed(vendor_of(viewer).dimensions.get(TIER, [])))[:2]
    shown = reading.narrowed(narrowed)
    spots = [_spot(one, reading, ranked) for one in shown if one.lat is not None and one.lon is not None]
    return PartnerMap(
        frame=frame_of([spot.point for spot in spots]),
        spots=tuple(sorted(spots, key=lambda spot: -spot.load)),
        unplaced=sum(one.lat is None for one in shown),
        ranked=ranked,
        choices=choices_of(reading.known),
    )


def _spot(one: Known, reading: Reading, ranked: tuple[str, ...]) -> Spot:
    tier = next(iter(one.tags.get(TIER, ())), "")
    rank = len(ranked) - ranked.index(tier) if tier in ranked else 0
    assert one.lat is not None
    assert one.lon is not None
    return Spot(one.pk, one.name, tier, rank, one.city, one.country, reading.load(one), one.paused(reading.at),
                (one.lat, one.lon))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Branch:
    """A partner in the tree, with its share in leads. ``most`` None: no limit."""

    id: UUID
    name: str
    tier: str
    city: str
    country: str
    paused: bool
    load: int
    most: int | None
    expected: float
    received: float
    debt: float


@dataclass(frozen=True, slots=True)
class Distributor:
    """A distributor with its resellers and their sums; a reseller of two counts with both."""

    self: Branch
    resellers: tuple[Branch, ...]
    count: int
    load: int
    expected: float
    received: float


@dataclass(frozen=True, slots=True)
class Tree:
    """One page of distributors, and how many partners stand under none."""

    distributors: Numbered[Distributor]
    alone: int


def partner_tree(viewer: Viewer, *, page: int, at: datetime) -> Tree:
    """Show who stands under whom. For the vendor only."""
    reading = Reading(viewer, at)
    known = {one.pk: one for one in reading.known}
    below: dict[UUID, list[UUID]] = {one.pk: [] for one in reading.known if one.kind == "distributor"}
    under: set[UUID] = set()
    for child, parent in parents_of(viewer).values_list("partner_id", "parent_id"):
        if child in known and parent in known:
            below.setdefault(parent, []).append(child)
            under.add(child)
    found = numbered_of(sorted(below, key=lambda one: (known[one].name.casefold(), one)), page)
    wanted = {one for parent in found.items for one in (parent, *below[parent])}
    shares = reading.ledger.statement([str(one) for one in wanted])
    branches = {one: _branch(known[one], reading, shares[str(one)]) for one in wanted}
    distributors = [_distributor(branches[one], [branches[child] for child in below[one]]) for one in found.items]
    return Tree(found.of(distributors), len(known.keys() - under - below.keys()))


def _branch(one: Known, reading: Reading, share: Mapping[str, float]) -> Branch:
    return Branch(
        one.pk, one.name, next(iter(one.tags.get(TIER, ())), ""), one.city, one.country, one.paused(reading.at),
        reading.load(one), one.most, share["expected"], share["received"], share["debt"],
    )  # fmt: skip


def _distributor(self: Branch, resellers: list[Branch]) -> Distributor:
    named = sorted(resellers, key=lambda one: one.name.casefold())[:MOST_BELOW]
    sums = [self, *resellers]
    return Distributor(
        self, tuple(named), len(resellers), sum(one.load for one in sums), sum(one.expected for one in sums),
        sum(one.received for one in sums),
    )  # fmt: skip
