"""Run it: web and worker together on one machine, or each alone."""

from __future__ import annotations

import json
import os

import click

from partidor.config.console import json_option, note, ready

_PARENT = click.option("--parent", type=int, hidden=True, help="End with this process.")
HOST = click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
PORT = click.option(
    "--port", type=click.IntRange(1, 65535), help="The port to listen on; by default what PARTIDOR_PORT says, or 8000."
)


def set_port(port: int | None) -> None:
    """Let the settings, and the child processes, know of a port that was given as an option."""
    if port is not None:
        os.environ["PARTIDOR_PORT"] = str(port)


@click.command()
@HOST
@PORT
@json_option
def serve(host: str, port: int | None, as_json: bool) -> None:
    """Run web and worker on this machine, until SIGTERM or Ctrl-C."""
    set_port(port)
    ready(quiet=False, migrated=False)
    from partidor.config.database import migrate_database
    from partidor.config.processes import Family

    require_free(host)
    migrate_database()
    _say_where(host, as_json)
    Family(family(host)).run()


def family(host: str) -> dict[str, list[str]]:
    """Return the commands of web and worker, each ending with this process."""
    mine = ["--parent", str(os.getpid())]
    return {
        "web": ["partidor.config.main", "web", "--host", host, *mine],
        "worker": ["partidor.config.main", "worker", *mine],
    }


def require_free(host: str) -> None:
    """Refuse an address that somebody listens on already."""
    import socket

    from django.conf import settings

    port = settings.ENVIRONMENT.port
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port} ({error.strerror}); choose another by --port or --host"
        ) from error


def _say_where(host: str, as_json: bool) -> None:
    from django.conf import settings

    if as_json:
        click.echo(json.dumps({"host": host, "port": settings.ENVIRONMENT.port, "pid": os.getpid()}))
    note(f"listening on http://{host}:{settings.ENVIRONMENT.port}, API at /api/v1/docs; Ctrl-C ends it")


@click.command()
@HOST
@PORT
@_PARENT
@json_option
def web(host: str, port: int | None, parent: int | None, as_json: bool) -> None:
    """Run the web alone. PostgreSQL: as many as you like, on as many machines."""
    from partidor.config.processes import die_with

    if parent is not None:
        die_with(parent)
    set_port(port)
    ready(quiet=False)
    from partidor.config.web import serve_web

    require_free(host)
    if parent is None:
        _say_where(host, as_json)
    serve_web(host)


@click.command()
@_PARENT
@json_option
def worker(parent: int | None, as_json: bool) -> None:
    """Run a worker alone: deadlines and notices. As many as you like."""
    from partidor.config.processes import collect_seldom, die_with

    if parent is not None:
        die_with(parent)
    ready(quiet=False)
    from partidor.inbound.clock.worker import run_worker, stop_on_signals

    collect_seldom()
    stop = stop_on_signals()
    if as_json:
        click.echo(json.dumps({"pid": os.getpid()}))
    if parent is None:
        note("looking after deadlines and notices; Ctrl-C ends it")
    run_worker(stop)
