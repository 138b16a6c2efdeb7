"""Found the demo vendor, once: partners, people, rules, keys and the first dozen leads. Again: nothing is changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from partidor.access.network import partners_of, vendor_named
from partidor.access.viewer import PARTNER_SCOPES, SCOPES, Viewer, system
from partidor.actions.intake import receive_leads
from partidor.actions.keys import issue_key
from partidor.actions.partners import add_partners
from partidor.actions.people import invite_person
from partidor.actions.places import load_places
from partidor.actions.rules import change_draft, publish_rules
from partidor.actions.sources import add_source
from partidor.actions.vendors import found_vendor
from partidor.config.demo.world import FIRST_LEADS, HERE, World, keys_file, lead_number, read_kept, read_world
from partidor.domain.intake.places import PlaceRow, gather
from partidor.domain.refusal import NotFound, WrongContent


def found_demo(home: Path, *, at: datetime) -> dict[str, Any]:
    """Found the demo vendor, or find it; return its keys and logins, which are kept in HOME as well.

    Each step finds what is there, so that a run that was cut off is completed by the next. A complete demo is left
    as its user has changed it.
    """
    world, kept = read_world(), read_kept(home)
    try:
        vendor = vendor_named(world["vendor"]["name"])
    except NotFound:
        founded = found_vendor(
            **world["vendor"], country="DE", time_zone="Europe/Berlin", language="de", currency="EUR", at=at
        )
        vendor = founded.vendor
        kept = {"admin": founded.admin, "password": founded.password, "api_key": founded.api_key}
        _keep(home, kept)
    by = system(vendor.pk, "demo")
    if kept.get("vendor_id") == str(vendor.pk):
        return kept
    kept |= {"vendor": vendor.name, "admin": world["vendor"]["admin"]}
    if "api_key" not in kept:
        _, kept["api_key"] = issue_key(name="demo", scopes=SCOPES, partner_id=None, expires_at=None, by=by, at=at)
    _furnish(world, by, at)
    kept["partners"] = _partner_keys(world, by, at)
    kept["vendor_id"] = str(vendor.pk)
    _keep(home, kept)
    return kept


def _furnish(world: World, by: Viewer, at: datetime) -> None:
    load_places(
        gather(
            PlaceRow(country, code, town, region, lat, lon)
            for town, (country, code, region, lat, lon) in world["towns"].items()
        )
    )
    for source in world["sources"]:
        add_source(source, by=by, at=at)
    parents = {partner["id"]: partner.get("parents", []) for partner in world["partners"]}
    for above in (True, False):  # distributors first: the others name them
        wanted = [partner for partner in world["partners"] if above is not bool(parents[partner["id"]])]
        for outcome in add_partners([_payload(world, partner) for partner in wanted], by=by, at=at):
            if isinstance(outcome, WrongContent):
                raise outcome
    ids = dict(partners_of(by).values_list("external_id", "pk"))
    for person in world["people"]:
        invite_person(**person, partner_id=None, by=by, at=at)
    for partner in world["partners"]:
        email = f"{partner['person'].split()[0].casefold()}@{partner['id']}.example"
        invite_person(
            email=email, name=partner["person"], role="partner_manager", partner_id=ids[partner["id"]], by=by, at=at
        )
    rules = json.loads((HERE / "rules.json").read_text(encoding="utf-8"))
    change_draft(rules, if_match=None, by=by, at=at)
    publish_rules(note="The rules of the demo", by=by, at=at)
    receive_leads([lead_number(world, number) for number in range(FIRST_LEADS)], by=by, at=at)


def _payload(world: World, partner: Mapping[str, Any]) -> dict[str, Any]:
    country, code, region, lat, lon = world["towns"][partner["town"]]
    return {
        "external_id": partner["id"],
        "name": partner["name"],
        "kind": partner.get("kind", "reseller"),
        "parents": partner.get("parents", []),
        "email": f"post@{partner['id']}.example",
        "address": {"postal_code": code, "city": partner["town"], "region": region, "country": country},
        "location": {"lat": lat, "lon": lon},
        "weight": partner.get("weight", 1),
        "tags": partner["tags"],
    }


def _partner_keys(world: World, by: Viewer, at: datetime) -> dict[str, dict[str, str]]:
    ids = dict(partners_of(by).values_list("external_id", "pk"))
    keys = {}
    for partner in world["partners"]:
        _, key = issue_key(
            name="demo", scopes=PARTNER_SCOPES, partner_id=ids[partner["id"]], expires_at=None, by=by, at=at
        )
        keys[partner["id"]] = {"name": partner["name"], "key": key, "temper": partner["temper"]}
    return keys


def _keep(home: Path, kept: Mapping[str, Any]) -> None:
    """Write the keys for their owner alone, whole or not at all."""
    path = keys_file(home)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(kept, file, ensure_ascii=False, indent=1)
    fresh.replace(path)
