"""Found the demo vendor, once: partners, people, rules, six weeks of leads, keys, logins. Again: nothing is changed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import update_last_login

from partidor.access.leads import visible_leads, visible_offers
from partidor.access.network import memberships_of, partners_of, vendor_named
from partidor.access.viewer import PARTNER_SCOPES, SCOPES, Viewer, system, vendor_of, viewer_of_membership
from partidor.actions.keys import issue_key
from partidor.actions.outbox import address_notices, drop_old_notices
from partidor.actions.partners import add_partners, pause_partner
from partidor.actions.people import choose_language, invite_person
from partidor.actions.places import load_places
from partidor.actions.rules import change_draft, publish_rules
from partidor.actions.sources import add_source
from partidor.actions.transactions import in_one_transaction
from partidor.actions.vendors import found_vendor, give_first_password
from partidor.config.demo.history import PAST, Partner, Play
from partidor.config.demo.world import World, keys_file, read_kept, read_world, slug
from partidor.domain.intake.places import PlaceRow, gather
from partidor.domain.refusal import NotFound, WrongContent
from partidor.outbound.dispatch import dispatch_due

LEADS = 300
MAILS_OF = timedelta(hours=36)
"""So far back mails are written and kept; who was told of older things is nobody's business now."""
ADDED_RULE = 7
"""The rule (from 0) that came with the second version."""
MOST_TRIES = 8

Say = Callable[[str], None]


def found_demo(home: Path, *, at: datetime, leads: int = LEADS, say: Say = lambda words: None) -> dict[str, Any]:
    """Found the demo vendor, or find it; return its keys and logins, which are kept in HOME as well.

    Each step finds what is there, so that a run that was cut off is completed by the next. A complete demo is left
    as its user has changed it.
    """
    world, kept = read_world(), read_kept(home)
    start = at - PAST - timedelta(days=1)
    try:
        vendor = vendor_named(world["vendor"]["name"])
    except NotFound:
        founded = found_vendor(
            **world["vendor"], country="DE", time_zone="Europe/Berlin", language="de", currency="EUR", at=start
        )
        vendor = founded.vendor
        kept = {"admin": founded.admin, "password": founded.password, "api_key": founded.api_key}
        _keep(home, kept)
    by = replace(system(vendor.pk, "demo"), vendor=vendor)
    if kept.get("vendor_id") == str(vendor.pk):
        return kept
    kept |= {"vendor": vendor.name, "admin": world["vendor"]["admin"]}
    if "api_key" not in kept:
        _, kept["api_key"] = issue_key(name="demo", scopes=SCOPES, partner_id=None, expires_at=None, by=by, at=at)
    _furnish(world, by, start)
    kept["logins"] = _logins(world, kept, by)
    _keep(home, kept)
    if not visible_leads(by).exists():
        say(f"Playing six weeks of {vendor.name} ...")
        _play(world, by, leads, at, say)
    kept["partners"] = _partner_keys(world, by, at)
    kept["vendor_id"] = str(vendor.pk)
    _keep(home, kept)
    return kept


def _furnish(world: World, by: Viewer, at: datetime) -> None:
    load_places(
        gather(
            PlaceRow(country, code, town, region, lat, lon)
            for towns in (world["towns"], world["far"])
            for town, (country, code, region, lat, lon) in towns.items()
        )
    )
    for source in world["sources"]:
        own = {key: value for key, value in source.items() if key not in ("share", "temperatures")}
        add_source(own, by=by, at=at)
    for above in (True, False):  # distributors first: the others name them
        wanted = [partner for partner in world["partners"] if above is ("parents" not in partner)]
        for outcome in add_partners([_payload(world, partner) for partner in wanted], by=by, at=at):
            if isinstance(outcome, WrongContent):
                raise outcome
    ids = dict(partners_of(by).values_list("external_id", "pk"))
    for person in world["people"]:
        _invite(person["email"], person["name"], person["role"], None, person.get("language", "de"), by, at)
    for partner in world["partners"]:
        for place, name in enumerate(partner["people"]):
            role = "partner_sales" if place else "partner_manager"
            language = partner.get("language", "de")
            _invite(address_of(name, partner), name, role, ids[partner["id"]], language, by, at)


def address_of(name: str, partner: Mapping[str, Any]) -> str:
    """Write the mail address of a partner's person."""
    return f"{slug(name).removeprefix('dr-').replace('-', '.')}@{partner['id']}.example"


def _invite(email: str, name: str, role: str, partner_id: UUID | None, language: str, by: Viewer, at: datetime) -> None:
    membership = invite_person(email=email, name=name, role=role, partner_id=partner_id, by=by, at=at).membership
    choose_language(language, by=viewer_of_membership(membership))
    update_last_login(type(membership.person), membership.person)  # they have worked here for weeks


def _payload(world: World, partner: Mapping[str, Any]) -> dict[str, Any]:
    country, code, region, lat, lon = world["towns"][partner["town"]]
    streets = world["streets"][country]
    tags = {
        "tier": [partner["tier"]] if partner["tier"] else [],
        "vertical": partner["verticals"],
        "certification": partner["certifications"],
        "language": partner["languages"],
    }
    return {
        "external_id": partner["id"],
        "name": partner["name"],
        "kind": partner["kind"],
        "parents": partner.get("parents", []),
        "email": f"post@{partner['id']}.example",
        "address": {
            "street": f"{streets[len(partner['name']) % len(streets)]} {len(partner['id']) + 3}",
            "postal_code": code,
            "city": partner["town"],
            "region": region,
            "country": country,
        },
        "location": {"lat": lat, "lon": lon},
        "language": partner.get("language", "de"),
        "weight": partner.get("weight", 1),
        "max_open_leads": partner.get("cap"),
        "monthly_cap": partner.get("monthly"),
        "tags": {dimension: values for dimension, values in tags.items() if values},
    }


@in_one_transaction
def _play(world: World, by: Viewer, leads: int, at: datetime, say: Say) -> None:
    """Play the past, whole or not at all."""
    people: dict[UUID | None, list[Viewer]] = {}
    for membership in memberships_of(by).filter(active=True).order_by("created_at", "pk"):
        if membership.role in ("channel_manager", "partner_manager", "partner_sales"):
            viewer = replace(viewer_of_membership(membership), vendor=vendor_of(by))
            people.setdefault(membership.partner_id, []).append(viewer)
    ids = dict(partners_of(by).values_list("external_id", "pk"))
    partners = {
        ids[one["id"]]: Partner(ids[one["id"]], one, tuple(people[ids[one["id"]]])) for one in world["partners"]
    }
    chief = people[None][0]

    def each_step(now: datetime) -> None:
        if now > at - MAILS_OF:
            _write_mails(by, at - MAILS_OF, now)
        if now >= shown[0]:
            say(f"  {now:%d %b}: {play.number} leads")
            shown[0] = now + PAST / 6

    shown = [at - PAST + PAST / 6]
    play = Play(world, by, tuple(people[None]), partners, at, each_step)
    _publish(world, 0, chief, at - PAST - timedelta(hours=20))
    play.plan(at - PAST * 0.4, partial(_publish, world, 1, chief))
    for place, partner in enumerate(one for one in partners.values() if "paused" in one.written):
        play.plan(at - timedelta(days=2 + 3 * place), partial(_pause, world, partner, place, at))
    play.plan_leads(leads)
    play.play()
    _fill_inboxes(play, at)
    if settings.MAIL is not None:
        drop_old_notices(before=at, by=by)


def _publish(world: World, version: int, by: Viewer, at: datetime) -> None:
    """Publish the rules: at first without the one for cold leads."""
    rules = [rule for place, rule in enumerate(world["rulesets"]) if version or place != ADDED_RULE]
    change_draft(rules, if_match=None, by=by, at=at)
    publish_rules(note=world["rules"]["second" if version else "first"], by=by, at=at)


def _pause(world: World, partner: Partner, place: int, end: datetime, at: datetime) -> None:
    """Let a partner's manager pause it, for some days from now on or until further notice."""
    days = partner.written["paused"]
    until = end + timedelta(days=days) if days else None
    reasons = world["pauses"]["reasons"]
    pause_partner(partner.id, until=until, reason=reasons[place % len(reasons)], by=partner.people[0], at=at)


def _write_mails(by: Viewer, since: datetime, now: datetime) -> None:
    """Write the mails of the last hours, as they would have gone out; older ones are dropped. Nothing is sent."""
    drop_old_notices(before=since, by=by)
    if settings.MAIL is None:
        while address_notices(at=now) + dispatch_due(now=lambda: now):
            pass


def _fill_inboxes(play: Play, at: datetime) -> None:
    """Ask on until everybody whose inbox is the visitor's has something hot, something contested and some time."""
    wishes: tuple[dict[str, Any], ...] = (
        {"temperature": "hot", "source": "website"},
        {"temperature": "cold", "source": "Merkblatt-Download"},
        {"temperature": "warm", "source": "Webinar"},
    )
    for partner in play.partners.values():
        if partner.written["temper"] != "you":
            continue
        for place, (minutes, wish) in enumerate(zip((4, 55, 25), wishes, strict=True)):
            for turn in range(MOST_TRIES):
                vertical = partner.written["verticals"][(place + turn) % 3]
                asked_at = at - timedelta(minutes=minutes)
                lead = play.ask(asked_at, town=partner.written["town"], vertical=vertical, employees=35, **wish)
                play.each_step(asked_at)
                if visible_offers(partner.people[0]).filter(lead_id=lead, state="open").exists():
                    break


def _logins(world: World, kept: Mapping[str, Any], by: Viewer) -> list[dict[str, str]]:
    """Give the people who are offered to visitors a password each; return what the sign-in page shows of them."""
    people = {one.person.email: one for one in memberships_of(by).select_related("partner").filter(active=True)}
    known = {login["email"]: login["password"] for login in kept.get("logins", ())}
    known[kept["admin"]] = kept.get("password", "")
    logins = []
    for wanted in world["logins"]:
        membership = people[wanted["email"]]
        password = known.get(wanted["email"]) or secrets.token_urlsafe(9)
        if give_first_password(membership.person_id, password, by=by) and not known.get(wanted["email"]):
            password = ""  # set by a run whose file is lost
        logins.append(
            {
                "key": wanted["key"],
                "role": membership.role,
                "name": membership.person.name,
                "of": membership.partner.name if membership.partner else world["vendor"]["name"].split()[0],
                "email": wanted["email"],
                "language": membership.person.language,
                "password": password,
            }
        )
    return logins


def _partner_keys(world: World, by: Viewer, at: datetime) -> dict[str, dict[str, str]]:
    ids = dict(partners_of(by).values_list("external_id", "pk"))
    keys = {}
    for partner in world["partners"]:
        partner_id = ids[partner["id"]]
        _, key = issue_key(name="demo", scopes=PARTNER_SCOPES, partner_id=partner_id, expires_at=None, by=by, at=at)
        keys[partner["id"]] = {
            "id": str(partner_id), "name": partner["name"], "key": key, "temper": partner["temper"],
        }  # fmt: skip
    return keys


def _keep(home: Path, kept: Mapping[str, Any]) -> None:
    """Write the keys for their owner alone, whole or not at all."""
    path = keys_file(home)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)
    fresh.replace(path)
