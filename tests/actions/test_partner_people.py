"""What a partner's manager may steer: the partner's pause and its people. Anybody may choose a language."""

from __future__ import annotations

import pytest

from partidor.actions.partners import pause_partner, resume_partner
from partidor.actions.people import choose_language, invite_person
from partidor.domain.refusal import NotAllowed, NotFound, WrongContent
from partidor.models import Membership, Partner, Person
from tests.people import somebody_of
from tests.world import START, World, hours


class TestPauseByThePartnerItself:
    def test_is_its_managers_right_and_ends_by_it(self, world: World) -> None:
        manager, partner = somebody_of(world, "alpen"), world.partners["alpen"].pk

        said = [pause_partner(partner, until=START + hours(5), by=manager, at=START).repeated for _ in range(2)]
        assert said == [False, True]
        assert world.offers(world.receive().lead) == [("bergmann", "open")]

        said = [resume_partner(partner, by=manager, at=START).repeated for _ in range(2)]
        assert said == [False, True]
        assert world.offers(world.receive().lead) == [("alpen", "open")]

    def test_is_not_for_its_sales_its_keys_or_other_managers(self, world: World) -> None:
        partner, rival = world.partners["alpen"].pk, World.found("Rival")
        sales = somebody_of(world, "alpen", role="partner_sales", name="Sam Sales")
        for stranger, refusal in (
            (sales, NotAllowed),
            (world.seen_by("alpen"), NotAllowed),
            (somebody_of(world, "bergmann", name="Berta Berg"), NotFound),
            (somebody_of(rival, "alpen", name="Eve Rival"), NotFound),
        ):
            with pytest.raises(refusal):
                pause_partner(partner, until=None, by=stranger, at=START)
            with pytest.raises(refusal):
                resume_partner(partner, by=stranger, at=START)
        assert Partner.objects.get(pk=partner).paused_at is None


class TestInviteColleagues:
    def test_is_the_managers_right_at_its_own_partner(self, world: World) -> None:
        manager, partner = somebody_of(world, "alpen"), world.partners["alpen"].pk
        for role in ("partner_sales", "partner_manager"):
            invited = {"email": f"{role}@new.example", "name": "New", "role": role, "partner_id": partner}
            said = [invite_person(**invited, by=manager, at=START)[1] for _ in range(2)]  # type: ignore[arg-type]
            assert said == [False, True]
        assert Membership.objects.filter(partner=partner, person__email__endswith="@new.example").count() == 2

    def test_reaches_no_further(self, world: World) -> None:
        manager, partner = somebody_of(world, "alpen"), world.partners["alpen"].pk
        sales = somebody_of(world, "alpen", role="partner_sales", name="Sam Sales")
        rival = somebody_of(World.found("Rival"), "alpen", name="Eve Rival")
        for by, role, at_partner in (
            (manager, "administrator", None),
            (manager, "partner_sales", world.partners["bergmann"].pk),
            (sales, "partner_sales", partner),
            (rival, "partner_sales", partner),
            (world.seen_by("alpen"), "partner_sales", partner),
        ):
            with pytest.raises(NotAllowed):
                invite_person(email="x@new.example", name="X", role=role, partner_id=at_partner, by=by, at=START)
        with pytest.raises(WrongContent, match="role"):
            invite_person(
                email="x@new.example", name="X", role="administrator", partner_id=partner, by=manager, at=START
            )
        assert not Person.objects.filter(email="x@new.example").exists()


class TestChooseLanguage:
    def test_is_kept_with_the_person(self, world: World) -> None:
        somebody = somebody_of(world, "alpen")
        assert [choose_language("en", by=somebody) for _ in range(2)] == [False, True]
        assert Person.objects.get(pk=somebody.id).language == "en"

    def test_is_refused_for_a_tongue_that_partidor_does_not_speak_and_for_a_key(self, world: World) -> None:
        somebody = somebody_of(world, "alpen")
        with pytest.raises(WrongContent, match="language"):
            choose_language("xx", by=somebody)
        with pytest.raises(NotAllowed):
            choose_language("en", by=world.manager)
