"""Every page and verb × everybody who may stand before it, generated from the URL map: a page without a row fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from partidor.access.viewer import viewer_of_membership
from partidor.actions.jobs import start_job
from partidor.actions.keys import issue_key
from partidor.actions.offers import accept_offer
from partidor.inbound.files.uploads import keep_about, keep_upload
from partidor.models import Delivery, Membership, Notice, Offer
from partidor.queries.backtests.run import comparison_of
from tests.inbound.web.people import person_of, signed_in
from tests.world import START, World

READS, POSTS = "GET", "POST"
OPEN = (
    "account_login", "account_inactive", "account_request_login_code", "account_confirm_login_code",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "invitation", "demo", "language",
)  # fmt: skip
"""What stands before the door."""
SIGNED_IN = ("front", "me", "account_logout", "account_change_password")
"""What everybody has who has signed in."""

PORTAL = {"portal:inbox", "portal:cards", "portal:leads", "portal:figures", "portal:me", "portal:hours-regions"}
PORTAL_OWN = {
    "portal:hours": READS,
    "portal:offer": READS,
    "portal:accept": POSTS,
    "portal:decline": POSTS,
    "portal:lead": READS,
    "portal:contact": READS,
    "portal:win": POSTS,
    "portal:lose": POSTS,
}
"""What is about one offer or lead: its own partner's people only."""
PORTAL_PERSON = {"portal:language"}
PORTAL_MANAGER = {"portal:pause", "portal:resume", "portal:invite", "portal:hours-change"}
"""What a partner's manager may do, and its sales people may not."""

CONSOLE = {
    "console:today", "console:today-now", "console:leads", "console:lead", "console:lead-why", "console:lead-timeline",
    "console:partners", "console:partner", "console:partner-open", "console:partners-map", "console:partners-tree",

    "console:hours", "console:hours-regions",
    "console:partner-hours", "console:rules", "console:rule-history",
    "console:fairness", "console:fairness-csv", "console:fairness-xlsx",
    "console:rule-version",
    "console:rules-trial", "console:rules-trial-values",
    "console:rules-backtest", "console:rules-backtest-one", "console:rules-backtest-progress",
    "console:rules-backtest-csv",
}  # fmt: skip
"""What the vendor's administrator, channel manager and management read."""
CONSOLE_STEER = {
    "console:today-reroute", "console:today-release", "console:today-pause", "console:lead-assign",
    "console:lead-reroute", "console:lead-withdraw", "console:lead-release", "console:lead-reject", "console:lead-park",
    "console:rule-edit", "console:rule-undo", "console:rule-publish", "console:rule-restore",
    "console:lead-judge", "console:rules-backtest-start", "console:rules-backtest-cancel",
    "console:partner-pause", "console:partner-resume", "console:partners-change", "console:partners-places",
    "console:partner-archive",
    "console:hours-change", "console:partner-hours-change",
}  # fmt: skip
"""What administrator and channel manager do."""
CONSOLE_PARTNERS = {
    "console:rules-open",
    "console:partner-new", "console:partner-edit", "console:partner-tags", "console:partners-import",
    "console:leads-import", "console:import", "console:import-progress", "console:import-refused",
    "console:import-mapping",
}  # fmt: skip
"""Forms of administrator and channel manager; an import is its owner's alone."""
CONSOLE_MAILS = {"console:mails", "console:mail", "console:mail-look"}
CONSOLE_ADMIN = {
    "console:people": READS,
    "console:people-invite": POSTS,
    "console:people-deactivate": POSTS,
    "console:people-reactivate": POSTS,
    "console:keys": READS,
    "console:key-new": POSTS,
    "console:key-revoke": POSTS,
}
"""What only the administrator sees and does."""

CONSOLE_GROUPS: Mapping[str, tuple[set[str], ...]] = {
    "administrator": (CONSOLE, CONSOLE_STEER, CONSOLE_PARTNERS, CONSOLE_MAILS, set(CONSOLE_ADMIN)),
    "channel_manager": (CONSOLE, CONSOLE_STEER, CONSOLE_PARTNERS, CONSOLE_MAILS),
    "management": (CONSOLE,),
}


def patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith("api/"):
                yield from patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else space)
        elif not str(pattern.pattern).startswith("api/"):
            yield f"{space}{pattern.name}", pattern


PAGES = dict(patterns(get_resolver()))


class Scene:
    """Acme with an open offer and a running lead of Alpen; Rival beside it, with people of its own."""

    def __init__(self, world: World) -> None:
        self.world = world
        offered = world.receive().lead
        self.offer = Offer.objects.get(lead=offered)
        running = world.receive().lead
        membership = person_of(world, "partner_manager", "alpen")
        accept_offer(Offer.objects.get(lead=running).pk, by=viewer_of_membership(membership), at=START)
        key, _ = issue_key(
            name="x", scopes=["leads:read"], partner_id=None, expires_at=None, by=world.manager, at=START
        )
        notice = Notice.objects.filter(kind="offer.opened")[0]
        kept = Delivery(
            vendor=world.vendor, notice=notice, address="a@b.example", outcome="kept", subject="S", text="T",
            created_at=START, done_at=START,
        )  # fmt: skip
        Delivery.put([kept])
        comparison = comparison_of(world.clock, 1, None, START, at=START)
        job, _ = start_job("backtest", comparison.record(), by=world.manager, at=START)
        self.ids = {
            "job_id": job.pk,
            "vendor": world.vendor.slug, "ref": offered.ref, "offer_id": self.offer.pk, "lead_id": running.pk,
            "partner_id": world.partners["alpen"].pk, "version": 1, "key_id": key.pk, "mail_id": kept.pk,
            "verb": "remove", "what": "no-rule",
            "membership_id": membership.pk, "person_id": membership.pk, "delivery_id": kept.pk,
        }  # fmt: skip

        self.uploads = {"": self.upload("administrator")}
        for role in ("administrator", "channel_manager"):
            self.uploads[str(person_of(world, role).person_id)] = self.upload(role)

    def upload(self, role: str) -> UUID:
        """Keep a file of somebody's with a refused row beside it."""
        by = viewer_of_membership(person_of(self.world, role))
        kept = keep_upload("partners", "x.csv", [b"Name\nAlpha\n"], by=by, at=START)
        kept.refused.write_text("Name,reason\n")
        return keep_about(kept, mapping='[fields]\nname = "Name"\n').id

    def address(self, name: str, **instead: Any) -> str:
        wanted = PAGES[name].pattern.converters
        known = {**self.ids, "upload_id": self.uploads[""], **instead}
        if name.startswith("console:"):
            wanted = {**wanted, "vendor": None}
        return reverse(name, kwargs={each: known[each] for each in wanted})

    def ask(self, client: Client, name: str, method: str, **instead: Any) -> int:
        if "upload_id" in PAGES[name].pattern.converters:  # to look at a session is a statement
            whose = str(client.session.get("_auth_user_id", ""))
            instead.setdefault("upload_id", self.uploads.get(whose, self.uploads[""]))
        address = self.address(name, **instead)
        answer = client.get(address) if method == READS else client.post(address)
        if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
            return 401
        return answer.status_code


@pytest.fixture
def scene(world: World) -> Scene:
    cache.clear()
    return Scene(world)


def methods() -> dict[str, str]:
    """Return the method by which each page behind the door is asked."""
    reads = PORTAL | CONSOLE | CONSOLE_PARTNERS | CONSOLE_MAILS
    posts = PORTAL_PERSON | PORTAL_MANAGER | CONSOLE_STEER
    return {**dict.fromkeys(reads, READS), **dict.fromkeys(posts, POSTS), **PORTAL_OWN, **CONSOLE_ADMIN}


EVERY = methods()


def test_every_address_has_a_row() -> None:
    assert sorted(PAGES) == sorted({*EVERY, *OPEN, *SIGNED_IN}), "say above who may see and do it"


class TestNobody:
    def test_gets_behind_the_door(self, scene: Scene) -> None:
        client = Client()
        found = {name: scene.ask(client, name, method) for name, method in EVERY.items()}
        assert found == dict.fromkeys(EVERY, 401)
        assert {scene.ask(client, name, READS) for name in ("front", "me")} == {401}


class TestConsole:
    @pytest.mark.parametrize("role", list(CONSOLE_GROUPS))
    def test_opens_as_far_as_the_role_goes(self, scene: Scene, role: str) -> None:
        client = signed_in(scene.world, role)
        may = set().union(*CONSOLE_GROUPS[role])
        names = [name for name in EVERY if name.startswith("console:")]
        for name in sorted(
            names, key=lambda name: (name == "console:partner-archive", name)
        ):  # after it nothing is left
            status = scene.ask(client, name, EVERY[name])
            if name in may:
                assert status in (200, 204, 303, 409, 412, 422), (name, status)
            else:
                assert status == 403, (name, status)

    @pytest.mark.parametrize("role", ["marketing", "agency", "partner_account_manager"])
    def test_is_closed_to_roles_without_one(self, scene: Scene, role: str) -> None:
        client = signed_in(scene.world, role)
        names = [name for name in EVERY if name.startswith("console:")]
        assert {name: scene.ask(client, name, EVERY[name]) for name in names} == dict.fromkeys(names, 403)

    @pytest.mark.parametrize("role", ["partner_manager", "partner_sales"])
    def test_is_not_there_for_partners(self, scene: Scene, role: str) -> None:
        client = signed_in(scene.world, role, "alpen")
        names = [name for name in EVERY if name.startswith("console:")]
        assert {name: scene.ask(client, name, EVERY[name]) for name in names} == dict.fromkeys(names, 404)

    def test_is_not_there_for_another_vendor(self, scene: Scene) -> None:
        client = signed_in(World.found("Rival"), "administrator")
        names = [name for name in EVERY if name.startswith("console:")]
        assert {name: scene.ask(client, name, EVERY[name]) for name in names} == dict.fromkeys(names, 404)

    def test_of_another_vendor_shows_and_does_nothing_with_what_is_ours(self, scene: Scene) -> None:
        client = signed_in(World.found("Rival"), "administrator")
        about = [name for name in EVERY if name.startswith("console:") and PAGES[name].pattern.converters]
        # Rival has rules of its own
        own = (
            "console:rules-open",
            "console:rule-version",
            "console:rule-restore",
            "console:rule-edit",
        )
        about = [name for name in about if name not in own]
        found = {name: scene.ask(client, name, EVERY[name], vendor="rival") for name in about}
        assert found == dict.fromkeys(about, 404)


class TestPortal:
    def test_opens_to_a_partners_people(self, scene: Scene) -> None:
        manager, sales = (signed_in(scene.world, role, "alpen") for role in ("partner_manager", "partner_sales"))
        for name in sorted(PORTAL | set(PORTAL_OWN) | PORTAL_PERSON):
            for client in (sales, manager):
                assert scene.ask(client, name, EVERY[name]) in (200, 204, 303, 409, 422), name
        for name in PORTAL_MANAGER:
            assert scene.ask(sales, name, POSTS) == 403, name
            assert scene.ask(manager, name, POSTS) in (200, 303, 422), name

    def test_shows_another_partner_nothing_of_it(self, scene: Scene) -> None:
        for client in (signed_in(scene.world, "partner_manager", "bergmann"),
                       signed_in(World.found("Rival"), "partner_manager", "citroen")):  # fmt: skip
            found = {name: scene.ask(client, name, method) for name, method in PORTAL_OWN.items()}
            assert found == dict.fromkeys(PORTAL_OWN, 404)

    @pytest.mark.parametrize("role", ["administrator", "channel_manager", "management", "agency"])
    def test_is_closed_to_the_vendors_people(self, scene: Scene, role: str) -> None:
        client = signed_in(scene.world, role)
        names = [name for name in EVERY if name.startswith("portal:")]
        assert {name: scene.ask(client, name, EVERY[name]) for name in names} == dict.fromkeys(names, 403)

    def test_closes_with_the_partner(self, scene: Scene) -> None:
        client = signed_in(scene.world, "partner_manager", "alpen")
        Membership.objects.filter(partner=scene.world.partners["alpen"]).update(active=False)
        assert scene.ask(client, "portal:inbox", READS) == 403


class TestMethods:
    def test_verbs_are_posts_and_pages_change_nothing(self, scene: Scene) -> None:
        """A link scanner asks GET: it can accept nothing."""
        client = signed_in(scene.world, "partner_manager", "alpen")
        for name, method in PORTAL_OWN.items():
            if method == POSTS and name != "portal:decline":
                assert scene.ask(client, name, READS) == 405, name
        assert scene.ask(client, "portal:decline", READS) == 200
        scene.offer.refresh_from_db()
        assert scene.offer.state == "open"
