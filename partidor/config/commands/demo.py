"""A living demo."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from partidor.config.commands.running import HOST, PORT, family, require_free, set_port
from partidor.config.console import json_option, note, now, ready

FACE = ("role", "name", "of", "email")
"""What is printed of a login before its password."""


@click.command()
@HOST
@PORT
@click.option(
    "--pace", type=click.FloatRange(0.2, 3600), default=20.0, show_default=True, help="Seconds between leads."
)
@click.option("--leads", type=click.IntRange(0, 5000), default=300, show_default=True, help="Leads of the past weeks.")
@click.option("--found-only", is_flag=True, help="Make the demo vendor, print its keys, and start nothing.")
@json_option
def demo(host: str, port: int | None, pace: float, leads: int, found_only: bool, as_json: bool) -> None:
    """Start an invented vendor with a past, whose leads move by themselves. Again: the same vendor, no harm."""
    set_port(port)
    os.environ["PARTIDOR_DEMO"] = "1"
    ready(migrated=False)
    from django.conf import settings

    from partidor.config.database import migrate_database
    from partidor.config.demo.founding import found_demo
    from partidor.config.demo.world import keys_file
    from partidor.config.processes import Family

    if not found_only:
        require_free(host)
    migrate_database()
    kept = found_demo(settings.HOME, at=now(), leads=leads, say=note)
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{settings.ENVIRONMENT.port}"  # noqa: S104
    content = {
        "address": address,
        "api_docs": f"{address}/api/v1/docs",
        "vendor": kept["vendor"],
        "vendor_id": kept["vendor_id"],
        "admin": kept["admin"],
        "password": kept.get("password", ""),
        "logins": kept["logins"],
        "api_key": kept["api_key"],
        "partner_keys": {each["name"]: each["key"] for each in kept["partners"].values()},
    }
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        click.echo(_words(content, kept, keys_file(settings.HOME)))
    if found_only:
        return
    note(f"A lead comes in every {pace:g} seconds; partners answer, or do not. Ctrl-C ends it.")
    actor = ["partidor.config.demo.actor", str(settings.HOME), address, str(pace), str(os.getpid())]
    Family({**family(host), "actor": actor}).run()


def _words(content: dict[str, Any], kept: dict[str, Any], home: Path) -> str:
    api, key = f"{content['address']}/api/v1", content["api_key"]
    partner = next(iter(each for each in kept["partners"].values() if each["temper"] == "you"))
    lead = json.dumps(
        {
            "source": "website",
            "company": "Muster GmbH",
            "contact": {"last_name": "Muster", "email": "eva@muster.example"},
            "address": {"postal_code": "80331", "country": "DE"},
            "vertical": "Brauerei",
            "inquiry": "Can it count kegs?",
        }
    )
    widths = [max(len(one[name]) for one in content["logins"]) for name in FACE]
    logins = [
        "  ".join(one[name].replace("_", " ").ljust(width) for name, width in zip(FACE, widths, strict=True))
        + f"  {one['password']}"
        for one in content["logins"]
    ]
    lines = [
        f"{content['vendor']} runs at {content['address']}",
        "",
        "Sign in there by a button, or with address and password:",
        *(f"  {login}" for login in logins),
        "",
        f"The API ({content['api_docs']}), with the keys of",
        f"  {key}  {content['vendor']}",
        f"  {partner['key']}  {partner['name']}; all others stand in {home}",
        f"  curl -H 'Authorization: Bearer {key}' '{api}/leads?limit=3'",
        f"  curl -H 'Authorization: Bearer {partner['key']}' '{api}/offers?limit=3'",
        f"  curl -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' {api}/leads -d '{lead}'",
        "",
    ]
    return "\n".join(lines)
