"""Reasons in plain words, in English and German."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from partidor.domain.routing.live import LIMITS
from partidor.domain.routing.words.naming import (
    country_name,
    dimension_name,
    field_name,
    kilometres,
    kind_name,
    listed,
    number,
    spoken,
    tag_name,
    value_name,
)

_Facts = Mapping[str, Any]


class _HasReason(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


_SENTENCES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "not_in_network": "Not in the network when this was decided",
        "input_gone": "Cannot be told any more: what the decision was made from is no longer whole",
        "keeps_off": "Declined another lead of this customer and is not asked about it again",
        "no_rule": "No rule holds for this lead",
        "no_partner": "Suitable, but no rule could ask anybody",
        "nobody_left": "Suitable, but the plan of the rule had run out",
        "paused": "Paused when this was decided",
        "no_hours": "No working time in the next 14 days",
        "at_capacity": "Full: {caps}",
        "already_asked": "Was asked about this lead before and {answer}",
        "feedback_due": "Feedback on an earlier lead is due first",
        "tag_in": "The rule asks for {dimension} {values}; this partner has {has}",
        "tag_not_in": "The rule leaves out {dimension} {values}; this partner has {has}",
        "tag_all_of": "The rule asks for all of {dimension} {all_values}; this partner has {has}",
        "tag_at_least": "The rule asks for {dimension} {values} or better; this partner has {has}",
        "tag_matches": "The rule asks for {dimension} {value}, as the lead says; this partner has {has}",
        "country_matches": "The rule asks for a partner in {value}, as the lead says; this one is in {has}",
        "lead_lacks": "The lead names no {field}, and the rule asks for the same",
        "kind": "The rule asks for another kind of partner ({values}); this one is {has}",
        "country": "The rule asks for a partner in {values}; this one is in {has}",
        "partner": "The rule names other partners",
        "parent": "The rule asks for resellers of another distributor",
        "too_far": "{km} km away, the rule allows {most} km",
        "lead_nowhere": "The place of the lead is unknown, and the rule allows {most} km",
        "partner_nowhere": "The place of the partner is unknown, and the rule allows {most} km",
        "customer_of": "Does not work for this customer, as the rule asks",
        "excluded": "The rule leaves out: {parts}",
        "none_of": "None of these holds: {parts}",
        "asked": "Asked in place {place}, with {score} points",
        "known_customer": "Already works with this customer, so asked first and alone",
        "known_customer_first": "Suitable, but the customer already works with another partner, who was asked first",
        "owed_most": "Equally suitable as {others} more, and next by the fair share (owed {debt} leads)",
        "owed_less": "Equally suitable, but owed less ({debt} leads, the one asked {rival_debt})",
        "owed_same": "Equally suitable and owed the same ({debt} leads); the other comes first in the fixed order",
        "owed_less_here": "Equally suitable, but owed fewer leads of this temperature "
        "({debt_here}, the one asked {rival_debt_here})",
        "ranked": "Ranked {ordinal}; only {asked} {was} asked",
    },
    "de": {
        "not_in_network": "War bei dieser Entscheidung nicht im Netz",
        "input_gone": "Lässt sich nicht mehr sagen: die Grundlagen der Entscheidung sind nicht mehr vollständig",
        "keeps_off": "Hat einen anderen Lead dieses Kunden abgelehnt und wird dazu nicht mehr gefragt",
        "no_rule": "Keine Regel gilt für diesen Lead",
        "no_partner": "Geeignet, aber keine Regel konnte jemanden fragen",
        "nobody_left": "Geeignet, aber der Plan der Regel war zu Ende",
        "paused": "War bei dieser Entscheidung pausiert",
        "no_hours": "Keine Arbeitszeit in den nächsten 14 Tagen",
        "at_capacity": "Ausgelastet: {caps}",
        "already_asked": "Wurde zu diesem Lead schon gefragt und {answer}",
        "feedback_due": "Zuerst ist die Rückmeldung zu einem früheren Lead fällig",
        "tag_in": "Die Regel verlangt {dimension} {values}; dieser Partner hat {has}",
        "tag_not_in": "Die Regel schließt {dimension} {values} aus; dieser Partner hat {has}",
        "tag_all_of": "Die Regel verlangt alle von {dimension} {all_values}; dieser Partner hat {has}",
        "tag_at_least": "Die Regel verlangt {dimension} {values} oder besser; dieser Partner hat {has}",
        "tag_matches": "Die Regel verlangt {dimension} {value} wie beim Lead; dieser Partner hat {has}",
        "country_matches": "Die Regel verlangt das Land des Leads ({value}); Land dieses Partners: {has}",
        "lead_lacks": "Beim Lead fehlt die Angabe {field}, und die Regel verlangt dieselbe",
        "kind": "Die Regel verlangt eine andere Art von Partner ({values}); dieser ist {has}",
        "country": "Die Regel verlangt {values}; Land dieses Partners: {has}",
        "partner": "Die Regel nennt andere Partner",
        "parent": "Die Regel verlangt Partner eines anderen Distributors",
        "too_far": "{km} km entfernt, die Regel erlaubt {most} km",
        "lead_nowhere": "Der Ort des Leads ist unbekannt, und die Regel erlaubt {most} km",
        "partner_nowhere": "Der Ort des Partners ist unbekannt, und die Regel erlaubt {most} km",
        "customer_of": "Betreut diesen Kunden nicht, wie es die Regel verlangt",
        "excluded": "Die Regel schließt aus: {parts}",
        "none_of": "Nichts davon trifft zu: {parts}",
        "asked": "Gefragt auf Platz {place}, mit {score} Punkten",
        "known_customer": "Betreut diesen Kunden schon und wurde darum zuerst und allein gefragt",
        "known_customer_first": "Geeignet, aber den Kunden betreut schon ein anderer Partner; der wurde zuerst gefragt",
        "owed_most": "Gleich gut geeignet wie {others} weitere und nach fairem Anteil dran ({debt} Leads gut)",
        "owed_less": "Gleich gut geeignet, hat aber weniger gut ({debt} Leads, der Gefragte {rival_debt})",
        "owed_same": "Gleich gut geeignet und gleich viel gut ({debt} Leads); der andere kommt in der festen "
        "Reihenfolge zuerst",
        "owed_less_here": "Gleich gut geeignet, hat aber weniger Leads dieser Temperatur gut "
        "({debt_here}, der Gefragte {rival_debt_here})",
        "ranked": "Auf Platz {place}; gefragt {was} nur {asked}",
    },
}
_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "tag_in": "{dimension} {values}",
        "tag_not_in": "no {dimension} {values}",
        "tag_all_of": "{dimension} {all_values}",
        "tag_at_least": "{dimension} {values} or better",
        "tag_matches": "{dimension} {value}",
        "country_matches": "a partner in {value}",
        "lead_lacks": "the same {field}",
        "kind": "{values}",
        "country": "a partner in {values}",
        "partner": "a partner named",
        "parent": "a reseller of a distributor named",
        "too_far": "at most {most} km",
        "lead_nowhere": "at most {most} km",
        "partner_nowhere": "at most {most} km",
        "customer_of": "whoever works for this customer",
        "excluded": "not ({parts})",
        "none_of": "one of ({parts})",
    },
    "de": {
        "tag_in": "{dimension} {values}",
        "tag_not_in": "kein {dimension} {values}",
        "tag_all_of": "{dimension} {all_values}",
        "tag_at_least": "{dimension} {values} oder besser",
        "tag_matches": "{dimension} {value}",
        "country_matches": "Land {value}",
        "lead_lacks": "dieselbe Angabe {field}",
        "kind": "{values}",
        "country": "Land {values}",
        "partner": "ein genannter Partner",
        "parent": "ein Partner eines genannten Distributors",
        "too_far": "höchstens {most} km",
        "lead_nowhere": "höchstens {most} km",
        "partner_nowhere": "höchstens {most} km",
        "customer_of": "wer diesen Kunden betreut",
        "excluded": "nicht ({parts})",
        "none_of": "eines von ({parts})",
    },
}
_HEADINGS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "paused": "paused", "no_hours": "no working time", "at_capacity": "full", "already_asked": "asked before",
        "feedback_due": "owe feedback", "tag_in": "no {dimension} {values}", "tag_not_in": "{dimension} {values}",
        "tag_all_of": "not all {dimension}", "tag_at_least": "{dimension} below {values}",
        "tag_matches": "other {dimension}", "country_matches": "other country", "lead_lacks": "no {field} to compare",
        "kind": "other kind", "country": "other country", "partner": "not named", "parent": "other distributor",
        "too_far": "too far", "lead_nowhere": "place of the lead unknown", "partner_nowhere": "cannot be placed",
        "customer_of": "not the customer’s partner", "excluded": "left out by the rule", "none_of": "none of the terms",
    },
    "de": {
        "paused": "pausiert", "no_hours": "keine Arbeitszeit", "at_capacity": "ausgelastet",
        "already_asked": "schon gefragt", "feedback_due": "schulden Rückmeldung",
        "tag_in": "ohne {dimension} {values}", "tag_not_in": "{dimension} {values}",
        "tag_all_of": "{dimension} unvollständig", "tag_at_least": "{dimension} unter {values}",
        "tag_matches": "{dimension} anders", "country_matches": "anderes Land", "lead_lacks": "{field} fehlt",
        "kind": "andere Art", "country": "anderes Land", "partner": "nicht genannt", "parent": "anderer Distributor",
        "too_far": "zu weit", "lead_nowhere": "Ort des Leads unbekannt", "partner_nowhere": "ohne bekannten Ort",
        "customer_of": "betreut den Kunden nicht", "excluded": "von der Regel ausgenommen",
        "none_of": "keine der Bedingungen",
    },
}  # fmt: skip
_NOW: Mapping[str, Mapping[str, str]] = {
    "en": {"paused": "Paused at the moment"},
    "de": {"paused": "Zurzeit pausiert"},
}
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "or": " or ", "and": " and ", "none": "none", "one": "was", "many": "were",
        "declined": "declined or gave it back", "expired": "let it lapse", "said_no": "declined",
        "handed_back": "gave it back", "taken_back": "had it taken back",
        "max_open_leads": "the limit of {} open leads was reached",
        "monthly_cap": "the limit of {} leads a month was reached",
        "weekly_pace": "the pace of {} leads in seven days was reached",
    },
    "de": {
        "or": " oder ", "and": " und ", "none": "keine Angabe", "one": "wurde", "many": "wurden",
        "declined": "hat abgelehnt oder ihn zurückgegeben", "expired": "hat nicht geantwortet",
        "said_no": "hat abgelehnt", "handed_back": "hat ihn zurückgegeben", "taken_back": "hat ihn wieder verloren",
        "max_open_leads": "die Grenze von {} offenen Leads war erreicht",
        "monthly_cap": "die Grenze von {} Leads im Monat war erreicht",
        "weekly_pace": "das Tempo von {} Leads in sieben Tagen war erreicht",
    },
}  # fmt: skip


def sentence(reason: _HasReason, language: str) -> str:
    """Say a reason in a language (BCP 47; ``de`` or, for anything else, English)."""
    language = spoken(language)
    words = _SENTENCES[language].get(reason.code)
    return reason.code if words is None else words.format_map(_Said(reason.code, reason.facts, language))


def said_now(reason: _HasReason, language: str) -> str:
    """Say a reason as it is at this moment, not as it was when a decision was made."""
    return _NOW[spoken(language)].get(reason.code) or sentence(reason, language)


def joined(sentences: Sequence[str]) -> str:
    """Put sentences into one line; after a semicolon a sentence goes on in lower case (none begins with a name)."""
    return "; ".join(one if place == 0 else one[:1].lower() + one[1:] for place, one in enumerate(sentences))


def phrase(reason: _HasReason, language: str) -> str:
    """Say what a clause asks for, as a part of a sentence."""
    return _phrase(reason.code, reason.facts, spoken(language))


def heading(reason: _HasReason, language: str) -> str:
    """Say why not in a word or three, over all partners that were left out for it."""
    language = spoken(language)
    return _HEADINGS[language].get(reason.code, reason.code).format_map(_Said(reason.code, reason.facts, language))


def _phrase(code: str, facts: _Facts, language: str) -> str:
    return _PHRASES[language].get(code, code).format_map(_Said(code, facts, language))


class _Said(dict[str, str]):
    """The facts of a reason as words, made when a sentence asks for them."""

    def __init__(self, code: str, facts: _Facts, language: str) -> None:
        super().__init__()
        self.code, self.facts, self.language, self.words = code, facts, language, _WORDS[language]

    def __missing__(self, key: str) -> str:
        made: Mapping[str, Callable[[], str]] = {
            "values": lambda: listed(self._names("values"), self.words["or"]),
            "all_values": lambda: listed(self._names("values"), self.words["and"]),
            "has": lambda: listed(self._names("has"), self.words["and"]) or self.words["none"],
            "value": lambda: listed(self._names("value"), self.words["and"]),
            "dimension": lambda: dimension_name(self.facts["dimension"], self.language),
            "field": lambda: field_name(self.facts["field"], self.language),
            "answer": lambda: self.words[self.facts["answer"]],
            "parts": lambda: "; ".join(_phrase(part["code"], part["facts"], self.language) for part in self._parts()),
            "ordinal": lambda: _ordinal(self.facts["place"]),
            "was": lambda: self.words["one" if self.facts["asked"] == 1 else "many"],
            "km": lambda: kilometres(self.facts["km"], self.facts["most"], self.language)[0],
            "most": lambda: kilometres(self.facts.get("km", 0), self.facts["most"], self.language)[1],
            "caps": self._caps,
        }
        if key in made:
            return made[key]()
        value = self.facts.get(key, "")
        return number(value, self.language) if isinstance(value, float) else str(value)

    def _parts(self) -> Sequence[_Facts]:
        parts: Sequence[_Facts] = self.facts.get("parts", ())
        return parts

    def _names(self, key: str) -> list[str]:
        """Name the values of a clause as what they are: tags, kinds, countries."""
        value = self.facts.get(key, ())
        values = [value] if isinstance(value, str) else list(value)
        if self.code == "kind":
            return [kind_name(one, self.language) for one in values]
        if self.code in ("country", "country_matches"):
            return [country_name(one, self.language) for one in values]
        if "dimension" in self.facts:
            return [tag_name(self.facts["dimension"], one, self.language) for one in values]
        return [value_name(self.facts.get("field", ""), one, self.language) for one in values]

    def _caps(self) -> str:
        caps = {name: self.facts.get(name) for name in LIMITS}
        said = [self.words[name].format(number(cap, self.language)) for name, cap in caps.items() if cap is not None]
        return listed(said, self.words["and"])


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
