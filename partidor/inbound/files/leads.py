"""Leads from a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from partidor.access.leads import visible_leads
from partidor.access.network import fields_of, sources_of
from partidor.access.viewer import Viewer, vendor_of
from partidor.actions.intake import receive_leads
from partidor.domain.intake.inquiry import Inquiry, read_inquiry
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.files.batches import Payload, Take, Taken, content_id
from partidor.queries.settings.places import can_be_placed


def leads_taken(source: str, *, by: Viewer) -> Take:
    """Return what receives rows as leads of a source and routes them; WrongContent if there is no such source."""
    _require(source, by)

    def take(payloads: Sequence[Payload]) -> Sequence[Taken | WrongContent]:
        named = [_with_source(payload, source) for payload in payloads]
        return [
            outcome if isinstance(outcome, WrongContent) else Taken(outcome.repeated, tuple(outcome.lead.flags))
            for outcome in receive_leads(named, by=by, at=datetime.now(UTC))
        ]

    return take


def leads_tried(source: str, *, by: Viewer) -> Take:
    """Return what reads rows as leads, looks what is there already and what can be placed, and writes nothing.

    Raises WrongContent if there is no such source.
    """
    _require(source, by)
    vendor = vendor_of(by)
    here = sources_of(by).get(name=source)
    fields = dict(fields_of(by).values_list("key", "type"))
    seen: set[object] = set()

    def read(payload: Payload) -> Inquiry | WrongContent:
        try:
            return read_inquiry(
                payload,
                vendor_currency=vendor.currency,
                default_country=vendor.country,
                default_temperature=here.default_temperature,
                fields=fields,
                required=here.required,
            )
        except WrongContent as wrong:
            return wrong

    def attempt(payloads: Sequence[Payload]) -> Sequence[Taken | WrongContent]:
        inquiries = [read(_with_source(payload, source)) for payload in payloads]
        readable = [inquiry for inquiry in inquiries if isinstance(inquiry, Inquiry)]
        names = [inquiry.external_id for inquiry in readable]
        seen.update(visible_leads(by).filter(source=here, external_id__in=names).values_list("external_id", flat=True))
        placed = iter(can_be_placed(readable))
        outcomes: list[Taken | WrongContent] = []
        for inquiry in inquiries:
            if isinstance(inquiry, WrongContent):
                outcomes.append(inquiry)
                continue
            flags = (*inquiry.flags, *(() if next(placed) else ("not_placed",)))
            outcomes.append(Taken(inquiry.external_id in seen, flags, inquiry))
            seen.add(inquiry.external_id)
        return outcomes

    return attempt


def _require(source: str, by: Viewer) -> None:
    known = sorted(sources_of(by).values_list("name", flat=True))
    if source not in known:
        raise WrongContent(
            [FieldError("source", f"{source!r} is not a source of this vendor; known are: {', '.join(known)}")]
        )


def _with_source(payload: Payload, source: str) -> Payload:
    named = payload if payload.get("external_id") else {**payload, "external_id": content_id(payload)}
    return {"source": source, **named}
