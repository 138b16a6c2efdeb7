"""Random histories: whatever happens in whatever order, crashes and repeats included, the invariants hold.

A naive model remembers, per lead, only who holds it and who may answer; the auditor checks everything else.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.intake import receive_lead
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import change_partner, pause_partner, resume_partner
from partidor.actions.routing import assign_lead, reroute_lead, withdraw_lead
from partidor.domain.offers import DECLINE_REASONS
from partidor.domain.refusal import NotPossibleNow, Refusal
from partidor.domain.routing.replays.changes import changes
from partidor.models import Decision, Event, Lead, Offer
from partidor.models.ledger import read_ledger
from partidor.queries.audit.auditor import audit
from partidor.queries.leads.replays import snapshot_of, values_of
from tests.cleaning import empty
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, START, World

PARTNERS = st.sampled_from(["alpen", "bergmann", "citroen"])
CHOICE = st.integers(0, 10_000)
MIXED = [
    {"name": "Hot to all", "when": {"field": "temperature", "op": "eq", "value": "hot"}, "who": {"all": []},
     "plan": [{"offer_to": 2, "window": "1h", "reveal": "teaser"}, {"offer_to": "all", "window": "2h"}]},
    *ONE_AFTER_ANOTHER,
]  # fmt: skip
BEST = [
    {"name": "The best of those interested", "award": {"best_after": "90m"}, "equal_within": 0,
     "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
     "plan": [{"offer_to": 2, "window": "4h", "remind_after": "1h"},
              {"offer_to": "all", "window": "8h", "reveal": "teaser"}]},
]  # fmt: skip
RULES = st.sampled_from([ONE_AFTER_ANOTHER, ALL_AT_ONCE, MIXED, BEST])


class Crash(Exception):
    """The process dies here."""


class Histories(RuleBasedStateMachine):
    """One vendor and its partners through a few random days."""

    def __init__(self) -> None:
        super().__init__()
        empty()
        self.world = World.found()
        self.now: datetime = START
        self.holder: dict[UUID, str | None] = {}
        self.last: Callable[[], object] | None = None
        self.replayed: set[UUID] = set()
        note_beat(at=START)

    def teardown(self) -> None:
        for decision in Decision.objects.select_related("lead__source"):
            self.is_made_again(decision)  # whatever has happened since
        empty()

    @initialize(rules=RULES)
    def begin(self, rules: object) -> None:
        self.world.rules(rules)

    def do(self, verb: Callable[[], object]) -> object:
        self.last = verb
        return verb()

    @rule(heat=st.sampled_from(["hot", "warm", "cold"]), customer=st.integers(0, 3))
    def receive(self, heat: str, customer: int) -> None:
        inquiry = self.world.inquiry(
            temperature=heat,
            company=f"Kunde {customer} GmbH",
            contact={"last_name": "K", "email": f"k@k{customer}.example"},
        )
        at = self.now
        received = self.do(lambda: receive_lead(inquiry, by=self.world.manager, at=at))
        self.holder.setdefault(received.lead.pk, None)  # type: ignore[attr-defined]

    def offer(self, choice: int, **where: object) -> Offer | None:
        offers = list(Offer.objects.filter(**where).order_by("pk"))
        return offers[choice % len(offers)] if offers else None

    @rule(choice=CHOICE)
    def accept(self, choice: int) -> None:
        if offer := self.offer(choice):
            name = self.name(offer)
            at = self.now
            try:
                answer = self.do(lambda: accept_offer(offer.pk, by=self.world.seen_by(name), at=at))
            except Refusal:
                assert offer.state not in ("open", "interested")
            else:
                assert offer.state == "open" or answer.repeated  # type: ignore[attr-defined]
                if answer.offer.state == "accepted":  # type: ignore[attr-defined]
                    self.holder[offer.lead_id] = name

    @rule(choice=CHOICE, reason=st.sampled_from(sorted(DECLINE_REASONS)))
    def decline(self, choice: int, reason: str) -> None:
        if offer := self.offer(choice, state="open"):
            name, at = self.name(offer), self.now
            self.do(lambda: decline_offer(offer.pk, reason=reason, by=self.world.seen_by(name), at=at))

    @rule(hours=st.sampled_from([0.05, 1, 2, 5, 30]))
    def wait(self, hours: float) -> None:
        """The worker comes back after a while; after more than five minutes that was an outage."""
        self.now += timedelta(hours=hours)
        waiting = list(Offer.objects.filter(state__in=["open", "interested"]).order_by("-place"))
        best = {offer.lead_id: offer for offer in waiting if offer.state == "interested"}
        asked_still = {offer.lead_id for offer in waiting if offer.state == "open"}
        note_beat(at=self.now)
        for pk, offer in best.items():
            assert offer.award_at is not None
            if offer.award_at <= self.now or pk not in asked_still:
                self.holder[pk] = self.name(offer)
        while act_on_due(at=self.now):
            pass

    @rule(partner=PARTNERS, paused=st.booleans())
    def pause(self, partner: str, paused: bool) -> None:
        pk, at = self.world.partners[partner].pk, self.now
        if paused:
            self.do(lambda: pause_partner(pk, until=at + timedelta(hours=6), by=self.world.manager, at=at))
        else:
            self.do(lambda: resume_partner(pk, by=self.world.manager, at=at))

    @rule(partner=PARTNERS, cap=st.sampled_from([None, 1, 2]), weight=st.integers(1, 3))
    def cap(self, partner: str, cap: int | None, weight: int) -> None:
        pk, at = self.world.partners[partner].pk, self.now
        self.do(lambda: change_partner(pk, {"max_open_leads": cap, "weight": weight}, by=self.world.manager, at=at))

    @rule(rules=RULES)
    def publish(self, rules: object) -> None:
        self.world.rules(rules)

    def lead(self, choice: int) -> Lead | None:
        leads = list(Lead.objects.order_by("received_at", "pk"))
        return leads[choice % len(leads)] if leads else None

    @rule(choice=CHOICE, verb=st.sampled_from(["withdraw", "reroute", "assign"]), partner=PARTNERS, again=st.booleans())
    def steer(self, choice: int, verb: str, partner: str, again: bool) -> None:
        if (lead := self.lead(choice)) is None:
            return
        at, by = self.now, self.world.manager
        verbs: dict[str, Callable[[], object]] = {
            "withdraw": lambda: withdraw_lead(lead.pk, by=by, at=at),
            "reroute": lambda: reroute_lead(lead.pk, again=again, by=by, at=at),
            "assign": lambda: assign_lead(
                lead.pk, partner_id=self.world.partners[partner].pk, reason="hand", by=by, at=at
            ),
        }
        try:
            self.do(verbs[verb])
        except NotPossibleNow:
            assert self.world.again(lead).state == lead.state
        else:
            self.holder[lead.pk] = partner if verb == "assign" else None

    @precondition(lambda self: self.last is not None)
    @rule()
    def repeat_the_last_verb(self) -> None:
        """A redelivery: the same call again. It may be refused, but breaks nothing."""
        assert self.last is not None
        try:
            self.last()
        except Refusal:
            pass
        else:
            self.holder = {pk: self._holder(pk) for pk in self.holder}

    @rule(choice=CHOICE, where=st.sampled_from(["Event.append", "Notice.put", "Offer.open"]))
    def crash_in_the_middle(self, choice: int, where: str) -> None:
        """A verb dies between its writes: it has happened whole, or not at all."""
        before = _facts()
        with _crashing(where):
            try:
                receive_lead(self.world.inquiry(external_id=""), by=self.world.manager, at=self.now)
            except Crash:
                assert _facts() == before
                return
        # The savepoint of routing took the crash: the lead stands with its alarm.
        lead = Lead.objects.order_by("-received_at", "-pk").first()
        assert lead is not None
        self.holder.setdefault(lead.pk, None)

    def name(self, offer: Offer) -> str:
        return next(name for name, partner in self.world.partners.items() if partner.pk == offer.partner_id)

    def _holder(self, lead_pk: UUID) -> str | None:
        offer = Offer.objects.filter(lead=lead_pk, state="accepted", ended_at=None).first()
        return self.name(offer) if offer else None

    @invariant()
    def each_lead_is_where_the_model_says(self) -> None:
        assert {pk: self._holder(pk) for pk in self.holder} == self.holder

    @invariant()
    def the_books_are_even(self) -> None:
        ledger = read_ledger(self.world.vendor.pk)
        assert all(ledger.sum(account) == 0 for account in ("all", "hot", "warm", "cold"))
        assert ledger.max_debt() <= max(ledger.bound, 0)

    @invariant()
    def every_decision_is_made_again_the_same(self) -> None:
        for decision in Decision.objects.exclude(pk__in=self.replayed).select_related("lead__source"):
            self.replayed.add(decision.pk)
            self.is_made_again(decision)

    def is_made_again(self, decision: Decision) -> None:
        snap = snapshot_of(self.world.manager, decision)
        assert changes(snap, decision.record, values_of(decision.lead), ()) == []

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        found = [finding for finding in audit(at=self.now, mail_is_set=True).findings if finding.kind == "broken"]
        assert found == []


def _facts() -> tuple[int, int, int]:
    return Lead.objects.count(), Offer.objects.count(), Event.objects.count()


@contextmanager
def _crashing(where: str) -> Iterator[None]:
    record, _, method = where.partition(".")

    def die(*_: object, **__: object) -> None:
        raise Crash(where)

    with patch(f"partidor.models.{record}.{method}", die), patch("partidor.actions.rounds.log"):
        yield


@pytest.mark.usefixtures("transactional_db")
def test_histories() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(
            settings.get_profile("quick"),
            max_examples=int(os.environ.get("PARTIDOR_TEST_HISTORIES", "20")),
            stateful_step_count=30,
            suppress_health_check=list(HealthCheck),
        ),
    )
