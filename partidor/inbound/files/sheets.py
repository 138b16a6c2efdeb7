"""Tables for people as Excel workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_xlsx(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Write a table as a workbook of one sheet; texts stay texts, whatever they begin with."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    sheet.append(head)
    for row in rows:
        sheet.append(list(_cells(sheet, row)))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(sheet: Any, row: Sequence[object]) -> Iterator[object]:
    for value in row:
        if isinstance(value, int | float):
            yield value
        else:
            cell = WriteOnlyCell(sheet, value=str(value))
            cell.data_type = "s"  # never a formula
            yield cell
