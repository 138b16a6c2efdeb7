"""Change what is known of a lead. Its distribution goes on as decided; reroute it if the change matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from partidor.access.leads import contacts_of, lead_for
from partidor.access.network import fields_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.events import telling
from partidor.actions.routing import Steered
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.inquiry import read_inquiry
from partidor.domain.intake.places import place_keys
from partidor.domain.refusal import FieldError, WrongContent
from partidor.models import Contact
from partidor.models.payloads import lead_payload, merged
from partidor.models.place import points_of

_FIXED = ("source", "external_id", "test")


@in_one_transaction
def change_lead(lead_id: UUID, patch: Mapping[str, object], *, by: Viewer, at: datetime) -> Steered:
    """Merge a patch into a lead; unchanged answers ``repeated``. Raises WrongContent, NotFound, NotAllowed."""
    by.require_vendor("leads:write")
    lead = lead_for(by, lead_id, lock=True)
    if fixed := [FieldError(key, "cannot be changed after the lead came in") for key in _FIXED if key in patch]:
        raise WrongContent(fixed)
    contacts = list(contacts_of([lead.pk]))
    vendor = vendor_of(by)
    payload = merged(lead_payload(lead, contacts), patch)
    if "address" in patch and "location" not in patch:
        payload.pop("location", None)
    inquiry = read_inquiry(
        payload,
        vendor_currency=vendor.currency,
        default_country=vendor.country,
        default_temperature=lead.temperature,
        fields=dict(fields_of(by).values_list("key", "type")),
    )
    keys = place_keys(inquiry.country, inquiry.postal_code, inquiry.city, inquiry.region)
    point = inquiry.point or points_of([(inquiry.country, keys)])[0]

    changed = lead.take(inquiry, point)
    people = Contact.of(lead, inquiry)
    if [each.as_tuple() for each in people] != [each.as_tuple() for each in contacts]:
        changed.append("contacts")
        Contact.replace(lead, people)
    if not changed:
        return Steered(lead, repeated=True)
    with telling(by, at) as told:
        told.event(lead, "lead.updated", fields=sorted(changed))
        told.note([lead], lambda lead: lead.columns(changed))
    return Steered(lead)
