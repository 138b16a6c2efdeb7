"""Sources and custom fields as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partidor.access.network import fields_of, source_for, sources_of
from partidor.access.viewer import Viewer
from partidor.models import FieldDefinition, Source
from partidor.queries.paging import Page, Wanted, page


@dataclass(frozen=True, slots=True)
class SourceCard:
    """Where leads come from."""

    id: UUID
    name: str
    kind: str
    review: bool
    default_temperature: str
    mapping: dict[str, object]
    required: list[str]
    created_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class FieldCard:
    """A custom field: its key, type, and label per language."""

    id: UUID
    key: str
    type: str
    label: dict[str, str]
    created_at: datetime


def source_card(source: Source) -> SourceCard:
    """Show a source."""
    return SourceCard(
        source.pk,
        source.name,
        source.kind,
        source.review,
        source.default_temperature,
        dict(source.mapping),
        list(source.required),
        source.created_at,
        source.archived_at,
    )


def field_card(field: FieldDefinition) -> FieldCard:
    """Show a custom field."""
    return FieldCard(field.pk, field.key, field.type, dict(field.label), field.created_at)


def one_source(viewer: Viewer, source_id: UUID) -> SourceCard:
    """Show one source that is in use. Raises NotFound, NotAllowed."""
    viewer.require_vendor("rules:read", "rules:write")
    return source_card(source_for(viewer, source_id))


def sources(viewer: Viewer, wanted: Wanted) -> Page[SourceCard]:
    """List the sources in use, newest first."""
    viewer.require_vendor("rules:read", "rules:write")
    found = page(sources_of(viewer), wanted, by="created_at")
    return found.of([source_card(source) for source in found.items])


def fields(viewer: Viewer, wanted: Wanted) -> Page[FieldCard]:
    """List the custom fields, newest first."""
    viewer.require_vendor("rules:read", "rules:write")
    found = page(fields_of(viewer), wanted, by="created_at")
    return found.of([field_card(field) for field in found.items])


def source_names(viewer: Viewer) -> list[str]:
    """List the sources in use by name."""
    viewer.require_vendor("leads:write", "leads:read")
    return sorted(sources_of(viewer).values_list("name", flat=True))
