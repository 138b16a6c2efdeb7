"""Why a lead would have gone elsewhere: kept as a code with its facts, told as one sentence."""

from __future__ import annotations

from typing import NamedTuple

from partidor.domain.routing.words.naming import spoken


class MoveReason(NamedTuple):
    """A code, and the points that ``score`` is about (in hundredths; else 0)."""

    code: str
    cents: int = 0


_WHY = {
    "en": {
        "rule": "Rule “{before}” takes it today; here rule “{after}” does.",
        "no_rule": "No rule takes it here.",
        "no_partner": "Rules take it here, but none of them has a partner who could be asked.",
        "taken": "Today nobody would be asked; here rule “{after}” takes it.",
        "known": "Here it matters differently who already works with this customer.",
        "who": "{one} is not among those whom this rule asks here.",
        "full": "{one} would have been full by then.",
        "score": "{other} suits better here, by {points} points over {one}.",
        "share": "Both suit equally; by the fair share it is the turn of {other}.",
        "then_rule": "Rule “{before}” took it then; here rule “{after}” does.",
        "then_taken": "Nobody was asked then; here rule “{after}” takes it.",
        "then": "The same rule as then; the fair share and what was on the tables stand differently.",
    },
    "de": {
        "rule": "Heute übernimmt ihn die Regel „{before}“, hier die Regel „{after}“.",
        "no_rule": "Hier übernimmt ihn keine Regel.",
        "no_partner": "Hier übernehmen ihn Regeln, aber keine hat einen Partner, der gefragt werden könnte.",
        "taken": "Heute würde niemand gefragt; hier übernimmt ihn die Regel „{after}“.",
        "known": "Hier zählt anders, wer mit diesem Kunden schon arbeitet.",
        "who": "{one} gehört hier nicht zu denen, die diese Regel fragt.",
        "full": "{one} wäre da schon ausgelastet gewesen.",
        "score": "{other} passt hier besser, um {points} Punkte vor {one}.",
        "share": "Beide passen gleich gut; nach dem fairen Anteil ist {other} an der Reihe.",
        "then_rule": "Damals übernahm ihn die Regel „{before}“, hier die Regel „{after}“.",
        "then_taken": "Damals wurde niemand gefragt; hier übernimmt ihn die Regel „{after}“.",
        "then": "Dieselbe Regel wie damals; fairer Anteil und laufende Leads stehen anders.",
    },
}  # fmt: skip
CODES = tuple(_WHY["en"])
_NAMES = {
    "en": {
        "rule": "Another rule", "no_rule": "No rule takes it", "no_partner": "No partner could be asked",
        "taken": "Nobody today", "known": "Known customer", "who": "Not among those asked", "full": "Full by then",
        "score": "Another suits better", "share": "Fair share", "then_rule": "Another rule than then",
        "then_taken": "Nobody was asked then", "then": "Same rule, other accounts",
    },
    "de": {
        "rule": "Andere Regel", "no_rule": "Keine Regel übernimmt", "no_partner": "Kein Partner zu fragen",
        "taken": "Heute niemand", "known": "Bekannter Kunde", "who": "Nicht unter den Gefragten", "full": "Ausgelastet",
        "score": "Ein anderer passt besser", "share": "Fairer Anteil", "then_rule": "Andere Regel als damals",
        "then_taken": "Damals niemand gefragt", "then": "Gleiche Regel, anderer Stand",
    },
}  # fmt: skip


def reason_named(code: str, language: str) -> str:
    """Name a reason in short, as for a list to choose from."""
    return _NAMES[spoken(language)][code]


def reason_said(
    why: MoveReason, language: str, *, before: str = "", after: str = "", one: str = "", other: str = ""
) -> str:
    """Say it: ``before`` and ``after`` are the names of the rules, ``one`` and ``other`` of the partners."""
    language = spoken(language)
    points = f"{why.cents / 100:.1f}".removesuffix(".0")
    if language == "de":
        points = points.replace(".", ",")
    return _WHY[language][why.code].format(before=before, after=after, one=one, other=other, points=points)
