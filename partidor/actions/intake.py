"""A lead comes in: read, recognise its customer, keep it, and hold it for review or route it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import InterfaceError, OperationalError

from partidor.access.network import fields_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.customers import recognise
from partidor.actions.events import Told, telling
from partidor.actions.routing import route_leads
from partidor.actions.transactions import apart, in_one_transaction, is_for_the_whole
from partidor.domain.intake.inquiry import Inquiry, read_inquiry
from partidor.domain.intake.places import place_keys
from partidor.domain.intake.sameness import repeat_fingerprint
from partidor.domain.refusal import FieldError, Refusal, WrongContent
from partidor.models import Contact, Lead, Offer, Source, Vendor
from partidor.models.place import points_of

log = logging.getLogger(__name__)
REPEATED_WITHIN = timedelta(hours=24)
BATCH = 100


@dataclass(slots=True)
class Received:
    """One lead as it stands after it came in, with its contacts and offers; ``repeated`` if it was there already."""

    lead: Lead
    contacts: list[Contact] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    repeated: bool = False


Payload = Mapping[str, object]


def receive_lead(payload: Payload, *, by: Viewer, at: datetime) -> Received:
    """Receive one lead and route it at once, unless review is due. Raises WrongContent, NotAllowed."""
    (outcome,) = receive_leads([payload], by=by, at=at)
    if isinstance(outcome, WrongContent):
        raise outcome
    return outcome


@in_one_transaction
def receive_leads(payloads: Sequence[Payload], *, by: Viewer, at: datetime) -> list[Received | WrongContent]:
    """Receive leads of one vendor, each on its own: what is wrong with one does not touch the others.

    The same external id of a source, and the same person with the same text within a day, answer with the
    lead that is there already. Everything commits together.
    """
    by.require_vendor("leads:write")
    vendor = vendor_of(by)
    inquiries = _read(payloads, vendor, by)

    answers: list[Received | WrongContent | None] = [
        each if isinstance(each, WrongContent) else None for each in inquiries
    ]
    fresh = [(row, *each) for row, each in enumerate(inquiries) if not isinstance(each, WrongContent)]
    known = Lead.with_external_ids([(source.pk, inquiry.external_id) for _, inquiry, source in fresh])
    new: dict[tuple[UUID, str], int] = {}
    repeats: dict[int, int] = {}
    arrivals: list[tuple[int, Inquiry, Source]] = []
    for row, inquiry, source in fresh:
        name = (source.pk, inquiry.external_id)
        if name in known:
            answers[row] = Received(known[name], repeated=True)
        elif inquiry.external_id and name in new:
            repeats[row] = new[name]
        else:
            new[name] = row
            arrivals.append((row, inquiry, source))

    with telling(by, at) as told:
        for row, received in _keep(arrivals, vendor, told).items():
            answers[row] = received
    for row, first in repeats.items():
        same = answers[first]
        assert isinstance(same, Received)
        answers[row] = Received(same.lead, same.contacts, same.offers, repeated=True)
    return [answer for answer in answers if answer is not None]


def receive_many(payloads: Sequence[Payload], *, by: Viewer, at: datetime) -> Iterator[Received | WrongContent]:
    """Receive any number of leads in batches of a hundred, each batch committed by itself.

    A batch in which something breaks is taken again one by one, so that only the poison row is refused.
    """
    for start in range(0, len(payloads), BATCH):
        batch = payloads[start : start + BATCH]
        try:
            yield from apart(receive_leads)(batch, by=by, at=at)
        except (OperationalError, InterfaceError, Refusal):
            raise
        except Exception as error:
            if is_for_the_whole(error):
                raise
            log.exception("a batch of %d leads broke; they are taken one by one", len(batch))
            yield from (_receive_alone(payload, by=by, at=at) for payload in batch)


def _receive_alone(payload: Payload, *, by: Viewer, at: datetime) -> Received | WrongContent:
    try:
        (outcome,) = apart(receive_leads)([payload], by=by, at=at)
    except (OperationalError, InterfaceError, Refusal):
        raise
    except Exception as error:
        if is_for_the_whole(error):
            raise
        log.exception("a lead broke the taking in")
        return WrongContent([FieldError("lead", "could not be taken for a fault of ours; it is logged")])
    return outcome


def _read(payloads: Sequence[Payload], vendor: Vendor, by: Viewer) -> list[tuple[Inquiry, Source] | WrongContent]:
    named = {str(payload.get("source")) for payload in payloads}
    sources = {source.name: source for source in sources_of(by).filter(name__in=named)}
    custom = any(payload.get("custom") for payload in payloads)
    fields = dict(fields_of(by).values_list("key", "type")) if custom else {}
    read: list[tuple[Inquiry, Source] | WrongContent] = []
    for payload in payloads:
        source = sources.get(str(payload.get("source")))
        try:
            inquiry = read_inquiry(
                payload,
                vendor_currency=vendor.currency,
                default_country=vendor.country,
                default_temperature=source.default_temperature if source else "warm",
                fields=fields,
                required=source.required if source else (),
            )
        except WrongContent as wrong:
            errors = wrong.errors
            if source is None:  # what is said of it further in does not know which sources there are
                errors = [error for error in errors if error.field != "source"] + [_unknown_source(payload, by)]
            read.append(WrongContent(list(dict.fromkeys(errors))))
        else:
            read.append((inquiry, source) if source else WrongContent([_unknown_source(payload, by)]))
    return read


def _unknown_source(payload: Payload, by: Viewer) -> FieldError:
    known = ", ".join(sources_of(by).order_by("name").values_list("name", flat=True)) or "none yet"
    if (given := payload.get("source")) in (None, ""):
        return FieldError("source", f"is missing; name the source that the lead comes from: {known}")
    if not isinstance(given, str):
        return FieldError("source", f"must be the name of a source; known are: {known}")
    return FieldError("source", f"{given[:100]!r} is not a source of this vendor; known are: {known}")


def _keep(arrivals: Sequence[tuple[int, Inquiry, Source]], vendor: Vendor, told: Told) -> dict[int, Received]:
    """Keep new inquiries as leads with their customers, join repeated ones, and route what may be routed."""
    inquiries = [inquiry for _, inquiry, _ in arrivals]
    customers = recognise(vendor.pk, inquiries, at=told.at)
    prints = [repeat_fingerprint(inquiry) for inquiry in inquiries]
    earlier = Lead.repeated_inquiries(
        {customer.customer_id for customer in customers if not customer.new}, prints, since=told.at - REPEATED_WITHIN
    )
    answers: dict[int, Received] = {}
    leads: dict[int, Lead] = {}
    joined: dict[int, int] = {}
    first_row: dict[tuple[UUID, str], int] = {}
    points = points_of(
        (inquiry.country, place_keys(inquiry.country, inquiry.postal_code, inquiry.city, inquiry.region))
        if inquiry.point is None
        else ("", ())
        for inquiry in inquiries
    )
    for (row, inquiry, source), customer, print_, point in zip(arrivals, customers, prints, points, strict=True):
        same = (customer.customer_id, print_)
        if print_ and same in earlier:
            answers[row] = _join(earlier[same], told)
        elif print_ and same in first_row:
            joined[row] = first_row[same]
        else:
            first_row[same] = row
            leads[row] = Lead.receive(
                vendor, source, inquiry, customer.customer_id, point, customer.flags, print_, at=told.at
            )

    contacts = {row: Contact.of(leads[row], inquiry) for row, inquiry, _ in arrivals if row in leads}
    Lead.keep(list(leads.values()), [contact for each in contacts.values() for contact in each])
    for lead in leads.values():
        told.event(lead, "lead.received", source=str(lead.source_id))
        if "duplicate_customer" in lead.flags:
            told.event(lead, "lead.duplicate_flagged", customer=str(lead.customer_id))
    offers = _go_on(list(leads.values()), [c for each in contacts.values() for c in each], told)
    offers_of: dict[UUID, list[Offer]] = defaultdict(list)
    for offer in offers:
        offers_of[offer.lead_id].append(offer)
    for row, lead in leads.items():
        answers[row] = Received(lead, contacts[row], offers_of[lead.pk])
    for row, first in joined.items():
        answers[row] = _join(leads[first], told)
    return answers


def _join(lead: Lead, told: Told) -> Received:
    told.event(lead, "lead.repeated")
    told.note([lead], lambda lead: {"flags": sorted({*lead.flags, "repeated_inquiry"})})
    return Received(lead, repeated=True)


def _go_on(leads: Sequence[Lead], contacts: Sequence[Contact], told: Told) -> list[Offer]:
    """Hold what its source wants reviewed; route the rest."""
    held = [lead for lead in leads if lead.source.review]
    for lead in held:
        told.event(lead, "lead.held", reason="source")
    told.note(held)
    return route_leads([lead for lead in leads if not lead.source.review], told=told, contacts=contacts)
