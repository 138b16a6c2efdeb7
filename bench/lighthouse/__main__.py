"""Look at inbox, lead page and Today with Lighthouse, as a slow phone and as a desk sees them: ``make lighthouse``.

Needs Node and Chromium. Prints a table of scores (median of three), and fails below 95 (ui.md).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from docs.screenshots import CONSOLE, PHONE, PORTAL, Way, demo, seat

HERE = Path(__file__).resolve().parent
MUST = 95
TRIES = 3
CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES: tuple[tuple[str, str, Way], ...] = (
    ("portal: inbox", "partner-manager", PORTAL["inbox"]),
    ("portal: lead", "partner-manager", PORTAL["lead"]),
    ("console: today", "channel-manager", CONSOLE["today"]),
    ("console: lead", "channel-manager", CONSOLE["lead-offered"]),
)


def scores(page: Page, way: Way, preset: str) -> dict[str, float]:
    """Run Lighthouse on a page with the cookies of a browser that has signed in; 0 to 100 per category."""
    way(page)
    address, cookies = page.url, page.context.cookies()
    page.goto("about:blank")  # what polls would keep a core busy
    headers = {"Cookie": "; ".join(f"{each['name']}={each['value']}" for each in cookies)}
    with tempfile.TemporaryDirectory() as folder:
        file, told = Path(folder) / "headers.json", Path(folder) / "told.json"
        file.write_text(json.dumps(headers))
        words = [
            "node", str(HERE / "node_modules" / "lighthouse" / "cli" / "index.js"), address,
            f"--extra-headers={file}", f"--only-categories={','.join(CATEGORIES)}", "--output=json",
            f"--output-path={told}", "--quiet", "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            *(["--preset=desktop"] if preset == "desk" else []),
        ]  # fmt: skip
        environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or shutil.which("google-chrome") or ""}
        subprocess.run(words, env=environment, check=True, capture_output=True)
        found = json.loads(told.read_text())
    faults = {name: one["errorMessage"] for name, one in found["audits"].items() if one.get("errorMessage")}
    if faults:
        print(f"  could not be looked at: {faults}", file=sys.stderr)
    return {name: 100 * (found["categories"][name]["score"] or 0) for name in CATEGORIES}


def main() -> int:
    """Print the table; 1 if a page misses the mark."""
    if not re.match(
        r"v(1[89]|2\d)", subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    ):
        raise SystemExit("make lighthouse needs Node 18 or newer")
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "install", "--silent"], cwd=HERE, check=True)
    low = False
    print(f"| page | seen by | {' | '.join(CATEGORIES)} |\n|---|---|--:|--:|--:|")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, who, way in PAGES:
            for preset in ("phone", "desk"):
                page = seat(browser, address, who, PHONE, "light", "en")
                tried = [scores(page, way, preset) for _ in range(TRIES)]
                page.context.close()
                found = [statistics.median(one[each] for one in tried) for each in CATEGORIES]
                low |= min(found) < MUST
                print(f"| {name} | {preset} | {' | '.join(f'{score:.0f}' for score in found)} |", flush=True)
        browser.close()
    return int(low)


if __name__ == "__main__":
    sys.exit(main())
