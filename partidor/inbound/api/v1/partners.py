"""Partners: adding, changing, tagging, pausing, archiving."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from partidor.actions.partners import (
    Kept,
    add_partner,
    archive_partner,
    change_partner,
    pause_partner,
    resume_partner,
    set_tags,
)
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, changes, done, ends, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import fields_of_body, object_of, time_in
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, Since, time_of, wanted
from partidor.queries.paging import Page
from partidor.queries.partners import cards as about_partners
from partidor.queries.partners.cards import PartnerCard

router = Router(tags=["partners"])
Name = Annotated[str, Query(max_length=300, description="A part of the name.")]


@router.post("", response=makes(PartnerCard), openapi_extra=shapes.takes(shapes.PARTNER))
@repeatable()
def add(request: HttpRequest) -> HttpResponse:
    """Add a partner. The same `external_id` again gets the partner that is there (200, `"repeated": true`)."""
    by, at = asker(request)
    kept = add_partner(object_of(request), by=by, at=at)
    return made(about_partners.shown_partner(by, kept.partner, at=at), repeated=kept.repeated)


@router.get("", response=reads(Page[PartnerCard]))
def list_partners(
    request: HttpRequest,
    limit: Limit = FIRST,
    cursor: Cursor = "",
    kind: str = "",
    country: str = "",
    external_id: str = "",
    q: Name = "",
    archived: bool = False,
    updated_since: Since = "",
) -> HttpResponse:
    """List partners in use, newest first; with `archived=true` those that are not."""
    by, _ = asker(request)
    page = about_partners.partners(
        by,
        wanted(request, limit, cursor),
        kind=kind,
        country=country,
        external_id=external_id,
        q=q,
        archived=archived,
        updated_since=time_of("updated_since", updated_since),
    )
    return answer(page)


@router.get("/{uuid:partner_id}", response=reads(PartnerCard, 404))
def read(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Show one partner."""
    by, at = asker(request)
    return answer(about_partners.one_partner(by, partner_id, at=at))


@router.patch("/{uuid:partner_id}", response=changes(PartnerCard), openapi_extra=shapes.takes(shapes.PARTNER_PATCH))
def change(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Merge what is given into the partner (RFC 7396: null removes)."""
    by, at = asker(request)
    return _kept(request, change_partner(partner_id, object_of(request), by=by, at=at))


@router.delete("/{uuid:partner_id}", response=ends(PartnerCard))
def archive(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Archive a partner. Its waiting offers are withdrawn and go on to the next."""
    by, at = asker(request)
    return _kept(request, archive_partner(partner_id, by=by, at=at))


@router.put("/{uuid:partner_id}/tags", response=changes(PartnerCard), openapi_extra=shapes.takes(shapes.TAGS))
def replace_tags(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Replace all tags: `{"tier": ["gold"], "vertical": ["retail"]}`, also inside `{"tags": …}`."""
    by, at = asker(request)
    given = object_of(request)
    if given.keys() == {"tags"} and isinstance(given["tags"], dict):
        given = given["tags"]
    return _kept(request, set_tags(partner_id, given, by=by, at=at))


@router.post("/{uuid:partner_id}/pause", response=changes(PartnerCard),
               openapi_extra=shapes.takes(shapes.PAUSE, required=False))  # fmt: skip
@repeatable()
def pause(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """Pause a partner until a time, or until further notice: no new offers, and no claim builds up meanwhile."""
    by, at = asker(request)
    fields = fields_of_body(request, "until", "reason")
    until, reason = time_in(fields, "until"), fields.text("reason")
    fields.end()
    return _kept(request, pause_partner(partner_id, until=until, reason=reason, by=by, at=at))


@router.post("/{uuid:partner_id}/resume", response=changes(PartnerCard),
               openapi_extra=shapes.takes(shapes.NOTHING, required=False))  # fmt: skip
@repeatable()
def resume(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """End a partner's pause."""
    by, at = asker(request)
    fields_of_body(request).end()
    return _kept(request, resume_partner(partner_id, by=by, at=at))


def _kept(request: HttpRequest, kept: Kept) -> HttpResponse:
    by, at = asker(request)
    return done(about_partners.shown_partner(by, kept.partner, at=at), repeated=kept.repeated)
