"""Working time, whatever the time zone, the hours, the holidays and the changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from partidor.domain.business_time import ALWAYS, Calendar, Hours, Length, calendar_of

ZONES = ["Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana", "Australia/Lord_Howe",
         "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca", "Asia/Beirut", "America/Santiago", "UTC"]  # fmt: skip
CHANGES = [
    datetime.fromisoformat(f"{text}+00:00")
    for text in (
        "2026-03-29T01", "2026-10-25T01", "2026-03-08T07", "2026-11-01T06", "2018-02-18T02", "2018-11-04T03",
        "2026-10-03T15:30", "2026-04-04T15", "2011-12-30T10", "2026-03-28T22", "2026-09-06T04", "2026-04-05T03",
        "2026-12-24T12", "2026-05-01T00",
    )
]  # fmt: skip
"""Moments around which clocks change or holidays lie, somewhere in these zones."""

zones = st.sampled_from(ZONES)
moments = st.builds(
    lambda near, off: near + off, st.sampled_from(CHANGES), st.timedeltas(timedelta(days=-3), timedelta(days=3))
)
lengths = st.builds(Length, st.integers(1, 90), st.sampled_from("smh"))
days = st.builds(Length, st.integers(1, 9), st.just("d"))
AN_INSTANT = timedelta(microseconds=1)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Draw the hours of a day: none, all of it, or up to three spans, some in the night when clocks change."""
    ends = sorted(draw(st.sets(st.one_of(st.integers(0, 1440), st.sampled_from([0, 60, 90, 120, 150, 180, 1440])),
                               max_size=6)))  # fmt: skip
    return tuple((ends[at], ends[at + 1]) for at in range(0, len(ends) - 1, 2))


exceptions = st.dictionaries(
    st.sampled_from(sorted({day.date() + timedelta(days=off) for day in CHANGES for off in (-1, 0, 1, 2)})), hours()
)
calendars = st.builds(
    Calendar,
    zones,
    st.one_of(st.just(ALWAYS), st.tuples(*[hours()] * 7), st.just((((540, 1020),),) * 5 + ((), ()))),
    st.sampled_from(["", "DE", "DE-BY", "US", "BR"]),
    exceptions.map(lambda each: tuple(sorted(each.items()))),
)
working = calendars.filter(lambda one: any(one.week))


@settings(deadline=None)  # fifteen years may lie between
@given(calendars, moments, moments)
def test_there_is_never_less_than_no_time_and_never_more_than_by_the_wall(
    calendar: Calendar, one: datetime, other: datetime
) -> None:
    between = calendar.between(one, other)
    assert timedelta(0) <= between <= max(other - one, timedelta(0))


@settings(deadline=None)  # fifteen years may lie between
@given(calendars, st.tuples(moments, moments, moments))
def test_time_adds_up(calendar: Calendar, three: tuple[datetime, ...]) -> None:
    first, second, third = sorted(three)
    assert calendar.between(first, second) + calendar.between(second, third) == calendar.between(first, third)


@given(working, moments, lengths)
@example(Calendar("Europe/Berlin", ALWAYS), datetime(2026, 10, 24, 23, tzinfo=UTC), Length(3, "h"))
def test_what_was_added_lies_between(calendar: Calendar, start: datetime, length: Length) -> None:
    end = calendar.after(start, length)
    assume(end is not None)
    assert end is not None
    assert end > start
    assert calendar.between(start, end) == length.span
    assert calendar.is_open(end - AN_INSTANT)  # it ends within work, or with it


@given(working, moments, moments, st.one_of(lengths, days))
def test_who_begins_later_ends_no_sooner(calendar: Calendar, one: datetime, other: datetime, length: Length) -> None:
    first, second = (calendar.after(start, length) for start in sorted((one, other)))
    assert first is None or second is None or first <= second


@given(working, moments, st.integers(1, 8))
def test_longer_ends_later(calendar: Calendar, start: datetime, amount: int) -> None:
    for unit in "hd":
        ends = [calendar.after(start, Length(each, unit)) for each in (amount, amount + 1)]
        assert None in ends or ends[0] < ends[1]  # type: ignore[operator]


@given(working, moments, days)
def test_days_end_within_work_on_that_many_working_days_later(
    calendar: Calendar, start: datetime, length: Length
) -> None:
    end, opening = calendar.after(start, length), calendar.next_opening(start)
    assume(end is not None and opening is not None)
    assert end is not None
    assert opening is not None
    assert end > start
    spans = list(calendar.spans(opening - timedelta(days=2), end + timedelta(days=2)))
    assert any(opens <= end <= closes for opens, closes in spans) or any(
        before[1] < end < after[0]
        for before, after in pairwise(spans)  # in the break of that day
    )


@given(zones, moments, lengths)
def test_round_the_clock_is_the_wall_clock(zone: str, start: datetime, length: Length) -> None:
    calendar = Calendar(zone, ALWAYS)
    assert calendar.after(start, length) == start + length.span
    assert calendar.between(start, start + length.span) == length.span
    assert calendar.is_open(start)


@given(zones, st.sampled_from(["", "DE"]), moments, st.one_of(lengths, days))
def test_without_hours_it_never_opens(zone: str, holidays: str, start: datetime, length: Length) -> None:
    calendar = Calendar(zone, ((),) * 7, holidays)
    assert calendar.after(start, length) is None
    assert calendar.next_opening(start) is None
    assert not calendar.works_within(start)
    assert not calendar.is_open(start)
    assert calendar.between(start, start + timedelta(days=400)) == timedelta(0)


@given(calendars, moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(calendar: Calendar, start: datetime) -> None:
    opening = calendar.next_opening(start, 14)
    assert calendar.works_within(start) == (opening is not None)
    assert calendar.is_open(start) == (opening == start)
    if opening is not None:
        assert opening >= start
        assert calendar.is_open(opening)
        assert calendar.between(start, opening) == timedelta(0)


@given(moments, st.sampled_from(["DE", "DE-BY", "US"]))
def test_nobody_works_on_a_holiday_unless_an_exception_says_so(start: datetime, holidays: str) -> None:
    christmas = date(2026, 12, 25)
    closed = Calendar("UTC", ALWAYS, holidays)
    midnight = datetime(2026, 12, 25, tzinfo=UTC)
    assert closed.between(midnight, midnight + timedelta(days=1)) == timedelta(0)
    late = Calendar("UTC", ALWAYS, holidays, ((christmas, ((600, 660),)),))
    assert late.between(midnight, midnight + timedelta(days=1)) == timedelta(hours=1)


def test_the_book_of_examples() -> None:
    office = calendar_of({"time_zone": "Europe/Berlin", "holidays": "DE"})
    friday = datetime(2026, 6, 5, 16, tzinfo=UTC)  # 18:00 in Berlin
    assert office.after(friday, Length(30, "m")) == datetime(2026, 6, 8, 7, 30, tzinfo=UTC)
    assert office.after(friday, Length(2, "d")) == datetime(2026, 6, 10, 7, tzinfo=UTC)
    thursday = datetime(2026, 6, 4, 8, tzinfo=UTC)
    assert office.after(thursday, Length(2, "d")) == datetime(2026, 6, 8, 8, tzinfo=UTC)
    assert office.after(thursday, Length(8, "h")) == datetime(2026, 6, 5, 8, tzinfo=UTC)
    bavarian = calendar_of({"time_zone": "Europe/Berlin", "holidays": "DE-BY"})  # Corpus Christi is free there
    assert bavarian.after(thursday, Length(8, "h")) == datetime(2026, 6, 5, 15, tzinfo=UTC)


class TestInheritance:
    VENDOR = {"time_zone": "Europe/Berlin", "holidays": "DE-BY", "exceptions": [{"date": "2026-12-24", "hours": []}]}

    def test_who_says_nothing_has_the_vendors_calendar(self) -> None:
        assert calendar_of(self.VENDOR, {}) is calendar_of(self.VENDOR)
        assert calendar_of(self.VENDOR, {"home": "DE"}).holidays == "DE-BY"

    def test_holidays_are_those_at_home_unless_said_otherwise(self) -> None:
        assert calendar_of(self.VENDOR, {"home": "AT"}).holidays == "AT"
        assert calendar_of(self.VENDOR, {"home": "DE-BE"}).holidays == "DE-BE"
        assert calendar_of(self.VENDOR, {"home": "AT", "holidays": "IT"}).holidays == "IT"
        assert calendar_of(self.VENDOR, {"home": "AT", "holidays": "none"}).holidays == ""
        assert calendar_of({**self.VENDOR, "holidays": "none"}, {"home": "AT"}).holidays == ""

    def test_each_part_is_ones_own_whole_or_inherited_whole(self) -> None:
        own = calendar_of(self.VENDOR, {"time_zone": "Asia/Tokyo", "hours": {"sat": ["10:00-14:00"]}})
        assert own.time_zone == "Asia/Tokyo"
        assert own.week == ((), (), (), (), (), ((600, 840),), ())
        assert own.exceptions == calendar_of(self.VENDOR).exceptions
        assert calendar_of(self.VENDOR, {"exceptions": []}).exceptions == ()
