"""Figures of several runs, and how they are shown: median and spread, never a single number."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.postgres import find_programs

RUNS = 3
Run = Mapping[str, float]
"""What one run measured: the figure by its name. Names and order are the same in every run."""


@dataclass(frozen=True)
class Figures:
    """What a benchmark found: its runs, what must be reached, and what it means."""

    title: str
    must: str
    meaning: str
    runs: Sequence[Run]
    reached: bool
    notes: Sequence[str] = field(default_factory=tuple)

    def page(self) -> str:
        """Write it as Markdown."""
        lines = [f"## {self.title}", "", f"Must reach: {self.must}. **{'Reached' if self.reached else 'Missed'}.**", ""]
        lines += [f"| | median of {len(self.runs)} | lowest | highest |", "|---|--:|--:|--:|"]
        for name in self.runs[0]:
            values = [run[name] for run in self.runs]
            low, middle, high = min(values), statistics.median(values), max(values)
            lines.append(f"| {name} | {_short(middle)} | {_short(low)} | {_short(high)} |")
        return "\n".join([*lines, "", self.meaning, *(f"\n{note}" for note in self.notes), ""])


def repeated(measure: Callable[[], Run], *, quick: bool) -> list[Run]:
    """Measure three times, or once for a trial."""
    return [measure() for _ in range(1 if quick else RUNS)]


def middle(runs: Sequence[Run], name: str) -> float:
    """Return the median of a figure."""
    return statistics.median(run[name] for run in runs)


def percentile(seconds: Sequence[float], percent: int) -> float:
    """Return a percentile in milliseconds."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _short(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def machine() -> str:
    """Describe the machine and the versions in one line."""
    import django

    told = subprocess.run([find_programs() / "postgres", "--version"], capture_output=True, text=True, check=True)
    postgres = re.findall(r"\d+\.\d+", told.stdout)[0]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}; Python "
        f"{platform.python_version()}, Django {django.__version__}, PostgreSQL {postgres}, "
        f"SQLite {sqlite3.sqlite_version}"
    )
