"""An offer: one lead to one partner in one round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q

from partidor.domain.states import OFFER
from partidor.models.decision import Decision
from partidor.models.inserting import insert
from partidor.models.lead import Lead
from partidor.models.moving import Moving
from partidor.models.rows import VendorRow

RUNNING = Q(state="accepted", ended_at=None)
WAITING = Q(state__in=["open", "interested"])
LOADING = RUNNING | Q(state="open", exclusive=True)
"""What counts as a partner's load: accepted running leads and open exclusive offers."""


class Offer(VendorRow, Moving):
    """One lead offered to one partner: the terms, the answer, and how an accepted one ended."""

    life = OFFER

    lead = models.ForeignKey("partidor.Lead", on_delete=models.PROTECT, related_name="offers", db_index=False)
    partner = models.ForeignKey("partidor.Partner", on_delete=models.PROTECT, related_name="+", db_index=False)
    decision = models.ForeignKey("partidor.Decision", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField()
    via = models.CharField(max_length=16, default="plan")
    exclusive = models.BooleanField(default=True)
    reveal = models.CharField(max_length=6, default="full")
    place = models.PositiveSmallIntegerField(default=1)
    rivals = models.PositiveSmallIntegerField(default=0)
    distance_km = models.FloatField(null=True)
    test = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    award_at = models.DateTimeField(null=True)
    """When the best of those interested gets the lead: until then a yes is an interest. Null: first come."""
    expires_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    """When the partner got the lead: its answer, or the award after its interest. Caps and pace count by it."""
    reason = models.CharField(max_length=30, default="", blank=True)
    note = models.CharField(max_length=2000, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=12, default="", blank=True)

    class Meta:
        db_table = "offer"
        indexes = (
            models.Index(fields=["lead", "opened_at"], name="offer_of_lead"),
            models.Index(fields=["vendor", "opened_at", "id"], name="offer_by_opening"),
            models.Index(fields=["vendor", "partner", "opened_at", "id"], name="offer_of_partner"),
            models.Index(fields=["vendor", "partner"], condition=LOADING, name="offer_load"),
            models.Index(
                fields=["vendor", "partner", "answered_at"],
                condition=Q(state="expired", exclusive=True),
                name="offer_skipped",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["lead"], condition=RUNNING, name="offer_one_primary"),
            models.UniqueConstraint(fields=["lead", "partner"], condition=WAITING, name="offer_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by="") | Q(ended_at__isnull=False, state="accepted"),
                name="offer_only_accepted_end",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
                name="offer_accepted_at",
            ),
        )

    @staticmethod
    def open(offers: list[Offer], decisions: list[Decision] | None = None) -> None:
        """Open offers, all at once, and keep the decisions behind them."""
        insert(decisions or [], offers)

    @staticmethod
    def remind(offers: Sequence[Offer], at: datetime) -> None:
        """Note that partners were reminded."""
        Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(reminded_at=at)
        for offer in offers:
            offer.reminded_at = at

    @staticmethod
    def leads_with(partner_id: UUID) -> list[UUID]:
        """Return the leads on which a partner has a waiting offer or which it runs."""
        return list(
            Offer.objects.filter(WAITING | RUNNING, partner_id=partner_id).values_list("lead_id", flat=True).distinct()
        )

    @staticmethod
    def waiting_by_lead(leads: Iterable[Lead]) -> dict[UUID, list[Offer]]:
        """Return the waiting offers of leads that the caller holds."""
        found: dict[UUID, list[Offer]] = {lead.pk: [] for lead in leads}
        for offer in Offer.objects.filter(WAITING, lead_id__in=found).order_by("place"):
            found[offer.lead_id].append(offer)
        return found

    @staticmethod
    def decide(offers: Sequence[Offer], at: datetime | None) -> None:
        """Say anew when the best of those interested in a round gets its lead; None: from now on, first come."""
        Offer.objects.filter(pk__in=[offer.pk for offer in offers]).update(award_at=at)
        for offer in offers:
            offer.award_at = at

    @staticmethod
    def extend(offers: Iterable[Offer], until: datetime) -> None:
        """Give waiting offers more time."""
        Offer.objects.filter(pk__in=[offer.pk for offer in offers]).filter(WAITING).update(expires_at=until)

    @staticmethod
    def skips(offers: Sequence[Offer], *, since: datetime) -> tuple[dict[UUID, int], dict[UUID, int]]:
        """Count unanswered exclusive offers: per partner since a time, and per lead, for these offers' sides."""
        expired = Offer.objects.filter(state="expired", exclusive=True, vendor_id=offers[0].vendor_id).order_by()
        by_partner = expired.filter(partner_id__in={o.partner_id for o in offers}, answered_at__gte=since)
        by_lead = expired.filter(lead_id__in={o.lead_id for o in offers})
        return (
            dict(by_partner.values_list("partner_id").annotate(models.Count("pk"))),
            dict(by_lead.values_list("lead_id").annotate(models.Count("pk"))),
        )

    def next_action(self) -> dict[str, object]:
        """Say what comes next in the life of a waiting offer: the award, its reminder or its deadline."""
        remind_at = None if self.reminded_at else self.remind_at
        due = {"remind": remind_at, "award": self.award_at, "expire": self.expires_at}
        at, kind = min((at, kind) for kind, at in due.items() if at is not None)
        return {"next_action_kind": kind, "next_action_at": at}

    def end(self, ended_by: str, at: datetime) -> None:
        """End this accepted offer, once."""
        Offer.objects.filter(pk=self.pk, ended_at=None).update(ended_at=at, ended_by=ended_by)
        self.ended_at, self.ended_by = at, ended_by

    def __str__(self) -> str:
        return f"{self.lead_id} to {self.partner_id}"
