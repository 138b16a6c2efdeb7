"""Six weeks of the demo, played hour by hour: every step is the real action, at its time in the past.

Customers ask, partners answer or do not, the clock reminds and expires, the channel managers review, hand over and
reroute, and leads are won and lost. Seeded: the same number of leads at the same moment is the same past.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from partidor.access.leads import visible_leads, visible_offers
from partidor.access.viewer import Viewer
from partidor.actions.deadlines import act_on_lead
from partidor.actions.intake import receive_lead
from partidor.actions.ledger import keep_ledger_of
from partidor.actions.offers import accept_offer, decline_offer, see_offers
from partidor.actions.pipeline import LOST_REASONS, lose_lead, win_lead
from partidor.actions.qualification import park_lead, reject_lead, release_lead
from partidor.actions.routing import assign_lead, reroute_lead, withdraw_lead
from partidor.actions.transactions import apart
from partidor.config.demo import temper
from partidor.config.demo.world import REVIEWED, STAND, Payload, World, dice_of, make_lead
from partidor.domain.refusal import Refusal

if TYPE_CHECKING:
    from partidor.models import Lead, Offer

PAST = timedelta(weeks=6)
NOW_AND_THEN = timedelta(hours=3)
"""The last hours, in which leads came in at whatever time of day it is, so that something is always open."""
QUIET = timedelta(hours=5)
"""So long the partners that are left to the visitor have not answered."""
LONGEST_STANDSTILL = timedelta(days=25)
"""After so long every lead has come to an end."""
FAR = 120
"""Kilometres from which on it is a long way."""
FAIRS = (16, 17, 33, 34)
"""The days of the trade shows."""


Step = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner as it is written down, with its id and the people who act for it."""

    id: UUID
    written: Mapping[str, Any]
    people: tuple[Viewer, ...]


@dataclass(slots=True)
class Play:
    """The past, as far as it has been played."""

    world: World
    by: Viewer
    managers: tuple[Viewer, ...]
    partners: Mapping[UUID, Partner]
    end: datetime
    each_step: Step
    number: int = 0
    payloads: dict[UUID, Payload] = field(default_factory=dict)
    _due: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _planned: set[object] = field(default_factory=set)
    _next: dict[UUID, datetime | None] = field(default_factory=dict)
    """When each lead is due."""
    _open: dict[UUID, set[UUID]] = field(default_factory=dict)
    """Which offers of each lead wait."""
    _left: set[UUID] = field(default_factory=set)
    """Leads that no channel manager has seen to yet."""
    _silent: set[UUID] = field(default_factory=set)
    """Leads that no partner answers."""

    def plan(self, at: datetime, step: Step) -> None:
        """Put a step on the calendar."""
        heapq.heappush(self._due, (at, next(self._count), step))

    def plan_once(self, name: object, at: datetime, step: Step) -> None:
        """Put a step on the calendar unless one of that name stood there already."""
        if name not in self._planned:
            self._planned.add(name)
            self.plan(at, step)

    def plan_leads(self, number: int) -> None:
        """Let so many customers ask, most over the weeks and a few right now."""
        dice = dice_of("arrivals", number)
        start = self.end - PAST
        late = max(6, number // 12)
        for day in range(PAST.days):
            self.plan(start + timedelta(days=day), self._keep_ledger)
        for at in temper.arrivals(start, self.end - NOW_AND_THEN, number - late, FAIRS, dice):
            fair = (at - start).days in FAIRS and dice.random() < 0.6
            again = dice.random() < 0.05
            wanted = {"source": STAND} if fair else self._near_visitors(dice)
            self.plan(at, partial(self.ask, again=again, **wanted))
        for place in range(late):
            at = self.end - NOW_AND_THEN * dice.random() ** 1.5
            held: dict[str, Any] = {"source": REVIEWED, "left": True} if place % 5 == 4 else {}
            self.plan(at, partial(self.ask, **held))
        for days in (1, 4, 9):
            self.plan(temper.at_work(self.end - timedelta(days=days), dice), self._ask_and_park)
        warm: dict[str, Any] = {"temperature": "warm", "source": "website", "employees": 18}
        in_vain = partial(self.ask, left=True, **warm)
        self.plan(start + PAST * 0.6, partial(self.ask, town="Bozen", vertical="Gastronomie", **warm))
        for hours, town, vertical in (
            (41, "Graz", "Gesundheit"),
            (27, "Bozen", "Gesundheit"),
            (5, "Luxemburg", "Handwerk"),
        ):
            asks = partial(in_vain, town=town, vertical=vertical, silent=hours > 40)
            self.plan(self.end - timedelta(hours=hours), asks)

    def _near_visitors(self, dice: random.Random) -> dict[str, Any]:
        """Let now and then one ask who lives near a partner that is left to the visitor."""
        yours = [one.written for one in self.partners.values() if one.written["temper"] == "you"]
        if dice.random() > 0.10:
            return {}
        one = dice.choice(yours)
        return {"town": one["town"], "vertical": dice.choice(one["verticals"]), "language": one.get("language", "de")}

    def play(self) -> None:
        """Do what stands on the calendar, in order, until now."""
        while self._due and self._due[0][0] <= self.end:
            at, _, step = heapq.heappop(self._due)
            step(at)
            self.each_step(at)

    # What happens -----------------------------------------------------------------------------------------------------

    def ask(
        self, at: datetime, *, again: bool = False, left: bool = False, silent: bool = False, **wanted: Any
    ) -> UUID:
        """Let a customer ask; again: one who asked before; left: nobody reviews it; silent: nobody answers."""
        dice = dice_of("again", self.number)
        earlier = [payload for payload in self.payloads.values() if "product" in payload]
        like = dice.choice(earlier) if again and earlier else None
        payload = make_lead(self.world, self.number, at=at, like=like, **wanted)
        self.number += 1
        lead = receive_lead(payload, by=self.by, at=at).lead
        self.payloads.setdefault(lead.pk, payload)
        if left:
            self._left.add(lead.pk)
        if silent:
            self._silent.add(lead.pk)
        if dice.random() < 0.02:
            self.plan(at + timedelta(hours=dice.uniform(1, 70)), partial(self._withdraw, lead.pk))
        self.look(lead.pk)
        return lead.pk

    def _keep_ledger(self, at: datetime) -> None:
        keep_ledger_of(self.by.vendor_id, at=at)

    def _ask_and_park(self, at: datetime) -> None:
        """Let somebody ask whose time has not come yet."""
        until, by = self.end + timedelta(days=5 + at.hour), self.managers[0]
        lead_id = self.ask(at, source=REVIEWED, left=True)
        self.plan(at + timedelta(hours=2), partial(self._park, lead_id, until, by))

    def look(self, lead_id: UUID) -> None:
        """See how a lead stands, and put on the calendar what follows from that."""
        columns = ("state", "attention_at", "accepted_at", "next_action_at")
        lead = visible_leads(self.by).only(*columns).get(pk=lead_id)
        self._next[lead_id] = lead.next_action_at
        self._open[lead_id] = set()
        if lead.next_action_at is not None:
            self.plan(lead.next_action_at, partial(self._tick, lead_id))
        if lead.state == "offered":
            for offer in visible_offers(self.by).filter(lead_id=lead_id, state="open").order_by("place"):
                self._open[lead_id].add(offer.pk)
                self._plan_answer(offer)
        elif lead.state == "in_review":
            self._plan_manager("review", lead, self._review, hours=9, leave=0.5, leave_for=40)
        elif lead.state == "unassigned":
            self._plan_manager("rescue", lead, self._rescue, hours=30, leave=0.8, leave_for=110)
        elif lead.accepted_at is not None and lead.state == "accepted":
            dice = dice_of("close", self._name(lead_id), lead.accepted_at)
            after = timedelta(days=min(1.2 + dice.lognormvariate(1.65, 0.5), 30))
            if dice.random() < 0.94 or lead.accepted_at < self.end - LONGEST_STANDSTILL:
                at = temper.at_work(lead.accepted_at + after, dice)
                self.plan_once(("close", lead_id, lead.accepted_at), at, partial(self._close, lead_id))

    def _name(self, lead_id: UUID) -> str:
        return str(self.payloads[lead_id]["external_id"])

    def _plan_answer(self, offer: Offer) -> None:
        """Let a partner look at an offer and answer it in its time, or not."""
        lead_id, offer_id, opened_at, expires_at = offer.lead_id, offer.pk, offer.opened_at, offer.expires_at
        lead, partner = self.payloads[lead_id], self.partners[offer.partner_id]
        how = partner.written["temper"]
        if expires_at is None or lead_id in self._silent or (how == "you" and opened_at > self.end - QUIET):
            return
        dice = dice_of("answer", lead["external_id"], partner.written["id"], opened_at)
        at = temper.answers_at(how, opened_at, expires_at, dice)
        seen = opened_at + (expires_at - opened_at) * dice.random()
        if at is not None:
            seen = max(opened_at, at - timedelta(minutes=dice.uniform(1, 20)))
        if at is not None or dice.random() < 0.4:  # looked at, and left
            self.plan_once(("see", offer_id), seen, partial(self._see, lead_id, offer_id, partner.people[0]))
        if at is None:
            return
        who = dice.choice(partner.people)
        step = partial(self._accept, lead_id, offer_id, who)
        if not temper.accepts(how, lead, partner.written, dice):
            far = (offer.distance_km or 0) > FAR
            reason, note = temper.declines_for(lead, partner.written, far, self.world, dice)
            step = partial(self._decline, lead_id, offer_id, who, reason, note)
        self.plan_once(("answer", offer_id), at, step)

    def _plan_manager(
        self,
        what: str,
        lead: Lead,
        step: Callable[[UUID, datetime], object],
        *,
        hours: float,
        leave: float,
        leave_for: float,
    ) -> None:
        """Let a channel manager see to a lead within some hours; of the latest ones some are still left."""
        since = lead.attention_at
        assert since is not None
        dice = dice_of(what, self._name(lead.pk), since)
        at = temper.at_work(since + timedelta(hours=dice.uniform(0.3, hours)), dice)
        late = since > self.end - timedelta(hours=leave_for)
        if lead.pk not in self._left and dice.random() > (leave if late else 0):
            self.plan_once((what, lead.pk, since), at, partial(step, lead.pk))

    def _do(self, verb: Callable[..., object], *given: object, **named: object) -> bool:
        """Do something unless it has become impossible meanwhile; say whether it was done."""
        try:
            apart(verb)(*given, **named)
        except Refusal:
            return False
        return True

    # Who does it ------------------------------------------------------------------------------------------------------

    def _tick(self, lead_id: UUID, at: datetime) -> None:
        if self._next[lead_id] == at and act_on_lead(lead_id, at=at):
            self.look(lead_id)

    def _see(self, lead_id: UUID, offer_id: UUID, who: Viewer, at: datetime) -> None:
        if offer_id in self._open[lead_id]:
            see_offers([offer_id], by=[who], at=at)

    def _accept(self, lead_id: UUID, offer_id: UUID, who: Viewer, at: datetime) -> None:
        if offer_id in self._open[lead_id] and self._do(accept_offer, offer_id, by=who, at=at):
            self.look(lead_id)

    def _decline(self, lead_id: UUID, offer_id: UUID, who: Viewer, reason: str, note: str, at: datetime) -> None:
        if offer_id in self._open[lead_id] and self._do(
            decline_offer, offer_id, reason=reason, note=note, by=who, at=at
        ):
            self.look(lead_id)

    def _withdraw(self, lead_id: UUID, at: datetime) -> None:
        self._do(withdraw_lead, lead_id, by=self.managers[0], at=at)

    def _park(self, lead_id: UUID, until: datetime, by: Viewer, at: datetime) -> None:
        self._do(park_lead, lead_id, until=until, by=by, at=at)
        self.look(lead_id)

    def _review(self, lead_id: UUID, at: datetime) -> None:
        dice = dice_of("reviewed", self._name(lead_id), at)
        by = dice.choice(self.managers)
        if "product" not in self.payloads[lead_id]:
            self._do(reject_lead, lead_id, reason="spam", by=by, at=at)
        elif (way := dice.random()) < 0.55:
            self._do(release_lead, lead_id, by=by, at=at)
        elif way < 0.85:
            self._park(lead_id, at + timedelta(days=dice.randint(6, 26)), by, at)
        else:
            reason = dice.choice(["no_need", "competitor", "out_of_scope", "other"])
            self._do(reject_lead, lead_id, reason=reason, by=by, at=at)
        self.look(lead_id)

    def _rescue(self, lead_id: UUID, at: datetime) -> None:
        """Hand a lead over by hand to who is near, ask everybody again, or let it go."""
        dice = dice_of("rescued", self._name(lead_id), at)
        by, lead = dice.choice(self.managers), self.payloads[lead_id]
        way = dice.random()
        if "product" not in lead or lead["address"]["city"] in self.world["far"] or way < 0.15:
            self._do(withdraw_lead, lead_id, by=by, at=at)
        elif way < 0.45:
            self._do(reroute_lead, lead_id, again=True, by=by, at=at)
        else:
            country = lead["address"]["country"]
            able = [one for one in self.partners.values() if self._takes(one, lead["vertical"], country)]
            if able:
                reason = dice.choice(self.world["by_hand"]["reasons"])
                partner = dice.choice(able).id
                self._do(assign_lead, lead_id, partner_id=partner, reason=reason, by=by, at=at)
        self.look(lead_id)

    def _takes(self, partner: Partner, vertical: str, country: str) -> bool:
        written = partner.written
        there = self.world["towns"][written["town"]][0]
        return vertical in written["verticals"] and there == country and written["temper"] in ("quick", "steady")

    def _close(self, lead_id: UUID, at: datetime) -> None:
        state, partner_id = visible_leads(self.by).values_list("state", "partner_id").get(pk=lead_id)
        if state != "accepted":
            return
        dice = dice_of("closed", self._name(lead_id), at)
        lead, partner = self.payloads[lead_id], self.partners[partner_id]
        if dice.random() < 0.04:
            self._do(reroute_lead, lead_id, by=dice.choice(self.managers), at=at)
            self.look(lead_id)
            return
        who = dice.choice(partner.people)
        odds = {"hot": 0.64, "warm": 0.5, "cold": 0.3}[lead["temperature"]]
        odds += {"gold": 0.08, "bronze": -0.08}.get(partner.written["tier"], 0)
        if dice.random() < odds and "product" in lead:
            value = f"{round(float(lead['value']) * dice.uniform(0.7, 1.25), -2):.2f}" if "value" in lead else None
            self._do(win_lead, lead_id, value=value, by=who, at=at)
        else:
            reason = dice.choices(LOST_REASONS, [5, 4, 3, 4, 3, 1])[0]
            self._do(lose_lead, lead_id, reason=reason, by=who, at=at)
