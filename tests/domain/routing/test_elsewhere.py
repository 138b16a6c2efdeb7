"""Why a lead would have gone elsewhere: every reason has its sentence and its name in every language."""

from __future__ import annotations

import pytest

from partidor.domain.routing.replays.elsewhere import CODES, MoveReason, reason_named, reason_said

LANGUAGES = ("en", "de")
FILLED = {"before": "Old rule", "after": "New rule", "one": "Alpen", "other": "Bergmann"}


@pytest.mark.parametrize("code", CODES)
def test_is_a_sentence_and_a_name_in_every_language(code: str) -> None:
    said = [reason_said(MoveReason(code, 1250), language, **FILLED) for language in LANGUAGES]
    named = [reason_named(code, language) for language in LANGUAGES]
    for sentence in said:
        assert sentence.endswith(".")
        assert not set("{}") & set(sentence)
    for texts in (said, named):
        assert len(set(texts)) == len(LANGUAGES), "it is translated"
        assert all(texts)
    english, german = ({word for word in FILLED.values() if word in sentence} for sentence in said)
    assert english == german, "both name the same rules and partners"


def test_points_are_written_as_the_language_writes_them() -> None:
    assert "12.5 points" in reason_said(MoveReason("score", 1250), "en", **FILLED)
    assert "12,5 Punkte" in reason_said(MoveReason("score", 1250), "de", **FILLED)
    assert "by 12 points" in reason_said(MoveReason("score", 1200), "en", **FILLED)


def test_names_tell_reasons_apart() -> None:
    for language in LANGUAGES:
        assert len({reason_named(code, language) for code in CODES}) == len(CODES)
