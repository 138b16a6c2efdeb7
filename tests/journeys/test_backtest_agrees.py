"""AdventureWorks: twelve rules tested on what its customers bought agree, lead by lead, with the naive interpreter.

500 of its customers; all of them with PARTIDOR_TEST_FULL=1 (many minutes).
"""

from __future__ import annotations

import csv
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from partidor.access.viewer import Viewer, system
from partidor.actions.rules import change_draft, publish_rules
from partidor.actions.vendors import found_vendor
from partidor.domain.facts import LeadFacts
from partidor.domain.intake.mapping import ImportMapping
from partidor.domain.routing.replays.backtest import Past
from partidor.inbound.files.batches import lines_of, refused_beside, take_all
from partidor.inbound.files.leads import leads_taken
from partidor.inbound.files.partners import partners_taken
from partidor.models import Contact, Decision, Lead, Vendor
from partidor.models.live import field_values
from partidor.models.snapshots import network
from partidor.queries.backtests.results import Outcome
from partidor.queries.backtests.run import comparison_of, run_backtest
from tests.adventureworks import MAPPINGS, adventureworks, write_customers
from tests.journeys.test_real_input import places
from tests.laws import oracle
from tests.laws.replaying import Side, first
from tests.world import START

TABLES = adventureworks()
pytestmark = [
    pytest.mark.real_data,
    pytest.mark.skipif(TABLES is None, reason="the real data are not here"),
]
NUMBER = 12_000 if os.environ.get("PARTIDOR_TEST_FULL") else 500
TODAY = json.loads((MAPPINGS / "adventureworks_rules.json").read_text())["rules"]


def field(name: str, op: str, value: object) -> dict[str, Any]:
    return {"field": name, "op": op, "value": value}


def near(km: int, points: int = 40) -> dict[str, Any]:
    return {"by": "distance", "points": points, "zero_at_km": km}


def tag(dimension: str, points: int, *values: str) -> dict[str, Any]:
    return {"by": "tag", "dimension": dimension, "values": list(values), "points": points}


def rule(
    name: str, when: list[Any], who: list[Any], order: list[Any], offer_to: object = 1, **more: Any
) -> dict[str, Any]:
    plan = [{"offer_to": offer_to, "window": "8h"}, {"offer_to": 5, "window": "1d", "reveal": "teaser"}]
    return {"name": name, "when": {"all": when}, "who": {"all": who}, "order": order, "plan": plan, **more}


SAME = {"country": {"matches": "country"}}
LINE = {"tag": "product_line", "op": "matches", "field": "product"}
TWELVE = [
    rule("Dear road bikes to gold", [field("product", "eq", "Road"), field("value", "gte", 3000)],
         [SAME, LINE, {"tag": "tier", "op": "in", "value": ["gold"]}], [near(800)], equal_within=10),
    rule("Dear mountain bikes, silver or better", [field("product", "eq", "Mountain"), field("value", "gte", 2500)],
         [SAME, LINE, {"tag": "tier", "op": "at_least", "value": ["silver"]}], [near(600), tag("tier", 20, "gold")]),
    rule("Touring in the United States", [field("product", "eq", "Touring"), field("country", "eq", "US")],
         [SAME, LINE], [near(500, 60), {"by": "load", "points": 40}]),
    rule("California, road", [field("region", "eq", "US-CA"), field("product", "eq", "Road")],
         [SAME, {"distance_km": {"lte": 200}}], [near(200)], equal_within=20),
    rule("Washington and Oregon", [field("region", "in", ["US-WA", "US-OR"])],
         [SAME, {"distance_km": {"lte": 250}}], [near(250), tag("type", 10, "Value Added Reseller")]),
    rule("British Columbia", [field("region", "eq", "CA-BC")], [SAME], [near(1000), tag("tier", 10, "gold", "silver")]),
    rule("Canada, three at once", [field("country", "eq", "CA")], [SAME, LINE], [near(600)], 3),
    rule("Germany by tier", [field("country", "eq", "DE"), field("value", "gt", 1000)],
         [SAME, {"not": {"tag": "tier", "op": "in", "value": ["bronze"]}}], [near(300, 60)], equal_within=15),
    rule("Germany, the rest in competition", [field("country", "eq", "DE")], [SAME], [near(300)], "all"),
    rule("Accessories to warehouses", [{"field": "custom.category", "op": "in", "value": ["Accessories", "Clothing"]}],
         [SAME, {"tag": "type", "op": "in", "value": ["Warehouse"]}], [{"by": "load", "points": 50}, near(400, 30)]),
    rule("Nowhere: a rule that nobody fits", [field("country", "eq", "US"), field("value", "lt", 5)],
         [{"country": {"in": ["FR"]}}], []),
    rule("Everybody else", [], [SAME], [near(2000, 100)], equal_within=1),
]  # fmt: skip


@pytest.fixture
def vendor(db: None, tmp_path: Path) -> Vendor:
    """Adventure Works with its resellers, today's rules, and customers who came in one after the other."""
    assert TABLES is not None
    founded = found_vendor(
        name="Adventure Works", admin="boss@adventure.example", country="US", time_zone="America/Los_Angeles",
        language="en", currency="USD", at=START,
    )  # fmt: skip
    by = system(founded.vendor.pk, "import")
    resellers, customers = tmp_path / "resellers.csv", tmp_path / "customers.csv"
    resellers.write_bytes((TABLES / "resellers.csv").read_bytes())
    places(sampled(write_customers(TABLES, tmp_path / "all.csv"), customers))
    take(resellers, "resellers", "partners", partners_taken(by=by))
    change_draft(TODAY, if_match=None, by=by, at=START)
    publish_rules(by=by, at=START)
    take(customers, "customers", "leads", leads_taken("import", by=by))
    for number, pk in enumerate(Lead.objects.order_by("received_at", "pk").values_list("pk", flat=True)):
        Lead.objects.filter(pk=pk).update(received_at=START + timedelta(minutes=37 * number))
    return Vendor.objects.get()


def sampled(source: Path, target: Path) -> set[str]:
    with source.open(encoding="utf-8", newline="") as opened, target.open("w", encoding="utf-8", newline="") as out:
        rows = list(csv.DictReader(opened))
        chosen = rows[:: max(1, len(rows) // NUMBER)][:NUMBER]
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(chosen)
    return {row["PostalCode"] for row in chosen}


def take(path: Path, mapping: str, kind: Any, into: Any) -> None:
    chosen = ImportMapping.read((MAPPINGS / f"adventureworks_{mapping}.toml").read_text("utf-8"), kind)
    with refused_beside(path) as refused:
        take_all(lines_of(path, chosen), into, refused=refused, told=lambda tally: None)


def naive(rules: list[dict[str, Any]], vendor: Vendor) -> Side:
    """Send the leads through one ruleset in the dullest way."""
    return Side(oracle.World(rules, list(network(vendor).facts), vendor.dimensions))


NOBODY: dict[str, set[str]] = {"paused": set(), "no_hours": set(), "feedback_due": set()}


def test_twelve_rules_over_its_leads(vendor: Vendor) -> None:
    by: Viewer = system(vendor.pk, "test")
    change_draft(TWELVE, if_match=None, by=by, at=START)
    at = START + timedelta(days=400)
    *_, result = run_backtest(by, comparison_of(by, 0, None, at, at=at))
    assert isinstance(result, dict)
    found = Outcome(result)

    today, tested = naive(TODAY, vendor), naive(TWELVE, vendor)
    moved: dict[str, tuple[str | None, str | None, str, str]] = {}
    nobody = [0, 0]
    contacts = {contact.lead_id: contact for contact in Contact.objects.filter(position=0)}
    decisions = {one.lead_id: one.record for one in Decision.objects.all()}
    leads = list(Lead.objects.select_related("source").order_by("received_at", "pk"))
    for lead in leads:
        inputs = decisions[lead.pk]["inputs"]
        facts = LeadFacts(
            field_values(lead, contacts.get(lead.pk)),
            None if lead.lat is None or lead.lon is None else (lead.lat, lead.lon),
            frozenset(inputs["customer_of"]),
            tuple(inputs["running_with"]),
        )
        here = lead.received_at.astimezone(ZoneInfo(vendor.time_zone))
        past = Past(str(lead.pk), lead.received_at, (here.year, here.month), facts, gone=frozenset(inputs["gone"]))
        decided = [side.decide(past, NOBODY) for side in (today, tested)]
        before, after = (
            (first(one), side.name(one) if one["chosen"] else one["reason"])
            for one, side in zip(decided, (today, tested), strict=True)
        )
        for one, side in zip(decided, (today, tested), strict=True):
            side.book(one, past)
        nobody[0] += before[0] is None
        nobody[1] += after[0] is None
        if before[0] != after[0]:
            moved[str(lead.pk)] = (before[0], after[0], before[1], after[1])

    listed = {
        one.lead: (
            one.before.partner if one.before else None,
            one.after.partner if one.after else None,
            one.rule_before,
            one.rule_after,
        )
        for one in found.elsewhere("moved")
    }
    assert found.leads == len(leads) >= min(NUMBER, 11_000) * 0.9
    assert listed == moved
    assert (found.unmatched["before"], found.unmatched["after"]) == tuple(nobody)
    assert 0 < len(moved) < len(leads)
    assert len({one.rule_after for one in found.elsewhere("moved")}) >= 8
    for side, health in ((today, found.fairness["before"]), (tested, found.fairness["after"])):
        assert health["max_debt"] == pytest.approx(side.max_debt(), abs=1e-4)
    print(f"\n{found.leads} leads, {len(moved)} elsewhere, nobody {nobody}, {found.fairness}")
