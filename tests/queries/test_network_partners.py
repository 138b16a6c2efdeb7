"""What the console tells of partners: the table, and the page of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner, pause_partner
from partidor.actions.people import deactivate_membership, invite_person
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Membership, Vendor
from partidor.queries.partners.page import PartnerPage, partner_page
from partidor.queries.partners.table import Narrowed, PartnerTable, partner_table
from tests.world import START, World, hours

LATER = START + hours(1)


def manager(world: World) -> Viewer:
    """Look anew: a viewer carries its vendor as it was when it came in."""
    return replace(world.manager, vendor=Vendor.objects.get(pk=world.vendor.pk))


def table(world: World, *, page: int = 1, **narrowed: Any) -> PartnerTable:
    return partner_table(manager(world), Narrowed(**narrowed), page=page, at=LATER)


def names(world: World, **narrowed: Any) -> list[str]:
    return [line.name.split()[0] for line in table(world, **narrowed).lines.items]


def shown(world: World, partner: str) -> PartnerPage:
    return partner_page(manager(world), world.partners[partner].pk, at=LATER)


def person(world: World, name: str, partner: str) -> Membership:
    partner_id = world.partners[partner].pk
    return invite_person(
        email=f"{name}@{partner}.example",
        name=name,
        role="partner_sales",
        partner_id=partner_id,
        by=world.manager,
        at=START,
    )[0]


def statements(call: Callable[[], object]) -> int:
    call()  # what is cached by version is read once
    with CaptureQueriesContext(connection) as captured:
        call()
    return len(captured)


class TestTheTable:
    def test_tells_of_each_partner_what_it_has_and_what_it_is_owed(self, world: World) -> None:
        world.partner("delta", name="Delta", max_open_leads=1, parents=["alpen"],
                      tags={"tier": ["gold"], "vertical": ["retail", "food"]})  # fmt: skip
        first = world.receive().lead
        world.receive()
        world.receive(test=True)
        accept_offer(world.open_offer(first, "alpen").pk, by=world.seen_by("alpen"), at=LATER)
        alpen, _, _, delta = table(world).lines.items
        assert (alpen.running, alpen.waiting, alpen.load, alpen.full, alpen.resellers) == (1, 1, 2, False, 1)
        assert (alpen.expected, alpen.received, alpen.debt) == (2.0, 2.0, 0.0)
        assert (delta.tier, [tag.value for tag in delta.tags]) == ("gold", ["retail", "food"])

    def test_says_who_is_paused_and_who_is_full(self, world: World) -> None:
        world.partner("delta", name="Delta", max_open_leads=1, location={"lat": 48.137, "lon": 11.575})
        pause_partner(world.partners["alpen"].pk, until=START + timedelta(days=3), by=world.manager, at=START)
        world.receive()
        found = {line.name: line for line in table(world).lines.items}
        assert found["Alpen Systemhaus"].paused_until == START + timedelta(days=3)
        assert (found["Delta"].full, found["Delta"].waiting, found["Delta"].most) == (True, 1, 1)
        assert (table(world).paused, table(world).full, table(world).all) == (1, 1, 4)
        assert names(world, state="paused") == ["Alpen"]
        assert names(world, state="full") == ["Delta"]
        assert names(world, state="free") == ["Bergmann", "Citroën"]

    def test_narrows_by_text_kind_country_and_tag(self, world: World) -> None:
        world.partner("delta", name="Ökodata", kind="distributor", tags={"tier": ["Gold"], "vertical": ["x:y"]},
                      address={"country": "AT", "city": "Linz", "postal_code": "4020"})  # fmt: skip
        assert names(world, q="öko linz") == ["Ökodata"]
        assert (
            names(world, kind="distributor")
            == names(world, country="AT")
            == names(world, tag="tier:gold")
            == names(world, tag="vertical:x:y")
        )
        assert names(world, q="%") == names(world, tag="tier:silver") == names(world, kind="no such") == []
        choices = table(world).choices
        assert choices.kinds == ("distributor", "reseller")
        assert choices.countries == ("AT", "DE")
        assert choices.tags["tier"] == ("Gold",)

    def test_sorts_by_name_load_or_debt(self, world: World) -> None:
        assert names(world) == ["Alpen", "Bergmann", "Citroën"]
        lead = world.receive(location={"lat": 49.45, "lon": 11.07}).lead
        assert world.offers(lead) == [("citroen", "open")]
        assert names(world, sort="load")[0] == "Citroën"
        debts = [line.debt for line in table(world, sort="debt").lines.items]
        assert debts == sorted(debts, reverse=True)

    def test_takes_the_same_statements_however_many_there_are(self, world: World) -> None:
        few = statements(lambda: table(world))
        for number in range(120):
            world.partner(f"more{number}", name=f"More {number:03}", tags={"tier": ["gold"]})
        found = table(world, page=3)
        assert (found.lines.pages, found.lines.first, found.lines.last, found.lines.total) == (3, 101, 123, 123)
        assert table(world, page=99).lines.number == 3
        assert statements(lambda: table(world)) == few <= 7

    def test_leaves_out_the_archived_and_other_vendors(self, world: World) -> None:
        World.found("Rival")
        archive_partner(world.partners["citroen"].pk, by=world.manager, at=START)
        assert names(world) == ["Alpen", "Bergmann"]

    def test_is_for_the_vendor(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            partner_table(world.seen_by("alpen"), Narrowed(), page=1, at=LATER)


class TestThePage:
    def test_tells_what_is_open_and_how_it_answers(self, world: World) -> None:
        taken, refused, waiting = (world.receive().lead for _ in range(3))
        accept_offer(world.open_offer(taken, "alpen").pk, by=world.seen_by("alpen"), at=START + hours(1))
        decline_offer(
            world.open_offer(refused, "alpen").pk, reason="capacity", by=world.seen_by("alpen"), at=START + hours(2)
        )
        page = partner_page(manager(world), world.partners["alpen"].pk, at=START + hours(3))
        assert [lead.ref for lead in page.open.leads] == [taken.ref]
        assert [offer.ref for offer in page.open.offers] == [waiting.ref]
        answers = page.answers
        assert (answers.offered, answers.accepted, answers.declined, answers.waiting) == (3, 1, 1, 1)
        assert answers.reasons == (("capacity", 1),)
        assert answers.answer == timedelta(minutes=90)
        assert (page.load.load, page.load.most) == (2, None)
        assert page.share.all.received == 3.0

    def test_forgets_answers_after_90_days(self, world: World) -> None:
        lead = world.receive().lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=LATER)
        page = partner_page(manager(world), world.partners["alpen"].pk, at=START + timedelta(days=91))
        assert (page.answers.offered, page.answers.answer, len(page.open.leads)) == (0, None, 1)

    def test_names_distributors_resellers_and_people(self, world: World) -> None:
        for number in range(12):
            world.partner(f"below{number}", name=f"Below {number:02}", parents=["alpen"])
        for name in ("Zoe", "Adam"):
            person(world, name, "alpen")
        deactivate_membership(person(world, "Adam", "alpen").pk, by=world.manager, at=START)
        page = shown(world, "alpen")
        assert (page.relatives.children[0].name, len(page.relatives.children), page.relatives.more) == (
            "Below 00",
            10,
            2,
        )
        assert [(one.name, one.state) for one in page.people] == [
            ("zoe@alpen.example", "invited"),
            ("adam@alpen.example", "deactivated"),
        ]
        assert shown(world, "below3").relatives.parents[0].name == "Alpen Systemhaus"

    def test_is_for_the_vendor_and_its_own_partners(self, world: World) -> None:
        with pytest.raises(NotFound):
            partner_page(World.found("Rival").manager, world.partners["alpen"].pk, at=LATER)
        sales = person(world, "S", "alpen")
        with pytest.raises(NotAllowed):
            partner_page(viewer_of_membership(sales, world.vendor), world.partners["alpen"].pk, at=LATER)

    def test_takes_few_statements(self, world: World) -> None:
        world.receive()
        shown(world, "alpen")
        assert statements(lambda: shown(world, "alpen")) <= 9
