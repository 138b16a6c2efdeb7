"""The auditor: holds the rows against the events, and the ledger against the offers. Reads only.

It stands above the vendors and is for the operator; it tells counts and ids, never a value. Each check is one
statement, so that it sees one moment of a database that others write to meanwhile, and it is written in SQL of its
own, so that a fault of the code that writes cannot hide itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from partidor.domain.offers import Step
from partidor.domain.routing.draws import Draws
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger, shares
from partidor.models.draws import standings
from partidor.models.snapshots import ruleset
from partidor.queries.audit.statements import BROKEN, OVERDUE, SIZES, WARNINGS, Check, statement

OVERDUE_AFTER = timedelta(minutes=1)
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not right: what it is, how many rows it is about, and a few of their ids."""

    kind: Literal["broken", "overdue", "warning"]
    check: str
    sentence: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """What the auditor found, and how much it looked at."""

    findings: list[Finding] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Say whether no invariant is broken and no work is overdue; warnings do not count."""
        return not any(finding.kind != "warning" for finding in self.findings)


def audit(*, at: datetime, mail_is_set: bool) -> Audit:
    """Look at everything: invariants, overdue work, and what is worth a warning."""
    found = Audit()
    for table in SIZES:
        found.sizes[table] = int(_rows(f"SELECT COUNT(*) FROM {table}")[0][0])  # noqa: S608  names of our own
    kinds: tuple[tuple[Literal["broken", "overdue", "warning"], tuple[Check, ...]], ...] = (
        ("broken", BROKEN), ("overdue", OVERDUE), ("warning", WARNINGS),
    )  # fmt: skip
    limit = str(connection.ops.adapt_datetimefield_value(at - OVERDUE_AFTER))
    for kind, checks in kinds:
        for check in checks:
            rows = _rows(statement(check, connection.vendor), [limit] * check.sql.count("%s"))
            if rows:
                ids = tuple(_id(row[0]) for row in rows[:_EXAMPLES])
                found.findings.append(Finding(kind, check.name, check.sentence, len(rows), ids))
    found.findings.extend(_ledgers())
    if not mail_is_set:
        found.findings.append(
            Finding("warning", "mail", "no mail server is set (PARTIDOR_MAIL_URL): mails are kept, not sent", 0)
        )
    return found


def _rows(sql: str, values: list[str] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return list(cursor.fetchall())


def _id(value: object) -> str:
    """Write an id the same from both databases; SQLite keeps them as 32 hexadecimal digits."""
    text = str(value)
    try:
        return str(UUID(text))
    except ValueError:
        return text


@dataclass(slots=True)
class _Books:
    """A vendor's ledger as it is kept, and the rows that it must agree with."""

    entries: str = ""
    offers: list[tuple[Any, ...]] = field(default_factory=list)
    draws: list[tuple[Any, ...]] = field(default_factory=list)


def _ledgers() -> Iterator[Finding]:
    """Hold each ledger against its laws, and what it says against the draws of decisions and against offers."""
    for vendor_id, books in _books().items():
        ledger = Ledger.from_json(books.entries)
        for account in ACCOUNTS:
            if total := ledger.sum(account):
                sentence = f"the debts ({account}) do not sum to zero but to {total} millionths"
                yield Finding("broken", "debts_sum", sentence, 1, (str(vendor_id),))
        if ledger.max_debt() > ledger.bound:
            sentence = f"a debt of {ledger.max_debt():.2f} leads exceeds the bound of {ledger.bound}"
            yield Finding("broken", "debts_bound", sentence, 1, (str(vendor_id),))
        owed = _received(vendor_id, books.offers)
        kept = {partner: row[1] for partner, row in ledger.rows.items() if row[1]}
        if wrong := [partner for partner in {*owed, *kept} if owed.get(partner, 0) != kept.get(partner, 0)]:
            sentence = "the ledger says that a partner received something else than its offers tell"
            yield Finding("broken", "ledger_received", sentence, len(wrong), tuple(sorted(wrong)[:_EXAMPLES]))
        if wrong := _undrawn(vendor_id, ledger, books.draws):
            sentence = "the ledger says that a partner was due or received something else than the draws add up to"
            yield Finding("broken", "ledger_drawn", sentence, len(wrong), tuple(sorted(wrong)[:_EXAMPLES]))


def _books() -> dict[UUID, _Books]:
    """Read the ledgers, the offers and the draws they were charged for, in one statement: all change at once."""
    postgres = connection.vendor == "postgresql"
    step = "d.record->'cursor'->>0" if postgres else "json_extract(d.record, '$.cursor[0]')"
    draws = "record->>'draws'" if postgres else "json_extract(record, '$.draws')"
    temperature = "inputs,values,temperature" if postgres else "$.inputs.values.temperature"
    temperature = f"record#>>'{{{temperature}}}'" if postgres else f"json_extract(record, '{temperature}')"
    books: dict[UUID, _Books] = {}
    for kind, vendor, text, *charged in _rows(
        "SELECT 'ledger', vendor_id, entries, NULL, NULL, 0, 0, 0, 0, 0, 0 FROM ledger UNION ALL "  # noqa: S608  ours
        "SELECT 'offer', o.vendor_id, NULL, NULL, o.partner_id, o.rivals, o.place, d.ruleset_version, d.rule_position, "
        f"CAST({step} AS integer), COUNT(*) FROM offer o JOIN decision d ON d.id = o.decision_id "
        f"WHERE o.via = 'plan' AND o.test = {'false' if postgres else '0'} "
        "GROUP BY 2, 5, 6, 7, 8, 9, 10 UNION ALL "
        f"SELECT 'draws', vendor_id, {draws}, {temperature}, NULL, network_version, 0, 0, 0, 0, COUNT(*) "
        f"FROM decision WHERE {draws} IS NULL OR {draws} <> '[]' GROUP BY 2, 3, 4, 6"
    ):
        own = books.setdefault(UUID(str(vendor)), _Books())
        if kind == "ledger":
            own.entries = text
        elif kind == "offer":
            own.offers.append(tuple(charged[1:]))
        else:
            own.draws.append((text, charged[0], charged[2], charged[-1]))
    return books


def _received(vendor_id: UUID, offers: list[tuple[Any, ...]]) -> dict[str, int]:
    """Add up, per partner, what its offers are worth in millionths of a lead; a round for all is worth nothing."""
    received: dict[str, int] = {}
    for partner, rivals, place, version, rule, step, count in offers:
        plan: tuple[Step, ...] = ruleset(vendor_id, version).rules[rule - 1].plan
        if plan[step].offer_to is not None:
            key = str(UUID(str(partner)))
            received[key] = received.get(key, 0) + shares([1] * (rivals + 1), MICRO)[place - 1] * count
    return received


def _undrawn(vendor_id: UUID, ledger: Ledger, draws: list[tuple[Any, ...]]) -> list[str]:
    """Return whose figures are not the sum of the draws; nobody while a decision is from before draws were kept."""
    if any(text is None for text, *_ in draws):
        return []
    standing, drawn = standings(vendor_id, {version for _, _, version, _ in draws}), Draws()
    try:
        for text, temperature, version, times in draws:
            drawn.add(standing[version], temperature, json.loads(text), times=times)
    except IndexError:  # somebody who was drawn did not stand in that network
        return sorted(ledger.rows)
    summed = drawn.ledger().rows
    return [partner for partner in {*summed, *ledger.rows} if summed.get(partner) != ledger.rows.get(partner)]
