"""How many statements a call costs, over the real URL: what is dear when the database is another machine.

Counted is every statement that reads or writes rows, the one that finds the key included. What only frames them
(BEGIN, SAVEPOINT, RELEASE, COMMIT) is counted apart and not held against a call; ``-s`` prints both. SQLite, where a
statement is no journey, needs one per table where PostgreSQL writes several tables at once, and so is granted more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.actions.partners import add_partners
from tests.inbound.api.calling import Answer, Caller
from tests.world import ALL_AT_ONCE, START, World

FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
MOST_PER_LEAD = 16
MOST_PER_ACCEPT = 12
MOST_PER_DECLINE = 20
MOST_PER_PAGE = 12
MORE_TABLES = 3
"""What SQLite needs on top for a new lead: a statement each for customer keys, contacts and decisions."""
EVERYTHING_COUNTS = [
    {
        "name": "Near, experienced, not too busy",
        "when": {"all": [{"field": "custom.budget", "op": "exists"}, {"field": "email", "op": "exists"}]},
        "who": {"all": [{"distance_km": {"lte": 900}}]},
        "order": [{"by": "distance", "points": 50, "zero_at_km": 900}, {"by": "load", "points": 50}],
        "plan": [{"offer_to": 2, "window": "4h"}],
    }
]


@dataclass(frozen=True)
class Cost:
    """What one call cost: the statements about rows, and how many only framed them."""

    answer: Answer
    statements: Sequence[str]
    frames: int

    def __str__(self) -> str:
        return "\n".join(f"{number:3} {sql[:160]}" for number, sql in enumerate(self.statements, 1))


def cost_of(caller: Caller, method: str, path: str, body: object = None, **headers: str) -> Cost:
    """Make a call, see it succeed, and count."""
    with CaptureQueriesContext(connection) as captured:
        answer = caller.call(method, path, body, **headers)
    told = [query["sql"] for query in captured.captured_queries]
    statements = [sql for sql in told if not sql.startswith(FRAMES)]
    cost = Cost(answer, statements, len(told) - len(statements))
    print(f"{connection.vendor}: {method} {path}: {len(statements)} statements, {cost.frames} frames")
    assert answer.status in (200, 201), answer.text
    return cost


def most(limit: int, *, new_lead: bool = False) -> int:
    return limit + MORE_TABLES if new_lead and connection.vendor == "sqlite" else limit


@pytest.fixture
def world(transactional_db: None) -> World:
    world = World.found()
    world.receive()  # from now on rules and network are known to the process
    return world


@pytest.fixture
def acme(world: World) -> Caller:
    return Caller(world.key_of())


@pytest.fixture
def alpen(world: World) -> Caller:
    return Caller(world.key_of("alpen"))


class TestALeadTakenIn:
    @pytest.mark.parametrize("without", [(), ("external_id",), ("location",), ("external_id", "location")])
    def test_is_routed_and_offered_in_few_statements(
        self, world: World, acme: Caller, without: tuple[str, ...]
    ) -> None:
        inquiry = {name: value for name, value in world.inquiry().items() if name not in without}
        cost = cost_of(acme, "POST", "/leads", inquiry)
        assert cost.answer["status"] == "offered"
        assert len(cost.statements) <= most(MOST_PER_LEAD, new_lead=True), cost

    def test_under_an_idempotency_key_is_no_dearer_than_the_limit(self, world: World, acme: Caller) -> None:
        cost = cost_of(acme, "POST", "/leads", world.inquiry(), Idempotency_Key="a")
        assert len(cost.statements) <= most(MOST_PER_LEAD, new_lead=True), cost

    def test_a_second_time_costs_no_write(self, world: World, acme: Caller) -> None:
        inquiry = world.inquiry()
        acme.post("/leads", inquiry, Idempotency_Key="a")
        replayed = cost_of(acme, "POST", "/leads", inquiry, Idempotency_Key="a")
        assert replayed.answer.headers["Idempotent-Replay"] == "true"
        repeated = cost_of(acme, "POST", "/leads", inquiry)
        assert repeated.answer["repeated"] is True
        for cost in (replayed, repeated):
            assert all(sql.startswith("SELECT") or sql.endswith("ON CONFLICT DO NOTHING") for sql in cost.statements), (
                cost
            )

    def test_of_a_known_customer_costs_little_more(self, world: World, acme: Caller) -> None:
        world.receive(company="Zwilling AG", contact={"last_name": "Eins", "email": "a@zwilling.example"})
        twin = world.inquiry(company="Zwilling AG", contact={"last_name": "Zwei", "email": "a@zwilling.example"})
        cost = cost_of(acme, "POST", "/leads", twin)
        assert "duplicate_customer" in cost.answer["flags"]
        assert len(cost.statements) <= most(MOST_PER_LEAD, new_lead=True), cost

    def test_does_not_cost_more_in_a_larger_network(self, world: World, acme: Caller) -> None:
        few = cost_of(acme, "POST", "/leads", world.inquiry())
        thirty = [{"name": f"Partner {number}", "kind": "reseller"} for number in range(30)]
        add_partners(thirty, by=world.manager, at=START)
        world.rules(ALL_AT_ONCE)
        world.receive()
        many = cost_of(acme, "POST", "/leads", world.inquiry())
        assert len(many.answer["offers"]) == 33
        assert len(many.statements) <= len(few.statements)

    def test_with_loads_caps_and_custom_fields_stays_within_the_limit(self, world: World, acme: Caller) -> None:
        world.partner("dorn", location={"lat": 48.2, "lon": 11.5}, max_open_leads=5, monthly_cap=9)
        world.rules(EVERYTHING_COUNTS)
        world.receive(custom={"budget": "5000"})
        cost = cost_of(acme, "POST", "/leads", world.inquiry(custom={"budget": "5000"}))
        assert len(cost.answer["offers"]) == 2
        assert len(cost.statements) <= most(MOST_PER_LEAD, new_lead=True), cost


class TestAnAnswer:
    def test_yes_among_rivals_costs_few_statements(self, world: World, alpen: Caller) -> None:
        world.rules(ALL_AT_ONCE)
        lead = world.receive().lead
        cost = cost_of(alpen, "POST", f"/offers/{world.open_offer(lead, 'alpen').pk}/accept")
        assert cost.answer["status"] == "accepted"
        assert len(cost.statements) <= MOST_PER_ACCEPT, cost

    def test_no_that_opens_the_next_round_costs_few_statements(self, world: World, alpen: Caller) -> None:
        lead = world.receive().lead
        offer = world.open_offer(lead, "alpen").pk
        cost = cost_of(alpen, "POST", f"/offers/{offer}/decline", {"reason": "capacity"})
        assert world.offers(lead) == [("alpen", "declined"), ("bergmann", "open")]
        assert len(cost.statements) <= MOST_PER_DECLINE, cost


class TestAPage:
    @pytest.fixture
    def full(self, world: World) -> World:
        world.rules(ALL_AT_ONCE)
        for _ in range(50):
            world.receive()
        fifty = [{"name": f"Partner {number}", "kind": "reseller", "tags": {"tier": ["gold"]}} for number in range(50)]
        add_partners(fifty, by=world.manager, at=START)
        return world

    def test_of_fifty_costs_few_statements(self, full: World, acme: Caller, alpen: Caller) -> None:
        lists = ("/leads?limit=50", "/leads?limit=50&q=werkstatt", "/offers?limit=50", "/partners?limit=50")
        pages = [cost_of(acme, "GET", path) for path in lists]
        pages += [cost_of(alpen, "GET", path) for path in ("/offers?limit=50", "/offers?limit=50&state=open")]
        for cost in pages:
            assert len(cost.answer["items"]) == 50
            assert len(cost.statements) <= MOST_PER_PAGE, cost

    def test_about_one_record_costs_few_statements(self, full: World, acme: Caller) -> None:
        lead = full.receive(at=START).lead
        offer = full.open_offer(lead, "alpen").pk
        about = f"/leads/{lead.pk}"
        decision = acme.get(f"{about}/decisions")["items"][0]["id"]
        for path in (
            about,
            f"{about}/events",
            f"{about}/decisions",
            f"{about}/decisions/{decision}/partners/{full.partners['alpen'].pk}",
            f"/offers/{offer}",
            f"/partners/{full.partners['alpen'].pk}",
            "/rulesets",
            "/rulesets/draft",
            "/sources",
            "/fields",
            "/keys",
            "/people",
            "/reports/fairness",
        ):
            cost = cost_of(acme, "GET", path)
            assert len(cost.statements) <= MOST_PER_PAGE, cost
