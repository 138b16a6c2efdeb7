"""Run all benchmarks, or those named: ``python -m bench intake bulk``. ``--quick`` tries them with small numbers.

A full run of all writes docs/benchmarks.md.
"""

from __future__ import annotations

import importlib
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench._figures import Figures, machine

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
BENCHMARKS = ("engine", "intake", "bulk", "accepts", "sweep", "backtest", "builder")
HEAD = """# Benchmarks

Written by `make bench`: measured, never guessed, and not edited by hand. Each figure is the median of some runs, with
the lowest and the highest beside it. A floor is what plain SQL with the same rows reaches on this machine in the same
run: ratios travel from machine to machine, absolute figures do not. `python -m bench.NAME --quick` tries one of them.
"""


def main(words: list[str]) -> None:
    """Run them one after the other: two at once would measure each other."""
    quick = "--quick" in words
    wanted = [word for word in words if word != "--quick"]
    if unknown := set(wanted) - set(BENCHMARKS):
        raise SystemExit(f"no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    day = datetime.now(UTC).date()
    pages = [HEAD, f"{day}, {machine()}.\n"]
    print(pages[1])
    for name in wanted or BENCHMARKS:
        print(f"== {name}", flush=True)
        found: list[Figures] = importlib.import_module(f"bench.{name}").run(quick=quick)
        pages += [figures.page() for figures in found]
        print("\n".join(figures.page() for figures in found), flush=True)
    if not wanted and not quick:
        PAGE.write_text("\n".join(pages))
        print(f"written: {PAGE.relative_to(PAGE.parent.parent)}")


if __name__ == "__main__":
    main(sys.argv[1:])
