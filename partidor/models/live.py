"""The live state that routing reads under the ledger lock: pauses, loads, caps, who was asked, who works with whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models import Value as Constant

from partidor.domain.facts import PERSONAL_FIELDS, Asked, LeadFacts, Value
from partidor.domain.money import money_value
from partidor.domain.offers import keeps_off_customer
from partidor.domain.routing.fairness import Ledger
from partidor.domain.routing.live import PACE_SPAN, LiveState
from partidor.domain.routing.match import Network
from partidor.models.lead import Contact, Lead
from partidor.models.offer import LOADING, RUNNING, WAITING, Offer
from partidor.models.partner import Partner
from partidor.models.sameness_verdict import SamenessVerdict
from partidor.models.vendor import Vendor

CONTACT_FIELDS = ("first_name", "last_name", "email", "phone", "job_title", "role")


def live_state(vendor: Vendor, network: Network, ledger: Ledger, *, at: datetime, loads: bool) -> LiveState:
    """Read pauses, and loads where a rule or a cap asks for them, in one statement; ask calendars who works."""
    paused = Partner.objects.filter(
        Q(paused_until=None) | Q(paused_until__gt=at), vendor=vendor, paused_at__isnull=False, archived_at=None
    )
    sought = paused.annotate(what=Constant("paused"), number=Constant(0)).values_list("what", "pk", "number")
    if loads or network.caps:
        sought = sought.union(_counted("loads", vendor, LOADING), all=True)
    if network.caps:
        sought = sought.union(_counted("months", vendor, _came_since(_month_of(vendor, at))), all=True)
    if network.paced:
        sought = sought.union(_counted("weeks", vendor, _came_since(at - PACE_SPAN)), all=True)
    found: dict[str, dict[str, int]] = {"paused": {}, "loads": {}, "months": {}, "weeks": {}}
    for what, partner, number in sought:
        found[what][str(partner)] = number
    return LiveState(network, ledger=ledger, at=at, **found)


def _month_of(vendor: Vendor, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(vendor.time_zone)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _came_since(start: datetime) -> Q:
    """Say what counts against a monthly cap or a pace: accepted since the start, or offered exclusively now."""
    return Q(state="accepted", accepted_at__gte=start) | Q(state="open", exclusive=True)


def _counted(what: str, vendor: Vendor, which: Q) -> QuerySet[Offer, Any]:
    offers = Offer.objects.filter(which, vendor=vendor, test=False).order_by().values("partner_id")
    return offers.annotate(what=Constant(what), number=Count("pk")).values_list("what", "partner_id", "number")


@dataclass(frozen=True, slots=True)
class Dealings:
    """What partners have had to do with the customers of leads, as other leads tell: by lead, partners.

    ``running``: who has a live offer or a running lead, the longest first; ``worked``: who ever worked with it;
    ``kept_off``: who keeps off it. ``alike``: by customer, the leads of that customer and of those called the same.
    """

    running: Mapping[UUID, list[str]]
    worked: Mapping[UUID, set[str]]
    kept_off: Mapping[UUID, set[str]]
    alike: Mapping[UUID, list[UUID]]

    def book(self, lead: Lead, partners: Iterable[str]) -> None:
        """Let the leads of the same customer see whom one of them has just been offered to."""
        for other in self.alike.get(lead.customer_id, ()):
            if other != lead.pk:
                self.running[other].extend(one for one in partners if one not in self.running[other])


def dealings_of(
    leads: Sequence[Lead], policies: Mapping[str, str] | None = None, *, arriving: bool = False
) -> Dealings:
    """Look at all leads of the customers of leads, and of those called the same.

    Two statements, none where every customer is new: that of an ``arriving`` lead is, if the lead bears no flag. By the
    vendor's ``policies`` who declined for good keeps off.
    """
    dealings = Dealings(defaultdict(list), defaultdict(set), defaultdict(set), defaultdict(list))
    known = {lead.customer_id for lead in leads if not arriving or "duplicate_customer" in lead.flags}
    kin = SamenessVerdict.kin(known)
    for lead in leads:
        for customer in kin.get(lead.customer_id, (lead.customer_id,)):
            dealings.alike[customer].append(lead.pk)
    if not known:
        return dealings
    works = (RUNNING | WAITING | Q(state="accepted", ended_by="closed")) & Q(test=False)
    refused = Q(state="declined", reason__in=keeps_off_customer(policies or {}))
    customers = frozenset().union(*kin.values())
    rows = Offer.objects.filter(works | refused, lead__customer_id__in=customers).order_by("opened_at", "pk")
    columns = ("lead_id", "lead__customer_id", "lead__state", "partner_id", "state", "ended_at")
    for other, customer, lead_state, partner_id, state, ended in rows.values_list(*columns):
        partner = str(partner_id)
        for lead_id in dealings.alike[customer]:
            if state == "declined":
                dealings.kept_off[lead_id].add(partner)
            elif other != lead_id:
                if ended is None and partner not in dealings.running[lead_id]:
                    dealings.running[lead_id].append(partner)
                if state == "accepted" and (ended is None or lead_state == "won"):
                    dealings.worked[lead_id].add(partner)
    return dealings


def asked_before(leads: Sequence[Lead], dealings: Dealings) -> dict[UUID, Asked]:
    """Tell who was asked about each lead: declined or handed back, and let lapse.

    A partner that declined another lead of the same customer for good counts as gone as well.
    """
    earlier = [lead.pk for lead in leads if lead.run > 1 or lead.round]
    gone: dict[UUID, set[str]] = defaultdict(set)
    expired: dict[UUID, set[str]] = defaultdict(set)
    answered = Q(state__in=["declined", "expired"]) | Q(ended_by__in=["handed_back", "taken_back"])
    if earlier:
        for lead_id, partner_id, state in Offer.objects.filter(answered, lead_id__in=earlier).values_list(
            "lead_id", "partner_id", "state"
        ):
            (expired if state == "expired" else gone)[lead_id].add(str(partner_id))
    for lead_id, partners in dealings.kept_off.items():
        gone[lead_id] |= partners
    return {
        lead.pk: Asked(gone=frozenset(gone[lead.pk]), expired=frozenset(expired[lead.pk] - gone[lead.pk]))
        for lead in leads
    }


def lead_facts(
    leads: Sequence[Lead],
    used: AbstractSet[str],
    contacts: Iterable[Contact] | None = None,
    dealings: Dealings | None = None,
) -> dict[UUID, LeadFacts]:
    """Freeze what routing sees of each lead; only fields that rules use are gathered."""
    dealings = dealings_of(leads) if dealings is None else dealings
    mains: dict[UUID, Contact] = {}
    if not used.isdisjoint(CONTACT_FIELDS):
        rows = (
            contacts
            if contacts is not None
            else Contact.objects.filter(lead_id__in=[lead.pk for lead in leads], position=0)
        )
        mains = {contact.lead_id: contact for contact in rows if contact.position == 0}
    return {
        lead.pk: LeadFacts(
            values=field_values(lead, mains.get(lead.pk)),
            point=None if lead.lat is None or lead.lon is None else (lead.lat, lead.lon),
            customer_of=frozenset(dealings.worked.get(lead.pk, ())),
            running_with=tuple(dealings.running.get(lead.pk, ())),
        )
        for lead in leads
    }


def field_values(lead: Lead, contact: Contact | None) -> dict[str, Value]:
    """Gather the lead's fields as rules name them, without the empty ones."""
    values: dict[str, Value] = {
        "company": lead.company, "street": lead.street, "postal_code": lead.postal_code, "city": lead.city,
        "region": lead.region, "country": lead.country, "inquiry": lead.inquiry, "product": lead.product,
        "vertical": lead.vertical, "language": lead.language, "employees": lead.employees,
        "value": None if lead.value_minor is None else money_value(lead.value_minor, lead.currency),
        "currency": lead.currency,
        "temperature": lead.temperature, "timeline": lead.timeline, "campaign": lead.campaign,
        "source": lead.source.name, "source_kind": lead.source.kind, "test": lead.test,
        "flags": tuple(lead.flags),
    }  # fmt: skip
    values |= {f"utm_{name}": text for name, text in lead.utm.items()}
    values |= {f"custom.{key}": value for key, value in lead.custom.items()}
    if contact is not None:
        values |= {name: getattr(contact, name) for name in CONTACT_FIELDS}
    return {name: value for name, value in values.items() if value not in (None, "", ())}


def personal_values(lead: Lead, used: Collection[str]) -> dict[str, Value]:
    """Read from the lead what its decisions do not copy, to compute one again."""
    contact = Contact.objects.filter(lead=lead, position=0).first()
    values = field_values(lead, contact)
    return {name: values[name] for name in values.keys() & PERSONAL_FIELDS & set(used)}
