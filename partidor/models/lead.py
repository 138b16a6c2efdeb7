"""The lead: one inquiry of one end customer, and its contacts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from partidor.domain.states import CLOSED_LEAD, LEAD
from partidor.models.moving import Moving
from partidor.models.rows import VendorRow



class Lead(VendorRow, Moving):
    """One inquiry: what was asked, how far its distribution has come, and what happens next."""

    life = LEAD

    ref = models.CharField(max_length=6)
    source = models.ForeignKey("partidor.Source", on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=300, default="", blank=True)
    test = models.BooleanField(default=False)
    customer = models.ForeignKey("partidor.Customer", on_delete=models.PROTECT, related_name="leads")
    fingerprint = models.CharField(max_length=32, default="")

    company = models.CharField(max_length=300, default="", blank=True)
    street = models.CharField(max_length=300, default="", blank=True)
    postal_code = models.CharField(max_length=20, default="", blank=True)
    city = models.CharField(max_length=300, default="", blank=True)
    region = models.CharField(max_length=10, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    inquiry = models.TextField(default="", blank=True)
    product = models.CharField(max_length=300, default="", blank=True)
    vertical = models.CharField(max_length=300, default="", blank=True)
    language = models.CharField(max_length=20, default="", blank=True)
    employees = models.PositiveIntegerField(null=True)
    value_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    temperature = models.CharField(max_length=4, default="warm")
    timeline = models.CharField(max_length=300, default="", blank=True)
    campaign = models.CharField(max_length=300, default="", blank=True)
    utm = models.JSONField(default=dict)
    consent = models.JSONField(default=dict)
    custom = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    search_text = models.TextField(default="", blank=True)

    partner = models.ForeignKey(
        "partidor.Partner", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    via = models.CharField(max_length=16, default="", blank=True)
    stage = models.CharField(max_length=60, default="", blank=True)
    run = models.PositiveSmallIntegerField(default=0)
    """Counts the runs through the rules; a run pins the ruleset version and the rule below."""
    ruleset_version = models.PositiveIntegerField(null=True)
    rule_position = models.PositiveIntegerField(null=True)
    next_step = models.PositiveSmallIntegerField(null=True)
    next_repetition = models.PositiveSmallIntegerField(null=True)
    """Where the plan goes on after the running round; null when this round is the last."""
    round = models.PositiveSmallIntegerField(default=0)

    next_action_kind = models.CharField(max_length=12, default="", blank=True)
    next_action_at = models.DateTimeField(null=True)
    attention_reason = models.CharField(max_length=40, default="", blank=True)
    attention_at = models.DateTimeField(null=True)

    event_seq = models.PositiveIntegerField(default=0)
    last_event_at = models.DateTimeField()
    received_at = models.DateTimeField()
    first_offered_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    order_value_minor = models.BigIntegerField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "lead"
        indexes = (
            models.Index(fields=["next_action_at"], condition=~Q(next_action_at=None), name="lead_due"),
            models.Index(fields=["vendor", "updated_at", "id"], name="lead_by_update"),
            models.Index(fields=["vendor", "received_at", "id"], name="lead_by_arrival"),
            models.Index(fields=["vendor", "state", "received_at", "id"], name="lead_by_state"),
            models.Index(
                fields=["vendor", "partner", "accepted_at"], condition=~Q(partner=None), name="lead_by_partner"
            ),
            models.Index(
                fields=["vendor", "attention_at"], condition=~Q(attention_reason=""), name="lead_by_attention"
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["vendor", "ref"], name="lead_ref_once"),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="lead_external_id_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(CLOSED_LEAD))
                | Q(next_action_at__isnull=False)
                | ~Q(attention_reason=""),
                name="lead_never_forgotten",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", partner__isnull=False)
                | Q(state__in=["won", "lost", "withdrawn"])
                | Q(state__in=["received", "in_review", "parked", "routing", "offered", "unassigned", "rejected"])
                & Q(partner=None),
                name="lead_partner_when_accepted",
            ),
        )

    def __str__(self) -> str:
        return self.ref


class Contact(VendorRow):
    """A person at the customer who stands in an inquiry; position 0 is the main contact."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    position = models.PositiveSmallIntegerField(default=0)
    first_name = models.CharField(max_length=300, default="", blank=True)
    last_name = models.CharField(max_length=300, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    phone = models.CharField(max_length=60, default="", blank=True)
    job_title = models.CharField(max_length=300, default="", blank=True)
    role = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        db_table = "contact"
        constraints = (models.UniqueConstraint(fields=["lead", "position"], name="contact_position_once"),)

    def __str__(self) -> str:
        return f"contact {self.position} of {self.lead_id}"
