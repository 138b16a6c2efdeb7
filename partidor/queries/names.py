"""What things are called: partners, people and keys by id, fields of the vendor's own by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from partidor.access.network import fields_of, keys_of, memberships_of, partners_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.domain.languages import first_spoken


class Deed(Protocol):
    """Anything that somebody did: a row that keeps who it was."""

    by_kind: str
    by_id: str


def partner_names(viewer: Viewer, ids: Iterable[object]) -> dict[str, str]:
    """Name partners, archived ones too, by id; what is no id, or nobody's, is left out."""
    wanted = {parsed for one in ids if (parsed := _uuid(one)) is not None}
    if not wanted:
        return {}
    return {str(pk): name for pk, name in partners_of(viewer).filter(pk__in=wanted).values_list("pk", "name")}


def doer_names(viewer: Viewer, deeds: Iterable[Deed]) -> dict[str, str]:
    """Name the people and keys that did something, by id; nobody else."""
    done = list(deeds)
    people = {one.by_id for one in done if one.by_kind == "person"}
    keys = {one.by_id for one in done if one.by_kind == "key"}
    found: dict[str, str] = {}
    if people:
        named = memberships_of(viewer).filter(person_id__in=people).values_list("person_id", "person__name")
        found |= {str(pk): name for pk, name in named}
    if keys:
        found |= {str(pk): name for pk, name in keys_of(viewer).filter(pk__in=keys).values_list("pk", "name")}
    return found


def field_labels(viewer: Viewer, language: str) -> dict[str, str]:
    """Call the vendor's own fields as it does, by key; a field without any label is left out."""
    own = vendor_of(viewer).language
    said = {key: said_in(label, language, own) for key, label in fields_of(viewer).values_list("key", "label")}
    return {key: label for key, label in said.items() if label}


def said_in(texts: Mapping[str, str], language: str, fallback: str) -> str:
    """Return a text of the vendor's own in a language, else in its vendor's, else in any; may be empty."""
    spoken = (first_spoken([language]), first_spoken([fallback]), *texts)
    return next((texts[one] for one in spoken if texts.get(one)), "")


def _uuid(value: object) -> UUID | None:
    try:
        return value if isinstance(value, UUID) else UUID(str(value))
    except ValueError:
        return None
