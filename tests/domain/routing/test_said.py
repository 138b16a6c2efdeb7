"""What people read of a rule and of a decision: words, never codes."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.domain import words
from partidor.domain.facts import Value
from partidor.domain.routing.explain import Reason, sentence
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.words.held import held_said
from partidor.domain.routing.words.missed import closest
from partidor.domain.routing.words.naming import named, tag_name
from partidor.domain.routing.words.reasons import heading

RETAIL = {
    "all": [
        {"field": "product", "op": "in", "value": ["Till system", "Scales"]},
        {
            "any": [
                {"field": "country", "op": "in", "value": ["DE", "AT"]},
                {"field": "test", "op": "eq", "value": True},
            ]
        },
        {"field": "employees", "op": "gte", "value": 50},
        {"not": {"field": "flags", "op": "eq", "value": "duplicate_customer"}},
    ]
}


def told(tree: object, values: dict[str, Value], language: str) -> str:
    return "".join(f"*{part.text}*" if part.strong else part.text for part in held_said(tree, values, language))


class TestWhatHeld:
    def test_is_said_with_the_leads_own_values(self) -> None:
        lead: dict[str, Value] = {"product": "till system", "country": "AT", "employees": 1200}
        assert told(RETAIL, lead, "en") == (
            "product is *till system* and country is *Austria* and employees at least *50* (1,200) "
            "and not (notes on the lead include *Known customer*)"
        )
        assert told(RETAIL, lead, "de").startswith(
            "Produkt ist *till system* und Land ist *Österreich* und Mitarbeitende mindestens *50* (1.200)"
        )

    def test_names_custom_fields_by_their_labels(self) -> None:
        tree = {"field": "custom.tills", "op": "gt", "value": 3}
        said = held_said(tree, {"custom.tills": 9}, "de", {"tills": "Anzahl Kassen"})
        assert "".join(part.text for part in said) == "Anzahl Kassen über 3 (9)"

    @pytest.mark.parametrize("always", [None, {"all": []}])
    def test_is_nothing_where_every_lead_would_do(self, always: object) -> None:
        assert held_said(always, {}, "en") == ()


class TestClosest:
    RULES = compile_ruleset(
        [
            {"name": name, "when": when, "plan": [{"offer_to": 1, "window": "8h"}]}
            for name, when in (
                ("Far", {"all": [{"field": "country", "op": "in", "value": ["US"]},
                                 {"field": "employees", "op": "gte", "value": 500},
                                 {"field": "product", "op": "eq", "value": "ERP"}]}),
                ("Near", {"all": [{"field": "country", "op": "in", "value": ["DE", "AT"]},
                                  {"all": [{"field": "employees", "op": "gte", "value": 500}]}]}),
                ("Either", {"any": [{"field": "city", "op": "exists"}, {"field": "value", "op": "gt", "value": 10}]}),
                ("Silent", {"all": [{"field": "vertical", "op": "eq", "value": "retail"}]}),
            )
        ]
    ).rules  # fmt: skip

    def test_rules_are_told_with_what_failed_and_what_the_lead_says(self) -> None:
        found = closest(self.RULES, {"country": "AT", "employees": 120, "product": "ERP"}, "en")
        assert [(one.position, one.conditions, one.failed) for one in found] == [
            (2, 2, ("employees at least 500 (this lead: 120)",)),
            (3, 1, ("city is known or value over 10",)),
            (4, 1, ("vertical is retail (this lead does not say)",)),
        ]

    def test_speak_german(self) -> None:
        (near, *_) = closest(
            self.RULES, {"country": "CH", "city": "Bern", "vertical": "retail", "employees": 500}, "de"
        )
        assert near.failed == ("Land ist Deutschland oder Österreich (dieser Lead: Schweiz)",)

    def test_leave_out_whatever_holds(self) -> None:
        assert [one.position for one in closest(self.RULES, {"city": "Bern", "vertical": "retail"}, "en")] == [2, 1]


class TestReasons:
    @pytest.mark.parametrize(
        ("code", "facts", "en", "de"),
        [
            ("kind", {"values": ["system_integrator", "var"], "has": ["oem"]},
             "The rule asks for another kind of partner (system integrator or value-added reseller); this one is OEM",
             "Die Regel verlangt eine andere Art von Partner (Systemhaus oder Fachhändler (VAR)); dieser ist OEM"),
            ("country", {"values": ["DE", "AT"], "has": ["CH"]},
             "The rule asks for a partner in Germany or Austria; this one is in Switzerland",
             "Die Regel verlangt Deutschland oder Österreich; Land dieses Partners: Schweiz"),
            ("too_far", {"km": 412.4, "most": 250.0}, "412 km away, the rule allows 250 km",
             "412 km entfernt, die Regel erlaubt 250 km"),
            ("too_far", {"km": 250.3, "most": 250.0}, "250.3 km away, the rule allows 250 km",
             "250,3 km entfernt, die Regel erlaubt 250 km"),
            ("at_capacity", {"max_open_leads": 12}, "Full: the limit of 12 open leads was reached",
             "Ausgelastet: die Grenze von 12 offenen Leads war erreicht"),
            ("at_capacity", {"monthly_cap": 30, "weekly_pace": 4},
             "Full: the limit of 30 leads a month was reached and the pace of 4 leads in seven days was reached",
             ("Ausgelastet: die Grenze von 30 Leads im Monat war erreicht und "
             "das Tempo von 4 Leads in sieben Tagen war erreicht")),
            ("tag_in", {"dimension": "language", "values": ["fr"], "has": []},
             "The rule asks for language French; this partner has none",
             "Die Regel verlangt Sprache Französisch; dieser Partner hat keine Angabe"),
        ],
    )  # fmt: skip
    def test_are_said_in_words(self, code: str, facts: dict[str, Any], en: str, de: str) -> None:
        assert (sentence(Reason(code, facts), "en"), sentence(Reason(code, facts), "de-AT")) == (en, de)

    def test_have_a_heading_for_all_partners_of_one(self) -> None:
        lacking = Reason("tag_in", {"dimension": "certification", "values": ["iso27001"], "has": []})
        assert heading(lacking, "en") == "no certification iso27001"
        assert heading(lacking, "de") == "ohne Zertifikat iso27001"


class TestNames:
    @pytest.mark.parametrize("table", ["temperature", "source_kind", "partner_kind", "contact_role", "dimension",
                                       "field", "flag"])  # fmt: skip
    def test_are_there_in_german_for_every_code(self, table: str) -> None:
        abbreviations = {"OEM", "IT"}
        same = {code for code, name in words.NAMES[table].items() if named(table, code, "de") == name} - {"warm"}
        assert {words.NAMES[table][code] for code in same} - abbreviations <= {
            "Region", "Distributor", "Affiliate", "Warm", "compliance",
        }  # fmt: skip

    def test_of_tags_are_words(self) -> None:
        assert tag_name("tier", "silver", "de") == "Silber"
        assert tag_name("vertical", "food_retail", "en") == "Food retail"
        assert tag_name("region", "DE-BY", "en") == "Bavaria"
        assert tag_name("certification", "ISO 27001", "de") == "ISO 27001"
