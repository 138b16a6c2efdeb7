"""Places: what gives leads and partners their coordinates."""

from __future__ import annotations

from pathlib import Path

import click

from partidor.config.console import EXISTING_FILE, answer, json_option, ready


@click.group()
def geo() -> None:
    """Postal codes and their coordinates."""


@geo.command("load")
@click.argument("files", type=EXISTING_FILE, nargs=-1, required=True, metavar="FILE.csv...")
@json_option
def load(files: tuple[Path, ...], as_json: bool) -> None:
    """Load postal codes (GeoNames' CSV, comma or tab); a country that was loaded before is replaced.

    Leads and partners that come in from then on get coordinates.
    """
    ready()
    import time

    from partidor.actions.places import load_places
    from partidor.domain.intake.places import gather
    from partidor.inbound.files.places import PlaceFile

    began = time.perf_counter()
    read = PlaceFile(files)
    places = list(gather(read.rows()))
    if not places:
        raise click.ClickException(
            f"no row of {', '.join(str(path) for path in files)} has a country_code, a zipcode, a latitude and a "
            "longitude"
        )
    load_places(places)
    countries = sorted({place.country for place in places})
    seconds = round(time.perf_counter() - began, 1)
    content = {
        "rows": read.number,
        "passed_over": read.passed_over,
        "places": len(places),
        "countries": countries,
        "seconds": seconds,
    }
    words = f"{len(places):,} places of {', '.join(countries)} from {read.number:,} rows in {seconds} s"
    if read.passed_over:
        words += f"; {read.passed_over:,} rows without a readable place were passed over"
    answer(content, words, as_json=as_json)
