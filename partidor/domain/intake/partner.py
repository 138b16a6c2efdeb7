"""A partner as it is given to us: read from the shape of the API, normalised, or refused field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from partidor.domain.facts import Point
from partidor.domain.intake import codes
from partidor.domain.intake.calendar import Calendar, calendar_in
from partidor.domain.intake.fields import Fields
from partidor.domain.intake.inquiry import read_address, read_language
from partidor.domain.refusal import FieldError, WrongContent

KINDS = (
    "reseller", "var", "system_integrator", "distributor", "oem", "affiliate", "technology", "consulting", "agent",
    "own_sales",
)  # fmt: skip
PARTNER_KEYS = (
    "external_id", "name", "kind", "parents", "email", "phone", "address", "location", "language", "time_zone",
    "weight", "max_open_leads", "monthly_cap", "weekly_pace", "tags", "calendar",
)  # fmt: skip
HEAVIEST = 1000
MOST_OPEN = 1_000_000
MOST_DIMENSIONS = 100
MOST_VALUES = 500

_DIMENSION = re.compile(r"[a-z][a-z0-9_-]{0,59}")


@dataclass(frozen=True, slots=True)
class PartnerForm:
    """One normalised partner; missing texts are empty, missing limits None (no limit).

    ``parents`` are as given: ids or external ids of other partners. ``point`` is in degrees; ``tags`` map a dimension
    to its values in the order given, none twice; ``calendar`` is None where all of it is inherited.
    """

    name: str
    kind: str = "reseller"
    external_id: str = ""
    parents: tuple[str, ...] = ()
    email: str = ""
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    point: Point | None = None
    language: str = ""
    time_zone: str = ""
    weight: int = 1
    max_open_leads: int | None = None
    monthly_cap: int | None = None
    weekly_pace: int | None = None
    calendar: Calendar | None = None
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()


def read_partner(payload: Mapping[str, object]) -> PartnerForm:
    """Read one partner in the shape of the API.

    Raises:
        WrongContent: names every wrong field, and what would be right.
    """
    if not isinstance(payload, Mapping):
        raise WrongContent([FieldError("partner", "must be an object")])
    given = Fields(payload, "", [], set())
    given.only(PARTNER_KEYS, "a partner")
    name = given.text("name")
    if not name and not given.errors:
        given.wrong("name", "is missing; a partner needs a name")
    address = read_address(given, "")
    form = PartnerForm(
        name=name,
        kind=given.choice("kind", KINDS, "reseller"),
        external_id=given.text("external_id"),
        parents=_texts(given, "parents", 100),
        email=given.email("email"),
        phone=given.phone("phone", address.country),
        street=address.street,
        postal_code=address.postal_code,
        city=address.city,
        region=address.region,
        country=address.country,
        point=given.point("location"),
        language=read_language(given),
        time_zone=_time_zone(given),
        weight=_weight(given),
        max_open_leads=given.whole("max_open_leads", 0, MOST_OPEN),
        monthly_cap=given.whole("monthly_cap", 0, MOST_OPEN),
        weekly_pace=given.whole("weekly_pace", 1, MOST_OPEN),
        calendar=calendar_in(given),
        tags=read_tags(given.given.get("tags"), given),
        flags=tuple(sorted(given.flags)),
    )
    given.end()
    return form


def _weight(given: Fields) -> int:
    weight = given.whole("weight", 1, HEAVIEST)
    return 1 if weight is None else weight


def _time_zone(given: Fields) -> str:
    name = given.text("time_zone")
    if name and not codes.is_time_zone(name):
        given.wrong("time_zone", f'{name[:40]!r} is no time zone; write its IANA name, such as "Europe/Berlin"')
    return name


def _texts(given: Fields, key: str, most: int) -> tuple[str, ...]:
    """Read a list of texts, or one text alone; blanks and what comes twice are left out."""
    listed = given.given.get(key)
    if listed is None or listed == "":
        return ()
    if isinstance(listed, str):
        listed = [listed]
    if not isinstance(listed, list | tuple) or len(listed) > most:
        given.wrong(key, f"must be a list of up to {most} texts")
        return ()
    each = Fields({str(index): one for index, one in enumerate(listed)}, f"{given.path}{key}.", given.errors,
                  given.flags)  # fmt: skip
    return tuple(dict.fromkeys(text for index in each.given if (text := each.text(index))))


def read_tags(tags: object, given: Fields | None = None) -> dict[str, tuple[str, ...]]:
    """Read ``{"tier": ["gold"], "vertical": ["retail", "public"]}``; one value may stand without its list.

    A dimension is written in small letters, digits, ``_`` and ``-``, beginning with a letter; values are any text.
    Dimensions without a value are left out.

    Raises:
        WrongContent: if ``given`` is None; otherwise what is wrong is noted there.
    """
    noted = given or Fields({"tags": tags}, "", [], set())
    read: dict[str, tuple[str, ...]] = {}
    if tags is not None and not isinstance(tags, Mapping):
        noted.wrong("tags", 'must be an object of lists, such as {"tier": ["gold"]}')
    elif tags and len(tags) > MOST_DIMENSIONS:
        noted.wrong("tags", f"have {len(tags)} dimensions; {MOST_DIMENSIONS} is the most")
    elif tags:
        inner = Fields(tags, "tags.", noted.errors, noted.flags)
        for dimension in tags:
            if not isinstance(dimension, str) or not _DIMENSION.fullmatch(dimension):
                shown = "".join(char if char.isprintable() else "?" for char in str(dimension)[:60])
                inner.wrong(shown, 'is no dimension; write small letters, digits, _ and -, such as "product_line"')
            elif values := _texts(inner, dimension, MOST_VALUES):
                read[dimension] = values
    if given is None:
        noted.end()
    return read
