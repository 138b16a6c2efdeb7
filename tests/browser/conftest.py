"""Real browsers before real processes: the system's Chromium, Partidor's own web and worker, the test's database."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.inbound.web.people import person_of
from tests.serving import Processes, processes
from tests.world import World

# Playwright's own loop runs in this thread; Django would take that for an asynchronous view.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

Sits = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; a page that asks anything outside of this machine gets no answer."""
    if CHROMIUM is None:
        pytest.fail("these tests need Chromium (Debian: chromium); .ci/test installs it")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    """The web, serving the database of these tests; it holds nothing of its own, so one is enough for all."""
    with processes(
        tmp_path_factory.mktemp("site"), PARTIDOR_SECRET_KEY=settings.SECRET_KEY, PARTIDOR_WORKERS="1"
    ) as running:
        running.start("web")
        running.wait_until_it_answers()
        yield running


@pytest.fixture
def sits(chromium: Browser, site: Processes, world: World) -> Iterator[Sits]:
    """Sit somebody down before a browser, signed in: ``sits("partner_sales", "alpen", width=390, language="de")``.

    At the end no page may have complained: an error in a script, a file that is missing, a rule of the policy broken.
    """
    open_now: list[BrowserContext] = []
    complaints: list[str] = []

    def is_bad(said: ConsoleMessage) -> bool:
        refused = re.search(r"(?:status of|Status Error Code) (?:409|412|422)\b", said.text)
        if said.type != "error" or refused:  # a refusal in words is no fault
            return False
        return not (said.text.endswith("(Not Found)") and said.location["url"].endswith("/nowhere"))

    def sit(
        role: str = "channel_manager", partner: str | None = None, *, width: int = 1440, language: str = "en",
        scheme: str = "light", **more: Any,
    ) -> Page:  # fmt: skip
        context = chromium.new_context(
            base_url=f"http://127.0.0.1:{site.port}",
            viewport={"width": width, "height": 844 if width < 600 else 900},
            locale=language,
            color_scheme=scheme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            **more,
        )
        open_now.append(context)
        client = Client()
        client.force_login(person_of(world, role, partner, language=language).person)
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": f"http://127.0.0.1:{site.port}"}]
        )
        context.set_default_timeout(8_000)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if is_bad(said) else None)
        return page

    yield sit
    for context in open_now:
        context.close()
    assert not complaints
