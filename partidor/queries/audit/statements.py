"""The checks of the auditor, as SQL that PostgreSQL and SQLite both understand. Each selects the ids of what is wrong.

``{offer}`` stands for the offer's id in an event's data, in the database's own way to write it.
"""

# ruff: noqa: S608  the statements are put together from words of our own only

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from partidor.domain.life import Life
from partidor.domain.states import CLOSED_LEAD, LEAD, OFFER

SIZES = ("vendor", "partner", "lead", "offer", "decision", "event", "notice", "delivery")
"""What is counted, so that an answer says how much was looked at."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: a name, the sentence when it fails, and a statement that selects the ids of offenders.

    A ``%s`` in the statement is the time a minute ago.
    """

    name: str
    sentence: str
    sql: str


def statement(check: Check, database: str) -> str:
    """Return the statement as one database wants it."""
    words: Mapping[str, str] = (
        {"offer": "(e.data->>'offer')::uuid"}
        if database == "postgresql"
        else {"offer": "replace(json_extract(e.data, '$.offer'), '-', '')"}
    )
    sql = check.sql
    for name, word in words.items():
        sql = sql.replace(f"{{{name}}}", word)
    return sql


def _listed(words: object) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))  # type: ignore[call-overload]


def _targets(life: Life, **more: str) -> dict[str, str]:
    """Tell which state each event leaves a record in."""
    return {move.event: move.target for move in life.moves if move.event} | more


def _expected(targets: Mapping[str, str]) -> str:
    return "CASE e.type " + " ".join(f"WHEN '{event}' THEN '{state}'" for event, state in targets.items()) + " END"


_LEAD_AFTER = _targets(LEAD, **{"offer.accepted": "accepted", "lead.received": "received"})
_OFFER_AFTER = _targets(OFFER, **{"offer.opened": "open", "lead.assigned": "accepted"})
_LEAVES = _listed({move.event for move in OFFER.moves if move.event and move.verb != "interest"})

BROKEN = (
    Check(
        "one_primary", "a lead has more than one running partner",
        "SELECT lead_id FROM offer WHERE state = 'accepted' AND ended_at IS NULL GROUP BY lead_id HAVING COUNT(*) > 1",
    ),
    Check(
        "partner_is_primary", "a lead's partner is not the one whose accepted offer runs",
        "SELECT l.id FROM lead l LEFT JOIN offer o ON o.lead_id = l.id AND o.state = 'accepted' AND o.ended_at IS NULL "
        "WHERE (l.state = 'accepted' AND (o.id IS NULL OR l.partner_id IS NULL OR o.partner_id <> l.partner_id)) "
        "OR (l.state <> 'accepted' AND o.id IS NOT NULL)",
    ),
    Check(
        "closed_by_partner", "a won or lost lead is not with the partner in whose hands it was closed",
        "SELECT l.id FROM lead l WHERE l.state IN ('won', 'lost') AND NOT EXISTS (SELECT 1 FROM offer o "
        "WHERE o.lead_id = l.id AND o.partner_id = l.partner_id AND o.ended_by = 'closed')",
    ),
    Check(
        "never_forgotten", "an open lead has neither a next action nor an attention reason",
        f"SELECT id FROM lead WHERE state NOT IN ({_listed(CLOSED_LEAD)}) "
        "AND next_action_at IS NULL AND attention_reason = ''",
    ),
    Check(
        "nothing_in_between", "a lead was left in a state that never outlives a transaction",
        "SELECT id FROM lead WHERE state IN ('received', 'routing')",
    ),
    Check(
        "offered_waits", "an offered lead has no waiting offer, or a lead that is not offered has one",
        "SELECT l.id FROM lead l WHERE (l.state = 'offered') <> (EXISTS (SELECT 1 FROM offer o "
        "WHERE o.lead_id = l.id AND o.state IN ('open', 'interested')))",
    ),
    Check(
        "interest_decided", "somebody is interested in a lead, and no time is set at which it is given to the best",
        "SELECT o.id FROM offer o JOIN lead l ON l.id = o.lead_id WHERE o.state = 'interested' "
        "AND (o.award_at IS NULL OR l.next_action_at IS NULL "
        "OR (l.next_action_at > o.award_at AND l.attention_reason <> 'clock-failed'))",
    ),
    Check(
        "events_gapless", "the events of a lead have a gap, or the lead counts another number of them",
        "SELECT l.id FROM lead l LEFT JOIN (SELECT lead_id, COUNT(*) AS number, MIN(lead_seq) AS first, "
        "MAX(lead_seq) AS last FROM event WHERE lead_id IS NOT NULL GROUP BY lead_id) e ON e.lead_id = l.id "
        "WHERE e.number IS NULL OR e.first <> 1 OR e.last <> e.number OR l.event_seq <> e.number",
    ),
    Check(
        "times_go_on", "the time of a lead's events goes back",
        "SELECT DISTINCT lead_id FROM (SELECT lead_id, at, LAG(at) OVER (PARTITION BY lead_id ORDER BY lead_seq) "
        "AS before FROM event WHERE lead_id IS NOT NULL) steps WHERE before > at",
    ),
    Check(
        "lead_state_told", "a lead is in another state than its events tell",
        "SELECT l.id FROM (SELECT lead_id, type, ROW_NUMBER() OVER (PARTITION BY lead_id ORDER BY lead_seq DESC) "
        f"AS back FROM event WHERE type IN ({_listed(_LEAD_AFTER)})) e JOIN lead l ON l.id = e.lead_id "
        f"WHERE e.back = 1 AND l.state <> {_expected(_LEAD_AFTER)}",
    ),
    Check(
        "offer_state_told", "an offer is in another state than its events tell",
        "SELECT o.id FROM (SELECT {offer} AS offer, e.type, ROW_NUMBER() OVER (PARTITION BY {offer} "
        f"ORDER BY e.lead_seq DESC) AS back FROM event e WHERE e.type IN ({_listed(_OFFER_AFTER)})) e "
        f"JOIN offer o ON o.id = e.offer WHERE e.back = 1 AND o.state <> {_expected(_OFFER_AFTER)}",
    ),
    Check(
        "offer_opening_told", "no event tells that an offer was opened",
        "SELECT id FROM offer WHERE id NOT IN (SELECT {offer} FROM event e "
        "WHERE e.type IN ('offer.opened', 'lead.assigned', 'lead.passed_on'))",
    ),
    Check(
        "offer_leaves_once", "an offer left its open state more than once",
        f"SELECT {{offer}} FROM event e WHERE e.type IN ({_LEAVES}) GROUP BY 1 HAVING COUNT(*) > 1",
    ),
    Check(
        "offer_noticed", "an offer was opened without a notice to its partner",
        "SELECT o.id FROM offer o LEFT JOIN notice n ON n.offer_id = o.id AND n.kind IN ('offer.opened', "
        "'lead.assigned') WHERE n.id IS NULL AND o.via <> 'passed_on'",
    ),
    Check(
        "unassigned_noticed", "a lead became unassigned without a notice to the managers",
        "SELECT DISTINCT e.lead_id FROM event e LEFT JOIN notice n ON n.lead_id = e.lead_id "
        "AND n.kind = 'lead.unassigned' WHERE e.type = 'lead.unassigned' AND n.id IS NULL",
    ),
    Check(
        "offer_decided", "an offer of a plan has no decision about its lead",
        "SELECT o.id FROM offer o LEFT JOIN decision d ON d.id = o.decision_id "
        "WHERE o.via IN ('plan', 'known_customer') AND (d.id IS NULL OR d.lead_id <> o.lead_id)",
    ),
    Check(
        "one_vendor", "a row belongs to another vendor than what it points at",
        "SELECT o.id FROM offer o JOIN lead l ON l.id = o.lead_id JOIN partner p ON p.id = o.partner_id "
        "WHERE o.vendor_id <> l.vendor_id OR o.vendor_id <> p.vendor_id "
        "UNION ALL SELECT l.id FROM lead l JOIN source s ON s.id = l.source_id JOIN customer c ON c.id = l.customer_id "
        "WHERE l.vendor_id <> s.vendor_id OR l.vendor_id <> c.vendor_id "
        "UNION ALL SELECT e.id FROM event e JOIN lead l ON l.id = e.lead_id WHERE e.vendor_id <> l.vendor_id "
        "UNION ALL SELECT d.id FROM decision d JOIN lead l ON l.id = d.lead_id WHERE d.vendor_id <> l.vendor_id "
        "UNION ALL SELECT n.id FROM notice n JOIN lead l ON l.id = n.lead_id WHERE n.vendor_id <> l.vendor_id "
        "UNION ALL SELECT c.id FROM contact c JOIN lead l ON l.id = c.lead_id WHERE c.vendor_id <> l.vendor_id",
    ),
    Check(
        "facts_contiguous", "the versions of a partner's facts have a gap or overlap, or lie ahead of the network's",
        "SELECT DISTINCT f.partner_id FROM (SELECT partner_id, vendor_id, from_version, to_version, "
        "LEAD(from_version) OVER (PARTITION BY partner_id ORDER BY from_version) AS later FROM partner_facts) f "
        "JOIN vendor v ON v.id = f.vendor_id WHERE f.from_version > v.network_version "
        "OR (f.to_version IS NOT NULL AND f.to_version <= f.from_version) "
        "OR (f.later IS NOT NULL AND (f.to_version IS NULL OR f.to_version <> f.later))",
    ),
    Check(
        "facts_current", "a partner in use has no current facts, or an archived one still has",
        "SELECT p.id FROM partner p LEFT JOIN partner_facts f ON f.partner_id = p.id AND f.to_version IS NULL "
        "WHERE (p.archived_at IS NULL) <> (f.id IS NOT NULL)",
    ),
)  # fmt: skip
OVERDUE = (
    Check(
        "leads_overdue", "leads whose next action is more than a minute overdue (does a worker run?)",
        "SELECT id FROM lead WHERE next_action_at < %s ORDER BY next_action_at",
    ),
    Check(
        "notices_overdue", "notices that should have been written out more than a minute ago",
        "SELECT id FROM notice WHERE due_at < %s ORDER BY due_at",
    ),
    Check(
        "deliveries_overdue", "mails that should have been sent more than a minute ago",
        "SELECT id FROM delivery WHERE due_at < %s ORDER BY due_at",
    ),
)  # fmt: skip
WARNINGS = (
    Check(
        "routing_failed", "leads that stand unassigned because routing them failed: a bug, see the log",
        "SELECT id FROM lead WHERE state = 'unassigned' AND attention_reason = 'routing-failed'",
    ),
    Check("deliveries_failed", "mails that could not be sent", "SELECT id FROM delivery WHERE outcome = 'failed'"),
    Check(
        "partners_not_placed", "partners that cannot be placed, so that no distance counts for them (geo load helps)",
        "SELECT id FROM partner WHERE lat IS NULL AND archived_at IS NULL",
    ),
    Check(
        "partners_not_reached", "partners whom no mail reaches: neither people nor an e-mail address",
        "SELECT p.id FROM partner p WHERE p.archived_at IS NULL AND p.email = '' AND NOT EXISTS (SELECT 1 "
        "FROM membership m WHERE m.partner_id = p.id AND m.active)",
    ),
    Check(
        "vendors_not_reached", "vendors without a person who is told of unassigned leads",
        "SELECT v.id FROM vendor v WHERE NOT EXISTS (SELECT 1 FROM membership m WHERE m.vendor_id = v.id "
        "AND m.partner_id IS NULL AND m.active AND m.role IN ('administrator', 'channel_manager'))",
    ),
    Check("leads_not_placed", "open leads that cannot be placed: no distance counts for them",
          f"SELECT id FROM lead WHERE lat IS NULL AND state NOT IN ({_listed(CLOSED_LEAD)})"),
)  # fmt: skip
