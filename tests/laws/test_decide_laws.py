"""Whatever the vendor, its rules and its leads: the engine decides as the naive interpreter does."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from partidor.domain.facts import Asked, LeadFacts
from partidor.domain.offers import Cursor
from partidor.domain.routing import rank
from partidor.domain.routing.decide import decide, replay
from partidor.domain.routing.decision import SHOWN, Decision, Pinned
from partidor.domain.routing.draws import Draws, Standing
from partidor.domain.routing.explain import explain, outs, sentence
from tests.laws import oracle, worlds
from tests.laws.oracle import World

PERSONAL = ("email",)


def told(decision: Decision, ids: Sequence[str]) -> dict[str, Any]:
    """Say a decision in the oracle's words."""
    after = decision.next_cursor
    return {
        "rule": decision.rule,
        "passed_over": list(decision.passed_over),
        "via": decision.via,
        "cursor": (decision.cursor.step, decision.cursor.repetition) if decision.cursor else None,
        "next": (after.step, after.repetition) if after else None,
        "chosen": [candidate.partner for candidate in decision.chosen],
        "scores": {candidate.partner: round(candidate.score * 100) for candidate in decision.candidates},
        "excluded": dict(decision.excluded),
        "eligible": decision.eligible,
        "reason": decision.reason,
        "steps": [([ids[at] for at in draw.members], ids[draw.chosen], draw.millionths) for draw in decision.steps],
    }


def decided(
    world: World, lead: LeadFacts, before: Asked, pinned: tuple[int, tuple[int, int] | None] | None, readmit: bool,
    shown: int = SHOWN,
) -> Decision:  # fmt: skip
    network = worlds.network_of(world)
    later = None if pinned is None else Pinned(pinned[0], Cursor(*pinned[1]) if pinned[1] else None)
    live = worlds.live_of(world, network)
    return decide(
        worlds.snapshot_of(world, network), lead, live, before, pinned=later, readmit_expired=readmit, shown=shown
    )


@st.composite
def pins(draw: st.DrawFn, world: World) -> tuple[int, tuple[int, int] | None] | None:
    if not world.rules or draw(st.integers(0, 3)):
        return None
    position = draw(st.integers(1, len(world.rules)))
    return position, draw(st.sampled_from([*oracle.rounds(world.rules[position - 1]["plan"]), None]))


@contextmanager
def piece_by_piece() -> Iterator[None]:
    """Let the engine look at partners as in the largest networks, however few there are."""
    kept, (rank._FEW, rank._AT_ONCE) = (rank._FEW, rank._AT_ONCE), (1, 1)
    try:
        yield
    finally:
        rank._FEW, rank._AT_ONCE = kept


class TestDecide:
    @worlds.times(2)
    @given(st.data(), worlds.worlds())
    def test_decides_as_the_naive_interpreter_does_and_replays_to_the_same(
        self, data: st.DataObject, world: World
    ) -> None:
        for _ in range(3):
            lead, before, readmit = data.draw(worlds.leads()), data.draw(worlds.asked), data.draw(st.booleans())
            pinned = data.draw(pins(world))
            expected = oracle.decide(world, lead, before, pinned, readmit)
            self.check(world, lead, decided(world, lead, before, pinned, readmit), expected, SHOWN)
            with piece_by_piece():
                self.check(world, lead, decided(world, lead, before, pinned, readmit, 1), expected, 1)

    def check(self, world: World, lead: LeadFacts, decision: Decision, expected: dict[str, Any], shown: int) -> None:
        ours = told(decision, worlds.network_of(world).ids)
        assert ours.pop("scores").items() <= expected["scores"].items()
        assert ours.items() <= expected.items()
        assert [one.place for one in decision.candidates] == list(range(1, len(decision.candidates) + 1))
        assert len(decision.candidates) == max(len(decision.chosen), min(shown, decision.eligible)) or decision.reason

        record = json.loads(json.dumps(decision.record()))
        assert not set(record["inputs"]["values"]) & set(PERSONAL)
        network = worlds.network_of(world)
        personal = {name: lead.values[name] for name in PERSONAL if name in lead.values}
        assert replay(worlds.snapshot_of(world, network), record, personal, shown=shown) == decision

    @given(worlds.worlds(), st.lists(worlds.leads(), max_size=5))
    def test_keeps_draws_that_add_up_to_what_was_booked(self, world: World, leads: list[LeadFacts]) -> None:
        network, draws = worlds.network_of(world), Draws()
        live = worlds.live_of(world, network)
        live.ledger.rows.clear()
        standing = Standing(network.ids, [one.weight for one in network.facts])
        for lead in leads:
            decision = decide(worlds.snapshot_of(world, network), lead, live)
            live.book(decision, lead)
            record = json.loads(json.dumps(decision.record()))
            draws.add(standing, record["inputs"]["values"].get("temperature"), record["draws"])
        assert draws.ledger().rows == live.ledger.rows

    @given(worlds.worlds(), worlds.leads(), worlds.asked)
    def test_changes_nothing_and_does_not_mind_the_order_of_partners(
        self, world: World, lead: LeadFacts, before: Asked
    ) -> None:
        network = worlds.network_of(world)
        live = worlds.live_of(world, network)
        rows = copy.deepcopy(live.ledger.rows)
        before_state = (list(live.loads), dict(live.months), dict(live.weeks), live.at_capacity)
        decision = decide(worlds.snapshot_of(world, network), lead, live, before)
        assert live.ledger.rows == rows
        assert (list(live.loads), live.months, live.weeks, live.at_capacity) == before_state
        world.partners.reverse()
        assert decided(world, lead, before, None, False) == decision

    @worlds.times(6)
    @given(st.integers(0, 2**32), st.integers(50, 200), st.sampled_from([0, 1, 5, SHOWN, 300]))
    @example(0, 200, SHOWN)
    def test_decides_as_the_naive_interpreter_does_where_it_looks_at_few_of_many(
        self, seed: int, size: int, shown: int
    ) -> None:
        """Who is asked, and who is shown in which place and why, among more partners than are looked at."""
        chance = Random(seed)
        world = worlds.crowd(chance, size)
        lead = worlds.lead_of_crowd(chance)
        expected = oracle.decide(world, lead, Asked())
        decision = decided(world, lead, Asked(), None, False, shown)
        ids = worlds.network_of(world).ids
        ours = told(decision, ids)
        assert ours.pop("scores").items() <= expected["scores"].items()
        assert ours.items() <= expected.items()
        assert len(decision.candidates) == max(len(decision.chosen), min(shown, decision.eligible))
        drawn = next(({ids[at] for at in draw.members} for draw in decision.steps if len(draw.members) > 1), set())
        undrawn = drawn - set(expected["chosen"])
        below = set(expected["scores"]) - drawn - set(expected["chosen"])
        best = sorted(below, key=lambda one: (-expected["scores"][one], one))
        rest = [one.partner for one in decision.candidates[len(decision.chosen) :]]
        assert set(rest[: len(undrawn)]) <= undrawn
        assert rest[len(undrawn) :] == best[: max(0, len(rest) - len(undrawn))]
        for one in decision.candidates:
            assert round(sum(one.parts.values()), 2) == one.score


class TestExplain:
    @given(st.data(), worlds.worlds(), worlds.leads(), worlds.asked, st.booleans())
    def test_explains_every_partner_as_it_was_counted(
        self, data: st.DataObject, world: World, lead: LeadFacts, before: Asked, readmit: bool
    ) -> None:
        pinned = data.draw(pins(world))
        decision = decided(world, lead, before, pinned, readmit)
        record = json.loads(json.dumps(decision.record()))
        snapshot = worlds.snapshot_of(world, worlds.network_of(world))
        counted: dict[str, int] = {}
        places: dict[str, int] = {}
        for partner in world.partners:
            explanation = explain(snapshot, record, lead.values, partner.id)
            assert explanation.reasons
            for reason in explanation.reasons:
                for language in ("en", "de-AT"):
                    text = sentence(reason, language)
                    assert text != reason.code
                    assert "{" not in text
            if explanation.eligible:
                places[partner.id] = explanation.place or 0
            else:
                code = explanation.reasons[0].code
                code = code if code in ("paused", "no_hours", "at_capacity", "already_asked", "feedback_due") else "who"
                counted[code] = counted.get(code, 0) + 1
        if decision.reason == "no_rule":
            counted.pop("who", None)
        assert counted == dict(decision.excluded)
        grouped = outs(snapshot, record, lead.values)
        assert sum(len(out.partners) for out in grouped) == sum(counted.values())
        assert {out.key: len(out.partners) for out in grouped if not out.key.startswith("who")} == {
            code: number for code, number in counted.items() if code != "who"
        }
        assert len(places) == decision.eligible
        if decision.reason is None:
            assert sorted(places.values()) == list(range(1, decision.eligible + 1))
            assert {candidate.partner: candidate.place for candidate in decision.candidates}.items() <= places.items()
