"""Web and workers killed at random under load, and started again: nothing is lost, nothing is there twice.

``PARTIDOR_TEST_CRASH_SECONDS`` says how long (a few seconds unless set), ``PARTIDOR_TEST_CRASH_SEED`` which run;
``-s`` prints what happened. Who is killed when follows from the seed; what the machine makes of it does not, and the
outcome must not depend on it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection

from partidor.models import Delivery, Event, Lead, Notice, Offer
from partidor.models.ledger import read_ledger
from tests.auditing import assert_no_deadlock, assert_whole
from tests.serving import Answer, Line, Processes, processes
from tests.world import TOWNS, World

SECONDS = float(os.environ.get("PARTIDOR_TEST_CRASH_SECONDS", "8"))
SEED = int(os.environ.get("PARTIDOR_TEST_CRASH_SEED", "20260302"))
POSTERS = 3
PROCESSES = ("web", "worker 1", "worker 2")
VICTIMS = (*PROCESSES, "web process")
HANGS_UP = 4
"""Of so many senders one hangs up before the answer, and asks again: the answer that a kill loses, without the luck."""
KILLED_EVERY = (0.2, 1.2)
"""Seconds until the next kill, drawn from between; the web lives that long after its first answer."""
SETTLES_WITHIN = 60.0 + SECONDS
"""Seconds after the last kill: the windows are over, the backlog is worked off, leases of the dead have run out."""
RULES = [
    {
        "name": "One, another, then all",
        "when": {"all": []},
        "who": {"all": []},
        "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}, {"by": "load", "points": 50}],
        "equal_within": 40,
        "plan": [
            {"offer_to": 1, "window": "2s", "remind_after": "1s", "repeat": 2},
            {"offer_to": "all", "window": "3s", "reveal": "teaser", "notify_manager": True},
        ],
    }
]


@dataclass
class Said:
    """What the web has answered: the only promises it can be held to."""

    leads: dict[str, str] = field(default_factory=dict)
    """Reference of the sender → id of the lead that was answered with 201."""
    accepted: list[tuple[str, str]] = field(default_factory=list)
    declined: list[str] = field(default_factory=list)
    lost: int = 0
    """Answers that never came, because the web was killed."""
    abandoned: int = 0
    """Requests whose sender did not wait for the answer and asked again at once."""
    wrong: list[str] = field(default_factory=list)
    """Answers that no kill excuses."""


@dataclass
class Load:
    """Clients who go on until told to stop, and then still get an answer to what they have begun."""

    world: World
    own: Processes
    said: Said = field(default_factory=Said)
    calls: Iterator[int] = field(default_factory=itertools.count)
    ending: threading.Event = field(default_factory=threading.Event)

    def until_answered(self, line: Line, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """Ask again and again until somebody answers; every few times hang up on the first."""
        if method == "POST" and next(self.calls) % HANGS_UP == 0:
            line.abandon(method, path, body, **headers)
            self.said.abandoned += 1
        while True:
            try:
                return line.call(method, path, body, **headers)
            except OSError:
                self.said.lost += 1
                time.sleep(0.05)  # a client's patience, nothing waits for it

    def post(self, number: int, key: str) -> None:
        """Post leads, every second one under an external id too, each until it is answered."""
        line, count = self.own.line(key, seconds=10), 0
        while not self.ending.is_set():
            count += 1
            name = f"{number}-{count}"
            inquiry = self.world.inquiry(
                external_id=f"load-{name}" if count % 2 else "",
                company=f"Besteller {name} GmbH",
                contact={"first_name": "Eva", "last_name": f"Muster {name}", "email": f"eva@besteller-{name}.example"},
            )
            answer = self.until_answered(line, "POST", "/leads", inquiry, Idempotency_Key=name)
            if answer.status == 201:
                self.said.leads[f"Besteller {name} GmbH"] = answer["id"]
            else:
                self.said.wrong.append(f"POST /leads: {answer.status} {answer.body!r}")
            self.ending.wait(0.03)
        line.close()

    def answer(self, partner: str, key: str, dice: random.Random) -> None:
        """Look at the open offers now and then; accept some, decline some, leave the rest to the clock."""
        line = self.own.line(key, seconds=10)
        left: set[str] = set()
        while not self.ending.wait(0.1):
            offers = self.until_answered(line, "GET", "/offers?state=open&limit=50")
            for offer in offers["items"] if offers.status == 200 else ():
                if offer["id"] in left:
                    continue
                left.add(offer["id"])
                mood = dice.random()
                if mood < 0.25:
                    self._accept(line, partner, offer["id"])
                elif mood < 0.5:
                    self._decline(line, offer["id"])
        line.close()

    def _accept(self, line: Line, partner: str, offer: str) -> None:
        answer = self.until_answered(line, "POST", f"/offers/{offer}/accept")
        if answer.status == 200:
            self.said.accepted.append((answer["id"], partner))
        elif answer.status != 409:
            self.said.wrong.append(f"accept: {answer.status} {answer.body!r}")

    def _decline(self, line: Line, offer: str) -> None:
        answer = self.until_answered(line, "POST", f"/offers/{offer}/decline", {"reason": "capacity"})
        if answer.status == 200:
            self.said.declined.append(offer)
        elif answer.status != 409:
            self.said.wrong.append(f"decline: {answer.status} {answer.body!r}")


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.found(rules=RULES)


@pytest.fixture
def own(world: World, tmp_path: Path) -> Iterator[Processes]:
    with processes(tmp_path, PARTIDOR_API_RATE="1000000/1000000") as mine:
        for name in PROCESSES:
            mine.start(name)
        mine.wait_until_it_answers()
        yield mine


def kill_at_random(load: Load, seconds: float, dice: random.Random) -> Counter[str]:
    """Kill and start again for some seconds, until each had its turn: web, one of its processes, each worker.

    On a slow machine it goes on until some lead was accepted: there must be something to lose.
    """
    own, kills = load.own, Counter[str]()
    end = time.monotonic() + seconds
    turns: list[str] = []
    while turns or time.monotonic() < end or not load.said.accepted:
        assert time.monotonic() < end + SETTLES_WITHIN, "no lead gets accepted"
        turns = turns or dice.sample(VICTIMS, len(VICTIMS))
        victim = turns.pop()
        time.sleep(dice.uniform(*KILLED_EVERY))  # the length of a life
        if victim == "web process":
            if children := own.children("web"):
                os.kill(dice.choice(children), signal.SIGKILL)  # its parent starts another
                kills[victim] += 1
            continue
        own.kill(victim)
        own.start(victim)
        kills[victim] += 1
        if victim == "web":
            own.wait_until_it_answers()
    return kills


def settled() -> bool:
    """Say whether nothing is on its way any more."""
    return not (
        Lead.objects.filter(state="offered").exists()
        or Notice.objects.exclude(due_at=None).exists()
        or Delivery.objects.exclude(due_at=None).exists()
    )


def wait_until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait until something holds; return how long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it does not settle"
        time.sleep(0.1)
    return time.monotonic() - began


class TestWebAndWorkersKilledAtRandomUnderLoad:
    def test_lose_nothing_and_do_nothing_twice(self, world: World, own: Processes) -> None:
        dice = random.Random(SEED)
        load = Load(world, own)
        clients = [
            threading.Thread(target=load.post, args=(number, world.key_of()), name=f"poster {number}")
            for number in range(POSTERS)
        ]
        for name, partner in world.partners.items():
            args = (str(partner.pk), world.key_of(name), random.Random(dice.random()))
            clients.append(threading.Thread(target=load.answer, args=args, name=name))
        for client in clients:
            client.start()
        try:
            kills = kill_at_random(load, SECONDS, dice)
        finally:
            load.ending.set()
        for client in clients:
            client.join(60)
            assert not client.is_alive(), f"{client.name} never got its answer"
        took = wait_until(settled, SETTLES_WITHIN)
        for name in PROCESSES:
            assert own.end(name) == 0
        tell(load.said, kills, took)

        assert load.said.wrong == []
        assert all(kills[name] for name in PROCESSES)
        self.every_promise_was_kept(load.said)
        self.everybody_was_told_once(world)
        assert read_ledger(world.vendor.pk).sum() == 0
        assert "Traceback" not in own.log.read_text(), "no kill makes a neighbour stumble"
        assert_no_deadlock()
        assert_whole()
        doctor = own.run("doctor", "--json")
        assert doctor.returncode == 0, doctor.stdout + doctor.stderr
        assert json.loads(doctor.stdout)["problems"] == []

    def every_promise_was_kept(self, said: Said) -> None:
        there = {(lead.company, str(lead.pk)) for lead in Lead.objects.all()}
        assert there == set(said.leads.items()), "every 201 is one lead, and there is no other"
        assert Lead.objects.count() == len(said.leads) >= POSTERS
        assert set(Lead.objects.values_list("state", flat=True)) <= {"accepted", "unassigned"}
        assert Lead.objects.filter(attention_reason="routing-failed").count() == 0

        owners = {str(lead.pk): str(lead.partner_id) for lead in Lead.objects.exclude(partner=None)}
        for lead, partner in said.accepted:
            assert owners[lead] == partner, "who was told that the lead is theirs still has it"
        running = Offer.objects.filter(state="accepted", ended_at=None)
        assert sorted(str(each.lead_id) for each in running) == sorted(owners)
        for offer in Offer.objects.filter(pk__in=said.declined):
            assert offer.state == "declined"

    def everybody_was_told_once(self, world: World) -> None:
        opened = Event.objects.filter(type="offer.opened").values_list("data", flat=True)
        offers = sorted(facts["offer"] for facts in opened)
        assert offers == sorted(str(pk) for pk in Offer.objects.values_list("pk", flat=True))
        notices = Notice.objects.filter(kind="offer.opened")
        assert offers == sorted(str(offer) for offer in notices.values_list("offer_id", flat=True))
        assert Event.objects.filter(type="lead.unassigned").count() == world.notices("lead.unassigned")
        assert Event.objects.filter(type="offer.reminded").count() == world.notices("offer.reminded")

        address = {partner.pk: f"{name}@example.org" for name, partner in world.partners.items()}
        wanted = Counter(
            (notice.pk, address[notice.partner_id] if notice.partner_id else "chief@acme.example")
            for notice in Notice.objects.all()
        )
        assert Counter(Delivery.objects.values_list("notice_id", "address")) == wanted
        assert set(Delivery.objects.values_list("outcome", flat=True)) <= {"kept", "dropped"}


def tell(said: Said, kills: Counter[str], settled_in: float) -> None:
    """Print the figures of the run."""
    rows = {model._meta.db_table: model._default_manager.count() for model in (Lead, Offer, Event, Notice, Delivery)}
    print(
        f"\n{connection.vendor}, {SECONDS:g} s, seed {SEED}, {len(TOWNS)} partners: {kills.total()} kills {dict(kills)}"
    )
    print(f"answered: {len(said.leads)} leads, {len(said.accepted)} accepts, {len(said.declined)} declines")
    print(f"never answered, so asked again: {said.lost}, hung up: {said.abandoned}; settled in {settled_in:.1f} s")
    print(f"rows: {rows}")
    for model in (Lead, Offer):
        print(f"{model._meta.db_table}: {dict(Counter(model._default_manager.values_list('state', flat=True)))}")
