"""At the rules' editor while it is put in place anew: what is pressed and typed meanwhile, where the focus goes."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from partidor.models import RulesetVersion
from tests.browser.conftest import Sits
from tests.browser.test_rules_builder import THREE, Builder
from tests.world import World

HOLD = """() => {
  const own = XMLHttpRequest.prototype.send;
  XMLHttpRequest.prototype.send = function (body) {
    XMLHttpRequest.prototype.send = own;
    window.send = () => own.call(this, body);
  };
}"""
"""Hold back the next request until the page calls ``send()``."""
EMPLOYEES = {**THREE[0], "when": {"field": "employees", "op": "between", "value": [5, 50]}}


class TestWhatIsPressedWhileAFieldIsSent:
    """A field that is left sends itself: whoever leaves it by pressing something else gets both, in that order."""

    @staticmethod
    def leave(page: Page, field: str, text: str, press: Locator) -> None:
        """Type and press at once; the field's own change reaches the server after the press."""
        page.evaluate(HOLD)
        page.locator(field).fill("")
        page.locator(field).press_sequentially(text)
        press.click()
        page.evaluate("send()")

    def test_undo_takes_back_what_was_typed_and_only_then_what_was_before(self, sits: Sits, world: World) -> None:
        world.rules([EMPLOYEES])
        builder = Builder(sits())
        page, name = builder.page, builder.page.locator("#at-name")
        builder.rename("Kept")
        undo = page.get_by_text("Undo", exact=True)
        self.leave(page, "#at-name", "Half", undo)
        expect(name).to_have_value("Kept")
        self.leave(page, "#at-when-value-1", "a few", undo)
        expect(page.locator("#at-when-value-1")).to_have_value("5")
        expect(name).to_have_value("Kept")
        expect(page.get_by_role("alert")).to_have_count(0)
        builder.done(undo.click)
        expect(name).to_have_value("One")

    def test_it_is_done_to_the_draft_that_came_back(self, sits: Sits, world: World) -> None:
        world.rules(THREE)
        builder = Builder(sits())
        page = builder.page
        self.leave(page, "#at-name", "First", page.get_by_role("button", name="Duplicate this rule"))
        expect(page.locator("#at-name")).to_have_value("First (copy)")
        self.leave(page, "#at-name", "Copied", page.locator("#rule-4"))
        expect(page.locator("#at-name")).to_have_value("Three")
        assert builder.names() == ["First", "Copied", "Two", "Three"]

    def test_it_meets_no_other_line_when_lines_change_their_places(self, sits: Sits, world: World) -> None:
        lines = [{"field": "employees", "op": "gte", "value": value} for value in (1, 2, 3)]
        world.rules([{**THREE[0], "when": {"all": lines}}])
        page = Builder(sits()).page
        page.evaluate(HOLD)
        for at in (0, 1):
            page.get_by_role("button", name="Remove this line").nth(at).click()
        page.evaluate("send()")
        expect(page.locator("#at-when-all-1-value-1")).to_have_value("3")
        expect(page.locator("#at-when-all-0-value-1")).to_have_value("2")

    def test_what_is_published_holds_what_was_typed(self, sits: Sits, world: World) -> None:
        world.rules(THREE)
        builder = Builder(sits())
        page = builder.page
        builder.rename("First")
        page.fill("#note", "Why not")
        self.leave(page, "#at-name", "Last word", page.locator("form[action$='/rules/publish'] button"))
        expect(page.locator(".p-head h1 + span")).to_contain_text("version 4 is in force")
        newest = RulesetVersion.objects.filter(vendor=world.vendor).order_by("-version")[0]
        assert (newest.rules[0]["name"], newest.note) == ("Last word", "Why not")

    def test_what_is_wrong_is_read_first(self, sits: Sits, world: World) -> None:
        world.rules([EMPLOYEES])
        builder = Builder(sits())
        page = builder.page
        self.leave(page, "#at-when-value-1", "a few", page.get_by_role("button", name="Duplicate this rule"))
        expect(page.get_by_text("Give a number, such as 500.")).to_be_visible()
        assert builder.names() == ["One"]

    def test_what_is_typed_meanwhile_stays_and_is_sent_when_it_is_left(self, sits: Sits, world: World) -> None:
        world.rules([EMPLOYEES])
        page = Builder(sits()).page
        least, most, equal = (page.locator(one) for one in ("#at-when-value-1", "#at-when-value-2", "#at-equal"))
        page.evaluate(HOLD)
        least.fill("")
        least.press_sequentially("7")
        equal.click()
        equal.fill("")
        equal.press_sequentially("3")
        page.evaluate("send()")
        expect(page.locator("#publish")).to_be_visible()
        expect(equal).to_have_value("3")
        expect(equal).to_be_focused()
        most.click()
        expect(equal).to_have_attribute("value", "3")
        rule = RulesetVersion.objects.get(vendor=world.vendor, version=0).rules[0]
        assert (rule["when"]["value"], rule["equal_within"]) == ([7, 50], 3)


def test_the_focus_stays_where_one_works_by_keyboard(sits: Sits, world: World) -> None:
    world.rules(THREE)
    builder = Builder(sits())
    page = builder.page

    def enter(pressed: Locator) -> None:
        pressed.focus()
        builder.done(lambda: page.keyboard.press("Enter"))

    when = page.locator(".p-build", has=page.get_by_role("heading", name="When", exact=True))
    enter(when.get_by_role("link", name="Add a condition"))
    expect(page.locator("#at-when-new-subject")).to_be_focused()
    enter(when.get_by_role("link", name="Do not add this line"))
    expect(when.get_by_role("link", name="Add a group")).to_be_focused()
    enter(when.get_by_role("button", name="Take away: One"))
    expect(when.get_by_role("textbox", name="One more value")).to_be_focused()
    enter(page.get_by_text("Undo", exact=True))
    enter(page.get_by_role("button", name="Duplicate this rule"))
    expect(page.locator("#rule-2")).to_be_focused()
    builder.rename("Other")
    enter(page.get_by_text("Undo", exact=True))
    expect(page.get_by_text("Undo", exact=True)).to_be_focused()
