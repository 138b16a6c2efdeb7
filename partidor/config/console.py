"""What all commands share: Django set up late, the vendor by name or id, one JSON object or plain words as answer."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from partidor.domain.json_text import NotJson
from partidor.domain.json_text import read_json as json_in

if TYPE_CHECKING:
    from partidor.access.viewer import Viewer

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Let a command answer with one JSON object."""
    return click.option("--json", "as_json", is_flag=True, help="Answer with one JSON object on stdout.")(command)


def vendor_option(command: Command) -> Command:
    """Let a command name its vendor."""
    return click.option("--vendor", required=True, metavar="NAME|ID", help="The vendor, by name, short name or id.")(
        command
    )


EXISTING_FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


def ready(*, quiet: bool = True, migrated: bool = True) -> None:
    """Set Django up, once, and send logs to stderr: warnings only when quiet.

    Refuses a database that lacks a migration, unless the command brings it up to date itself (``migrated=False``).
    """
    import django
    from django.apps import apps

    if not apps.ready:
        from partidor.config.logs import log_to_stderr

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partidor.config.settings")
        os.umask(0o077)  # what a command writes holds personal data: it is its owner's alone
        log_to_stderr(logging.WARNING if quiet else logging.INFO)
        django.setup()
    if migrated:
        from partidor.config.database import missing_migrations

        if missing := missing_migrations():
            raise click.ClickException(f"the database lacks {len(missing)} migration(s): run `partidor migrate` first")


def now() -> datetime:
    """Read the clock: a command takes the time once and hands it inward."""
    return datetime.now(UTC)


def operator_of(vendor: str, what: str) -> Viewer:
    """Act for the operator at a vendor given by name or id; ``what`` stands in the events as the actor's id."""
    from partidor.access.network import vendor_named
    from partidor.access.viewer import system

    return system(vendor_named(vendor).pk, what)


def answer(content: Mapping[str, Any], words: str, *, as_json: bool) -> None:
    """Give the answer: the object for machines, the words for people."""
    click.echo(json_of(content) if as_json else words)


def json_of(content: Mapping[str, Any]) -> str:
    """Write an object as JSON: times in RFC 3339 and UTC, as over the API."""

    def written(value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return str(value)

    return json.dumps(content, ensure_ascii=False, default=written)


def note(words: str) -> None:
    """Tell how things go, on stderr."""
    click.echo(words, err=True)


def read_json(path: Path) -> Any:
    """Read a JSON file; the error names the line."""
    try:
        return json_in(path.read_bytes())
    except NotJson as error:
        raise click.ClickException(f"{path} is no JSON: {error}") from error
