"""The map: outlines are cut along the paper, and no name stands on another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partidor.domain.reports.atlas import (
    BESIDE,
    Box,
    Frame,
    frame_of,
    middle_of,
    outline_on,
    width_at,
    with_room,
)

degrees = st.tuples(st.floats(-170, 170), st.floats(-80, 80))
boxes = st.builds(
    lambda x, y, width, height: Box(x, y, x + width, y + height),
    st.floats(0, 90), st.floats(0, 90), st.floats(1, 20), st.floats(1, 20),
)  # fmt: skip
GERMANY = Frame(south=47, west=5, north=55, east=15, width=960, height=720)


@given(st.lists(degrees, min_size=3, max_size=40))
def test_an_outline_never_leaves_the_paper(ring: list[tuple[float, float]]) -> None:
    for x, y in outline_on(GERMANY, ring):
        assert -BESIDE - 1e-6 <= x <= GERMANY.width + BESIDE + 1e-6
        assert -BESIDE - 1e-6 <= y <= GERMANY.height + BESIDE + 1e-6


def test_an_outline_in_the_middle_is_drawn_whole_and_one_elsewhere_not_at_all() -> None:
    assert outline_on(GERMANY, [(9, 50), (11, 50), (11, 52), (9, 52)]) == [
        pytest.approx(each) for each in ((384, 450), (576, 450), (576, 270), (384, 270))
    ]
    assert outline_on(GERMANY, [(100, 50), (110, 50), (110, 52)]) == []


def test_a_country_around_the_paper_covers_all_of_it() -> None:
    drawn = outline_on(GERMANY, [(-20, 30), (40, 30), (40, 70), (-20, 70)])
    assert middle_of(drawn) == pytest.approx((480, 360, (960 + 2 * BESIDE) * (720 + 2 * BESIDE)))


def test_a_name_has_the_room_that_its_country_gives_on_both_sides() -> None:
    square = [(0.0, 0.0), (100.0, 0.0), (100.0, 50.0), (0.0, 50.0)]
    assert width_at(square, 50, 25) == 100
    assert width_at(square, 80, 25) == 40
    assert width_at(square, 150, 25) == 0


@given(st.lists(st.tuples(boxes, boxes), max_size=12), st.lists(boxes, max_size=5))
def test_no_name_stands_on_another_or_on_a_mark(wanted: list[tuple[Box, Box]], taken: list[Box]) -> None:
    paper = Box(0, 0, 100, 100)
    found = with_room(wanted, taken, paper)
    placed = [both[number] for both, number in zip(wanted, found, strict=True) if number is not None]
    for number, box in enumerate(placed):
        assert box.lies_in(paper)
        assert not any(box.meets(other) for other in (*taken, *placed[:number]))


def test_without_a_point_europe_is_shown() -> None:
    frame = frame_of([])
    assert frame.south < 40 < 55 < frame.north
