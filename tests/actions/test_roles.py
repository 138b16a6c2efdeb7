"""What each role of a person may do: a table, tried verb by verb on a real lead."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from partidor.access.leads import lead_for
from partidor.access.viewer import Viewer, viewer_of_membership
from partidor.actions.intake import receive_lead
from partidor.actions.offers import decline_offer
from partidor.actions.partners import pause_partner
from partidor.actions.people import invite_person
from partidor.actions.routing import withdraw_lead
from partidor.actions.rules import publish_rules
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Lead, Membership
from tests.world import START, World

VERBS: dict[str, Callable[[World, Viewer, Lead], object]] = {
    "read": lambda world, by, lead: lead_for(by, lead.pk),
    "receive": lambda world, by, lead: receive_lead(world.inquiry(), by=by, at=START),
    "decline": lambda world, by, lead: decline_offer(
        world.open_offer(lead, "alpen").pk, reason="other", by=by, at=START
    ),
    "withdraw": lambda world, by, lead: withdraw_lead(lead.pk, by=by, at=START),
    "pause": lambda world, by, lead: pause_partner(world.partners["alpen"].pk, until=None, by=by, at=START),
    "publish": lambda world, by, lead: publish_rules(by=by, at=START),
    "invite": lambda world, by, lead: invite_person(
        email="new@acme.example", name="New", role="marketing", partner_id=None, by=by, at=START
    ),
}
MAY = {
    "administrator":           "read receive decline withdraw pause publish invite",
    "channel_manager":         "read receive decline withdraw pause publish",
    "partner_account_manager": "read receive withdraw pause",
    "marketing":               "read receive withdraw",
    "management":              "read",
    "agency":                  "read receive withdraw",
    "partner_manager":         "decline pause",
    "partner_sales":           "decline",
}  # fmt: skip
"""A partner's people read the lead only once it is theirs."""


def seat(world: World, role: str) -> Viewer:
    """Give somebody the role and see with their eyes."""
    partner = world.partners["alpen"].pk if role.startswith("partner_") and role != "partner_account_manager" else None
    membership, *_ = invite_person(
        email=f"{role}@people.example", name=role, role=role, partner_id=partner, by=world.manager, at=START
    )
    return viewer_of_membership(membership)


@pytest.mark.parametrize("role", MAY)
def test_each_role_may_do_its_part_and_no_more(world: World, role: str) -> None:
    by, done = seat(world, role), []
    for verb, call in VERBS.items():
        lead = world.receive().lead
        try:
            call(world, by, lead)
        except (NotAllowed, NotFound):
            assert Lead.objects.get(pk=lead.pk).state == "offered", f"{role} was refused to {verb}, yet something moved"
        else:
            done.append(verb)
    assert " ".join(done) == MAY[role]


def test_a_membership_that_ended_may_nothing(world: World) -> None:
    seat(world, "administrator")
    Membership.objects.update(active=False)
    by = viewer_of_membership(Membership.objects.get(person__email="administrator@people.example"))
    with pytest.raises(NotAllowed):
        withdraw_lead(world.receive().lead.pk, by=by, at=START)
