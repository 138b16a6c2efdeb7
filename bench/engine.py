"""Routing decisions, one thread, 5,000 partners and 500 rules: the engine beside the naive interpreter."""

from __future__ import annotations

import sys

from bench import decide
from bench._figures import Figures, Run, middle, repeated


def run(*, quick: bool = False) -> list[Figures]:
    """Measure both; they decide the same leads, and must agree."""
    runs = repeated(lambda: _measured(quick), quick=quick)
    return [
        Figures(
            title="Decide: 5,000 partners, 500 rules, one thread",
            must="100 × the naive interpreter",
            reached=middle(runs, "engine + record ÷ naive") >= 100,
            runs=runs,
            meaning="What one decision costs without a database. The naive interpreter is the oracle of the tests: "
            'plain loops over rules and partners. "+ record" makes the compact explanation that is kept as well. '
            "Measured in CPU time of the one thread.",
        )
    ]


def _measured(quick: bool) -> Run:
    rows = decide.run(leads=200, naive_leads=5) if quick else decide.run()
    large = {row.way: row for row in rows if row.partners == 5_000}
    engine, record = large["engine"], large["engine + record"]
    return {
        "naive, leads/s": large["naive"].leads_per_second,
        "engine, leads/s": engine.leads_per_second,
        "engine + record, leads/s": record.leads_per_second,
        "engine, median µs": engine.median_us,
        "engine, p99 µs": engine.p99_us,
        "engine ÷ naive": engine.ratio,
        "engine + record ÷ naive": record.ratio,
    }


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
