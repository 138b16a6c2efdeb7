"""Customers that may be the same as another: by the keys that they share, and by what people have said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from partidor.domain.intake.sameness import MOST_NAMES, same_how
from partidor.models import CustomerKey, SamenessVerdict
from partidor.models.sameness_verdict import kin_in

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What stands around one customer: who is the same, who is not, and who may be and why (the likeliest first)."""

    kin: frozenset[UUID]
    said: Mapping[UUID, SamenessVerdict]
    """What people have said of this very customer and another, by the other one."""
    candidates: Mapping[UUID, tuple[str, ...]]

    @property
    def likely(self) -> bool:
        """Say whether there is a candidate that shares more than a name."""
        return any(reasons != ("name",) for reasons in self.candidates.values())


def duplicates_of(vendor_id: UUID, customer: UUID) -> Duplicates:
    """Look for customers of a vendor that may be the same as one of its customers.

    One statement where nobody has said anything about it, a few more where somebody has.
    """
    rows = CustomerKey.around(vendor_id, [customer], *SamenessVerdict.beside(customer))
    said: dict[UUID, SamenessVerdict] = {}
    kin, apart = frozenset({customer}), frozenset[UUID]()
    if any(kind in ("+", "-") for _, kind, _, _ in rows):
        said = SamenessVerdict.of(customer)
        kin, apart = _judged(customer, said)
        if len(kin) > 1:
            rows = CustomerKey.around(vendor_id, kin)
    rows = [row for row in rows if row[1] not in ("+", "-")]
    names: dict[UUID, set[str]] = defaultdict(set)
    for key, _, _, name in rows:
        names[key].add(name)
    namesakes = {other for _, kind, other, _ in rows if kind == "name"} - kin
    reasons: dict[UUID, set[str]] = defaultdict(set)
    for key, kind, other, _ in rows:
        many = (
            len(namesakes) > MOST_NAMES
            if kind == "name"
            else kind in ("domain", "phone") and len(names[key]) > MOST_NAMES
        )
        if not many and other not in kin and other not in apart:
            reasons[other].add(kind)
    likeliest = sorted(((same_how(kinds), other) for other, kinds in reasons.items()), key=_rank)[:MOST_CANDIDATES]
    return Duplicates(kin, said, {other: how for how, other in likeliest})


def _judged(customer: UUID, said: Collection[UUID]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """Return who is the same as a customer, and who is another than any of them, with all who are the same as those."""
    verdicts = SamenessVerdict.about({customer, *said})
    kin = kin_in([customer], verdicts)[customer]
    others = {one for pair in verdicts if not pair[2] and kin & set(pair[:2]) for one in pair[:2]} - kin
    if further := others.difference(said):
        verdicts += SamenessVerdict.about(further)
    return kin, frozenset().union(*kin_in(others, verdicts).values()) - kin


def _rank(one: tuple[tuple[str, ...], UUID]) -> tuple[int, int, int]:
    how, customer = one
    return (how == ("name",), -len(how), -customer.int)
