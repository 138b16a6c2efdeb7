"""Rules: the draft, publishing, old versions, and trying them out."""

from __future__ import annotations

import re
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema

from partidor.access.jobs import BACKTEST
from partidor.actions.jobs import start_job
from partidor.actions.rules import change_draft, publish_rules, restore_rules
from partidor.domain.json_text import Doubled, NotJson, read_json, readable
from partidor.domain.refusal import FieldError, NotFound, WrongContent
from partidor.domain.routing.ruleset import LARGEST
from partidor.inbound.api.v1 import shapes
from partidor.inbound.api.v1.answers import answer, begins, changes, made, makes, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.bodies import body_of, fields_of_body, time_in
from partidor.inbound.api.v1.idempotency import repeatable
from partidor.inbound.api.v1.paging import FIRST, Cursor, Limit, wanted
from partidor.inbound.api.v1.problems import Unreadable
from partidor.queries.backtests.run import comparison_of
from partidor.queries.leads.decisions import DecisionCard
from partidor.queries.paging import Page
from partidor.queries.rules import rulesets as about_rulesets
from partidor.queries.rules.attempts import tried_decision
from partidor.queries.rules.rulesets import RulesetCard, RulesetLine

router = Router(tags=["rules"])
Version = Annotated[str, Path(description="`draft`, or the number of a published version.")]
DRAFT = 0
NO_REVISION = -1


class Published(Schema):
    """The number of the version that is now in force."""

    version: int


class Begun(Schema):
    """The job that is at it; `GET /jobs/{id}` says how far it has come and what came out."""

    id: UUID


def _number(version: str) -> int:
    if version == "draft":
        return DRAFT
    if not re.fullmatch("[1-9][0-9]{0,8}", version):
        raise NotFound(what="ruleset version")
    return int(version)


@router.get("", response=reads(Page[RulesetLine]))
def list_rulesets(request: HttpRequest, limit: Limit = FIRST, cursor: Cursor = "") -> HttpResponse:
    """List the published versions, newest first."""
    by, _ = asker(request)
    return answer(about_rulesets.rulesets(by, wanted(request, limit, cursor)))


@router.post("/publish", response=makes(Published, 409),
               openapi_extra=shapes.takes(shapes.NOTE, required=False))  # fmt: skip
@repeatable()
def publish(request: HttpRequest) -> HttpResponse:
    """Publish the draft as the next version. New leads follow it; plans that run stay with theirs.

    A draft that equals the version in force makes no new one (200, `"repeated": true`); one without
    rules is refused (409).
    """
    by, at = asker(request)
    fields = fields_of_body(request, "note")
    note = fields.text("note", 1000, lines=True)
    fields.end()
    published, repeated = publish_rules(note=note, by=by, at=at)
    return made({"version": published.version}, repeated=repeated)


@router.get("/draft", response=reads(RulesetCard))
def read_draft(request: HttpRequest) -> HttpResponse:
    """Show the draft, which always exists, with an ETag for `If-Match`."""
    by, _ = asker(request)
    return _draft(*about_rulesets.one_ruleset(by, DRAFT))


@router.put("/draft", response=reads(RulesetCard, 400, 412, 413), openapi_extra=shapes.takes(shapes.RULES))
def replace_draft(request: HttpRequest) -> HttpResponse:
    """Replace the draft. With `If-Match` only if it is still the one that the ETag names (else 412).

    Wrong rules are refused with rule, path and remedy; `warnings` name tags, values and products that nobody has yet.
    """
    by, at = asker(request)
    draft, compiled = change_draft(_rules_in(request), if_match=_revision(request), by=by, at=at)
    return _draft(about_rulesets.ruleset_card(by, draft, compiled.warnings), draft.revision)


def _rules_in(request: HttpRequest) -> object:
    """Read the rules in a body as they were meant, wrong or not: the engine names rule, path and remedy."""
    remedy = f"the rules may be {LARGEST:,} bytes of it; send them without blanks, and put fewer values into lists"
    try:
        given = read_json(body_of(request, remedy=remedy) or b"{}")
    except NotJson as error:
        raise Unreadable(why=str(error)) from error
    if not isinstance(given, dict):
        raise WrongContent([FieldError("body", 'must be an object: {"rules": [...]}')])
    wrong = [FieldError(readable(key[:60]), "is not known; this call has rules") for key in given if key != "rules"]
    if isinstance(given, Doubled):
        wrong.append(FieldError(readable(given.key[:60]), "is given twice; say it once"))
    if "rules" not in given:
        wrong.append(FieldError("rules", "is missing; give the list of all rules"))
    if wrong:
        raise WrongContent(wrong)
    return given["rules"]


def _draft(card: RulesetCard, revision: int) -> HttpResponse:
    response = answer(card)
    response["ETag"] = f'"{revision}"'
    return response


@router.get("/{version}", response=reads(RulesetCard, 404))
def read(request: HttpRequest, version: Version) -> HttpResponse:
    """Show a published version with its rules."""
    by, _ = asker(request)
    return answer(about_rulesets.one_ruleset(by, _number(version))[0])


def _revision(request: HttpRequest) -> int | None:
    """Read If-Match; something that is no ETag of ours can only be stale."""
    tag = request.META.get("HTTP_IF_MATCH")
    if tag is None or tag.strip() == "*":
        return None
    found = re.fullmatch(r'\s*"([0-9]{1,9})"\s*', tag)
    return int(found[1]) if found else NO_REVISION


@router.post("/{version}/restore", response=changes(RulesetCard),
               openapi_extra=shapes.takes(shapes.NOTHING, required=False))  # fmt: skip
@repeatable()
def restore(request: HttpRequest, version: Version) -> HttpResponse:
    """Copy an old version into the draft. Publishing it is a step of its own."""
    by, at = asker(request)
    fields_of_body(request).end()
    return answer(about_rulesets.ruleset_card(by, restore_rules(_number(version), by=by, at=at)))


@router.post("/{version}/test", response=changes(DecisionCard), openapi_extra=shapes.takes(shapes.TRY))
@repeatable()
def test(request: HttpRequest, version: Version) -> HttpResponse:
    """Decide about a typed lead with today's network and fair share. Nothing is stored, nothing is counted."""
    by, at = asker(request)
    fields = fields_of_body(request, "lead")
    lead = fields.given.get("lead")
    if not isinstance(lead, dict):
        fields.wrong("lead", "must be an object, as for POST /leads")
    fields.end()
    assert isinstance(lead, dict)
    return answer(tried_decision(by, _number(version), lead, at=at))


@router.post("/{version}/backtest", response=begins(Begun, 409),
               openapi_extra=shapes.takes(shapes.PERIOD, required=False))  # fmt: skip
@repeatable()
def backtest(request: HttpRequest, version: Version) -> HttpResponse:
    """Send the leads of a period through these rules and today's, side by side, and compare; a job does it.

    The same one that is waiting or running already is answered again (`"repeated": true`).
    """
    by, at = asker(request)
    fields = fields_of_body(request, "from", "to")
    since, until = time_in(fields, "from"), time_in(fields, "to")
    fields.end()
    comparison = comparison_of(by, _number(version), since, until, at=at)
    job, repeated = start_job(BACKTEST, comparison.record(), by=by, at=at)
    return answer({"id": job.pk}, 202, **({"repeated": True} if repeated else {}))
