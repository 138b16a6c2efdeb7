"""The picture of where leads went: heights add up, labels do not collide, the same input draws the same."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.reports.flow import GAP, HEAD, LABEL, Node, Picture, picture

KEYS = [[f"{column}{number}" for number in range(6)] for column in "abcd"]
PATHS = st.dictionaries(
    st.tuples(*[st.sampled_from(keys) for keys in KEYS]), st.integers(1, 9) | st.integers(1, 5000), max_size=40
)
Paths = dict[tuple[str, ...], int]


def by_column(drawn: Picture) -> list[list[Node]]:
    return [[node for node in drawn.nodes if node.column == column] for column in range(4)]


def thickness(path: str) -> float:
    found = re.search(r"v([\d.]+)C", path)
    assert found
    return float(found[1])


@given(PATHS)
def test_every_lead_passes_every_column(paths: Paths) -> None:
    drawn, total = picture(KEYS, paths), sum(paths.values())
    assert all(sum(node.count for node in nodes) == total for nodes in by_column(drawn))
    for column in range(3):
        assert sum(stream.count for stream in drawn.streams if stream.column == column) == total


@given(PATHS)
def test_what_flows_into_a_node_is_as_high_as_what_flows_out(paths: Paths) -> None:
    drawn = picture(KEYS, paths)
    into: dict[tuple[int, str], float] = defaultdict(float)
    out: dict[tuple[int, str], float] = defaultdict(float)
    for stream in drawn.streams:
        out[stream.column, stream.source] += thickness(stream.path)
        into[stream.column + 1, stream.target] += thickness(stream.path)
    for node in drawn.nodes:
        sides = [side[node.column, node.key] for side in (into, out) if (node.column, node.key) in side]
        for side in sides:
            assert side <= node.height + 0.5  # paths are written with one decimal
        if len(sides) == 2:
            assert sides[0] == pytest.approx(sides[1], abs=1)


@given(PATHS)
def test_nothing_overlaps_and_nothing_leaves_the_picture(paths: Paths) -> None:
    drawn = picture(KEYS, paths)
    for nodes in by_column(drawn):
        for upper, lower in pairwise(nodes):
            assert upper.y + upper.height + GAP <= lower.y + 0.01
            assert lower.middle - upper.middle >= LABEL
        for node in nodes:
            assert node.y >= HEAD - 0.01
            assert node.y + node.height <= drawn.height + 0.06


@given(PATHS)
def test_the_picture_depends_on_the_counts_alone(paths: Paths) -> None:
    assert picture(KEYS, paths) == picture(KEYS, dict(reversed(paths.items())))


def test_keeps_the_order_it_is_given_and_leaves_out_what_nothing_flows_through() -> None:
    drawn = picture(KEYS, {("a2", "b1", "c0", "d0"): 3, ("a0", "b1", "c5", "d0"): 1})
    assert [[node.key for node in nodes] for nodes in by_column(drawn)] == [["a0", "a2"], ["b1"], ["c0", "c5"], ["d0"]]


def test_a_column_with_many_small_nodes_grows_the_picture() -> None:
    many = [f"c{number}" for number in range(40)]
    drawn = picture([["a"], ["b"], many, ["d"]], {("a", "b", key, "d"): 1 for key in many}, height=200)
    assert drawn.height > 40 * (LABEL + GAP)


def test_nothing_is_an_empty_picture() -> None:
    assert picture(KEYS, {}).nodes == ()
