"""Working time: the vendor's calendar, and what a partner's has of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import parents_of, partner_for
from partidor.access.viewer import Viewer
from partidor.actions.events import telling
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.calendar import Calendar, read_calendar
from partidor.domain.refusal import NotAllowed
from partidor.models import Vendor
from partidor.models.partner import keep_facts
from partidor.models.vendor import lock_vendor, next_network_version


@dataclass(frozen=True, slots=True)
class KeptCalendar:
    """A calendar as it was kept, and whether nothing had to be changed."""

    calendar: Calendar
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class KeptVendor:
    """The vendor as it stands now, and whether nothing had to be changed."""

    vendor: Vendor
    repeated: bool = False


@in_one_transaction
def change_calendar(given: object, *, by: Viewer, at: datetime) -> KeptVendor:
    """Put a calendar in place of the vendor's. Rounds that are open keep their deadlines.

    Raises WrongContent, NotAllowed.
    """
    by.require_vendor("rules:write", "admin")
    calendar = read_calendar(given)
    vendor = lock_vendor(by.vendor_id)
    if vendor.calendar == calendar:
        return KeptVendor(vendor, repeated=True)

    vendor.keep_calendar(calendar)
    with telling(by, at) as told:
        told.vendor_event("vendor.hours_changed", network_version=vendor.network_version)
    return KeptVendor(vendor)


@in_one_transaction
def change_partner_calendar(partner_id: UUID, given: object, *, by: Viewer, at: datetime) -> KeptCalendar:
    """Put a calendar in place of a partner's own; what it leaves out is inherited. For its own manager as well.

    Raises WrongContent, NotFound, NotAllowed.
    """
    partner_for(by, partner_id)
    if not by.may_steer(partner_id):
        raise NotAllowed(needs="partners:write, or to be the partner's manager")
    calendar = read_calendar(given)
    lock_vendor(by.vendor_id)
    partner = partner_for(by, partner_id, lock=True)
    if (partner.calendar or {}) == calendar:
        return KeptCalendar(calendar, repeated=True)

    partner.change({"calendar": calendar or None}, at)
    if partner.archived_at is None:
        above = parents_of(by).filter(partner=partner).values_list("parent_id", flat=True)
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), [partner.facts(above)])
    with telling(by, at) as told:
        told.vendor_event("partner.hours_changed", partner=str(partner_id))
    return KeptCalendar(calendar)
