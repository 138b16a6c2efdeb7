"""What was wrong with a field, in the reader's language.

The domain says it in English with the given value inside. Each such sentence stands here once, with holes for what
it names; a sentence that fits one is said in the reader's language, every other as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from partidor.domain.refusal import WrongContent
from partidor.inbound.web.components.wording import number

SENTENCES = (
    gettext_noop("is missing; a partner needs a name"),
    gettext_noop("{given} is no time zone; write its IANA name, such as \"Europe/Berlin\""),
    gettext_noop("{given} is no country; write its ISO 3166-1 code, such as \"DE\""),
    gettext_noop("{given} is no region of {country}; write its ISO 3166-2 code, such as \"DE-BY\""),
    gettext_noop("{given} is no region without a country; write its ISO 3166-2 code, such as \"DE-BY\""),
    gettext_noop("{given} is no language; write its BCP 47 tag, such as \"de\" or \"de-CH\""),
    gettext_noop("{given} is no currency; write its ISO 4217 code, such as \"EUR\""),
    gettext_noop("{given} is no partner in use of this vendor; give its id or external id"),
    gettext_noop("{given} is no column of the file; did you mean \"{near}\"? It has {known}"),
    gettext_noop("{given} is not a source of this vendor; known are: {known}"),
    gettext_noop("is no column of the file; did you mean \"{near}\"? It has {known}"),
    gettext_noop("is no column of the file; It has {known}"),
    gettext_noop("a partner cannot be its own distributor"),
    gettext_noop("stand below this partner themselves; a circle has no top"),
    gettext_noop("belongs to another partner"),
    gettext_noop("must lie in the future, at most 730 days ahead; null has no end"),
    gettext_noop("must have at most 300 characters"),
    gettext_noop("must be a dimension and a value, such as vertical:retail"),
    gettext_noop("must be a whole number from {least} to {most}, such as {example}"),
    gettext_noop("must be a number from {least} to {most}"),
    gettext_noop("must be one of {allowed}"),
    gettext_noop("must be true or false"),
    gettext_noop("must be a text"),
    gettext_noop("must be a list of up to {most} texts"),
    gettext_noop("must be a decimal number with a point and without thousands marks, such as \"48000.00\""),
    gettext_noop("must be a time with its offset (RFC 3339), such as \"2026-03-01T09:00:00Z\""),
    gettext_noop("must rise, such as [[1000, \"small\"], [5000, \"medium\"], [\"large\"]]"),
    gettext_noop("is {given} characters long; {most} is the most"),
    gettext_noop("holds a NUL character; leave it out"),
    gettext_noop("is missing beside {given}"),
    gettext_noop("is missing; a lead needs an e-mail, a phone or an address"),
    gettext_noop("is missing; a lead needs a company or a contact.last_name"),
    gettext_noop("is missing; this source demands it"),
    gettext_noop("is no dimension; write small letters, digits, _ and -, such as \"product_line\""),
    gettext_noop("is no e-mail address; write one such as eva@example.com, or leave it out"),
    gettext_noop("is no e-mail address: {domain} has no ending such as .com; write it in full, or leave it out"),
    gettext_noop("holds several e-mail addresses; write one, and put the others under contacts"),
    gettext_noop("is empty; write for example company = \"Firma\""),
    gettext_noop("is no TOML: {why}"),
    gettext_noop("is no field of {kind}; did you mean \"{near}\"?"),
    gettext_noop("is no field of {kind}; there are {known}."),
    gettext_noop("is no part of a mapping; did you mean \"{near}\"?"),
    gettext_noop("is no part of a mapping; there are {known}."),
    gettext_noop("are for partners only; a lead has custom fields"),
    gettext_noop("must be \"auto\" or one character, such as \";\""),
    gettext_noop("must be a form such as \"%d-%m-%Y %H:%M:%S\""),
    gettext_noop("cannot be taken because of a bug ({kind}); it is in the log"),
    # What a file is that is no table
    gettext_noop("it is empty."),
    gettext_noop("it has nothing below its first row."),
    gettext_noop("it has {size} bytes; {most} is the most."),
    gettext_noop("it is an old Excel workbook (.xls); save it as .xlsx or CSV."),
    gettext_noop("its first row names no columns."),
    gettext_noop("it has {count} columns; {most} is the most."),
    gettext_noop("it has two columns named {column}; give them names of their own."),
    gettext_noop("it has more than {most} rows; import it in parts."),
    gettext_noop("row {row} has {count} cells and the header {most}; put cells that hold the delimiter into "
                 "quotation marks."),
    gettext_noop("{given} is no encoding; write utf-8 or cp1252."),
    gettext_noop("line {line}: {why}."),
    gettext_noop("after line {line} it is not {encoding}; save it as UTF-8 or name its encoding."),
    gettext_noop("it is a binary file; save it as CSV or .xlsx."),
    gettext_noop("it is a packed file, but no Excel workbook; unpack it first."),
    gettext_noop("it unpacks to {size} bytes; save it as CSV."),
    gettext_noop("it is a damaged Excel workbook ({kind})."),
    gettext_noop("it has no sheet."),
)  # fmt: skip
_THOUSANDS = re.compile(r"\b\d{1,3}(?:,\d{3})+\b")
_HOLE = re.compile(r"\\{(\w+)\\}")


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_HOLE.sub(r"(?P<\1>.+?)", re.escape(each)), re.DOTALL), each) for each in SENTENCES)


@lru_cache(maxsize=1024)
def _form_of(message: str) -> tuple[str, tuple[tuple[str, str], ...]] | None:
    for form, sentence in _forms():
        if found := form.fullmatch(message):
            return sentence, tuple(found.groupdict().items())
    return None


def said(message: str) -> str:
    """Say what was wrong, beginning as it does."""
    if (found := _form_of(message[:2000])) is None:
        return _(message)
    sentence, holes = found
    return _(sentence).format_map({name: _THOUSANDS.sub(_number, text) for name, text in holes})


def _number(found: re.Match[str]) -> str:
    return number(int(found[0].replace(",", "")))


def as_sentence(message: str) -> str:
    """Say what was wrong as a sentence of its own."""
    text = said(message)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def said_of(wrong: WrongContent) -> str:
    """Say everything that was wrong, without the names of the fields: they stand beside."""
    return " ".join(dict.fromkeys(as_sentence(error.message) for error in wrong.errors[:5]))


def by_field(wrong: WrongContent) -> dict[str, list[str]]:
    """Gather the sentences by field."""
    found: dict[str, list[str]] = {}
    for error in wrong.errors:
        found.setdefault(error.field, []).append(as_sentence(error.message))
    return found
