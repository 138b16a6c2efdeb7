"""Reports, as JSON or CSV."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.reports.tables import as_csv
from partidor.inbound.api.v1.answers import answer, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.paging import time_of
from partidor.queries.fairness.report import HEAD, FairnessReport, fairness, table_of

router = Router(tags=["reports"])
Begin = Annotated[str, Query(alias="from", max_length=40, description="RFC 3339; counts offers answered from then on.")]
End = Annotated[str, Query(alias="to", max_length=40, description="RFC 3339; counts offers answered before.")]


@router.get(
    "/fairness",
    response=reads(FairnessReport),
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def report_fairness(
    request: HttpRequest,
    begin: Begin = "",
    end: End = "",
) -> HttpResponse:
    """Show what each partner was due and what it got; `Accept: text/csv` gets the partners as a table.

    `expected`, `received` and `debt` count from the beginning until now; `from` and `to` narrow the other counts.
    """
    by, _ = asker(request)
    since, until = time_of("from", begin), time_of("to", end)
    if since and until and since > until:
        raise WrongContent([FieldError("from", "must not lie after to")])
    report = fairness(by, since=since, until=until)
    if _wants_csv(request):
        return HttpResponse(as_csv(HEAD, table_of(report)), content_type="text/csv; charset=utf-8")
    return answer(report)


def _wants_csv(request: HttpRequest) -> bool:
    accepted = request.META.get("HTTP_ACCEPT", "")
    return "text/csv" in accepted and "application/json" not in accepted
