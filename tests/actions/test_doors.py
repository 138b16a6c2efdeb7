"""Vendors, keys, people, sources and kept answers."""

from __future__ import annotations

import pytest

from partidor.access.viewer import UnknownKey, viewer_of_key
from partidor.actions.keys import issue_key, revoke_key
from partidor.actions.once import Answer, IdempotencyKeyReused, ShownOnce, forget_old_answers, once
from partidor.actions.partners import archive_partner
from partidor.actions.people import invite_person
from partidor.actions.sources import add_source, archive_source, change_source, define_field
from partidor.actions.vendors import VendorExists, found_vendor
from partidor.domain.refusal import NotAllowed, WrongContent
from partidor.models import ApiKey, KeptAnswer, Membership, Person
from tests.world import START, World, hours


class TestFoundVendor:
    def test_leaves_a_vendor_that_routes_its_first_lead(self, transactional_db: None) -> None:
        world = World.found(rules=None)
        assert world.receive().lead.state == "offered"

    def test_twice_is_refused_by_name(self, world: World) -> None:
        with pytest.raises(VendorExists, match="Acme"):
            found_vendor(name="Acme", admin="a@b.example", country="DE", time_zone="Europe/Berlin",
                         language="de", currency="EUR", at=START)  # fmt: skip


class TestKeys:
    def test_are_stored_as_a_hash_only(self, world: World) -> None:
        secret = world.key_of("alpen")
        stored = " ".join(str(value) for row in ApiKey.objects.values() for value in row.values())
        assert secret not in stored
        assert viewer_of_key(secret, at=START).partner_id == world.partners["alpen"].pk

    def test_expire_are_revoked_and_die_with_their_partner(self, world: World) -> None:
        key, short = issue_key(name="k", scopes=["leads:read"], partner_id=None, expires_at=START + hours(1),
                               by=world.manager, at=START)  # fmt: skip
        partners = world.key_of("alpen")
        viewer_of_key(short, at=START)
        with pytest.raises(UnknownKey):
            viewer_of_key(short, at=START + hours(1))
        revoke_key(key.pk, by=world.manager, at=START)
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START)
        for secret in (short, partners, "ptd_nonsense", ""):
            with pytest.raises(UnknownKey):
                viewer_of_key(secret, at=START)

    def test_of_partners_never_hold_the_vendors_scopes(self, world: World) -> None:
        for scopes in (["admin"], ["rules:write"], [], ["everything"]):
            with pytest.raises(WrongContent, match="scopes"):
                issue_key(name="k", scopes=scopes, partner_id=world.partners["alpen"].pk, expires_at=None,
                          by=world.manager, at=START)  # fmt: skip


class TestInvitePerson:
    def test_gives_one_login_a_role_at_each_partner(self, world: World) -> None:
        for partner in ("alpen", "bergmann"):
            invite_person(email="Eva@Muster.example", name="Eva", role="partner_sales",
                          partner_id=world.partners[partner].pk, by=world.manager, at=START)  # fmt: skip
        assert Person.objects.filter(email="eva@muster.example").count() == 1
        assert Membership.objects.filter(person__email="eva@muster.example").count() == 2
        assert world.notices("person.invited") == 2

    def test_twice_invites_once(self, world: World) -> None:
        def invite() -> bool:
            return invite_person(email="eva@muster.example", name="Eva", role="partner_sales",
                                 partner_id=world.partners["alpen"].pk, by=world.manager, at=START)[1]  # fmt: skip

        assert [invite(), invite()] == [False, True]
        assert world.notices("person.invited") == 1

    def test_refuses_a_partner_that_is_archived(self, world: World) -> None:
        archive_partner(world.partners["alpen"].pk, by=world.manager, at=START)
        with pytest.raises(WrongContent, match="partner: is archived"):
            invite_person(email="e@m.example", name="E", role="partner_sales",
                          partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip

    def test_refuses_roles_of_the_other_side(self, world: World) -> None:
        with pytest.raises(WrongContent, match="role"):
            invite_person(email="e@m.example", name="E", role="administrator",
                          partner_id=world.partners["alpen"].pk, by=world.manager, at=START)  # fmt: skip
        with pytest.raises(NotAllowed):
            invite_person(email="e@m.example", name="E", role="administrator", partner_id=None,
                          by=world.seen_by("alpen"), at=START)  # fmt: skip


class TestSources:
    def test_are_added_changed_and_archived(self, world: World) -> None:
        source, _ = add_source({"name": "fair", "kind": "event"}, by=world.manager, at=START)
        assert add_source({"name": "fair", "kind": "form"}, by=world.manager, at=START)[1]
        change_source(source.pk, {"default_temperature": "hot"}, by=world.manager, at=START)
        assert world.receive(source="fair").lead.temperature == "hot"
        archive_source(source.pk, by=world.manager, at=START)
        with pytest.raises(WrongContent, match="fair"):
            world.receive(source="fair")

    def test_refuse_what_they_do_not_know(self, world: World) -> None:
        with pytest.raises(WrongContent) as refused:
            add_source({"name": "", "kind": "fax", "colour": 1}, by=world.manager, at=START)
        assert {error.field for error in refused.value.errors} == {"name", "kind", "colour"}

    def test_type_custom_fields(self, world: World) -> None:
        define_field({"key": "seats", "type": "number"}, by=world.manager, at=START)
        assert world.receive(custom={"seats": "12", "other": "x"}).lead.custom == {"seats": 12, "other": "x"}
        with pytest.raises(WrongContent, match=r"custom\.seats"):
            world.receive(custom={"seats": "many"})


class TestOnce:
    def ask(self, world: World, body: bytes = b"{}", name: str = "n", after: float = 0, **more: bool) -> Answer:
        self.runs = getattr(self, "runs", 0)

        def run() -> Answer:
            self.runs += 1
            return Answer(201, f'{{"run": {self.runs}}}')

        return once(
            run, name=name, method="POST", path="/x", body=body, by=world.manager, at=START + hours(after), **more
        )

    def test_runs_once_and_answers_the_same(self, world: World) -> None:
        first, again = self.ask(world), self.ask(world)
        assert (first.body, again.body, again.replayed, self.runs) == (first.body, first.body, True, 1)

    def test_refuses_another_body(self, world: World) -> None:
        self.ask(world)
        with pytest.raises(IdempotencyKeyReused):
            self.ask(world, body=b"[]")

    def test_forgets_after_a_week(self, world: World) -> None:
        self.ask(world)
        assert not self.ask(world, after=8 * 24).replayed
        assert forget_old_answers(at=START + hours(24 * 30)) == 1
        assert not KeptAnswer.objects.exists()

    def test_keeps_no_secret(self, world: World) -> None:
        self.ask(world, secret=True)
        assert KeptAnswer.objects.get().body == ""
        with pytest.raises(ShownOnce):
            self.ask(world, secret=True)

    def test_does_not_keep_a_refusal(self, world: World) -> None:
        def refuse() -> Answer:
            raise WrongContent([])

        for _ in range(2):
            with pytest.raises(WrongContent):
                once(refuse, name="r", method="POST", path="/x", body=b"", by=world.manager, at=START)
        assert not KeptAnswer.objects.exists()
