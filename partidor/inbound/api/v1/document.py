"""The OpenAPI document and its page. Swagger's files come out of ninja's package, so that no other host is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ninja
import orjson
from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from partidor.inbound.api.v1.problems import CONTENT_TYPE

FILES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui-init.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
}
WARNING = ("leads_assign",)
"""Operations whose answer may warn."""
_PLACE = Path(ninja.__file__).parent / "static" / "ninja"

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Partidor API</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="icon" href="docs/favicon.svg" type="image/svg+xml">
</head>
<body data-api-csrf="" data-csrf-token="">
<script type="application/json" id="swagger-settings">{"url": "openapi.json", "layout": "BaseLayout", "deepLinking": true, "validatorUrl": null}</script>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/swagger-ui-init.js"></script>
</body>
</html>
"""  # noqa: E501

DESCRIPTION = """Distributes a vendor's sales leads across its partners.

Send `Authorization: Bearer <key>` with every call. Errors are `application/problem+json` (RFC 9457): branch by `code`.
Send an `Idempotency-Key` with any POST to make repeating it safe. What was done already answers 200 with
`"repeated": true`. Times are RFC 3339 in UTC, amounts decimal texts, ids UUIDs. A GET refuses (422) a parameter that it
does not know, and names those that it does.
"""

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "The same key with the same body gets the same answer for seven days; another body is refused.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag that the change was made from; 412 when it is stale.",
}


REPEATED = {
    "type": "boolean",
    "description": "Only there, and true, when what the call does was done already; nothing was changed.",
}
WARNINGS = {"type": "array", "items": {"type": "string"}, "description": "What speaks against it, if anything does."}
UNKNOWN_PARAMETER = "A parameter is not right, or not known; `errors` names it and what would be right."
REPLAYED = {"schema": {"type": "string"}, "description": "`true` when this is the kept answer of an earlier call."}
ETAG = {"schema": {"type": "string"}, "description": "Send it as `If-Match` with the change made from this."}


def docs_page(request: HttpRequest) -> HttpResponse:
    """Show the document readably."""
    return HttpResponse(PAGE)


def docs_file(request: HttpRequest, name: str) -> FileResponse:
    """Give one of Swagger's files."""
    if name not in FILES:
        raise Http404
    response = FileResponse((_PLACE / name).open("rb"), content_type=FILES[name])
    response["Cache-Control"] = "public, max-age=86400"
    return response


def openapi_json(document: bytes) -> HttpResponse:
    """Give the document."""
    return HttpResponse(document, content_type="application/json")


def finished(document: dict[str, Any]) -> bytes:
    """Say in the document what ninja cannot know: how problems are written, and which headers are read."""
    for operations in document["paths"].values():
        for method, operation in operations.items():
            responses = operation["responses"] = {str(code): told for code, told in operation["responses"].items()}
            for status, response in responses.items():
                if int(status) >= 400 and "content" in response:
                    response["content"] = {CONTENT_TYPE: response["content"].pop("application/json")}
            if "429" in responses:
                responses["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
            if method == "get" and "422" in responses:
                responses["422"]["description"] = UNKNOWN_PARAMETER
            done = responses.get("200", {})
            if method != "get" and "content" in done:
                media = done["content"]["application/json"]
                more = {"repeated": REPEATED} | ({"warnings": WARNINGS} if operation["operationId"] in WARNING else {})
                media["schema"] = {"allOf": [media["schema"], {"type": "object", "properties": more}]}
            if operation["operationId"].endswith("_draft"):
                done.setdefault("headers", {})["ETag"] = ETAG
            if method == "post":
                for status in {"200", "201", "202"} & responses.keys():
                    responses[status].setdefault("headers", {})["Idempotent-Replay"] = REPLAYED
                operation["parameters"].append(IDEMPOTENCY_KEY)
            if method == "put" and "412" in responses:
                operation["parameters"].append(IF_MATCH)
    return orjson.dumps(document)
