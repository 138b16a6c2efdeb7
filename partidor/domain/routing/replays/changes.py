"""What keeps a decision from coming out the same when it is made again: which input has changed, or is gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from partidor.domain.facts import Value
from partidor.domain.routing.decide import replay
from partidor.domain.routing.decision import Decision
from partidor.domain.routing.match import Snapshot
from partidor.domain.routing.words.naming import field_name, listed, spoken, value_name

RESULTS = ("rule", "passed_over", "via", "cursor", "chosen", "excluded", "eligible", "reason")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was: a code, and the facts that its sentence is made of."""

    code: str
    facts: Mapping[str, Any]


def made_again(snapshot: Snapshot, record: Mapping[str, Any], values: Mapping[str, Value]) -> Decision | None:
    """Make a decision again from its record and its lead's values; None when that cannot be done any more."""
    try:
        personal = {name: values[name] for name in snapshot.ruleset.personal_fields if name in values}
        return replay(snapshot, record, personal)
    except (KeyError, IndexError):
        return None


def equals(again: Decision, record: Mapping[str, Any]) -> bool:
    """Say whether a decision made again is the one that was kept, to the last figure of what was kept of it."""
    now = json.loads(json.dumps(again.record()))
    return {name: now.get(name) for name in record} == record


def changes(
    snapshot: Snapshot | None, record: Mapping[str, Any], values: Mapping[str, Value], touched: Collection[str]
) -> list[Change]:
    """Tell what keeps a decision from coming out the same; nothing if it does.

    ``values`` are the lead's fields as they are now, ``touched`` those that were changed since the decision.
    """
    if snapshot is None:
        return [Change("versions_gone", {})]
    again = made_again(snapshot, record, values)
    if again is not None and equals(again, record):
        return []
    found = list(_gone_partners(snapshot, record)) or list(_fields(snapshot, record, values, touched))
    if again is None:
        return found or [Change("network_gone", {})]
    now = json.loads(json.dumps(again.record()))
    found += [Change(name, {}) for name in RESULTS if now[name] != record[name]]
    return found or [Change("ranking", {})]


def _gone_partners(snapshot: Snapshot, record: Mapping[str, Any]) -> Iterator[Change]:
    for one in record["candidates"]:
        if one["partner"] not in snapshot.network.index:
            yield Change("partner_gone", {"partner": one["partner"]})


def _fields(
    snapshot: Snapshot, record: Mapping[str, Any], values: Mapping[str, Value], touched: Collection[str]
) -> Iterator[Change]:
    """Yield what of the lead reads differently. Of personal fields no earlier value is kept, so none can be told."""
    personal = snapshot.ruleset.personal_fields
    yield from (Change("field_changed", {"field": name}) for name in personal if name in touched and name in values)
    yield from (Change("field_erased", {"field": name}) for name in personal if name not in values)
    for name, kept in record["inputs"]["values"].items():
        now = values.get(name)
        if name != "flags" and (list(now) if isinstance(now, tuple) else now) != kept:
            yield Change("field_differs", {"field": name, "kept": kept, "now": now})


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "versions_gone": "the rules or the partners that it was made with are gone",
        "network_gone": "what was kept of the partners then is not whole any more",
        "partner_gone": "the facts of {partner} are gone",
        "field_changed": "{field} was changed since", "field_erased": "{field} is not there (any more)",
        "field_differs": "{field} was {kept} and is {now}", "nothing": "not known",
        "rule": "another rule would decide", "passed_over": "other rules would be passed over",
        "via": "a partner that the customer knows would be treated differently",
        "cursor": "another round would open", "chosen": "other partners would be asked",
        "excluded": "others would be left out", "eligible": "another number could be asked",
        "reason": "nobody would be asked for another reason",
        "ranking": "the same partners are asked, but the ranking or the live state reads differently",
    },
    "de": {
        "versions_gone": "die Regeln oder Partner, mit denen entschieden wurde, fehlen",
        "network_gone": "was von den Partnern aufbewahrt war, ist nicht mehr vollständig",
        "partner_gone": "die Angaben von {partner} fehlen",
        "field_changed": "{field} wurde seither geändert", "field_erased": "{field} ist nicht (mehr) da",
        "field_differs": "{field} war {kept} und ist {now}", "nothing": "nicht bekannt",
        "rule": "eine andere Regel würde entscheiden", "passed_over": "andere Regeln würden übergangen",
        "via": "ein Partner, den der Kunde kennt, würde anders behandelt",
        "cursor": "eine andere Runde würde beginnen", "chosen": "andere Partner würden gefragt",
        "excluded": "andere blieben außen vor", "eligible": "eine andere Zahl könnte gefragt werden",
        "reason": "aus einem anderen Grund würde niemand gefragt",
        "ranking": "dieselben Partner werden gefragt, aber Rangfolge oder Lage lesen sich anders",
    },
}  # fmt: skip


def change_said(change: Change, names: Mapping[str, str], language: str) -> str:
    """Say a change in a language; ``names`` are those of partners, by id."""
    words, facts = _WORDS[spoken(language)], change.facts
    said = {key: _value(facts, key, words, language) for key in ("kept", "now") if key in facts}
    if "field" in facts:
        said["field"] = field_name(str(facts["field"]), language)
    if "partner" in facts:
        said["partner"] = names.get(facts["partner"], facts["partner"])
    return words[change.code].format(**said)


def _value(facts: Mapping[str, Any], key: str, words: Mapping[str, str], language: str) -> str:
    value = facts[key]
    if value is None:
        return words["nothing"]
    values = value if isinstance(value, list | tuple) else [value]
    return listed([value_name(str(facts["field"]), one, language) for one in values], ", ")
