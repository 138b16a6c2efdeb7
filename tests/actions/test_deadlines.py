"""What happens by itself when nobody answers."""

from __future__ import annotations

from datetime import timedelta

from partidor.actions.deadlines import act_on_due, note_beat
from partidor.actions.offers import accept_offer
from partidor.models import Lead, Notice, Offer
from tests.world import START, World, hours


class TestActOnDue:
    def test_reminds_expires_asks_the_next_then_all_and_at_last_the_manager(self, world: World) -> None:
        lead = world.receive().lead
        seen: list[tuple[float, list[tuple[str, str]]]] = []
        for after in (1.9, 2, 3.9, 4, 6, 8, 16):
            if act_on_due(at=START + hours(after)):
                seen.append((after, world.offers(lead)))

        assert seen == [
            (2, [("alpen", "open")]),
            (4, [("alpen", "expired"), ("bergmann", "open")]),
            (6, [("alpen", "expired"), ("bergmann", "open")]),
            (8, [("alpen", "expired"), ("bergmann", "expired"),
                 ("alpen", "open"), ("bergmann", "open"), ("citroen", "open")]),
            (16, [("alpen", "expired"), ("bergmann", "expired"),
                  ("alpen", "expired"), ("bergmann", "expired"), ("citroen", "expired")]),
        ]  # fmt: skip
        assert world.events(lead).count("offer.reminded") == 2
        assert world.again(lead).attention_reason == "nobody_left"
        kinds = list(Notice.objects.order_by("created_at", "pk").values_list("kind", flat=True))
        assert kinds == [
            "offer.opened", "offer.reminded", "offer.opened", "offer.reminded", "lead.skipped",
            "offer.opened", "offer.opened", "offer.opened", "lead.unassigned",
        ]  # fmt: skip

    def test_catches_up_in_order_and_once(self, world: World) -> None:
        lead = world.receive().lead
        acted = [act_on_due(at=START + hours(5)) for _ in range(3)]

        assert acted == [1, 1, 0]
        assert world.events(lead)[3:] == ["offer.reminded", "offer.expired", "offer.opened", "lead.offered"]

    def test_leaves_an_accepted_lead_alone_until_the_follow_up_gap(self, world: World) -> None:
        lead = world.receive().lead
        accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)

        assert act_on_due(at=START + timedelta(days=13)) == 0
        assert act_on_due(at=START + timedelta(days=14)) == 1
        lead = world.again(lead)
        assert (lead.state, lead.attention_reason) == ("accepted", "stalled")

    def test_tells_the_managers_of_a_partner_that_skips_again(self, world: World) -> None:
        first = world.receive().lead
        act_on_due(at=START + hours(2))
        act_on_due(at=START + hours(4))
        assert world.notices("partner.skips") == 0
        accept_offer(world.open_offer(first, "bergmann").pk, by=world.seen_by("bergmann"), at=START + hours(4))
        world.receive(at=START + hours(5))
        act_on_due(at=START + hours(7))
        act_on_due(at=START + hours(9))

        assert world.notices("partner.skips") == 1

    def test_takes_many_leads_in_few_statements(self, world: World, django_assert_max_num_queries: object) -> None:
        for _ in range(40):
            world.receive()
        with django_assert_max_num_queries(24):  # type: ignore[operator]
            assert act_on_due(at=START + hours(2)) == 40
        with django_assert_max_num_queries(30):  # type: ignore[operator]
            assert act_on_due(at=START + hours(4)) == 40
        assert set(Lead.objects.values_list("state", "round")) == {("offered", 2)}
        assert Offer.objects.filter(state="open").count() == 40


class TestNoteBeat:
    def test_gives_offers_that_lapsed_in_an_outage_thirty_minutes_more_once(self, world: World) -> None:
        note_beat(at=START)
        lead = world.receive().lead
        act_on_due(at=START + hours(2))
        note_beat(at=START + hours(2))

        back = START + hours(10)
        assert note_beat(at=back) == 1
        assert note_beat(at=back) == 0

        assert act_on_due(at=back) == 0
        assert world.open_offer(lead, "alpen").expires_at == back + timedelta(minutes=30)
        assert world.events(lead)[-1] == "offer.extended"
        assert act_on_due(at=back + timedelta(minutes=30)) == 1
        assert world.offers(lead)[-1] == ("bergmann", "open")

    def test_gives_nothing_after_a_short_break(self, world: World) -> None:
        note_beat(at=START)
        world.receive()
        assert note_beat(at=START + timedelta(minutes=5)) == 0

    def test_gives_nothing_at_the_first_start(self, world: World) -> None:
        world.receive()
        assert note_beat(at=START + hours(100)) == 0
