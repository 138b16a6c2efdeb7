"""Import mappings: which column of theirs is which field of ours, written in TOML and applied row by row."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal

from partidor.domain.intake import inquiry, particulars, partner
from partidor.domain.intake.repair import parted_name
from partidor.domain.refusal import FieldError, WrongContent

Kind = Literal["partners", "leads"]

_SECTIONS = ("delimiter", "encoding", "decimal", "fields", "tags", "values", "defaults", "dates")
_ADDRESS = tuple(f"address.{key}" for key in inquiry.ADDRESS_KEYS)
_PLACE = ("location.lat", "location.lon")
WHOLE_NAME = "contact.name"
"""A column with first and last name: it is parted, and fills what columns of their own do not."""
OURS: Mapping[str, tuple[str, ...]] = {
    "partners": (
        *(key for key in partner.PARTNER_KEYS if key not in ("address", "location", "tags", "calendar")),
        *_ADDRESS, *_PLACE,
    ),
    "leads": (
        *(key for key in inquiry.LEAD_KEYS
          if key not in ("contact", "contacts", "address", "location", "utm", "consent", "custom")),
        *(f"contact.{key}" for key in inquiry.CONTACT_KEYS), WHOLE_NAME, *_ADDRESS, *_PLACE,
        *(f"utm.{key}" for key in inquiry.UTM_KEYS), *(f"consent.{key}" for key in particulars.CONSENT_KEYS),
    ),
}  # fmt: skip
"""The paths that a mapping may fill, by what is imported; ``custom.KEY`` comes on top for leads, tags for partners."""

_SIGNS = {"€": "EUR", "£": "GBP"}
_MONEY = re.compile(r"([€£]|[A-Z]{3})?\s*([-\d].*?)\s*([€£]|[A-Z]{3})?")
"""An amount, and its currency before or behind: "48.000,00 €", "EUR 5000"."""

Band = tuple[Decimal | None, str]
"""Below this number it is this value; None stands for all that is left."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one value comes about: the columns it is joined from, and what is done with the text then."""

    columns: tuple[str, ...]
    joined_with: str = " "
    bands: tuple[Band, ...] = ()
    split_at: str = ""

    def text(self, row: Mapping[str, str | None]) -> str:
        """Return the columns' texts of a row, the empty ones left out; "" if all are."""
        if len(self.columns) == 1:
            return (row.get(self.columns[0]) or "").strip()
        parts = ((row.get(column) or "").strip() for column in self.columns)
        return self.joined_with.join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class ImportMapping:
    """A mapping as it was written. ``delimiter`` and ``encoding`` are "auto" where they are to be detected."""

    fields: Mapping[str, Cell] = field(default_factory=dict)
    tags: Mapping[str, Cell] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    dates: str = ""
    delimiter: str = "auto"
    encoding: str = "auto"
    decimal: str = "."

    @classmethod
    def read(cls, toml_text: str, kind: Kind | None = None) -> ImportMapping:
        """Read a mapping from TOML; with ``kind`` the fields of ours are checked as well.

        Raises:
            WrongContent: names the line that is no TOML, or every section, field and form that is not right.
        """
        try:
            table = tomllib.loads(toml_text)
        except (tomllib.TOMLDecodeError, RecursionError) as fault:
            raise WrongContent([FieldError("mapping", f"is no TOML: {fault}")]) from None
        return cls.of(table, kind)

    @classmethod
    def of(cls, table: Mapping[str, object], kind: Kind | None = None) -> ImportMapping:
        """Take a mapping that was read already, as a source's ``mapping`` is; otherwise like ``read``."""
        return _Reading(table, kind).mapping()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that is asked for, each once."""
        cells = (*self.fields.values(), *self.tags.values())
        return tuple(dict.fromkeys(column for cell in cells for column in cell.columns))

    def check_columns(self, header: Iterable[str]) -> None:
        """Refuse a table that lacks a column, naming those it has.

        Raises:
            WrongContent: one error for each missing column.
        """
        known = [name for name in header if name]
        errors = []
        for column in self.columns:
            if column not in known:
                near = difflib.get_close_matches(column, known, n=1)
                hint = f'did you mean "{near[0]}"? ' if near else ""
                errors.append(FieldError(column, f"is no column of the file; {hint}It has {', '.join(known[:100])}"))
        if errors:
            raise WrongContent(errors)

    def apply(self, row: Mapping[str, str | None]) -> dict[str, object]:
        """Return a row in the shape of the API: nested, joined, replaced, banded; empty cells are left out."""
        payload: dict[str, object] = {}
        for path, cell in self.fields.items():
            text = cell.text(row)
            if path == "value" and text not in self.values.get(path, {}) and (money := _MONEY.fullmatch(text)):
                sign, text = money[1] or money[3], money[2]
                if sign:
                    _put(payload, "currency", _SIGNS.get(sign, sign), over=False)
            if text and path != WHOLE_NAME:
                _put(payload, path, self._value(path, cell, text))
        if (whole := self.fields.get(WHOLE_NAME)) and (text := whole.text(row)):
            for path, part in zip(("contact.first_name", "contact.last_name"), parted_name(text), strict=True):
                if part:
                    _put(payload, path, part, over=False)
        tags: dict[str, object] = {}
        for dimension, cell in self.tags.items():
            text = cell.text(row)
            if text:
                tags[dimension] = self._tag_values(dimension, cell, text)
        tags = {dimension: values for dimension, values in tags.items() if values}
        if tags:
            payload["tags"] = tags
        for path, value in self.defaults.items():
            _put(payload, path, value, over=False)
        return payload

    def _value(self, path: str, cell: Cell, text: str) -> object:
        replaced = self.values.get(path)
        if replaced is not None and text in replaced:
            return replaced[text]
        if cell.bands:
            return _banded(cell.bands, text) or text
        if cell.split_at:
            return _split(text, cell.split_at)
        if path == "value":
            return _amount(text, self.decimal)
        if self.dates and (path == "consent.at" or path.startswith("custom.")):
            return _moment(text, self.dates, with_offset=path == "consent.at")
        return text

    def _tag_values(self, dimension: str, cell: Cell, text: str) -> list[str]:
        replaced = self.values.get(f"tags.{dimension}", {})
        texts = _split(text, cell.split_at) if cell.split_at else [text]
        values = [str(replaced[one]) if one in replaced else _banded(cell.bands, one) if cell.bands else one
                  for one in texts]  # fmt: skip
        return [value for value in dict.fromkeys(values) if value]


def _put(payload: dict[str, object], path: str, value: object, *, over: bool = True) -> None:
    *outer, last = path.split(".", 1)
    inner: object = payload.setdefault(outer[0], {}) if outer else payload
    if isinstance(inner, dict) and (over or last not in inner):
        inner[last] = value


def _split(text: str, at: str) -> list[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(at) if part.strip()))


def _banded(bands: tuple[Band, ...], text: str) -> str:
    """Return the band that a number falls into, "" for what is no number."""
    try:
        number = Decimal(text.replace(" ", ""))
    except InvalidOperation:
        return ""
    if not number.is_finite():
        return ""
    return next((value for below, value in bands if below is None or number < below), "")


def _amount(text: str, decimal: str) -> str:
    """Return an amount with a decimal point and without thousands marks."""
    bare = text.replace("\u00a0", "").replace(" ", "").replace("'", "").replace("’", "")
    if decimal == ",":
        bare = bare.replace(".", "").replace(",", ".")
    return bare


def _moment(text: str, form: str, *, with_offset: bool) -> str:
    """Return a time in ISO 8601 if it has the mapping's form, else the text as it is; UTC where an offset is due."""
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - the file says no offset; the caller adds it
    except ValueError:
        return text
    if not with_offset:
        return moment.isoformat() if any((moment.hour, moment.minute, moment.second)) else moment.date().isoformat()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


class _Reading:
    """One reading of a mapping, noting everything that is not right."""

    def __init__(self, table: Mapping[str, object], kind: Kind | None) -> None:
        self.table = table
        self.kind = kind
        self.errors: list[FieldError] = []

    def wrong(self, where: str, message: str) -> None:
        self.errors.append(FieldError(where, message))

    def mapping(self) -> ImportMapping:
        for name in self.table:
            if name not in _SECTIONS:
                near = difflib.get_close_matches(name, _SECTIONS, n=1)
                hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(_SECTIONS)}."
                self.wrong(str(name)[:60], f"is no part of a mapping; {hint}")
        fields = {path: self._cell(f"fields.{path}", given) for path, given in self._flat("fields").items()}
        tags = {name: self._cell(f"tags.{name}", given) for name, given in self._section("tags").items()}
        values = self._values()
        defaults = self._flat("defaults")
        for section, paths in (("fields", fields), ("defaults", defaults), ("values", values)):
            for path in paths:
                self._check_path(section, path)
        if tags and self.kind == "leads":
            self.wrong("tags", "are for partners only; a lead has custom fields")
        form = self._dates()
        delimiter, encoding = self._text("delimiter", "auto"), self._text("encoding", "auto")
        decimal = self._text("decimal", ".")
        if delimiter != "auto" and len(delimiter) != 1:
            self.wrong("delimiter", 'must be "auto" or one character, such as ";"')
        if decimal not in (".", ","):
            self.wrong("decimal", 'must be "." or ","')
        if not fields:
            self.wrong("fields", 'is empty; write for example company = "Firma"')
        if self.errors:
            raise WrongContent(self.errors)
        return ImportMapping(
            {path: cell for path, cell in fields.items() if cell}, {name: cell for name, cell in tags.items() if cell},
            values, defaults, form, delimiter, encoding, decimal,
        )  # fmt: skip

    def _text(self, key: str, default: str) -> str:
        given = self.table.get(key, default)
        if not isinstance(given, str):
            self.wrong(key, "must be a text")
            return default
        return given

    def _section(self, name: str) -> Mapping[str, object]:
        given = self.table.get(name, {})
        if not isinstance(given, Mapping):
            self.wrong(name, f"must be a section: [{name}]")
            return {}
        return given

    def _flat(self, name: str) -> dict[str, object]:
        """Return a section with dotted paths; ``address.city`` may be quoted, dotted or a table of its own."""
        flat: dict[str, object] = {}
        for key, given in self._section(name).items():
            if isinstance(given, Mapping) and not given.keys() & {"join", "column", "bands", "split", "with"}:
                flat.update({f"{key}.{inner}": value for inner, value in given.items()})
            else:
                flat[key] = given
        return flat

    def _values(self) -> dict[str, Mapping[str, object]]:
        values: dict[str, Mapping[str, object]] = {}
        for key, given in self._section("values").items():
            if not isinstance(given, Mapping):
                self.wrong(f"values.{key}", 'must be a section of replacements, such as USA = "US"')
            elif given and all(isinstance(inner, Mapping) for inner in given.values()):
                values.update({f"{key}.{inner}": value for inner, value in given.items()})
            else:
                values[key] = given
        return values

    def _dates(self) -> str:
        section = self._section("dates")
        for key in section:
            if key != "format":
                self.wrong(f"dates.{key}", 'is unknown; only format is, such as "%d.%m.%Y"')
        form = section.get("format", "")
        if not isinstance(form, str) or (form and "%" not in form):
            self.wrong("dates.format", 'must be a form such as "%d-%m-%Y %H:%M:%S"')
            return ""
        return form

    def _check_path(self, section: str, path: str) -> None:
        if self.kind is None or path.startswith("tags." if self.kind == "partners" else "custom."):
            return
        known = OURS[self.kind]
        if path not in known:
            near = difflib.get_close_matches(path, known, n=1)
            hint = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}."
            self.wrong(f"{section}.{path}", f"is no field of {self.kind}; {hint}")

    def _cell(self, where: str, given: object) -> Cell | None:
        if isinstance(given, str) and given:
            return Cell((given,))
        if not isinstance(given, Mapping):
            self.wrong(where, 'must be a column\'s name, {join = ["A", "B"], with = ", "} or {column = "A", bands = …}')
            return None
        for key in given.keys() - {"join", "with", "column", "bands", "split"}:
            self.wrong(f"{where}.{key}", "is unknown; there are join, with, column, bands, split")
        columns = given.get("join", [given.get("column")])
        if not isinstance(columns, list) or not columns or not all(isinstance(name, str) and name for name in columns):
            self.wrong(where, 'must name its column or columns, such as {join = ["A", "B"], with = ", "}')
            return None
        joined, split = given.get("with", " "), given.get("split", "")
        if not isinstance(joined, str) or not isinstance(split, str):
            self.wrong(where, "must have texts for with and split")
            return None
        return Cell(tuple(columns), joined, self._bands(where, given.get("bands", [])), split)

    def _bands(self, where: str, given: object) -> tuple[Band, ...]:
        bands: list[Band] = []
        for band in given if isinstance(given, list) else [None]:
            match band:
                case [bool(), _]:
                    break
                case [int() | float() as below, str() as value]:
                    bands.append((Decimal(str(below)), value))
                case [str() as value]:
                    bands.append((None, value))
                case _:
                    break
        bounds = [below for below, _ in bands if below is not None]
        in_order = bounds == sorted(set(bounds)) and all(below is not None for below, _ in bands[:-1])
        if not isinstance(given, list) or len(bands) != len(given) or not in_order or any(b.is_nan() for b in bounds):
            self.wrong(f"{where}.bands", 'must rise, such as [[1000, "small"], [5000, "medium"], ["large"]]')
            return ()
        return tuple(bands)
