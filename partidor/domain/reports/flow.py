"""Where leads went, as a picture (a Sankey diagram): columns of nodes, and streams between neighbouring columns.

Every height is one scale times a count, so heights add up: what flows into a node flows out of it. A node so small
that its label would touch the next one's gets the room of a label, and is drawn in the middle of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

LABEL = 15.0
"""The room that a node takes at least, so that labels do not collide."""
GAP = 9.0
THIN = 2.0
"""The height that a node is drawn with at least."""
NODE = 8.0
HEAD = 26.0
"""The room above the nodes, for the heads of the columns."""


@dataclass(frozen=True, slots=True)
class Node:
    """A bar: where it stands and how much goes through it. ``middle`` is where its label stands."""

    column: int
    key: str
    count: int
    x: float
    y: float
    width: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True)
class Stream:
    """A band from a node (of ``column``) to one in the next column, as a closed SVG path."""

    column: int
    source: str
    target: str
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The whole: nodes column by column from top to bottom, and streams, the widest first."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    streams: tuple[Stream, ...]


def picture(
    columns: Sequence[Sequence[str]],
    paths: Mapping[tuple[str, ...], int],
    *,
    width: float = 1176.0,
    height: float = 288.0,
    last: float = 176.0,
) -> Picture:
    """Draw paths (a key per column) by their counts; ``columns`` names the keys from top to bottom.

    ``last`` is the room right of the last column, for its labels. The picture grows beyond ``height`` when the
    labels of a column need it. Keys without a count are left out.
    """
    counts = [Counter[str]() for _ in columns]
    bands = [Counter[tuple[str, str]]() for _ in columns[1:]]
    for path, count in paths.items():
        for column, key in enumerate(path):
            counts[column][key] += count
        for column, pair in enumerate(pairwise(path)):
            bands[column][pair] += count
    shown = [[key for key in keys if counts[column][key]] for column, keys in enumerate(columns)]
    most = max((len(keys) for keys in shown), default=0)
    room = max(height - HEAD, most * LABEL + (most - 1) * GAP + LABEL)
    scale = min((_scale([counts[c][key] for key in keys], room) for c, keys in enumerate(shown) if keys), default=0.0)
    step = (width - last - NODE) / max(1, len(columns) - 1)
    nodes = [
        node
        for column, keys in enumerate(shown)
        for node in _column(column, keys, counts[column], round(column * step, 1), room, scale)
    ]
    return Picture(width, round(HEAD + room, 1), tuple(nodes), tuple(_streams(nodes, bands, scale)))


def _scale(counts: Sequence[int], room: float) -> float:
    """Return the height of one lead with which a column just fits, small nodes taking the room of a label."""
    left = room - GAP * (len(counts) - 1)
    small: set[int] = set()
    while True:
        large = sum(count for at, count in enumerate(counts) if at not in small)
        if not large:
            return LABEL / max(counts)
        scale = (left - LABEL * len(small)) / large
        fresh = {at for at, count in enumerate(counts) if at not in small and count * scale < LABEL}
        if not fresh:
            return scale
        small |= fresh


def _column(
    column: int, keys: Sequence[str], counts: Mapping[str, int], x: float, room: float, scale: float
) -> list[Node]:
    slots = [max(counts[key] * scale, LABEL) for key in keys]
    top = HEAD + (room - sum(slots) - GAP * (len(slots) - 1)) / 2
    nodes = []
    for key, slot in zip(keys, slots, strict=True):
        tall = max(counts[key] * scale, THIN)
        middle = top + slot / 2
        nodes.append(Node(column, key, counts[key], x, middle - tall / 2, NODE, tall, middle))
        top += slot + GAP
    return nodes


def _streams(nodes: Sequence[Node], bands: Sequence[Mapping[tuple[str, str], int]], scale: float) -> list[Stream]:
    """Lay the bands side by side at both ends, each in the order of its other end: so few of them cross."""
    place = {(node.column, node.key): at for at, node in enumerate(nodes)}
    leaving = {key: nodes[at].middle - nodes[at].count * scale / 2 for key, at in place.items()}
    arriving = dict(leaving)
    streams = []
    for column, pairs in enumerate(bands):
        listed = sorted(pairs, key=lambda pair: (place[column, pair[0]], place[column + 1, pair[1]]))
        ends = {}
        for pair in listed:
            ends[pair] = arriving[column + 1, pair[1]]
            arriving[column + 1, pair[1]] += pairs[pair] * scale
        for pair in sorted(listed, key=lambda pair: place[column + 1, pair[1]]):
            left, right = nodes[place[column, pair[0]]].x + NODE, nodes[place[column + 1, pair[1]]].x
            start, thick = leaving[column, pair[0]], pairs[pair] * scale
            leaving[column, pair[0]] += thick
            streams.append(Stream(column, *pair, pairs[pair], _band(left, start, right, ends[pair], thick)))
    return sorted(streams, key=lambda stream: -stream.count)


def _band(left: float, start: float, right: float, end: float, thick: float) -> str:
    middle = f"{(left + right) / 2:.1f}"
    return (
        f"M{left:.1f} {start:.1f}C{middle} {start:.1f} {middle} {end:.1f} {right:.1f} {end:.1f}v{thick:.1f}"
        f"C{middle} {end + thick:.1f} {middle} {start + thick:.1f} {left:.1f} {start + thick:.1f}z"
    )
