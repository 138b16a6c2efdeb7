"""A hundred thousand offers fall due at once: two workers let them lapse and ask the next partner."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

from bench import _network
from bench._figures import Figures, Run, middle
from bench._stage import Stage, processes, stage
from bench.bulk import import_leads

LEADS = 100_000
QUICK_LEADS = 300
WORKERS = 2
ONE_BY_ONE = [{"offer_to": 1, "window": "4h", "repeat": 2}]
READY_WITHIN = 10.0
"""Seconds that the workers get to start, so that both begin at the same moment."""


def run(*, quick: bool = False) -> list[Figures]:
    """Import the leads, and let all their offers lapse; a hundred thousand in a row are their own average."""
    with stage("postgresql") as here:
        vendor = here.run(_network.found, plan=ONE_BY_ONE)
        leads = QUICK_LEADS if quick else LEADS
        bulk = import_leads(here, vendor.slug, leads)
        runs = [_swept(here, leads, bulk)]
    return [
        Figures(
            title="Escalation: 100,000 due offers, two workers, PostgreSQL",
            must="the rate of the import that made them, none acted on twice",
            reached=middle(runs, "sweep ÷ import") >= 1,
            runs=runs,
            meaning="In one transaction for up to a hundred leads, each offer lapses and the next partner is chosen "
            "and offered. The import of the same leads, by one process, is measured first. After the sweep "
            "every lead has exactly one offer more, and one that waits.",
        )
    ]


def _swept(here: Stage, leads: int, bulk: float) -> Run:
    start = time.perf_counter() + READY_WITHIN
    with processes(WORKERS) as pool:
        works = [pool.submit(act, here.environment, 5, start) for _ in range(WORKERS)]
        ended = [work.result() for work in works]
    rate = leads / (max(end for end, _ in ended) - start)
    twice = here.run(offers_too_many, 2, leads) + abs(sum(acted for _, acted in ended) - leads)
    if twice:
        raise AssertionError(f"{twice} leads were acted on twice, or never")
    return {"leads/s": rate, "import, leads/s": bulk, "sweep ÷ import": rate / bulk, "acted on twice": 0.0}


def act(environment: dict[str, str], hours: float, start: float) -> tuple[float, int]:
    """Act on what is due some hours after the import until nothing is; return when that was, and how many leads."""
    import django

    os.environ.update(environment)
    django.setup()
    from partidor.actions.deadlines import act_on_due
    from partidor.models import Lead

    later = Lead.objects.latest("received_at").received_at + timedelta(hours=hours)
    if (early := start - time.perf_counter()) < 0:
        raise RuntimeError("the workers were not ready in time; this machine is too busy to measure")
    time.sleep(early)
    acted = 0
    while done := act_on_due(at=later):
        acted += done
    return time.perf_counter(), acted


def offers_too_many(wanted: int, leads: int) -> int:
    """Count the leads that have more or fewer offers than wanted, or not exactly one that waits."""
    from django.db.models import Count, Q

    from partidor.models import Lead

    counted = Lead.objects.annotate(all=Count("offers"), waiting=Count("offers", filter=Q(offers__state="open")))
    return leads - counted.filter(all=wanted, waiting=1).count()


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
