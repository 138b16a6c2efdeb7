"""Routing decisions a second, one thread: the engine against the naive interpreter that is the tests' oracle.

Both decide the same leads on the same network (12 tag dimensions) with the compact explanation: candidates with
score parts, and everyone else counted by reason. The leads they both decide must come out the same.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from partidor.domain.facts import LeadFacts, PartnerFacts
from partidor.domain.routing.decide import decide
from partidor.domain.routing.fairness import Ledger
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import compile_ruleset
from tests.laws import oracle

DIMENSIONS = {
    "tier": 4, "vertical": 20, "region": 40, "language": 6, "certification": 30, "product": 12, "size": 5, "service": 8,
    "channel": 4, "segment": 6, "program": 10, "industry": 25,
}  # fmt: skip
COUNTRIES = ["DE", "AT", "CH", "FR", "IT", "ES", "NL", "PL", "US", "CA"]
ORDERED = {"tier": [f"tier{number}" for number in range(DIMENSIONS["tier"])]}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    partners: int
    rules: int
    way: str
    leads_per_second: float
    median_us: float
    p99_us: float
    ratio: float
    """How many times the naive interpreter's leads a second."""


def make_world(partners: int, rules: int, seed: int = 7) -> oracle.World:
    """Make a vendor: partners around Central Europe, rules by country, vertical, size, tier and distance."""
    chance = random.Random(seed)
    network = [
        PartnerFacts(
            id=f"partner-{number:05}", kind=chance.choice(["reseller", "var", "system_integrator", "distributor"]),
            country=chance.choice(COUNTRIES), language=chance.choice(["de", "fr", "en"]),
            point=(chance.uniform(43, 55), chance.uniform(-2, 20)), weight=chance.choice([1, 1, 1, 2]),
            tags={name: tuple(f"{name}{chance.randrange(size)}" for _ in range(chance.choice([1, 1, 2])))
                  for name, size in DIMENSIONS.items()},
            max_open_leads=chance.choice([None, None, 10]), win_rate=_rates(chance),
        )
        for number in range(partners)
    ]  # fmt: skip
    ruleset = [make_rule(chance, number) for number in range(rules - 1)]
    ruleset.append({**make_rule(chance, rules), "when": {"all": []}, "who": {"not": {"kind": {"in": ["distributor"]}}}})
    world = oracle.World(ruleset, network, ORDERED)
    world.paused = {partner.id for partner in chance.sample(network, partners // 20)}
    world.loads = {partner.id: chance.randrange(12) for partner in network}
    return world


def _rates(chance: random.Random) -> dict[str, float]:
    """Make rates over all and in a few verticals."""
    verticals = chance.sample(range(DIMENSIONS["vertical"]), 3)
    return {"": chance.random()} | {f"vertical{vertical}": chance.random() for vertical in verticals}


def make_rule(chance: random.Random, number: int) -> dict[str, Any]:
    """Make a rule of four conditions on the lead and three or four on the partner."""
    vertical, country = chance.randrange(DIMENSIONS["vertical"]), chance.sample(COUNTRIES, 3)
    tiers = [f"tier{tier}" for tier in chance.sample(range(4), 2)]
    who: list[dict[str, Any]] = [
        {"tag": "tier", "op": "in", "value": tiers},
        {"tag": "vertical", "op": "matches", "field": "vertical"},
        {"tag": "product", "op": "matches", "field": "product"},
    ]
    if chance.random() < 0.5:
        who.append({"distance_km": {"lte": chance.choice([150, 250, 500])}})
    return {
        "name": f"Rule {number}",
        "when": {"all": [
            {"field": "vertical", "op": "eq", "value": f"vertical{vertical}"},
            {"field": "country", "op": "in", "value": country},
            {"field": "employees", "op": "gte", "value": chance.choice([10, 50, 200])},
            {"any": [{"field": "temperature", "op": "eq", "value": "hot"},
                     {"field": "value", "op": "gt", "value": chance.choice([1000, 20000])}]},
        ]},
        "who": {"all": who},
        "order": [{"by": "tag", "dimension": "certification", "values": ["certification1"], "points": 30},
                  {"by": "distance", "points": 20, "zero_at_km": 500},
                  {"by": "win_rate", "points": 25}, {"by": "load", "points": 25}],
        "plan": [{"offer_to": chance.choice([1, 1, 5]), "window": "8h"}],
    }  # fmt: skip


def make_leads(number: int, seed: int = 11) -> list[LeadFacts]:
    """Make leads spread over the same countries, verticals and sizes."""
    chance = random.Random(seed)
    return [
        LeadFacts(
            {"vertical": f"vertical{chance.randrange(DIMENSIONS['vertical'])}", "country": chance.choice(COUNTRIES),
             "product": f"product{chance.randrange(DIMENSIONS['product'])}", "employees": chance.randrange(1, 1000),
             "value": chance.randrange(100, 100_000), "temperature": chance.choice(["hot", "warm", "cold"])},
            (chance.uniform(43, 55), chance.uniform(-2, 20)),
        )
        for _ in range(number)
    ]  # fmt: skip


def timed(decides: Callable[[LeadFacts], object], leads: Sequence[LeadFacts]) -> list[float]:
    """Return the microseconds of this thread's CPU that each lead took: others on the machine do not count."""
    spent = []
    for lead in leads:
        started = time.thread_time()
        decides(lead)
        spent.append((time.thread_time() - started) * 1e6)
    return spent


def run(leads: int = 20_000, naive_leads: int = 150) -> list[Row]:
    """Measure both ways at 500 partners with 50 rules, and at 5,000 with 500."""
    rows = []
    for partners, rules in ((500, 50), (5_000, 500)):
        world = make_world(partners, rules)
        network = Network(world.partners, dimensions=world.dimensions)
        snapshot = Snapshot(compile_ruleset(world.rules), network)
        live = LiveState(network, paused=world.paused, loads=world.loads, ledger=Ledger())
        asked = make_leads(leads)
        for lead in asked[:naive_leads]:
            ours, theirs = decide(snapshot, lead, live), oracle.decide(world, lead)
            if [one.partner for one in ours.chosen] != theirs["chosen"] or dict(ours.excluded) != theirs["excluded"]:
                raise AssertionError(f"the two disagree about {lead}")
        for lead in asked[:2_000]:
            decide(snapshot, lead, live)
        naive = timed(lambda lead, world=world: oracle.decide(world, lead), asked[:naive_leads])  # type: ignore[misc]
        ways = {
            "naive": naive,
            "engine": timed(lambda lead, s=snapshot, v=live: decide(s, lead, v), asked),  # type: ignore[misc]
            "engine + record": timed(lambda lead, s=snapshot, v=live: decide(s, lead, v).record(), asked),  # type: ignore[misc]
        }
        for way, spent in ways.items():
            ratio = statistics.fmean(naive) / statistics.fmean(spent)
            p99 = statistics.quantiles(spent, n=100)[98]
            rows.append(Row(partners, rules, way, 1e6 / statistics.fmean(spent), statistics.median(spent), p99, ratio))
    return rows


def main() -> None:
    """Print the table."""
    print("| partners | rules | way | leads/s | median µs | p99 µs | x naive |\n|---|---|---|---|---|---|---|")
    for row in run():
        print(
            f"| {row.partners:,} | {row.rules} | {row.way} | {row.leads_per_second:,.0f} | {row.median_us:,.1f} "
            f"| {row.p99_us:,.1f} | {row.ratio:,.0f} |"
        )


if __name__ == "__main__":
    main()
