"""Rows of a file taken in batches: what is wrong with one never touches the others, and each refusal has a reason."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TextIO

from django.db import InterfaceError, OperationalError

from partidor.domain.intake.mapping import ImportMapping
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.files.tables import read_table

log = logging.getLogger(__name__)
BATCH = 100

Payload = dict[str, object]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its own cells as they stood there, and what the mapping made of them."""

    cells: Mapping[str, str]
    read: Payload | WrongContent


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one row: taken now or before, and the flags that tell what was mended or assumed."""

    repeated: bool = False
    flags: tuple[str, ...] = ()
    read: object = None
    """What the row was read as, where nothing was written."""


def lines_of(path: Path, mapping: ImportMapping) -> Iterator[Line]:
    """Read a table row by row through a mapping. Raises UnreadableTable, and WrongContent for a missing column."""
    table = read_table(path, delimiter=mapping.delimiter, encoding=mapping.encoding)
    mapping.check_columns(table.header)
    for cells in table.rows:
        try:
            read: Payload | WrongContent = mapping.apply(cells)
        except WrongContent as wrong:
            read = wrong
        yield Line(cells, read)


def about_rows(path: Path) -> int | None:
    """Say roughly how many rows a file has, for a progress bar; None for a workbook, which does not tell cheaply."""
    with path.open("rb") as opened:
        if opened.read(2) == b"PK":
            return None
        opened.seek(0)
        return max(0, sum(chunk.count(b"\n") for chunk in iter(lambda: opened.read(2**20), b"")) - 1)


Take = Callable[[Sequence[Payload]], Sequence[Taken | WrongContent]]


@dataclass(slots=True)
class Tally:
    """What became of the rows of a file."""

    rows: int = 0
    taken: int = 0
    repeated: int = 0
    refused: int = 0
    flagged: int = 0
    flags: Counter[str] = field(default_factory=Counter)

    def count(self, outcome: Taken | WrongContent) -> None:
        """Count one row."""
        self.rows += 1
        if isinstance(outcome, WrongContent):
            self.refused += 1
        elif outcome.repeated:
            self.repeated += 1
        else:
            self.taken += 1
            self.flagged += bool(outcome.flags)
            self.flags.update(outcome.flags)


_FORMULA = re.compile(r"\s*[=@+-]|[\t\r\n]")
_PHONE = re.compile(r"\s*[+-]?[\d\s().,/-]+")


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe before what begins like one.

    Phones and numbers begin so too, and stay what they are.
    """
    return f"'{cell}" if _FORMULA.match(cell) and not _PHONE.fullmatch(cell) else cell


class RefusedFile:
    """Where refused rows go, with the reason in a column of its own; made when the first row is refused."""

    def __init__(self, path: Path) -> None:
        """Take the path; what an earlier run left there is removed."""
        self.path = path
        self._file: TextIO | None = None
        self._columns: list[str] = []
        path.unlink(missing_ok=True)

    def add(self, cells: Mapping[str, str], reason: str) -> None:
        """Keep one row as it came, so that it can be mended and imported again."""
        if self._file is None:
            self._columns = [name for name in cells if name != "reason"]
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow([*map(harmless, self._columns), "reason"])
        csv.writer(self._file).writerow([*(harmless(cells.get(name, "")) for name in self._columns), harmless(reason)])

    @property
    def written(self) -> Path | None:
        """Return the path if there is a file."""
        return self.path if self._file is not None else None

    def close(self) -> None:
        """End the file."""
        if self._file is not None:
            self._file.close()


@contextmanager
def refused_beside(path: Path | None) -> Iterator[RefusedFile | None]:
    """Keep refused rows beside a file; None keeps none."""
    kept = None if path is None else RefusedFile(path.with_name(f"{path.name}.refused.csv"))
    try:
        yield kept
    finally:
        if kept is not None:
            kept.close()


def taking(lines: Iterable[Line], take: Take, *, refused: RefusedFile | None, batch_of: int = BATCH) -> Iterator[Tally]:
    """Take lines a batch at a time, each batch whole or not at all; after each, yield the one tally as it stands."""
    tally = Tally()
    each = iter(lines)
    while batch := list(islice(each, batch_of)):
        readable = [line.read for line in batch if not isinstance(line.read, WrongContent)]
        outcomes = iter(_taken(readable, take))
        for line in batch:
            outcome = line.read if isinstance(line.read, WrongContent) else next(outcomes)
            tally.count(outcome)
            if isinstance(outcome, WrongContent) and refused is not None:
                refused.add(line.cells, "; ".join(f"{error.field}: {error.message}" for error in outcome.errors))
        yield tally


def take_all(lines: Iterable[Line], take: Take, *, refused: RefusedFile | None, told: Callable[[Tally], None]) -> Tally:
    """Take lines a hundred at a time; ``told`` hears after each batch how far it is."""
    tally = Tally()
    for tally in taking(lines, take, refused=refused):
        told(tally)
    return tally


def _taken(payloads: Sequence[Payload], take: Take) -> Sequence[Taken | WrongContent]:
    """Take a batch; if a bug breaks it, take its rows one by one, so that one poisonous row costs only itself."""
    if not payloads:
        return ()
    try:
        return take(payloads)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no row is to blame
    except Exception as error:
        log.exception("a batch of %d rows broke", len(payloads))
        if len(payloads) == 1:
            reason = f"cannot be taken because of a bug ({type(error).__name__}); it is in the log"
            return (WrongContent([FieldError("row", reason)]),)
    return [outcome for payload in payloads for outcome in _taken([payload], take)]


def content_id(payload: Mapping[str, object]) -> str:
    """Make an external id from what a row says, so that the same row is known again whatever file it comes in."""
    text = json.dumps(payload, sort_keys=True, ensure_ascii=False, default=str)
    return f"row-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
