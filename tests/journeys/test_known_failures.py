"""Known failures of other lead routers (routing.md, last paragraph); each is a promise here, by its name.

Those of rotation, pauses, holidays and clocks that run at night stand in files of their own beside this one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from partidor.actions.deadlines import act_on_due
from partidor.actions.intake import receive_many
from partidor.actions.offers import accept_offer
from partidor.actions.outbox import address_notices
from partidor.actions.partners import pause_partner
from partidor.actions.routing import assign_lead, reroute_lead
from partidor.config.environment import MailServer
from partidor.models import Delivery, Event, Lead, Offer
from partidor.outbound.dispatch import dispatch_due
from partidor.queries.audit.auditor import audit
from partidor.queries.today.attention import attention
from tests.inbound.web.people import signed_in
from tests.mailbox import Mailbox, mailbox
from tests.world import ALL_AT_ONCE, START, World, hours

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
IN_TURN = [{"name": "In turn", "equal_within": 100, "plan": [{"offer_to": 1, "window": "8h"}]}]
BIG_ONES = {
    "name": "Big ones",
    "when": {"field": "employees", "op": "gte", "value": 500},
    "who": {"tag": "tier", "op": "in", "value": ["gold"]},
    "plan": [{"offer_to": 1, "window": "4h"}],
}


def work(at: Any) -> None:
    """Let the worker do all that is due."""
    while act_on_due(at=at):
        pass


def test_bulk_import_sends_every_lead_to_the_first_partner_found() -> None:
    """A batch is decided lead by lead, each seeing what was decided before it."""
    world = World.found(rules=IN_TURN)
    answers = list(receive_many([world.inquiry() for _ in range(120)], by=world.manager, at=START))
    assert len(answers) == 120
    counts = Counter(Offer.objects.values_list("partner__external_id", flat=True))
    assert counts == {"alpen": 40, "bergmann": 40, "citroen": 40}
    few = [name for name, _ in (world.offers(lead)[0] for lead in Lead.objects.order_by("pk")[:6])]
    assert len(set(few[:3])) == len(set(few[3:])) == 3, "and in turn, not in blocks"


def test_idle_check_runs_once_and_never_again() -> None:
    """Every time that a lead comes into somebody's hands, the gap begins anew, with the second partner as well."""
    world = World.found()
    lead = world.receive().lead
    accept_offer(world.open_offer(lead, "alpen").pk, by=world.seen_by("alpen"), at=START)
    gap = timedelta(days=world.vendor.follow_up_days)
    at = START + gap
    for number, partner in enumerate(("bergmann", "citroen", "alpen"), 1):
        work(at - timedelta(seconds=1))
        assert world.events(lead).count("lead.stalled") == number - 1
        work(at)
        assert world.events(lead).count("lead.stalled") == number
        assert world.again(lead).attention_reason == "stalled", "and it stays with the managers until somebody acts"
        assign_lead(lead.pk, partner_id=world.partners[partner].pk, reason="idle", by=world.manager, at=at)
        assert world.again(lead).attention_reason == ""
        at += gap


def test_only_the_first_active_rule_fires_and_unmatched_leads_die_on_an_administrator() -> None:
    """A rule whose every partner is away is passed over; what no rule takes asks for attention until it is routed."""
    world = World.found(rules=[BIG_ONES, {**BIG_ONES, "name": "Big ones again"}, IN_TURN[0]])
    world.partner("dora", tags={"tier": ["gold"]}, location={"lat": 48.1, "lon": 11.5})
    pause_partner(world.partners["dora"].pk, until=None, by=world.manager, at=START)
    big = world.receive(employees=600).lead
    assert len(world.offers(big)) == 1
    assert world.again(big).rule_position == 3

    world.rules([BIG_ONES])
    small = world.receive(employees=5).lead
    now = world.again(small)
    assert (now.state, now.attention_reason, now.partner_id) == ("unassigned", "no_rule", None)
    assert world.notices("lead.unassigned") == 1
    (item,) = [each for each in attention(world.manager, at=START).items if each.kind == "unassigned"]
    assert item.lead is not None
    assert item.lead.ref == small.ref
    work(START + hours(24 * 60))
    assert world.again(small).attention_reason == "no_rule", "however long that takes"
    world.rules(IN_TURN)
    reroute_lead(small.pk, by=world.manager, at=START + hours(1))
    assert world.again(small).state == "offered"


def test_opening_a_mail_counted_as_claiming_the_lead() -> None:
    """A link scanner follows every link of a mail, in every way that changes nothing; nobody has claimed anything."""
    world = World.found(rules=ALL_AT_ONCE)
    lead = world.receive().lead
    offer = world.open_offer(lead, "alpen")
    before = world.offers(lead), world.events(lead), world.again(lead).updated_at
    page = f"/portal/offers/{offer.pk}"
    scanner, reader = Client(), signed_in(world, "partner_manager", "alpen")
    for client in (scanner, reader):
        for address in (page, f"{page}/accept", f"{page}/decline", "/portal/"):
            for ask in (client.get, client.head, client.options):
                assert ask(address).status_code < 500
    assert reader.get(f"{page}/accept").status_code == 405
    assert (world.offers(lead), world.events(lead), world.again(lead).updated_at) == before
    offer.refresh_from_db()
    assert (offer.state, offer.answered_at) == ("open", None)
    assert offer.seen_at is not None, "a signed-in person has looked at it; that is noted, and is no answer"


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mailbox() as one:
        settings.MAIL = MailServer.read(one.url)
        yield one


def test_role_mailboxes_lost_as_spam_bounces_must_show(box: Mailbox) -> None:
    """A mailbox that refuses for good is shown on Today and by the doctor, and the lead goes on without an answer."""
    world = World.found()
    box.refuse["alpen@example.org"] = "550 5.7.1 this looks like spam"
    lead = world.receive().lead
    while address_notices(at=START) + dispatch_due(now=lambda: START):
        pass
    failed = Delivery.objects.get(outcome="failed")
    assert (failed.address, "looks like spam" in failed.last_error) == ("alpen@example.org", True)
    assert "mails" in {item.kind for item in attention(world.manager, at=START).items}
    assert "deliveries_failed" in {finding.check for finding in audit(at=START, mail_is_set=True).findings}
    work(START + hours(2))
    work(START + hours(4))
    assert world.offers(lead) == [("alpen", "expired"), ("bergmann", "open")]
    assert Event.objects.filter(lead=lead, type="offer.expired").count() == 1
