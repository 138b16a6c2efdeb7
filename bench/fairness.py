"""The fair share beside other ways: the same leads, pauses, limits and declines, and four ways to choose who is next.

``python -m bench.fairness`` prints the table; ``--write`` puts it into docs/fairness.md and draws the picture there.
Seeded: the same every time. On AdventureWorks' network where its tables are (tests/adventureworks.py), and on an
invented one. Each way plays in a world of its own, in which its own choices fill the partners' tables; how far it has
come from what was due is counted for all of them alike, in debts.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from pathlib import Path
from typing import Any

from bench._curves import draw
from bench.decide import ORDERED, make_leads, make_world
from partidor.domain.facts import Asked, LeadFacts, PartnerFacts
from partidor.domain.routing.decide import decide
from partidor.domain.routing.decision import Draw
from partidor.domain.routing.fairness import MICRO, Ledger
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import Ruleset, compile_ruleset
from tests.adventureworks import MAPPINGS, adventureworks, write_customers

DOCS = Path(__file__).resolve().parent.parent / "docs"
BEGIN, END = "<!-- simulation: made by python -m bench.fairness --write -->", "<!-- end of the simulation -->"
LINES = {"R": "Road", "M": "Mountain", "T": "Touring", "S": "Accessories"}
AWAY, DECLINES = 0.04, 0.15
"""How many partners go away with each lead that comes, for 40 to 400 leads; the share of offers declined."""
LIMITED, LIMIT, RUNS_FOR = 0.33, 6, 1_500
"""The share of partners with a limit of open leads; that limit; for how many leads an accepted one stays open."""
POINTS = 120
"""Points of a curve."""

Choice = Callable[[int, Draw], int]
"""Chooses one of the members of a draw: (rule, draw)."""


@dataclass
class Course:
    """How one way went: the largest debt at any time, at the end, and along the way."""

    name: str
    peak: float = 0.0
    last: float = 0.0
    jain: float | None = None
    curve: list[float] = field(default_factory=list)


@dataclass
class Play:
    """A network, its rules, the leads in their order, and what else happens, the same for all ways."""

    name: str
    network: Network
    rules: Ruleset
    leads: Sequence[LeadFacts]

    @property
    def partners(self) -> int:
        """Return how many partners there are."""
        return self.network.size

    def pauses(self) -> Iterator[list[int]]:
        """Yield who is away at each lead, by position."""
        chance, away = random.Random(17), set[int]()
        back: list[tuple[int, int]] = []
        for number in range(len(self.leads)):
            while back and back[0][0] <= number:
                away.discard(heappop(back)[1])
            one = chance.randrange(self.network.size)
            if chance.random() < AWAY and one not in away:
                away.add(one)
                heappush(back, (number + chance.randrange(40, 400), one))
            yield sorted(away)


def play(scene: Play, name: str, choose: Choice) -> Course:
    """Let all leads come in, and one way choose whenever several suit equally well."""
    network, ledger, course = scene.network, Ledger(), Course(name)
    live = LiveState(network, ledger=ledger)
    snapshot, dice = Snapshot(scene.rules, network), random.Random(23)
    running: list[tuple[int, int]] = []
    every = max(1, len(scene.leads) // POINTS)
    for number, (lead, away) in enumerate(zip(scene.leads, scene.pauses(), strict=True)):
        live.paused = sum(1 << at for at in away)
        while running and running[0][0] <= number:
            live.let_go(heappop(running)[1], accepted=False)
        gone: set[str] = set()
        declines = [dice.random() < DECLINES for _ in range(3)]
        for declined in declines:
            decision = decide(snapshot, lead, live, Asked(frozenset(gone)), shown=1)
            if not decision.steps or decision.rule is None:
                break
            drawn = decision.steps[0]
            at = choose(decision.rule, drawn)
            weights = [network.facts[one].weight for one in drawn.members]
            members = [network.ids[one] for one in drawn.members]
            ledger.step(members, weights, network.ids[at], lead.temperature)
            course.peak = max(course.peak, *(abs(ledger.debt(one)) / MICRO for one in members))
            if not declined:
                live.take(at)
                heappush(running, (number + RUNS_FOR, at))
                break
            gone.add(network.ids[at])
        if number % every == 0:
            course.curve.append(ledger.max_debt())
    if ledger.sum():
        raise AssertionError("debts do not sum to zero")
    course.last, course.jain = ledger.max_debt(), ledger.jain()
    return course


def ways(network: Network) -> dict[str, Choice]:
    """Return the ways to choose, each with a memory of its own."""
    weight = [partner.weight for partner in network.facts]
    chance = random.Random(29)
    smooth: dict[int, dict[int, int]] = {}
    pointers: dict[int, int] = {}

    def by_chance(_rule: int, drawn: Draw) -> int:
        return chance.choices(drawn.members, [weight[one] for one in drawn.members])[0]

    def pointer(rule: int, drawn: Draw) -> int:
        """Take the next in the list after the one who was last; lists know no weights."""
        pointers[rule] = next((one for one in drawn.members if one > pointers.get(rule, -1)), drawn.members[0])
        return pointers[rule]

    def smooth_robin(rule: int, drawn: Draw) -> int:
        """Smooth weighted round robin as nginx has it, with a counter per rule and partner."""
        counters = smooth.setdefault(rule, {})
        for one in drawn.members:
            counters[one] = counters.get(one, 0) + weight[one]
        best = max(drawn.members, key=counters.__getitem__)
        counters[best] -= sum(weight[one] for one in drawn.members)
        return best

    return {
        "Partidor": lambda _rule, drawn: drawn.chosen,
        "smooth weighted round robin per rule": smooth_robin,
        "weighted random": by_chance,
        "pointer round robin per rule": pointer,
    }


def invented(leads: int) -> Play:
    """Make the network and the rules of the benchmarks, with wider bands and no load in the order."""
    world = make_world(300, 30)
    chance = random.Random(31)
    rules = [
        {**rule, "order": [one for one in rule["order"] if one["by"] in ("tag", "distance")], "equal_within": 15,
         "plan": [{"offer_to": 1, "window": "8h"}]}
        for rule in world.rules
    ]  # fmt: skip
    partners = [_limited(partner, chance) for partner in world.partners]
    return Play("invented", Network(partners, dimensions=ORDERED), compile_ruleset(rules), make_leads(leads))


def real(leads: int | None) -> Play | None:
    """Read AdventureWorks: its resellers, its customers by their first order, and the rules of the tests."""
    tables = adventureworks()
    if tables is None:
        return None
    chance = random.Random(37)
    rows = list(_rows(tables / "resellers.csv"))
    partners = [_limited(_reseller(row, chance), chance) for row in rows]
    places = {(row["StateProvinceCode"], row["City"]): _point(row) for row in rows}
    states = {row["StateProvinceCode"]: _point(row) for row in rows}
    with tempfile.TemporaryDirectory() as folder:
        customers = sorted(
            _rows(write_customers(tables, Path(folder) / "customers.csv")), key=lambda row: row["DateFirstPurchase"]
        )
    found = []
    for row in customers[:leads]:
        point = places.get((row["StateProvinceCode"], row["City"])) or states.get(row["StateProvinceCode"])
        values = {"country": row["CountryRegionCode"], "product": LINES.get(row["FirstProductLine"], ""),
                  "temperature": chance.choice(["hot", "warm", "cold"])}  # fmt: skip
        found.append(LeadFacts({name: value for name, value in values.items() if value}, point))
    rules = json.loads((MAPPINGS / "adventureworks_rules.json").read_text())["rules"]
    dimensions = {"tier": ["bronze", "silver", "gold"]}
    return Play("AdventureWorks", Network(partners, dimensions=dimensions), compile_ruleset(rules), found)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as opened:
        yield from csv.DictReader(opened)


def _point(row: dict[str, str]) -> tuple[float, float]:
    return float(row["StoreLat"]), float(row["StoreLon"])


def _reseller(row: dict[str, str], chance: random.Random) -> PartnerFacts:
    sales = float(row["AnnualSales"] or 0)
    tier = "bronze" if sales < 1_000_000 else "silver" if sales < 2_000_000 else "gold"
    tags = {"tier": (tier,), "type": (row["BusinessType"],), "product_line": (row["ProductLine"],)}
    return PartnerFacts(
        id=row["ResellerAlternateKey"], country=row["CountryRegionCode"], point=_point(row),
        weight=chance.choice([1, 1, 2, 3]), tags=tags,
    )  # fmt: skip


def _limited(partner: PartnerFacts, chance: random.Random) -> PartnerFacts:
    limit = LIMIT if chance.random() < LIMITED else None
    fields = {name: getattr(partner, name) for name in PartnerFacts.__slots__}
    return PartnerFacts(**{**fields, "max_open_leads": limit})


def run(*, quick: bool = False) -> list[tuple[Play, list[Course]]]:
    """Play every network in every way."""
    scenes = [real(300 if quick else None), invented(500 if quick else 20_000)]
    return [
        (scene, [play(scene, name, choose) for name, choose in ways(scene.network).items()])
        for scene in scenes
        if scene is not None
    ]


def table(found: Sequence[tuple[Play, list[Course]]]) -> str:
    """Write the courses as a table."""
    lines = ["| network | way | largest debt ever | at the end | Jain |", "|---|---|--:|--:|--:|"]
    lines += [
        f"| {scene.name}: {scene.partners:,} partners, {len(scene.leads):,} leads | {course.name} | {course.peak:.1f} "
        f"| {course.last:.1f} | {course.jain:.4f} |"
        for scene, courses in found
        for course in courses
    ]
    return "\n".join(lines)


def main(words: Sequence[str]) -> None:
    """Play, print, and write if asked."""
    found = run(quick="--quick" in words)
    print(table(found))
    if "--write" not in words:
        return
    if found[0][0].name != "AdventureWorks":
        raise SystemExit("docs/fairness.md shows AdventureWorks too; name its folder in PARTIDOR_TEST_REAL_DATA")
    page = (DOCS / "fairness.md").read_text()
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    (DOCS / "fairness.md").write_text(f"{before}{BEGIN}\n{table(found)}\n{END}{after}")
    curves: dict[str, Any] = {course.name: course.curve for course in found[0][1]}
    (DOCS / "pictures").mkdir(exist_ok=True)
    (DOCS / "pictures" / "fairness.svg").write_text(draw(curves, leads=len(found[0][0].leads)))
    print("written: docs/fairness.md, docs/pictures/fairness.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
