"""A lead as it is received: read from the shape of the API, mended, normalised, or refused field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from partidor.domain.facts import Point, Scalar
from partidor.domain.intake import codes, repair
from partidor.domain.intake.fields import LONGEST_TEXT, Fields
from partidor.domain.intake.particulars import read_consent, read_custom
from partidor.domain.refusal import FieldError, WrongContent

TEMPERATURES = ("hot", "warm", "cold")
COUNTRY_ASSUMED = "country_assumed"

LEAD_KEYS = (
    "external_id", "source", "test", "company", "contact", "contacts", "address", "location", "inquiry", "product",
    "vertical", "language", "employees", "value", "currency", "temperature", "timeline", "campaign", "utm", "consent",
    "custom",
)  # fmt: skip
CONTACT_KEYS = ("first_name", "last_name", "email", "phone", "job_title", "role")
ADDRESS_KEYS = ("street", "postal_code", "city", "region", "country")
UTM_KEYS = ("source", "medium", "campaign", "term", "content")

MOST_CONTACTS = 50


@dataclass(frozen=True, slots=True)
class Contact:
    """One person at the end customer. ``phone`` is E.164 where it was readable; missing texts are empty."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    job_title: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody is: ISO 3166 country and region, the postal code as the country writes it; missing is empty."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One normalised lead as received; missing texts are empty, missing numbers None.

    ``value_minor`` is in minor units of ``currency``; ``point`` in degrees; ``flags`` are sorted and say what was
    mended, assumed or left unread.
    """

    source: str
    external_id: str = ""
    test: bool = False
    company: str = ""
    contacts: tuple[Contact, ...] = (Contact(),)
    """The first is the main contact; there always is one, if only an empty one."""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    point: Point | None = None
    inquiry: str = ""
    product: str = ""
    vertical: str = ""
    language: str = ""
    employees: int | None = None
    value_minor: int | None = None
    currency: str = ""
    temperature: str = "warm"
    timeline: str = ""
    campaign: str = ""
    utm_source: str = ""
    utm_medium: str = ""
    utm_campaign: str = ""
    utm_term: str = ""
    utm_content: str = ""
    consent: dict[str, object] | None = None
    custom: dict[str, Scalar] = field(default_factory=dict)
    flags: tuple[str, ...] = ()

    @property
    def contact(self) -> Contact:
        """Return the main contact."""
        return self.contacts[0]


def read_inquiry(
    payload: Mapping[str, object],
    *,
    vendor_currency: str,
    default_country: str = "",
    default_temperature: str = "warm",
    fields: Mapping[str, str] | None = None,
    required: Sequence[str] = (),
) -> Inquiry:
    """Read one lead in the shape of the API.

    Args:
        payload: the lead as JSON gave it.
        vendor_currency: ISO 4217 code of amounts that name none.
        default_country: ISO 3166-1 code where the lead names no country; "" for none.
        default_temperature: the source's, where the lead says nothing.
        fields: the vendor's custom fields, key to type (``text number date boolean choice``, or with its choices
            ``choice:small|large``); keys without a definition are kept as text.
        required: what this source demands on top, as dotted paths such as ``contact.phone`` (see ``REQUIRABLE``).

    Raises:
        WrongContent: names every wrong field, and what would be right.
    """
    if not isinstance(payload, Mapping):
        raise WrongContent([FieldError("lead", "must be an object")])
    given = Fields(payload, "", [], set())
    given.only(LEAD_KEYS, 'a lead (fields of your own go under "custom")')
    source = given.text("source")
    if not source:
        _missing(given, "source", "is missing; name the source that the lead comes from")
    address = read_address(given, default_country)
    contacts = _contacts(given, address.country)
    company = given.text("company")
    currency = read_currency(given, vendor_currency)
    utm = given.inside("utm", UTM_KEYS, "utm")
    inquiry = Inquiry(
        source=source,
        external_id=given.text("external_id"),
        test=given.truth("test") or False,
        company=company,
        contacts=contacts,
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        region=address.region,
        country=address.country,
        point=given.point("location"),
        inquiry=given.text("inquiry", LONGEST_TEXT, lines=True),
        product=given.text("product"),
        vertical=given.text("vertical"),
        language=read_language(given),
        employees=given.whole("employees", 0, 100_000_000),
        value_minor=given.money("value", currency),
        currency=currency,
        temperature=given.choice("temperature", TEMPERATURES, default_temperature),
        timeline=given.text("timeline"),
        campaign=given.text("campaign"),
        utm_source=utm.text("source"),
        utm_medium=utm.text("medium"),
        utm_campaign=utm.text("campaign"),
        utm_term=utm.text("term"),
        utm_content=utm.text("content"),
        consent=read_consent(given),
        custom=read_custom(given, fields or {}),
        flags=tuple(sorted(given.flags)),
    )
    _demand(given, inquiry, required)
    given.end()
    return inquiry


def read_address(given: Fields, default_country: str) -> Address:
    """Read the object ``address``: country first, since it says how the rest is written.

    A code of a region that is not there is wrong; any other name that is not known is left out and flagged.
    """
    inner = given.inside("address", ADDRESS_KEYS, "an address")
    if not inner.given:
        if default_country:
            given.flags.add(COUNTRY_ASSUMED)
        return Address(country=default_country)
    named, region = inner.text("country"), inner.text("region")
    code, city = inner.text("postal_code"), inner.text("city")
    country = codes.country_code(named) if named else ""
    if country is None:
        inner.wrong("country", f'{named[:40]!r} is no country; write its ISO 3166-1 code, such as "DE"')
        # What hangs on the country is not looked at: one sentence is enough.
        return Address(street=inner.text("street"), postal_code=code, city=city)
    if not country:
        # A region or a postal code may say which country it is; only then is it assumed.
        country = (region[:2].upper() if codes.region_code(region, "") else "") or repair.country_sign(code) or ""
    if not country and default_country:
        country = default_country
        given.flags.add(COUNTRY_ASSUMED)
    code, city, moved = repair.mend_address(code, city, country)
    if moved:
        given.flags.add(repair.ADDRESS_REPAIRED)
    code, flag = repair.mend_postal_code(code, country)
    if flag:
        given.flags.add(flag)
    if region:
        known = codes.region_code(region, country)
        if known is None and not codes.is_region_form(region):
            given.flags.add(repair.REGION_UNVERIFIED)
        elif known is None:
            inner.wrong("region", no_region(region, country))
        region = known or ""
    street, repeated = repair.mend_street(inner.text("street"), code, city, country)
    if repeated:
        given.flags.add(repair.ADDRESS_REPAIRED)
    return Address(street, code, city, region, country)


def no_region(region: str, country: str) -> str:
    """Say that a country has no such region, and what to write."""
    where = f"of {country}" if country else "without a country"
    return f'{region[:40]!r} is no region {where}; write its ISO 3166-2 code, such as "DE-BY"'


def read_currency(given: Fields, default: str) -> str:
    """Read the field ``currency``."""
    currency = given.text("currency").upper() or default
    if currency in codes.CURRENCIES:
        return currency
    given.wrong("currency", f'{currency[:20]!r} is no currency; write its ISO 4217 code, such as "EUR"')
    return default


def read_language(given: Fields) -> str:
    """Read the field ``language``."""
    named = given.text("language")
    if not named:
        return ""
    tag = codes.language_tag(named)
    if tag is None:
        given.wrong("language", f'{named[:40]!r} is no language; write its BCP 47 tag, such as "de" or "de-CH"')
    return tag or ""


def _missing(given: Fields, key: str, message: str) -> None:
    # Not on top of another complaint about the same field.
    if not any(error.field == f"{given.path}{key}" for error in given.errors):
        given.wrong(key, message)


_LOOKS_LIKE_EMAIL = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")


def _contact(inner: Fields, country: str) -> Contact:
    email, phone = inner.given.get("email"), inner.given.get("phone")
    if isinstance(phone, str) and _LOOKS_LIKE_EMAIL.fullmatch(phone) and "@" not in str(email or ""):
        inner = Fields({**inner.given, "email": phone, "phone": email}, inner.path, inner.errors, inner.flags)
        inner.flags.add(repair.CONTACT_REPAIRED)
    return Contact(
        first_name=inner.text("first_name"),
        last_name=inner.text("last_name"),
        email=inner.email("email"),
        phone=inner.phone("phone", country),
        job_title=inner.text("job_title"),
        role=inner.text("role"),
    )


def _contacts(given: Fields, country: str) -> tuple[Contact, ...]:
    main = _contact(given.inside("contact", CONTACT_KEYS, "a contact"), country)
    more = given.given.get("contacts")
    if more is None:
        return (main,)
    if not isinstance(more, list | tuple):
        given.wrong("contacts", "must be a list of contacts")
        return (main,)
    if len(more) > MOST_CONTACTS:
        given.wrong("contacts", f"are {len(more)}; {MOST_CONTACTS} is the most")
        return (main,)
    read = [] if main == Contact() else [main]
    for index, one in enumerate(more):
        # An object of its own, so that every complaint names which of the contacts is meant.
        inner = Fields({str(index): one}, "contacts.", given.errors, given.flags)
        if one is None:
            inner.wrong(str(index), f"must be an object with {', '.join(CONTACT_KEYS)}")
            continue
        contact = _contact(inner.inside(str(index), CONTACT_KEYS, "a contact"), country)
        if contact != Contact():
            read.append(contact)
    return tuple(read) or (main,)


# What a source may demand ---------------------------------------------------------------------------------------------

_FLAT = {
    **{f"contact.{key}": key for key in CONTACT_KEYS},
    **{f"address.{key}": key for key in ADDRESS_KEYS},
    **{f"utm.{key}": f"utm_{key}" for key in UTM_KEYS},
    **{key: key for key in ("external_id", "company", "inquiry", "product", "vertical", "language", "employees",
                            "timeline", "campaign", "consent")},
    "value": "value_minor",
    "location": "point",
}  # fmt: skip
REQUIRABLE = frozenset(_FLAT)
"""The paths that a source may demand, besides ``custom.KEY``."""


def _of(inquiry: Inquiry, path: str) -> object:
    if path.startswith("custom."):
        return inquiry.custom.get(path[len("custom.") :])
    attribute = _FLAT.get(path, "")
    return getattr(inquiry.contact if path.startswith("contact.") else inquiry, attribute, None)


def _demand(given: Fields, inquiry: Inquiry, required: Sequence[str]) -> None:
    main = inquiry.contact
    if not inquiry.company and not main.last_name:
        _missing(given, "company", "is missing; a lead needs a company or a contact.last_name")
    reached = main.email or main.phone or inquiry.street or inquiry.postal_code or inquiry.city
    refused = {error.field for error in given.errors}
    if not reached and not refused & {"contact", "contact.email", "contact.phone", "address"}:
        given.wrong("contact.email", "is missing; a lead needs an e-mail, a phone or an address")
    for path in required:
        if _of(inquiry, path) in (None, ""):
            _missing(given, path, "is missing; this source demands it")
