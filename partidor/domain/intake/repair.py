"""What senders and spreadsheets do to texts, postal codes and phones, and how it is put right.

The law of this file: whatever is changed beyond blanks, case and canonical form has a flag, and what cannot be
read is kept as it was given and has a flag too. Nothing here refuses anything.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

import ftfy
import phonenumbers

from partidor.domain.intake.codes import country_code

TEXT_REPAIRED = "text_repaired"
POSTAL_CODE_REPAIRED = "postal_code_repaired"
POSTAL_CODE_UNVERIFIED = "postal_code_unverified"
PHONE_REPAIRED = "phone_repaired"
PHONE_UNVERIFIED = "phone_unverified"
REGION_UNVERIFIED = "region_unverified"
ADDRESS_REPAIRED = "address_repaired"
CONTACT_REPAIRED = "contact_repaired"

# Characters that show nothing: soft hyphen, zero-width space, direction marks, word joiner, byte-order mark, and the
# control characters that are no blanks. The zero-width (non-)joiner stays: Persian and many emoji are spelt with it.
_UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x01-\x08\x0e-\x1f\x7f]")
_ENTITY = re.compile(r"&(?:amp|quot|apos|nbsp|szlig|[A-Za-z](?:uml|acute|grave|circ|tilde|cedil|ring|slash)|#\d{2,5});")
# Bytes of MS-DOS code page 850 read as Windows-1252: what were ü ö ä é are now a control character and quotation marks.
_DOS_MARKS = "\x81\u201d\u201e\u201a"
_DOS_IN_WORD = re.compile(f"(?<=[a-zäöüß])[{_DOS_MARKS}](?=[a-zäöüß])", re.IGNORECASE)
_DOS_ANYWHERE = re.compile(f"[{_DOS_MARKS}]")
_DOS_SHARP_S = re.compile(r"(?<=[Ss]tra)á(?=e)|(?<=\b[Rr]o)á(?=str)")
_LEFTOVER = re.compile("[\x80-\x9f]")
_BLANKS = re.compile(r"\s+")
_TRAILING = re.compile(r"[^\S\n]+(?=\n)")


def mend_text(text: str, *, lines: bool = False) -> tuple[str, bool]:
    """Return the text as it was meant, and whether that changed more than blanks and canonical form.

    Undone are doubly encoded UTF-8 (``StraÃŸe``; the method is ftfy's, Robyn Speer), MS-DOS umlauts read as
    Windows-1252 (``K”nigstraáe``), escaped characters of HTML (``M&uuml;ller``) and characters nobody sees.
    Blanks are trimmed and, unless ``lines`` asks to keep line ends, each run becomes one. The result is in
    Unicode's composed form (NFC), and mending it again changes nothing.
    """
    if text.isascii() and text.isprintable() and "&" not in text:
        # By far most texts; a single line of plain characters can only have too many blanks.
        if "  " in text and not lines:
            return " ".join(text.split()), False
        return text.strip(), False
    changed = False
    # Mending brings forth new things to mend (``&amp;amp;``); senders do it three deep, more is play.
    for _ in range(20):
        meant = _mended(text, dos=not lines)
        changed = changed or meant != unicodedata.normalize("NFC", text)
        tidy = _with_lines(meant) if lines else _BLANKS.sub(" ", meant).strip()
        if tidy == text:
            break
        text = tidy
    return text, changed


def _with_lines(text: str) -> str:
    return _TRAILING.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _mended(text: str, *, dos: bool) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = _UNSEEN.sub("", text)
    if text.isascii():
        return text
    if dos:
        text = _from_dos(text)
    return unicodedata.normalize("NFC", _LEFTOVER.sub("", ftfy.fix_encoding(text)))


def _from_dos(text: str) -> str:
    """Read the whole text again as code page 850, if marks inside words, and only there, show that it was one."""
    inside = len(_DOS_IN_WORD.findall(text))
    if not inside or inside != len(_DOS_ANYWHERE.findall(text)):
        return _DOS_SHARP_S.sub("ß", text)
    try:
        # Windows-1252 leaves five bytes open; senders pass them on as the control characters of Latin-1.
        raw = b"".join(c.encode("latin-1") if "\x80" <= c <= "\x9f" else c.encode("cp1252") for c in text)
        meant = raw.decode("cp850")
    except UnicodeError:
        return text
    # Only letters may come of it: box-drawing characters show that the guess was wrong.
    if any(old != new and not new.isalpha() for old, new in zip(text, meant, strict=True)):
        return text
    return meant


# Postal codes ---------------------------------------------------------------------------------------------------------

_FIVE = re.compile(r"\d{5}")
_FOUR = re.compile(r"\d{4}")
_SIX = re.compile(r"\d{6}")
_WITH_FIVE = "DE ES FR IT FI EE HR MX TR UA MY TH MC SM VA RS ME PL CZ SK SE GR LT KR"
_WITH_FOUR = "AT CH LI LU BE DK NO HU BG SI AU NZ ZA CY GE LV"
_WITH_SIX = "RO RU IN CN SG"
_FORMS: dict[str, tuple[re.Pattern[str], ...]] = {
    **dict.fromkeys(_WITH_FIVE.split(), (_FIVE,)),
    **dict.fromkeys(_WITH_FOUR.split(), (_FOUR,)),
    **dict.fromkeys(_WITH_SIX.split(), (_SIX,)),
    "US": (re.compile(r"\d{5}(?:\d{4})?"),),
    "PR": (re.compile(r"\d{5}(?:\d{4})?"),),
    "CA": (re.compile(r"[ABCEGHJ-NPRSTVXY]\d[A-Z](?:\d[A-Z]\d)?"),),
    "GB": (re.compile(r"(?:[A-Z]{1,2}\d[A-Z\d]?|GIR)(?:\d[A-Z]{2})?"),),
    "IE": (re.compile(r"(?:[A-Z]\d\d|D6W)(?:[A-Z\d]{4})?"),),
    "NL": (re.compile(r"\d{4}(?:[A-Z]{2})?"),),
    "PT": (re.compile(r"\d{4}(?:\d{3})?"),),
    "BR": (re.compile(r"\d{8}"),),
    "JP": (re.compile(r"\d{7}"),),
    "MT": (re.compile(r"[A-Z]{3}\d{4}"),),
}
# Where codes may begin with 0: how long a code is, and the shortest that a lost zero leaves.
_LOST_ZEROS = {"US": (5, 3), "PR": (5, 3), "DE": (5, 4), "ES": (5, 4), "FR": (5, 4), "IT": (5, 2), "FI": (5, 3),
               "MX": (5, 4), "TR": (5, 4), "NO": (4, 3), "AU": (4, 3), "PL": (5, 4)}  # fmt: skip
_OWN_SIGNS = "DE AT CH LI LU BE FR IT ES NL DK PL SE FI LV LT CZ SK HU US"
_COUNTRY_SIGNS = {sign: sign for sign in _OWN_SIGNS.split()}
_COUNTRY_SIGNS |= {"D": "DE", "A": "AT", "FL": "LI", "L": "LU", "B": "BE", "F": "FR", "I": "IT", "E": "ES", "S": "SE",
                   "FIN": "FI", "H": "HU"}  # fmt: skip
_SIGNED = re.compile(r"([A-Z]{1,3})[\s-]+(?=\d)")
_FLOAT = re.compile(r"(\d+)\.0+")
_GENERIC = re.compile(r"(?=.*\d)[A-Z0-9]{3,10}")


def squeezed(code: str) -> str:
    """Return the letters and digits of a postal code, in capitals, for comparing and looking up."""
    return "".join(char for char in code.upper() if char.isalnum())


def country_sign(code: str) -> str | None:
    """Return the country whose sign stands before a postal code (``CH-8001``, ``D 80538``), or None."""
    signed = _SIGNED.match(code.upper())
    return _COUNTRY_SIGNS.get(signed[1]) if signed else None


@lru_cache(maxsize=8192)
def mend_postal_code(given: str, country: str) -> tuple[str, str | None]:
    """Return the code as the country writes it, and a flag: None, ``postal_code_repaired`` or ``…_unverified``.

    Repaired: spreadsheet leftovers (``98104.0``, ``'02134``), leading zeros that were lost (``2134`` in the US,
    ``1067`` in Germany) and the country's sign (``D-80538``). Unverified: kept letter by letter as it was given.
    """
    if not given:
        return "", None
    code = given.upper().lstrip("'’`")
    if signed := _SIGNED.match(code):
        sign = _COUNTRY_SIGNS.get(signed[1])
        if sign and sign == country:
            code = code[signed.end() :]
    if plain := _FLOAT.fullmatch(code):
        code = plain[1]
    bare = squeezed(code)
    length, shortest = _LOST_ZEROS.get(country, (0, 0))
    if shortest <= len(bare) < length and bare.isdecimal() and bare.isascii():
        bare = bare.zfill(length)
    forms = _FORMS.get(country, (_GENERIC,))
    made_up = len(bare) > 3 and set(bare) in ({"0"}, {"9"})
    if made_up or not bare.isascii() or not any(form.fullmatch(bare) for form in forms):
        return given, POSTAL_CODE_UNVERIFIED
    if country not in _FORMS:
        return code, (POSTAL_CODE_REPAIRED if bare != squeezed(given) else None)
    return _written(bare, country), (POSTAL_CODE_REPAIRED if bare != squeezed(given) else None)


def is_postal_code(text: str, country: str) -> bool:
    """Say whether the text is a whole postal code of a country whose form is known, without any repair."""
    return country in _FORMS and mend_postal_code(text, country)[1] is None and bool(text)


def _written(bare: str, country: str) -> str:
    """Put in the blank or hyphen that the country writes."""
    if country in ("US", "PR") and len(bare) == 9:
        return f"{bare[:5]}-{bare[5:]}"
    if (country == "CA" and len(bare) == 6) or (country == "IE" and len(bare) == 7):
        return f"{bare[:3]} {bare[3:]}"
    if country == "GB" and len(bare) >= 5:
        return f"{bare[:-3]} {bare[-3:]}"
    if country == "NL" and len(bare) == 6:
        return f"{bare[:4]} {bare[4:]}"
    if country == "PT" and len(bare) == 7:
        return f"{bare[:4]}-{bare[4:]}"
    if country == "PL":
        return f"{bare[:2]}-{bare[2:]}"
    if country in ("CZ", "SK", "SE", "GR"):
        return f"{bare[:3]} {bare[3:]}"
    if country in ("LT", "LV"):
        return f"{country}-{bare}"
    if country == "JP":
        return f"{bare[:3]}-{bare[3:]}"
    return bare


# Phones ---------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def mend_phone(given: str, country: str) -> tuple[str, str | None]:
    """Return the phone as E.164, and a flag: None, ``phone_repaired`` or ``phone_unverified`` (kept as given).

    Numbers without a country code are read as the country's own. Repaired: a country code that lost its plus, as a
    spreadsheet does to it, if only that makes the number valid. Extensions are no part of E.164, so a number that has
    one is kept as given, unverified, rather than shortened.
    """
    if not given:
        return "", None
    number, too_long = _read_phone(given, country)
    if number:
        return number, None
    digits = "".join(char for char in given if char.isdecimal())
    # Only what cannot be one of the country's own numbers, even a mistyped one, may be another country's.
    if too_long and digits.isascii() and given[:1].isdecimal() and given[:1] != "0":
        number, _ = _read_phone(f"+{digits}", country)
        if number:
            return number, PHONE_REPAIRED
    return given, PHONE_UNVERIFIED


def _read_phone(text: str, country: str) -> tuple[str, bool]:
    """Return a valid number as E.164 ("" if it is none), and whether it has more digits than the country knows."""
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException as fault:
        return "", fault.error_type == phonenumbers.NumberParseException.TOO_LONG
    if number.extension:
        return "", False
    if phonenumbers.is_valid_number(number):
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)), False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return "", reason == phonenumbers.ValidationResult.TOO_LONG


# Addresses ------------------------------------------------------------------------------------------------------------

_CODE_BEFORE_CITY = re.compile(r"((?:[A-Za-z]{1,3}[\s-]+)?\d{4,5})\s+(\D+)")


def mend_address(postal_code: str, city: str, country: str) -> tuple[str, str, bool]:
    """Return postal code and city in their own places, and whether they had to be moved.

    Mended are the two swapped, and a city that begins with the code (``80538 München``) where no code was given.
    """
    if city and postal_code and not any(char.isdigit() for char in postal_code) and is_postal_code(city, country):
        return city, postal_code, True
    if city and not postal_code and (found := _CODE_BEFORE_CITY.fullmatch(city)):
        code, flag = mend_postal_code(found[1], country)
        if flag != POSTAL_CODE_UNVERIFIED and country in _FORMS and len(squeezed(code)) >= 4:
            return found[1], found[2], True
    return postal_code, city, False


# Streets and names ----------------------------------------------------------------------------------------------------

_MARKS = " ,;-–·"
MOST_NAME_WORDS = 3


def mend_street(street: str, postal_code: str, city: str, country: str) -> tuple[str, bool]:
    """Take away what a street repeats at its end of country, town and postal code; say whether it did.

    A whole address in one cell (``Calle Albasanz, 52 28037 Madrid Spain``) becomes its street, as long as the other
    cells hold the rest and something is left. The town alone is no sign of it: Via Roma is a street in Rome.
    """
    ends = [rest := street.rstrip(_MARKS), rest := _without_country(rest, country)]
    for part in (city, postal_code):
        shorter = rest[: -len(part)] if part and rest.casefold().endswith(part.casefold()) else rest
        if not shorter[-1:].isalnum():
            rest = shorter.rstrip(_MARKS)
        ends.append(rest)
    whole, without_country, without_city, without_code = ends
    is_address = without_code != without_city or (without_city != without_country != whole)
    return (rest, True) if rest and is_address else (street, False)


def _without_country(text: str, country: str) -> str:
    words = text.split(" ")
    for count in range(1, min(MOST_NAME_WORDS, len(words) - 1) + 1):
        name = " ".join(words[-count:]).strip("()")
        if country and len(name) > 2 and country_code(name) == country:
            return " ".join(words[:-count]).rstrip(_MARKS)
    return text


_PARTICLES = set("van von der den de del della di da du la le dos das ten ter zu zum zur af".split())  # noqa: SIM905


def parted_name(name: str) -> tuple[str, str]:
    """Part a whole name into first and last: at its comma, else before the last word and the particles before it."""
    last, comma, first = (part.strip() for part in name.partition(","))
    if comma and first and last:
        return first, last
    words = name.split()
    at = max(0, len(words) - 1)
    while at > 1 and words[at - 1].casefold() in _PARTICLES:
        at -= 1
    return " ".join(words[:at]), " ".join(words[at:])
