"""People: invited to a role at the vendor or at a partner."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Router

from partidor.actions.people import invite_person
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import fields_of_body, id_in
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.queries.paging import Page
from partidor.queries.settings import people as about_people
from partidor.queries.settings.people import PersonCard

router = Router(tags=["people"])


@router.post("", response=makes(PersonCard, 404), openapi_extra=shapes.takes(shapes.PERSON))
@repeatable()
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person to a role. It gets offers by mail at once, before the first sign-in."""
    by, at = asker(request)
    fields = fields_of_body(request, "email", "name", "role", "partner")
    email, name, role = fields.text("email"), fields.text("name"), fields.text("role")
    partner = id_in(fields, "partner")
    fields.end()
    invited = invite_person(email=email, name=name, role=role, partner_id=partner, by=by, at=at)
    return made(about_people.person_card(invited.membership), repeated=invited.repeated)


@router.get("", response=reads(Page[PersonCard]))
def list_people(request: HttpRequest, limit: Limit = FIRST, cursor: Cursor = "") -> HttpResponse:
    """List the people of the vendor and its partners, newest first."""
    by, _ = asker(request)
    return answer(about_people.people(by, wanted(request, limit, cursor)))
