"""Random little vendors for the laws: rules as a person could write them, partners, leads and live states."""

from __future__ import annotations

from random import Random
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from partidor.domain.facts import Asked, LeadFacts, PartnerFacts
from partidor.domain.routing.fairness import Ledger
from partidor.domain.routing.live import LiveState
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.ruleset import compile_ruleset
from tests.laws.oracle import World


def times(factor: float) -> settings:
    """Try so many times the examples of the profile, so that ``long`` is longer for every law."""
    return settings(max_examples=round(factor * settings().max_examples))


IDS = [f"p{number:02}" for number in range(14)]
DIMENSIONS = {"tier": ["bronze", "Silver", "gold"]}
WORDS = ["a", "b", "Ab", "x.example"]
COUNTRIES = ["DE", "AT", "fr"]
KINDS = ["reseller", "distributor", "own_sales"]
degrees = st.sampled_from([(48.1, 11.5), (48.2, 11.6), (52.5, 13.4), (-33.9, 151.2), (89.5, 10.0), (10.0, 179.9),
                           (10.0, -179.9), (48.123456, 11.987654)])  # fmt: skip
ids = st.sampled_from(IDS)
words = st.sampled_from(WORDS)
several = st.lists(words, min_size=1, max_size=3)
text_leaf = st.one_of(
    st.builds(lambda f, o, v: {"field": f, "op": o, "value": v}, st.sampled_from(["product", "vertical", "custom.k"]),
              st.sampled_from(["eq", "ne", "gt", "lte", "contains", "starts_with"]), words),
    st.builds(lambda f, o, v: {"field": f, "op": o, "value": v}, st.sampled_from(["product", "vertical", "custom.k"]),
              st.sampled_from(["in", "not_in"]), several),
    st.builds(lambda o, v: {"field": "country", "op": o, "value": v}, st.sampled_from(["in", "not_in"]),
              st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2)),
)  # fmt: skip
other_leaf = st.one_of(
    st.builds(lambda o, v: {"field": "employees", "op": o, "value": v},
              st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"]), st.integers(0, 4)),
    st.builds(lambda v: {"field": "employees", "op": "between", "value": sorted(v)}, st.tuples(st.integers(0, 4),
                                                                                               st.integers(0, 4))),
    st.builds(lambda o, v: {"field": "custom.k", "op": o, "value": v}, st.sampled_from(["eq", "gte"]),
              st.integers(0, 3)),
    st.builds(lambda o, v: {"field": "flags", "op": o, "value": v}, st.sampled_from(["eq", "ne", "contains"]), words),
    st.builds(lambda o, v: {"field": "flags", "op": o, "value": v}, st.sampled_from(["in", "not_in"]), several),
    st.builds(lambda f, v: {"field": f, "op": "exists", "value": v}, st.sampled_from(["employees", "flags", "region"]),
              st.booleans()),
    st.builds(lambda v: {"field": "email", "op": "matches_domain", "value": v}, st.just("x.example")),
    st.builds(lambda o, v: {"field": "test", "op": o, "value": v}, st.sampled_from(["eq", "ne"]), st.booleans()),
)  # fmt: skip


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=5,
    )


who_leaf = st.one_of(
    st.builds(lambda d, o, v: {"tag": d, "op": o, "value": v}, st.sampled_from(["vertical", "language"]),
              st.sampled_from(["in", "not_in", "all_of"]), several),
    st.builds(lambda v: {"tag": "tier", "op": "at_least", "value": [v]}, st.sampled_from(["bronze", "silver", "GOLD"])),
    st.builds(lambda f: {"tag": "vertical", "op": "matches", "field": f}, st.sampled_from(["product", "flags"])),
    st.lists(st.sampled_from(KINDS), min_size=1, max_size=2).map(lambda v: {"kind": {"in": v}}),
    st.lists(st.sampled_from(COUNTRIES), min_size=1, max_size=2).map(lambda v: {"country": {"in": v}}),
    st.just({"country": {"matches": "country"}}),
    st.sampled_from([1, 20, 600, 5000, 20040]).map(lambda v: {"distance_km": {"lte": v}}),
    st.lists(ids, min_size=1, max_size=4).map(lambda v: {"partner": {"in": v}}),
    st.lists(ids, min_size=1, max_size=2).map(lambda v: {"parent": {"in": v}}),
    st.just({"customer_of": True}),
)  # fmt: skip
points = st.sampled_from([1, 7, 20, 25, 12.5])
order_line = st.one_of(
    st.builds(lambda p, v: {"by": "tag", "dimension": "vertical", "values": v, "points": p}, points, several),
    st.builds(lambda p, km: {"by": "distance", "zero_at_km": km, "points": p}, points, st.sampled_from([30, 900])),
    st.builds(lambda by, p: {"by": by, "points": p},
              st.sampled_from(["win_rate", "conversion", "load", "open_now", "language", "past_sales"]), points),
)  # fmt: skip
steps = st.builds(
    lambda offer_to, repeat: {"offer_to": offer_to, "window": "1h", "repeat": repeat},
    st.sampled_from([1, 2, 3, 5, "all"]),
    st.integers(1, 2),
)
rules: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": st.just("r"),
        "plan": st.lists(steps, min_size=1, max_size=3),
        "who": st.one_of(st.just({"all": []}), who_leaf, trees(who_leaf)),
        "order": st.lists(order_line, max_size=3),
    },
    optional={
        "when": st.one_of(st.just({"all": []}), trees(st.one_of(text_leaf, other_leaf))),
        "equal_within": st.sampled_from([0, 5, 12.5, 100]),
        "known_customer": st.sampled_from(["prefer", "ignore"]),
        "otherwise": st.sampled_from(["next", "stop"]),
    },
)
shares = st.one_of(st.none(), st.sampled_from([0.0, 0.25, 0.8, 1.0]))
rates = st.dictionaries(
    st.sampled_from(["", *(word.casefold() for word in WORDS)]), st.sampled_from([0.0, 0.25, 0.8, 1.0])
)
places = st.one_of(st.none(), degrees)
caps = st.sampled_from([None, None, None, 1, 3, 4])


@st.composite
def partners(draw: st.DrawFn) -> list[PartnerFacts]:
    chosen = draw(st.lists(ids, unique=True, min_size=draw(st.sampled_from([0, 6, 9, 12])), max_size=len(IDS)))
    tags = st.fixed_dictionaries(
        {},
        optional={
            "tier": st.sampled_from([("gold",), ("SILVER", "bronze"), ("other",)]),
            "vertical": several.map(tuple),
            "language": st.sampled_from([("de",), ("fr-CH", "en")]),
        },
    )
    return [
        PartnerFacts(
            id=one, kind=draw(st.sampled_from(KINDS)), country=draw(st.sampled_from(["", *COUNTRIES])),
            language=draw(st.sampled_from(["", "de-AT", "en"])), point=draw(places), weight=draw(st.integers(1, 3)),
            tags=draw(tags), parents=tuple(draw(st.lists(ids, max_size=2))), max_open_leads=draw(caps),
            monthly_cap=draw(caps), weekly_pace=draw(caps), win_rate=draw(rates),
            conversion=draw(rates), past_sales=draw(shares),
        )
        for one in chosen
    ]  # fmt: skip


@st.composite
def leads(draw: st.DrawFn) -> LeadFacts:
    values: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "product": words, "vertical": words, "country": st.sampled_from(COUNTRIES),
                "employees": st.integers(0, 4), "flags": several.map(tuple), "email": st.just("e@mail.x.example"),
                "custom.k": st.one_of(words, st.integers(0, 3)), "temperature": st.sampled_from(["hot", "cold"]),
                "language": st.sampled_from(["de", "FR", "it"]), "test": st.booleans(),
            },
        )
    )  # fmt: skip
    running = draw(st.lists(ids, unique=True, max_size=3))
    return LeadFacts(values, draw(places), draw(st.frozensets(ids, max_size=4)), tuple(running))


some = st.sets(ids, max_size=2)
counts = st.dictionaries(ids, st.integers(0, 4), max_size=8)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World(
        rules=draw(st.lists(rules, min_size=draw(st.sampled_from([0, 1, 3])), max_size=5)),
        partners=draw(partners()), dimensions=DIMENSIONS, paused=draw(some),
        no_hours=draw(some), closed=draw(some), feedback_due=draw(some), loads=draw(counts), months=draw(counts),
        weeks=draw(counts),
    )  # fmt: skip
    debts = st.integers(-3_000_000, 3_000_000)
    world.ledger = draw(st.dictionaries(ids, st.lists(debts, min_size=4, max_size=4), max_size=8))
    return world


asked = st.builds(Asked, st.frozensets(ids, max_size=2), st.frozensets(ids, max_size=3))


def network_of(world: World) -> Network:
    return Network(world.partners, dimensions=world.dimensions)


def snapshot_of(world: World, network: Network) -> Snapshot:
    return Snapshot(compile_ruleset(world.rules), network)


def live_of(world: World, network: Network) -> LiveState:
    ledger = Ledger({one: [debts[0], 0, debts[1], 0, debts[2], 0, debts[3], 0] for one, debts in world.ledger.items()})
    live = LiveState(
        network, paused=world.paused, no_hours=world.no_hours, feedback_due=world.feedback_due, loads=world.loads,
        months=world.months, weeks=world.weeks, ledger=ledger,
    )  # fmt: skip
    live.open_now = network.everyone & ~network.mask(world.closed)
    return live


POINTS: list[list[float]] = [[0.01, 0.5, 7.77, 333.33, 10_000], [10, 20, 40], [0.01, 0.02]]
"""What lines may give, far apart or alike: where few points decide, many partners have equally many."""


def crowd(chance: Random, size: int) -> World:
    """Make a vendor of many partners by a seed: to draw each fact of each would take Hypothesis too long.

    One in four is a crowd of equals; in half of them many partners have no place. Loads go into the thousands.
    """
    alike, lost = not chance.randrange(4), chance.choice([0.05, 0.6])
    shares_ = [None, 0.0, 1.0, *(chance.random() for _ in range(80))]
    partners = [
        PartnerFacts(
            id=f"c{number:03}",
            language=chance.choice(["", "de-AT", "en"]),
            point=None if chance.random() < lost else point_of(chance),
            weight=chance.randint(1, 3),
            tags={} if alike else {"vertical": (chance.choice(WORDS),), "language": (chance.choice(["fr-CH", "pl"]),)},
            win_rate={} if alike else {"": chance.random(), "a": chance.random()},
            past_sales=None if alike else chance.choice(shares_),
        )
        for number in range(size)
    ]
    plan = [{"offer_to": chance.choice([1, 1, 2, 7, 30, "all"]), "window": "1h"}]
    points_ = chance.choice(POINTS)
    rule = {
        "name": "r", "plan": plan, "equal_within": chance.choice([0, *points_]),
        "order": [line_of(chance, chance.choice(points_)) for _ in range(chance.randint(1, 6))],
    }  # fmt: skip
    names = [one.id for one in partners]
    most = chance.choice([0, 3, 5_000])
    return World(
        rules=[rule], partners=partners, closed=set(chance.sample(names, size // 3)),
        paused=set(chance.sample(names, chance.choice([0, size // 2]))),
        loads={} if alike else {one: chance.randint(0, most) for one in names},
        ledger={one: [chance.randint(-3_000_000, 3_000_000) for _ in range(4)] for one in names[::3]},
    )  # fmt: skip


def line_of(chance: Random, points: float) -> dict[str, Any]:
    by = chance.choice(["tag", "distance", "distance", "load", "language", "open_now", "win_rate", "past_sales"])
    line: dict[str, Any] = {"by": by, "points": points}
    if by == "tag":
        line |= {"dimension": "vertical", "values": chance.sample(WORDS, 2)}
    if by == "distance":
        line["zero_at_km"] = chance.choice([1, 30, 250, 900, 20_040])
    return line


def point_of(chance: Random) -> tuple[float, float]:
    """Return a place in Germany, or anywhere."""
    if chance.random() < 0.7:
        return round(chance.uniform(47, 55), 4), round(chance.uniform(6, 15), 4)
    return round(chance.uniform(-90, 90), 4), round(chance.uniform(-180, 180), 4)


def lead_of_crowd(chance: Random) -> LeadFacts:
    values = {"language": chance.choice(["de", "FR", "xx"]), "vertical": chance.choice(["a", "x"]),
              "temperature": chance.choice(["hot", "warm"])}  # fmt: skip
    return LeadFacts(values, None if chance.random() < 0.1 else point_of(chance))
