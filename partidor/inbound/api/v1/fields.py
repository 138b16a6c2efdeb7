"""Custom fields: their definitions. A key without one is kept as text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.sources import define_field
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import object_of
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.queries.paging import Page
from partidor.queries.settings import sources as about_sources
from partidor.queries.settings.sources import FieldCard

router = Router(tags=["fields"])


@router.post("", response=makes(FieldCard), openapi_extra=shapes.takes(shapes.FIELD))
@repeatable()
def define(request: HttpRequest) -> HttpResponse:
    """Define a custom field: text, number, date or boolean. A known key stays as it is (200, `"repeated": true`)."""
    by, at = asker(request)
    field, repeated = define_field(object_of(request), by=by, at=at)
    return made(about_sources.field_card(field), repeated=repeated)


@router.get("", response=reads(Page[FieldCard]))
def list_fields(request: HttpRequest, limit: Limit = FIRST, cursor: Cursor = "") -> HttpResponse:
    """List the custom fields, newest first."""
    by, _ = asker(request)
    return answer(about_sources.fields(by, wanted(request, limit, cursor)))
