"""Medians, shares, figures of the last days, and their small line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from partidor.domain.reports.figures import day_starts, median, rolled, rolling, share
from partidor.domain.reports.spark import Spark, spark

AT = datetime(2026, 3, 9, 14, 6, tzinfo=UTC)


def test_the_median_is_the_middle_and_of_nothing_nothing() -> None:
    assert median([5, 1, 9]) == 5
    assert median([4, 1, 9, 6]) == 5
    assert median([]) is None


def test_a_share_of_nothing_is_nothing() -> None:
    assert share(3, 4) == 0.75
    assert share(0, 0) is None


def test_days_end_now() -> None:
    assert day_starts(AT, 3) == [AT - timedelta(days=3), AT - timedelta(days=2), AT - timedelta(days=1)]


def test_each_point_is_the_figure_as_it_stood_that_day() -> None:
    assert rolling([1, 2, 3, 4], 3) == [6, 9]
    assert rolled([[1], [], [2, 3], [4]], 3) == [[1, 2, 3], [2, 3, 4]]


class TestSpark:
    def test_runs_from_left_to_right_and_ends_in_its_point(self) -> None:
        line = spark([1, 3, 2])
        assert line
        assert line.path == "M1.0 22.0L36.0 2.0L71.0 12.0"
        assert (line.x, line.y) == (71, 12)

    def test_lies_in_the_middle_when_nothing_changes(self) -> None:
        assert spark([2, 2]) == Spark("M1.0 12.0L71.0 12.0", 71, 12)

    def test_leaves_out_days_without_a_figure(self) -> None:
        assert spark([None, 1, 2]) == Spark("M36.0 22.0L71.0 2.0", 71, 2)
        assert spark([None, None, 2]) is None
