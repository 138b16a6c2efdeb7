"""Every page as people meet it: wide and narrow, light and dark, in both languages; looked at by a machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from assets.catalogues import PACKAGE
from partidor.access.jobs import BACKTEST
from partidor.access.viewer import viewer_of_membership
from partidor.actions.jobs import start_job
from partidor.actions.ledger import keep_weeks
from partidor.actions.offers import accept_offer, decline_offer
from partidor.inbound.clock.jobs import run_due_job
from partidor.models import Delivery, Lead, Notice, Offer
from partidor.queries.backtests.run import comparison_of
from tests.browser.conftest import Sits
from tests.inbound.web.people import person_of
from tests.world import ONE_AFTER_ANOTHER, World

pytestmark = pytest.mark.any_database("how pages look and go by keyboard")
HOSTILE = {
    "company": "<script>alert(1)</script> " + "W" * 80 + " \u202eGmbH\u202c 🦊",
    "contact": {"first_name": '"><img src=x onerror=alert(1)>', "last_name": "O'Brien & Söhne", "email": "x@y.example"},
    "inquiry": '=HYPERLINK("http://evil.example")\n<b>bold</b> ' + "x" * 300 + " مرحبا 你好",
    "product": "{{ 7 * 7 }} {% now %}",
    "vertical": "'; DROP TABLE lead; --",
}
LOOKS = [
    pytest.param(390, "light", "de", id="phone light de"),
    pytest.param(390, "dark", "en", id="phone dark en"),
    pytest.param(1440, "light", "en", id="desk light en"),
    pytest.param(1440, "dark", "de", id="desk dark de"),
]
RAW = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-|\d{4}-\d{2}-\d{2}T\d{2}:|\bNone\b|\bTrue\b|\bFalse\b|%\(\w+\)s|\{\w+\}|"
    r"\b(?:partner_manager|partner_sales|channel_manager|system_integrator|own_sales|in_review|no_rule|no_partner|"
    r"nobody_left|handed_back|by_hand|known_customer|postal_code|duplicate_customer|no_vertical_match|out_of_area)\b"
)
"""What no page may show to people: ids, ISO times, codes, holes in sentences."""


@cache
def english_only() -> frozenset[str]:
    """Return the English texts that German says differently."""
    paths = (PACKAGE / "locale").rglob("de/LC_MESSAGES/django.po")
    listed = [message for path in paths for message in read_po(BytesIO(path.read_bytes()))]
    said = {str(message.string).casefold() for message in listed}
    return frozenset(m.id for m in listed if isinstance(m.id, str) and m.id and m.id.casefold() not in said)


@pytest.fixture
def scene(world: World) -> dict[str, Any]:
    """Leads in every state, with names and texts that mean no good."""
    at = datetime.now(UTC)
    leads: dict[str, Lead] = {}
    for weeks in (2, 1):
        keep_weeks(at=at - timedelta(weeks=weeks))
    person = person_of(world, "partner_manager", "alpen")
    viewer = viewer_of_membership(person)
    world.rules([{**ONE_AFTER_ANOTHER[0], "when": {"field": "product", "op": "ne", "value": "Gizmo"}}])
    leads["offered"] = world.receive(at=at - timedelta(hours=1), temperature="hot", **HOSTILE).lead
    leads["accepted"] = world.receive(at=at - timedelta(hours=2), employees=85, value="48000.00").lead
    accept_offer(Offer.objects.get(lead=leads["accepted"]).pk, by=viewer, at=at - timedelta(hours=1))
    leads["declined"] = world.receive(at=at - timedelta(hours=3), temperature="cold").lead
    offer = Offer.objects.get(lead=leads["declined"])
    decline_offer(offer.pk, reason="capacity", by=viewer, at=at - timedelta(hours=2))
    leads["unassigned"] = world.receive(at=at - timedelta(days=1), product="Gizmo").lead
    notice = Notice.objects.filter(kind="offer.opened")[0]
    kept = Delivery(vendor=world.vendor, notice=notice, address="a@b.example", outcome="kept", subject="Betreff",
                    text="Text", html="<p>Text</p>", created_at=at, done_at=at)  # fmt: skip
    Delivery.put([kept])
    compared = [comparison_of(world.clock, version, None, at, at=at).record() for version in (1, 2)]
    tests = [str(start_job(BACKTEST, one, by=world.clock, at=at)[0].pk) for one in compared]
    run_due_job(lambda: at, Event())  # one is done, the other waits
    return {
        "leads": leads, "offer": Offer.objects.get(lead=leads["offered"]), "mail": kept, "world": world, "tests": tests,
    }  # fmt: skip


Pages = Callable[[dict[str, Any]], list[str]]


def portal(scene: dict[str, Any]) -> list[str]:
    leads, offer = scene["leads"], scene["offer"]
    declined = Offer.objects.get(lead=leads["declined"], partner=scene["world"].partners["alpen"])
    return [
        "/portal/", f"/portal/offers/{offer.pk}", f"/portal/offers/{offer.pk}/decline",
        f"/portal/offers/{declined.pk}", "/portal/leads/", f"/portal/leads/{leads['accepted'].pk}",
        "/portal/figures/", "/portal/me/", f"/portal/me/hours/{scene['world'].partners['alpen'].pk}",
    ]  # fmt: skip


def console(scene: dict[str, Any]) -> list[str]:
    at, partner = "/console/acme", scene["world"].partners["alpen"].pk
    return [
        f"{at}/", f"{at}/leads/", f"{at}/leads/?q=nothing+at+all",
        *(f"{at}/leads/{lead.ref}" for lead in scene["leads"].values()),
        f"{at}/partners/", f"{at}/partners/{partner}",
        *(f"{at}/partners/{each}" for each in ("map", "tree", "new", "import", f"{partner}/edit", f"{partner}/tags")),
        f"{at}/leads/import",
        f"{at}/reports/fairness", f"{at}/reports/fairness?period=30&region=DE",
        f"{at}/partners/{partner}/hours", f"{at}/hours/",
        f"{at}/rules/", f"{at}/rules/1", f"{at}/rules/history",
        f"{at}/rules/?rule=1&add=when", f"{at}/rules/open/no-rule", f"{at}/rules/open/unreached",
        f"{at}/rules/?rule=1&add=plan", f"{at}/people/", f"{at}/keys/",
        f"{at}/rules/trial", f"{at}/rules/trial?typed=1&country=DE",
        f"{at}/rules/trial?lead={scene['leads']['offered'].ref}",
        f"{at}/rules/backtest", *(f"{at}/rules/backtest/{job}" for job in scene["tests"]),
        f"{at}/mails/", f"{at}/mails/{scene['mail'].pk}", "/me/", "/accounts/password/change/", "/accounts/logout/",
        "/console/acme/nowhere",
    ]  # fmt: skip


FACES = pytest.mark.parametrize(
    ("pages", "role", "partner"),
    [(portal, "partner_manager", "alpen"), (console, "administrator", None)],
    ids=["portal", "console"],
)


def look(page: Page, path: str, language: str, complaints: list[str]) -> None:
    """Look at one page with everything on it unfolded, and note what is wrong with it."""
    page.goto(path)
    page.evaluate("for (const each of document.querySelectorAll('main details')) each.open = true")
    page.wait_for_timeout(50)
    for violation in Axe().run(page, options={"reporter": "no-passes"}).response["violations"]:
        where = [node["html"][:120] for node in violation["nodes"][:3]]
        complaints.append(f"{path}: axe {violation['id']}: {violation['help']} {where}")
    wide = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    if wide[0] > wide[1]:
        complaints.append(f"{path}: {wide[0]} px wide in a window of {wide[1]}")
    complaints += [f"{path}: a table is laid out as {how}" for how in page.evaluate(ODD_TABLES)]
    texts = page.evaluate(VISIBLE_TEXTS)
    complaints += [f"{path}: shows {text!r}" for text in texts if RAW.search(text)]
    if language == "de":
        complaints += [f"{path}: says {text!r} in German" for text in texts if text in english_only()]
    if page.evaluate("document.documentElement.lang") != language:
        complaints.append(f"{path}: is not in {language}")


ODD_TABLES = """() => [...document.querySelectorAll("table, tbody")].map(each => getComputedStyle(each).display)
  .filter(how => how.includes("flex") || how.includes("grid"))"""
VISIBLE_TEXTS = """() => {
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), parent = walk.currentNode.parentElement;
    if (text && !["SCRIPT", "STYLE", "NOSCRIPT", "TEXTAREA", "CODE", "PRE"].includes(parent.tagName)) found.push(text);
  }
  for (const each of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    for (const name of ["aria-label", "title", "placeholder"])
      if (each.getAttribute(name)) found.push(each.getAttribute(name));
  return found;
}"""


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
@FACES
def test_every_page(
    sits: Sits,
    scene: dict[str, Any],
    pages: Pages,
    role: str,
    partner: str | None,
    width: int,
    scheme: str,
    language: str,
) -> None:
    page = sits(role, partner, width=width, scheme=scheme, language=language)
    page.on("dialog", lambda dialog: pytest.fail(f"a script of a stranger ran: {dialog.message}"))
    complaints: list[str] = []
    for path in pages(scene):
        look(page, path, language, complaints)
    assert not complaints, "\n".join(["", *complaints])


@FACES
def test_every_page_goes_by_keyboard(
    sits: Sits, scene: dict[str, Any], pages: Pages, role: str, partner: str | None
) -> None:
    """Tab reaches everything that can be used, in order, and never gets caught."""
    page = sits(role, partner)
    complaints = []
    for path in pages(scene):
        page.goto(path)
        wanted, halves = page.evaluate(FOCUSABLE)  # Tab stops at hours, at minutes, at the picker
        for _ in range(wanted + 4 * halves + 8):
            page.keyboard.press("Tab")
        reached = page.evaluate("window.reached.size")
        if reached < wanted:
            complaints.append(f"{path}: Tab reaches {reached} of {wanted}")
    assert not complaints, "\n".join(["", *complaints])


FOCUSABLE = """() => {
  window.able = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter(each => !each.disabled && each.type !== "hidden" && each.tabIndex >= 0
      && each.checkVisibility({visibilityProperty: true})
      && !(each.type === "radio" && document.querySelector(`input[type=radio][name="${each.name}"]`) !== each));
  const halves = window.able.filter(each => ["time", "date"].includes(each.type)).length;
  window.reached = new Set();
  document.addEventListener("focusin", ({target: here}) => window.able
    .filter(each => each === here || (here.type === "radio" && each.type === "radio" && each.name === here.name))
    .forEach(each => window.reached.add(each)));
  document.activeElement?.blur();
  window.getSelection().removeAllRanges();
  return [window.able.length, halves];
}"""


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/code/", "/accounts/password/reset/", "/nowhere"])
@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS[:2])
def test_every_page_before_the_door(
    sits: Sits, world: World, path: str, width: int, scheme: str, language: str
) -> None:
    page = sits("partner_sales", "alpen", width=width, scheme=scheme, language=language)
    page.context.clear_cookies()
    page.on("console", lambda said: None)
    complaints: list[str] = []
    look(page, path, language, complaints)
    assert not complaints, "\n".join(["", *complaints])


def test_pages_weigh_little(sits: Sits, scene: dict[str, Any]) -> None:
    """At most 250 kB compressed on the first visit, 30 kB afterwards (ui.md)."""
    for role, partner, first, then in (
        ("partner_manager", "alpen", "/portal/", "/portal/leads/"),
        ("channel_manager", None, "/console/acme/", "/console/acme/leads/"),
    ):
        page = sits(role, partner, width=390)
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        for path, most in ((first, 250_000), (then, 30_000)):
            weights: list[int] = []
            session.on("Network.loadingFinished", lambda done, w=weights: w.append(int(done["encodedDataLength"])))
            page.goto(path)
            page.wait_for_timeout(500)
            assert 1_000 < sum(weights) <= most, (path, sum(weights))
