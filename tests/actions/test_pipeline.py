"""How a lead that a partner has taken ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from partidor.access.leads import offer_for
from partidor.access.reveal import reveal_to
from partidor.access.viewer import Viewer
from partidor.actions.offers import accept_offer
from partidor.actions.pipeline import LOST_REASONS, lose_lead, win_lead
from partidor.actions.routing import Steered, assign_lead, withdraw_lead
from partidor.domain.refusal import NotAllowed, NotFound, NotPossibleNow, WrongContent
from partidor.models import Event, Lead, Notice, Offer
from tests.auditing import assert_whole
from tests.world import START, World, hours

END = START + hours(72)


@pytest.fixture
def lead(world: World) -> Lead:
    """A lead that Alpen has taken."""
    lead = world.receive(currency="CHF").lead
    accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START + hours(1))
    return lead


def win(lead: Lead, by: Viewer) -> Steered:
    return win_lead(lead.pk, value="12500.50", by=by, at=END)


def lose(lead: Lead, by: Viewer) -> Steered:
    return lose_lead(lead.pk, reason="price", by=by, at=END)


Close = Callable[[Lead, Viewer], Steered]
both = pytest.mark.parametrize("close", [win, lose])


class TestWinLead:
    def test_closes_the_lead_with_its_order(self, world: World, lead: Lead) -> None:
        win(lead, world.seen_by("alpen"))

        lead = world.again(lead)
        assert (lead.state, lead.order_value_minor, lead.currency, lead.closed_at) == ("won", 1_250_050, "CHF", END)
        event = Event.objects.get(lead=lead, type="lead.won")
        assert event.data == {
            "offer": str(Offer.objects.get(lead=lead).pk),
            "partner": str(world.partners["alpen"].pk),
            "value": "12500.50",
            "currency": "CHF",
            "closed_at": END.isoformat(),
        }

    @pytest.mark.parametrize(("value", "minor"), [(None, None), ("0", 0), (99.5, 9950)])
    def test_takes_every_amount_there_is(self, world: World, lead: Lead, value: object, minor: int | None) -> None:
        win_lead(lead.pk, value=value, by=world.manager, at=END)
        assert world.again(lead).order_value_minor == minor

    @pytest.mark.parametrize("value", ["-1", "1.000,00", "1.005", "much", [5], "9" * 20])
    def test_refuses_what_is_no_amount(self, world: World, lead: Lead, value: object) -> None:
        before = _everything()
        with pytest.raises(WrongContent, match="value: "):
            win_lead(lead.pk, value=value, by=world.manager, at=END)
        assert _everything() == before

    def test_may_say_that_the_order_came_earlier(self, world: World, lead: Lead) -> None:
        for wrong in (START, END + hours(1)):
            with pytest.raises(WrongContent, match="at: must lie between"):
                win_lead(lead.pk, value=None, won_at=wrong, by=world.manager, at=END)
        win_lead(lead.pk, value=None, won_at=START + hours(5), by=world.manager, at=END)
        lead = world.again(lead)
        assert (lead.closed_at, lead.last_event_at, lead.updated_at) == (START + hours(5), END, END)


class TestLoseLead:
    def test_closes_the_lead_and_tells_why(self, world: World, lead: Lead) -> None:
        lose(lead, world.manager)

        lead = world.again(lead)
        assert (lead.state, lead.closed_at, lead.order_value_minor) == ("lost", END, None)
        assert Event.objects.get(lead=lead, type="lead.lost").data["reason"] == "price"

    def test_with_an_unknown_reason_is_refused_by_name(self, world: World, lead: Lead) -> None:
        before = _everything()
        with pytest.raises(WrongContent, match=f"reason: must be one of {', '.join(LOST_REASONS)}"):
            lose_lead(lead.pk, reason="mood", by=world.manager, at=END)
        assert _everything() == before


@both
class TestBoth:
    def test_leave_the_lead_with_its_partner_and_nothing_to_do(self, world: World, lead: Lead, close: Close) -> None:
        alpen = world.seen_by("alpen")

        close(lead, alpen)

        lead, offer = world.again(lead), Offer.objects.get(lead=lead)
        assert lead.partner_id == world.partners["alpen"].pk
        assert (lead.next_action_kind, lead.next_action_at, lead.attention_reason) == ("", None, "")
        assert (offer.state, offer.ended_by, offer.ended_at) == ("accepted", "closed", END)
        assert reveal_to(alpen, offer_for(alpen, offer.pk)) == "full"
        assert_whole()

    def test_twice_change_nothing_and_say_so(self, world: World, lead: Lead, close: Close) -> None:
        first = close(lead, world.manager)
        before = _everything()

        second = close(lead, world.seen_by("alpen"))

        assert (first.repeated, second.repeated) == (False, True)
        assert _everything() == before

    def test_exclude_each_other(self, world: World, lead: Lead, close: Close) -> None:
        close(lead, world.manager)
        before = _everything()
        other, state = (lose, "won") if close is win else (win, "lost")
        with pytest.raises(NotPossibleNow, match=f"is {state}"):
            other(lead, world.manager)
        assert _everything() == before

    def test_need_a_partner_that_has_the_lead(self, world: World, lead: Lead, close: Close) -> None:
        offered, gone = world.receive().lead, world.receive().lead
        withdraw_lead(gone.pk, by=world.manager, at=START)
        before = _everything()
        for each, state in ((offered, "offered"), (gone, "withdrawn")):
            with pytest.raises(NotPossibleNow, match=f"is {state}"):
                close(each, world.manager)
        assert _everything() == before

    def test_are_not_for_another_partner_vendor_or_reader(self, world: World, lead: Lead, close: Close) -> None:
        rival = World.found("Rival")
        assign_lead(
            lead.pk, partner_id=world.partners["bergmann"].pk, reason="nearer", by=world.manager, at=START + hours(2)
        )
        before = _everything()
        for stranger in (world.seen_by("alpen"), world.seen_by("citroen"), rival.manager):
            with pytest.raises(NotFound):
                close(lead, stranger)
        with pytest.raises(NotAllowed):
            close(lead, world.seen_by("bergmann", scopes=("leads:read", "offers:write")))
        assert _everything() == before


def _everything() -> list[Any]:
    """What must not change when nothing happens."""
    return [
        list(Lead.objects.order_by("pk").values()),
        list(Offer.objects.order_by("pk").values()),
        Event.objects.count(),
        Notice.objects.count(),
    ]
