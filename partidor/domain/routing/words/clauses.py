"""One question of a rule's ``when`` or ``who`` in words: as a phrase of a sentence, and as a line of its own.

What is told was made plain before: nobody can read negations inside each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from partidor.domain.facts import LEAD_FIELDS
from partidor.domain.routing.plain import Leaf
from partidor.domain.routing.words import naming
from partidor.domain.routing.words.vocabulary import IN_COUNTRY, WORDS

MOST_VALUES = 3
"""Values that a sentence names; the others are counted."""
LONGEST_VALUE = 60
"""Characters of a value in a sentence."""
MOST_SHOWN = 12
"""Values that a line shows."""
_DACH = ("DE", "AT", "CH")
_HEAT = ("hot", "warm", "cold")


@dataclass(frozen=True, slots=True)
class Names:
    """What rules name by id or key, as people call it."""

    partners: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    """The labels of custom fields, by key."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A question as a part of a sentence. ``slot`` says where it stands; "" is a clause of its own."""

    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A question as a line: what is asked, how, and the values."""

    subject: str
    asks: str
    values: tuple[str, ...] = ()


class Speaker:
    """Tells single questions in one language."""

    def __init__(self, names: Names, language: str) -> None:
        """Take the names, and the language that the words are there for."""
        self.names, self.language = names, naming.spoken(language)
        self.words = WORDS[self.language]

    def word(self, key: str, *parts: object, **named: object) -> str:
        """Return a word with its parts filled in."""
        return self.words[key].format(*parts, **named)

    def form(self, prefix: str, key: str) -> str:
        """Return a word in the form that it has after "not" or "but", where the language has one of its own."""
        return self.words.get(f"{prefix}{key}", self.words[key])

    def number(self, value: float) -> str:
        """Write a number as the language does."""
        return naming.number(value, self.language)

    def listed(self, values: Sequence[str], glue: str = "or") -> str:
        """Join values by "or" or "and"; beyond the first three the others are counted, and long ones are cut."""
        shown = [
            value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1].rstrip()}…" for value in values
        ]
        if len(shown) > MOST_VALUES + 1:
            shown = [*shown[:MOST_VALUES], self.word("more", n=len(shown) - MOST_VALUES)]
            glue = "and" if self.language == "en" else glue
        return naming.listed(shown, f" {self.words[glue]} ")

    def shown(self, values: Sequence[str]) -> tuple[str, ...]:
        """Return the values of a line; of many the others are counted."""
        if len(values) <= MOST_SHOWN:
            return tuple(values)
        return (*values[: MOST_SHOWN - 1], self.word("more", n=len(values) - MOST_SHOWN + 1))

    def field(self, name: str) -> str:
        """Name a field of a lead."""
        return naming.field_name(name, self.language, self.names.fields)

    def dimension(self, name: str) -> str:
        """Name a dimension of tags."""
        return naming.dimension_name(name, self.language)

    def tag(self, dimension: str, value: str) -> str:
        """Write the value of a tag."""
        return naming.tag_name(dimension, value, self.language)

    def value(self, name: str, value: object) -> str:
        """Write the value of a lead's field."""
        return naming.value_name(name, value, self.language)

    def places(self, values: Sequence[str]) -> str:
        """Name countries as they stand after "in"; Germany, Austria and Switzerland are DACH."""
        upper = [value.upper() for value in values]
        dach = set(_DACH) <= set(upper)
        named = [self.words["DACH"]] if dach else []
        for code in upper:
            if not (dach and code in _DACH):
                named.append(IN_COUNTRY[self.language].get(code) or self.value("country", code))
        return self.listed(named)

    def partner(self, partner_id: str) -> str:
        """Name a partner."""
        return self.names.partners.get(partner_id) or self.words["gone"]


def capital(text: str) -> str:
    """Begin a line: the first letter is a capital."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class _Question:
    """A question about a lead in its normal form: ``no`` already holds whether it is the contrary."""

    field: str
    op: str
    values: tuple[Any, ...]
    no: bool

    @classmethod
    def of(cls, leaf: Leaf) -> _Question:
        op, value = leaf.asked["op"], leaf.asked.get("value", True)
        values = tuple(value) if isinstance(value, list) else (value,)
        no = leaf.no != (op in ("ne", "not_in") or (op == "exists" and value is False))
        if leaf.asked["field"] == "test" and op != "exists":  # a lacking truth is false, so yes and no are enough
            no, values = no != (values[0] is False), (True,)
        return cls(leaf.asked["field"], "is" if op in ("eq", "ne", "in", "not_in") else op, values, no)


def lead_phrase(leaf: Leaf, speaker: Speaker, *, headed: bool = False) -> Phrase:
    """Say what one question asks of a lead, as a part of a sentence; ``headed``: after a noun, such as "hot leads"."""
    one, word = _Question.of(leaf), speaker.word
    no = "not " if one.no else ""
    if one.field in ("employees", "value"):
        key = f"{one.field} {one.op}"
        if one.op == "exists":
            return Phrase("size", word(no + key))
        numbers = [speaker.number(value) for value in one.values]
        text = word(key, *numbers) if one.op == "between" else word(key, speaker.listed(numbers))
        return Phrase("size", word("not", text) if one.no else text)
    if one.op == "is" and one.field == "test":
        return Phrase("head", word(f"{no}test"))
    if one.op == "is" and one.field == "temperature" and all(str(v).casefold() in _HEAT for v in one.values):
        heat = [speaker.form(no, str(value).casefold()) for value in one.values]
        return Phrase("head", word(f"{no}leads", speaker.listed(heat, "and" if one.no else "or")))
    if one.op == "is" and one.field in ("country", "region"):
        places = list(map(str, one.values))
        named = speaker.places(places) if one.field == "country" else speaker.listed(
            [speaker.value("region", place) for place in places])  # fmt: skip
        return Phrase("place", word("outside" if one.no else "in", named))
    if one.op == "is" and one.field in ("product", "vertical", "language", "source"):
        values = [speaker.value(one.field, value) for value in one.values]
        key = f"{one.field} of" if headed and one.field == "product" else one.field
        return Phrase(one.field, word(no + key, speaker.listed(values)))
    asks, values = _asks(one, speaker)
    quoted = [speaker.words["quote"].format(v) if _is_text(one, raw) else v
              for v, raw in zip(values, one.values, strict=False)]  # fmt: skip
    tail = speaker.listed(quoted, "and" if one.op == "between" else "or")
    return Phrase("", " ".join(filter(None, [speaker.field(one.field), asks, tail])))


def _is_text(one: _Question, raw: object) -> bool:
    named = ("country", "region", "language", "temperature", "source_kind", "flags")
    return isinstance(raw, str) and (one.field not in named or one.op != "is")


def lead_clause(leaf: Leaf, speaker: Speaker) -> Clause:
    """Say what one question asks of a lead, as a line."""
    one = _Question.of(leaf)
    asks, values = _asks(one, speaker)
    if one.op == "between":
        values = [" – ".join(values)]
    return Clause(capital(speaker.field(one.field)), asks, speaker.shown(values))


def _asks(one: _Question, speaker: Speaker) -> tuple[str, list[str]]:
    """Return the words of a comparison, and the values as they are shown."""
    if one.op == "exists":
        return speaker.words["not known" if one.no else "known"], []
    if one.field == "test":
        return speaker.words["is"], [speaker.value("test", not one.no)]
    values = [speaker.value(one.field if one.op == "is" or one.field == "flags" else "", value) for value in one.values]
    if LEAD_FIELDS.get(one.field) == "list":
        key = ("begins" if one.op == "starts_with" else "has") + (" not" if one.no else "")
    elif one.op == "is":
        key = "is" + (" none" if one.no else " any") if len(values) > 1 else "is not" if one.no else "is"
    else:
        key = ("not " if one.no else "") + one.op
    return speaker.words[key], values


def partner_phrase(leaf: Leaf, speaker: Speaker) -> Phrase:
    """Say what one question asks of a partner, as a part of a sentence."""
    asked, word, no = leaf.asked, speaker.word, "not " if leaf.no else ""
    if "tag" in asked:
        return _tag_phrase(leaf, speaker)
    if "distance_km" in asked:
        return Phrase("near", word(f"{no}within", speaker.number(asked["distance_km"]["lte"])))
    if "customer_of" in asked:
        return Phrase("customer", word(f"{no}customer"))
    what = next(iter(asked))
    if "matches" in asked[what]:
        return Phrase("place", _same_country(asked[what]["matches"], leaf.no, speaker))
    values = asked[what]["in"]
    if what == "country":
        return Phrase("place", word("outside" if leaf.no else "in", speaker.places(values)))
    glue = "and" if leaf.no else "or"
    if what == "kind":
        kinds = speaker.listed([speaker.form("but " if leaf.no else "", kind) for kind in values], glue)
        return Phrase("but", word("not kind", kinds)) if leaf.no else Phrase("noun", kinds)
    named = speaker.listed([speaker.partner(one) for one in values], glue)
    if what == "partner":
        return Phrase("but", word("not partner", named)) if leaf.no else Phrase("noun", named)
    return Phrase("under", word(f"{no}parent", named))


def _same_country(name: str, no: bool, speaker: Speaker) -> str:
    prefix = "not " if no else ""
    if name == "country":
        return speaker.word(f"{prefix}lead country")
    said = {"dimension": speaker.words["country"], "field": speaker.field(name)}
    return speaker.word(f"{prefix}matches", **said)


def _tag_phrase(leaf: Leaf, speaker: Speaker) -> Phrase:
    asked, word = leaf.asked, speaker.word
    name, op = asked["tag"], asked["op"]
    no = "not " if leaf.no != (op == "not_in") else ""
    said = {"dimension": speaker.dimension(name)}
    if op == "matches":
        if asked["field"] == name:
            key = f"{no}same {name}"
            return Phrase("same", word(key if key in speaker.words else f"{no}same", **said))
        return Phrase("same", word(f"{no}matches", **said, field=speaker.field(asked["field"])))
    given = [asked["value"]] if isinstance(asked["value"], str) else asked["value"]
    values = [speaker.tag(name, value) for value in given]
    if op in ("in", "not_in"):
        if name == "tier" and not no and len(values) <= MOST_VALUES and all(value.isalnum() for value in values):
            stems = [f"{value}-" for value in values[:-1]] if speaker.language == "de" else values[:-1]
            return Phrase("tier", speaker.listed([*stems, values[-1]]))
        return Phrase("tag", word(f"{no}tag", **said, values=speaker.listed(values)))
    if op == "all_of":
        key = f"{no}all_of" if len(values) > 1 else f"{no}tag"
        return Phrase("tag", word(key, **said, values=speaker.listed(values, "and")))
    key = "tier at_least" if name == "tier" else "at_least"
    return Phrase("tag", word(no + key, **said, values=values[0]))


def partner_clause(leaf: Leaf, speaker: Speaker) -> Clause:
    """Say what one question asks of a partner, as a line."""
    asked, words, no = leaf.asked, speaker.words, "not " if leaf.no else ""
    if "tag" in asked:
        return _tag_clause(leaf, speaker)
    if "distance_km" in asked:
        return Clause(words["Distance"], words[f"{no}far"], (f"{speaker.number(asked['distance_km']['lte'])} km",))
    if "customer_of" in asked:
        return Clause(words["Customer"], words[f"{no}works"])
    what = next(iter(asked))
    subject = words[{"kind": "Kind", "country": "Country", "partner": "Partner", "parent": "Distributor"}[what]]
    if "matches" in asked[what]:
        return Clause(subject, words[f"{no}the lead"], (capital(speaker.field(asked[what]["matches"])),))
    written_as: Mapping[str, Callable[[str], str]] = {
        "kind": lambda one: capital(naming.kind_name(one, speaker.language)),
        "country": lambda one: speaker.value("country", one),
    }
    values = [written_as.get(what, speaker.partner)(one) for one in asked[what]["in"]]
    return Clause(subject, words[_among(len(values), leaf.no)], speaker.shown(values))


def _among(number: int, no: bool) -> str:
    return ("is none" if no else "is any") if number > 1 else ("is not" if no else "is")


def _tag_clause(leaf: Leaf, speaker: Speaker) -> Clause:
    asked, words = leaf.asked, speaker.words
    name, op = asked["tag"], asked["op"]
    no = leaf.no != (op == "not_in")
    subject = capital(speaker.dimension(name))
    if op == "matches":
        return Clause(subject, words["not the lead" if no else "the lead"], (capital(speaker.field(asked["field"])),))
    given = [asked["value"]] if isinstance(asked["value"], str) else asked["value"]
    values = speaker.shown([speaker.tag(name, value) for value in given])
    if op in ("in", "not_in") or (op == "all_of" and len(given) == 1):
        return Clause(subject, words[_among(len(values), no)], values)
    key = {"all_of": "all", "at_least": "at least"}[op]
    return Clause(subject, words[f"not {key}" if no else key], values)
