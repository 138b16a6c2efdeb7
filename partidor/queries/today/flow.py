"""Where the leads of a time went: from sources by rules to partners, and what became of them. As a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import CharField, Count, F, Q, QuerySet, Value

from partidor.access.leads import visible_leads, visible_offers
from partidor.access.network import rulesets_of
from partidor.access.viewer import Viewer
from partidor.domain.reports.flow import Node, Stream, picture

SOURCES, RULES, PARTNERS = 4, 6, 5
"""How many sources, rules and partners stand for themselves: those with the most leads."""
OUTCOME = {
    "accepted": "worked",
    "won": "won",
    "lost": "lost",
    "offered": "waiting",
    "in_review": "review",
    "parked": "review",
    "rejected": "aside",
    "withdrawn": "aside",
    "unassigned": "unassigned",
}
"""What became of a lead, by its state."""
OUTCOME_STATE = {"worked": "accepted", "won": "won", "lost": "lost", "waiting": "offered", "unassigned": "unassigned"}
OWN = "="
"""Begins the key of a source, rule or partner; any other key is a code."""

Way = tuple[str, ...]
"""The keys of a source, a rule, a partner and an outcome."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a node stands for: its own ``name``, or a ``code`` that pages put in words.

    Codes: others (``number`` of them), by_hand, not_routed, no_rule, competition, nobody, no_partner, and the outcomes.
    ``number`` of a rule is its position. ``filters`` is what the list of leads is narrowed to, if it can be.
    """

    node: Node
    code: str
    name: str
    number: int
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Band:
    """How many leads went from one place to one of the next column."""

    stream: Stream
    source: Place
    target: Place


@dataclass(frozen=True, slots=True)
class Flow:
    """The picture: how many leads, its size, its places column by column, and the bands between them."""

    total: int
    width: float
    height: float
    columns: tuple[tuple[Place, ...], ...]
    bands: tuple[Band, ...]


def flow(viewer: Viewer, *, since: datetime, until: datetime) -> Flow:
    """Show where the leads received in a time went, in two statements. For the vendor only; test leads are left out."""
    viewer.require_vendor("leads:read")
    known = _Known()
    ways = _ways(viewer, since, until, known)
    others = {}
    for column, most in enumerate((SOURCES, RULES, PARTNERS)):
        ways, others[column] = _folded(ways, column, most)
    drawn = picture([_order(ways, column, known) for column in range(4)], ways)

    places = {(node.column, node.key): _place(node, known, others.get(node.column, 0)) for node in drawn.nodes}
    return Flow(
        sum(ways.values()),
        drawn.width,
        drawn.height,
        tuple(tuple(place for (at, _), place in places.items() if at == column) for column in range(4)),
        tuple(
            Band(stream, places[stream.column, stream.source], places[stream.column + 1, stream.target])
            for stream in drawn.streams
        ),
    )


@dataclass(slots=True)
class _Known:
    """What keys stand for: the names of partners by id, and the positions of rules by name."""

    partners: dict[str, str] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)


def _ways(viewer: Viewer, since: datetime, until: datetime, known: _Known) -> Counter[Way]:
    """Count the ways. Who is asked alone stands for the partner; all others that are offered are in competition."""
    rows = list(_rows(viewer, since, until))
    names = _rule_names(viewer, {row["version"] for row in rows if row["position"]}, known)
    ways: Counter[Way] = Counter()
    for row in rows:
        if row["who"]:
            known.partners[str(row["who"])] = row["called"]
        asked, outcome = row["now"] == "asked", OUTCOME.get(row["now"], "waiting")
        way = (f"{OWN}{row['name']}", _rule(row, names), _partner(row), outcome)
        ways[way] += row["number"]
        if asked:
            ways[way[0], way[1], "competition", outcome] -= row["number"]
    return +ways


def _rows(viewer: Viewer, since: datetime, until: datetime) -> QuerySet[Any]:
    """Count leads by everything that a way is made of, and those of them that one partner alone is asked about."""
    leads = visible_leads(viewer).filter(test=False, received_at__gte=since, received_at__lt=until)
    asked = visible_offers(viewer).filter(
        Q(state="open", exclusive=True, lead__state="offered"),
        lead__test=False, lead__received_at__gte=since, lead__received_at__lt=until,
    )  # fmt: skip
    return _grouped(leads, "", F("state")).union(_grouped(asked, "lead__", Value("asked", CharField())), all=True)


def _grouped(rows: QuerySet[Any], lead: str, state: F | Value) -> QuerySet[Any]:
    grouped: QuerySet[Any] = (
        rows.order_by()
        .values(
            name=F(f"{lead}source__name"), version=F(f"{lead}ruleset_version"), position=F(f"{lead}rule_position"),
            by=F(f"{lead}via"), now=state, who=F("partner_id"), called=F("partner__name"),
        )
        .annotate(number=Count("pk"))
    )  # fmt: skip
    return grouped


def _rule_names(viewer: Viewer, versions: set[int], known: _Known) -> dict[tuple[int, int], str]:
    """Return the names of rules by version and position; a rule stands where the newest of the versions has it."""
    names = {}
    for version, rules in (
        rulesets_of(viewer).filter(version__in=versions).order_by("version").values_list("version", "rules")
    ):
        for position, rule in enumerate(rules, 1):
            names[version, position] = str(rule["name"])
            known.positions[str(rule["name"])] = position
    return names


def _rule(row: Mapping[str, Any], names: Mapping[tuple[int, int], str]) -> str:
    if row["by"] == "by_hand":
        return "by_hand"
    if row["position"]:
        return f"{OWN}{names.get((row['version'], row['position']), '')}"
    return "no_rule" if row["now"] == "unassigned" else "not_routed"


def _partner(row: Mapping[str, Any]) -> str:
    if row["who"]:
        return f"{OWN}{row['who']}"
    return {"offered": "competition", "unassigned": "no_partner"}.get(row["now"], "nobody")


def _folded(ways: Counter[Way], column: int, most: int) -> tuple[Counter[Way], int]:
    """Fold all but the largest of a column into one, and say how many those are; a single one stays itself."""
    sizes: Counter[str] = Counter()
    for way, number in ways.items():
        if way[column].startswith(OWN):
            sizes[way[column]] += number
    ranked = sorted(sizes, key=lambda key: (-sizes[key], key))
    small = set(ranked[most:]) if len(ranked) > most + 1 else set()
    folded: Counter[Way] = Counter()
    for way, number in ways.items():
        folded[(*way[:column], "others", *way[column + 1 :]) if way[column] in small else way] += number
    return folded, len(small)


def _order(ways: Counter[Way], column: int, known: _Known) -> list[str]:
    """Put the keys of a column in order: rules as they stand, others the largest first; then the codes."""
    sizes: Counter[str] = Counter()
    for way, number in ways.items():
        sizes[way[column]] += number
    codes = ("others", "by_hand", "competition", "nobody", "not_routed", "no_rule", "no_partner", *OUTCOME.values())

    def place(key: str) -> tuple[int, int, str]:
        if not key.startswith(OWN):
            return 1, codes.index(key), ""
        return 0, known.positions.get(key[1:], 0) if column == 1 else -sizes[key], key

    return sorted(sizes, key=place)


def _place(node: Node, known: _Known, others: int) -> Place:
    own = node.key[1:] if node.key.startswith(OWN) else ""
    if not own:
        number = others if node.key == "others" else 0
        state = OUTCOME_STATE.get(node.key)
        return Place(node, node.key, "", number, {"state": state} if state else {})
    if node.column == 0:
        return Place(node, "", own, 0, {"source": own})
    if node.column == 1:
        return Place(node, "", own, known.positions[own], {})
    return Place(node, "", known.partners[own], 0, {"partner": own})
