"""The lead: one inquiry of one end customer, and its contacts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from partidor.domain.facts import Point
from partidor.domain.intake.inquiry import Inquiry
from partidor.domain.states import CLOSED_LEAD, LEAD
from partidor.models.ids import reference
from partidor.models.inserting import insert
from partidor.models.moving import Moving
from partidor.models.rows import VendorRow
from partidor.models.source import Source
from partidor.models.vendor import Vendor


class Lead(VendorRow, Moving):
    """One inquiry: what was asked, how far its distribution has come, and what happens next."""

    life = LEAD

    ref = models.CharField(max_length=6)
    source = models.ForeignKey("partidor.Source", on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=300, default="", blank=True)
    test = models.BooleanField(default=False)
    customer = models.ForeignKey("partidor.Customer", on_delete=models.PROTECT, related_name="leads")
    fingerprint = models.CharField(max_length=64, default="")

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
                condition=Q(state__in=sorted(CLOSED_LEAD)) | Q(next_action_at__isnull=False) | ~Q(attention_reason=""),
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

    @classmethod
    def receive(
        cls,
        vendor: Vendor,
        source: Source,
        inquiry: Inquiry,
        customer_id: UUID,
        point: Point | None,
        flags: Iterable[str],
        fingerprint: str,
        *,
        at: datetime,
    ) -> Lead:
        """Make (not yet write) the lead of an inquiry: to be reviewed, or about to be routed."""
        where = inquiry.point or point
        noted = {*inquiry.flags, *flags} | (set() if where else {"not_placed"})
        review = source.review
        lead = cls(
            vendor=vendor,
            source=source,
            customer_id=customer_id,
            fingerprint=fingerprint,
            state=LEAD.move("hold" if review else "route").target,
            attention_reason="review" if review else "routing",
            attention_at=at,
            ref=reference(),
            lat=where[0] if where else None,
            lon=where[1] if where else None,
            utm=utm_of(inquiry),
            flags=sorted(noted),
            consent=inquiry.consent or {},
            received_at=at,
            last_event_at=at,
            updated_at=at,
            **{name: getattr(inquiry, name) for name in INQUIRY_COLUMNS},
        )
        lead.search_text = searchable(lead, inquiry)
        return lead

    def take(self, inquiry: Inquiry, point: Point | None) -> list[str]:
        """Take over (not yet write) what an inquiry says now; return the columns that changed."""
        fresh: dict[str, object] = {name: getattr(inquiry, name) for name in INQUIRY_COLUMNS}
        kept = set(self.flags) - REPAIR_FLAGS | set(inquiry.flags) | (set() if point else {"not_placed"})
        fresh |= {
            "utm": utm_of(inquiry),
            "consent": inquiry.consent or {},
            "flags": sorted(kept),
            "lat": point[0] if point else None,
            "lon": point[1] if point else None,
        }
        changed = [name for name, value in fresh.items() if getattr(self, name) != value]
        for name in changed:
            setattr(self, name, fresh[name])
        self.search_text = searchable(self, inquiry)
        return changed

    def columns(self, changed: Iterable[str]) -> dict[str, object]:
        """Return the columns to write after ``take``."""
        return {name: getattr(self, name) for name in (*changed, "search_text") if name != "contacts"}

    @staticmethod
    def keep(leads: list[Lead], contacts: list[Contact]) -> None:
        """Write new leads and their contacts."""
        insert(leads, contacts)

    @staticmethod
    def with_external_ids(names: Iterable[tuple[UUID, str]]) -> dict[tuple[UUID, str], Lead]:
        """Find leads by source and external id; nameless ones are not looked for."""
        wanted = {(source, name) for source, name in names if name}
        if not wanted:
            return {}
        rows = Lead.objects.filter(
            source_id__in={source for source, _ in wanted}, external_id__in={name for _, name in wanted}
        )
        known = list(rows.values_list("pk", flat=True))  # nearly always none: a whole lead is dear to ask for
        leads = Lead.objects.select_related("source").filter(pk__in=known) if known else ()
        return {(lead.source_id, lead.external_id): lead for lead in leads}

    @staticmethod
    def repeated_inquiries(
        customers: Collection[UUID], prints: Collection[str], *, since: datetime
    ) -> dict[tuple[UUID, str], Lead]:
        """Find and lock open leads of these customers with the same person and text, by (customer, print)."""
        if not customers:
            return {}
        rows = (
            Lead.objects.select_related("source")
            .filter(customer_id__in=customers, fingerprint__in=[p for p in prints if p], received_at__gte=since)
            .exclude(state__in=CLOSED_LEAD)
            .order_by("pk")
            .select_for_update(of=("self",))
        )
        return {(lead.customer_id, lead.fingerprint): lead for lead in rows}

    @staticmethod
    def objects_of(leads: Iterable[Lead]) -> QuerySet[Lead]:
        """Return the rows of leads that the caller holds."""
        return Lead.objects.filter(pk__in=[lead.pk for lead in leads])


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

    @staticmethod
    def of(lead: Lead, inquiry: Inquiry) -> list[Contact]:
        """Make (not yet write) the contacts of an inquiry."""
        return [
            Contact(
                vendor_id=lead.vendor_id,
                lead=lead,
                position=position,
                **{name: getattr(contact, name) for name in CONTACT_COLUMNS},
            )
            for position, contact in enumerate(inquiry.contacts)
        ]

    @staticmethod
    def replace(lead: Lead, contacts: list[Contact]) -> None:
        """Put these contacts in place of a held lead's."""
        Contact.objects.filter(lead=lead).delete()
        insert(contacts)

    def as_tuple(self) -> tuple[str, ...]:
        """Return what a contact says, for comparing."""
        return tuple(getattr(self, name) for name in CONTACT_COLUMNS)


INQUIRY_COLUMNS = (
    "external_id", "test", "company", "street", "postal_code", "city", "region", "country", "inquiry", "product",
    "vertical", "language", "employees", "value_minor", "currency", "temperature", "timeline", "campaign", "custom",
)  # fmt: skip
REPAIR_FLAGS = frozenset(
    {
        "text_repaired", "postal_code_repaired", "postal_code_unverified", "phone_unverified", "country_assumed",
        "region_unverified", "address_repaired", "contact_repaired", "not_placed",
    }
)  # fmt: skip
CONTACT_COLUMNS = ("first_name", "last_name", "email", "phone", "job_title", "role")


def utm_of(inquiry: Inquiry) -> dict[str, str]:
    """Gather the UTM values that are there."""
    values = {name: getattr(inquiry, f"utm_{name}") for name in ("source", "medium", "campaign", "term", "content")}
    return {name: value for name, value in values.items() if value}


def searchable(lead: Lead, inquiry: Inquiry) -> str:
    """Put what people search for into one text, casefolded."""
    people = (f"{c.first_name} {c.last_name} {c.email}" for c in inquiry.contacts)
    parts = (lead.ref, lead.company, *people, lead.postal_code, lead.city, lead.product, lead.external_id)
    return " ".join(" ".join(parts).split()).casefold()
