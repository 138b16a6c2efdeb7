"""Rules: publish them from a file, and try them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from partidor.config.console import (
    EXISTING_FILE,
    answer,
    json_option,
    note,
    now,
    operator_of,
    read_json,
    ready,
    vendor_option,
)


@click.group()
def rules() -> None:
    """The rules by which leads are distributed."""


@rules.command()
@click.argument("file", type=EXISTING_FILE, metavar="FILE.json")
@vendor_option
@click.option("--note", "remark", default="", help="What changed, for the list of versions.")
@json_option
def publish(file: Path, vendor: str, remark: str, as_json: bool) -> None:
    """Make a file ({"rules": [...]}) the draft and publish it: new leads follow it from now on."""
    wanted = _rules_in(file)
    ready()
    from partidor.actions.rules import change_draft, publish_rules

    by = operator_of(vendor, "rules publish")
    _, compiled = change_draft(wanted, if_match=None, by=by, at=now())
    version, repeated = publish_rules(note=remark, by=by, at=now())
    warnings = [str(warning) for warning in compiled.warnings]
    for warning in warnings:
        note(f"warning: {warning}")
    content = {"version": version.version, "rules": len(wanted), "repeated": repeated, "warnings": warnings}
    words = f"version {version.version} with {len(wanted)} rule(s) " + (
        "was in force already" if repeated else "is in force"
    )
    answer(content, words, as_json=as_json)


def _rules_in(file: Path) -> list[Any]:
    content = read_json(file)
    if isinstance(content, dict) and set(content) == {"rules"}:
        content = content["rules"]
    if not isinstance(content, list):
        raise click.ClickException(f'{file} must hold {{"rules": [rule, ...]}} or a list of rules')
    return content


@rules.command()
@click.argument("lead", type=EXISTING_FILE, metavar="LEAD.json")
@vendor_option
@click.option("--version", "wanted", default=None, metavar="N|draft", help="Which rules; by default those in force.")
@json_option
def test(lead: Path, vendor: str, wanted: str | None, as_json: bool) -> None:
    """Decide about a typed lead, as over the API. Nothing is stored and nothing counted."""
    typed = read_json(lead)
    if isinstance(typed, dict) and set(typed) == {"lead"}:
        typed = typed["lead"]
    if not isinstance(typed, dict):
        raise click.ClickException(f"{lead} must hold one lead, as an object")
    if wanted not in (None, "draft") and not str(wanted).isdecimal():
        raise click.BadParameter("write a version's number, or draft", param_hint="--version")
    ready()
    import dataclasses

    from partidor.access.viewer import vendor_of
    from partidor.config.retelling import names_of, retold
    from partidor.queries.rulesets import tried_decision

    by = operator_of(vendor, "rules test")
    version = vendor_of(by).ruleset_version if wanted is None else 0 if wanted == "draft" else int(wanted)
    card = tried_decision(by, version, typed, at=now())
    answer(dataclasses.asdict(card), "\n".join(retold(card, names_of(by), "en")), as_json=as_json)
