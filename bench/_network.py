"""An invented vendor with 500 partners and 50 rules, and inquiries to it: the same every time."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.decide import COUNTRIES, DIMENSIONS, make_rule

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARTNERS = 500
RULES = 50
TEMPERATURES = ("hot", "warm", "cold")


@dataclass(frozen=True)
class Founded:
    """What a benchmark needs to know of the vendor."""

    slug: str
    key: str
    partners: tuple[str, ...]


def found(*, partners: int = PARTNERS, rules: int = RULES, plan: list[dict[str, Any]] | None = None) -> Founded:
    """Found the vendor in the database that Django is set up for. The last rule holds for every lead."""
    from partidor.access.viewer import viewer_of_key
    from partidor.actions.partners import Kept, add_partners
    from partidor.actions.rules import change_draft, publish_rules
    from partidor.actions.vendors import found_vendor

    founded = found_vendor(
        name="Bench", admin="chief@bench.example", country="DE", time_zone="Europe/Berlin", language="de",
        currency="EUR", at=START,
    )  # fmt: skip
    by = viewer_of_key(founded.api_key, at=START)
    chance = random.Random(7)
    kept = add_partners([_partner(chance, number) for number in range(partners)], by=by, at=START)
    ids = tuple(str(one.partner.pk) for one in kept if isinstance(one, Kept))
    if len(ids) != partners:
        raise AssertionError(f"partners were refused: {next(one for one in kept if not isinstance(one, Kept))}")
    change_draft(ruleset(chance, rules, plan), if_match=None, by=by, at=START)
    publish_rules(by=by, at=START)
    return Founded(founded.vendor.slug, founded.api_key, ids)


def _partner(chance: random.Random, number: int) -> dict[str, Any]:
    return {
        "external_id": f"p-{number}",
        "name": f"Partner {number}",
        "kind": chance.choice(["reseller", "var", "system_integrator"]),
        "email": f"sales@partner{number}.example",
        "address": {"country": chance.choice(COUNTRIES), "city": f"Town {number}"},
        "location": {"lat": round(chance.uniform(43, 55), 4), "lon": round(chance.uniform(-2, 20), 4)},
        "weight": chance.choice([1, 1, 1, 2]),
        "tags": {name: [f"{name}{chance.randrange(size)}"] for name, size in DIMENSIONS.items()},
    }


def ruleset(chance: random.Random, rules: int, plan: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Make rules; the last one holds for every lead."""
    made = [make_rule(chance, number) for number in range(1, rules)]
    made.append({**make_rule(chance, rules), "when": {"all": []}, "who": {"all": []}})
    wanted = plan or [{"offer_to": 1, "window": "4h", "repeat": 3}, {"offer_to": 5, "window": "8h", "reveal": "teaser"}]
    return [{**rule, "name": f"Rule {number}", "plan": wanted} for number, rule in enumerate(made, 1)]


def inquiries(first: int, number: int) -> Iterator[dict[str, Any]]:
    """Write inquiries, each of a customer of its own, in the shape of the API."""
    for nr in range(first, first + number):
        chance = random.Random(nr)
        yield {
            "source": "api",
            "external_id": f"web-{nr}",
            "company": f"Werkstatt {nr} GmbH",
            "contact": {"first_name": "Eva", "last_name": f"Muster {nr}", "email": f"eva@werkstatt{nr}.example"},
            "address": {"country": chance.choice(COUNTRIES), "city": f"Town {nr % 997}"},
            "location": {"lat": round(chance.uniform(43, 55), 4), "lon": round(chance.uniform(-2, 20), 4)},
            "inquiry": f"We need an ERP for {nr % 300} people, with stock keeping and a web shop, by next year.",
            "vertical": f"vertical{chance.randrange(DIMENSIONS['vertical'])}",
            "product": f"product{chance.randrange(DIMENSIONS['product'])}",
            "employees": chance.randrange(1, 1000),
            "value": chance.randrange(100, 100_000),
            "temperature": chance.choice(TEMPERATURES),
        }


MAPPING = """
[fields]
external_id = "id"
company = "company"
"contact.first_name" = "first"
"contact.last_name" = "last"
"contact.email" = "email"
"address.country" = "country"
"address.city" = "city"
"location.lat" = "lat"
"location.lon" = "lon"
inquiry = "text"
vertical = "vertical"
product = "product"
employees = "employees"
value = "value"
temperature = "temperature"
"""

COLUMNS = (
    "id", "company", "first", "last", "email", "country", "city", "lat", "lon", "text", "vertical", "product",
    "employees", "value", "temperature",
)  # fmt: skip


def write_table(path: Path, first: int, number: int) -> None:
    """Write inquiries as a CSV file that MAPPING reads."""
    with path.open("w", newline="") as opened:
        rows = csv.writer(opened)
        rows.writerow(COLUMNS)
        for one in inquiries(first, number):
            rows.writerow(
                [
                    one["external_id"], one["company"], *one["contact"].values(), *one["address"].values(),
                    *one["location"].values(), one["inquiry"], one["vertical"], one["product"], one["employees"],
                    one["value"], one["temperature"],
                ]
            )  # fmt: skip
