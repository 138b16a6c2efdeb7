"""Partners, sources, fields, rules, keys, people and the fairness report over the API."""

from __future__ import annotations

import csv
import io

import pytest

from tests.inbound.api.calling import Caller
from tests.inbound.web.people import signed_in
from tests.world import ALL_AT_ONCE, ONE_AFTER_ANOTHER, World


class TestPartners:
    def test_are_added_once_per_external_id(self, acme: Caller) -> None:
        payload = {
            "name": "Delta",
            "external_id": "d",
            "kind": "var",
            "tags": {"tier": ["gold"]},
            "weight": 2,
            "address": {"country": "DE", "postal_code": "10115"},
            "location": {"lat": 52.5, "lon": 13.4},
        }
        first = acme.post("/partners", payload)
        again = acme.post("/partners", {**payload, "name": "Other"})
        assert (first.status, first["tags"], first["weight"], first["located"]) == (201, {"tier": ["gold"]}, 2, "given")
        assert (again.status, again["repeated"], again["name"]) == (200, True, "Delta")
        assert acme.get(f"/partners/{first['id']}").card == first.card

    def test_change_pause_resume_and_are_archived(self, world: World, acme: Caller) -> None:
        path = f"/partners/{world.partners['alpen'].pk}"
        assert acme.call("PATCH", path, {"max_open_leads": 3})["max_open_leads"] == 3
        assert acme.call("PATCH", path, {"max_open_leads": None})["max_open_leads"] is None
        assert acme.call("PUT", f"{path}/tags", {"tier": ["gold"]})["tags"] == {"tier": ["gold"]}
        assert acme.call("PUT", f"{path}/tags", {"tags": {"region": ["DE-BY"]}})["tags"] == {"region": ["DE-BY"]}
        paused = acme.post(f"{path}/pause", {"until": None, "reason": "holiday"})
        assert (paused["paused"], paused["paused_until"], paused["pause_reason"]) == (True, None, "holiday")
        assert acme.post(f"{path}/pause", {"until": None})["repeated"] is True
        assert acme.post(f"{path}/resume")["paused"] is False
        assert acme.post(f"{path}/resume")["repeated"] is True
        assert acme.call("DELETE", path)["archived_at"]
        assert acme.call("DELETE", path)["repeated"] is True

    def test_are_listed_with_filters(self, world: World, acme: Caller) -> None:
        acme.call("DELETE", f"/partners/{world.partners['alpen'].pk}")
        names = {partner["name"] for partner in acme.get("/partners")["items"]}
        assert names == {"Bergmann IT", "Citroën & Söhne"}
        assert [p["external_id"] for p in acme.get("/partners?archived=true")["items"]] == ["alpen"]
        assert [p["external_id"] for p in acme.get("/partners?q=berg&kind=reseller&country=de")["items"]] == [
            "bergmann"
        ]
        changed = acme.get("/partners?updated_since=2026-06-01T00:00:00Z")["items"]
        assert [p["external_id"] for p in changed] == ["alpen"]

    @pytest.mark.parametrize(
        "body", [{"weight": 0}, {"name": ""}, {"parents": ["nobody"]}, {"kind": "friend"}, {"x": 1}]
    )
    def test_refuse_what_they_cannot_be(self, world: World, acme: Caller, body: dict[str, object]) -> None:
        answer = acme.call("PATCH", f"/partners/{world.partners['alpen'].pk}", body)
        assert answer.status == 422
        assert answer["errors"][0]["message"]


class TestSourcesAndFields:
    def test_are_added_changed_and_archived(self, acme: Caller) -> None:
        source = acme.post("/sources", {"name": "fair", "kind": "event", "review": True})
        assert (source.status, source["review"], source["default_temperature"]) == (201, True, "warm")
        assert acme.post("/sources", {"name": "fair"})["repeated"] is True
        path = f"/sources/{source['id']}"
        assert acme.call("PATCH", path, {"default_temperature": "hot"})["default_temperature"] == "hot"
        assert acme.get(path)["default_temperature"] == "hot"
        assert acme.call("DELETE", path)["archived_at"]
        assert acme.call("DELETE", path)["repeated"] is True
        assert acme.get(path).status == 404
        assert "fair" not in {each["name"] for each in acme.get("/sources")["items"]}

    def test_a_field_is_defined_once_and_then_read_by_its_type(self, world: World, acme: Caller) -> None:
        assert acme.post("/fields", {"key": "seats", "type": "number", "label": {"en": "Seats"}}).status == 201
        assert acme.post("/fields", {"key": "seats", "type": "text"})["type"] == "number"
        assert [field["key"] for field in acme.get("/fields")["items"]] == ["seats"]
        assert acme.post("/leads", world.inquiry(custom={"seats": "40"}))["custom"] == {"seats": 40}
        assert acme.post("/leads", world.inquiry(custom={"seats": "many"})).status == 422


class TestRulesets:
    def test_are_drafted_published_and_restored(self, acme: Caller) -> None:
        draft = acme.call("PUT", "/rulesets/draft", {"rules": ALL_AT_ONCE})
        assert (draft.status, draft["version"], draft["rules"]) == (200, None, ALL_AT_ONCE)
        published = acme.post("/rulesets/publish", {"note": "everyone"})
        assert (published.status, published.card) == (201, {"version": 3})
        assert acme.post("/rulesets/publish").card == {"version": 3, "repeated": True}
        assert [r["version"] for r in acme.get("/rulesets")["items"] if r["in_force"]] == [3]
        assert acme.get("/rulesets/3")["rules"] == ALL_AT_ONCE
        assert acme.post("/rulesets/2/restore")["rules"] == ONE_AFTER_ANOTHER
        assert acme.get("/rulesets/draft")["rules"] == ONE_AFTER_ANOTHER
        for missing in ("99", "0", "x", "9" * 30):
            assert acme.get(f"/rulesets/{missing}").status == 404

    def test_are_in_force_for_the_very_next_lead(self, world: World, acme: Caller) -> None:
        acme.call("PUT", "/rulesets/draft", {"rules": ALL_AT_ONCE})
        assert len(acme.post("/leads", world.inquiry())["offers"]) == 1
        acme.post("/rulesets/publish")
        assert len(acme.post("/leads", world.inquiry())["offers"]) == 3

    def test_a_stale_change_of_the_draft_is_refused(self, acme: Caller) -> None:
        tag = acme.get("/rulesets/draft").headers["ETag"]
        fresh = acme.call("PUT", "/rulesets/draft", {"rules": ALL_AT_ONCE}, If_Match=tag)
        assert fresh.status == 200
        assert fresh.headers["ETag"] != tag
        for stale in (tag, "nonsense", 'W/"1"'):
            answer = acme.call("PUT", "/rulesets/draft", {"rules": []}, If_Match=stale)
            assert (answer.status, answer["code"]) == (412, "draft-changed")
        assert acme.call("PUT", "/rulesets/draft", {"rules": ALL_AT_ONCE}, If_Match="*").status == 200

    @pytest.mark.parametrize(
        "body", [{}, {"rules": None}, {"rules": "all"}, {"rules": [{}]}, {"rules": [1]}, {"rule": []},
                 {"rules": [{"name": "x", "plan": [{"offer_to": 0, "window": "4h"}]}]}],
    )  # fmt: skip
    def test_wrong_ones_are_refused_with_their_place(self, acme: Caller, body: dict[str, object]) -> None:
        answer = acme.call("PUT", "/rulesets/draft", body)
        assert answer.status == 422
        assert all(error["field"] and error["message"] for error in answer["errors"])

    def test_tags_that_nobody_has_are_taken_with_a_warning(self, acme: Caller) -> None:
        rule = {**ALL_AT_ONCE[0], "who": {"tag": "tier", "op": "in", "value": ["platinum"]}}
        assert "tier" in acme.call("PUT", "/rulesets/draft", {"rules": [rule]})["warnings"][0]

    def test_can_be_tried_and_nothing_is_kept_or_counted(self, world: World, acme: Caller) -> None:
        before = acme.get("/reports/fairness").text
        acme.call("PUT", "/rulesets/draft", {"rules": ALL_AT_ONCE})
        lead = world.inquiry()
        assert len(acme.post("/rulesets/draft/test", {"lead": lead})["chosen"]) == 3
        tried = acme.post("/rulesets/2/test", {"lead": lead})
        assert tried["chosen"] == [str(world.partners["alpen"].pk)]
        assert (tried["id"], tried["ruleset"], tried["trigger"]) == (None, 2, "test")
        assert acme.get("/leads")["items"] == []
        assert acme.get("/reports/fairness").text == before
        assert acme.post("/leads", lead)["offers"][0]["partner"] == tried["chosen"][0]
        refused: list[dict[str, object]] = [
            {}, {"lead": 1}, {"lead": {}}, {"lead": {**lead, "source": "x"}}, {"lead": lead, "more": 1},
        ]  # fmt: skip
        for wrong in refused:
            assert acme.post("/rulesets/draft/test", wrong).status == 422
        assert acme.post("/rulesets/77/test", {"lead": lead}).status == 404


class TestKeysAndPeople:
    def test_a_key_is_shown_once_works_at_once_and_dies_at_once(self, world: World, acme: Caller) -> None:
        made = acme.post("/keys", {"name": "shop", "scopes": ["leads:read"], "partner": None, "expires_at": None})
        assert made.status == 201
        shop = Caller(made["key"])
        assert shop.get("/leads").status == 200
        assert made["key"] not in acme.get("/keys").text
        assert acme.call("DELETE", f"/keys/{made['id']}")["revoked_at"]
        assert shop.get("/leads").status == 401
        assert acme.call("DELETE", f"/keys/{made['id']}")["repeated"] is True

    @pytest.mark.parametrize(
        "body",
        [{"name": "x", "scopes": []}, {"name": "x", "scopes": "all"}, {"name": "x", "scopes": ["sudo"]},
         {"name": "", "scopes": ["leads:read"]}, {"name": "x", "scopes": ["leads:read"], "partner": "7"},
         {"name": "x", "scopes": ["leads:read"], "expires_at": "2020-01-01T00:00:00Z"}],
    )  # fmt: skip
    def test_a_wrong_key_is_refused(self, acme: Caller, body: dict[str, object]) -> None:
        assert acme.post("/keys", body).status == 422

    def test_people_are_invited_once(self, world: World, acme: Caller) -> None:
        body = {"email": "Ida@alpen.example", "name": "Ida", "role": "partner_sales",
                "partner": str(world.partners["alpen"].pk)}  # fmt: skip
        assert acme.post("/people", body).status == 201
        assert acme.post("/people", body)["repeated"] is True
        assert [p["email"] for p in acme.get("/people")["items"] if p["partner"]] == ["ida@alpen.example"]
        other = acme.post("/people", {**body, "role": "partner_manager"})
        assert other.status == 422
        assert "role: is partner_sales here already; take that role away first" in other.text
        assert acme.post("/people", {**body, "role": "administrator"}).status == 422
        assert acme.post("/people", {**body, "partner": "00000000-0000-0000-0000-000000000000"}).status == 404


class TestFairness:
    def test_sums_to_zero_and_shows_what_makes_no_debt(self, world: World, acme: Caller, alpen: Caller) -> None:
        for _ in range(3):
            acme.post("/leads", world.inquiry(temperature="hot"))
        one, two, three = (offer["id"] for offer in alpen.get("/offers")["items"])
        alpen.post(f"/offers/{one}/accept")
        alpen.post(f"/offers/{two}/decline", {"reason": "out_of_area"})
        alpen.post(f"/offers/{three}/decline", {"reason": "capacity"})
        lead = acme.post("/leads", world.inquiry())["id"]
        acme.post(f"/leads/{lead}/assign", {"partner": str(world.partners["citroen"].pk), "reason": "asked"})
        report = acme.get("/reports/fairness").card
        assert {name: each["sum"] for name, each in report["ledgers"].items()} == dict.fromkeys(report["ledgers"], 0)
        assert {"all", "hot"} <= set(report["ledgers"])
        assert set(report["ledgers"]["all"]) == {"sum", "max_debt", "jain", "bound"}
        rows = {row["name"]: row for row in report["partners"]}
        mine = rows["Alpen Systemhaus"]
        assert (mine["picked_up"], mine["declined"], mine["credited"], mine["by_hand"]) == (1, 2, 1, 0)
        assert mine["hot"]["received"] == 3
        assert rows["Citroën & Söhne"]["by_hand"] == 1
        assert acme.get("/reports/fairness?to=2020-01-01T00:00:00Z")["partners"][0]["picked_up"] == 0
        assert acme.get("/reports/fairness?from=soon").status == 422
        backwards = acme.get("/reports/fairness?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z")
        assert (backwards.status, backwards["errors"][0]["field"]) == (422, "from")

    def test_tells_of_a_period_and_of_each_rule_and_region(self, world: World, acme: Caller) -> None:
        acme.post("/leads", world.inquiry())
        acme.post("/leads", world.inquiry(address={"country": "AT", "city": "Wien"}))
        whole = acme.get("/reports/fairness").card
        assert (whole["groups"], whole["told_from"]) == ([], None)
        for by, keys in (("rule", ["Nearest first"]), ("region", ["AT", "DE"])):
            groups = acme.get(f"/reports/fairness?group_by={by}")["groups"]
            assert [group["key"] for group in groups] == keys
            assert sum(row["received"] for group in groups for row in group["partners"]) == 2
        before = acme.get("/reports/fairness?to=2020-01-01T00:00:00Z&group_by=rule").card
        assert (before["groups"], before["value_jain"], before["ledgers"]["all"]["jain"]) == ([], None, None)
        assert [row["debt_now"] for row in before["partners"]] == [row["debt"] for row in whole["partners"]]
        assert acme.get("/reports/fairness?group_by=tier").status == 422
        table = acme.get("/reports/fairness?group_by=region", Accept="text/csv").text
        assert table.splitlines()[0] == "group,name,expected,received,debt,partner"

    def test_gives_a_partner_its_own_row_only(self, alpen: Caller) -> None:
        assert [row["name"] for row in alpen.get("/reports/fairness")["partners"]] == ["Alpen Systemhaus"]

    def test_is_a_table_too_in_which_no_name_is_a_formula(self, acme: Caller) -> None:
        acme.post("/partners", {"name": '=HYPERLINK("x")'})
        answer = acme.get("/reports/fairness", Accept="text/csv")
        assert answer.headers["Content-Type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        assert len(rows) == 4
        assert rows[0]["name"].startswith("'=")


class TestEmptyRules:
    def test_may_be_a_draft_that_the_console_shows_and_are_never_published(self, world: World, acme: Caller) -> None:
        put = acme.call("PUT", "/rulesets/draft", {"rules": []})
        assert (put.status, len(put["warnings"])) == (200, 1)
        refused = acme.post("/rulesets/publish", {"note": "none"})
        assert (refused.status, refused["code"]) == (409, "no-rules")
        assert "every lead would stay unassigned" in refused["detail"]
        page = signed_in(world, "channel_manager").get("/console/acme/rules/")
        assert (page.status_code, "There is no rule" in page.content.decode()) == (200, True)
