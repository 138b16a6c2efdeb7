"""Leads from a file: read, mended, routed and offered a hundred at a time, beside the floor of plain batches."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from bench import _network
from bench._figures import Figures, Run, middle, repeated
from bench._floor import Floor
from bench._stage import Stage, stage
from bench.intake import check

LEADS = 10_000
QUICK_LEADS = 300
AT_ONCE = 200
"""Leads in one transaction of the floor."""


def run(*, quick: bool = False) -> list[Figures]:
    """Measure the import and its floor."""
    runs = repeated(lambda: _measured(QUICK_LEADS if quick else LEADS), quick=quick)
    ratio = middle(runs, "product ÷ floor, %")
    return [
        Figures(
            title="Bulk: 10,000 leads imported and routed, PostgreSQL",
            must="10 % of the floor",
            reached=ratio >= 10,
            runs=runs,
            meaning="One process of `partidor import leads` with a CSV file, 500 partners and 50 rules: each row is "
            "read, mended, its customer recognised, routed, explained and offered. The floor writes the same rows by "
            "plain psycopg over one connection, as JSON documents (twice as fast as VALUES), five statements for "
            f"{AT_ONCE} leads and a transaction.",
        )
    ]


def _measured(leads: int) -> Run:
    with stage("postgresql") as here:
        vendor = here.run(_network.found)
        rate = import_leads(here, vendor.slug, leads)
        here.run(check, leads)
        floor = Floor(here.url).write(connections=1, leads_at_once=AT_ONCE)
        return {"leads/s": rate, "floor, leads/s": floor, "product ÷ floor, %": 100 * rate / floor}


def import_leads(here: Stage, vendor: str, leads: int) -> float:
    """Import that many leads by the product's own command; return leads a second, without the start of the process."""
    table, mapping = here.home / "leads.csv", here.home / "leads.toml"
    _network.write_table(table, 0, leads)
    Path(mapping).write_text(_network.MAPPING)
    words = ["import", "leads", str(table), "--vendor", vendor, "--mapping", str(mapping), "--json"]
    done = subprocess.run(here.command(*words), env=here.environment, check=True, capture_output=True, text=True)
    tally = json.loads(done.stdout)
    if tally["taken"] != leads:
        raise AssertionError(f"{leads} rows were to be taken: {tally}")
    return float(leads / tally["seconds"])


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
