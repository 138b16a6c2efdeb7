"""The doctor: quiet about a whole database, and not to be deceived about a broken one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner
from partidor.actions.pipeline import win_lead
from partidor.domain.routing.fairness import Ledger
from partidor.models import Decision, Delivery, Lead, LedgerRow, Notice, Offer, Partner
from partidor.models.append_only import guard_events, unguard_events
from partidor.models.partner import PartnerVersion
from partidor.queries.audit.auditor import audit
from tests.config.conftest import Call
from tests.world import World

NOW = datetime(2026, 3, 2, 9, 0, 30, tzinfo=UTC)
AGES_AGO = NOW - timedelta(hours=1)


def found(at: datetime = NOW) -> set[str]:
    return {finding.check for finding in audit(at=at, mail_is_set=True).findings if finding.kind != "warning"}


def without_events(kind: str) -> None:
    unguard_events(connection)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM event WHERE type = %s", [kind])
    guard_events(connection)


def backwards() -> None:
    unguard_events(connection)
    with connection.cursor() as cursor:
        old = connection.ops.adapt_datetimefield_value(AGES_AGO)
        cursor.execute("UPDATE event SET at = %s WHERE lead_seq = 2", [old])
    guard_events(connection)


def give_more(partner_place: int) -> Callable[[], None]:
    def run() -> None:
        ledger = Ledger.from_json(LedgerRow.objects.get().entries)
        next(iter(ledger.rows.values()))[partner_place] += 1_000_000
        LedgerRow.objects.update(entries=ledger.to_json().decode())

    return run


def owe_another() -> None:
    """Move what one was due to another: debts still sum to zero, and offers still tell what was received."""
    ledger = Ledger.from_json(LedgerRow.objects.get().entries)
    rows = sorted(ledger.rows.values())
    for place in (0, 4):
        rows[0][place] += 1
        rows[1][place] -= 1
    LedgerRow.objects.update(entries=ledger.to_json().decode())


@pytest.fixture
def busy(world: World) -> World:
    """One lead taken, one offered again after a decline, one just offered, one won; a partner archived."""
    taken, declined, _, won = (world.receive() for _ in range(4))
    accept_offer(won.offers[0].pk, by=world.manager, at=NOW)
    win_lead(won.lead.pk, value="100.00", by=world.manager, at=NOW)
    accept_offer(taken.offers[0].pk, by=world.manager, at=NOW)
    decline_offer(declined.offers[0].pk, reason="capacity", by=world.manager, at=NOW)
    archive_partner(world.partners["citroen"].pk, by=world.manager, at=NOW)
    Notice.objects.update(due_at=None)
    return world


SABOTAGE: dict[str, Callable[[], object]] = {
    "partner_is_primary": lambda: Lead.objects.filter(state="accepted").update(
        partner=Partner.objects.exclude(pk=str(Lead.objects.get(state="accepted").partner_id)).first()
    ),
    "closed_by_partner": lambda: Lead.objects.filter(state="won").update(partner=None),
    "nothing_in_between": lambda: Lead.objects.filter(state="offered").update(state="routing"),
    "offered_waits": lambda: Offer.objects.filter(state="open").update(state="superseded"),
    "events_gapless": lambda: Lead.objects.filter(state="accepted").update(event_seq=99),
    "times_go_on": backwards,
    "lead_state_told": lambda: Lead.objects.filter(state="accepted").update(state="won"),
    "offer_state_told": lambda: Offer.objects.filter(state="declined").update(state="expired"),
    "offer_opening_told": lambda: without_events("offer.opened"),
    "offer_noticed": lambda: (Delivery.objects.all().delete(), Notice.objects.filter(kind="offer.opened").delete()),
    "offer_decided": lambda: Offer.objects.update(decision=None),
    "facts_contiguous": lambda: PartnerVersion.objects.filter(to_version=None).update(from_version=77),
    "facts_current": lambda: Partner.objects.filter(archived_at=None).update(archived_at=NOW),
    "debts_sum": give_more(0),
    "ledger_received": give_more(1),
    "ledger_drawn": owe_another,
    "leads_overdue": lambda: Lead.objects.filter(state="offered").update(next_action_at=AGES_AGO),
    "notices_overdue": lambda: Notice.objects.update(due_at=AGES_AGO),
}


class TestDoctor:
    def test_finds_a_whole_database_sound(self, busy: World, call: Call) -> None:
        assert found() == set()
        assert audit(at=NOW, mail_is_set=True).sizes["lead"] == 4

    @pytest.mark.parametrize("check", SABOTAGE)
    def test_finds_what_is_broken(self, busy: World, check: str) -> None:
        SABOTAGE[check]()
        assert check in found()

    def test_does_not_hold_a_ledger_against_draws_that_were_not_kept(self, busy: World) -> None:
        owe_another()
        assert found() == {"ledger_drawn"}
        first = Decision.objects.earliest("at", "pk")
        del first.record["draws"]
        first.save(update_fields=["record"])
        assert found() == set()

    def test_exits_with_1_when_work_is_overdue(self, busy: World, call: Call) -> None:
        assert call("doctor").code in (0, 1)
        SABOTAGE["leads_overdue"]()
        said = call("doctor", "--json")
        assert said.code == 1
        assert next(problem["check"] for problem in said.object["problems"]) == "leads_overdue"
        assert "NOT SOUND" in call("doctor").out

    def test_exits_with_0_for_mere_warnings(self, world: World, call: Call) -> None:
        said = call("doctor", "--json")
        assert said.code == 0
        assert (said.object["sound"], said.object["problems"]) == (True, [])
        assert "mail" in [warning["check"] for warning in said.object["warnings"]]
