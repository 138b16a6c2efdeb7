"""Partners and leads from files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from partidor.config.console import EXISTING_FILE, answer, json_option, note, operator_of, ready, vendor_option

if TYPE_CHECKING:
    from partidor.inbound.files.batches import Take

_FILE = click.argument("file", type=EXISTING_FILE, metavar="FILE")
_MAPPING = click.option(
    "--mapping", required=True, type=EXISTING_FILE, metavar="FILE.toml", help="Which of their columns is which field."
)
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Read and check every row; write nothing.")


@click.group("import")
def import_() -> None:
    """Take partners or leads from a CSV file or an Excel workbook. Run again, it takes only what is new."""


@import_.command()
@_FILE
@vendor_option
@_MAPPING
@_DRY_RUN
@json_option
def partners(file: Path, vendor: str, mapping: Path, dry_run: bool, as_json: bool) -> None:
    """Add the rows of FILE as partners."""
    ready()
    from partidor.inbound.files.partners import partners_taken, partners_tried

    by = operator_of(vendor, "import")
    take = (partners_tried if dry_run else partners_taken)(by=by)
    _import("partners", file, mapping, take, dry_run=dry_run, as_json=as_json)


@import_.command()
@_FILE
@vendor_option
@click.option("--source", default="import", show_default=True, help="The source that the leads come from.")
@_MAPPING
@_DRY_RUN
@json_option
def leads(file: Path, vendor: str, source: str, mapping: Path, dry_run: bool, as_json: bool) -> None:
    """Receive the rows of FILE as leads; each is routed at once."""
    ready()
    from partidor.inbound.files.leads import leads_taken, leads_tried

    by = operator_of(vendor, "import")
    take = (leads_tried if dry_run else leads_taken)(source, by=by)
    _import("leads", file, mapping, take, dry_run=dry_run, as_json=as_json)


def _import(kind: str, file: Path, mapping_file: Path, take: Take, *, dry_run: bool, as_json: bool) -> None:
    import sys
    import time

    from partidor.domain.intake.mapping import ImportMapping
    from partidor.inbound.files.batches import Tally, about_rows, lines_of, refused_beside, take_all

    try:
        text = mapping_file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{mapping_file} is not UTF-8 text (byte {error.start})") from error
    mapping = ImportMapping.read(text, "partners" if kind == "partners" else "leads")
    began = time.perf_counter()
    length = about_rows(file)
    with (
        refused_beside(None if dry_run else file) as refused,
        click.progressbar(length=length, label=kind, file=sys.stderr, show_pos=True, item_show_func=_rate) as bar,
    ):

        def told(tally: Tally) -> None:
            bar.update(tally.rows - bar.pos, f"{tally.rows / (time.perf_counter() - began):,.0f}/s")

        tally = take_all(lines_of(file, mapping), take, refused=refused, told=told)
    seconds = round(time.perf_counter() - began, 2)
    written = refused.written if refused is not None else None
    content = {
        "rows": tally.rows,
        "taken": tally.taken,
        "repeated": tally.repeated,
        "refused": tally.refused,
        "flagged": tally.flagged,
        "seconds": seconds,
        "refused_file": str(written) if written else None,
    }
    for flag, count in tally.flags.most_common():
        note(f"flag {flag}: {count:,}")
    verb = "would be taken (dry run: nothing was written)" if dry_run else "taken"
    words = (
        f"{tally.rows:,} rows: {tally.taken:,} {verb}, {tally.flagged:,} of them flagged, {tally.repeated:,} there "
        f"already, {tally.refused:,} refused, in {seconds} s"
    )
    if written:
        words += f"; the refused ones and why: {written}"
    answer({**content, "dry_run": True} if dry_run else content, words, as_json=as_json)


def _rate(rate: str | None) -> str | None:
    return rate
