"""Decisions in plain words, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from partidor.access.network import partners_of
from partidor.access.viewer import Viewer
from partidor.domain.routing.words.naming import dimension_name
from partidor.queries.backtests.pages import named_changes
from partidor.queries.backtests.results import Outcome
from partidor.queries.leads.decisions import DecisionCard

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "{at:%Y-%m-%d %H:%M:%S} UTC, {trigger}: ",
        "lead": "as it came in", "release": "as review released it", "reroute": "as it was routed again",
        "decline": "after a no", "expiry": "as time was up", "archived": "as a partner was archived",
        "hand_back": "as it was given back", "test": "tried", "rule": "rule {position} “{name}” of version {ruleset}",
        "tried": "rule {position} “{name}” of the draft", "no_rule": "no rule holds for this lead",
        "nobody": "nobody was asked ({reason})", "passed_over": "  passed over: rule {rule} “{name}” ({why})",
        "known": "  the customer is known: its partner is asked first, alone",
        "place": "place", "partner": "partner", "points": "points", "debt": "owed", "parts": "made of",
        "asked": "asked", "more": "  … and {count} more who were suitable",
        "excluded": "  not asked: {parts}", "nobody_out": "  nobody else is in the network",
        "paused": "paused", "no_hours": "without working time", "at_capacity": "at capacity",
        "already_asked": "asked before", "feedback_due": "feedback due", "who": "not meant by the rule",
        "changed": "  it cannot be made again as it was: {changed}",
        "no_partner": "rules hold, but nobody was available", "nobody_left": "the plan has run out",
        "no_match": "nobody fits", "all_unavailable": "all who fit are unavailable",
        "distance": "nearness", "win_rate": "win rate", "conversion": "conversion", "load": "room",
        "open_now": "open now", "language": "language", "past_sales": "past sales",
    },
    "de": {
        "head": "{at:%d.%m.%Y %H:%M:%S} UTC, {trigger}: ",
        "lead": "beim Eingang", "release": "bei der Freigabe", "reroute": "beim erneuten Verteilen",
        "decline": "nach einer Absage", "expiry": "nach Ablauf der Zeit", "archived": "als ein Partner ging",
        "hand_back": "nach der Rückgabe", "test": "Probe", "rule": "Regel {position} „{name}“ der Version {ruleset}",
        "tried": "Regel {position} „{name}“ des Entwurfs", "no_rule": "keine Regel gilt für diesen Lead",
        "nobody": "niemand wurde gefragt ({reason})", "passed_over": "  übergangen: Regel {rule} „{name}“ ({why})",
        "known": "  der Endkunde ist bekannt: sein Partner wird zuerst und allein gefragt",
        "place": "Platz", "partner": "Partner", "points": "Punkte", "debt": "hat gut", "parts": "aus",
        "asked": "gefragt", "more": "  … und {count} weitere, die geeignet waren",
        "excluded": "  nicht gefragt: {parts}", "nobody_out": "  sonst ist niemand im Netz",
        "paused": "pausiert", "no_hours": "ohne Arbeitszeit", "at_capacity": "ausgelastet",
        "already_asked": "schon gefragt", "feedback_due": "Rückmeldung fällig", "who": "von der Regel nicht gemeint",
        "changed": "  sie lässt sich nicht mehr gleich treffen: {changed}",
        "no_partner": "Regeln gelten, aber niemand war verfügbar", "nobody_left": "der Plan ist zu Ende",
        "no_match": "niemand passt", "all_unavailable": "alle, die passen, sind nicht verfügbar",
        "distance": "Nähe", "win_rate": "Gewinnquote", "conversion": "Abschlussquote", "load": "Freiraum",
        "open_now": "geöffnet", "language": "Sprache", "past_sales": "Umsatz bisher",
    },
}  # fmt: skip


def names_of(viewer: Viewer) -> dict[UUID, str]:
    """Return the names of all partners, archived ones too."""
    return dict(partners_of(viewer).values_list("pk", "name"))


def retold(card: DecisionCard, names: Mapping[UUID, str], language: str) -> Iterator[str]:
    """Tell one decision line by line: the rule, the ranking with the parts of each score, everyone else by reason."""
    words = _WORDS["de" if language == "de" else "en"]
    head = words["head"].format(at=card.at, trigger=words.get(card.trigger, card.trigger))
    if card.rule is not None:
        form = words["rule"] if card.ruleset else words["tried"]
        yield head + form.format(position=card.rule.position, name=card.rule.name, ruleset=card.ruleset)
    else:
        yield head + words.get(card.reason or "", card.reason or words["no_rule"])
    for passed in card.passed_over:
        yield words["passed_over"].format(rule=passed.rule, name=passed.name, why=words.get(passed.why, passed.why))
    if card.via == "known_customer":
        yield words["known"]
    if card.rule is not None and card.reason is not None:
        yield "  " + words["nobody"].format(reason=words.get(card.reason, card.reason))
    yield from _ranking(card, names, words, language)
    if card.excluded:
        parts = ", ".join(f"{count} {words.get(code, code)}" for code, count in card.excluded.items())
        yield words["excluded"].format(parts=parts)
    if card.id is not None and not card.replayable:
        yield words["changed"].format(changed="; ".join(one.text for one in card.changed))


def _ranking(card: DecisionCard, names: Mapping[UUID, str], words: Mapping[str, str], language: str) -> Iterator[str]:
    if not card.candidates:
        return
    width = max(len(words["partner"]), *(len(names.get(one.partner, "?")) for one in card.candidates))
    yield (
        f"  {words['place']:>5}  {words['partner']:{width}}  {words['points']:>7}  {words['debt']:>8}  {words['parts']}"
    )
    for one in card.candidates:
        made = ((_criterion(name, words, language), _number(points, language)) for name, points in one.parts.items())
        parts = " + ".join(f"{name} {points}" for name, points in made) or "–"
        mark = f"  ← {words['asked']}" if one.partner in card.chosen else ""
        yield (
            f"  {one.place:>5}  {names.get(one.partner, '?'):{width}}  {_number(one.score, language):>7}  "
            f"{_number(one.debt, language):>8}  {parts}{mark}"
        )


def _criterion(name: str, words: Mapping[str, str], language: str) -> str:
    kind, _, dimension = name.partition(":")
    return dimension_name(dimension, language) if kind == "tag" else words.get(name, name)


def _number(value: float, language: str) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if language == "de" else text


def backtest_retold(viewer: Viewer, content: Mapping[str, Any], most: int = 10) -> Iterator[str]:
    """Tell a back-test: what moves, whom it gives more and whom less, and the first leads that go elsewhere."""
    found = Outcome(content)
    before, after = found.fairness["before"], found.fairness["after"]
    yield f"{found.leads:,} leads: {found.same:,} as by today's rules, {found.moved:,} elsewhere"
    yield f"  for nobody: {found.unmatched['after']:,}, by today's rules {found.unmatched['before']:,}"
    yield f"  largest debt: {after['max_debt']:.2f} leads, by today's rules {before['max_debt']:.2f}"
    if after["jain"] is not None and before["jain"] is not None:
        yield f"  evenness: {after['jain']:.3f}, by today's rules {before['jain']:.3f}"
    yield f"  as it really was: {found.as_then:,} go to the same partner"
    shifts = sorted(found.partners, key=lambda one: (-abs(one.after - one.before), one.name))
    for one in [shift for shift in shifts if shift.after != shift.before][:most]:
        yield f"  {one.name}: {one.before:,} to {one.after:,}"
    for change, lead in named_changes(viewer, list(found.elsewhere("moved", 0, most))):
        names = [partner.name if partner else "nobody" for partner in (change.before, change.after)]
        yield f"  lead {lead.ref if lead else change.lead}: {names[0]} to {names[1]}. {change.said('en')}"
    if found.moved > most:
        yield f"  … and {found.moved - most:,} more; --json tells them"
