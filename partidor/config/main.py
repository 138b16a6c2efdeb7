"""The `partidor` command: one clear line on error, answers on stdout, progress and logs on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from partidor import __version__
from partidor.config.commands.audit import doctor
from partidor.config.commands.demo import demo
from partidor.config.commands.founding import init, migrate
from partidor.config.commands.imports import import_
from partidor.config.commands.leads import lead
from partidor.config.commands.places import geo
from partidor.config.commands.rules import rules
from partidor.config.commands.running import serve, web, worker


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="partidor")
@click.option("--trace", is_flag=True, help="Show where an unexpected error comes from.")
def partidor(trace: bool) -> None:
    """Distribute a vendor's sales leads across its reseller network."""


for command in (init, migrate, serve, web, worker, demo, import_, rules, geo, lead, doctor):
    partidor.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused or failed, 2 wrong words, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = partidor.main(words, prog_name="partidor", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        return _say(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", 130)
    except BrokenPipeError:
        return 0
    except Exception as error:
        if "--trace" in words:
            raise
        return _say(_sentence(error), 1)
    return code if isinstance(code, int) else 0


def _say(sentence: str, code: int) -> int:
    click.echo(f"partidor: {' '.join(sentence.split())}", err=True)
    return code


def _sentence(error: Exception) -> str:
    """Say what went wrong in one line, without a secret in it."""
    from partidor.config.environment import WrongSetting
    from partidor.config.logs import masked
    from partidor.domain.refusal import Refusal, WrongContent

    if isinstance(error, WrongContent):
        return "; ".join(f"{each.field}: {each.message}" for each in error.errors)
    if isinstance(error, (Refusal, WrongSetting)):
        return str(error)
    if type(error).__module__.startswith("django.db") and type(error).__name__ in ("OperationalError", "DatabaseError"):
        return f"the database does not answer: {masked(str(error))}"
    if "no such table" in str(error) or "does not exist" in str(error):
        return "the database has no tables yet: run `partidor init` or `partidor migrate` first"
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    return f"unexpected {type(error).__name__}{_place(error)}: {masked(str(error))} (a bug; --trace shows more)"


def _place(error: Exception) -> str:
    """Name the innermost line of Partidor that the error passed."""
    place, trace = "", error.__traceback__
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        if "partidor" in path.parts:
            place = f" in {path.name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


if __name__ == "__main__":
    sys.exit(main())
