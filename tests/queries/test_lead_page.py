"""The lead page: why a lead went there, why not elsewhere, what happens next, and its story."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from partidor.access.viewer import ROLE_SCOPES, Viewer
from partidor.actions.offers import accept_offer, decline_offer
from partidor.actions.partners import archive_partner, change_partner, pause_partner
from partidor.actions.routing import assign_lead, reroute_lead, withdraw_lead
from partidor.actions.rules import change_draft, publish_rules
from partidor.domain.refusal import NotAllowed, NotFound
from partidor.models import Lead, Offer
from partidor.queries.leads.page.dossier import Dossier, read_dossier
from partidor.queries.leads.page.hand_over import hand_over
from partidor.queries.leads.page.page import LeadPage, Sought, lead_page, page_of
from partidor.queries.leads.page.why_not import why_not_for, why_not_named
from tests.world import START, World, hours

RETAIL: list[dict[str, Any]] = [
    {"name": "Big ones", "when": {"field": "employees", "op": "gte", "value": 500},
     "plan": [{"offer_to": 1, "window": "4h"}]},
    {
        "name": "Retail tills",
        "when": {"all": [{"field": "country", "op": "in", "value": ["DE", "AT"]},
                         {"field": "product", "op": "eq", "value": "Till system"}]},
        "who": {"all": [{"tag": "certification", "op": "in", "value": ["till"]}, {"distance_km": {"lte": 100}}]},
        "order": [{"by": "distance", "points": 100, "zero_at_km": 1000}],
        "equal_within": 5,
        "plan": [{"offer_to": 1, "window": "4h", "repeat": 2},
                 {"offer_to": "all", "window": "8h", "notify_manager": True}],
    },
]  # fmt: skip


@pytest.fixture
def retail(db: None) -> World:
    """Alpen and Bergmann sell tills within 100 km of Munich; Citroen is too far, and Dach not certified."""
    world = World.found(rules=RETAIL)
    world.partner("dach", name="Dach & Kasse", location={"lat": 48.1, "lon": 11.5}, address={"country": "DE"})
    for key in ("alpen", "bergmann", "citroen"):
        change_partner(
            world.partners[key].pk, {"tags": {"certification": ["till"], "tier": ["gold"]}}, by=world.manager, at=START
        )
    return world


def till(world: World, **more: Any) -> Lead:
    return world.receive(product="Till system", **more).lead


def kept(world: World, lead: Lead, *, language: str = "en", at: Any = START) -> Dossier:
    as_of_now = replace(world.manager, vendor=None)  # a request reads its vendor anew
    return read_dossier(as_of_now, lead.ref, language=language, at=at)


def shown(world: World, lead: Lead, **how: Any) -> LeadPage:
    return page_of(kept(world, lead), Sought(**how))


class TestWhy:
    def test_tells_rule_conditions_counts_and_the_fair_share(self, retail: World) -> None:
        why = shown(retail, till(retail)).why
        assert why is not None
        assert (why.rule.position, why.rule.name) == (2, "Retail tills")  # type: ignore[union-attr]
        assert "".join(part.text for part in why.held) == "country is Germany and product is Till system"
        assert (why.network, why.eligible, why.equal, why.drawn) == (4, 2, 0, False)
        assert [(band.kind, [row.partner.name for row in band.rows]) for band in why.bands] == [
            ("plain", ["Alpen Systemhaus"]), ("less", ["Bergmann IT"])]  # fmt: skip
        assert [(out.heading, out.partners) for out in why.left_out] == [("no certification Till", 1), ("too far", 1)]
        assert why.same
        assert why.bands[0].rows[0].partner.tier == "Gold"

    def test_says_who_is_asked_who_is_next_and_what_became_of_them(self, retail: World) -> None:
        lead = till(retail)
        why = shown(retail, lead).why
        assert [(row.result.state, row.result.first) for row in why.rows] == [("open", True), ("next", False)]  # type: ignore[union-attr]

        alpen = retail.open_offer(lead, "alpen")
        decline_offer(alpen.pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        page = shown(retail, lead)
        assert [line.trigger for line in page.decisions] == ["lead", "decline"]
        assert page.why is not None
        assert page.why.is_newest
        assert [row.partner.name for row in page.why.rows] == ["Bergmann IT"]
        earlier = shown(retail, lead, decision=page.decisions[0].key).why
        assert earlier is not None
        assert not earlier.is_newest
        assert [(row.result.state, row.result.round) for row in earlier.rows] == [("declined", 0), ("open", 2)]

    def test_parts_those_who_are_equally_suitable(self, db: None) -> None:
        world = World.found(rules=[{"name": "All the same", "plan": [{"offer_to": 1, "window": "4h"}]}])
        first = shown(world, world.receive().lead).why
        second = shown(world, world.receive().lead).why
        assert first is not None
        assert second is not None
        assert (first.equal, first.drawn, [band.kind for band in first.bands]) == (3, True, ["equal"])
        assert first.held == ()
        assert first.asked != second.asked
        assert second.rows[0].debt > 0 > second.rows[-1].debt
        assert [row.debt_here for row in second.rows] == [row.debt for row in second.rows]  # all leads are warm
        assert second.temperature == "warm"

    def test_tells_why_nobody_could_be_asked(self, retail: World) -> None:
        no_rule = shown(retail, retail.receive(product="ERP").lead)
        assert no_rule.why is not None
        assert (no_rule.why.reason, no_rule.why.rule) == ("no_rule", None)
        assert no_rule.moving.standing.state == "unassigned"
        for key in ("alpen", "bergmann"):
            pause_partner(retail.partners[key].pk, until=None, reason="", by=retail.manager, at=START)
        dry = shown(retail, till(retail)).why
        assert dry is not None
        assert dry.reason == "no_partner"
        assert [(one.rule, one.name, one.why) for one in dry.passed_over] == [(2, "Retail tills", "all_unavailable")]
        assert {out.heading: out.partners for out in dry.left_out}["paused"] == 2

    def test_lists_everybody_when_asked(self, db: None) -> None:
        crowd = {f"p{n:02}": (f"Partner {n:02}", "80331", "München", 48.137, 11.575) for n in range(23)}
        world = World.found(rules=[{"name": "All the same", "plan": [{"offer_to": 1, "window": "4h"}]}], partners=crowd)
        lead = world.receive().lead
        few, all_of_them = shown(world, lead).why, shown(world, lead, everyone=True).why
        assert few is not None
        assert all_of_them is not None
        assert (len(few.rows), few.hidden, len(all_of_them.rows), all_of_them.hidden) == (5, 18, 23, 0)
        assert few.rows == all_of_them.rows[:5]

    def test_says_what_was_changed_since_when_it_cannot_be_decided_again(self, db: None) -> None:
        rules = [{"name": "Named", "when": {"field": "company", "op": "starts_with", "value": "Werk"},
                  "plan": [{"offer_to": 1, "window": "4h"}]}]  # fmt: skip
        world = World.found(rules=rules)
        lead = world.receive().lead
        Lead.objects_of([lead]).update(company="")
        why = shown(world, lead).why
        assert why is not None
        assert (why.same, why.changed[0]) == (False, "company is not there (any more)")
        assert [row.partner.name for row in why.rows]


class TestWhyNot:
    def answers(self, world: World, lead: Lead, words: str, language: str = "en") -> list[tuple[str, str]]:
        dossier = kept(world, lead, language=language)
        found = why_not_named(dossier, dossier.decisions[-1], words)
        return [(row.partner.name, row.reasons[0]) for row in found.rows]

    def test_is_answered_for_any_partner_in_words(self, retail: World) -> None:
        lead = till(retail)
        assert self.answers(retail, lead, "citro") == [("Citroën & Söhne", "151 km away, the rule allows 100 km")]
        assert self.answers(retail, lead, "DACH", "de") == [
            ("Dach & Kasse", "Die Regel verlangt Zertifikat Till; dieser Partner hat keine Angabe")
        ]
        assert self.answers(retail, lead, "soehne") == []
        assert self.answers(retail, lead, "sohne")[0][0] == "Citroën & Söhne"
        assert self.answers(retail, lead, "") == []

    def test_knows_the_paused_the_full_the_asked_and_those_of_later(self, retail: World) -> None:
        change_partner(retail.partners["bergmann"].pk, {"max_open_leads": 1}, by=retail.manager, at=START)
        first = till(retail)
        decline_offer(retail.open_offer(first, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        assert self.answers(retail, first, "alpen") == [
            ("Alpen Systemhaus", "Was asked about this lead before and declined")
        ]
        pause_partner(retail.partners["alpen"].pk, until=None, reason="", by=retail.manager, at=START)
        second = till(retail)
        assert self.answers(retail, second, "alpen")[0][1] == "Paused when this was decided"
        assert self.answers(retail, second, "berg")[0][1] == "Full: the limit of 1 open leads was reached"
        retail.partner("neu", name="Neuland")
        archive_partner(retail.partners["citroen"].pk, by=retail.manager, at=START)
        assert self.answers(retail, second, "neuland")[0][1] == "Not in the network when this was decided"
        assert self.answers(retail, second, "citro")[0][1].startswith("151 km away")

    def test_lists_those_who_were_left_out_for_one_reason(self, retail: World) -> None:
        dossier = kept(retail, till(retail))
        far = next(out for out in page_of(dossier, Sought()).why.left_out if out.heading == "too far")  # type: ignore[union-attr]
        found = why_not_for(dossier, dossier.decisions[-1], far.key, 1)
        assert [row.partner.name for row in found.rows] == ["Citroën & Söhne"]
        assert (found.total, found.pages) == (1, 1)
        assert why_not_for(dossier, dossier.decisions[-1], "nothing", 1).rows == ()


class TestPlan:
    def test_shows_this_round_and_those_to_come(self, retail: World) -> None:
        lead = till(retail)
        plan = shown(retail, lead).moving.plan
        assert plan is not None
        assert (plan.rule.name, plan.round, plan.rounds) == ("Retail tills", 1, 3)
        assert [(box.kind, box.partner, box.asked, box.told) for box in plan.boxes] == [
            ("now", "Alpen Systemhaus", 1, False), ("ahead", "Bergmann IT", 1, False), ("ahead", "", None, True),
        ]  # fmt: skip
        assert plan.boxes[0].until == START + hours(4)

        decline_offer(retail.open_offer(lead, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        plan = shown(retail, lead).moving.plan
        assert plan is not None
        assert (plan.round, plan.rounds) == (2, 3)
        assert [(box.kind, box.partner, box.result) for box in plan.boxes][:2] == [
            ("over", "Alpen Systemhaus", "declined"), ("now", "Bergmann IT", "")]  # fmt: skip

    def test_says_of_rounds_to_come_whether_only_working_time_counts(self, retail: World) -> None:
        assert [box.working for box in shown(retail, till(retail)).moving.plan.boxes] == [False] * 3  # type: ignore[union-attr]
        retail.rules([{**rule, "clock": "business"} for rule in RETAIL])
        boxes = shown(retail, till(retail)).moving.plan.boxes  # type: ignore[union-attr]
        assert [(box.kind, box.working) for box in boxes[1:]] == [("ahead", True), ("ahead", True)]

    def test_keeps_the_rules_of_the_run_when_others_are_published(self, retail: World) -> None:
        lead = till(retail)
        change_draft(RETAIL[:1], if_match=None, by=retail.manager, at=START)
        publish_rules(by=retail.manager, at=START)
        assert shown(retail, lead).moving.plan.rule.name == "Retail tills"  # type: ignore[union-attr]


class TestStory:
    def test_is_told_newest_first_with_names(self, retail: World) -> None:
        lead = till(retail)
        offer = retail.open_offer(lead, "alpen")
        Offer.objects.filter(pk=offer.pk).update(seen_at=START + hours(1))
        accept_offer(offer.pk, by=retail.seen_by("alpen"), at=START + hours(2))
        lines = shown(retail, lead).moving.timeline
        assert [line.type for line in lines] == ["offer.accepted", "offer.seen", "offer.opened", "lead.received"]
        assert lines[0].partners == ("Alpen Systemhaus",)
        assert (lines[2].until, lines[2].exclusive, lines[2].facts["round"], lines[2].facts["rule"]) == (
            START + hours(4),
            True,
            1,
            2,
        )
        assert (lines[3].by.kind, bool(lines[3].by.name)) == ("key", True)

    def test_makes_one_line_of_what_happens_to_several_at_once(self, db: None) -> None:
        world = World.found(rules=[{"name": "Everyone", "plan": [{"offer_to": "all", "window": "8h"}]}])
        lead = world.receive().lead
        withdraw_lead(lead.pk, by=world.manager, at=START)
        lines = shown(world, lead).moving.timeline
        assert {line.type: len(line.partners) for line in lines}["offer.opened"] == 3
        assert {line.type: len(line.partners) for line in lines}["offer.withdrawn"] == 3


class TestHandOver:
    def test_offers_who_suits_today_with_what_should_be_known(self, retail: World) -> None:
        lead = till(retail)
        decline_offer(retail.open_offer(lead, "alpen").pk, reason="capacity", by=retail.seen_by("alpen"), at=START)
        pause_partner(retail.partners["alpen"].pk, until=None, reason="", by=retail.manager, at=START)
        offered = hand_over(kept(retail, lead), "")
        assert [(one.partner.name, one.place, one.is_paused, one.is_asked, one.earlier) for one in offered.suited] == [
            ("Alpen Systemhaus", 1, True, False, "declined"), ("Bergmann IT", 2, False, True, "")]  # fmt: skip
        assert offered.suited[1].load == 1
        assert [one.partner.name for one in hand_over(kept(retail, lead), "dach").found] == ["Dach & Kasse"]

    def test_says_which_verbs_are_possible(self, retail: World) -> None:
        lead = till(retail)
        assert shown(retail, lead).moving.verbs == {"assign", "withdraw"}
        assign_lead(lead.pk, partner_id=retail.partners["dach"].pk, reason="knows them", by=retail.manager, at=START)
        page = shown(retail, lead)
        assert page.moving.verbs == {"assign", "take_back", "withdraw"}
        assert page.by_hand is not None
        assert (page.by_hand.partner, page.by_hand.reason) == (
            "Dach & Kasse",
            "knows them",
        )
        reroute_lead(lead.pk, by=retail.manager, at=START)
        assert shown(retail, lead).by_hand is None
        withdraw_lead(lead.pk, by=retail.manager, at=START)
        assert shown(retail, lead).moving.verbs == frozenset()

    def test_leaves_verbs_to_those_who_may_act(self, retail: World) -> None:
        lead = till(retail)
        looks = Viewer(retail.vendor.pk, "person", "", ROLE_SCOPES["management"], None, retail.vendor)
        assert lead_page(looks, lead.ref, Sought(), language="en", at=START).moving.verbs == frozenset()


class TestDoor:
    def test_takes_the_reference_in_any_case_and_no_other_vendors(self, retail: World) -> None:
        lead = till(retail)
        assert read_dossier(retail.manager, lead.ref.lower(), language="en", at=START).lead == lead
        rival = World.found("Rival")
        with pytest.raises(NotFound):
            read_dossier(rival.manager, lead.ref, language="en", at=START)
        with pytest.raises(NotAllowed):
            read_dossier(retail.seen_by("alpen"), lead.ref, language="en", at=START)
