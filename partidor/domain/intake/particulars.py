"""What a lead carries besides the usual: the consent it came with, and the vendor's custom fields."""

from __future__ import annotations

import re
from collections.abc import Mapping

from partidor.domain.facts import Scalar
from partidor.domain.intake.fields import LONGEST_TEXT, Fields, read_date

CONSENT_KEYS = ("basis", "share", "recipients", "text", "version", "at", "marketing")
MOST_CUSTOM = 200


def read_consent(given: Fields) -> dict[str, object] | None:
    """Read the object ``consent``; its keys are there only if something was said, None if nothing was."""
    inner = given.inside("consent", CONSENT_KEYS, "a consent")
    if not inner.given:
        return None
    consent: dict[str, object] = {}
    for key in ("basis", "version"):
        if text := inner.text(key):
            consent[key] = text
    if text := inner.text("text", LONGEST_TEXT, lines=True):
        consent["text"] = text
    for key in ("share", "marketing"):
        truth = inner.truth(key)
        if truth is not None:
            consent[key] = truth
    if at := inner.moment("at"):
        consent["at"] = at
    if recipients := _recipients(inner):
        consent["recipients"] = recipients
    return consent or None


def _recipients(inner: Fields) -> list[str]:
    recipients = inner.given.get("recipients")
    if recipients is None:
        return []
    if isinstance(recipients, str):
        recipients = [part for part in re.split("[,;]", recipients) if part.strip()]
    if not isinstance(recipients, list | tuple) or len(recipients) > 1000:
        inner.wrong("recipients", 'must be a list of up to 1,000 names, such as ["*"]')
        return []
    each = Fields({str(index): one for index, one in enumerate(recipients)}, f"{inner.path}recipients.", inner.errors,
                  inner.flags)  # fmt: skip
    return [name for key in each.given if (name := each.text(key))]


def read_custom(given: Fields, types: Mapping[str, str]) -> dict[str, Scalar]:
    """Read the object ``custom`` by the types of its fields; keys without a type are kept as text."""
    values = given.given.get("custom")
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        given.wrong("custom", 'must be an object of simple values, such as {"budget": "Q2"}')
        return {}
    if len(values) > MOST_CUSTOM:
        given.wrong("custom", f"has {len(values)} fields; {MOST_CUSTOM} is the most")
        return {}
    inner = Fields(values, "custom.", given.errors, given.flags)
    custom: dict[str, Scalar] = {}
    for key, value in values.items():
        if not isinstance(key, str) or not 0 < len(key) <= 100 or not key.isprintable():
            given.wrong("custom", "has a key that is empty, longer than 100 characters or not printable")
        elif value is not None and value != "":
            read = _custom_value(inner, key, types.get(key, "text"))
            if read is not None:
                custom[key] = read
    return custom


def _custom_value(inner: Fields, key: str, kind: str) -> Scalar | None:
    value = inner.given[key]
    if kind == "boolean":
        return inner.truth(key)
    if isinstance(value, bool):
        if kind == "number":
            inner.wrong(key, "must be a number")
            return None
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        inner.wrong(key, "must be a single text, number, true or false")
        return None
    if kind == "number":
        number = inner.real(key, -1e15, 1e15)
        return int(number) if number is not None and number == int(number) else number
    text = inner.text(key, LONGEST_TEXT, lines=True)
    if not text:
        return None
    if kind == "date":
        day = read_date(text)
        if day is None:
            inner.wrong(key, 'must be a date, such as "2026-03-01"')
        return day
    if kind.startswith("choice:"):
        choices = kind[len("choice:") :].split("|")
        if text not in choices:
            inner.wrong(key, f"must be one of {', '.join(choices)}")
            return None
    return text
