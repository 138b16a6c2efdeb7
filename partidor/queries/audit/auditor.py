"""The auditor: holds the rows against the events, and the ledger against the offers. Reads only.

It stands above the vendors and is for the operator; it tells counts and ids, never a value. Each check is one
statement, so that it sees one moment of a database that others write to meanwhile, and it is written in SQL of its
own, so that a fault of the code that writes cannot hide itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection

from partidor.domain.offers import Step
from partidor.domain.routing.fairness import ACCOUNTS, MICRO, Ledger, shares
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


def _ledgers() -> Iterator[Finding]:
    """Hold each ledger against its laws, and what it says that partners received against their offers."""
    for vendor_id, entries, offers in _ledger_rows():
        ledger = Ledger.from_json(entries)
        for account in ACCOUNTS:
            if total := ledger.sum(account):
                sentence = f"the debts ({account}) do not sum to zero but to {total} millionths"
                yield Finding("broken", "debts_sum", sentence, 1, (str(vendor_id),))
        if ledger.max_debt() > ledger.bound:
            sentence = f"a debt of {ledger.max_debt():.2f} leads exceeds the bound of {ledger.bound}"
            yield Finding("broken", "debts_bound", sentence, 1, (str(vendor_id),))
        owed = _received(vendor_id, offers)
        kept = {partner: row[1] for partner, row in ledger.rows.items() if row[1]}
        if wrong := [partner for partner in {*owed, *kept} if owed.get(partner, 0) != kept.get(partner, 0)]:
            sentence = "the ledger says that a partner received something else than its offers tell"
            yield Finding("broken", "ledger_received", sentence, len(wrong), tuple(sorted(wrong)[:_EXAMPLES]))


def _ledger_rows() -> list[tuple[UUID, str, list[tuple[Any, ...]]]]:
    """Read the ledgers and the offers they were charged for, in one statement: both change at once."""
    step = "d.record->'cursor'->>0" if connection.vendor == "postgresql" else "json_extract(d.record, '$.cursor[0]')"
    offers: dict[UUID, list[tuple[Any, ...]]] = {}
    entries: dict[UUID, str] = {}
    for vendor, text, *charged in _rows(
        "SELECT vendor_id, entries, NULL, 0, 0, 0, 0, 0, 0 FROM ledger UNION ALL "  # noqa: S608  our own words
        "SELECT o.vendor_id, NULL, o.partner_id, o.rivals, o.place, d.ruleset_version, d.rule_position, "
        f"CAST({step} AS integer), COUNT(*) FROM offer o JOIN decision d ON d.id = o.decision_id "
        f"WHERE o.via = 'plan' AND o.test = {'false' if connection.vendor == 'postgresql' else '0'} "
        "GROUP BY 1, 3, 4, 5, 6, 7, 8"
    ):
        if text is not None:
            entries[UUID(str(vendor))] = text
        else:
            offers.setdefault(UUID(str(vendor)), []).append(tuple(charged))
    return [(vendor, text, offers.get(vendor, [])) for vendor, text in entries.items()]


def _received(vendor_id: UUID, offers: list[tuple[Any, ...]]) -> dict[str, int]:
    """Add up, per partner, what its offers are worth in millionths of a lead; a round for all is worth nothing."""
    received: dict[str, int] = {}
    for partner, rivals, place, version, rule, step, count in offers:
        plan: tuple[Step, ...] = ruleset(vendor_id, version).rules[rule - 1].plan
        if plan[step].offer_to is not None:
            key = str(UUID(str(partner)))
            received[key] = received.get(key, 0) + shares([1] * (rivals + 1), MICRO)[place - 1] * count
    return received
