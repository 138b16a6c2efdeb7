"""What a person has said about two customers that may be one: the same, or not."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

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
