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
from partidor.domain.intake.codes import is_time_zone
from partidor.domain.refusal import FieldError, NotAllowed, WrongContent, require_unchanged
from partidor.models import Vendor
from partidor.models.partner import keep_facts
from partidor.models.payloads import hours_revision
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
def change_calendar(
    given: object, *, time_zone: str | None = None, if_match: str = "", by: Viewer, at: datetime
) -> KeptVendor:
    """Put a calendar in place of the vendor's, and a time zone unless None. Open rounds keep their deadlines.

    ``if_match`` is the revision that the change was made from, empty for "whatever is there".
    Raises WrongContent, ChangedMeanwhile, NotAllowed.
    """
    by.require_vendor("rules:write", "admin")
    calendar = read_calendar(given)
    vendor = lock_vendor(by.vendor_id)
    zone = vendor.time_zone if time_zone is None else _known_zone(time_zone)
    require_unchanged(if_match, hours_revision(vendor))
    if (vendor.calendar, vendor.time_zone) == (calendar, zone):
        return KeptVendor(vendor, repeated=True)

    vendor.keep_calendar(calendar, zone)
    with telling(by, at) as told:
        told.vendor_event("vendor.hours_changed", network_version=vendor.network_version)
    return KeptVendor(vendor)


@in_one_transaction
def change_partner_calendar(
    partner_id: UUID, given: object, *, time_zone: str | None = None, if_match: str = "", by: Viewer, at: datetime
) -> KeptCalendar:
    """Put a calendar in place of a partner's own; what it leaves out is inherited. For its own manager as well.

    So is an empty ``time_zone``; None leaves it as it is. ``if_match`` is the revision that the change was made from,
    empty for "whatever is there". Raises WrongContent, ChangedMeanwhile, NotFound, NotAllowed.
    """
    partner_for(by, partner_id)
    if not by.may_steer(partner_id):
        raise NotAllowed(needs="partners:write, or to be the partner's manager")
    calendar = read_calendar(given)
    lock_vendor(by.vendor_id)
    partner = partner_for(by, partner_id, lock=True)
    zone = partner.time_zone if time_zone is None else time_zone and _known_zone(time_zone)
    require_unchanged(if_match, hours_revision(partner))
    if (partner.calendar or {}, partner.time_zone) == (calendar, zone):
        return KeptCalendar(calendar, repeated=True)

    partner.change({"calendar": calendar or None, "time_zone": zone}, at)
    if partner.archived_at is None:
        above = parents_of(by).filter(partner=partner).values_list("parent_id", flat=True)
        keep_facts(by.vendor_id, next_network_version(by.vendor_id), [partner.facts(above)])
    with telling(by, at) as told:
        told.vendor_event("partner.hours_changed", partner=str(partner_id))
    return KeptCalendar(calendar)


def _known_zone(name: str) -> str:
    if not is_time_zone(name):
        message = f'{name[:40]!r} is no time zone; write its IANA name, such as "Europe/Berlin"'
        raise WrongContent([FieldError("time_zone", message)])
    return name
