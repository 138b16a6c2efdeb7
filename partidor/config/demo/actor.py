"""The people of the demo: customers who ask, and partners who answer, all over HTTP with keys of their own.

Run as ``python -m partidor.config.demo.actor HOME ADDRESS PACE PARENT``.
"""

from __future__ import annotations

import http.client
import json
import random
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from partidor.config.demo.world import FIRST_LEADS, lead_number, read_kept, read_world
from partidor.config.processes import die_with

TEMPERS: Mapping[str, tuple[float, float, float]] = {
    # seconds from, to; how many of a hundred are accepted
    "quick": (1, 7, 80),
    "steady": (5, 16, 70),
    "slow": (14, 45, 65),
    "picky": (4, 12, 25),
}  # fmt: skip
"""How a partner answers; who is not here never does."""
REASONS = ("capacity", "no_vertical_match", "out_of_area", "other")
LOOKS_EVERY = 1.0
BUSY_LEADS = 200
"""So many leads come at full pace; then every sixth, so that a demo left alone overnight stays small."""


class NotNow(Exception):
    """The server does not answer, or not as expected."""


class Caller:
    """Calls the API with one key over one connection."""

    def __init__(self, address: str, key: str) -> None:
        """Take the address of the server and the key."""
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=20)
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Call, and return the status and the JSON; NotNow if there is no answer."""
        try:
            content = None if body is None else json.dumps(body)
            self._connection.request(method, f"/api/v1{path}", content, self._headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NotNow(str(error)) from error
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None


@dataclass(slots=True)
class Actor:
    """One partner: looks at its offers, and answers each after a while, or never."""

    name: str
    temper: str
    caller: Caller
    plans: dict[str, tuple[float, bool]] = field(default_factory=dict)

    def look(self, at: float) -> None:
        """Answer what is due, and plan an answer for each new offer."""
        if self.temper not in TEMPERS:
            return
        status, listed = self.caller.call("GET", "/offers?limit=50&state=open")
        if status != 200:
            raise NotNow(f"{self.name} cannot see its offers ({status})")
        waiting = {offer["id"]: offer for offer in listed["items"] if offer["state"] == "open"}
        self.plans = {name: plan for name, plan in self.plans.items() if name in waiting}
        for name, offer in waiting.items():
            if name not in self.plans:
                dice = random.Random(name)  # noqa: S311  a demo
                soonest, latest, willing = TEMPERS[self.temper]
                self.plans[name] = (at + dice.uniform(soonest, latest), dice.random() * 100 < willing)
            due, accepts = self.plans[name]
            if due <= at:
                self._answer(offer, accepts)
                del self.plans[name]

    def _answer(self, offer: Mapping[str, Any], accepts: bool) -> None:
        what = f"{offer['lead'].get('product', 'a lead')}, {offer['lead'].get('temperature', '')}"
        if accepts:
            status, _ = self.caller.call("POST", f"/offers/{offer['id']}/accept", {})
            say({200: f"{self.name} takes {what}", 409: f"{self.name} comes too late for {what}"}.get(status))
        else:
            reason = random.Random(offer["id"]).choice(REASONS)  # noqa: S311  a demo
            status, _ = self.caller.call("POST", f"/offers/{offer['id']}/decline", {"reason": reason})
            say(f"{self.name} declines {what}: {reason}" if status == 200 else None)


def say(words: str | None) -> None:
    """Tell on stderr what happens, if anything does."""
    if words:
        print(f"  {time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def play(kept: Mapping[str, Any], address: str, pace: float) -> None:
    """Let customers ask and partners answer, for ever."""
    world = read_world()
    vendor = Caller(address, kept["api_key"])
    partners = [Actor(each["name"], each["temper"], Caller(address, each["key"])) for each in kept["partners"].values()]
    number, asked, next_lead = FIRST_LEADS, 0, time.monotonic()
    while True:
        at = time.monotonic()
        try:
            if at >= next_lead:
                number, said = ask(vendor, world, number)
                say(said)
                asked += 1
                next_lead = at + pace * (1 if asked < BUSY_LEADS else 6)
            for partner in partners:
                partner.look(at)
        except NotNow as fault:
            if asked:
                say(f"(no answer: {fault}; trying again)")
        time.sleep(LOOKS_EVERY)


def ask(vendor: Caller, world: Mapping[str, Any], number: int) -> tuple[int, str | None]:
    """Post the next lead that is not there yet; return the number after it and what to say."""
    while True:
        lead = lead_number(world, number)
        status, answer = vendor.call("POST", "/leads", lead)
        if status == 201:
            return number + 1, f"{lead['company']} in {lead['address']['city']} asks for {lead['product']}"
        if status == 200 and answer.get("repeated"):
            number = max(number + 1, _after_newest(vendor, number))
            continue
        raise NotNow(f"a lead was not taken ({status})")


def _after_newest(vendor: Caller, number: int) -> int:
    """Return the number after the newest lead of an earlier run, as its external id says."""
    status, listed = vendor.call("GET", "/leads?limit=200&q=demo-")
    if status != 200:
        return number
    ids = [str(lead.get("external_id", "")).removeprefix("demo-") for lead in listed["items"]]
    return max((int(name) + 1 for name in ids if name.isdecimal()), default=number)


if __name__ == "__main__":
    die_with(int(sys.argv[4]))
    try:
        play(read_kept(Path(sys.argv[1])), sys.argv[2], float(sys.argv[3]))
    except KeyboardInterrupt:
        pass
