"""Rounds: decide who is asked next, open the offers, or let the lead run dry. Set-wise; one lead is a list of one."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import OperationalError, transaction

from partidor.actions.events import Told
from partidor.domain.business_time import WALL, Clock, Length
from partidor.domain.facts import LeadFacts
from partidor.domain.offers import Cursor, Step
from partidor.domain.routing.decide import decide
from partidor.domain.routing.decision import Decision as Decided
from partidor.domain.routing.decision import Pinned
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import distance_km
from partidor.models import Contact, Decision, Lead, Offer, Vendor
from partidor.models.ledger import keep_ledger, lock_ledger
from partidor.models.live import asked_before, dealings_of, lead_facts, live_state
from partidor.models.snapshots import network, ruleset

log = logging.getLogger(__name__)
ROUTING_FAILED = "routing-failed"


def draw_rounds(
    leads: Sequence[Lead],
    *,
    trigger: str,
    told: Told,
    contacts: Sequence[Contact] | None = None,
    again: bool = False,
    fresh: bool = False,
) -> list[Offer]:
    """Open the next round of each lead; return the offers made.

    The caller holds the leads of one vendor locked, in state routing or offered, with no offer waiting.
    ``again`` asks partners too that let an earlier offer lapse; ``fresh`` says that the caller has changed the network.
    A bug in routing never loses a lead: the savepoint is rolled back, the leads are tried one by one, and
    one that fails alone stands as unassigned for the channel manager.
    """
    if not leads:
        return []
    undo = told.mark(leads)
    try:
        with transaction.atomic():
            return _draw(leads, trigger, told, contacts, again, fresh)
    except OperationalError:
        raise  # a deadlock or a busy database: the whole transaction is tried again
    except Exception:
        undo()
        log.exception("routing failed for %d lead(s), first %s", len(leads), leads[0].pk)
    if len(leads) > 1:
        drawn: list[Offer] = []
        for lead in leads:
            drawn += draw_rounds([lead], trigger=trigger, told=told, contacts=contacts, again=again, fresh=fresh)
        return drawn
    run_dry(leads, dict.fromkeys([leads[0].pk], ROUTING_FAILED), told)
    return []


def _draw(
    leads: Sequence[Lead], trigger: str, told: Told, contacts: Sequence[Contact] | None, again: bool, fresh: bool
) -> list[Offer]:
    at, vendor_id = told.at, leads[0].vendor_id
    held = lock_ledger(vendor_id)
    dealings = dealings_of(leads, held.vendor.decline_policies, arriving=trigger == "lead")
    asked = asked_before(leads, dealings)
    net = network(held.vendor, fresh=fresh)
    versions = {lead.pk: _ruleset_version(lead, held.vendor) for lead in leads}
    rulesets = {version: ruleset(vendor_id, version) for version in set(versions.values())}
    on_net = {version: Snapshot(rules, net) for version, rules in rulesets.items()}
    snapshots = {lead.pk: on_net[versions[lead.pk]] for lead in leads}
    facts = lead_facts(leads, frozenset().union(*(rules.fields for rules in rulesets.values())), contacts, dealings)
    loads = any(rules.uses_load for rules in rulesets.values())
    live = live_state(held.vendor, net, held.ledger, at=at, loads=loads)

    decided: dict[UUID, Decided] = {}
    for lead in leads:
        seen = facts[lead.pk] = replace(facts[lead.pk], running_with=tuple(dealings.running.get(lead.pk, ())))
        one = decide(
            snapshots[lead.pk],
            seen,
            live,
            asked[lead.pk],
            trigger=trigger,
            pinned=_pinned(lead),
            readmit_expired=again,
        )
        if not lead.test:
            live.book(one, seen)
            dealings.book(lead, [candidate.partner for candidate in one.chosen])
        decided[lead.pk] = one

    if any(one.steps for one in decided.values()):
        keep_ledger(vendor_id, held.ledger, at=at)
    decisions = {lead.pk: _kept(lead, decided[lead.pk], held.vendor, told) for lead in leads}
    offers = _open([lead for lead in leads if decided[lead.pk].chosen], decided, decisions, snapshots, facts, told)
    dry = {lead.pk: decided[lead.pk].reason or ROUTING_FAILED for lead in leads if not decided[lead.pk].chosen}
    run_dry([lead for lead in leads if lead.pk in dry], dry, told)
    return offers


def _ruleset_version(lead: Lead, vendor: Vendor) -> int:
    return vendor.ruleset_version if lead.ruleset_version is None else lead.ruleset_version


def _pinned(lead: Lead) -> Pinned | None:
    if lead.rule_position is None:
        return None
    cursor = None if lead.next_step is None else Cursor(lead.next_step, lead.next_repetition or 1)
    return Pinned(rule=lead.rule_position, cursor=cursor)


def _kept(lead: Lead, decided: Decided, vendor: Vendor, told: Told) -> Decision:
    return Decision(
        vendor_id=lead.vendor_id,
        lead=lead,
        lead_seq=lead.event_seq + 1,
        at=told.at,
        trigger=decided.trigger,
        ruleset_version=_ruleset_version(lead, vendor),
        network_version=vendor.network_version,
        rule_position=decided.rule,
        record=decided.record(),
    )


def _open(
    leads: Sequence[Lead],
    decided: dict[UUID, Decided],
    decisions: dict[UUID, Decision],
    snapshots: dict[UUID, Snapshot],
    facts: dict[UUID, LeadFacts],
    told: Told,
) -> list[Offer]:
    offers: list[Offer] = []
    for lead in leads:
        offers += _offers_of(lead, decided[lead.pk], decisions[lead.pk], snapshots[lead.pk], facts[lead.pk], told)
    Offer.open(offers, list(decisions.values()))

    terms = {lead: tuple(group) for lead, group in groupby(offers, key=lambda offer: offer.lead_id)}
    for lead in leads:
        one, mine = decided[lead.pk], terms[lead.pk]
        for offer in mine:
            told.event(lead, "offer.opened", offer=offer, round=offer.round, place=offer.place, via=offer.via)
            told.notice("offer.opened", offer.pk, lead=lead, offer=offer, partner_id=offer.partner_id)
        told.event(
            lead,
            "lead.offered",
            round=lead.round + 1,
            offers=len(mine),
            rule=one.rule,
            decision=str(decisions[lead.pk].pk),
        )
        if one.step is not None and one.step.notify_manager:
            told.notice("lead.escalated", f"{lead.pk}:{lead.run}:{lead.round + 1}", lead=lead)
    told.move_leads(leads, "offer", lambda lead: _columns(lead, decided[lead.pk], decisions[lead.pk], terms[lead.pk]))
    return offers


def _columns(lead: Lead, one: Decided, decision: Decision, offers: Sequence[Offer]) -> dict[str, object]:
    first = offers[0]
    return {
        "run": lead.run,
        "ruleset_version": decision.ruleset_version,
        "rule_position": one.rule,
        "next_step": one.next_cursor.step if one.next_cursor else None,
        "next_repetition": one.next_cursor.repetition if one.next_cursor else None,
        "round": lead.round + 1,
        "first_offered_at": lead.first_offered_at or first.opened_at,
        **first.next_action(),
        "attention_reason": "",
        "attention_at": None,
    }


def _offers_of(
    lead: Lead, one: Decided, decision: Decision, snapshot: Snapshot, facts: LeadFacts, told: Told
) -> list[Offer]:
    step = one.step
    assert step is not None
    alone = step.exclusive or one.via == "known_customer"
    remind_at, award_at, expires_at = _terms(step, _clock(one, alone, snapshot), told.at)
    return [
        Offer(
            vendor_id=lead.vendor_id,
            lead=lead,
            partner_id=UUID(candidate.partner),
            decision=decision,
            state=Offer.life.start,
            run=lead.run,
            round=lead.round + 1,
            via=one.via,
            exclusive=alone,
            reveal="full" if alone and one.via == "known_customer" else step.reveal,
            place=candidate.place,
            rivals=len(one.chosen) - 1,
            distance_km=_distance(snapshot, candidate.partner, facts),
            test=lead.test,
            opened_at=told.at,
            remind_at=remind_at,
            award_at=award_at if len(one.chosen) > 1 else None,
            expires_at=expires_at,
        )
        for candidate in one.chosen
    ]


def _distance(snapshot: Snapshot, partner: str, facts: LeadFacts) -> float | None:
    there = snapshot.network.facts[snapshot.network.index[partner]].point
    return round(distance_km(facts.point, there), 1) if facts.point and there else None


def _clock(one: Decided, alone: bool, snapshot: Snapshot) -> Clock:
    """Say whose time runs: a partner's that is asked alone, the vendor's where several compete."""
    net = snapshot.network
    if one.rule is None or snapshot.ruleset.rules[one.rule - 1].clock == "wall":
        return WALL
    return (net.calendar_at(net.index[one.chosen[0].partner]) if alone else net.calendar) or WALL


def _terms(step: Step, clock: Clock, at: datetime) -> tuple[datetime | None, datetime | None, datetime]:
    """Fix the reminder, the award and the deadline at opening.

    Where the calendar never has so much working time, the wall clock counts: a round must end. A reminder that would
    not come before the deadline (10 h of 2 working days) is left out.
    """

    def ends(length: Length) -> datetime:
        return clock.after(at, length) or WALL.after(at, length)

    expires_at = ends(step.window)
    remind_at = ends(step.remind_after) if step.remind_after else None
    award_at = min(ends(step.best_after), expires_at) if step.best_after else None
    return remind_at if remind_at and remind_at < expires_at else None, award_at, expires_at


def run_dry(leads: Sequence[Lead], reasons: dict[UUID, str], told: Told) -> None:
    """Leave leads to the channel manager's attention, each with the reason why nobody could be asked."""
    if not leads:
        return
    for lead in leads:
        told.event(lead, "lead.unassigned", reason=reasons[lead.pk], round=lead.round)
        told.notice("lead.unassigned", f"{lead.pk}:{lead.event_seq}", lead=lead, reason=reasons[lead.pk])
    told.move_leads(
        leads,
        "run_dry",
        lambda lead: {
            "run": lead.run,
            "ruleset_version": lead.ruleset_version,
            "rule_position": lead.rule_position,
            "next_step": None,
            "next_repetition": None,
            "next_action_kind": "",
            "next_action_at": None,
            "attention_reason": reasons[lead.pk],
            "attention_at": told.at,
        },
    )
