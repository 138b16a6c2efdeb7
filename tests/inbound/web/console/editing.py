"""Somebody at the editor of the rules."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from partidor.models import RulesetVersion
from tests.world import World

RULES = reverse("console:rules", args=["acme"])
PLAN = [{"offer_to": 1, "window": "4h"}]
HOT = {"name": "Hot", "when": {"field": "temperature", "op": "eq", "value": "hot"}, "plan": PLAN}
REST = {"name": "Rest", "plan": PLAN}
PART = {"HTTP_HX_REQUEST": "true"}


def draft(world: World) -> RulesetVersion:
    return RulesetVersion.objects.get(vendor=world.vendor, version=0)


class Editor:
    """Somebody at the editor, who has seen the draft as it is now."""

    def __init__(self, world: World, client: Client) -> None:
        self.world, self.client = world, client
        self.look()

    def look(self) -> None:
        page = self.client.get(RULES)
        assert page.status_code == 200
        found = re.search(r'name="revision" value="(\d+)"', page.content.decode())
        assert found
        self.revision = found[1]

    def do(self, verb: str, rule: int = 1, *, htmx: bool = True, look: bool = True, **fields: Any) -> Any:
        page = self.client.get(RULES, {"rule": rule}).content.decode()
        was = re.search(r'name="was" value="(\w*)"', page)
        assert was
        address = reverse("console:rule-edit", args=["acme", verb])
        form = {"revision": self.revision, "rule": rule, "was": was[1], **fields}
        answer = self.client.post(address, form, **(PART if htmx else {}))  # type: ignore[arg-type]
        if look and answer.status_code in (200, 303):
            self.look()
        return answer

    @property
    def rules(self) -> list[dict[str, Any]]:
        rules: list[dict[str, Any]] = draft(self.world).rules
        return rules


def line(path: str, subject: str, op: str, *values: str, was: str | None = None, **more: str) -> dict[str, Any]:
    return {"path": path, "subject": subject, "op": op, "was_subject": subject, "was_op": was or op,
            "value": list(values), **more}  # fmt: skip
