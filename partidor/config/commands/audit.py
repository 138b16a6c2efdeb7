"""Hold the database against its own events."""

from __future__ import annotations

import click

from partidor.config.console import json_of, json_option, now, ready


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Audit the database. Exit code 1 only for a broken invariant or for work overdue by more than a minute."""
    ready()
    import dataclasses
    import time

    from django.conf import settings

    from partidor.queries.audit.auditor import Finding, audit

    began = time.perf_counter()
    found = audit(at=now(), mail_is_set=settings.MAIL is not None)
    seconds = round(time.perf_counter() - began, 2)

    if as_json:

        def told(kinds: tuple[str, ...]) -> list[dict[str, object]]:
            return [dataclasses.asdict(each) for each in found.findings if each.kind in kinds]

        content = {
            "sound": found.sound,
            "problems": told(("broken", "overdue")),
            "warnings": told(("warning",)),
            "looked_at": found.sizes,
            "seconds": seconds,
        }
        click.echo(json_of(content))
    else:

        def line(each: Finding) -> str:
            count = f"{each.count:,} × " if each.count else ""
            examples = f" ({', '.join(each.examples)}{', …' if each.count > len(each.examples) else ''})"
            return f"{each.kind:8} {each.check}: {count}{each.sentence}{examples if each.examples else ''}"

        for finding in found.findings:
            click.echo(line(finding))
        sizes = ", ".join(f"{count:,} {table}" for table, count in found.sizes.items())
        click.echo(f"{'sound' if found.sound else 'NOT SOUND'}: looked at {sizes} in {seconds} s")
    if not found.sound:
        click.get_current_context().exit(1)
