"""The frozen facts that a routing decision is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Scalar = str | int | float | bool
Value = Scalar | tuple[str, ...] | None
Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""

LEAD_FIELDS: Mapping[str, str] = {
    "company": "text", "first_name": "text", "last_name": "text", "email": "text", "phone": "text",
    "job_title": "text", "role": "text",
    "street": "text", "postal_code": "text", "city": "text", "region": "text", "country": "text",
    "inquiry": "text", "product": "text", "vertical": "text", "language": "text",
    "employees": "number", "value": "number", "currency": "text", "temperature": "text", "timeline": "text",
    "campaign": "text", "utm_source": "text", "utm_medium": "text", "utm_campaign": "text",
    "source": "text", "source_kind": "text", "flags": "list", "test": "truth",
}  # fmt: skip
"""Every field a rule may ask for, and its type; ``custom.KEY`` comes on top."""

TIER = "tier"
"""The dimension of tags that says how much a partner is."""
PERSONAL_FIELDS = frozenset({"company", "first_name", "last_name", "email", "phone", "job_title", "street", "inquiry"})
"""Fields that a decision never copies: they are read from the lead again when a decision is replayed."""


@dataclass(frozen=True, slots=True)
class LeadFacts:
    """What routing knows of one lead. ``values`` holds only what is there (no None, no empty text)."""

    values: Mapping[str, Value]
    point: Point | None = None
    customer_of: frozenset[str] = frozenset()
    """Partners that work, or worked with success, for this lead's customer."""
    running_with: tuple[str, ...] = ()
    """Partners with a live offer or a running lead of this customer, oldest first."""

    @property
    def temperature(self) -> str:
        """Return hot, warm or cold (warm when nothing is said)."""
        return str(self.values.get("temperature") or "warm")


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What routing knows of one partner at one network version."""

    id: str
    kind: str = "reseller"
    country: str = ""
    language: str = ""
    point: Point | None = None
    weight: int = 1
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    max_open_leads: int | None = None
    monthly_cap: int | None = None
    weekly_pace: int | None = None
    calendar: Mapping[str, object] = field(default_factory=dict)
    """What its working time has of its own; the rest is the vendor's. See ``business_time.calendar_of``."""
    win_rate: Mapping[str, float] = field(default_factory=dict)
    conversion: Mapping[str, float] = field(default_factory=dict)
    """Rates, shares of 1, by vertical (casefolded) and overall (""); empty is unknown."""
    past_sales: float | None = None
    """The place by sales in the network, from 0 to 1; None is unknown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked about this lead before."""

    gone: frozenset[str] = frozenset()
    """Declined or handed back: out for good."""
    expired: frozenset[str] = frozenset()
    """Let it lapse: out until the last round of the plan."""
