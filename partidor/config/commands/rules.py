"""Rules: publish them from a file, and try them out."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
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
from partidor.domain.json_text import Doubled, readable

DAY = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])


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
    from partidor.actions.rules import NoRules, change_draft, publish_rules

    if not wanted:
        raise NoRules  # before the draft is replaced
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
    if isinstance(content, Doubled):
        raise click.ClickException(f'{file} has "{readable(content.key[:60])}" twice; say it once')
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
    from partidor.queries.rules.attempts import tried_decision

    by = operator_of(vendor, "rules test")
    version = vendor_of(by).ruleset_version if wanted is None else 0 if wanted == "draft" else int(wanted)
    card = tried_decision(by, version, typed, at=now())
    answer(dataclasses.asdict(card), "\n".join(retold(card, names_of(by), "en")), as_json=as_json)


@rules.command()
@click.argument("which", metavar="FILE.json|draft|VERSION")
@vendor_option
@click.option("--from", "since", type=DAY, help="The first day, UTC; by default that of the first lead.")
@click.option("--to", "until", type=DAY, help="The day after the last, UTC; by default up to now.")
@json_option
def backtest(which: str, vendor: str, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Send the leads of a period through these rules and today's, side by side, and tell what would go elsewhere.

    It is worked out here and now, and nothing is stored; started in the console or over the API it is a job.
    """
    version, wanted = _version_or_rules(which)
    ready()
    from partidor.config.retelling import backtest_retold
    from partidor.queries.backtests.results import as_documented
    from partidor.queries.backtests.run import comparison_of, run_backtest

    by, at = operator_of(vendor, "rules backtest"), now()
    begin, end = (None if day is None else day.replace(tzinfo=UTC) for day in (since, until))
    comparison = comparison_of(by, version, begin, end, at=at, rules=wanted)
    content: dict[str, Any] = {}
    with click.progressbar(length=100, label="back-test", file=sys.stderr) as bar:
        for step in run_backtest(by, comparison):
            if isinstance(step, dict):
                content = step
            else:
                bar.update(int(100 * step) - bar.pos)
    answer(as_documented(content), "\n".join(backtest_retold(by, content)), as_json=as_json)


def _version_or_rules(which: str) -> tuple[int, list[Any] | None]:
    if which == "draft":
        return 0, None
    if which.isdecimal():
        return int(which), None
    file = Path(which)
    if not file.is_file():
        raise click.BadParameter("name a file, a version's number, or draft", param_hint="FILE.json|draft|VERSION")
    return 0, _rules_in(file)
