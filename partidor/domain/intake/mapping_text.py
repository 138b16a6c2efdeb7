"""A mapping written back as the TOML it is read from; reading it again gives the same mapping."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal

from partidor.domain.intake.mapping import Cell, ImportMapping

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def mapping_table(mapping: ImportMapping) -> dict[str, object]:
    """Return a mapping as the table that ``ImportMapping.of`` takes; what is as usual is left out."""
    table: dict[str, object] = {
        key: getattr(mapping, key)
        for key, usual in (("delimiter", "auto"), ("encoding", "auto"), ("decimal", "."))
        if getattr(mapping, key) != usual
    }
    table["fields"] = {path: _cell(cell) for path, cell in mapping.fields.items()}
    table["tags"] = {name: _cell(cell) for name, cell in mapping.tags.items()}
    table["values"] = {path: dict(values) for path, values in mapping.values.items()}
    table["defaults"] = dict(mapping.defaults)
    table["dates"] = {"format": mapping.dates} if mapping.dates else {}
    return {name: part for name, part in table.items() if part}


def _cell(cell: Cell) -> object:
    if len(cell.columns) == 1 and not cell.bands and not cell.split_at:
        return cell.columns[0]
    written: dict[str, object] = {"column": cell.columns[0]} if len(cell.columns) == 1 else {"join": list(cell.columns)}
    if len(cell.columns) > 1 and cell.joined_with != " ":
        written["with"] = cell.joined_with
    if cell.split_at:
        written["split"] = cell.split_at
    if cell.bands:
        written["bands"] = [[value] if below is None else [below, value] for below, value in cell.bands]
    return written


def mapping_text(mapping: ImportMapping) -> str:
    """Write a mapping as TOML."""
    table = mapping_table(mapping)
    lines = [f"{key} = {_value(part)}" for key, part in table.items() if not isinstance(part, Mapping)]
    for name, part in table.items():
        if not isinstance(part, Mapping):
            continue
        if name == "values":
            for path, values in part.items():
                lines += [
                    "",
                    f"[values.{_key(path)}]",
                    *(f"{_key(key)} = {_value(one)}" for key, one in values.items()),
                ]
        else:
            lines += ["", f"[{name}]", *(f"{_key(key)} = {_value(one)}" for key, one in part.items())]
    return "\n".join(lines).strip() + "\n"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    # JSON's strings are TOML's, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())}}}"
    if isinstance(value, Decimal):
        return str(int(value)) if value == int(value) else f"{value:f}"
    return str(value)
