"""Sources and custom fields: add, change, archive."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from partidor.access.network import fields_of, source_for
from partidor.access.viewer import Viewer
from partidor.actions.transactions import in_one_transaction
from partidor.domain.intake.inquiry import REQUIRABLE, TEMPERATURES
from partidor.domain.refusal import FieldError, WrongContent
from partidor.models import FieldDefinition, Source
from partidor.models.source import FIELD_TYPES, SOURCE_KINDS

_SOURCE_KEYS = ("name", "kind", "review", "default_temperature", "mapping", "required")
_FIELD_KEYS = ("key", "type", "label")


@in_one_transaction
def add_source(payload: Mapping[str, object], *, by: Viewer, at: datetime) -> tuple[Source, bool]:
    """Add a source; return it, and whether one of this name was there already (then it stays as it is).

    Raises WrongContent, NotAllowed.
    """
    by.require_vendor("rules:write")
    columns = _read_source(payload, {"kind": "api", "review": False, "default_temperature": "warm"})
    if (same := Source.of(by.vendor_id, str(columns["name"]))) is not None:
        same.reopen()
        return same, True
    return Source.add(by.vendor_id, columns, at), False


@in_one_transaction
def change_source(source_id: UUID, patch: Mapping[str, object], *, by: Viewer, at: datetime) -> Source:
    """Change what the patch names. Raises WrongContent, NotFound, NotAllowed."""
    by.require_vendor("rules:write")
    source = source_for(by, source_id)
    columns = _read_source({"name": source.name, **patch}, {})
    if columns["name"] != source.name and Source.of(by.vendor_id, str(columns["name"])) is not None:
        raise WrongContent([FieldError("name", "is taken by another source; choose another name")])
    source.change(columns)
    return source


@in_one_transaction
def archive_source(source_id: UUID, *, by: Viewer, at: datetime) -> tuple[Source, bool]:
    """Archive a source: no new leads come from it. Return it, and whether it was archived already.

    Raises NotFound, NotAllowed.
    """
    by.require_vendor("rules:write")
    source = source_for(by, source_id, archived=True)
    if source.archived_at is not None:
        return source, True
    source.change({"archived_at": at})
    return source, False


def _read_source(payload: Mapping[str, object], defaults: Mapping[str, object]) -> dict[str, object]:
    errors = [
        FieldError(str(key), f"is not known; a source has {', '.join(_SOURCE_KEYS)}")
        for key in payload
        if key not in _SOURCE_KEYS
    ]
    columns: dict[str, object] = {**defaults, **{key: payload[key] for key in _SOURCE_KEYS if key in payload}}
    name = columns.get("name")
    if not isinstance(name, str) or not 1 <= len(name.strip()) <= 100 or not name.isprintable():
        errors.append(FieldError("name", "must be a printable text of 1 to 100 characters"))
    else:
        columns["name"] = name.strip()
    for key, allowed in (("kind", SOURCE_KINDS), ("default_temperature", TEMPERATURES)):
        if key in columns and columns[key] not in allowed:
            errors.append(FieldError(key, f"must be one of {', '.join(allowed)}"))
    if "review" in columns and not isinstance(columns["review"], bool):
        errors.append(FieldError("review", "must be true or false"))
    if "mapping" in columns and not isinstance(columns["mapping"], dict):
        errors.append(FieldError("mapping", "must be an object"))
    required = columns.get("required", [])
    if not isinstance(required, list) or not all(isinstance(each, str) and each in REQUIRABLE for each in required):
        errors.append(FieldError("required", f"must be a list of fields out of {', '.join(sorted(REQUIRABLE))}"))
    if errors:
        raise WrongContent(errors)
    return columns


@in_one_transaction
def define_field(payload: Mapping[str, object], *, by: Viewer, at: datetime) -> tuple[FieldDefinition, bool]:
    """Define a custom field; return it, and whether it was defined already (then its type and label stay).

    Raises WrongContent, NotAllowed.
    """
    by.require_vendor("rules:write")
    errors = [
        FieldError(str(key), f"is not known; a field has {', '.join(_FIELD_KEYS)}")
        for key in payload
        if key not in _FIELD_KEYS
    ]
    key, type_, label = payload.get("key"), payload.get("type", "text"), payload.get("label", {})
    if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", key):
        errors.append(FieldError("key", "must be up to 60 small letters, digits and _, beginning with a letter"))
    if type_ not in FIELD_TYPES:
        errors.append(FieldError("type", f"must be one of {', '.join(FIELD_TYPES)}"))
    if not isinstance(label, dict) or not all(isinstance(text, str) and len(text) <= 300 for text in label.values()):
        errors.append(FieldError("label", 'must name the field per language, such as {"en": "Budget"}'))
    if errors:
        raise WrongContent(errors)
    if (known := fields_of(by).filter(key=key).first()) is not None:
        return known, True
    return FieldDefinition.add(by.vendor_id, {"key": key, "type": type_, "label": label}, at), False
