"""Take the pictures of the README from a fresh demo: ``make screenshots``.

With ``--all DIR`` (and names of pages): every page, both widths, light and dark, both languages, to be looked at.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
COMMAND = (sys.executable, "-m", "partidor.config.main")
PHONE, DESK = (390, 844), (1440, 900)
Way = Callable[[Page], None]


def at(path: str) -> Way:
    """Go to an address; ``{console}`` stands for the console of the demo's vendor."""

    def go(page: Page) -> None:
        page.goto(path.format(console="/console/steinmark-software"))

    return go


def via(path: str, link: str) -> Way:
    """Go to an address, and from there by the first link that fits."""

    def go(page: Page) -> None:
        at(path)(page)
        page.goto(page.locator(link).first.get_attribute("href") or "/")

    return go


def pressed(path: str, what: str) -> Way:
    """Go to an address and open something there."""

    def go(page: Page) -> None:
        at(path)(page)
        page.locator(what).first.click()

    return go


LEAD = "main td.who a"
PORTAL: dict[str, Way] = {
    "inbox": at("/portal/"),
    "inbox-decline": pressed("/portal/", "details summary"),
    "offer": via("/portal/", "main a[href*='/portal/offers/']"),
    "my-leads": at("/portal/leads/"),
    "lead": via("/portal/leads/", "main a[href*='/portal/leads/']:not([href*='?'])"),
    "figures": at("/portal/figures/"),
    "me": at("/portal/me/"),
}
CONSOLE: dict[str, Way] = {
    "today": at("{console}/"),
    "leads": at("{console}/leads/"),
    "lead-offered": via("{console}/leads/?state=offered", LEAD),
    "lead-unassigned": via("{console}/leads/?state=unassigned", LEAD),
    "lead-accepted": via("{console}/leads/?state=accepted", LEAD),
    "lead-in-review": via("{console}/leads/?state=in_review", LEAD),
    "partners": at("{console}/partners/"),
    "partner": via("{console}/partners/", "main td a[href*='/partners/']"),
    "rules": at("{console}/rules/"),
    "rules-trial": at("{console}/rules/trial?typed=1&country=DE&postal_code=80331"),
    "rules-backtest": at("{console}/rules/backtest"),
    "fairness": at("{console}/reports/fairness"),
    "hours": at("{console}/hours/"),
    "map": at("{console}/partners/map"),
    "import": at("{console}/partners/import"),
    "people": at("{console}/people/"),
    "keys": at("{console}/keys/"),
    "mails": at("{console}/mails/"),
    "mail": via("{console}/mails/", "main a[href*='/mails/']:not([href*='?'])"),
}
DOOR: dict[str, Way] = {
    "sign-in": at("/accounts/login/"),
    "code": at("/accounts/code/"),
    "reset": at("/accounts/password/reset/"),
    "nowhere": at("/nowhere"),
}
README: Sequence[tuple[str, str, Way, tuple[int, int], str, bool]] = (
    # picture          who                    where                                                   size   lang  whole
    ("console-today", "channel-manager", CONSOLE["today"], DESK, "en", False),
    ("console-lead", "channel-manager", CONSOLE["lead-offered"], DESK, "en", False),
    ("console-rules", "channel-manager", CONSOLE["rules"], DESK, "en", False),
    ("console-fairness", "channel-manager", CONSOLE["fairness"], DESK, "en", False),
    ("portal-inbox", "partner-manager", PORTAL["inbox"], PHONE, "de", False),
    ("portal-lead", "partner-manager", PORTAL["lead"], PHONE, "de", False),
)


@contextmanager
def demo() -> Iterator[str]:
    """Found a demo in a HOME of its own and serve it; give its address."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        environment = {**os.environ, "PARTIDOR_HOME": home, "PARTIDOR_PORT": str(port), "PARTIDOR_DEMO": "1"}
        subprocess.run([*COMMAND, "demo", "--found-only"], env=environment, check=True, stdout=subprocess.DEVNULL)
        served = subprocess.Popen([*COMMAND, "serve"], env=environment, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address)
            yield address
        finally:
            served.terminate()
            served.wait()


def _wait_for(address: str) -> None:
    for _ in range(100):
        try:
            urlopen(f"{address}/accounts/login/").close()
        except URLError:
            time.sleep(0.2)
        else:
            time.sleep(2)  # the worker keeps the mails meanwhile
            return
    raise SystemExit("the demo does not answer")


def seat(browser: Browser, address: str, who: str, size: tuple[int, int], scheme: str, language: str) -> Page:
    """Open a browser for one of the demo's logins; nobody for an empty name."""
    width, height = size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=language,
        device_scale_factor=2 if size == PHONE else 1,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    if who:
        page.locator(f"form[action$='/accounts/demo/{who}/'] button").click()
        page.wait_for_load_state()
    form = {"language": language, "next": "/"}
    token = page.locator("[name=csrfmiddlewaretoken]").first
    headers = {"Referer": address}
    if token.count():
        page.request.post("/language/", form={**form, "csrfmiddlewaretoken": token.input_value()}, headers=headers)
    return page


def take(page: Page, way: Way, file: Path, *, whole: bool) -> None:
    """Go there and take the picture."""
    way(page)
    page.wait_for_timeout(350)
    page.screenshot(path=file, full_page=whole)


def main(words: list[str]) -> None:
    """Take the README's pictures, or all."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        if words[:1] == ["--all"]:
            every(browser, address, Path(words[1]), only=words[2:])
        else:
            PICTURES.mkdir(exist_ok=True)
            for name, who, way, size, language, whole in README:
                page = seat(browser, address, who, size, "light", language)
                take(page, way, PICTURES / f"{name}.png", whole=whole)
                page.context.close()
                print(f"{name}.png")
        browser.close()


def every(browser: Browser, address: str, into: Path, only: Sequence[str]) -> None:
    """Take every page in every way."""
    into.mkdir(parents=True, exist_ok=True)
    for who, pages in (("partner-manager", PORTAL), ("administrator", CONSOLE), ("", DOOR)):
        for size in (PHONE, DESK):
            for scheme, language in (("light", "de"), ("dark", "en"), ("light", "en"), ("dark", "de")):
                page = seat(browser, address, who, size, scheme, language)
                for name, way in pages.items():
                    if only and name not in only:
                        continue
                    file = into / f"{name}-{size[0]}-{scheme}-{language}.png"
                    try:
                        take(page, way, file, whole=True)
                    except Exception as error:
                        print(f"{file.name}: {str(error).splitlines()[0]}")
                page.context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
