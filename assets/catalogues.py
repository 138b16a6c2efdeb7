"""The catalogues of translations: gathered from templates and code, kept as .po, compiled to .mo.

``python -m assets.catalogues`` gathers: new texts come in untranslated, gone ones go. Needs no gettext programs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).resolve().parent.parent / "partidor"
LANGUAGES = ("de",)
KEYWORDS = {
    "gettext": None, "gettext_lazy": None, "_": None, "said": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip

_UNREAD = re.compile(rb'^"(?:POT-Cre|PO-Rev|Project-Id-V|Report-M|Last-T|Language-Team|Generated).*\n', re.M)
"""What nobody reads in the head of a catalogue; its dates would make two branches meet."""
ENGLISH_ONLY = ("partidor/inbound/api/", "partidor/inbound/files/", "partidor/config/")
"""What speaks to machines and operators."""

Message = tuple[str | tuple[str, ...], str | None, str]


def messages(package: Path = PACKAGE) -> Iterator[Message]:
    """Give every text that people see: the text (or its singular and plural), its context, and the file."""
    for path in sorted(package.rglob("*")):
        place = path.relative_to(package.parent).as_posix()
        if place.startswith(ENGLISH_ONLY):
            continue
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text(encoding="utf-8")
            yield from _found(source, place)
            yield from ((sentence, None, place) for sentence in _refusals(source))
        elif path.suffix == ".html" and "templates" in path.parts and "web" in path.parts:
            plain = templatize(path.read_text(encoding="utf-8"))
            yield from _found("\n".join(line.strip() for line in plain.splitlines()), place)


def _found(source: str, place: str) -> Iterator[Message]:
    for _, text, _, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        yield text, context, place


def _refusals(source: str) -> Iterator[str]:
    """Give the sentences of refusals: their docstrings. A refusal is a class that descends from one, by name."""
    if "Refusal" not in source and "WrongContent" not in source:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            above = {base.id for base in node.bases if isinstance(base, ast.Name)}
            if above & {"Refusal", "WrongContent", "NotFound"} and (sentence := ast.get_docstring(node)):
                yield " ".join(sentence.split("\n\n")[0].split())


def gather(package: Path = PACKAGE) -> None:
    """Bring the catalogues up to what templates and code say now."""
    for language in LANGUAGES:
        path = _po(package, language)
        kept = read_po(BytesIO(path.read_bytes()), locale=language)
        fresh = Catalog(
            locale=language, header_comment="# Texts come in by `make messages`; translate them here.", fuzzy=False
        )
        for text, context in _wanted(package):
            known = kept.get(text if isinstance(text, str) else text[0], context)
            said = known.string if known and isinstance(known.string, str) is isinstance(text, str) else ""
            fresh.add(text, said, context=context)
        lines = BytesIO()
        write_po(lines, fresh, width=110, no_location=True, sort_output=True)
        path.write_bytes(_UNREAD.sub(b"", lines.getvalue()))


def _wanted(package: Path) -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Give every text once; one entry with a plural answers for its singular asked alone, too."""
    wanted: dict[tuple[str, str | None], str | tuple[str, ...]] = {}
    for text, context, _ in messages(package):
        key = (text if isinstance(text, str) else text[0], context)
        if isinstance(text, tuple) or key not in wanted:
            wanted[key] = text
    for (_, context), text in wanted.items():
        yield text, context


def compile_catalogues(package: Path = PACKAGE) -> int:
    """Compile every .po to the .mo beside it; return how many."""
    paths = sorted((package / "locale").rglob("*.po"))
    for path in paths:
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read_po(BytesIO(path.read_bytes())))
    return len(paths)


def _po(package: Path, language: str) -> Path:
    return package / "locale" / language / "LC_MESSAGES" / "django.po"


if __name__ == "__main__":
    gather()
    compile_catalogues()
