"""A living demo."""

from __future__ import annotations

import json
import os
from typing import Any

import click

from partidor.config.commands.running import HOST, PORT, family, require_free, set_port
from partidor.config.console import json_option, note, now, ready


@click.command()
@HOST
@PORT
@click.option("--pace", type=click.FloatRange(0.2, 3600), default=5.0, show_default=True, help="Seconds between leads.")
@click.option("--found-only", is_flag=True, help="Make the demo vendor, print its keys, and start nothing.")
@json_option
def demo(host: str, port: int | None, pace: float, found_only: bool, as_json: bool) -> None:
    """Start a small invented vendor whose leads move by themselves. Again: the same vendor, no harm."""
    set_port(port)
    ready(migrated=False)
    from django.conf import settings

    from partidor.config.database import migrate_database
    from partidor.config.demo.founding import found_demo
    from partidor.config.processes import Family

    if not found_only:
        require_free(host)
    migrate_database()
    kept = found_demo(settings.HOME, at=now())
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{settings.ENVIRONMENT.port}"  # noqa: S104
    content = {
        "address": address,
        "api_docs": f"{address}/api/v1/docs",
        "vendor": kept["vendor"],
        "vendor_id": kept["vendor_id"],
        "admin": kept["admin"],
        "password": kept.get("password", ""),
        "api_key": kept["api_key"],
        "partner_keys": {each["name"]: each["key"] for each in kept["partners"].values()},
    }
    if as_json:
        click.echo(json.dumps(content, ensure_ascii=False))
    else:
        click.echo(_words(content, kept))
    if found_only:
        return
    note("A lead comes in every few seconds; partners answer, or do not. Ctrl-C ends it.")
    actor = ["partidor.config.demo.actor", str(settings.HOME), address, str(pace), str(os.getpid())]
    Family({**family(host), "actor": actor}).run()


def _words(content: dict[str, Any], kept: dict[str, Any]) -> str:
    api, key = f"{content['address']}/api/v1", content["api_key"]
    partner = next(iter(each for each in kept["partners"].values() if each["temper"] == "steady"))
    lead = json.dumps(
        {
            "source": "website",
            "company": "Muster GmbH",
            "contact": {"last_name": "Muster", "email": "eva@muster.example"},
            "address": {"postal_code": "80331", "country": "DE"},
            "vertical": "brewery",
            "inquiry": "Can it count kegs?",
        }
    )
    lines = [
        f"{content['vendor']} runs at {content['address']} (documentation of the API: {content['api_docs']})",
        "",
        f"  administrator  {content['admin']}   password {content['password'] or '(set already)'}",
        f"  vendor key     {key}",
    ]
    lines += [
        f"  partner key    {each['key']}  {each['name']} ({each['temper']})" for each in kept["partners"].values()
    ]
    lines += [
        "",
        "Try:",
        f"  curl -H 'Authorization: Bearer {key}' '{api}/leads?limit=3'",
        f"  curl -H 'Authorization: Bearer {partner['key']}' '{api}/offers?limit=3'",
        f"  curl -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' {api}/leads -d '{lead}'",
    ]
    return "\n".join(lines)
