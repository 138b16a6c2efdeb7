"""What somebody typed into a line of a rule, read into its values; or one sentence that says what is wanted.

Names are read back into codes (Germany is DE), numbers as they are written where the language is spoken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale

from partidor.domain.conditions import LONGEST_TEXT, field_type, is_number
from partidor.domain.refusal import FieldError, WrongContent
from partidor.domain.routing.editing.questions import Asked
from partidor.domain.routing.ruleset import compile_ruleset
from partidor.domain.routing.who import FARTHEST_KM, KINDS
from partidor.domain.routing.words.naming import spoken
from partidor.domain.words import said

Codes = Mapping[str, str]
"""The values that are offered, by code, as people call them."""
UNITS = ("m", "h", "d")
NUMBER = said("give a number, such as 500")
TWO_NUMBERS = said("give two values, the lowest and the highest")
ONE_VALUE = said("give a value")
SOME_VALUE = said("give at least one value")
TOO_LONG = said("give a value of at most 1,000 characters")
KILOMETRES = said("give kilometres above 0 and up to 20,040")
NO_PARTNER = said("there is no partner of this name, or several: choose one of the list")
NO_KIND = said("there is no such kind of partner: choose one of the list")
POINTS = said("give points from 0.01 to 10,000")
EQUAL = said("give points from 0 to 10,000")
NUMBER_OF_PARTNERS = said("give a whole number of partners from 2 to 10,000")
TIMES = said("give a whole number from 1 to 1,000")
TIME = said("give a time, such as 8 hours, of a year at most")
REMIND = said("the reminder must come before the time is over")
CHOICE = said("the time for the best must end before the round does")
NAME = said("give a name of 1 to 300 characters")
_GROUPED = {"de": re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?"), "en": re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")}


def wrong(field: str, sentence: str) -> WrongContent:
    """Refuse one value with a sentence that people read beside it."""
    return WrongContent([FieldError(field, sentence)])


def number_of(text: str, language: str) -> Any:
    """Read a number, a whole one as int; None if it is none."""
    text = re.sub(r"[\s'’\u202f\u00a0]", "", text)
    language = spoken(language)
    if _GROUPED[language].fullmatch(text):
        text = text.replace("." if language == "de" else ",", "")
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    if not is_number(number):
        return None
    return int(number) if number.is_integer() else number


def written(number: float, language: str) -> str:
    """Write a number into a field: without groups, so that it is read back as it is."""
    text = str(int(number)) if float(number).is_integer() else repr(float(number))
    return text.replace(".", ",") if spoken(language) == "de" else text


def code_of(subject: str, text: str, codes: Codes, language: str) -> str:
    """Return the code that is meant: of what is offered, of countries and languages all; else the text itself."""
    text = text.strip()
    if text in codes:
        return text
    folded = text.casefold()
    for code, name in codes.items():
        if folded in (name.casefold(), code.casefold()):
            return code
    locale = Locale(spoken(language))
    if subject == "country":
        return _by_name(locale.territories, folded, 2) or (text.upper() if len(text) == 2 else text)
    if subject in ("language", "tag:language"):
        return _by_name(locale.languages, folded, 8) or text
    return text


def _by_name(names: Mapping[str, str], folded: str, longest: int) -> str | None:
    found = (code for code, name in names.items() if name.casefold() == folded and len(code) <= longest)
    return next((code for code in found if not code.isdigit()), None)


def line_of(side: str, line: Asked, codes: Codes, language: str) -> Asked:
    """Read the texts of a line into its values. Raises WrongContent with one sentence."""
    texts = [text.strip() for text in line.values if str(text).strip()]
    if any(len(text) > LONGEST_TEXT for text in texts):
        raise wrong("value", TOO_LONG)
    takes = line.takes
    if takes == "nothing":
        return Asked(line.subject, line.op)
    if takes == "two" and len(texts) != 2:
        raise wrong("value", TWO_NUMBERS)
    if not texts:
        raise wrong("value", SOME_VALUE if takes == "many" else _wanted(side, line))
    texts = list(dict.fromkeys(texts)) if takes == "many" else texts[: 2 if takes == "two" else 1]
    if takes == "field":
        return Asked(line.subject, line.op, (texts[0],))
    values = [_value(side, line, text, codes, language) for text in texts]
    if takes == "two" and isinstance(values[0], str) != isinstance(values[1], str):
        raise wrong("value", TWO_NUMBERS)
    return Asked(line.subject, line.op, tuple(values))


def _wanted(side: str, line: Asked) -> str:
    if line.subject == "distance" and side == "who":
        return KILOMETRES
    return NUMBER if side == "when" and field_type(line.subject) == "number" else ONE_VALUE


def _value(side: str, line: Asked, text: str, codes: Codes, language: str) -> Any:
    number = number_of(text, language)
    if side == "who":
        if line.subject == "distance":
            if number is None or not 0 < number <= FARTHEST_KM:
                raise wrong("value", KILOMETRES)
            return number
        code = code_of(line.subject, text, codes, language)
        if line.subject in ("partner", "parent") and code not in codes:
            raise wrong("value", NO_PARTNER)
        if line.subject == "kind" and code not in KINDS:
            raise wrong("value", NO_KIND)
        return code
    kind = field_type(line.subject)
    if kind == "number":
        if number is None:
            raise wrong("value", NUMBER)
        return number
    if kind == "truth":
        return text != "false"
    if kind == "custom" and number is not None and line.takes in ("one", "two") and line.op not in ("eq", "ne"):
        return number
    return code_of(line.subject, text, codes, language)


def name_of(text: str) -> str:
    """Read the name of a rule. Raises WrongContent."""
    name = " ".join(text.replace("\0", "").split())
    if not 0 < len(name) <= 300:
        raise wrong("name", NAME)
    return name


def criterion_of(form: Mapping[str, str], values: Sequence[str], codes: Codes, language: str) -> dict[str, Any]:
    """Read a line of ``order``: ``by`` is a measure or tag:DIMENSION. Raises WrongContent."""
    by, points = form.get("by", ""), number_of(form.get("points", ""), language)
    if points is None or not 0.01 <= points <= 10_000:
        raise wrong("points", POINTS)
    if by.startswith("tag:"):
        named = [code_of(by, text, codes, language) for text in values if text.strip()]
        if not named:
            raise wrong("value", SOME_VALUE)
        return {"by": "tag", "dimension": by[4:], "values": list(dict.fromkeys(named)), "points": points}
    if by != "distance":
        return {"by": by, "points": points}
    km = number_of(form.get("zero_at_km", ""), language)
    if km is None or not 0 < km <= FARTHEST_KM:
        raise wrong("zero_at_km", KILOMETRES)
    return {"by": by, "points": points, "zero_at_km": km}


def step_of(form: Mapping[str, str], language: str) -> dict[str, Any]:
    """Read a step of a plan. Raises WrongContent."""
    step: dict[str, Any] = {"offer_to": {"one": 1, "all": "all"}.get(form.get("to", "one"))}
    if step["offer_to"] is None:
        step["offer_to"] = _whole(form.get("number", ""), 2, 10_000, "number", NUMBER_OF_PARTNERS, language)
    step["window"] = _time(form, "window", language)
    if form.get("remind_after", "").strip():
        step["remind_after"] = _time(form, "remind_after", language)
    repeat = _whole(form.get("repeat", "1") or "1", 1, 1_000, "repeat", TIMES, language)
    if repeat != 1:
        step["repeat"] = repeat
    reveal = "full" if form.get("reveal") == "full" else "teaser"
    if (reveal == "full") != (step["offer_to"] == 1):
        step["reveal"] = reveal
    if form.get("notify_manager"):
        step["notify_manager"] = True
    if form.get("best_after", "").strip() and step["offer_to"] != 1:
        step["award"] = {"best_after": _time(form, "best_after", language)}
    try:
        compile_ruleset([{"name": "?", "plan": [step]}])
    except WrongContent as error:
        at = error.errors[0].field
        known = {"remind_after": REMIND, "award": CHOICE}
        for field in ("remind_after", "award"):
            if field in at:
                raise wrong(field, known[field]) from error
        raise wrong("window", TIME) from error
    return step


def _whole(text: str, least: int, most: int, field: str, sentence: str, language: str) -> int:
    number = number_of(text, language)
    if not isinstance(number, int) or not least <= number <= most:
        raise wrong(field, sentence)
    return number


def _time(form: Mapping[str, str], field: str, language: str) -> str:
    number, unit = number_of(form.get(field, ""), language), form.get(f"{field}_unit", "h")
    if not isinstance(number, int) or not 1 <= number <= 999_999 or unit not in (*UNITS, "s"):
        raise wrong(field, TIME)
    return f"{number}{unit}"
