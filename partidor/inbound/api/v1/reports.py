"""Reports, as JSON or CSV."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.reports.tables import as_csv
from partidor.inbound.api.v1.answers import answer, reads
from partidor.inbound.api.v1.auth import asker
from partidor.inbound.api.v1.paging import time_of
from partidor.queries.fairness.report import GROUP_HEAD, HEAD, FairnessReport, fairness, groups_of, table_of
from partidor.queries.fairness.sums import Span

router = Router(tags=["reports"])
Begin = Annotated[
    str, Query(alias="from", max_length=40, description="RFC 3339; leads handed out and answers from then on.")
]
End = Annotated[str, Query(alias="to", max_length=40, description="RFC 3339; before then (exclusive).")]
Grouping = Annotated[Literal["", "rule", "region"], Query(description="Also what was due and came in each of them.")]


@router.get(
    "/fairness",
    response=reads(FairnessReport),
    openapi_extra={"responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def report_fairness(
    request: HttpRequest,
    begin: Begin = "",
    end: End = "",
    group_by: Grouping = "",
) -> HttpResponse:
    """Show what each partner was due and what it got; `Accept: text/csv` gets the partners, or the groups, as a table.

    Without `from` and `to` everything until now. With them, of that period: what was due and received is the sum over
    the decisions in it, and `debt_now` is the debt of all time. `told_from` says from when on decisions can be summed.
    """
    by, at = asker(request)
    since, until = time_of("from", begin), time_of("to", end)
    if since and until and since > until:
        raise WrongContent([FieldError("from", "must not lie after to")])
    report = fairness(by, Span(since, until), at=at, by=group_by)
    if _wants_csv(request):
        head, rows = (GROUP_HEAD, groups_of(report)) if group_by else (HEAD, table_of(report))
        return HttpResponse(as_csv(head, rows), content_type="text/csv; charset=utf-8")
    return answer(report)


def _wants_csv(request: HttpRequest) -> bool:
    accepted = request.META.get("HTTP_ACCEPT", "")
    return "text/csv" in accepted and "application/json" not in accepted
