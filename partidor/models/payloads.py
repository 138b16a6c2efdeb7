"""Rows written back in the shape of the API's input, so that a patch can be merged and read like a new one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from partidor.domain.money import money_text
from partidor.models.lead import CONTACT_COLUMNS, Contact, Lead
from partidor.models.partner import Partner
from partidor.models.vendor import Vendor

Payload = dict[str, object]
_ADDRESS = ("street", "postal_code", "city", "region", "country")


def lead_payload(lead: Lead, contacts: Iterable[Contact]) -> Payload:
    """Write a lead as it could have been posted."""
    people = [_present(contact, CONTACT_COLUMNS) for contact in contacts]
    names = ("external_id", "test", "company", "inquiry", "product", "vertical", "language", "employees",
             "currency", "temperature", "timeline", "campaign", "utm", "consent", "custom")  # fmt: skip
    payload = _present(lead, names) | {"source": lead.source.name, "address": _present(lead, _ADDRESS)}
    if lead.value_minor is not None:
        payload["value"] = money_text(lead.value_minor, lead.currency)
    if lead.lat is not None and "not_placed" not in lead.flags:
        payload["location"] = {"lat": lead.lat, "lon": lead.lon}
    return payload | {"contact": people[0] if people else {}, "contacts": people[1:]}


def partner_payload(partner: Partner, parents: Iterable[object]) -> Payload:
    """Write a partner as it could have been posted; a location only if it was given, not looked up."""
    names = ("external_id", "name", "kind", "email", "phone", "language", "time_zone", "weight",
             "max_open_leads", "monthly_cap", "weekly_pace", "tags", "calendar")  # fmt: skip
    payload = _present(partner, names) | {
        "address": _present(partner, _ADDRESS),
        "parents": [str(parent) for parent in parents],
    }
    if partner.located == "given":
        payload["location"] = {"lat": partner.lat, "lon": partner.lon}
    return payload


def partner_revision(partner: Partner, parents: Iterable[object]) -> str:
    """Return the revision of what is known of a partner; its working time has one of its own."""
    known = partner_payload(partner, sorted(map(str, parents)))
    return _digest({name: value for name, value in known.items() if name not in ("calendar", "time_zone")})


def hours_revision(of: Partner | Vendor) -> str:
    """Return the revision of a calendar, a partner's or the vendor's, and of its time zone."""
    return _digest([of.time_zone, of.calendar or {}])


def _digest(known: object) -> str:
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()[:16]


def _present(row: object, names: Iterable[str]) -> Payload:
    values = {name: getattr(row, name) for name in names}
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def merged(old: Mapping[str, object], patch: Mapping[str, object]) -> Payload:
    """Merge a patch (RFC 7396): null removes, objects merge, everything else replaces."""
    result = dict(old)
    for key, value in patch.items():
        before = result.get(key)
        if value is None:
            result.pop(key, None)
        elif isinstance(value, Mapping):
            result[key] = merged(before if isinstance(before, Mapping) else {}, value)
        else:
            result[key] = value
    return result
