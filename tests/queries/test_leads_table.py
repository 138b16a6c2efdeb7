"""The table of leads: what a row says, what it is narrowed to, page by page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.actions.offers import accept_offer
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Lead
from partidor.queries.leads.table import COUNTED, ROWS, Asked, LeadRow, Table, TableSought, leads_table
from partidor.queries.today.marks import PartnerMark
from tests.world import ALL_AT_ONCE, START, World, hours


def shown(world: World, *, cursor: str = "", after: float = 1, **sought: Any) -> Table:
    return leads_table(world.manager, TableSought(**sought), cursor=cursor, at=START + hours(after))


def refs(world: World, **sought: Any) -> set[str]:
    return {row.ref for row in shown(world, **sought).rows}


def accepted(world: World, partner: str = "alpen", **more: Any) -> Lead:
    lead = world.receive(**more).lead
    accept_offer(world.open_offer(lead, partner).pk, by=world.seen_by(partner), at=START)
    return lead


class TestRow:
    def test_says_all_that_one_line_can(self, world: World) -> None:
        lead = accepted(world, product="Tills", value="48000", currency="EUR", temperature="hot")
        assert shown(world).rows == (
            LeadRow(
                ref=lead.ref, company="Werkstatt 1 GmbH", person="Eva Muster1", product="Tills", city="München",
                country="DE", temperature="hot", source="api", state="accepted", attention="",
                partner=PartnerMark(world.partners["alpen"].pk, "Alpen Systemhaus"), asked=None, received_at=START,
                value="48000.00", currency="EUR", duplicate=False, test=False,
            ),
        )  # fmt: skip

    def test_says_who_is_asked_and_until_when(self, world: World) -> None:
        world.receive()
        assert shown(world).rows[0].asked == Asked("Alpen Systemhaus", START + hours(4), 1, True)

    def test_counts_those_in_competition(self, world: World) -> None:
        world.rules(ALL_AT_ONCE)
        world.receive()
        asked = shown(world).rows[0].asked
        assert asked is not None
        assert (asked.number, asked.exclusive) == (3, False)

    def test_marks_a_customer_that_is_known(self, world: World) -> None:
        contact = {"first_name": "Eva", "last_name": "Muster", "email": "eva@muster.example"}
        world.receive(contact=contact)
        world.receive(contact=contact, at=START + timedelta(days=2))
        assert [row.duplicate for row in shown(world, after=72).rows] == [True, False]


class TestSought:
    def test_every_filter_narrows(self, world: World) -> None:
        lead = accepted(world, product="Tills", temperature="hot", source="website")
        world.receive(temperature="cold")
        for sought in (
            {"q": "WERKSTATT1"}, {"q": "muster1"}, {"q": lead.ref}, {"state": "accepted"}, {"temperature": "hot"},
            {"source": "website"}, {"q": "tills", "temperature": "hot", "source": "website", "state": "accepted"},
        ):  # fmt: skip
            assert refs(world, **sought) == {lead.ref}, sought
        assert refs(world, q="nobody") == set()

    def test_a_partner_has_what_it_works_on_and_what_it_is_asked_about(self, world: World) -> None:
        worked, asked = accepted(world), world.receive().lead
        accept_offer(world.open_offer(other := world.receive().lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
        Lead.objects.filter(pk=other.pk).update(partner=world.partners["citroen"])

        alpen = world.partners["alpen"]
        assert refs(world, partner=str(alpen.pk)) == refs(world, partner="alpen") == {worked.ref, asked.ref}
        assert shown(world, partner=str(alpen.pk)).partner == PartnerMark(alpen.pk, "Alpen Systemhaus")
        assert shown(world, partner="alpen").partner is None

    def test_attention_by_kind_or_any(self, world: World) -> None:
        world.receive()
        world.rules([{**ALL_AT_ONCE[0], "when": {"field": "product", "op": "eq", "value": "Crane"}}])
        lost = world.receive().lead
        assert refs(world, attention="any") == refs(world, attention="unassigned") == {lost.ref}
        assert refs(world, attention="stalled") == set()

    def test_a_period_ends_now(self, world: World) -> None:
        world.receive()
        late = world.receive(at=START + timedelta(days=8)).lead
        assert {row.ref for row in shown(world, days=7, after=24 * 8 + 1).rows} == {late.ref}

    @pytest.mark.parametrize("wrong", [{"state": "lurking"}, {"temperature": "boiling"}, {"attention": "soon"}])
    def test_refuses_what_there_is_not(self, world: World, wrong: dict[str, Any]) -> None:
        with pytest.raises(WrongContent):
            shown(world, **wrong)

    def test_another_vendors_partner_is_not_there(self, world: World) -> None:
        with pytest.raises(NotFound):
            shown(world, partner=str(World.found("Rival").partners["alpen"].pk))


class TestPages:
    def test_go_on_where_the_last_one_ended(self, world: World) -> None:
        leads = [world.receive(at=START + timedelta(seconds=at)).lead.ref for at in range(ROWS + 3)]
        first = shown(world)
        assert first.next
        second = shown(world, cursor=first.next)
        assert [row.ref for row in (*first.rows, *second.rows)] == leads[::-1]
        assert (len(first.rows), second.next, first.total, first.more) == (ROWS, None, ROWS + 3, False)

    def test_count_no_further_than_is_worth_while(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("partidor.queries.leads.table.COUNTED", 2)
        for _ in range(3):
            world.receive()
        table = shown(world)
        assert (table.total, table.more, COUNTED) == (2, True, 2000)

    def test_cost_the_same_with_three_and_with_thirty(self, world: World) -> None:
        costs = []
        for number in (3, 27):
            for _ in range(number):
                world.receive()
            with CaptureQueriesContext(connection) as seen:
                shown(world)
            costs.append(len(seen))
        assert costs == [5, 5]

    def test_a_partner_never_sees_it_and_another_vendor_its_own(self, world: World) -> None:
        world.receive()
        assert shown(World.found("Rival")).rows == ()
        with pytest.raises(NotAllowed):
            leads_table(world.seen_by("alpen"), TableSought(), at=START)
