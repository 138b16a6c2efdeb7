"""The floor: the very rows that the product wrote for some leads, written again by plain psycopg and nothing else.

No validation, no rules, no fair share, no HTTP: what is left is what this database on this machine can do at best.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg

from bench._stage import processes

OF_LEAD = ("contact", "decision", "offer", "event", "notice")
"""Tables whose rows name their lead."""
INSERTED = ("customer", "customer_key", "lead", *OF_LEAD)
GROUPS = (("customer", "customer_key", "lead", "contact"), ("decision", "offer"), ("event", "notice"))
"""The tables that one statement fills; with the lock and the update, a lead takes five statements."""
STARTS_AFTER = 6.0
"""Seconds that the writers get to connect, so that all begin at the same moment."""
_EMPTY = "TRUNCATE customer, customer_key, lead, contact, decision, offer, event, notice, delivery CASCADE"

Rows = dict[str, list[tuple[Any, ...]]]


class Floor:
    """The rows of some leads as the product wrote them, by lead, and the ledger as it stood in the end."""

    def __init__(self, url: str) -> None:
        """Read the rows of every lead of the database."""
        self.url = url
        self.columns: dict[str, list[str]] = {}
        leads: dict[Any, Rows] = {}
        with _connect(url) as connection:
            rows = {table: self._read(connection, table) for table in INSERTED}
            found = connection.execute("SELECT vendor_id, entries FROM ledger").fetchone()
        assert found is not None
        self.vendor, self.ledger = found
        keys: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
        for key in rows["customer_key"]:
            keys[key[self.columns["customer_key"].index("customer_id")]].append(key)
        customers = {row[0]: row for row in rows["customer"]}
        for lead in rows["lead"]:
            customer = lead[self.columns["lead"].index("customer_id")]
            leads[lead[0]] = {"lead": [lead], "customer": [customers[customer]], "customer_key": keys[customer]}
        for table in OF_LEAD:
            place = self.columns[table].index("lead_id")
            for row in rows[table]:
                if row[place] is not None:
                    leads[row[place]].setdefault(table, []).append(row)
        self.leads = list(leads.values())

    def _read(self, connection: psycopg.Connection[Any], table: str) -> list[tuple[Any, ...]]:
        with connection.execute(f"SELECT * FROM {table} ORDER BY id") as cursor:
            self.columns[table] = [column.name for column in cursor.description or ()]
            return cursor.fetchall()

    def write(self, *, connections: int, leads_at_once: int) -> float:
        """Write all leads anew over some connections of at most two processes; return leads a second."""
        with _connect(self.url) as connection:
            connection.execute(_EMPTY)
        writers = min(2, connections)
        parts = [self.leads[number::connections] for number in range(connections)]
        start = time.perf_counter() + STARTS_AFTER
        with processes(writers) as pool:
            works = [pool.submit(_write, self, parts[n::writers], leads_at_once, start) for n in range(writers)]
            return len(self.leads) / (max(work.result() for work in works) - start)


def _write(floor: Floor, parts: Sequence[Sequence[Rows]], leads_at_once: int, start: float) -> float:
    threads = [threading.Thread(target=_write_part, args=(floor, part, leads_at_once, start)) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter()


def _write_part(floor: Floor, part: Sequence[Rows], leads_at_once: int, start: float) -> None:
    with _connect(floor.url) as connection:
        if (early := start - time.perf_counter()) < 0:
            raise RuntimeError("the writers were not ready in time; this machine is too busy to measure")
        time.sleep(early)
        for first in range(0, len(part), leads_at_once):
            _write_leads(floor, connection, part[first : first + leads_at_once])


def _write_leads(floor: Floor, connection: psycopg.Connection[Any], leads: Sequence[Rows]) -> None:
    """Write some leads in one transaction of five statements."""
    arrival, choice, telling = GROUPS
    with connection.transaction():
        connection.execute(*_insert(floor, arrival, leads))
        connection.execute("SELECT entries FROM ledger WHERE vendor_id = %s FOR UPDATE", [floor.vendor])
        connection.execute(*_insert(floor, choice, leads))
        connection.execute(*_insert(floor, telling, leads))
        connection.execute(
            "WITH moved AS (UPDATE lead SET updated_at = now() WHERE id = ANY(%s)) "
            "UPDATE ledger SET entries = %s, updated_at = now() WHERE vendor_id = %s",
            [[rows["lead"][0][0] for rows in leads], floor.ledger, floor.vendor],
        )


def _insert(floor: Floor, tables: Sequence[str], leads: Sequence[Rows]) -> tuple[Any, list[str]]:
    """Make one statement that fills several tables, and its values: one JSON document per table.

    Tried: twice as fast as VALUES with a parameter for each value, at 200 leads and at one.
    """
    inserts: list[str] = []
    documents: list[str] = []
    for table in tables:
        rows = [row for lead in leads for row in lead.get(table, ())]
        if rows:
            names = floor.columns[table]
            columns = ", ".join(names)
            source = f"json_populate_recordset(NULL::{table}, %s::json)"
            inserts.append(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {source}")
            documents.append(orjson.dumps([dict(zip(names, row, strict=True)) for row in rows]).decode())
    named = ", ".join(f"into_{number} AS ({each})" for number, each in enumerate(inserts[:-1]))
    return f"WITH {named} {inserts[-1]}", documents


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True)
