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
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from partidor.config.demo.world import STAND, Payload, World, dice_of, make_lead, read_kept, read_world
from partidor.config.processes import die_with
from partidor.domain.intake.fields import read_time

TEMPERS: Mapping[str, tuple[float, float, float]] = {
    # seconds from, to; how many of a hundred are accepted
    "quick": (4, 30, 82),
    "steady": (20, 75, 74),
    "slow": (50, 240, 70),
    "picky": (10, 60, 28),
}  # fmt: skip
"""How a partner answers what presses; who is away never does, nor does who is left to the visitor."""
PRESSING = timedelta(minutes=6)
"""Offers with longer windows are answered as many times slower: somebody is watching, but nobody hurries."""
UNHURRIED = 25
REASONS = ("capacity", "no_vertical_match", "out_of_area", "other")
LOST = ("price", "competitor", "no_budget", "no_decision", "timing")
LOOKS_EVERY = 1.5
ENDS_EVERY = 5
"""Leads that come in for each one that is won or lost."""
ENOUGH = 3
FULL_INBOX = 8
"""A visitor's inbox holds so many offers at least, and is given no more of them from so many on."""
BUSY_LEADS = 300
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
        content = None if body is None else json.dumps(body)
        try:
            answer, text = self._ask(method, path, content)
        except (OSError, http.client.HTTPException):  # the server ends a connection that was silent for long
            try:
                answer, text = self._ask(method, path, content)
            except (OSError, http.client.HTTPException) as error:
                raise NotNow(str(error)) from error
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None

    def _ask(self, method: str, path: str, content: str | None) -> tuple[http.client.HTTPResponse, bytes]:
        try:
            self._connection.request(method, f"/api/v1{path}", content, self._headers)
            answer = self._connection.getresponse()
            return answer, answer.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise


@dataclass(slots=True)
class Stage:
    """Who plays: the vendor, its partners by id, what they have planned, and the number of the next lead."""

    world: World
    vendor: Caller
    partners: Mapping[str, Actor]
    number: int
    plans: dict[str, tuple[float, bool]] = field(default_factory=dict)
    inboxes: dict[str, list[Payload]] = field(default_factory=dict)
    asked: int = 0

    def look(self, now: float) -> None:
        """See what is open, answer what is due, and plan an answer for each new offer."""
        status, listed = self.vendor.call("GET", "/offers?limit=200&state=open")
        if status != 200:
            raise NotNow(f"the open offers cannot be seen ({status})")
        waiting = {offer["id"]: offer for offer in listed["items"]}
        self.plans = {name: plan for name, plan in self.plans.items() if name in waiting}
        self.inboxes = {}
        for name, offer in waiting.items():
            actor = self.partners.get(offer["partner"])
            if actor is None:
                continue
            self.inboxes.setdefault(actor.id, []).append(offer)
            if name not in self.plans and (plan := actor.plan(offer)):
                self.plans[name] = (now + plan[0], plan[1])
        for name, (due, accepts) in list(self.plans.items()):
            if due <= now:
                del self.plans[name]
                self.partners[waiting[name]["partner"]].answer(waiting[name], accepts=accepts)

    def ask(self) -> None:
        """Let the next customer ask: near a visitor's partner whose inbox is nearly empty, or anywhere."""
        wanted = self._wish()
        while True:
            lead = make_lead(self.world, self.number, at=datetime.now(UTC), **wanted)
            status, answer = self.vendor.call("POST", "/leads", lead)
            self.number += 1
            if status == 201:
                self.asked += 1
                say(f"{lead['company']} in {lead['address']['city']} asks for {lead.get('product', 'something')}")
                return
            if not (status == 200 and answer.get("repeated")):
                raise NotNow(f"a lead was not taken ({status})")

    def _wish(self) -> dict[str, Any]:
        """Say what the next lead is like: every other one what a visitor lacks; half of the rest press."""
        yours = [actor for actor in self.partners.values() if actor.temper == "you"] if self.number % 2 else []
        for actor in yours:
            inbox = self.inboxes.get(actor.id, [])
            near = {"town": actor.town, "vertical": actor.vertical, "employees": 30}
            if len(inbox) >= FULL_INBOX:
                continue
            if not any(offer["rivals"] == 0 and offer["lead"]["temperature"] == "hot" for offer in inbox):
                return {**near, "temperature": "hot", "source": "website"}
            if not any(offer["rivals"] for offer in inbox):
                return {**near, "temperature": "cold", "source": "Merkblatt-Download"}
            if len(inbox) < ENOUGH:
                return {**near, "temperature": "warm", "source": "Webinar"}
        if dice_of("press", self.number).random() < 0.5:
            return {"temperature": "hot", "source": STAND}
        return {}

    def end_one(self) -> None:
        """Let one partner say how one of its leads ended."""
        dice = dice_of("end", self.number)
        status, listed = self.vendor.call("GET", "/leads?limit=200&status=accepted")
        if status != 200:
            return
        told = [lead for lead in listed["items"] if self.partners[lead["partner"]].temper in TEMPERS]
        if told:
            lead = dice.choice(told[len(told) // 2 :])
            self.partners[lead["partner"]].end(lead, dice)


@dataclass(slots=True)
class Actor:
    """One partner, which answers each offer after a while, or never."""

    id: str
    name: str
    temper: str
    town: str
    vertical: str
    caller: Caller

    def plan(self, offer: Payload) -> tuple[float, bool] | None:
        """Say in how many seconds this partner answers an offer, and whether it takes it; None if never."""
        if self.temper not in TEMPERS:
            return None
        dice = dice_of(offer["id"])
        soonest, latest, willing = TEMPERS[self.temper]
        opened, expires = read_time(offer["opened_at"]), read_time(offer["expires_at"])
        presses = opened is not None and expires is not None and expires - opened <= PRESSING
        return dice.uniform(soonest, latest) * (1 if presses else UNHURRIED), dice.random() * 100 < willing

    def answer(self, offer: Payload, *, accepts: bool) -> None:
        """Accept an offer or decline it."""
        what = f"{offer['lead'].get('product') or 'a lead'}, {offer['lead'].get('temperature', '')}"
        if accepts:
            status, _ = self.caller.call("POST", f"/offers/{offer['id']}/accept", {})
            say({200: f"{self.name} takes {what}", 409: f"{self.name} comes too late for {what}"}.get(status))
        else:
            reason = dice_of(offer["id"]).choice(REASONS)
            status, _ = self.caller.call("POST", f"/offers/{offer['id']}/decline", {"reason": reason})
            say(f"{self.name} declines {what}: {reason}" if status == 200 else None)

    def end(self, lead: Payload, dice: random.Random) -> None:
        """Win a lead, or lose it."""
        if dice.random() < 0.55:
            status, _ = self.caller.call("POST", f"/leads/{lead['id']}/won", {"value": lead["value"]})
            say(f"{self.name} wins {lead['company']}" if status == 200 else None)
        else:
            status, _ = self.caller.call("POST", f"/leads/{lead['id']}/lost", {"reason": dice.choice(LOST)})
            say(f"{self.name} loses {lead['company']}" if status == 200 else None)


def say(words: str | None) -> None:
    """Tell on stderr what happens, if anything does."""
    if words:
        print(f"  {time.strftime('%H:%M:%S')} {words}", file=sys.stderr, flush=True)


def play(kept: Mapping[str, Any], address: str, pace: float) -> None:
    """Let customers ask and partners answer, for ever."""
    world = read_world()
    written = {partner["id"]: partner for partner in world["partners"]}
    partners = [
        Actor(
            each["id"], each["name"], each["temper"], written[name]["town"],
            (written[name]["verticals"] or ["Handwerk"])[0], Caller(address, each["key"]),
        )
        for name, each in kept["partners"].items()
    ]  # fmt: skip
    vendor = Caller(address, kept["api_key"])
    stage = Stage(world, vendor, {actor.id: actor for actor in partners}, first_free(vendor))
    next_lead = time.monotonic()
    while True:
        now = time.monotonic()
        try:
            stage.look(now)
            if now >= next_lead:
                stage.ask()
                if stage.asked % ENDS_EVERY == 0:
                    stage.end_one()
                next_lead = now + pace * (1 if stage.asked < BUSY_LEADS else 6)
        except NotNow as fault:
            if stage.asked:
                say(f"(no answer: {fault}; trying again)")
        time.sleep(min(LOOKS_EVERY, pace))


def first_free(vendor: Caller) -> int:
    """Return the number after those of the leads that are there, as their external ids say."""
    status, listed = -1, None
    while status == -1:
        try:
            status, listed = vendor.call("GET", "/leads?limit=200&q=demo-")
        except NotNow:
            time.sleep(0.5)
    ids = [str(lead["external_id"]).removeprefix("demo-") for lead in (listed or {}).get("items", ())]
    return max((int(name) + 1 for name in ids if name.isdecimal()), default=0)


if __name__ == "__main__":
    die_with(int(sys.argv[4]))
    try:
        play(read_kept(Path(sys.argv[1])), sys.argv[2], float(sys.argv[3]))
    except KeyboardInterrupt:
        pass
