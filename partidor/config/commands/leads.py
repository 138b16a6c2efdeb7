"""One lead: why it went where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from partidor.config.console import answer, json_option, operator_of, ready, vendor_option

if TYPE_CHECKING:
    from uuid import UUID

    from partidor.access.viewer import Viewer


@click.group()
def lead() -> None:
    """One lead: explain it, replay it."""


@lead.command()
@click.argument("lead_id", metavar="ID|REF")
@vendor_option
@click.option("--partner", metavar="NAME|ID", help="Say why this partner was asked, or why not.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", show_default=True)
@json_option
def explain(lead_id: str, vendor: str, partner: str | None, language: str, as_json: bool) -> None:
    """Tell every decision about a lead in plain words."""
    ready()
    import dataclasses

    from partidor.config.retelling import names_of, retold
    from partidor.domain.routing.words.reasons import joined
    from partidor.queries.leads.decisions import decisions, explanation

    by = operator_of(vendor, "lead explain")
    found, ref = _find(by, lead_id)
    cards = decisions(by, found, language=language)
    names = names_of(by)
    if partner is None:
        content: dict[str, object] = {
            "lead": str(found), "ref": ref, "decisions": [dataclasses.asdict(card) for card in cards],
        }  # fmt: skip
        lines = [line for card in cards for line in retold(card, names, language)]
        answer(content, "\n".join(lines) or f"lead {ref} was not routed yet", as_json=as_json)
        return
    who = _partner(names, partner)
    told, lines = [], [f"{names[who]}:"]
    for card in cards:
        assert card.id is not None
        said = explanation(by, found, card.id, who, language=language)
        told.append({"decision": str(card.id), "at": card.at, **dataclasses.asdict(said)})
        place = f" [{said.place}]" if said.place else ""
        lines.append(f"  {card.at:%Y-%m-%d %H:%M:%S}{place} " + joined([reason.text for reason in said.reasons]))
    content = {"lead": str(found), "ref": ref, "partner": str(who), "name": names[who], "decisions": told}
    answer(content, "\n".join(lines), as_json=as_json)


@lead.command()
@click.argument("lead_id", metavar="ID|REF")
@vendor_option
@click.option("--language", type=click.Choice(["en", "de"]), default="en", show_default=True)
@json_option
def replay(lead_id: str, vendor: str, language: str, as_json: bool) -> None:
    """Make every decision about a lead again: it comes out equal, or an input was changed or is gone."""
    ready()
    import dataclasses

    from partidor.queries.leads.replays import replays_of

    by = operator_of(vendor, "lead replay")
    found, ref = _find(by, lead_id)
    cards = replays_of(by, found, language=language)
    equal = all(card.equal for card in cards)
    content = {
        "lead": str(found), "ref": ref, "equal": equal, "decisions": [dataclasses.asdict(card) for card in cards],
    }  # fmt: skip
    lines = [
        f"{card.at:%Y-%m-%d %H:%M:%S} {card.trigger}: "
        + ("equal" if card.equal else "; ".join(one.text for one in card.changed))
        for card in cards
    ]
    answer(content, "\n".join(lines) or f"lead {ref} was not routed yet", as_json=as_json)
    if not equal:
        click.get_current_context().exit(1)


def _find(by: Viewer, name: str) -> tuple[UUID, str]:
    """Find a lead by its id or its reference."""
    from uuid import UUID

    from partidor.access.leads import visible_leads

    leads = visible_leads(by)
    try:
        leads = leads.filter(pk=UUID(name))
    except ValueError:
        leads = leads.filter(ref=name.strip().upper())
    row = leads.values_list("pk", "ref").first()
    if row is None:
        raise click.ClickException(f"this vendor has no lead {name!r}; give its id or its six-character reference")
    return row


def _partner(names: dict[UUID, str], wanted: str) -> UUID:
    """Find a partner by id, name, or a part of a name that only one has."""
    folded = wanted.casefold()
    exact = [pk for pk, name in names.items() if str(pk) == wanted or name.casefold() == folded]
    found = exact or [pk for pk, name in names.items() if folded in name.casefold()]
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.ClickException(f"this vendor has no partner {wanted!r}")
    some = ", ".join(f"{names[pk]} ({pk})" for pk in found[:5])
    raise click.ClickException(f"{len(found)} partners are meant by {wanted!r}: {some}; give the id")
