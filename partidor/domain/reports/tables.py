"""Reports as tables for spreadsheets."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence


class _Lines(list[str]):
    """Takes what a csv writer writes."""

    write = list.append


def as_csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Write a table as CSV; no cell is taken for a formula by a spreadsheet."""
    lines = _Lines()
    table = csv.writer(lines)
    table.writerow(head)
    table.writerows([_harmless(cell) for cell in row] for row in rows)
    return "".join(lines)


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
