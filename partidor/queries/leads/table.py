"""All leads of a vendor as a table: narrowed by what is sought, newest first, page by page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from partidor.access.leads import contacts_of, offers_of, visible_leads, visible_offers
from partidor.access.network import partner_for, partners_of, sources_of
from partidor.access.viewer import Viewer
from partidor.domain.intake.inquiry import TEMPERATURES
from partidor.domain.money import money_text
from partidor.domain.states import LEAD
from partidor.models import Lead
from partidor.queries.paging import Wanted, one_of, page
from partidor.queries.search import matching
from partidor.queries.today.marks import KIND, PartnerMark

ROWS = 50
COUNTED = 2000
"""Up to here leads are counted; beyond, it is said that there are more."""
DUPLICATES = frozenset({"duplicate_customer", "possible_duplicate", "repeated_inquiry"})
WAITING = ("open", "interested")
ANY = "any"
ATTENTION = (ANY, *dict.fromkeys(KIND.values()))
STATES = tuple(state for state in LEAD.states if state not in ("received", "routing"))
"""Those in which a lead can be seen: the others never outlive a transaction."""


@dataclass(frozen=True, slots=True)
class TableSought:
    """What the table is narrowed to; empty means everything.

    ``partner`` is an id or a part of a name, and finds who has a lead or is asked about it now. ``attention`` is
    ``any``, or a kind of queries/today/attention.py. ``days`` counts back from now.
    """

    q: str = ""
    state: str = ""
    temperature: str = ""
    source: str = ""
    partner: str = ""
    attention: str = ""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about a lead now: one partner until a time, or several in competition."""

    partner: str
    until: datetime | None
    number: int
    exclusive: bool


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead in one line. ``value`` is a decimal text in ``currency``; ``attention`` is why it needs somebody."""

    ref: str
    company: str
    person: str
    product: str
    city: str
    country: str
    temperature: str
    source: str
    state: str
    attention: str
    partner: PartnerMark | None
    asked: Asked | None
    received_at: datetime
    value: str | None
    currency: str
    duplicate: bool
    test: bool


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the table. ``total`` is counted up to a limit; ``more`` says that there are more than that.

    ``sources`` are the names that one can choose from; ``partner`` is the one sought by its id.
    """

    rows: tuple[LeadRow, ...]
    next: str | None
    total: int
    more: bool
    sources: tuple[str, ...]
    partner: PartnerMark | None


def leads_table(viewer: Viewer, sought: TableSought, *, cursor: str = "", at: datetime) -> Table:
    """Show one page of the leads. For the vendor only. Raises WrongContent for a filter that there is not."""
    viewer.require_vendor("leads:read")
    partner = _exactly(viewer, sought.partner)
    rows = _narrowed(viewer, sought, partner, at)
    found = page(rows.select_related("source", "partner").only(*COLUMNS), Wanted(ROWS, cursor, at), by="received_at")
    leads = found.items
    persons = _persons([lead.pk for lead in leads])
    asked = _asked([lead.pk for lead in leads if lead.state == "offered"])
    total = rows.order_by().values("pk")[: COUNTED + 1].count()
    return Table(
        rows=tuple(_row(lead, persons.get(lead.pk, ""), asked.get(lead.pk)) for lead in leads),
        next=found.next,
        total=min(total, COUNTED),
        more=total > COUNTED,
        sources=tuple(sources_of(viewer).order_by("name").values_list("name", flat=True)),
        partner=partner,
    )


COLUMNS = (
    "ref", "company", "product", "city", "country", "temperature", "state", "attention_reason", "received_at",
    "value_minor", "currency", "flags", "test", "source__name", "partner__name",
)  # fmt: skip


def _exactly(viewer: Viewer, partner: str) -> PartnerMark | None:
    """Find the partner when it is sought by its id. Raises NotFound."""
    try:
        found = partner_for(viewer, UUID(partner))
    except ValueError:
        return None
    return PartnerMark(found.pk, found.name)


def _narrowed(viewer: Viewer, sought: TableSought, partner: PartnerMark | None, at: datetime) -> QuerySet[Lead]:
    exact: Mapping[str, str] = {
        "state": one_of("state", sought.state, STATES),
        "temperature": one_of("temperature", sought.temperature, TEMPERATURES),
        "source__name": sought.source,
    }
    rows = visible_leads(viewer).filter(**{column: value for column, value in exact.items() if value})
    if kind := one_of("attention", sought.attention, ATTENTION):
        reasons = [reason for reason, listed in KIND.items() if kind in (ANY, listed)]
        rows = rows.filter(attention_reason__in=reasons)
    if sought.days:
        rows = rows.filter(received_at__gte=at - timedelta(days=sought.days))
    if sought.partner:
        named = partners_of(viewer).filter(name__icontains=sought.partner).values("pk")
        of = Q(partner_id=partner.id) if partner else Q(partner_id__in=named)
        asked = visible_offers(viewer).filter(of, state__in=WAITING).values("lead_id")
        rows = rows.filter(of | Q(pk__in=asked))
    return matching(rows, sought.q)


def _persons(leads: Collection[UUID]) -> dict[UUID, str]:
    """Name the main contact of each lead."""
    names = contacts_of(leads).filter(position=0).values_list("lead_id", "first_name", "last_name")
    return {lead: f"{first} {last}".strip() for lead, first, last in names}


def _asked(leads: Collection[UUID]) -> dict[UUID, Asked]:
    """Say who is asked about each lead now."""
    offers = list(
        offers_of(leads).filter(state__in=WAITING).values_list("lead_id", "partner__name", "expires_at", "exclusive")
    )
    numbers = Counter(lead for lead, *_ in offers)
    return {lead: Asked(name, until, numbers[lead], exclusive) for lead, name, until, exclusive in offers}


def _row(lead: Lead, person: str, asked: Asked | None) -> LeadRow:
    return LeadRow(
        ref=lead.ref,
        company=lead.company,
        person=person,
        product=lead.product,
        city=lead.city,
        country=lead.country,
        temperature=lead.temperature,
        source=lead.source.name,
        state=lead.state,
        attention=lead.attention_reason,
        partner=PartnerMark(lead.partner.pk, lead.partner.name) if lead.partner else None,
        asked=asked,
        received_at=lead.received_at,
        value=None if lead.value_minor is None else money_text(lead.value_minor, lead.currency),
        currency=lead.currency,
        duplicate=not DUPLICATES.isdisjoint(lead.flags),
        test=lead.test,
    )
