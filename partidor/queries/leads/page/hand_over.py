"""To whom a lead may be given by hand: who suits it today, even if out at the moment; and anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from partidor.access.network import partners_of
from partidor.access.viewer import vendor_of
from partidor.domain.routing.decide import decide
from partidor.domain.routing.decision import Seen
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.network import LeadView, Network
from partidor.domain.routing.rank import Candidate
from partidor.models.ledger import read_ledger
from partidor.models.live import lead_facts, live_state
from partidor.models.snapshots import network, ruleset
from partidor.queries.leads.decisions import RuleNamed
from partidor.queries.leads.page.dossier import Dossier, PartnerMark, tier_of
from partidor.queries.leads.page.why_not import FOUND, named_like

SHOWN = 6
"""How many of those who suit the lead are offered at once."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who may be given the lead, and what should be known before.

    ``place`` and ``score`` are those among all who suit the lead today; None for anybody else. ``earlier`` is what it
    answered when it was asked about this lead: declined, expired, handed_back, taken_back.
    """

    partner: PartnerMark
    place: int | None
    score: float | None
    km: float | None
    load: int
    most: int | None
    is_full: bool
    is_paused: bool
    is_closed: bool
    """Whether it has no working time in the next 14 days."""
    has_it: bool
    is_asked: bool
    earlier: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Who may be given the lead: by which rule they are ordered, those who suit, and those found by name."""

    rule: RuleNamed | None
    suited: tuple[Taker, ...]
    found: tuple[Taker, ...]
    total: int
    """How many suit."""
    words: str


def hand_over(kept: Dossier, words: str, *, chosen: UUID | None = None) -> HandOver:
    """Show who may be given the lead; ``chosen`` is shown too, wherever it stands."""
    vendor = vendor_of(kept.viewer)
    net = network(vendor)
    rules = ruleset(vendor.pk, vendor.ruleset_version)
    snap = Snapshot(rules, net)
    facts = lead_facts([kept.lead], rules.fields, kept.contacts)[kept.lead.pk]
    live = live_state(vendor, net, read_ledger(vendor.pk), at=kept.at, loads=True)
    out = Seen(live.paused, live.no_hours, live.at_capacity)
    live.paused = live.no_hours = live.at_capacity = 0  # a hand may give it to them all the same
    decided = decide(snap, facts, live, trigger="test", shown=net.size)
    shown = decided.candidates[:SHOWN]
    hits = named_like(kept.viewer, words)[: 2 * FOUND]
    wanted = {UUID(one.partner) for one in shown} | {pk for pk, _, _, archived in hits if archived is None}
    wanted |= {chosen} if chosen else set()
    names = dict(partners_of(kept.viewer).filter(pk__in=wanted, archived_at=None).values_list("pk", "name"))
    ranks = {one.partner: one for one in decided.candidates}
    desk = _Desk(kept, snap, live, out, snap.view(facts), ranks, names)
    rule = rules.rules[decided.rule - 1] if decided.rule else None
    found = [pk for pk, _, _, archived in hits if archived is None][:FOUND]
    if chosen and str(chosen) not in {one.partner for one in shown} and chosen not in found:
        found.insert(0, chosen)
    return HandOver(
        RuleNamed(rule.position, rule.name) if rule else None,
        tuple(desk.takers(UUID(one.partner) for one in shown)),
        tuple(desk.takers(found)),
        decided.eligible,
        words,
    )


@dataclass(frozen=True, slots=True)
class _Desk:
    """What a row is made of."""

    kept: Dossier
    snap: Snapshot
    live: LiveState
    out: Seen
    """Who is out at the moment."""
    view: LeadView
    ranks: dict[str, Candidate]
    names: dict[UUID, str]

    def takers(self, partners: Iterable[UUID]) -> Iterator[Taker]:
        for partner in partners:
            if partner in self.names:
                yield self._taker(partner)

    def _taker(self, partner: UUID) -> Taker:
        net: Network = self.snap.network
        at = net.index.get(str(partner))
        ranked = self.ranks.get(str(partner))
        earlier = [offer for offer in self.kept.offers if offer.partner_id == partner]
        answers = [offer.ended_by or offer.state for offer in earlier]
        return Taker(
            partner=PartnerMark(partner, self.names[partner], tier_of(self.snap, str(partner), self.kept.language)),
            place=ranked.place if ranked else None,
            score=ranked.score if ranked else None,
            km=net.distance(self.view, at) if at is not None else None,
            load=self.live.loads[at] if at is not None else 0,
            most=net.facts[at].max_open_leads if at is not None else None,
            is_full=at is not None and bool(self.out.at_capacity >> at & 1),
            is_paused=at is not None and bool(self.out.paused >> at & 1),
            is_closed=at is not None and bool(self.out.no_hours >> at & 1),
            has_it=self.kept.lead.partner_id == partner,
            is_asked=bool(earlier) and earlier[-1].state in ("open", "interested"),
            earlier=next(
                (one for one in reversed(answers) if one in ("declined", "expired", "handed_back", "taken_back")), ""
            ),
        )
