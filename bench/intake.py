"""A lead over HTTP until it is committed, routed, offered and noticed: PostgreSQL beside its floor, and SQLite."""

from __future__ import annotations

import json
import sys

from bench import _network
from bench._figures import Figures, Run, middle, percentile, repeated
from bench._floor import Floor
from bench._load import Load, Request, post_all
from bench._stage import apart, stage

CLIENTS = {"postgresql": 8, "sqlite": 4}
LEADS = {"postgresql": 3_000, "sqlite": 1_000}
QUICK_LEADS = 60
WARM_UP = 200
"""Leads before the measured ones: each process compiles the rules and fills its caches once."""
PEER = 8.6
"""Leads a second of Odoo 19 Community, the nearest open peer, on a machine like this."""
MOST_STATEMENTS = 16


def run(*, quick: bool = False) -> list[Figures]:
    """Measure both databases; a try with small numbers the one that has more to it."""
    return [on_postgresql(quick=True)] if quick else [on_postgresql(), on_sqlite()]


def on_postgresql(*, quick: bool = False) -> Figures:
    """Measure on PostgreSQL: the product over HTTP, and then the floor with the very same rows."""
    runs = repeated(lambda: _measured("postgresql", quick=quick), quick=quick)
    ratio = middle(runs, "product ÷ floor, %")
    return Figures(
        title="A lead over HTTP, PostgreSQL, 8 clients",
        must=f"20 % of the floor, at most {MOST_STATEMENTS} statements a lead, p99 ≤ 10 × p50",
        reached=ratio >= 20
        and max(run["statements a lead"] for run in runs) <= MOST_STATEMENTS
        and all(run["p99, ms"] <= 10 * run["p50, ms"] and not run["failed"] for run in runs),
        runs=runs,
        meaning="From the request to the answered 201: read, mended, its customer recognised, routed among 500 "
        "partners by 50 rules, offered and the mail queued, all committed to disk. The floor writes the same rows by "
        "plain psycopg, as JSON documents (twice as fast as VALUES): five statements and one transaction a lead, eight "
        "connections, the same hot ledger row. Statements "
        "are counted with the key's look-up and savepoints, without BEGIN and COMMIT. For scale: the nearest open "
        f"peer, Odoo 19 Community, made 6.5 to {PEER} leads a second with 61 statements each.",
    )


def on_sqlite() -> Figures:
    """Measure on the embedded database."""
    runs = repeated(lambda: _measured("sqlite", quick=False), quick=False)
    return Figures(
        title="A lead over HTTP, embedded SQLite, 4 clients",
        must=f"no error, p99 < 1 s, {10 * PEER:.0f} leads a second (ten times Odoo's)",
        reached=middle(runs, "leads/s") >= 10 * PEER
        and all(run["p99, ms"] < 1000 and not run["failed"] for run in runs),
        runs=runs,
        meaning="The same on the database that needs no server, with every commit on disk before the 201: enough for "
        "most vendors for years.",
    )


def _measured(database: str, *, quick: bool) -> Run:
    number, before = (QUICK_LEADS, CLIENTS[database]) if quick else (LEADS[database], WARM_UP)
    with stage(database) as here:
        vendor = here.run(_network.found)
        with here.served() as port:
            _post(port, vendor.key, 0, before, CLIENTS[database])
            load = _post(port, vendor.key, before, number, CLIENTS[database])
        figures = {
            "leads/s": number / load.all_seconds,
            "p50, ms": percentile(load.seconds, 50),
            "p99, ms": percentile(load.seconds, 99),
            "failed": float(number - load.count(201)),
        }
        if load.bodies:
            print(f"failed: {load.bodies[0]!r}", file=sys.stderr)
        here.run(check, before + number)
        statements = here.run(count_statements, vendor.key)
        if database == "postgresql":
            floor = Floor(here.url).write(connections=CLIENTS[database], leads_at_once=1)
            figures |= {"floor, leads/s": floor, "product ÷ floor, %": 100 * figures["leads/s"] / floor}
        return figures | {"statements a lead": statements}


def _post(port: int, key: str, first: int, number: int, clients: int) -> Load:
    requests = [Request("/api/v1/leads", key, json.dumps(one).encode()) for one in _network.inquiries(first, number)]
    return apart(post_all, port, requests, clients=clients)


def count_statements(key: str) -> float:
    """Count the statements that one posted lead takes, in this process, once everything is cached."""
    from django.db import connection
    from django.test import Client

    client = Client(headers={"Authorization": f"Bearer {key}"})
    counted = 0

    def count(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        nonlocal counted
        counted += not sql.startswith("BEGIN")
        return execute(sql, params, many, context)

    for one in _network.inquiries(10**6, 2):
        counted = 0
        with connection.execute_wrapper(count):
            answer = client.post("/api/v1/leads", json.dumps(one), content_type="application/json")
        if answer.status_code != 201:
            raise AssertionError(answer.content)
    return counted


def check(leads: int) -> None:
    """Make sure that the product did the whole work: each lead is there with its decision, offer and notice."""
    from django.db.models import F

    from partidor.models import Decision, Lead, Notice, Offer

    wanted = {
        "offered leads": Lead.objects.filter(state="offered").count(),
        "decisions": Decision.objects.count(),
        "offers": Offer.objects.filter(decision__lead=F("lead")).count(),
        "notices": Notice.objects.filter(kind="offer.opened").count(),
    }
    if wrong := {what: count for what, count in wanted.items() if count != leads}:
        raise AssertionError(f"expected {leads} of each, but there are {wrong}")


if __name__ == "__main__":
    for figures in run(quick="--quick" in sys.argv):
        print(figures.page())
