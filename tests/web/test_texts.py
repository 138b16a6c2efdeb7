"""Every text that people see is there in every language, and says the same."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from assets.catalogues import LANGUAGES, PACKAGE, messages

HOLE = re.compile(r"%\(\w+\)s|\{\w*\}")


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogue:
    def test_has_every_text(self, language: str) -> None:
        known = self.read(language)
        missing = sorted(
            {f"{place}: {text!r}" for text, context, place in messages() if not known.get((context, text))}
        )
        assert not missing, "\n  ".join(["Translate them (make messages brings them into the catalogue):", *missing])

    def test_has_no_text_that_is_gone(self, language: str) -> None:
        used = {(context, text) for text, context, _ in messages()}
        assert not sorted(str(key) for key in set(self.read(language)) - used), "make messages takes them out"

    def test_keeps_every_hole(self, language: str) -> None:
        broken = []
        for (_, text), said in self.read(language).items():
            wanted = text if isinstance(text, tuple) else (text,)
            holes = {frozenset(HOLE.findall(one)) for one in (wanted[-1], *said)}
            if len(holes) > 1:
                broken.append(f"{text!r}: {said!r}")
        assert not broken

    @staticmethod
    def read(language: str) -> dict[tuple[str | None, str | tuple[str, ...]], tuple[str, ...]]:
        path = PACKAGE / "locale" / language / "LC_MESSAGES" / "django.po"
        found: dict[tuple[str | None, str | tuple[str, ...]], tuple[str, ...]] = {}
        for message in read_po(BytesIO(path.read_bytes())):
            text = message.id if isinstance(message.id, str) else tuple(message.id)
            said = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
            if text and all(said) and not message.fuzzy:
                found[message.context, text] = said
        return found
