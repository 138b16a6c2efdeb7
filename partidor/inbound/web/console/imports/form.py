"""The form of a mapping: which column goes to which field, read from what was posted and filled from a mapping."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from partidor.domain.intake.mapping import OURS, Cell, ImportMapping, Kind
from partidor.domain.intake.mapping_text import mapping_table
from partidor.domain.intake.suggest import meaning
from partidor.inbound.files.preview import Sampled
from partidor.inbound.web.console.lists import Choice
from partidor.inbound.web.console.wording import dimension_label

FIELD_NAMES: Mapping[str, str] = {
    "external_id": gettext_noop("Your number"),
    "name": gettext_noop("Name"),
    "kind": gettext_noop("Kind"),
    "parents": gettext_noop("Its distributors"),
    "email": gettext_noop("E-mail"),
    "phone": gettext_noop("Phone"),
    "language": gettext_noop("Language"),
    "time_zone": gettext_noop("Time zone"),
    "weight": gettext_noop("Weight"),
    "max_open_leads": gettext_noop("Open leads at most"),
    "monthly_cap": gettext_noop("A month at most"),
    "weekly_pace": gettext_noop("In seven days at most"),
    "address.street": gettext_noop("Street"),
    "address.postal_code": gettext_noop("Postal code"),
    "address.city": gettext_noop("Town"),
    "address.region": gettext_noop("State or region"),
    "address.country": gettext_noop("Country"),
    "location.lat": gettext_noop("Latitude"),
    "location.lon": gettext_noop("Longitude"),
    "company": gettext_noop("Company"),
    "inquiry": gettext_noop("Inquiry"),
    "product": gettext_noop("Product"),
    "vertical": gettext_noop("Vertical"),
    "employees": gettext_noop("Employees"),
    "value": gettext_noop("Value"),
    "currency": gettext_noop("Currency"),
    "temperature": gettext_noop("Temperature"),
    "timeline": gettext_noop("Timeline"),
    "campaign": gettext_noop("Campaign"),
    "test": gettext_noop("A test"),
    "contact.name": gettext_noop("First and last name"),
    "contact.first_name": gettext_noop("First name"),
    "contact.last_name": gettext_noop("Last name"),
    "contact.email": gettext_noop("E-mail"),
    "contact.phone": gettext_noop("Phone"),
    "contact.job_title": gettext_noop("Job title"),
    "contact.role": gettext_noop("Role in the purchase"),
    "utm.source": gettext_noop("Campaign source"),
    "utm.medium": gettext_noop("Campaign medium"),
    "utm.campaign": gettext_noop("Campaign name"),
    "utm.term": gettext_noop("Campaign term"),
    "utm.content": gettext_noop("Campaign content"),
    "consent.basis": gettext_noop("Legal basis"),
    "consent.share": gettext_noop("May be shared"),
    "consent.recipients": gettext_noop("Recipients agreed to"),
    "consent.text": gettext_noop("Text agreed to"),
    "consent.version": gettext_noop("Version of the text"),
    "consent.at": gettext_noop("Time of consent"),
    "consent.marketing": gettext_noop("Marketing agreed"),
}
_PLACE = ("address.street", "address.postal_code", "address.city", "address.region", "address.country")
CHIEF: Mapping[Kind, tuple[str, ...]] = {
    "partners": ("name", "external_id", "kind", "email", "phone", *_PLACE),
    "leads": ("company", "contact.name", "contact.first_name", "contact.last_name", "contact.email",
              "contact.phone", "inquiry", "product", "external_id", *_PLACE, "value"),
}  # fmt: skip
"""What is asked for at once; the others stand below, folded, unless they are in use."""
SPARE = 2
"""Empty rows for further tags or fields of one's own."""
MOST_EXTRAS = 60
MOST_OFFERED = 200
"""Columns in a select; a table that is wider has its mapping from a file."""
EXTRA: Mapping[Kind, str] = {"partners": "tags", "leads": "custom"}


def field_name(path: str) -> str:
    """Name a field of ours."""
    if path in FIELD_NAMES:
        return _(FIELD_NAMES[path])
    kind, _dot, name = path.partition(".")
    return dimension_label(name, get_language() or "en") if kind == "tags" and name else path.removeprefix("custom.")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field of ours in the form."""

    path: str
    name: str
    columns: tuple[Choice, ...]
    sample: str
    constant: str
    values: str


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """One tag, or one field of the vendor's own."""

    at: int
    name: str
    columns: tuple[Choice, ...]
    sample: str
    split: str
    bands: str
    values: str


@dataclass(frozen=True, slots=True)
class MappingForm:
    """The form, filled."""

    chief: tuple[FieldRow, ...]
    others: tuple[FieldRow, ...]
    extras: tuple[ExtraRow, ...]
    decimal: str
    dates: str
    delimiter: str
    encoding: str


def filled(mapping: ImportMapping, kind: Kind, table: Sampled) -> MappingForm:
    """Fill the form from a mapping."""
    rows = {path: _field_row(path, mapping, table) for path in OURS[kind] if path != "source"}
    chief = [path for path in rows if path in CHIEF[kind] or path in mapping.fields or path in mapping.defaults]
    chief.sort(key=lambda path: CHIEF[kind].index(path) if path in CHIEF[kind] else len(CHIEF[kind]))
    cells = mapping.tags if kind == "partners" else _custom(mapping)
    named = [*cells.items(), *(("", None) for _each in range(SPARE))]
    return MappingForm(
        tuple(rows[path] for path in chief),
        tuple(row for path, row in rows.items() if path not in chief),
        tuple(_extra_row(at, name, cell, mapping, kind, table) for at, (name, cell) in enumerate(named)),
        mapping.decimal,
        mapping.dates,
        "" if mapping.delimiter == "auto" else mapping.delimiter,
        "" if mapping.encoding == "auto" else mapping.encoding,
    )


def _custom(mapping: ImportMapping) -> dict[str, Cell]:
    return {path[7:]: cell for path, cell in mapping.fields.items() if path.startswith("custom.")}


def _field_row(path: str, mapping: ImportMapping, table: Sampled) -> FieldRow:
    cell = mapping.fields.get(path)
    constant = _shown(mapping.defaults[path]) if path in mapping.defaults else ""
    return FieldRow(path, field_name(path), _columns(cell, table.header), _sample(cell, table), constant,
                    _values_text(mapping.values.get(path, {})))  # fmt: skip


def _extra_row(
    at: int, name: str, cell: Cell | None, mapping: ImportMapping, kind: Kind, table: Sampled
) -> ExtraRow:  # fmt: skip
    bands = "; ".join(value if below is None else f"{below:f} {value}" for below, value in (cell.bands if cell else ()))
    return ExtraRow(at, name, _columns(cell, table.header), _sample(cell, table), cell.split_at if cell else "", bands,
                    _values_text(mapping.values.get(f"{EXTRA[kind]}.{name}", {}) if name else {}))  # fmt: skip


def _columns(cell: Cell | None, header: Sequence[str]) -> tuple[Choice, ...]:
    """Return the choices of a select: every column by its number, and a joined one as it is."""
    chosen = cell.columns if cell else ()
    choices = [
        Choice(str(at), name, chosen == (name,))
        for at, name in enumerate(header)
        if at < MOST_OFFERED or name in chosen
    ]
    if len(chosen) > 1 and all(name in header for name in chosen):
        numbers = ",".join(str(header.index(name)) for name in chosen)
        choices.insert(0, Choice(numbers, " + ".join(chosen), True))
    return tuple(choices)


def _sample(cell: Cell | None, table: Sampled) -> str:
    texts = dict.fromkeys(text for row in table.rows if (text := cell.text(row))) if cell else {}
    return " · ".join(text[:60] for text in list(texts)[:2])


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _values_text(values: Mapping[str, object]) -> str:
    return "\n".join(f"{given} = {_shown(meant)}" for given, meant in values.items())


# Read -----------------------------------------------------------------------------------------------------------------


def posted(given: QueryDict, kind: Kind, table: Sampled, before: ImportMapping) -> ImportMapping:
    """Read the form. What the form cannot say, such as how columns are joined, stays as it was.

    Raises:
        WrongContent: says what is not right.
    """
    kept = mapping_table(before)
    fields: dict[str, object] = {}
    tags: dict[str, object] = {}
    values: dict[str, object] = {}
    defaults: dict[str, object] = {}
    for path in (path for path in OURS[kind] if path != "source"):
        if cell := _cell(given.get(f"column:{path}", ""), table.header, before.fields.get(path)):
            fields[path] = cell
        if constant := meaning(path, given.get(f"constant:{path}", "").strip()):
            earlier = before.defaults.get(path)
            defaults[path] = earlier if earlier is not None and _shown(earlier) == constant else constant
        if replaced := _replaced(given.get(f"values:{path}", "")):
            values[path] = {theirs: meaning(path, ours) for theirs, ours in replaced.items()}
    for at in range(MOST_EXTRAS):
        name = given.get(f"extra:{at}:name", "").strip()
        old = (before.tags if kind == "partners" else _custom(before)).get(name)
        cell = _cell(given.get(f"extra:{at}:column", ""), table.header, old)
        if not name or not cell:
            continue
        cell = _shaped(cell, given.get(f"extra:{at}:split", ""), given.get(f"extra:{at}:bands", ""))
        if kind == "partners":
            tags[name] = cell
        else:
            fields[f"custom.{name}"] = cell
        if replaced := _replaced(given.get(f"extra:{at}:values", "")):
            values[f"{EXTRA[kind]}.{name}"] = replaced
    written = {
        "fields": fields,
        "tags": tags,
        "values": values,
        "defaults": defaults,
        "decimal": given.get("decimal", "") or ".",
        "delimiter": {"tab": "\t"}.get(given.get("delimiter", ""), given.get("delimiter", "")) or "auto",
        "encoding": given.get("encoding", "").strip() or "auto",
        "dates": {"format": form} if (form := given.get("dates", "").strip()) else {},
    }
    return ImportMapping.of({**kept, **written}, kind)


def _cell(numbers: str, header: Sequence[str], before: Cell | None) -> dict[str, object] | None:
    """Return how a value comes about, in the shape of TOML; None if no column was chosen."""
    try:
        columns = [header[int(number)] for number in numbers.split(",") if number]
    except (ValueError, IndexError):
        return None
    if not columns:
        return None
    cell: dict[str, object] = {"column": columns[0]} if len(columns) == 1 else {"join": columns}
    if before and before.columns == tuple(columns):
        if len(columns) > 1:
            cell["with"] = before.joined_with
        if before.split_at:
            cell["split"] = before.split_at
        if before.bands:
            cell["bands"] = [[value] if below is None else [float(below), value] for below, value in before.bands]
    return cell


def _shaped(cell: dict[str, object], split: str, bands: str) -> dict[str, object]:
    """Put in how a tag is parted and banded; both are in the form, so what stood there before is gone."""
    shaped = {key: part for key, part in cell.items() if key not in ("split", "bands")}
    if split:
        shaped["split"] = split
    if listed := [part.strip() for part in bands.split(";") if part.strip()]:
        shaped["bands"] = [_band(part) for part in listed]
    return shaped


def _band(text: str) -> list[object]:
    below, _blank, value = text.partition(" ")
    try:
        return [float(below), value.strip()] if value.strip() else [text]
    except ValueError:
        return [text]


def _replaced(text: str) -> dict[str, str]:
    pairs: Iterable[tuple[str, str, str]] = (line.rpartition("=") for line in text.splitlines() if "=" in line)
    return {given.strip(): meant.strip() for given, _equals, meant in pairs if given.strip()}
