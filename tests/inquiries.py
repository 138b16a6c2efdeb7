"""An inquiry written back as it could have been sent: read_inquiry the other way round, for the laws of the intake."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

from partidor.domain.intake import codes
from partidor.domain.intake.inquiry import _FLAT, Inquiry


def inquiry_payload(inquiry: Inquiry) -> dict[str, object]:
    """Return the inquiry in the shape of the API again, without what is missing; reading it gives the same inquiry.

    Flags are found anew by reading, so those that tell of what was mended are gone then.
    """
    payload: dict[str, object] = {}
    for path, attribute in _FLAT.items():
        if path.startswith("contact.") or path in ("value", "location"):
            continue
        value = getattr(inquiry, attribute)
        if value not in (None, ""):
            outer, _, inner = path.rpartition(".")
            into = payload.setdefault(outer, {}) if outer else payload
            into[inner] = value  # type: ignore[index]
    for name in ("source", "currency", "temperature"):
        payload[name] = getattr(inquiry, name)
    payload["test"] = inquiry.test
    payload["custom"] = dict(inquiry.custom)
    people = [{f.name: getattr(one, f.name) for f in fields(one) if getattr(one, f.name)} for one in inquiry.contacts]
    payload["contact"] = people[0]
    if people[1:]:
        payload["contacts"] = people[1:]
    if inquiry.point is not None:
        payload["location"] = dict(zip(("lat", "lon"), inquiry.point, strict=True))
    if inquiry.value_minor is not None:
        amount = Decimal(inquiry.value_minor).scaleb(-codes.CURRENCIES.get(inquiry.currency, 2))
        payload["value"] = format(amount, "f")
    return payload
