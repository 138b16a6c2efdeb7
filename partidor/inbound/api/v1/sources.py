"""Sources: where leads come from."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.sources import add_source, archive_source, change_source
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, changes, done, ends, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import object_of
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.queries.paging import Page
from partidor.queries.settings import sources as about_sources
from partidor.queries.settings.sources import SourceCard

router = Router(tags=["sources"])


@router.post("", response=makes(SourceCard), openapi_extra=shapes.takes(shapes.SOURCE))
@repeatable()
def add(request: HttpRequest) -> HttpResponse:
    """Add a source. One of this name that is there already stays as it is (200, `"repeated": true`).

    An archived one is taken into use again.
    """
    by, at = asker(request)
    source, repeated = add_source(object_of(request), by=by, at=at)
    return made(about_sources.source_card(source), repeated=repeated)


@router.get("", response=reads(Page[SourceCard]))
def list_sources(request: HttpRequest, limit: Limit = FIRST, cursor: Cursor = "") -> HttpResponse:
    """List the sources in use, newest first."""
    by, _ = asker(request)
    return answer(about_sources.sources(by, wanted(request, limit, cursor)))


@router.get("/{uuid:source_id}", response=reads(SourceCard, 404))
def read(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Show one source."""
    by, _ = asker(request)
    return answer(about_sources.one_source(by, source_id))


@router.patch("/{uuid:source_id}", response=changes(SourceCard), openapi_extra=shapes.takes(shapes.SOURCE_PATCH))
def change(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Change what is given."""
    by, at = asker(request)
    return done(about_sources.source_card(change_source(source_id, object_of(request), by=by, at=at)), repeated=False)


@router.delete("/{uuid:source_id}", response=ends(SourceCard))
def archive(request: HttpRequest, source_id: UUID) -> HttpResponse:
    """Archive a source: no new leads come from it."""
    by, at = asker(request)
    source, repeated = archive_source(source_id, by=by, at=at)
    return done(about_sources.source_card(source), repeated=repeated)
