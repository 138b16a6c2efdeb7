"""Tables people send: CSV in any encoding, and Excel workbooks, read row by row within limits."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from xml.etree.ElementTree import ParseError

import charset_normalizer
import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from partidor.domain.refusal import Refusal

LARGEST_FILE = 512 * 2**20
"""Bytes of a file that is taken at all."""
LARGEST_UNPACKED = 2**30
"""Bytes that a workbook may have unpacked, all parts together."""
LARGEST_TEXTS = 2**28
"""Bytes that the texts of a workbook may have unpacked."""
MOST_ROWS = 2_000_000
MOST_COLUMNS = 1_000
LONGEST_CELL = 100_000
_SAMPLE = 256 * 2**10
_DELIMITERS = ",;\t|"


class UnreadableTable(Refusal):
    """The file {name} cannot be read as a table: {why}"""


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows below it as they come: each a mapping of header to text, blank rows left out.

    ``rows`` can be gone through once and holds the file open until then; going through it raises UnreadableTable where
    the file turns out to be broken. Rows shorter than the header have "" for the rest.
    """

    header: tuple[str, ...]
    rows: Iterator[dict[str, str]]
    encoding: str = "utf-8"
    delimiter: str = ","


def read_table(path: Path | str, *, delimiter: str = "auto", encoding: str = "auto") -> Table:
    """Open a CSV file or the first sheet of an Excel workbook (.xlsx), told apart by content.

    Encoding and delimiter of a CSV are detected unless given. Formulas of a workbook count as the value that was last
    computed; numbers become plain text (``98104``, not ``98104.0``), times ISO 8601.

    Raises:
        UnreadableTable: says why the file is no table, or too large for one.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            sample = opened.read(_SAMPLE)
    except OSError as fault:
        raise UnreadableTable(name=path.name, why=f"{fault.strerror or fault}.".lower()) from None
    if size > LARGEST_FILE:
        raise UnreadableTable(name=path.name, why=f"it has {size:,} bytes; {LARGEST_FILE:,} is the most.")
    if not sample.strip():
        raise UnreadableTable(name=path.name, why="it is empty.")
    if sample.startswith(b"PK\x03\x04"):
        return _workbook(path)
    if sample.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable(name=path.name, why="it is an old Excel workbook (.xls); save it as .xlsx or CSV.")
    return _csv(path, sample, delimiter, encoding)


def _header(path: Path, cells: list[str]) -> tuple[str, ...]:
    """Return the names of the columns; what is not named gets no name, and none may come twice."""
    names = [re.sub(r"\s+", " ", cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise UnreadableTable(name=path.name, why="its first row names no columns.")
    if len(names) > MOST_COLUMNS:
        raise UnreadableTable(name=path.name, why=f"it has {len(names):,} columns; {MOST_COLUMNS:,} is the most.")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise UnreadableTable(
            name=path.name, why=f"it has two columns named {twice[0]!r}; give them names of their own."
        )
    return tuple(names)


def _rows(path: Path, header: tuple[str, ...], lines: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    for number, cells in enumerate(lines, start=2):
        if number > MOST_ROWS:
            raise UnreadableTable(name=path.name, why=f"it has more than {MOST_ROWS:,} rows; import it in parts.")
        surplus = [cell for cell in cells[len(header) :] if cell.strip()]
        if surplus:
            raise UnreadableTable(
                name=path.name,
                why=f"row {number} has {len(cells)} cells and the header {len(header)}; put cells that hold the "
                "delimiter into quotation marks.",
            )
        if not any(cell.strip() for cell in cells):
            continue
        filled = [*cells, *[""] * (len(header) - len(cells))]
        yield {name: cell for name, cell in zip(header, filled, strict=False) if name}


# CSV ------------------------------------------------------------------------------------------------------------------

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
          (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))  # fmt: skip


def _csv(path: Path, sample: bytes, delimiter: str, encoding: str) -> Table:
    encoding = _encoding(path, sample) if encoding == "auto" else encoding
    try:
        # An import of 1,000 columns of texts has cells longer than the module's own limit.
        csv.field_size_limit(LONGEST_CELL)
        opened = path.open(encoding=encoding, newline="", errors="strict")
    except LookupError:
        raise UnreadableTable(name=path.name, why=f"{encoding!r} is no encoding; write utf-8 or cp1252.") from None
    lines = _csv_lines(path, opened, _delimiter(path, encoding, sample) if delimiter == "auto" else delimiter)
    used = next(lines)[0]
    try:
        header = _header(path, next(lines, []))
    except UnreadableTable:
        opened.close()
        raise
    return Table(header, _rows(path, header, lines), encoding, used)


def _csv_lines(path: Path, opened: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    """Yield the delimiter alone first, then the cells of every line; close the file at the end."""
    yield [delimiter]
    with opened:
        reader = csv.reader(opened, delimiter=delimiter, strict=False)
        try:
            yield from reader
        except csv.Error as fault:
            raise UnreadableTable(name=path.name, why=f"line {reader.line_num}: {fault}.") from None
        except UnicodeError:
            why = f"after line {reader.line_num} it is not {opened.encoding}; save it as UTF-8 or name its encoding."
            raise UnreadableTable(name=path.name, why=why) from None


def _encoding(path: Path, sample: bytes) -> str:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if b"\0" in sample:
        raise UnreadableTable(name=path.name, why="it is a binary file; save it as CSV or .xlsx.")
    if _is_utf8(path):
        return "utf-8"
    # Of western encodings the detector names whichever fits first; Windows-1252 is what Excel writes.
    best = charset_normalizer.from_bytes(sample).best()
    name = best.encoding if best else "cp1252"
    western = {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258", "latin_1", "iso8859_15", "cp858", "cp850", "cp437"}
    if name in western or best is None:
        return "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    return name


def _is_utf8(path: Path) -> bool:
    # The whole file: the only umlaut may stand in its last row.
    try:
        with path.open(encoding="utf-8", newline="") as opened:
            while opened.read(2**20):
                pass
    except UnicodeError:
        return False
    return True


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeError:
        return False
    return True


def _delimiter(path: Path, encoding: str, sample: bytes) -> str:
    text = sample.decode(encoding, errors="ignore")
    control = sum(1 for char in text[:4096] if char < " " and char not in "\t\r\n\f\v")
    if control > 8:
        raise UnreadableTable(name=path.name, why="it is a binary file; save it as CSV or .xlsx.")
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    counts = {mark: first.count(mark) for mark in _DELIMITERS if mark in first}
    if not counts:
        return ","
    try:
        sniffed = csv.Sniffer().sniff(text[: 16 * 1024], _DELIMITERS).delimiter
    except csv.Error:
        sniffed = ""
    # The header decides; a sniffer led astray by texts in the rows is not asked twice.
    return sniffed if sniffed in counts else max(counts, key=lambda mark: counts[mark])


# Excel ----------------------------------------------------------------------------------------------------------------


# All that the libraries raise on files that are no workbooks, or no longer.
_DAMAGE = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, IndexError, ValueError, TypeError,
           AttributeError, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error)  # fmt: skip


def _workbook(path: Path) -> Table:
    try:
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if "xl/workbook.xml" not in packed.namelist():
                raise UnreadableTable(
                    name=path.name, why="it is a packed file, but no Excel workbook; unpack it first."
                )
            # Its texts are held in memory as a whole, its rows are not.
            texts = sum(part.file_size for part in packed.infolist() if part.filename.endswith("sharedStrings.xml"))
        if unpacked > LARGEST_UNPACKED or texts > LARGEST_TEXTS or unpacked > 200 * path.stat().st_size + 2**20:
            raise UnreadableTable(name=path.name, why=f"it unpacks to {unpacked:,} bytes; save it as CSV.")
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except UnreadableTable:
        raise
    except _DAMAGE as fault:
        raise UnreadableTable(name=path.name, why=f"it is a damaged Excel workbook ({type(fault).__name__}).") from None
    lines = _sheet_lines(path, book)
    first = next(lines, [])
    header = _header(path, first)
    return Table(header, _rows(path, header, lines), "xlsx", "")


def _sheet_lines(path: Path, book: openpyxl.Workbook) -> Iterator[list[str]]:
    try:
        sheets = book.worksheets
        if not sheets:
            raise UnreadableTable(name=path.name, why="it has no sheet.")
        sheet = sheets[0]
        # What the file says of its size may be wrong, in either direction; the rows say it themselves.
        sheet.reset_dimensions()
        for cells in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1):
            yield [_cell_text(cell) for cell in cells]
    except _DAMAGE as fault:
        raise UnreadableTable(name=path.name, why=f"it is a damaged Excel workbook ({type(fault).__name__}).") from None
    finally:
        book.close()


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)[:LONGEST_CELL]
