"""A rule as people read it: one plain sentence, in English and in German, and its parts."""

from __future__ import annotations

from typing import Any

import pytest

from partidor.domain.routing.ruleset import DEFAULT_RULES, compile_ruleset
from partidor.domain.routing.words.rules import Names, RuleTold, tell
from tests.domain.routing.test_ruleset import EXAMPLE

NAMES = Names(partners={"p1": "Norddata Systemhaus", "p2": "Hansewerk"}, fields={"erp_now": "Today’s ERP"})
ONE = [{"offer_to": 1, "window": "4h"}]


def told(language: str = "en", **parts: Any) -> RuleTold:
    tree = {"name": "R", "plan": ONE, **parts}
    return tell(compile_ruleset([tree]).rules[0], tree, NAMES, language)


def leads(when: Any, language: str = "en") -> str:
    return told(language, when=when).sentence.partition(": ")[0]


def partners(who: Any, language: str = "en") -> str:
    return told(language, who=who).sentence.partition(": ")[2].rpartition(", ")[0].rpartition(", ")[0]


def field(name: str, op: str, value: Any = True) -> dict[str, Any]:
    return {"field": name, "op": op, "value": value}


class TestTheSentence:
    def test_says_the_rule_of_the_book(self) -> None:
        rule = compile_ruleset([EXAMPLE]).rules[0]
        assert tell(rule, EXAMPLE, NAMES, "en").sentence == (
            "From 500 people in DACH: Gold partners of the same vertical within 250 km, "
            "two one after the other, 8 hours each, then five in competition, then all in competition."
        )
        assert tell(rule, EXAMPLE, NAMES, "de-AT").sentence == (
            "Ab 500 Mitarbeitenden in DACH: Gold-Partner derselben Branche im Umkreis von 250 km, "
            "zwei nacheinander, je 8 Stunden, dann fünf im Wettbewerb, dann alle im Wettbewerb."
        )

    def test_says_what_a_new_vendor_starts_with(self) -> None:
        rule = compile_ruleset(DEFAULT_RULES).rules[0]
        assert tell(rule, DEFAULT_RULES[0], NAMES, "en").sentence == (
            "Every lead: partners, other than distributors and affiliates, nearest first, "
            "two one after the other, 12 hours each, then all in competition."
        )
        assert tell(rule, DEFAULT_RULES[0], NAMES, "de").sentence == (
            "Jeder Lead: Partner, außer Distributoren und Affiliates, die nächsten zuerst, "
            "zwei nacheinander, je 12 Stunden, dann alle im Wettbewerb."
        )

    @pytest.mark.parametrize(
        ("when", "english", "german"),
        [
            ({"all": []}, "Every lead", "Jeder Lead"),
            ({"not": {"all": []}}, "No lead", "Kein Lead"),
            (field("temperature", "eq", "hot"), "Hot leads", "Heiße Leads"),
            ({"all": [field("product", "in", ["ERP", "Tills"]), field("temperature", "in", ["hot", "warm"])]},
             "Hot or warm leads for ERP or Tills", "Heiße oder warme Leads zu ERP oder Tills"),
            ({"all": [field("vertical", "eq", "Retail"), field("product", "eq", "ERP"), field("employees", "lt", 50)]},
             "ERP in Retail below 50 people", "ERP aus der Branche Retail unter 50 Mitarbeitenden"),
            (field("country", "in", ["CH", "nl", "fr"]), "In Switzerland, the Netherlands or France",
             "In der Schweiz, den Niederlanden oder Frankreich"),
            (field("country", "in", ["DE", "AT", "CH", "FR"]), "In DACH or France", "In DACH oder Frankreich"),
            (field("region", "in", ["DE-BY", "AT-7"]), "In Bavaria or Tyrol", "In Bayern oder Tirol"),
            (field("country", "not_in", ["DE"]), "Outside Germany", "Außerhalb von Deutschland"),
            ({"not": {"any": [field("country", "eq", "DE"), field("employees", "gte", 1500)]}},
             "Not from 1,500 people outside Germany", "Nicht ab 1.500 Mitarbeitenden außerhalb von Deutschland"),
            ({"any": [field("country", "eq", "DE"), field("language", "eq", "de")]},
             "In Germany or in German", "In Deutschland oder auf Deutsch"),
            ({"all": [field("employees", "between", [50, 200]), {"any": [field("country", "eq", "DE"),
                                                                        field("language", "eq", "de")]}]},
             "With 50 to 200 people (in Germany or in German)",
             "Mit 50 bis 200 Mitarbeitenden (in Deutschland oder auf Deutsch)"),
            (field("company", "contains", "Bau"), "Company contains “Bau”", "Firma enthält „Bau“"),
            ({"not": field("city", "exists")}, "City is not known", "Ort ist nicht bekannt"),
            (field("custom.erp_now", "starts_with", "S"), "Today’s ERP begins with “S”", "Today’s ERP beginnt mit „S“"),
            (field("custom.my_own", "gte", 3), "My own is at least 3", "My own ist mindestens 3"),
            (field("flags", "eq", "duplicate_customer"), "Notes on the lead include Known customer",
             "Hinweise am Lead enthalten Bekannter Kunde"),
            (field("source_kind", "ne", "event"), "Kind of source is not Trade show", "Art der Quelle ist nicht Messe"),
            (field("temperature", "not_in", ["cold"]), "All but cold leads", "Keine kalten Leads"),
            (field("test", "ne", True), "Real leads", "Echte Leads"),
            (field("product", "in", ["A", "B", "C", "D", "E", "F"]), "A, B, C and 3 more", "A, B, C oder 3 weitere"),
        ],
    )  # fmt: skip
    def test_says_which_leads(self, when: Any, english: str, german: str) -> None:
        assert (leads(when), leads(when, "de")) == (english, german)

    @pytest.mark.parametrize(
        ("who", "english", "german"),
        [
            ({"all": []}, "any partner", "alle Partner"),
            ({"tag": "tier", "op": "in", "value": ["gold", "silver"]}, "Gold or Silver partners",
             "Gold- oder Silber-Partner"),
            ({"tag": "tier", "op": "at_least", "value": "silver"}, "partners from Silver up", "Partner ab Silber"),
            ({"all": [{"kind": {"in": ["distributor"]}}, {"tag": "tier", "op": "in", "value": ["gold"]}]},
             "distributors with tier Gold", "Distributoren mit Stufe Gold"),
            ({"not": {"kind": {"in": ["own_sales", "reseller"]}}}, "partners, other than our own sales and resellers",
             "Partner, außer unserem eigenen Vertrieb und Händlern"),
            ({"kind": {"in": ["own_sales"]}}, "our own sales", "unser eigener Vertrieb"),
            ({"tag": "language", "op": "all_of", "value": ["de", "fr"]}, "partners with language German and French",
             "Partner mit Sprache Deutsch und Französisch"),
            ({"tag": "product_line", "op": "not_in", "value": ["road_bike"]}, "partners without Product line Road bike",
             "Partner ohne Product line Road bike"),
            ({"tag": "product_line", "op": "matches", "field": "product"},
             "partners with the lead’s product as Product line", "Partner mit Product line wie Produkt beim Lead"),
            ({"country": {"matches": "country"}}, "partners in the lead’s country", "Partner im Land des Leads"),
            ({"partner": {"in": ["p1", "p2"]}}, "Norddata Systemhaus or Hansewerk",
             "Norddata Systemhaus oder Hansewerk"),
            ({"partner": {"in": ["0192"]}}, "a partner that is gone", "ein Partner, den es nicht mehr gibt"),
            ({"parent": {"in": ["p1"]}}, "partners under Norddata Systemhaus", "Partner unter Norddata Systemhaus"),
            ({"customer_of": True}, "partners working for the customer already",
             "Partner mit Beziehung zum Kunden"),
            ({"not": {"distance_km": {"lte": 1000}}}, "partners more than 1,000 km away",
             "Partner mehr als 1.000 km entfernt"),
            ({"any": [{"tag": "tier", "op": "in", "value": ["gold"]}, {"distance_km": {"lte": 50}}]},
             "Gold partners or partners within 50 km", "Gold-Partner oder Partner im Umkreis von 50 km"),
        ],
    )  # fmt: skip
    def test_says_which_partners(self, who: Any, english: str, german: str) -> None:
        assert (partners(who), partners(who, "de")) == (english, german)

    def test_counts_what_would_make_it_too_long(self) -> None:
        many = [field(name, "eq", "x") for name in ("company", "city", "street", "email", "phone", "role", "timeline")]
        assert leads({"all": many}).endswith("phone is “x” and 2 more conditions")
        deep: Any = field("city", "eq", "x")
        for at in range(6):
            deep = {("any", "all")[at % 2]: [field("company", "eq", str(at)), deep]}
        assert "and 1 more condition" in leads(deep)
        steps = [{"offer_to": 2, "window": "90s", "repeat": 3}, *[{"offer_to": "all", "window": "1d"}] * 5]
        assert told(plan=steps).sentence.endswith(
            "two in competition, 3 times, 90 seconds each, then all in competition, then all in competition, "
            "then 3 more steps."
        )


class TestTheParts:
    def test_are_lines_of_when_and_who(self) -> None:
        parts = told(
            when={"all": [field("employees", "gte", 500), field("product", "in", ["ERP", "Tills"]),
                          {"any": [field("country", "in", ["DE", "AT"]), field("language", "eq", "de")]}]},
            who={"all": [{"tag": "tier", "op": "in", "value": ["gold"]},
                         {"tag": "vertical", "op": "matches", "field": "vertical"}, {"distance_km": {"lte": 250}}]},
        )  # fmt: skip
        assert [(line.depth, line.glue, line.subject, line.asks, line.values) for line in parts.when] == [
            (0, "all of", "Employees", "is at least", ("500",)),
            (0, "and", "Product", "is one of", ("ERP", "Tills")),
            (1, "any of", "Country", "is one of", ("Germany", "Austria")),
            (1, "or", "Language", "is", ("German",)),
        ]
        assert [" ".join([line.glue, line.subject, line.asks, *line.values]) for line in parts.who] == [
            "all of Tier is Gold", "and Vertical is the same as the lead’s Vertical", "and Distance is at most 250 km",
        ]  # fmt: skip

    def test_are_points_and_steps(self) -> None:
        rule = tell(compile_ruleset([EXAMPLE]).rules[0], EXAMPLE, NAMES, "en")
        assert [(one.text, one.points, round(one.share, 2)) for one in rule.order] == [
            ("Has certification iso27001", "30 points", 1.0),
            ("Is nearer, nothing from 250 km on", "20 points", 0.67),
            ("Wins more of what is decided", "25 points", 0.83),
            ("Has room for more leads", "25 points", 0.83),
        ]
        assert rule.equal == "Within 5 points: equally suitable, the fair share decides."
        assert [(step.title, step.text) for step in rule.plan] == [
            ("One partner, twice", "8 hours each, reminder after 4 hours, sees everything"),
            ("Then 5 in competition", "24 hours, teaser first; you are told"),
            ("Then all of them", "48 hours, teaser first; then your list"),
        ]
        assert rule.notes[-1].startswith("The time runs in working hours only")

    def test_say_when_the_best_of_those_interested_is_chosen(self) -> None:
        plan = [{"offer_to": 3, "window": "3d", "award": {"best_after": "1d"}}, {"offer_to": "all", "window": "2d"}]
        english, german = told(plan=plan, award={"best_after": "10m"}), told("de", plan=plan)
        assert [step.text.partition("first, ")[2] for step in english.plan] == [
            "after 1 day the best of those interested gets it",
            "after 10 minutes the best of those interested gets it; then your list",
        ]
        assert german.plan[0].text.endswith("nach 1 Tag bekommt ihn der Beste der Interessierten")
        assert "three in competition, 3 days (the best interested gets it), then all" in english.sentence

    def test_are_complete_where_the_rule_is_bare(self) -> None:
        parts = told("de", otherwise="stop", known_customer="ignore")
        assert (parts.when[0].subject, parts.who[0].subject, parts.order) == ("Jeder Lead", "Alle Partner", ())
        assert parts.equal == "Alle sind gleich gut geeignet, und der faire Anteil entscheidet."
        assert len(parts.notes) == 2
