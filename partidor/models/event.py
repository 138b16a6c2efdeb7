"""Append-only facts about leads. The database itself refuses to change or delete one."""

from __future__ import annotations

from django.db import models

from partidor.models.inserting import insert
from partidor.models.rows import VendorRow


class Event(VendorRow):
    """One fact, numbered per lead. Data holds ids, codes, numbers and times only."""

    lead = models.ForeignKey("partidor.Lead", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    lead_seq = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=30)
    at = models.DateTimeField()
    by_kind = models.CharField(max_length=10)
    by_id = models.CharField(max_length=40, default="", blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "event"
        indexes = (
            models.Index(fields=["vendor", "at"], name="event_by_time"),
            models.Index(fields=["vendor", "at"], condition=models.Q(lead=None), name="event_of_vendor"),
        )
        constraints = (
            models.UniqueConstraint(fields=["lead", "lead_seq"], condition=~models.Q(lead=None), name="event_seq_once"),
        )

    def __str__(self) -> str:
        return self.type

    @staticmethod
    def append(events: list[Event]) -> None:
        """Append facts."""
        insert(events)
