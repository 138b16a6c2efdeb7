"""Begin: the database and the first, or a further, vendor."""

from __future__ import annotations

import click

from partidor.config.console import answer, json_option, now, ready


@click.command()
@click.option("--vendor", required=True, metavar="NAME", help="The vendor's name.")
@click.option("--admin", required=True, metavar="EMAIL", help="The first administrator.")
@click.option("--country", default="DE", show_default=True, help="ISO 3166-1 alpha-2.")
@click.option("--time-zone", default="Europe/Berlin", show_default=True, help="IANA name.")
@click.option("--language", default="de", show_default=True, help="BCP 47.")
@click.option("--currency", default="EUR", show_default=True, help="ISO 4217.")
@json_option
def init(vendor: str, admin: str, country: str, time_zone: str, language: str, currency: str, as_json: bool) -> None:
    """Create the database if need be, and found a vendor."""
    _check(vendor, admin, country, time_zone, language, currency)
    ready(migrated=False)
    from partidor.actions.vendors import found_vendor
    from partidor.config.database import migrate_database

    migrate_database()
    founded = found_vendor(
        name=vendor.strip(), admin=admin, country=country, time_zone=time_zone, language=language, currency=currency,
        at=now(),
    )  # fmt: skip
    content = {
        "vendor": founded.vendor.name,
        "vendor_id": str(founded.vendor.pk),
        "admin": founded.admin,
        "password": founded.password,
        "api_key": founded.api_key,
    }
    words = [
        f"vendor         {founded.vendor.name} ({founded.vendor.pk})",
        f"administrator  {founded.admin}",
        f"password       {founded.password or '(this person has one already)'}",
        f"API key        {founded.api_key}",
        "Password and key are shown this once. Next: partidor serve",
    ]
    answer(content, "\n".join(words), as_json=as_json)


def _check(vendor: str, admin: str, country: str, time_zone: str, language: str, currency: str) -> None:
    """Refuse what the database would keep for ever, before it is made."""
    from email_validator import EmailNotValidError, validate_email

    from partidor.domain.intake import codes

    if not vendor.strip() or len(vendor) > 300 or "\0" in vendor:
        raise click.BadParameter("a vendor's name has 1 to 300 characters", param_hint="--vendor")
    try:
        validate_email(admin, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise click.BadParameter(f"{error} Write for example eva@muster.example", param_hint="--admin") from error
    if country not in codes.COUNTRIES:
        raise click.BadParameter(f"{country!r} is no country code; write for example DE", param_hint="--country")
    if not codes.is_time_zone(time_zone):
        raise click.BadParameter(f"{time_zone!r} is unknown; write for example Europe/Berlin", param_hint="--time-zone")
    if (tag := codes.language_tag(language)) != language:
        raise click.BadParameter(
            f"{language!r} is no language code; write for example {tag or 'de'}", param_hint="--language"
        )
    if currency not in codes.CURRENCIES:
        raise click.BadParameter(f"{currency!r} is no currency code; write for example EUR", param_hint="--currency")


@click.command()
@json_option
def migrate(as_json: bool) -> None:
    """Bring the database up to the installed version."""
    ready(migrated=False)
    from partidor.config.database import migrate_database

    applied = migrate_database()
    words = f"{len(applied)} migration(s) applied" if applied else "nothing to do: the database is up to date"
    answer({"applied": applied}, words, as_json=as_json)
