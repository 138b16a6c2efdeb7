"""Many leads in one call: each on its own, in batches of a hundred."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from partidor.actions.intake import Received, receive_many
from partidor.domain.refusal import FieldError, WrongContent
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import MIB, faults_in, rows_of
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.problems import WrongField

router = Router(tags=["leads"])
MOST = 1000
LONGEST = 10 * MIB


class Row(Schema):
    """What became of one lead; ``row`` counts from 0, as the list does."""

    row: int
    status: int
    id: UUID | None
    errors: list[WrongField]


class Rows(Schema):
    """What became of each lead, in order."""

    results: list[Row]


@router.post("/bulk", response=reads(Rows, 400, 413), openapi_extra=shapes.takes(shapes.LEADS))
@repeatable(longest=LONGEST)
def receive_all(request: HttpRequest) -> HttpResponse:
    """Take in up to 1,000 leads, each on its own.

    Each result has the status that the lead alone would have had: 201, 200 (it was there already) or 422 with its
    `errors`. `row` counts from 0.
    """
    by, at = asker(request)
    by.require_vendor("leads:write")  # an empty list needs the scope as well
    rows = rows_of(request, "leads", MOST, LONGEST)
    wrong = {place: errors for place, row in enumerate(rows) if (errors := _wrong(row))}
    right = [row for place, row in enumerate(rows) if place not in wrong and isinstance(row, dict)]
    outcomes = iter(receive_many(right, by=by, at=at))
    results = [
        _refused(place, wrong[place]) if place in wrong else _result(place, next(outcomes))
        for place in range(len(rows))
    ]
    return answer({"results": results})


def _wrong(row: object) -> list[FieldError]:
    if not isinstance(row, dict):
        return [FieldError("lead", "must be an object")]
    return faults_in(row, "lead")


def _result(row: int, outcome: Received | WrongContent) -> dict[str, Any]:
    if isinstance(outcome, WrongContent):
        return _refused(row, outcome.errors)
    return {"row": row, "status": 200 if outcome.repeated else 201, "id": outcome.lead.pk, "errors": []}


def _refused(row: int, errors: list[FieldError]) -> dict[str, Any]:
    told = [{"field": error.field, "message": error.message} for error in errors]
    return {"row": row, "status": 422, "id": None, "errors": told}
