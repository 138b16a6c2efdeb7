"""The shapes of request bodies for the OpenAPI document. What they hold is judged by the domain, once, further in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partidor.access.viewer import SCOPES
from partidor.actions.pipeline import LOST_REASONS
from partidor.actions.qualification import REJECT_REASONS
from partidor.domain.offers import DECLINE_REASONS

Shape = dict[str, Any]
TEXT: Shape = {"type": "string", "maxLength": 300}
LONG: Shape = {"type": "string", "maxLength": 20_000}
ID: Shape = {"type": "string", "format": "uuid"}
TIME: Shape = {"type": "string", "format": "date-time"}
TRUTH: Shape = {"type": "boolean"}
FREE: Shape = {"type": "object"}


def thing(required: tuple[str, ...] = (), /, **fields: Shape) -> Shape:
    """Describe an object that has these fields and no others."""
    shape: Shape = {"type": "object", "properties": fields, "additionalProperties": False}
    return {**shape, "required": list(required)} if required else shape


def maybe(shape: Shape) -> Shape:
    """Let null stand for nothing."""
    return {"anyOf": [shape, {"type": "null"}]}


def many(shape: Shape, most: int | None = None) -> Shape:
    """Describe a list."""
    return {"type": "array", "items": shape} | ({"maxItems": most} if most else {})


def takes(shape: Shape, *, required: bool = True, example: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Declare the body of an operation."""
    media: Shape = {"schema": shape} | ({"example": dict(example)} if example else {})
    return {"requestBody": {"required": required, "content": {"application/json": media}}}


ADDRESS = thing(
    street=TEXT,
    postal_code=TEXT,
    city=TEXT,
    region={**TEXT, "description": "ISO 3166-2, or a name; one that is not known is left out and flagged"},
    country={**TEXT, "description": "ISO 3166-1 alpha-2"},
)
CONTACT = thing(first_name=TEXT, last_name=TEXT, email=TEXT, phone=TEXT, job_title=TEXT, role=TEXT)
LOCATION = thing(("lat", "lon"), lat={"type": "number"}, lon={"type": "number"})
AMOUNT: Shape = {"anyOf": [{"type": "string"}, {"type": "number"}], "description": "A decimal number: 48000.00"}

_LEAD_FIELDS: dict[str, Shape] = {
    "external_id": {**TEXT, "description": "Your id: the same again from this source gets the lead that is there."},
    "source": {**TEXT, "description": "The name of a source of this vendor."},
    "test": {**TRUTH, "description": "Stays out of all figures and of the fair share."},
    "company": TEXT,
    "contact": CONTACT,
    "contacts": many(CONTACT),
    "address": ADDRESS,
    "location": LOCATION,
    "inquiry": LONG,
    "product": TEXT,
    "vertical": TEXT,
    "language": {**TEXT, "description": "BCP 47"},
    "employees": {"type": "integer"},
    "value": AMOUNT,
    "currency": {**TEXT, "description": "ISO 4217"},
    "temperature": {**TEXT, "description": "hot, warm or cold"},
    "timeline": TEXT,
    "campaign": TEXT,
    "utm": thing(source=TEXT, medium=TEXT, campaign=TEXT, term=TEXT, content=TEXT),
    "consent": thing(basis=TEXT, share=TRUTH, recipients=many(TEXT), text=LONG, version=TEXT, at=TIME, marketing=TRUTH),
    "custom": {"type": "object", "description": "Fields of your own, one simple value each."},
}
LEAD = thing(("source",), **_LEAD_FIELDS)
_FIXED = ("source", "external_id", "test")
LEAD_PATCH = thing(**{name: shape for name, shape in _LEAD_FIELDS.items() if name not in _FIXED})
LEAD_EXAMPLE = {
    "external_id": "web-10293",
    "source": "website",
    "company": "Muster GmbH",
    "contact": {"first_name": "Eva", "last_name": "Muster", "email": "eva@muster.example", "phone": "089 123456"},
    "address": {"postal_code": "80538", "city": "München", "country": "DE"},
    "inquiry": "Needs an ERP for 40 users, to start in spring.",
    "product": "erp-suite",
    "employees": 120,
    "value": "48000.00",
    "currency": "EUR",
    "temperature": "hot",
}
LEADS = thing(("leads",), leads=many(LEAD, 1000))

_SPANS: Shape = {**many(TEXT, 12), "description": 'Spans of working time, such as "09:00-17:00"; empty: closed.'}
CALENDAR = {
    **thing(
        hours=thing(mon=_SPANS, tue=_SPANS, wed=_SPANS, thu=_SPANS, fri=_SPANS, sat=_SPANS, sun=_SPANS),
        holidays={**TEXT, "description": 'Whose public holidays: "DE", "DE-BY", or "none".'},
        exceptions=many(thing(("date",), date={**TEXT, "format": "date"}, hours=_SPANS, reason=TEXT), 400),
    ),
    "description": "Working time; a partner inherits each part that it leaves out.",
}
TAGS: Shape = {"type": "object", "additionalProperties": many(TEXT)}
_PARTNER_FIELDS: dict[str, Shape] = {
    "external_id": TEXT,
    "name": TEXT,
    "kind": TEXT,
    "parents": {**many(TEXT), "description": "Ids or external ids of its distributors."},
    "email": TEXT,
    "phone": TEXT,
    "address": ADDRESS,
    "location": maybe(LOCATION),
    "language": TEXT,
    "time_zone": TEXT,
    "weight": {"type": "integer", "minimum": 1},
    "max_open_leads": maybe({"type": "integer"}),
    "monthly_cap": maybe({"type": "integer"}),
    "weekly_pace": {
        **maybe({"type": "integer", "minimum": 1}),
        "description": "Leads in any seven days at most: accepted in the last 7 × 24 hours, and open exclusive offers.",
    },
    "tags": TAGS,
    "calendar": maybe(CALENDAR),
}
PARTNER = thing(("name",), **_PARTNER_FIELDS)
PARTNER_PATCH = thing(**_PARTNER_FIELDS)
PAUSE = thing(until={**maybe(TIME), "description": "null: until further notice"}, reason=TEXT)

_SOURCE_FIELDS: dict[str, Shape] = {
    "name": TEXT,
    "kind": TEXT,
    "review": TRUTH,
    "default_temperature": TEXT,
    "mapping": FREE,
    "required": many(TEXT),
}
SOURCE = thing(("name",), **_SOURCE_FIELDS)
SOURCE_PATCH = thing(**_SOURCE_FIELDS)
FIELD = thing(("key",), key=TEXT, type=TEXT, label={"type": "object", "additionalProperties": TEXT})

ASSIGN = thing(("partner", "reason"), partner=ID, reason={**TEXT, "minLength": 1})
REROUTE = thing(again={**TRUTH, "description": "Ask those again who let it lapse."})
PARK = thing(("until",), until=TIME)
REJECT = thing(("reason",), reason={"type": "string", "enum": list(REJECT_REASONS)})
WON = thing(
    value={**maybe(AMOUNT), "description": "What was ordered, in the lead's currency."},
    at={**maybe(TIME), "description": "When the order came; now, if you say nothing."},
)
LOST = thing(("reason",), reason={"type": "string", "enum": list(LOST_REASONS)})
DECLINE = thing(("reason",), reason={"type": "string", "enum": list(DECLINE_REASONS)}, note={**LONG, "maxLength": 2000})
SAMENESS = thing(("customer", "same"), customer=ID, same=TRUTH)
NOTHING = thing()

RULES = thing(("rules",), rules=many(FREE))
NOTE = thing(note={**LONG, "maxLength": 1000})
TRY = thing(("lead",), lead=LEAD)
PERIOD = thing(
    **{
        "from": {**maybe(TIME), "description": "The first lead's time, if you say nothing."},
        "to": {**maybe(TIME), "description": "Now, if you say nothing."},
    }
)
KEY = thing(
    ("name", "scopes"),
    name=TEXT,
    scopes=many({"type": "string", "enum": list(SCOPES)}),
    partner=maybe(ID),
    expires_at=maybe(TIME),
)
PERSON = thing(("email", "name", "role"), email=TEXT, name=TEXT, role=TEXT, partner=maybe(ID))
