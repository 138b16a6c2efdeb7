"""Partners from a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer
from partidor.actions.partners import add_partners
from partidor.domain.intake.partner import PartnerForm, read_partner
from partidor.domain.refusal import WrongContent
from partidor.inbound.files.batches import Payload, Take, Taken, content_id
from partidor.queries.settings.places import can_be_placed


def partners_taken(*, by: Viewer) -> Take:
    """Return what adds rows as partners."""

    def take(payloads: Sequence[Payload]) -> Sequence[Taken | WrongContent]:
        return [
            outcome
            if isinstance(outcome, WrongContent)
            else Taken(outcome.repeated, _flags(outcome.partner.flags, placed=outcome.partner.lat is not None))
            for outcome in add_partners([_named(one) for one in payloads], by=by, at=datetime.now(UTC))
        ]

    return take


def partners_tried(*, by: Viewer) -> Take:
    """Return what reads rows as partners, looks what is there already and what can be placed, and writes nothing."""
    seen: set[object] = set(partners_of(by).exclude(external_id="").values_list("external_id", flat=True))

    def attempt(payloads: Sequence[Payload]) -> Sequence[Taken | WrongContent]:
        read = [_read(_named(payload)) for payload in payloads]
        forms = [form for form in read if isinstance(form, PartnerForm)]
        placed = iter(can_be_placed(forms))
        outcomes: list[Taken | WrongContent] = []
        for form in read:
            if isinstance(form, WrongContent):
                outcomes.append(form)
                continue
            outcomes.append(Taken(form.external_id in seen, _flags(form.flags, placed=next(placed)), form))
            seen.add(form.external_id)
        return outcomes

    return attempt


def _read(payload: Payload) -> PartnerForm | WrongContent:
    try:
        return read_partner(payload)
    except WrongContent as wrong:
        return wrong


def _flags(flags: Iterable[str], *, placed: bool) -> tuple[str, ...]:
    return (*flags, *(() if placed else ("not_placed",)))


def _named(payload: Payload) -> Payload:
    return payload if payload.get("external_id") else {**payload, "external_id": content_id(payload)}
