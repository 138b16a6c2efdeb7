"""Rules to start from: for hot, warm, large and small leads, the vendor's own sales, and partners' own links.

All count working time: what comes in on Friday evening waits for Monday, and does not lapse unseen. Hours are working
hours, days are working days.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from partidor.domain.routing.editing.edits import ALWAYS

_SELLERS = {"not": {"kind": {"in": ["distributor", "affiliate"]}}}
_NEAREST = [{"by": "distance", "points": 100, "zero_at_km": 2000}]
LINK = "link"
"""The tag dimension whose values partners put into their own links, as ``utm_source``."""

PRESETS: Mapping[str, dict[str, Any]] = {
    "hot": {
        "when": {"all": [{"field": "temperature", "op": "in", "value": ["hot"]}]},
        "plan": [
            {"offer_to": 1, "window": "30m", "remind_after": "15m"},
            {"offer_to": 5, "window": "1d", "reveal": "teaser"},
        ],
    },
    "warm": {
        "when": {"all": [{"field": "temperature", "op": "in", "value": ["warm"]}]},
        "plan": [{"offer_to": 1, "window": "4h", "remind_after": "2h", "repeat": 2}],
    },
    "enterprise": {
        "when": {"all": [{"field": "employees", "op": "gte", "value": 500}]},
        "plan": [{"offer_to": 1, "window": "2d", "remind_after": "1d"}],
    },
    "small": {
        "when": {"all": [{"field": "employees", "op": "lt", "value": 500}]},
        "plan": [{"offer_to": 1, "window": "12h"}, {"offer_to": "all", "window": "2d", "reveal": "teaser"}],
    },
    "in_house": {
        "when": {"all": [{"field": "value", "op": "gte", "value": 100_000}]},
        "who": {"all": [{"kind": {"in": ["own_sales", "agent"]}}]},
        "plan": [{"offer_to": 1, "window": "2d", "remind_after": "1d"}],
    },
    "own_link": {
        "when": {"all": [{"field": "utm_medium", "op": "in", "value": ["partner", "affiliate"]}]},
        "who": {"all": [{"tag": LINK, "op": "matches", "field": "utm_source"}]},
        "plan": [{"offer_to": 1, "window": "2d", "remind_after": "1d"}],
    },
    "every": {"when": ALWAYS, "plan": [{"offer_to": 1, "window": "8h", "remind_after": "4h", "repeat": 2}]},
}


def preset(key: str, name: str) -> dict[str, Any]:
    """Return a whole rule of a preset; of one that does not exist, the rule for every lead."""
    made = {"name": name, "who": _SELLERS, "order": _NEAREST, "equal_within": 1, "clock": "business"}
    return {**made, **PRESETS.get(key, PRESETS["every"])}
