"""The demo world: a vendor with a past in which everything has happened, and people to look at it as."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from partidor.access.viewer import system
from partidor.actions.people import invite_person
from partidor.actions.vendors import give_first_password
from partidor.config.demo import founding
from partidor.config.demo.founding import found_demo
from partidor.config.demo.world import make_lead, read_kept, read_world
from partidor.domain.intake.inquiry import read_inquiry
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.domain.routing.ruleset import Known, compile_ruleset
from partidor.models import Decision, Delivery, Event, Lead, Membership, Notice, Offer, Partner, Person, RulesetVersion
from partidor.queries.audit.auditor import audit
from tests.world import START, World

COUNTED = (Lead, Offer, Event, Decision, Notice, Delivery, Partner, Membership, RulesetVersion)


def counts() -> list[int]:
    return [model.objects.count() for model in COUNTED]


NOON = datetime(2026, 11, 26, 11, 0, tzinfo=UTC)
"""A Thursday. The demo is as old as its founding, and the same at the same time."""


class TestTheWorld:
    def test_is_written_without_contradiction(self) -> None:
        world = read_world()
        rules = compile_ruleset(world["rulesets"], known=Known(sources={one["name"] for one in world["sources"]}))
        assert len(rules.rules) >= 8
        assert rules.warnings == ()
        assert len({text["text"] for text in world["texts"]}) >= 60
        assert {text["vertical"] for text in world["texts"]} == set(world["forms"])
        assert {text["product"] for text in world["texts"]} == set(world["products"])
        assert {partner["town"] for partner in world["partners"]} <= set(world["towns"])
        kinds = Counter(partner["kind"] for partner in world["partners"])
        assert (kinds["distributor"], kinds["own_sales"], len(world["partners"])) == (2, 2, 44)

    def test_has_leads_that_need_no_mending(self) -> None:
        world = read_world()
        leads = [make_lead(world, number, at=START) for number in range(400)]
        assert leads[7] == make_lead(world, 7, at=START)
        assert len({lead["company"] for lead in leads}) > 250
        for lead in leads:
            read = read_inquiry(lead, vendor_currency="EUR", default_country="DE", default_temperature="warm")
            assert set(read.flags) <= {"postal_code_repaired"}, lead
            assert "{" not in read.inquiry


class TestFoundDemo:
    def test_keeps_its_promises(self, transactional_db: None, tmp_path: Path) -> None:
        at = NOON
        leads = 300 if connection.vendor == "sqlite" else 100  # the usual one in full, the other in half a minute
        kept = found_demo(tmp_path, at=at, leads=leads)

        states = Counter(Lead.objects.values_list("state", flat=True))
        assert set(states) == {
            "in_review", "parked", "offered", "unassigned", "accepted", "won", "lost", "rejected", "withdrawn"
        }  # fmt: skip
        assert leads <= sum(states.values()) <= leads + 30
        assert min(states["won"], states["lost"], states["accepted"]) > leads / 8
        assert states["offered"] >= 8
        reasons = set(Lead.objects.exclude(attention_reason="").values_list("attention_reason", flat=True))
        assert {"no_rule", "no_partner", "nobody_left", "stalled", "review"} <= reasons
        assert Lead.objects.filter(state="won", order_value_minor__gt=0).count() > leads / 10
        assert not Event.objects.filter(at__gt=at).exists()
        assert Event.objects.filter(at__lt=at - timedelta(weeks=5)).exists()
        tiers = Counter(
            tier for tags in Partner.objects.values_list("tags", flat=True) for tier in tags.get("tier", ())
        )
        assert min(tiers["gold"], tiers["silver"], tiers["bronze"]) >= 10

        found = audit(at=at, mail_is_set=False)
        assert found.sound, found.findings
        assert not Notice.objects.filter(created_at__lt=at - timedelta(days=2)).exclude(due_at=None).exists()
        assert 20 < Delivery.objects.filter(outcome="kept").count() < 1000

        _has_something_of_everything(kept, at)
        for login in kept["logins"]:
            assert Person.objects.get(email=login["email"]).check_password(login["password"])
        languages = {login["key"]: Person.objects.get(email=login["email"]).language for login in kept["logins"]}
        assert languages == {
            "partner-manager": "de", "partner-sales": "de", "partner-manager-en": "en",
            "channel-manager": "de", "administrator": "de", "management": "en",
        }  # fmt: skip

        before = counts()
        assert found_demo(tmp_path, at=at + timedelta(minutes=1)) == kept
        assert counts() == before

    def test_completes_what_was_cut_off(
        self, transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at = NOON
        with monkeypatch.context() as patched:
            patched.setattr(founding, "_fill_inboxes", _pull_the_plug)
            with pytest.raises(KeyboardInterrupt):
                found_demo(tmp_path, at=at, leads=20)
        assert Lead.objects.count() == 0
        assert "vendor_id" not in read_kept(tmp_path)

        kept = found_demo(tmp_path, at=at, leads=20)

        assert Lead.objects.count() > 20
        assert Partner.objects.count() == 44
        assert read_kept(tmp_path) == kept
        for login in kept["logins"]:
            assert Person.objects.get(email=login["email"]).check_password(login["password"])


def _has_something_of_everything(kept: dict[str, Any], at: datetime) -> None:
    """See that each visitor's partner has a hot offer of its own, a contested one, and one that can wait."""
    for partner in kept["partners"].values():
        if partner["temper"] != "you":
            continue
        waiting = Offer.objects.filter(partner_id=partner["id"], state="open", expires_at__gt=at)
        assert waiting.filter(exclusive=True, lead__temperature="hot").exists()
        assert waiting.filter(rivals__gt=1, reveal="teaser").exists()
        assert waiting.filter(expires_at__gt=at + timedelta(hours=3)).exists()


def _pull_the_plug(*given: object) -> None:
    raise KeyboardInterrupt


class TestGiveFirstPassword:
    def test_gives_one_once_and_only_for_the_operator(self, world: World) -> None:
        operator = system(world.vendor.pk)
        membership, *_ = invite_person(
            email="mia@acme.example", name="Mia", role="marketing", partner_id=None, by=operator, at=START
        )
        person = membership.person_id
        with pytest.raises(NotAllowed):
            give_first_password(person, "a secret of theirs", by=world.manager)
        with pytest.raises(NotFound):
            give_first_password(person, "a secret of theirs", by=system(World.found("Rival").vendor.pk))
        assert give_first_password(person, "the first one", by=operator) is False
        assert give_first_password(person, "another one", by=operator) is True
        assert Person.objects.get(pk=person).check_password("the first one")
