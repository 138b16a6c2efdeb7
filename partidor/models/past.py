"""Leads of the past as routing sees them, read by columns: a back-test reads many, and whole rows are dear."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from partidor.domain.facts import Value
from partidor.models.lead import Contact, Lead
from partidor.models.live import CONTACT_FIELDS, field_values
from partidor.models.source import Source

ALWAYS = ("pk", "received_at", "lat", "lon", "accepted_at", "closed_at", "temperature", "source_id")
_COLUMNS = {"value": ("value_minor", "currency"), "utm_source": ("utm",), "utm_medium": ("utm",),
            "utm_campaign": ("utm",)}  # fmt: skip


class LeanLead:
    """A lead with the columns that were read; the others are empty."""

    pk: UUID
    received_at: datetime
    company = street = postal_code = city = region = country = inquiry = product = vertical = language = ""
    currency = temperature = timeline = campaign = ""
    utm: Mapping[str, str] = {}
    custom: Mapping[str, Any] = {}
    flags: Sequence[str] = ()
    value_minor: int | None = None
    employees: int | None = None
    lat: float | None = None
    lon: float | None = None
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    test = False

    def __init__(self, row: Mapping[str, Any], source: Source | None) -> None:
        """Take the columns of one row, and the lead's source."""
        self.__dict__.update(row)
        self.source = source

    def values(self, contact: Contact | None) -> dict[str, Value]:
        """Gather the fields as rules name them; what was not read is not there."""
        return field_values(cast(Lead, self), contact)


def columns_for(fields: Iterable[str]) -> tuple[str, ...]:
    """Return the columns of a lead that rules with these fields need."""
    found = dict.fromkeys(ALWAYS)
    for field in fields:
        if field.startswith("custom."):
            found["custom"] = None
        elif field in _COLUMNS:
            found |= dict.fromkeys(_COLUMNS[field])
        elif field not in ("source", "source_kind", "test", *CONTACT_FIELDS):
            found[field] = None
    return tuple(found)


def needs_contacts(fields: Collection[str]) -> bool:
    """Say whether rules with these fields look at the main contact."""
    return not set(fields).isdisjoint(CONTACT_FIELDS)
