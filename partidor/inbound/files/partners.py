"""Partners from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer
from partidor.actions.partners import add_partners
from partidor.domain.intake.partner import read_partner
from partidor.domain.refusal import WrongContent
from partidor.inbound.files.batches import Payload, Take, Taken, content_id


def partners_taken(*, by: Viewer) -> Take:
    """Return what adds rows as partners."""

    def take(payloads: Sequence[Payload]) -> Sequence[Taken | WrongContent]:
        return [
            outcome if isinstance(outcome, WrongContent) else Taken(outcome.repeated, tuple(outcome.partner.flags))
            for outcome in add_partners([_named(one) for one in payloads], by=by, at=datetime.now(UTC))
        ]

    return take


def partners_tried(*, by: Viewer | None = None) -> Take:
    """Return what only reads rows as partners and writes nothing; ``by`` lets it know the partners that are there."""
    seen: set[object] = set()
    if by is not None:
        seen |= set(partners_of(by).exclude(external_id="").values_list("external_id", flat=True))

    def attempt(payload: Payload) -> Taken | WrongContent:
        try:
            form = read_partner(payload)
        except WrongContent as wrong:
            return wrong
        repeated = form.external_id in seen
        seen.add(form.external_id)
        return Taken(repeated, tuple(form.flags), form)

    return lambda payloads: [attempt(_named(payload)) for payload in payloads]


def _named(payload: Payload) -> Payload:
    return payload if payload.get("external_id") else {**payload, "external_id": content_id(payload)}
