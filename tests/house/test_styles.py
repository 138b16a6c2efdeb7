"""The stylesheets are joined into one, so a class is one thing, wherever it stands."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.house.source import ROOT

SHEETS = ROOT / "partidor/inbound/web/static/css"
RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")


def plain_rules(text: str) -> dict[str, str]:
    """Return what stands in the rules of a class alone (``.p-row``), media queries left out: class → declarations."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"@[^{};]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    found: dict[str, str] = defaultdict(str)
    for selectors, declarations in RULE.findall(text):
        for selector in selectors.split(","):
            if alone := re.fullmatch(r"\s*\.([\w-]+)\s*", selector):
                found[alone[1]] += declarations
    return found


def test_no_class_is_laid_out_by_one_stylesheet_and_styled_by_another() -> None:
    sheets = {path.name: plain_rules(path.read_text(encoding="utf-8")) for path in sorted(SHEETS.glob("*.css"))}
    assert sum(map(len, sheets.values())) > 100
    broken = [
        f".{name}: {sheet} sets display, and {other} means something else by it"
        for sheet, rules in sheets.items()
        for name, declarations in rules.items()
        if re.search(r"(?:^|[;\s])display:", declarations)
        for other, others in sheets.items()
        if other != sheet and name in others
    ]
    assert not broken, "\n  ".join(["Give one of the two a name of its own:", *broken])


def test_every_stylesheet_closes_what_it_opens() -> None:
    """A brace too many is no error to a browser: it silently drops the rule that follows."""
    broken = []
    for path in sorted(SHEETS.glob("*.css")):
        depth = 0
        for number, line in enumerate(re.sub(r'url\("[^"]*"\)', "", path.read_text(encoding="utf-8")).split("\n"), 1):
            depth += line.count("{") - line.count("}")
            if depth < 0:
                broken.append(f"{path.name}:{number}")
                depth = 0
        broken += [f"{path.name}: {depth} left open"] if depth else []
    assert not broken
