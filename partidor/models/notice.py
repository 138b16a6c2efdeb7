"""The outbox: what is to be told, and each telling of it to one recipient."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from partidor.models.inserting import insert
from partidor.models.rows import DueRow


class Notice(DueRow):
    """Something to tell a partner's people or the channel managers, written with the event that causes it.

    ``name`` says what it is for, so that the same thing is noticed once however often a worker is killed.
    """

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    lead = models.ForeignKey("partidor.Lead", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    offer = models.ForeignKey("partidor.Offer", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    partner = models.ForeignKey(
        "partidor.Partner", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """The partner whose people are told; null means the vendor's channel managers (or, with a person, that person)."""
    person = models.ForeignKey("partidor.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(max_length=40, default="", blank=True)
    key = models.CharField(max_length=300, default="", blank=True)
    """What opens the door: a code, or the path of a link. Emptied once the notice is told or dropped."""
    created_at = models.DateTimeField()
    dropped = models.BooleanField(default=False)

    class Meta:
        db_table = "notice"
        indexes = (
            models.Index(fields=["due_at"], condition=~Q(due_at=None), name="notice_due"),
            models.Index(fields=["id"], condition=~Q(key=""), name="notice_keyed"),
        )
        constraints = (models.UniqueConstraint(fields=["vendor", "name"], name="notice_once"),)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def put(notices: list[Notice]) -> None:
        """Put notices into the outbox; one that is there already stays as it is."""
        insert(notices, ignore_conflicts=True)

    @staticmethod
    def is_put(vendor_id: UUID, name: str) -> bool:
        """Say whether the outbox has had a notice of this name."""
        return Notice.objects.filter(vendor_id=vendor_id, name=name).exists()

    @staticmethod
    def drop_older(vendor_id: UUID, before: datetime) -> int:
        """Drop a vendor's notices of before a time that nobody was told of; return how many."""
        older = Notice.objects.filter(vendor_id=vendor_id, created_at__lt=before).exclude(due_at=None)
        return older.update(due_at=None, lease=None, dropped=True, key="")


class Delivery(DueRow):
    """One notice to one address over one channel."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=10, default="mail")
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=20, default="", blank=True)
    outcome = models.CharField(max_length=10, default="", blank=True)
    """Empty while due; then sent, kept (no mail server is set), dropped (stale) or failed."""
    subject = models.CharField(max_length=500, default="", blank=True)
    text = models.TextField(default="", blank=True)
    html = models.TextField(default="", blank=True)
    """Like the subject and the text, filled only when the mail is kept, for the console to show."""
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        indexes = (
            models.Index(fields=["due_at"], condition=~Q(due_at=None), name="delivery_due"),
            models.Index(fields=["vendor", "created_at", "id"], name="delivery_of_vendor"),
        )
        constraints = (models.UniqueConstraint(fields=["notice", "channel", "address"], name="delivery_once"),)

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.channel}"

    @staticmethod
    def put(deliveries: list[Delivery]) -> None:
        """Put deliveries into the queue; one that is there already (a killed worker made it) stays as it is."""
        insert(deliveries, ignore_conflicts=True)
