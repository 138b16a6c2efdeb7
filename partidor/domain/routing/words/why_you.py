"""Why a partner was asked, as that partner may know it: no name and no figure of anybody else. In its portal and mails.

Written in English and German, as all sentences about decisions are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from partidor.domain.routing.words.naming import named, number, readable, spoken
from partidor.domain.words import DIMENSION


@dataclass(frozen=True, slots=True)
class Strength:
    """One thing that spoke for the partner: how near it is, a tag of its own, the language it speaks, a small load."""

    by: Literal["distance", "tag", "language", "load"]
    km: int | None = None
    dimension: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhyYou:
    """How the partner came to be asked, what spoke for it, and how many, itself included, suited equally well.

    ``best``: of several that were interested it is to be, or was, chosen.
    """

    how: Literal["by_hand", "known_customer", "alone", "competition", "best"]
    strengths: tuple[Strength, ...] = ()
    equal: int = 1
    asked: int = 1


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "by_hand": "{vendor} has chosen you by hand.",
        "known_customer": "You already look after this customer, so you were asked first.",
        "strengths": "What spoke for you: {}.",
        "competition": "{n} partners were asked at the same time; you were the quickest.",
        "best": "{n} partners were asked at the same time; of those interested you suited best.",
        "equal": "{n} partners suited equally well; the next lead was due to you.",
        "alone": "Of all who could be asked, you suited best.",
        "one_of": "You are one of {n} partners whom this lead suits; all are asked at the same time.",
        "distance": "{} km away", "language": "the customer’s language", "load": "your spare capacity",
    },
    "de": {
        "by_hand": "{vendor} hat Sie von Hand ausgewählt.",
        "known_customer": "Sie betreuen diesen Kunden schon; darum wurden Sie zuerst gefragt.",
        "strengths": "Für Sie sprach: {}.",
        "competition": "{n} Partner wurden gleichzeitig gefragt; Sie waren am schnellsten.",
        "best": "{n} Partner wurden gleichzeitig gefragt; von den Interessierten passten Sie am besten.",
        "equal": "{n} Partner passten gleich gut; Ihnen stand der nächste Lead zu.",
        "alone": "Von allen, die infrage kamen, passten Sie am besten.",
        "one_of": "Sie sind einer von {n} Partnern, zu denen dieser Lead passt; alle werden gleichzeitig gefragt.",
        "distance": "{} km Entfernung", "language": "die Sprache des Kunden", "load": "Ihre freie Kapazität",
    },
}  # fmt: skip


def why_you_said(reason: WhyYou, vendor: str, language: str, *, answered: bool = True) -> str:
    """Say to a partner why it was asked; before it has ``answered``, nothing of who was quicker or chosen."""
    words = _WORDS[spoken(language)]
    if reason.how in ("by_hand", "known_customer"):
        return words[reason.how].format(vendor=vendor)
    said = []
    if reason.strengths:
        said.append(words["strengths"].format(", ".join(_strength(one, language) for one in reason.strengths)))
    if reason.how in ("competition", "best"):
        told = reason.how if answered else "" if said else "one_of"
        if told:
            said.append(words[told].format(n=number(reason.asked, language)))
    elif reason.equal > 1:
        said.append(words["equal"].format(n=number(reason.equal, language)))
    else:
        said.append(words["alone"])
    return " ".join(said)


def _strength(one: Strength, language: str) -> str:
    if one.by != "tag":
        return _WORDS[spoken(language)][one.by].format(number(one.km or 0, language))
    dimension = named("dimension", one.dimension, language) if one.dimension in DIMENSION else readable(one.dimension)
    return f"{dimension} {', '.join(one.values)}"
