"""A table before it is imported: its columns with samples, and its first rows as they would be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from partidor.domain.intake.mapping import ImportMapping, Kind
from partidor.domain.intake.suggest import suggested
from partidor.domain.refusal import WrongContent
from partidor.inbound.files.batches import Line, Take, Taken, lines_of
from partidor.inbound.files.tables import read_table

SAMPLE_ROWS = 100
PREVIEWED = 20
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sampled:
    """The columns of a table, each with its first different cells, and its first rows."""

    header: tuple[str, ...]
    samples: Mapping[str, tuple[str, ...]]
    rows: Sequence[Mapping[str, str]]

    def mapping(self, kind: Kind) -> ImportMapping:
        """Guess a mapping."""
        return suggested(kind, self.header, self.rows)


def sampled(path: Path, mapping: ImportMapping | None = None) -> Sampled:
    """Look at the head of a table. Raises UnreadableTable."""
    known = mapping or ImportMapping()
    table = read_table(path, delimiter=known.delimiter, encoding=known.encoding)
    rows = list(islice(table.rows, SAMPLE_ROWS))
    header = tuple(name for name in table.header if name)
    samples = {
        name: tuple(dict.fromkeys(cell for row in rows if (cell := row[name].strip())))[:SAMPLES] for name in header
    }
    return Sampled(header, samples, rows)


def rows_in(path: Path, most: int) -> int:
    """Count the rows of a table, up to ``most``. Raises UnreadableTable where it turns out to be broken."""
    return sum(1 for _ in islice(read_table(path).rows, most))


@dataclass(frozen=True, slots=True)
class Previewed:
    """One row as it would be taken."""

    number: int
    line: Line
    outcome: Taken | WrongContent


def previewed(path: Path, mapping: ImportMapping, attempt: Take) -> list[Previewed]:
    """Try the first rows of a table. Raises UnreadableTable, and WrongContent for a missing column."""
    lines = list(islice(lines_of(path, mapping), PREVIEWED))
    outcomes = iter(attempt([line.read for line in lines if not isinstance(line.read, WrongContent)]))
    return [
        Previewed(number, line, line.read if isinstance(line.read, WrongContent) else next(outcomes))
        for number, line in enumerate(lines, start=1)
    ]
