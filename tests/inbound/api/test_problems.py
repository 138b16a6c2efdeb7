"""Every no is a problem with a status, a code and a sentence; never a trace, never a 5xx for bad input."""

from __future__ import annotations

import logging

import pytest
from django.test import Client, RequestFactory, override_settings

from partidor.domain.refusal import Refusal
from partidor.inbound.api.v1 import bodies, leads, problems
from tests.inbound.api.calling import Answer, Caller
from tests.world import World


def problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer["status"], answer["code"]) == (status, status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer["title"]
    assert answer["detail"]
    assert answer["type"].endswith(code)


NOT_OVER_THE_API = {
    "UnreadableTable", "InvitationOver", "NotYourself", "LastAdministrator", "UploadTooLarge", "TooManyRows",
    "NotOnThisMachine",
}  # fmt: skip


class TestStatus:
    def test_is_known_of_every_refusal(self) -> None:
        waiting, unknown = [Refusal], []
        while waiting:
            for refusal in waiting.pop().__subclasses__():
                waiting.append(refusal)
                if refusal.__module__.startswith("partidor.") and not set(refusal.__mro__) & set(problems.STATUS):
                    unknown.append(refusal.__name__)
        assert set(unknown) <= NOT_OVER_THE_API, f"give them a status in problems.py: {unknown}"


class TestWithoutAKey:
    @pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer nonsense", "ptd_x"])
    def test_everything_is_401_and_says_how(self, world: World, header: str | None) -> None:
        answer = Caller().get("/leads", **({} if header is None else {"Authorization": header}))
        problem(answer, 401, "unknown-key")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_the_document_and_its_page_are_readable(self, world: World) -> None:
        document = Caller().get("/openapi.json")
        assert (document.status, document["openapi"]) == (200, "3.1.0")
        page = Caller().get("/docs")
        assert page.status == 200
        assert "://" not in page.text, "no other host is asked"
        assert Caller().get("/docs/swagger-ui-bundle.js").status == 200
        assert Caller().get("/docs/redoc.standalone.js").status == 404


class TestTheDocument:
    def test_tells_of_repeats_warnings_and_headers(self, world: World) -> None:
        paths = Caller().get("/openapi.json")["paths"]
        assigned = paths["/api/v1/leads/{lead_id}/assign"]["post"]["responses"]["200"]
        more = assigned["content"]["application/json"]["schema"]["allOf"][1]["properties"]
        assert set(more) == {"repeated", "warnings"}
        assert "Idempotent-Replay" in assigned["headers"]
        assert "ETag" in paths["/api/v1/rulesets/draft"]["get"]["responses"]["200"]["headers"]
        assert "headers" not in paths["/api/v1/leads"]["get"]["responses"]["200"]


class TestBodiesThatNobodyRead:
    def test_are_read_away_so_that_the_connection_serves_the_next_call(self) -> None:
        request = RequestFactory().generic("POST", "/", b"x" * 200_000)
        assert bodies.drained(request)
        assert request.read() == b""

    def test_end_the_connection_where_there_is_no_end_to_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "DRAINED", 1000)
        assert not bodies.drained(RequestFactory().generic("POST", "/", b"x" * 1001))
        assert bodies.drained(RequestFactory().generic("POST", "/", b"x" * 999))

    @pytest.mark.parametrize("path", ["/leads", "/nowhere"])
    def test_in_chunks_end_the_connection_and_say_so(self, world: World, path: str) -> None:
        assert Caller().post(path, {"a": 1}, Transfer_Encoding="chunked").headers["Connection"] == "close"
        assert "Connection" not in Caller().post(path, {"a": 1}).headers


class TestBodies:
    @pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"nonsense", b'{"a": NaN}', b'"\xed\xa0\x80"'])
    def test_that_are_no_json_are_400(self, acme: Caller, body: bytes) -> None:
        problem(acme.post("/leads", body), 400, "unreadable")

    @pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"text"'])
    def test_that_are_no_object_are_422(self, acme: Caller, body: bytes) -> None:
        problem(acme.post("/leads", body), 422, "wrong-content")

    def test_have_a_limit(self, acme: Caller) -> None:
        problem(acme.post("/leads", b" " * (1 << 20) + b"{}"), 413, "too-large")
        assert acme.post("/leads/bulk", b" " * (1 << 20) + b'{"leads": []}').status == 200
        problem(acme.post("/leads/bulk", b" " * (10 << 20) + b"{}"), 413, "too-large")

    def test_in_chunks_are_refused_and_not_taken_for_empty(self, acme: Caller) -> None:
        problem(acme.post("/leads", None, Transfer_Encoding="chunked"), 400, "unreadable")

    @pytest.mark.parametrize("deep", [100, 900, 100_000])
    def test_that_are_absurdly_deep_are_refused(self, acme: Caller, deep: int) -> None:
        for path in ("/leads", "/sources", "/rulesets/publish"):
            assert acme.post(path, b'{"mapping": ' + b'{"a":' * deep + b"1" + b"}" * (deep + 1)).status in (400, 422)

    def test_of_rules_that_are_absurdly_deep_name_rule_and_path(self, acme: Caller) -> None:
        for deep in (21, 60, 3_000):
            when = b'{"all": [' * deep + b"1" + b"]}" * deep
            body = b'{"rules": [{"name": "Deep", "plan": [{"offer_to": 1, "window": "1h"}], "when": ' + when + b"}]}"
            answer = acme.call("PUT", "/rulesets/draft", body)
            assert answer.status == 422
            assert "rules" in answer.text
            assert "nested deeper than" in answer.text
        problem(acme.call("PUT", "/rulesets/draft", b'{"rules": [' + b" " * (2 << 20) + b"]}"), 413, "too-large")

    @pytest.mark.parametrize("path", ["/keys", "/people", "/sources", "/fields", "/partners", "/rulesets/publish"])
    def test_with_unknown_keys_are_refused_by_name(self, acme: Caller, path: str) -> None:
        answer = acme.post(path, {"colour": "red"})
        problem(answer, 422, "wrong-content")
        assert "colour" in {error["field"] for error in answer["errors"]}


class TestAddresses:
    def test_that_do_not_exist_are_404(self, acme: Caller) -> None:
        for path in ("/", "/nothing", "/leads/1/2/3", "/reports/pipeline", "/webhooks", "/jobs/1"):
            problem(acme.get(path), 404, "not-found")

    def test_are_refused_as_problems_without_the_last_slash_too(self, acme: Caller) -> None:
        problem(acme.get(""), 404, "not-found")

    @pytest.mark.parametrize(
        ("path", "unknown", "known"),
        [
            ("/leads?state=accepted", "state", "status"),
            ("/partners?limit=1&colour=red", "colour", "external_id"),
            ("/sources?archived=true", "archived", "cursor"),
            ("/reports/fairness?since=2026-01-01T00:00:00Z", "since", "from"),
            ("/rulesets/draft?x=1", "x", "none"),
        ],
    )
    def test_name_a_parameter_that_they_do_not_know(self, acme: Caller, path: str, unknown: str, known: str) -> None:
        answer = acme.get(path)
        problem(answer, 422, "wrong-content")
        (error,) = answer["errors"]
        assert error["field"] == unknown
        assert known in error["message"]

    def test_know_every_parameter_of_the_document(self, acme: Caller) -> None:
        for path, operations in Caller().get("/openapi.json")["paths"].items():
            names = [each["name"] for each in operations.get("get", {}).get("parameters", ()) if each["in"] == "query"]
            assert len({"limit", "cursor"} & set(names)) in (0, 2), path
            if names and "{" not in path:
                answer = acme.get(f"{path.removeprefix('/api/v1')}?{'&'.join(f'{name}=' for name in names)}")
                assert "is not known" not in answer.text, path

    def test_that_are_nowhere_are_a_problem_too_whatever_is_posted(self, db: None) -> None:
        for path in ("leads/%01/duplicates", "nowhere"):
            answer = Client(enforce_csrf_checks=True).post(f"/api/v1/{path}", "{}", content_type="application/json")
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")

    def test_say_which_methods_they_know(self, acme: Caller) -> None:
        answer = acme.call("DELETE", "/leads")
        problem(answer, 405, "wrong-method")
        assert answer.headers["Allow"] == "GET, POST"


class TestRate:
    def test_is_counted_per_key_and_says_when_to_go_on(self, world: World, acme: Caller, alpen: Caller) -> None:
        with override_settings(API_RATE=(3, 1)):  # the whole of it, however many processes there are
            assert [acme.get("/leads").status for _ in range(4)] == [200, 200, 200, 429]
            assert [alpen.get("/leads").status for _ in range(2)] == [200, 429]
            answer = acme.get("/leads")
        problem(answer, 429, "too-many-requests")
        assert 1 <= int(answer.headers["Retry-After"]) <= 60


class TestABug:
    def test_is_logged_and_told_without_its_trace(
        self, world: World, acme: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*args: object, **kwargs: object) -> None:
            raise ZeroDivisionError("a secret detail")

        monkeypatch.setattr(leads, "receive_lead", fail)
        with caplog.at_level(logging.ERROR):
            answer = acme.post("/leads", world.inquiry())
        problem(answer, 500, "broken")
        assert "secret detail" not in answer.text
        assert "ZeroDivisionError" in caplog.text
