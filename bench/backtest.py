"""A back-test of 100,000 past leads: as a job of a worker, 500 partners, 50 rules of today against 50 others."""

from __future__ import annotations

import random
import re
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from bench import _network
from bench._figures import Figures, Run, middle, repeated
from bench._stage import databases, stage
from bench.bulk import import_leads

LEADS = 100_000
QUICK_LEADS = 600
MUST = 30


def run(*, quick: bool = False) -> list[Figures]:
    """Measure it on both databases."""
    return [_figures(database, QUICK_LEADS if quick else LEADS, quick) for database in databases(quick=quick)]


def _figures(database: str, leads: int, quick: bool) -> Figures:
    with stage(database) as here:
        vendor = here.run(_network.found)
        import_leads(here, vendor.slug, leads)
        runs = repeated(lambda: here.run(_measured, vendor.key, leads), quick=quick)
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}[database]
    return Figures(
        title=f"Back-test: {leads:,} past leads, 500 partners, 50 rules, {name}",
        must=f"{MUST} s",
        reached=middle(runs, "seconds") <= MUST,
        runs=runs,
        meaning="One job from its start to its kept result, run by one thread as a worker runs it: every lead is read "
        "with its first decision and goes through today's rules and fifty others, side by side.",
    )


def _measured(key: str, leads: int) -> Run:
    from partidor.access.jobs import BACKTEST, job_for
    from partidor.access.viewer import viewer_of_key
    from partidor.actions import jobs
    from partidor.actions.rules import change_draft
    from partidor.inbound.clock.jobs import run_due_job
    from partidor.queries.backtests.run import comparison_of

    def now() -> datetime:
        return datetime.now(UTC)

    by = viewer_of_key(key, at=now())
    change_draft(_network.ruleset(random.Random(8), _network.RULES, None), if_match=None, by=by, at=now())
    comparison = comparison_of(by, 0, None, None, at=now())
    job, _ = jobs.start_job(BACKTEST, comparison.record(), by=by, at=now())
    memory = _memory()
    began = time.perf_counter()
    run_due_job(now, Event())
    seconds = time.perf_counter() - began
    done = job_for(by, job.pk, result=True)
    if done.state != "done" or done.result is None or done.result["leads"] != leads:
        raise AssertionError(f"the back-test did not come to its end: {done.state} {done.error} {done.last_error}")
    return {
        "seconds": seconds,
        "leads/s": leads / seconds,
        "gone elsewhere, leads": leads - done.result["same"],
        "memory more at its peak, MiB": _memory() - memory,
    }


def _memory() -> float:
    """Return the most memory that this process ever had, in MiB (Linux); ``getrusage`` would tell its parent's too."""
    status = Path("/proc/self/status")
    told = re.search(r"VmHWM:\s*(\d+) kB", status.read_text() if status.exists() else "")
    return int(told[1]) / 1024 if told else float("nan")


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
