"""The way to leads and offers: what the viewer may see, nothing else, and in the order of the locks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from partidor.access.viewer import Viewer
from partidor.domain.refusal import NotFound
from partidor.domain.states import CLOSED_LEAD
from partidor.models import Contact, Decision, Event, Lead, Offer
from partidor.models.offer import RUNNING


def visible_leads(viewer: Viewer) -> QuerySet[Lead]:
    """Return all the vendor's leads, or for a partner those it has accepted and still has."""
    leads = Lead.objects.filter(vendor_id=viewer.vendor_id)
    return leads if viewer.partner_id is None else leads.filter(partner_id=viewer.partner_id)


def visible_offers(viewer: Viewer) -> QuerySet[Offer]:
    """Return all the vendor's offers, or for a partner its own."""
    offers = Offer.objects.filter(vendor_id=viewer.vendor_id)
    return offers if viewer.partner_id is None else offers.filter(partner_id=viewer.partner_id)


def _of_partners(viewers: Sequence[Viewer]) -> Q:
    """Say which rows are of the partners that viewers stand for; one who stands for a whole vendor has none here."""
    mine = Q(pk=None)
    for viewer in viewers:
        if viewer.partner_id is not None and viewer.may("leads:read", "offers:write"):
            mine |= Q(vendor_id=viewer.vendor_id, partner_id=viewer.partner_id)
    return mine


def offers_of_viewers(viewers: Sequence[Viewer]) -> QuerySet[Offer]:
    """Return the offers of every partner that one person works for, with their leads, vendors and partners."""
    return Offer.objects.filter(_of_partners(viewers)).select_related("lead__source", "vendor", "partner")


def leads_of_viewers(viewers: Sequence[Viewer]) -> QuerySet[Lead]:
    """Return the leads that the partners of one person have accepted and still have."""
    return Lead.objects.filter(_of_partners(viewers)).select_related("source", "vendor", "partner")


def viewer_of_offer(viewers: Sequence[Viewer], offer_id: UUID) -> Viewer:
    """Say with whose eyes a person with several roles acts on an offer. Raises NotFound."""
    mine = Offer.objects.filter(_of_partners(viewers), pk=offer_id)
    return _standing_for(viewers, mine.values_list("partner_id", flat=True).first(), "offer")


def viewer_of_lead(viewers: Sequence[Viewer], lead_id: UUID) -> Viewer:
    """Say with whose eyes a person with several roles acts on a lead. Raises NotFound."""
    mine = Lead.objects.filter(_of_partners(viewers), pk=lead_id)
    return _standing_for(viewers, mine.values_list("partner_id", flat=True).first(), "lead")


def _standing_for(viewers: Sequence[Viewer], partner_id: UUID | None, what: str) -> Viewer:
    for viewer in viewers:
        if partner_id is not None and viewer.partner_id == partner_id:
            return viewer
    raise NotFound(what=what)


def late_events_of(viewers: Sequence[Viewer], *, since: datetime) -> QuerySet[Event]:
    """Return what has happened since a time with offers of the partners that one person works for, newest first."""
    partners = [viewer.partner_id for viewer in viewers if viewer.partner_id is not None]
    vendors = {viewer.vendor_id for viewer in viewers}
    late = Event.objects.filter(vendor_id__in=vendors, at__gte=since, data__partner__in=[str(pk) for pk in partners])
    return late.order_by("-at", "-lead_seq")


def lead_for(viewer: Viewer, lead_id: UUID, *, lock: bool = False) -> Lead:
    """Return one lead, locked if asked; NotFound if it is not there or not visible."""
    leads = visible_leads(viewer).select_related("source")
    if lock:
        leads = leads.select_for_update(of=("self",))
    if (lead := leads.filter(pk=lead_id).first()) is None:
        raise NotFound(what="lead")
    return lead


def offer_for(viewer: Viewer, offer_id: UUID) -> Offer:
    """Return one offer with its partner; NotFound if it is not there or not visible."""
    offer = visible_offers(viewer).select_related("lead__source", "partner").filter(pk=offer_id).first()
    if offer is None:
        raise NotFound(what="offer")
    return offer


def lock_lead_of(offer: Offer) -> Lead:
    """Lock the offer's lead: a lead is always locked before its offers."""
    return Lead.objects.select_for_update(of=("self",)).select_related("source").get(pk=offer.lead_id)


def lock_leads(vendor_id: UUID, ids: Collection[UUID]) -> list[Lead]:
    """Lock some leads of one vendor in the order of their ids."""
    leads = Lead.objects.filter(vendor_id=vendor_id, pk__in=ids).select_related("source").order_by("pk")
    return list(leads.select_for_update(of=("self",)))


def customers_leads(viewer: Viewer, customers: Collection[UUID], *, still: bool = False) -> list[tuple[UUID, UUID]]:
    """Return the leads of some customers that the viewer may see, (lead, customer), the oldest first; or open ones."""
    leads = visible_leads(viewer).filter(customer_id__in=customers).order_by("received_at", "pk")
    return list((leads.exclude(state__in=CLOSED_LEAD) if still else leads).values_list("pk", "customer_id"))


def offers_of(leads: Collection[UUID]) -> QuerySet[Offer]:
    """Return the offers of leads that the caller holds, in order of opening."""
    return Offer.objects.filter(lead_id__in=leads).order_by("lead_id", "round", "place")


def waiting_offers_of(lead: Lead) -> list[Offer]:
    """Return the offers of a held lead that wait for an answer."""
    return list(offers_of([lead.pk]).filter(state__in=["open", "interested"]))


def running_offer_of(lead: Lead) -> Offer | None:
    """Return the accepted offer that is running."""
    return offers_of([lead.pk]).filter(RUNNING).first()


def contacts_of(leads: Collection[UUID]) -> QuerySet[Contact]:
    """Return the contacts of leads that the caller may see in full."""
    return Contact.objects.filter(lead_id__in=leads).order_by("lead_id", "position")


def events_of(lead: Lead) -> QuerySet[Event]:
    """Return the events of a lead that the caller may see, oldest first."""
    return Event.objects.filter(lead=lead).order_by("lead_seq")


def decisions_with(ids: Collection[UUID]) -> dict[UUID, Decision]:
    """Return decisions by their ids, behind offers that the caller holds."""
    return Decision.objects.in_bulk(ids)


def decisions_of(lead: Lead) -> QuerySet[Decision]:
    """Return the decisions about a lead, oldest first."""
    return Decision.objects.filter(lead=lead).order_by("lead_seq")


def first_decisions_of(leads: Collection[UUID]) -> QuerySet[Decision]:
    """Return what was first decided about each of the leads that the caller may see."""
    earliest = Decision.objects.filter(lead_id=OuterRef("lead_id")).order_by("lead_seq").values("lead_seq")[:1]
    return Decision.objects.filter(lead_id__in=leads, lead_seq=Subquery(earliest))
