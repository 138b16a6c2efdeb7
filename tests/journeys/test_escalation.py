"""Nobody answers: in real time, with a real worker process and a real mail server, and with the worker killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partidor.models import Delivery, Event, Lead, Notice, Offer, WorkerBeat
from tests.mailbox import Mailbox, mailbox
from tests.serving import database_url
from tests.waiting import soon
from tests.world import World

WITHIN = timedelta(seconds=2)
"""What a deadline may be late."""
RULES = [
    {
        "name": "Two, then all",
        "when": {"all": []},
        "who": {"all": []},
        "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
        "plan": [
            {"offer_to": 1, "window": "3s", "remind_after": "1s", "repeat": 2},
            {"offer_to": "all", "window": "2s", "reveal": "teaser", "notify_manager": True},
        ],
    }
]
STORY = [
    "lead.received",
    "offer.opened", "lead.offered", "offer.reminded", "offer.expired",
    "offer.opened", "lead.offered", "offer.reminded", "offer.expired",
    "offer.opened", "offer.opened", "offer.opened", "lead.offered",
    "offer.expired", "offer.expired", "offer.expired",
    "lead.unassigned",
]  # fmt: skip
MAILS = [
    ("alpen", "Warmer Lead"), ("alpen", "Erinnerung"),
    ("bergmann", "Warmer Lead"), ("bergmann", "Erinnerung"),
    ("chief", "Zweimal ohne Antwort"),
    ("alpen", "Warmer Lead"), ("bergmann", "Warmer Lead"), ("citroen", "Warmer Lead"),
    ("chief", "Nächste Runde"), ("chief", "Niemand hat"),
]  # fmt: skip
WORKER = """
import django
django.setup()
from partidor.inbound.clock.worker import run_worker, stop_on_signals
run_worker(stop_on_signals())
"""


@pytest.fixture
def world(transactional_db: None) -> World:
    return World.found(rules=RULES)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as one:
        yield one


def start_worker(box: Mailbox) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER],
        cwd=Path(__file__).resolve().parents[2],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "partidor.config.settings",
            "PARTIDOR_DATABASE_URL": database_url(),
            "PARTIDOR_MAIL_URL": box.url,
            "PARTIDOR_BASE_URL": "https://leads.acme.example",
        },
    )


@contextmanager
def worker(box: Mailbox) -> Iterator[subprocess.Popen[bytes]]:
    process = start_worker(box)
    try:
        yield process
    finally:
        process.terminate()
        try:
            assert process.wait(10) == 0, "SIGTERM ends it in order"
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def wait_until_it_beats(since: datetime) -> None:
    assert soon(WorkerBeat.objects.filter(beat_at__gt=since).exists, 20)


def all_is_told() -> bool:
    return not any(rows.exclude(due_at=None).exists() for rows in (Notice.objects, Delivery.objects))


def told(box: Mailbox) -> list[tuple[str, str]]:
    """Name every mail by its reader and the beginning of its subject."""
    starts = sorted({start for _, start in MAILS})
    return [
        (letter.to.split("@")[0], next((start for start in starts if letter.subject.startswith(start)), letter.subject))
        for letter in box.letters
    ]


class TestALeadThatNobodyAnswers:
    def test_is_reminded_expires_goes_on_to_the_next_to_all_and_to_the_manager(
        self, world: World, box: Mailbox
    ) -> None:
        began = datetime.now(UTC)
        with worker(box):
            wait_until_it_beats(began)
            lead = world.receive(at=datetime.now(UTC), product="ERP").lead
            assert soon(lambda: Lead.objects.get(pk=lead.pk).state == "unassigned", 14)
            box.wait_for(len(MAILS), 3)

        facts = list(Event.objects.filter(lead=lead).order_by("lead_seq"))
        assert [fact.type for fact in facts] == STORY
        for offer in Offer.objects.filter(lead=lead):
            assert offer.expires_at is not None
            assert offer.answered_at is not None
            assert timedelta(0) <= offer.answered_at - offer.expires_at < WITHIN
            if offer.remind_at is not None:
                assert offer.reminded_at is not None
                assert timedelta(0) <= offer.reminded_at - offer.remind_at < WITHIN

        assert told(box) == MAILS
        written = {str(row.pk): row.notice.created_at for row in Delivery.objects.select_related("notice")}
        for letter in box.letters:
            delivery = str(letter.message["Message-ID"]).strip("<>").split("@")[0]
            assert letter.at - written[delivery] < WITHIN
        last = box.letters[-1]
        assert last.to == "chief@acme.example"
        assert "Der Plan seiner Regel ist zu Ende" in last.text

    def test_ends_the_same_when_the_worker_is_killed_again_and_again(self, world: World, box: Mailbox) -> None:
        lead = world.receive(at=datetime.now(UTC), product="ERP").lead
        kills = 0
        end = time.monotonic() + 60
        while time.monotonic() < end and Lead.objects.get(pk=lead.pk).state != "unassigned":
            began = datetime.now(UTC)
            process = start_worker(box)
            try:
                wait_until_it_beats(began)  # however slow the machine is, each of them lives to do something
                time.sleep(0.2 + 0.37 * (kills % 4))
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
            kills += 1
        last = start_worker(box)
        try:
            assert soon(all_is_told)  # what the one before held is free again within ten seconds
        finally:
            last.kill()
            last.wait()

        assert kills >= 3
        assert world.events(lead) == STORY
        assert world.again(lead).attention_reason == "nobody_left"
        assert len(world.offers(lead)) == 5
        kinds = Counter(Notice.objects.values_list("kind", flat=True))
        assert kinds == {
            "offer.opened": 5, "offer.reminded": 2, "lead.skipped": 1, "lead.escalated": 1, "lead.unassigned": 1,
        }  # fmt: skip
        assert Delivery.objects.count() == 10
        assert Delivery.objects.filter(outcome="").count() == 0
        assert ("chief", "Niemand hat") in told(box)
        again = Counter(str(letter.message["Message-ID"]) for letter in box.letters)
        sent = Delivery.objects.filter(outcome="sent").count()
        # one that went out and was killed before it was noted may have become stale meanwhile
        assert sent <= len(again) <= Delivery.objects.count(), "one id each, however often it was sent"
