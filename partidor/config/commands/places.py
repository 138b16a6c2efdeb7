"""Places: what gives leads and partners their coordinates."""

from __future__ import annotations

from pathlib import Path

import click

from partidor.config.console import EXISTING_FILE, answer, json_option, ready

MOST_NAMED = 20
"""Countries that are named; more of them are counted."""


@click.group()
def geo() -> None:
    """Postal codes and cities, and their coordinates."""


@geo.command("load")
@click.argument("files", type=EXISTING_FILE, nargs=-1, required=True, metavar="FILE.csv...")
@json_option
def load(files: tuple[Path, ...], as_json: bool) -> None:
    """Load postal codes or cities (GeoNames' CSV, comma or tab); postal codes replace those of their countries.

    A city is found by its other names too: they stand in the file (alternatenames), or in one beside it, by geonameid.

    Leads and partners get coordinates by the surest they have: the code, its beginning, the city. Those that are there
    already and could not be placed are looked up again, for every vendor.
    """
    ready()
    import time

    from django.utils import timezone

    from partidor.access.network import every_vendor
    from partidor.access.viewer import system
    from partidor.actions.places import load_places, place_again
    from partidor.domain.intake.places import gather, gather_cities
    from partidor.inbound.files.places import PlaceFile

    began = time.perf_counter()
    read = PlaceFile(files)
    postal = list(gather(read.rows()))
    cities = list(gather_cities(read.cities))
    places = [*postal, *cities]
    if not places:
        raise click.ClickException(
            f"no row of {', '.join(str(path) for path in files)} has a country_code, a zipcode, a latitude and a "
            "longitude, or of a city its name, countrycode, latitude and longitude"
        )
    load_places(postal, cities)
    placed = [place_again(by=system(vendor.pk, "import"), at=timezone.now()) for vendor in every_vendor()]
    countries = sorted({place.country for place in places})
    seconds = round(time.perf_counter() - began, 1)
    content = {
        "rows": read.number,
        "passed_over": read.passed_over,
        "places": len(places),
        "countries": countries,
        "partners_placed": sum(one.partners for one in placed),
        "leads_placed": sum(one.leads for one in placed),
        "seconds": seconds,
    }
    where = ", ".join(countries) if len(countries) <= MOST_NAMED else f"{len(countries)} countries"
    words = f"{len(places):,} places of {where} from {read.number:,} rows in {seconds} s"
    if content["partners_placed"] or content["leads_placed"]:
        words += f"; {content['partners_placed']:,} partners and {content['leads_placed']:,} open leads placed by them"
    if read.passed_over:
        words += f"; {read.passed_over:,} rows without a readable place were passed over"
    answer(content, words, as_json=as_json)
