"""API keys: issued, listed, revoked."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.keys import issue_key, revoke_key
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, done, ends, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import fields_of_body, id_in, time_in
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.queries.paging import Page
from partidor.queries.settings import keys as about_keys
from partidor.queries.settings.keys import KeyCard, NewKeyCard

router = Router(tags=["keys"])


@router.post("", response=makes(NewKeyCard, 404, 409), openapi_extra=shapes.takes(shapes.KEY))
@repeatable(secret=True)
def issue(request: HttpRequest) -> HttpResponse:
    """Issue a key of the vendor, or of one of its partners. `key` is shown this once."""
    by, at = asker(request)
    fields = fields_of_body(request, "name", "scopes", "partner", "expires_at")
    name, partner, expires_at = fields.text("name"), id_in(fields, "partner"), time_in(fields, "expires_at")
    scopes = fields.given.get("scopes")
    if not isinstance(scopes, list) or not all(isinstance(scope, str) for scope in scopes):
        fields.wrong("scopes", "must be a list of scopes")
    fields.end()
    assert isinstance(scopes, list)
    key, secret = issue_key(name=name, scopes=scopes, partner_id=partner, expires_at=expires_at, by=by, at=at)
    return made(about_keys.new_key_card(key, secret), repeated=False)


@router.get("", response=reads(Page[KeyCard]))
def list_keys(request: HttpRequest, limit: Limit = FIRST, cursor: Cursor = "") -> HttpResponse:
    """List the keys, revoked ones too, newest first; never with their secrets."""
    by, _ = asker(request)
    return answer(about_keys.keys(by, wanted(request, limit, cursor)))


@router.delete("/{uuid:key_id}", response=ends(KeyCard))
def revoke(request: HttpRequest, key_id: UUID) -> HttpResponse:
    """Revoke a key for good, from the next call on."""
    by, at = asker(request)
    key = revoke_key(key_id, by=by, at=at)
    return done(about_keys.key_card(key), repeated=key.revoked_at != at)
