"""What a teaser shows of an inquiry: the need, and nothing that says whose it is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from partidor.domain.intake import codes
from partidor.domain.intake.folding import folded
from partidor.domain.intake.repair import squeezed

MASK = "…"

_UNTELLING = """
a an and as at by co com de for from im in is it my net no not of on or org our the to we with you your www http https
aber als am an auf aus bei bin bis da das dem den der des die ein eine einen einer es für haben hat ich ihr im in
ist mein mit nach nicht oder ohne sich sie sind um und unser uns vom von vor was wie wir wird zu zum zur
al con da del der des di du el en et la las le les los par para per por pour sur un una une y
ag bv gbr gmbh inc kg llc llp ltd mbh nv ohg sa sarl sas se sl spa srl ug
contact email hello help hr info kontakt mail office sales service support team
"""
UNTELLING = frozenset(_UNTELLING.split())
"""Words, casefolded, that tell nobody's name beside others: articles, legal forms, every company's mailboxes."""

# A word is a run of letters, digits and the marks that belong to them, in any script.
_WORD = re.compile(
    "(?:[^\\W_]|[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u109f"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f])+"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
# Every repetition below is bounded: a hostile text must not cost more than its length.
_EMAIL = re.compile(
    r"[^\s<>()\[\],;:\"@]{1,64}\s?(?:@|[(\[{]\s?(?:at|ät)\s?[)\]}])\s?[^\s<>()\[\],;:\"@]{1,255}", re.IGNORECASE
)
_URL = re.compile(r"(?:\b[a-z][a-z0-9+.-]{1,10}://|\bwww\.)\S+", re.IGNORECASE)
_ENDINGS = (
    "com|net|org|info|biz|eu|de|at|ch|li|lu|be|nl|fr|it|es|pt|uk|us|ca|pl|cz|dk|se|no|fi|ie|"
    "app|shop|online|gmbh|cloud|ai|dev|io|tech|example"
)
_HOST = re.compile(rf"\b(?:[\w-]{{1,63}}\.){{1,5}}(?:{_ENDINGS})\b(?:/\S*)?", re.IGNORECASE)
# Six digits or more are a phone, a customer number, an account; fewer are an amount, a year, a number of users.
_NUMBER = re.compile(r"[+(]?\d(?:[\s()/.\u2010-\u2015-]{0,3}\d){5,}")
_STREET = re.compile(
    r"\b[\w.-]{0,40}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee)\s{1,3}\d{1,5}\s?[a-z]?\b"
    r"|\b\d{1,6}\s{1,3}(?:[a-z][\w.]{0,30}\s{1,3}){1,3}"
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|way|court|ct)\b\.?"
    r"|\b(?:rue|avenue|calle|via|avda\.?)\s{1,3}(?:[\w'-]{1,30}\s{1,3}){1,4}\d{1,6}\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"\b(?:D|A|CH|DE|AT|L|B|F|I|NL)[ -]\d{4,5}\b")
_ADDRESSED = re.compile(
    r"\b((?i:herrn?|frau|mr|mrs|ms|miss|dr|prof|mein name ist|my name is|ich hei(?:ß|ss)e|je m'appelle|me llamo)\b\.?)"
    r"\s{1,3}(?:(?:Dr|Prof|Dipl|Ing|med)\.?[ -]?){0,4}(?:[A-ZÄÖÜÉ][\w'’-]{0,60}[^\S\n]?){1,3}"
)
_FAREWELL = re.compile(
    r"^[ \t]{0,20}(?:--+|—+|mit (?:freundlichen|besten|herzlichen|vielen) gr(?:ü|ue)(?:ß|ss)en|"
    r"(?:viele|beste|liebe|freundliche|herzliche|sch(?:ö|oe)ne) gr(?:ü|ue)(?:ß|ss)e|gru(?:ß|ss)\b|mfg\b|vg\b|lg\b|"
    r"hochachtungsvoll|(?:(?:kind|best|warm|many) )?regards|sincerely(?: yours)?|yours (?:sincerely|faithfully|truly)|"
    r"cheers|best wishes|all the best|cordialement|bien à vous|(?:un )?(?:cordial )?saludos?(?: cordiales)?|"
    r"atentamente|cordiali saluti|distinti saluti|sent from my|von meinem)(?!\w)[^\n]{0,60}$",
    re.IGNORECASE | re.MULTILINE,
)
_MASKS = re.compile(r"…(?:[\s,.;:/|·•()-]{0,3}…)+")


def mask_inquiry(
    text: str,
    *,
    names: Iterable[str] = (),
    company: str = "",
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    domains: Iterable[str] = (),
    street: str = "",
    postal_code: str = "",
    city: str = "",
) -> str:
    """Return an inquiry's text with everything that tells whose it is replaced by "…".

    Whatever anybody's text may have is masked by its form: e-mails, web addresses, streets with a number, numbers of
    six digits and more, persons addressed by title, and all from the farewell on. What this lead is known to have is
    masked word by word wherever it comes, in any case, spelling of umlauts and, from four letters on, inside longer
    words. The law: no word of the names, company, e-mails, domains, phones, street, postal code or city is left,
    but single letters, one or two digits, and beside others the words that tell nothing (``UNTELLING``).
    """
    secret = _secret((*names, company, *emails, *phones, street, postal_code, city), domains)
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    farewell = next((found for found in _FAREWELL.finditer(plain) if plain[: found.start()].strip()), None)
    # A farewell near the end of what follows; in a long text "Regards" may be followed by the matter itself.
    if farewell is not None and plain.count("\n", farewell.end()) <= 20:
        plain = plain[: farewell.start()].rstrip() + f"\n{MASK}"
    for form in (_EMAIL, _URL, _HOST, _STREET, _CODE, _NUMBER):
        plain = form.sub(MASK, plain)
    plain = _ADDRESSED.sub(rf"\1 {MASK} ", plain)
    # Word by word last, so that nothing the forms left over escapes.
    plain = _WORD.sub(lambda found: MASK if _tells(found[0], *secret) else found[0], plain)
    return _MASKS.sub(MASK, plain).strip()


def _secret(texts: Iterable[str], domains: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the folded words to mask, and those among them to look for inside of words."""
    told: set[str] = set()
    for text in (*texts, *(_without_ending(domain) for domain in domains)):
        if "@" in text:
            local, _, domain = text.rpartition("@")
            text = f"{local} {_without_ending(domain)}"
        words = _WORD.findall(_UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
        # "An" is a word in "An der Alster", and a name where it stands alone.
        telling = [word for word in words if word.casefold() not in UNTELLING] or words
        # "Muster Werk" is also written "musterwerk", and a phone without its blanks.
        for word in (*telling, "".join(words)):
            if len(word) > (2 if word.isdecimal() else 1):
                told.update(_foldings(word))
    within = tuple(sorted(word for word in told if len(word) > 3 or _without_blanks(word)))
    return frozenset(told), within


def _without_ending(domain: str) -> str:
    # The last label ("de") is a word of the language more often than a part of the name.
    return domain.rpartition(".")[0] or domain


def _without_blanks(word: str) -> bool:
    """Say whether the word's script puts no blanks between words, as Chinese, Japanese and Thai do."""
    return any("\u0e00" <= char <= "\u0eff" or "\u3040" <= char <= "\u9fff" or char >= "\U00020000" for char in word)


@lru_cache(maxsize=8192)
def _foldings(word: str) -> frozenset[str]:
    return frozenset(part for part in (*folded(word).split(), folded(word).replace(" ", "")) if part)


def _tells(word: str, told: frozenset[str], within: tuple[str, ...]) -> bool:
    foldings = _foldings(word)
    return not foldings.isdisjoint(told) or any(part in whole for whole in foldings for part in within)


# Bands ----------------------------------------------------------------------------------------------------------------

_SIZES = (10, 50, 250, 1000)
_VALUES = (1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000)


def size_band(employees: int | None) -> str | None:
    """Return the size of a company as a band: ``1-9``, ``10-49``, ``50-249``, ``250-999`` or ``1000+`` employees."""
    if employees is None:
        return None
    return _band(employees, _SIZES, 1)


def value_band(value_minor: int | None, currency: str) -> str | None:
    """Return an amount in minor units as a band of whole units with its currency, such as ``25000-49999 EUR``.

    Currencies without decimals have small units, and bands a hundred times as wide.
    """
    if value_minor is None:
        return None
    exponent = codes.CURRENCIES.get(currency, 2)
    bounds = _VALUES if exponent else tuple(bound * 100 for bound in _VALUES)
    return f"{_band(value_minor // 10**exponent, bounds, 0)} {currency}".strip()


def _band(number: int, bounds: tuple[int, ...], least: int) -> str:
    for bound in bounds:
        if number < bound:
            return f"{least}-{bound - 1}"
        least = bound
    return f"{least}+"


def postal_prefix(country: str, code: str) -> str:
    """Return the first two characters of a postal code, of letters and digits only; "" if there is none."""
    bare = squeezed(code)
    # A code no longer than that would be told in full.
    keep = 2 if len(bare) > 2 else 1
    return bare[:keep] if country or bare else ""
