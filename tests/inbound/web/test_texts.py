"""Every text that people see is there in every language, and says the same."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from assets.catalogues import LANGUAGES, PACKAGE, messages

pytestmark = pytest.mark.any_database("texts lie in files")
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
        used |= {(context, text[0]) for context, text in used if isinstance(text, tuple)}
        assert not sorted(str(key) for key in set(self.read(language)) - used), "make messages takes them out"

    def test_makes_up_no_hole(self, language: str) -> None:
        """A hole that the text has not would break the page; one that German does without is fine."""
        broken = []
        for (_, text), said in self.read(language).items():
            known = set(HOLE.findall(" ".join(text) if isinstance(text, tuple) else text))
            broken += [f"{text!r}: {one!r}" for one in said if set(HOLE.findall(one)) - known]
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
                if isinstance(text, tuple):  # one entry answers for the singular asked alone, too
                    found.setdefault((message.context, text[0]), said[:1])
        return found
