"""Reading fields out of what a sender gave: every wrong one is noted with a sentence, none stops the reading."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from partidor.domain.facts import Point
from partidor.domain.intake import codes, repair
from partidor.domain.refusal import FieldError, WrongContent

LONGEST_NAME = 300
LONGEST_TEXT = 20_000
MOST_MONEY = 10**15
"""The largest amount taken, in minor units: far above any order, far below what the database can sum."""

_NONE: Mapping[str, object] = {}
_AMOUNT = re.compile(r"\d{1,15}(?:\.\d{1,8})?")
_WHOLE = re.compile(r"(\d{1,12})(?:\.0+)?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TRUE = frozenset({"true", "1", "yes", "ja", "on"})
_FALSE = frozenset({"false", "0", "no", "nein", "off"})


class Fields:
    """One object of a sender's, read field by field; errors and flags are shared with the objects inside it."""

    __slots__ = ("errors", "flags", "given", "path")

    def __init__(self, given: Mapping[str, object], path: str, errors: list[FieldError], flags: set[str]) -> None:
        """Read ``given``; ``path`` is what its fields are called from outside, such as ``contact.``."""
        self.given = given
        self.path = path
        self.errors = errors
        self.flags = flags

    def wrong(self, key: str, message: str) -> None:
        """Note that this field is wrong, and what would be right."""
        self.errors.append(FieldError(f"{self.path}{key}", message))

    def inside(self, key: str, known: tuple[str, ...], what: str) -> Fields:
        """Return the object in this field, empty if there is none, and note the keys it should not have."""
        given = self.given.get(key)
        inner = Fields(_NONE, f"{self.path}{key}.", self.errors, self.flags)
        if isinstance(given, Mapping):
            inner.given = given
            inner.only(known, what)
        elif given is not None:
            self.wrong(key, f"must be an object with {_listed(known)}")
        return inner

    def only(self, known: tuple[str, ...], what: str) -> None:
        """Note every key that is not among the known ones, with the likeliest that was meant."""
        if self.given.keys() <= _as_set(known):
            return
        for key in [key for key in self.given if key not in known][:20]:
            shown = str(key)[:60]
            near = difflib.get_close_matches(shown, list(known), n=1)
            hint = f'did you mean "{self.path}{near[0]}"?' if near else f"it has {_listed(known)}."
            self.wrong(_printable(shown), f"is no field of {what}; {hint}")

    def text(self, key: str, longest: int = LONGEST_NAME, *, lines: bool = False) -> str:
        """Return the text of this field as it was meant, "" if there is none; numbers count as their digits."""
        given = self.given.get(key)
        if given is None or given == "":
            return ""
        if not isinstance(given, str):
            return self._number_as_text(key, given)
        if given.isascii() and given.isprintable():
            # Nearly all there is: no blank to trim, nothing to mend. This runs thirty times for each lead.
            if len(given) <= longest and "&" not in given and "  " not in given and given[0] != " " != given[-1]:
                return given
        else:
            if "\0" in given:
                self.wrong(key, "holds a NUL character; leave it out")
                return ""
            if _SURROGATE.search(given):
                self.wrong(key, "holds half a character (a lone surrogate); send valid Unicode")
                return ""
        # A text that is far too long is not worth mending first.
        text = ""
        if len(given) <= 2 * longest + 100:
            text, mended = repair.mend_text(given, lines=lines)
            if mended:
                self.flags.add(repair.TEXT_REPAIRED)
        if len(text) > longest or len(given) > 2 * longest + 100:
            self.wrong(key, f"is {len(text) or len(given):,} characters long; {longest:,} is the most")
            return ""
        return text

    def _number_as_text(self, key: str, given: object) -> str:
        if isinstance(given, int | float) and not isinstance(given, bool):
            text = number_text(given)
            if text is not None and len(text) <= 40:
                return text
        self.wrong(key, "must be a text")
        return ""

    def choice(self, key: str, allowed: tuple[str, ...], default: str) -> str:
        """Return one of the allowed words, written in any case, or the default if there is none."""
        text = self.text(key)
        if not text:
            return default
        word = text.lower().replace(" ", "_").replace("-", "_")
        if word in allowed:
            return word
        self.wrong(key, f"must be one of {', '.join(allowed)}")
        return default

    def truth(self, key: str) -> bool | None:
        """Return true or false, None if nothing is said; words such as ``yes`` and ``nein`` are understood."""
        given = self.given.get(key)
        if given is None or given == "" or isinstance(given, bool):
            return given if isinstance(given, bool) else None
        word = given.strip().lower() if isinstance(given, str) else ""
        if given in (0, 1) or word in _TRUE or word in _FALSE:
            return given == 1 or word in _TRUE
        self.wrong(key, "must be true or false")
        return None

    def whole(self, key: str, least: int, most: int) -> int | None:
        """Return a whole number within the bounds, None if there is none."""
        given = self.given.get(key)
        if given is None or given == "":
            return None
        number: int | None = None
        if isinstance(given, int) and not isinstance(given, bool):
            number = given
        elif isinstance(given, float) and math.isfinite(given) and given == int(given):
            number = int(given)
        elif isinstance(given, str) and (found := _WHOLE.fullmatch(given.strip())):
            number = int(found[1])
        if number is None or not least <= number <= most:
            self.wrong(key, f"must be a whole number from {least:,} to {most:,}, such as {max(least, min(most, 120))}")
            return None
        return number

    def real(self, key: str, least: float, most: float) -> float | None:
        """Return a number within the bounds, None if there is none."""
        given = self.given.get(key)
        if given is None or given == "":
            return None
        try:
            number = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        if least <= number <= most:
            return number
        self.wrong(key, f"must be a number from {least:g} to {most:g}")
        return None

    def email(self, key: str) -> str:
        """Return the e-mail with its domain in lower case; only the syntax is looked at, no server is asked."""
        text = self.text(key)
        if not text:
            return ""
        address, fault = _email(text)
        if fault:
            self.wrong(key, fault)
        return address

    def phone(self, key: str, country: str) -> str:
        """Return the phone as E.164 if it is readable, else as given and flagged."""
        text = self.text(key)
        if not text:
            return ""
        phone, flag = repair.mend_phone(text, country)
        if flag:
            self.flags.add(flag)
        return phone

    def money(self, key: str, currency: str) -> int | None:
        """Return an amount of a known currency in minor units, None if there is none."""
        given = self.given.get(key)
        if given is None or given == "":
            return None
        text = given.strip() if isinstance(given, str) else None
        if isinstance(given, int | float) and not isinstance(given, bool):
            text = number_text(given)
        if text is None or not _AMOUNT.fullmatch(text):
            self.wrong(key, 'must be a decimal number with a point and without thousands marks, such as "48000.00"')
            return None
        exponent = codes.CURRENCIES.get(currency, 2)
        minor = Decimal(text).scaleb(exponent)
        if minor != int(minor):
            places = f"{exponent} decimals" if exponent else "no decimals"
            self.wrong(key, f"has more decimals than {currency} knows; it has {places}")
            return None
        if minor > MOST_MONEY:
            most = Decimal(MOST_MONEY).scaleb(-exponent)
            self.wrong(key, f"is too much; {most:,f} {currency} is the most")
            return None
        return int(minor)

    def point(self, key: str) -> Point | None:
        """Return latitude and longitude in degrees; exactly 0, 0 is a sender's "unknown" and counts as none."""
        inner = self.inside(key, ("lat", "lon"), "a location")
        lat, lon = inner.real("lat", -90, 90), inner.real("lon", -180, 180)
        if lat is None or lon is None:
            given = [name for name in ("lat", "lon") if inner.given.get(name) not in (None, "")]
            if len(given) == 1:
                inner.wrong("lon" if given == ["lat"] else "lat", f"is missing beside {given[0]}")
            return None
        if lat == 0 and lon == 0:
            self.flags.add("location_unverified")
            return None
        return lat, lon

    def moment(self, key: str) -> str:
        """Return a time as RFC 3339 in UTC, "" if there is none."""
        text = self.text(key)
        if not text:
            return ""
        moment = read_time(text)
        if moment is None:
            self.wrong(key, 'must be a time with its offset (RFC 3339), such as "2026-03-01T09:00:00Z"')
            return ""
        return written_time(moment)

    def end(self) -> None:
        """Refuse everything that was wrong, at once."""
        if self.errors:
            raise WrongContent(self.errors)


def number_text(number: float) -> str | None:
    """Return a JSON number as a plain decimal text (``98104.0`` is ``98104``); None if it is no finite number."""
    if isinstance(number, int):
        return str(number) if -(10**30) < number < 10**30 else None
    if not math.isfinite(number) or abs(number) >= 10**16:
        return None
    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")


def read_time(text: str) -> datetime | None:
    """Read a time with its offset; without one, or out of the calendar's range, None."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def written_time(moment: datetime) -> str:
    """Write a UTC time as RFC 3339 with Z."""
    return moment.isoformat().replace("+00:00", "Z")


def read_date(text: str) -> str | None:
    """Return a date as ``YYYY-MM-DD``; a time with or without offset keeps being one, in ISO 8601. Else None."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


# An address that the library would take as it stands; it is asked about every other.
_PLAIN_EMAIL = re.compile(
    r"(?!.*--)[a-z0-9]+(?:[._+-][a-z0-9]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?\.){1,4}[a-z]{2,24}", re.IGNORECASE
)
_EMAIL_IN_TEXT = re.compile(r"[^\s<>@,;]+@[^\s<>@,;]+")


@lru_cache(maxsize=4096)
def _email(text: str) -> tuple[str, str]:
    """Return the address, or what is wrong with it."""
    local, _, domain = text.rpartition("@")
    if len(local) <= 64 and len(text) <= 120 and _PLAIN_EMAIL.fullmatch(text):
        return f"{local}@{domain.lower()}", ""
    if not local or not domain:
        return "", "is no e-mail address; write one such as eva@example.com, or leave it out"
    if len(_EMAIL_IN_TEXT.findall(text)) > 1:
        return "", "holds several e-mail addresses; write one, and put the others under contacts"
    if "." not in domain:
        return "", f"is no e-mail address: {domain!r} has no ending such as .com; write it in full, or leave it out"
    try:
        # Only the syntax: whether the domain exists, or is one for tests, is nobody's business here.
        checked = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, ValueError) as fault:
        reason = str(fault).split("\n")[0].rstrip(".")
        return "", f"is no e-mail address: {reason}. Write one such as eva@example.com, or leave it out"
    if len(checked.normalized) > LONGEST_NAME:
        return "", f"is longer than {LONGEST_NAME} characters"
    return checked.normalized, ""


@lru_cache(maxsize=64)
def _as_set(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


def _listed(known: tuple[str, ...]) -> str:
    return ", ".join(known)


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text) or '""'
