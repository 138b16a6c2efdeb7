"""The demo world as it is written down, and the leads made up from it. Knows nothing of the database."""

from __future__ import annotations

import json
import random
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIRST_LEADS = 12

World = Mapping[str, Any]


def read_world() -> World:
    """Read the demo world."""
    return tomllib.loads((HERE / "world.toml").read_text(encoding="utf-8"))


def keys_file(home: Path) -> Path:
    """Say where the demo keeps the keys that are shown once."""
    return home / "demo.json"


def read_kept(home: Path) -> dict[str, Any]:
    """Read what an earlier run kept; empty if there was none."""
    try:
        kept: dict[str, Any] = json.loads(keys_file(home).read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError):
        return {}
    return kept


def lead_number(world: World, number: int) -> dict[str, Any]:
    """Make up the lead of a number, in the shape of the API; the same number is always the same lead."""
    dice = random.Random(number)  # noqa: S311  a demo, and to be repeated
    customer = dice.choice(world["customers"])
    town = dice.choice(list(world["towns"]))
    country, code, region, _, _ = world["towns"][town]
    first, last = dice.choice(world["names"]["first"]), dice.choice(world["names"]["last"])
    product, price = world["products"][customer["vertical"]]
    inquiry = dice.choice(world["inquiries"][customer["vertical"]])
    hot = dice.random() < 0.2
    return {
        "external_id": f"demo-{number}",
        "source": "craft fair" if hot else "website",
        "company": customer["company"],
        "contact": {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}{number}@kunde{number}.example".casefold(),
            "job_title": dice.choice(["Geschäftsführung", "IT", "Meisterin", "Einkauf"]),
        },
        "address": {
            "street": f"Beispielgasse {dice.randint(1, 99)}",
            "postal_code": code,
            "city": town,
            "region": region,
            "country": country,
        },
        "inquiry": inquiry,
        "product": product,
        "vertical": customer["vertical"],
        "language": "en" if inquiry.isascii() else "de",
        "employees": customer["employees"],
        "value": f"{int(price) * dice.choice([1, 1, 2, 3])}.00",
        "currency": "CHF" if country == "CH" else "EUR",
        "temperature": "hot" if hot else dice.choice(["warm", "warm", "cold"]),
        "timeline": dice.choice(["sofort", "3 Monate", "dieses Jahr"]),
    }
