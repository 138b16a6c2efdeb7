"""What the rule builder costs, as counts: neither statements nor visits of partners grow with the rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.domain.facts import PartnerFacts
from partidor.domain.routing.match import Network, Snapshot
from partidor.domain.routing.replays.rehearsal import unreached
from partidor.domain.routing.ruleset import compile_ruleset
from tests.inbound.web.console.editing import PART, PLAN, RULES, Editor, line
from tests.inbound.web.people import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db(databases="__all__")


def near(count: int) -> list[dict[str, Any]]:
    """Rules that each allow a distance of their own."""
    asked = {"field": "employees", "op": "gte", "value": 5}
    return [
        {
            "name": f"Rule {at}",
            "when": {"all": [asked]},
            "who": {"all": [{"distance_km": {"lte": 50 + at}}]},
            "plan": PLAN,
        }
        for at in range(count)
    ]


class Counted(tuple[PartnerFacts, ...]):
    """Partners that count how often one of them is looked at in a row."""

    visits = 0

    def __iter__(self) -> Iterator[PartnerFacts]:
        for partner in super().__iter__():
            Counted.visits += 1
            yield partner


def visits_of(rules: int) -> int:
    network = Network(PartnerFacts(f"p{at}", point=(48.0, 11.0) if at % 2 else None) for at in range(50))
    network.facts = Counted(network.facts)
    Counted.visits = 0
    snapshot = Snapshot(compile_ruleset(near(rules)), network)
    for _ in range(3):
        assert unreached(snapshot).bit_count() == 25
    return Counted.visits


def test_whom_rules_reach_is_told_by_visiting_each_partner_once() -> None:
    assert visits_of(5) == visits_of(100) == 50


@pytest.mark.parametrize("way", ["page", "part", "edit"])
def test_statements_stay_the_same_with_ten_times_the_rules(world: World, sign_in: SignIn, way: str) -> None:
    counts: list[int] = []
    for rules in (4, 40):
        world.rules(near(rules))
        editor = Editor(world, sign_in())
        captured = CaptureQueriesContext(connection)
        for _ in range(2):  # the second time nothing is read that a process keeps
            with captured:
                if way == "edit":
                    editor.do("line", 2, look=False, **line("when.all[0]", "employees", "gte", str(len(counts) + 7)))
                else:
                    editor.client.get(RULES, {"rule": 2}, **(PART if way == "part" else {}))  # type: ignore[arg-type]
            editor.look()
        counts.append(len(captured))
    assert counts[0] == counts[1] <= (12 if way != "edit" else 40)
