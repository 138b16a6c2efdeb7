"""Rows of a file as they would be taken, and refused ones with their reasons, in the reader's language."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from partidor.domain.intake.codes import region_name
from partidor.domain.intake.inquiry import Inquiry
from partidor.domain.intake.mapping import WHOLE_NAME
from partidor.domain.intake.partner import PartnerForm
from partidor.domain.money import money_text
from partidor.domain.refusal import WrongContent
from partidor.domain.words import FLAG, PARTNER_KIND, TEMPERATURE
from partidor.inbound.files.batches import Taken, harmless
from partidor.inbound.files.preview import Previewed
from partidor.inbound.web.components.wording import country_name, language_name
from partidor.inbound.web.console.faults import said
from partidor.inbound.web.console.imports.form import field_name

_NEXT_REASON = re.compile(r"; (?=[a-z][\w.-]*: )")


@dataclass(frozen=True, slots=True)
class RowShown:
    """One row as it would be taken."""

    number: int
    cells: tuple[str, ...]
    wrong: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    repeated: bool


def shown_rows(rows: Iterable[Previewed], paths: list[str]) -> list[RowShown]:
    """Show what each row would be, by the paths of ours."""
    return [_row(one, paths) for one in rows]


def _row(one: Previewed, paths: list[str]) -> RowShown:
    payload = one.line.read if isinstance(one.line.read, dict) else {}
    read = one.outcome.read if isinstance(one.outcome, Taken) else None
    cells = tuple(
        (_text(_reached(payload, each)) if read is None else _said(_text(_read(read, each)), each))[:160]
        for each in paths
    )
    if isinstance(one.outcome, WrongContent):
        wrong = tuple((field_name(error.field), said(error.message)) for error in one.outcome.errors)
        return RowShown(one.number, cells, wrong, (), False)
    flags = tuple(_(FLAG.get(flag, flag)) for flag in one.outcome.flags)
    return RowShown(one.number, cells, (), flags, one.outcome.repeated)


def _reached(payload: object, path_: str) -> object:
    for key in path_.split(".", 1):
        payload = payload.get(key) if isinstance(payload, dict) else None
    return payload


def _read(read: object, path_: str) -> object:
    """Return what a field was read as."""
    first, _dot, last = path_.partition(".")
    assert isinstance(read, PartnerForm | Inquiry)
    if first == "location":
        return read.point[last == "lon"] if read.point else ""
    if isinstance(read, PartnerForm):
        return read.tags.get(last, ()) if first == "tags" else getattr(read, last or first)
    if first == "value":
        return "" if read.value_minor is None else money_text(read.value_minor, read.currency)
    if first in ("custom", "consent"):
        return (getattr(read, first) or {}).get(last, "")
    if path_ == WHOLE_NAME:
        return f"{read.contact.first_name} {read.contact.last_name}".strip()
    if first == "contact":
        return getattr(read.contact, last)
    return getattr(read, f"utm_{last}" if first == "utm" else last or first)


def _said(text: str, path_: str) -> str:
    """Say what was read in words: codes by their names."""
    match path_ if text else "":
        case "address.country":
            return country_name(text)
        case "address.region":
            return region_name(text, get_language() or "en")
        case "language":
            return language_name(text)
        case "kind" | "temperature":
            return _({**PARTNER_KIND, **TEMPERATURE}[text])
    return text


def _text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "" if value is None else str(value)


def told_again(refused: Path) -> bytes:
    """Return a file of refused rows with its last column, the reasons, in the reader's language."""
    text = io.StringIO()
    with refused.open(encoding="utf-8-sig", newline="") as kept:
        rows, told = csv.reader(kept), csv.writer(text)
        told.writerow(next(rows))
        told.writerows([*cells, harmless(_reasons(reasons))] for *cells, reasons in rows)
    return text.getvalue().encode("utf-8-sig")


def _reasons(reasons: str) -> str:
    each = (one.partition(": ") for one in _NEXT_REASON.split(reasons))
    return "; ".join(f"{field_name(path)}: {said(message)}" for path, _colon, message in each)
