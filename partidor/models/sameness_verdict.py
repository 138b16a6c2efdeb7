"""What a person has said about two customers that may be one: the same, or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Q, QuerySet, Value, When

from partidor.models.inserting import insert
from partidor.models.rows import VendorRow


class SamenessVerdict(VendorRow):
    """A verdict about a pair of customers, the one with the smaller id first; the newest one counts."""

    first = models.ForeignKey("partidor.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey("partidor.Customer", on_delete=models.PROTECT, related_name="+")
    same = models.BooleanField()
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=40, default="", blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "sameness_verdict"
        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="sameness_verdict_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="sameness_verdict_in_order"),
        )

    def __str__(self) -> str:
        return f"{self.first_id} {'is' if self.same else 'is not'} {self.second_id}"

    @staticmethod
    def say(verdict: SamenessVerdict) -> bool:
        """Keep a new verdict in place of an earlier one about the pair; False if that said the same.

        The caller holds both customers, so that no other word about the pair comes between.
        """
        verdict.first_id, verdict.second_id = sorted((verdict.first_id, verdict.second_id))
        pair = SamenessVerdict.objects.filter(first=verdict.first_id, second=verdict.second_id)
        said = {name: getattr(verdict, name) for name in ("same", "by_kind", "by_id", "at")}
        return bool(pair.exclude(same=verdict.same).update(**said) or insert([verdict], ignore_conflicts=True))

    @staticmethod
    def beside(customer: UUID) -> list[QuerySet[Any, Any]]:
        """Ask for the verdicts about one customer, to be read along with the keys around it: ``+`` is the same."""
        said = Case(When(same=True, then=Value("+")), default=Value("-"))
        rows = SamenessVerdict.objects.annotate(said=said, none=Value(""))
        pairs = (rows.filter(first=customer), "second_id"), (rows.filter(second=customer), "first_id")
        return [some.values_list("pk", "said", other, "none") for some, other in pairs]

    @staticmethod
    def of(customer: UUID) -> dict[UUID, SamenessVerdict]:
        """Return the verdicts about one customer, by the other one."""
        rows = SamenessVerdict.objects.filter(Q(first=customer) | Q(second=customer))
        return {row.second_id if row.first_id == customer else row.first_id: row for row in rows}

    @staticmethod
    def about(customers: Collection[UUID]) -> list[tuple[UUID, UUID, bool]]:
        """Return every verdict about some customers, and about those that are the same as they: (one, other, same)."""
        found: dict[tuple[UUID, UUID], bool] = {}
        seen: set[UUID] = set()
        new = set(customers)
        while new:  # nearly always once: few customers have a verdict
            rows = SamenessVerdict.objects.filter(Q(first__in=new) | Q(second__in=new))
            pairs = {(one, other): same for one, other, same in rows.values_list("first_id", "second_id", "same")}
            found |= pairs
            seen |= new
            new = {one for pair, same in pairs.items() if same for one in pair} - seen
        return [(one, other, same) for (one, other), same in found.items()]

    @staticmethod
    def kin(customers: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
        """Return, for each customer, all that are the same by verdict, itself included."""
        return kin_in(customers, SamenessVerdict.about(customers) if customers else ())


def kin_in(customers: Collection[UUID], verdicts: Iterable[tuple[UUID, UUID, bool]]) -> dict[UUID, frozenset[UUID]]:
    """Follow verdicts from each customer to all that are the same: who is the same as the same is the same."""
    beside: dict[UUID, set[UUID]] = defaultdict(set)
    for one, other, same in verdicts:
        if same:
            beside[one].add(other)
            beside[other].add(one)
    kin: dict[UUID, frozenset[UUID]] = {}
    for customer in customers:
        group, new = {customer}, {customer}
        while new:
            new = set().union(*(beside[one] for one in new)) - group
            group |= new
        kin[customer] = frozenset(group)
    return kin
