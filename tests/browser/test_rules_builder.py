"""Twelve rules for the AdventureWorks network, made and tested on the past in the browser alone; by keyboard, too."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import Page, expect

from partidor.access.jobs import job_for
from partidor.actions.jobs import advance_job, put_back_job, take_up_job
from partidor.actions.partners import add_partners
from partidor.inbound.clock.jobs import run_due_job
from partidor.models import Lead, RulesetVersion, Vendor
from partidor.queries.backtests.results import Outcome
from tests.adventureworks import adventureworks
from tests.browser.conftest import Sits
from tests.world import START, World

TABLES = adventureworks()
RULES = "/console/acme/rules/"
EVERY, HOT, WARM = (
    "Every lead: two in turn, 8 working hours each",
    "Hot: 30 minutes of working time for one, then five in competition",
    "Warm: two",
)
LARGE, SMALL = "From 500 people: 2 working days for one", "Below 500 people: 12 working hours for one, then all"


# without an event, so that only the button sends the line, and whole
FILL = "(field, value) => { field.value = value }"
CHOOSE = "(field, label) => { for (const one of field.options) one.selected = one.label === label }"


@dataclass
class Wanted:
    """A rule as a channel manager would say it: from which preset, and each line as it is filled in."""

    name: str
    preset: str
    when: tuple[tuple[str, ...], ...] = ()
    who: tuple[tuple[str, ...], ...] = ()


SAME_LINE = ("Product line", "is the same as the lead’s", "=Product")
TWELVE = [
    Wanted(
        "Hot in the United States",
        HOT,
        (("Country", "is one of", "United States"),),
        (("Distance", "is at most", "150"),),
    ),
    Wanted("Hot elsewhere", HOT, (), (("Country", "is the same as the lead’s", "=Country"),)),
    Wanted(
        "Road bikes, Canada",
        EVERY,
        (("Product", "is one of", "Road"), ("Country", "is one of", "Canada")),
        (SAME_LINE,),
    ),
    Wanted(
        "Mountain bikes, Canada",
        EVERY,
        (("Product", "is one of", "Mountain"), ("Country", "is one of", "CA")),
        (SAME_LINE,),
    ),
    Wanted("Germany: silver or gold", EVERY, (("Country", "is", "Germany"),), (("Tier", "is at least", "=Silver"),)),
    Wanted("Chains", LARGE, (), (("Type", "is one of", "Warehouse"),)),
    Wanted(
        "Race teams", EVERY, (("Inquiry", "contains", "race; team"),), (("Type", "is one of", "Specialty Bike Shop"),)
    ),
    Wanted(
        "Between 20 and 99 people",
        EVERY,
        (("Employees", "is between", "20", "99"),),
        (("Type", "is none of", "Warehouse"),),
    ),
    Wanted(
        "Named: A Bike Store",
        EVERY,
        (("Company", "begins with", "Contoso"),),
        (("Partner", "is one of", "A Bike Store"),),
    ),
    Wanted("Warm ones", WARM, (), (SAME_LINE, ("Distance", "is at most", "400"))),
    Wanted("Small, same country", SMALL, (), (("Country", "is the same as the lead’s", "=Country"),)),
]


class Builder:
    """Somebody at the rules' editor."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.goto(RULES)

    def done(self, act: Any) -> None:
        """Do something, and wait until the editor has been put in place again."""
        self.page.evaluate("document.getElementById('editor').dataset.old = '1'")
        act()
        expect(self.page.locator("#editor:not([data-old]):not(.htmx-swapping):not(.htmx-settling)")).to_have_count(1)

    def add(self, rule: Wanted) -> None:
        self.page.get_by_text("Add a rule", exact=True).click()
        self.done(self.page.locator("#add-rule button", has_text=rule.preset).click)
        self.rename(rule.name)
        for side, lines in (("when", rule.when), ("who", rule.who)):
            for line in lines:
                self.line(side, *line)

    def rename(self, name: str) -> None:
        field = self.page.locator("#at-name")
        field.fill(name)
        self.done(lambda: field.press("Enter"))

    def line(self, side: str, subject: str, asks: str, *values: str) -> None:
        """Fill in one line; what is nearly always meant may be filled in before its values were given."""
        page, key = self.page, f"#at-{side}-new"
        section = page.locator(".p-build", has=page.get_by_role("heading", name=side.capitalize(), exact=True))
        self.done(section.locator("a", has_text="Add a c").last.click)
        known = page.locator(f"{key}-subject option:checked").inner_text()
        if known != subject:
            self.done(lambda: page.select_option(f"{key}-subject", label=subject))
        if page.locator(key).count() and page.locator(f"{key}-op option:checked").inner_text() != asks:
            self.done(lambda: page.select_option(f"{key}-op", label=asks))
        if not page.locator(key).count():
            return
        if values[0].startswith("="):
            page.locator(f"{key}-value").evaluate(CHOOSE, values[0][1:])
        elif page.locator(f"{key}-new").count():
            page.locator(f"{key}-new").evaluate(FILL, values[0])
        else:
            for at, value in enumerate(values, 1):
                page.locator(f"{key}-value-{at}").evaluate(FILL, value)
        self.done(page.locator(f"{key} .p-save").click)

    def names(self) -> list[str]:
        return self.page.locator(".p-rules .nm").all_inner_texts()

    def publish(self, note: str) -> None:
        self.page.fill("#note", note)
        self.page.locator("form[action$='/rules/publish'] button").click()
        expect(self.page.locator(".p-head h1 + span")).to_contain_text("is in force")


def resellers(world: World) -> None:
    """Give the vendor the resellers of AdventureWorks beside its own partners, and the order of their tiers."""
    assert TABLES is not None
    with (TABLES / "resellers.csv").open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))[:240]
    tier = {"300000": "bronze", "800000": "bronze", "1000000": "silver", "1500000": "silver", "3000000": "gold"}
    add_partners(
        [
            {"name": row["ResellerName"], "external_id": row["ResellerAlternateKey"], "kind": "reseller",
             "address": {"country": row["CountryRegionCode"], "city": row["City"], "postal_code": row["PostalCode"]},
             "location": {"lat": float(row["StoreLat"]), "lon": float(row["StoreLon"])},
             "tags": {"type": [row["BusinessType"]], "product_line": [row["ProductLine"]],
                      "tier": [tier.get(row["AnnualSales"].partition(".")[0], "bronze")]}}
            for row in rows
        ], by=world.manager, at=START)  # fmt: skip


@pytest.mark.skipif(TABLES is None, reason="needs the tables of AdventureWorks")
def test_twelve_rules_for_the_network_of_adventureworks_are_built_and_published(sits: Sits, world: World) -> None:
    resellers(world)
    world.rules([{"name": "Everybody else", "plan": [{"offer_to": 1, "window": "1d"}]}])
    for at, product in enumerate(["Road", "Mountain", "Touring", "Road"]):
        world.receive(at=datetime.now(UTC), product=product, employees=30 * at, temperature=("warm", "hot")[at % 2],
                      address={"country": ("US", "CA", "DE", "US")[at], "city": "Somewhere"})  # fmt: skip
    builder = Builder(sits())
    for rule in TWELVE:
        builder.add(rule)
    assert builder.names() == [*(rule.name for rule in TWELVE), "Everybody else"]
    expect(builder.page.locator("#publish")).to_have_text("What version 4 changes")
    builder.publish("Twelve rules for the network")

    published = RulesetVersion.objects.get(
        vendor=world.vendor, version=Vendor.objects.get(pk=world.vendor.pk).ruleset_version
    )
    rules = {rule["name"]: rule for rule in published.rules}
    assert (published.note, len(rules)) == ("Twelve rules for the network", 12)
    sold = {"not": {"kind": {"in": ["distributor", "affiliate"]}}}
    line = {"tag": "product_line", "op": "matches", "field": "product"}
    assert rules["Road bikes, Canada"]["when"] == {
        "all": [{"field": "product", "op": "in", "value": ["Road"]}, {"field": "country", "op": "in", "value": ["CA"]}]
    }
    assert rules["Warm ones"]["who"] == {"all": [sold, line, {"distance_km": {"lte": 400}}]}
    assert rules["Race teams"]["when"] == {"all": [{"field": "inquiry", "op": "contains", "value": ["race", "team"]}]}
    assert rules["Germany: silver or gold"]["who"] == {
        "all": [sold, {"tag": "tier", "op": "at_least", "value": ["silver"]}]
    }
    assert rules["Between 20 and 99 people"]["when"]["all"] == [
        {"field": "employees", "op": "between", "value": [20, 99]}
    ]
    (partner,) = rules["Named: A Bike Store"]["who"]["all"][1]["partner"]["in"]
    assert len(partner) == 36
    taken = world.receive(at=datetime.now(UTC), product="Road", temperature="warm",
                          address={"country": "CA", "city": "Toronto"}).lead  # fmt: skip
    position = world.again(taken).rule_position
    assert position is not None
    assert published.rules[position - 1]["name"] == "Road bikes, Canada"

    backtested(builder.page, world)


def backtested(page: Page, world: World) -> None:
    """Test the version before on all leads: start it, see how far it is, and read what is different."""
    page.get_by_role("link", name="Back-test").click()
    expect(page.locator("#rules option:checked")).to_contain_text("Version 3")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="It waits for its turn")).to_be_visible()
    begun = take_up_job(at=datetime.now(UTC))
    assert begun is not None
    advance_job(begun, 0.42, at=datetime.now(UTC))
    expect(page.get_by_role("heading", name="42 % of the leads are through")).to_be_visible()
    put_back_job(begun, at=datetime.now(UTC))
    assert run_due_job(lambda: datetime.now(UTC), Event()) == 1
    expect(page.get_by_role("heading", name="Leads that go elsewhere")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 3 against version 4")
    result = job_for(world.clock, begun.pk, result=True).result
    assert result is not None
    found = Outcome(result)
    assert found.leads == Lead.objects.count() == 5
    moved = {Lead.objects.get(pk=one.lead).ref for one in found.elsewhere("moved")}
    assert moved
    rows = page.locator("#changes tbody tr")
    assert {row.locator(".p-under").inner_text() for row in rows.all()} == moved
    gained = next(one for one in found.partners if one.after != one.before)
    page.get_by_label(f"show which, {gained.name}").click()
    expect(page.locator("#by-partner option:checked")).to_have_text(gained.name)
    page.select_option("#by-partner", label="Partner")
    expect(rows).to_have_count(len(moved))
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    assert len(saved.value.path().read_text().splitlines()) == 1 + len(moved)


THREE = [
    {"name": name, "when": {"field": "product", "op": "in", "value": [name]}, "plan": [{"offer_to": 1, "window": "4h"}]}
    for name in ("One", "Two", "Three")
]


def test_rules_are_put_in_order_by_keyboard_by_buttons_and_by_drag(sits: Sits, world: World) -> None:
    world.rules(THREE)
    builder = Builder(sits())
    page = builder.page
    page.focus("#rule-3")
    builder.done(lambda: page.keyboard.press("Alt+ArrowUp"))
    assert builder.names() == ["One", "Three", "Two"]
    expect(page.locator("#rule-2")).to_be_focused()
    page.focus("#down-1")
    builder.done(lambda: page.keyboard.press("Enter"))
    assert builder.names() == ["Three", "One", "Two"]
    expect(page.locator("#down-2")).to_be_focused()
    builder.done(lambda: page.keyboard.press("Enter"))
    assert builder.names() == ["Three", "Two", "One"]
    expect(page.locator("#rule-3")).to_be_focused()  # there is no way further down
    builder.done(page.get_by_role("button", name="Undo").click)
    builder.done(lambda: page.drag_and_drop("#rule-3", "#rule-1", target_position={"x": 40, "y": 4}))
    assert builder.names() == ["Two", "Three", "One"]
    builder.done(page.get_by_role("button", name="Undo").click)
    assert builder.names() == ["Three", "One", "Two"]


@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_the_chosen_rule_stands_alone_in_view(sits: Sits, world: World, script: bool) -> None:
    world.rules(THREE)
    page = sits(width=390, java_script_enabled=script)
    page.goto(RULES)
    expect(page.locator("#rule")).to_be_hidden()
    page.locator("#rule-2").click()
    expect(page.locator("#at-name")).to_have_value("Two")
    expect(page.locator("#at-name")).to_be_in_viewport()
    expect(page.locator("#rule-1")).to_be_hidden()
    page.get_by_text("All rules").click()
    expect(page.locator("#rule-1")).to_be_in_viewport()
    expect(page.locator("#rule")).to_be_hidden()
    page.locator("#rule-3").click()
    expect(page.locator("#at-name")).to_have_value("Three")
    page.go_back()
    expect(page.locator("#rule-1")).to_be_in_viewport()
    expect(page.locator("#rule")).to_be_hidden()


def test_the_last_rule_goes_comes_back_and_a_preset_begins_anew(sits: Sits, world: World) -> None:
    world.rules(THREE[:1])
    builder = Builder(sits())
    page = builder.page
    builder.done(page.get_by_role("button", name="Delete this rule").click)
    expect(page.locator("#no-rule")).to_be_visible()
    builder.done(page.get_by_role("button", name="Undo").click)
    assert builder.names() == ["One"]
    builder.done(page.get_by_role("button", name="Delete this rule").click)
    builder.done(page.locator("#rule button", has_text=HOT).click)
    assert builder.names() == ["Hot leads"]
    expect(page.get_by_role("status")).to_contain_text("stands last, as rule 1")


def test_a_value_that_cannot_be_read_stays_in_its_field_with_a_sentence(sits: Sits, world: World) -> None:
    world.rules([{**THREE[0], "when": {"field": "employees", "op": "gte", "value": 5}}])
    builder = Builder(sits())
    page, field = builder.page, builder.page.locator("#at-when-value-1")
    field.fill("a few")
    builder.done(lambda: field.press("Enter"))
    expect(page.get_by_text("Give a number, such as 500.")).to_be_visible()
    expect(field).to_have_value("a few")
    field.fill("50")
    builder.done(lambda: field.press("Tab"))
    expect(page.locator("#publish")).to_be_visible()
    assert RulesetVersion.objects.get(vendor=world.vendor, version=0).rules[0]["when"]["value"] == 50


def test_who_saves_second_is_told_first(sits: Sits, world: World) -> None:
    world.rules(THREE)
    builder = Builder(sits())
    RulesetVersion.objects.filter(vendor=world.vendor, version=0).update(revision=F("revision") + 1, by_kind="system")
    builder.rename("Mine")
    expect(builder.page.get_by_role("alert")).to_contain_text("Partidor has changed the draft meanwhile")
    expect(builder.page.get_by_role("alert")).to_contain_text("Mine")
    builder.done(builder.page.get_by_role("button", name="Make my change in this draft").click)
    assert builder.names() == ["Mine", "Two", "Three"]


def test_without_javascript_a_value_is_changed_and_published(sits: Sits, world: World) -> None:
    world.rules([{**THREE[0], "when": {"field": "employees", "op": "gte", "value": 5}}])
    page = sits(java_script_enabled=False)
    page.goto(RULES)
    page.fill("#at-when-value-1", "250")
    page.locator("#at-when .p-save").click()
    expect(page.locator("#publish")).to_be_visible()
    page.fill("#note", "From 250")
    page.locator("form[action$='/rules/publish'] button").click()
    expect(page.locator(".p-head h1 + span")).to_contain_text("is in force")
    newest = RulesetVersion.objects.filter(vendor=world.vendor).order_by("-version")[0]
    assert (newest.note, newest.rules[0]["when"]["value"]) == ("From 250", 250)
