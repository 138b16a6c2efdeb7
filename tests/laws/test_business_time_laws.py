"""Working time, whatever the time zone, the hours, the holidays and the changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, example, given
from hypothesis import strategies as st

from partidor.domain.business_time import ALWAYS, OFFICE, SOON, Calendar, Hours, Length, calendar_of
from tests.laws.minutes import MINUTE, Minutes
from tests.laws.worlds import times

CHANGES = {
    "Europe/Berlin": ("2026-03-29T01:00", "2026-10-25T01:00"),
    "America/New_York": ("2026-03-08T07:00", "2026-11-01T06:00"),
    "America/Sao_Paulo": ("2018-02-18T02:00", "2018-11-04T03:00"),  # at midnight
    "America/Havana": ("2026-03-08T05:00", "2026-11-01T05:00"),  # from and to midnight
    "Australia/Lord_Howe": ("2026-10-03T15:30", "2026-04-04T15:00"),  # by half an hour
    "Pacific/Apia": ("2011-12-30T10:00",),  # by a whole day
    "Africa/Casablanca": ("2026-02-15T02:00", "2026-03-22T02:00"),
    "Asia/Beirut": ("2026-03-28T22:00", "2026-10-24T21:00"),
    "America/Santiago": ("2026-09-06T04:00", "2026-04-05T03:00"),
    "Asia/Kathmandu": ("2026-05-01T00:00",),  # never, but a quarter of an hour beside the others
    "UTC": ("2026-12-25T00:00", "2026-05-01T00:00"),  # holidays
}
"""Moments at which the clocks of a time zone change, or a holiday begins."""
NIGHT = [0, 30, 60, 90, 120, 150, 180, 240, 1380, 1410, 1440]
"""Minutes of a day near which clocks change."""
A_DAY = timedelta(days=1)
AN_INSTANT = timedelta(microseconds=1)

zones = st.sampled_from(sorted(CHANGES))
lengths = st.builds(Length, st.integers(1, 90), st.sampled_from("smh"))
days = st.builds(Length, st.integers(1, 4), st.just("d"))


def changes(zone: str) -> list[datetime]:
    return [datetime.fromisoformat(f"{text}+00:00") for text in CHANGES[zone]]


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Draw the hours of a day: none, all of it, or up to three spans, most with an end in the night."""
    ends = sorted(draw(st.sets(st.one_of(st.sampled_from(NIGHT), st.integers(0, 1440)), max_size=6)))
    return tuple((ends[at], ends[at + 1]) for at in range(0, len(ends) - 1, 2))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(zones)
    near = [day.date() + timedelta(days=off) for day in changes(zone) for off in (-1, 0, 1, 2)]
    return Calendar(
        zone,
        draw(st.one_of(st.just(ALWAYS), st.just(OFFICE), st.tuples(*[hours()] * 7))),
        draw(st.sampled_from(["", "DE", "DE-BY", "US", "BR"])),
        tuple(sorted(draw(st.dictionaries(st.sampled_from(near), hours(), max_size=3)).items())),
    )


@st.composite
def scenes(draw: st.DrawFn, moments: int = 1, *, whole: bool = False) -> tuple[Calendar, list[datetime]]:
    """Draw a calendar and moments in order near one change of its clocks; whole minutes, if wanted."""
    calendar = draw(calendars())
    change = draw(st.sampled_from(changes(calendar.time_zone)))
    near = st.one_of(
        st.sampled_from([-150, -90, -60, -31, -30, -1, 0, 1, 10, 29, 30, 40, 60, 90]).map(lambda each: each * MINUTE),
        st.timedeltas(timedelta(days=-3), timedelta(days=3)),
    )
    found = sorted(change + draw(near) for _ in range(moments))
    return calendar, [each.replace(second=0, microsecond=0) for each in found] if whole else found


BERLIN = Calendar("Europe/Berlin", ALWAYS)
SPRING, AUTUMN = changes("Europe/Berlin")
LATE = Calendar("Europe/Berlin", (((150, 240),),) * 7)
"""From half past two, which there is not on the day when clocks go forward."""
SHORT_FRIDAYS = Calendar("Europe/Berlin", (*OFFICE[:4], ((540, 720),), (), ()))


class TestAsCountedMinuteByMinute:
    """What the clocks of the place show, minute for minute, is the oracle."""

    @given(scenes(2, whole=True))
    @example((LATE, [SPRING - A_DAY, SPRING + A_DAY]))
    @example((SHORT_FRIDAYS, [datetime(2026, 6, 5, 10, tzinfo=UTC), datetime(2026, 6, 8, 15, tzinfo=UTC)]))
    def test_so_much_lies_between(self, scene: tuple[Calendar, list[datetime]]) -> None:
        calendar, (start, end) = scene
        minutes = Minutes(calendar, start, end)
        assert calendar.between(start, end) == minutes.between(start, end)
        assert calendar.is_open(start) == minutes.is_open(start)
        worked = sum((closes - opens for opens, closes in calendar.spans(start, end)), timedelta())
        assert worked == calendar.between(start, end)

    @given(scenes(whole=True), st.integers(1, 3000))
    @example((LATE, [SPRING - A_DAY]), 180)
    def test_so_many_minutes_end_then(self, scene: tuple[Calendar, list[datetime]], amount: int) -> None:
        calendar, (start,) = scene
        expected = Minutes(calendar, start, start + 7 * A_DAY).after(start, amount)
        end = calendar.after(start, Length(amount, "m"))
        assert end == expected if expected else end is None or end > start + 7 * A_DAY

    @given(scenes(whole=True), days)
    @example((BERLIN, [AUTUMN - 20 * MINUTE]), Length(1, "d"))
    @example((BERLIN, [AUTUMN + 10 * MINUTE]), Length(1, "d"))
    @example((SHORT_FRIDAYS, [datetime(2026, 6, 4, 14, tzinfo=UTC)]), Length(1, "d"))
    @example((Calendar("America/Sao_Paulo", ALWAYS), [changes("America/Sao_Paulo")[0] + 30 * MINUTE]), Length(1, "d"))
    def test_so_many_days_end_then(self, scene: tuple[Calendar, list[datetime]], length: Length) -> None:
        calendar, (start,) = scene
        expected = Minutes(calendar, start, start + 9 * A_DAY).days_after(start, length.amount)
        end = calendar.after(start, length)
        assert end == expected if expected else end is None or end > start + 6 * A_DAY


@given(scenes(2))
def test_there_is_never_less_than_no_time_and_never_more_than_by_the_wall(
    scene: tuple[Calendar, list[datetime]],
) -> None:
    calendar, (one, other) = scene
    assert timedelta(0) <= calendar.between(one, other) <= other - one
    assert calendar.between(other, one) == timedelta(0)


@given(scenes(3))
def test_time_adds_up(scene: tuple[Calendar, list[datetime]]) -> None:
    calendar, (first, second, third) = scene
    assert calendar.between(first, second) + calendar.between(second, third) == calendar.between(first, third)


@given(scenes(), lengths)
@example((BERLIN, [AUTUMN - timedelta(hours=2)]), Length(3, "h"))
def test_what_was_added_lies_between(scene: tuple[Calendar, list[datetime]], length: Length) -> None:
    calendar, (start,) = scene
    end = calendar.after(start, length)
    assume(end is not None)
    assert end is not None
    assert end > start
    assert calendar.between(start, end) == length.span
    assert calendar.is_open(end - AN_INSTANT)  # it ends within work, or with it


@given(scenes(2, whole=True))
def test_what_lies_between_leads_there_when_added(scene: tuple[Calendar, list[datetime]]) -> None:
    calendar, (start, end) = scene
    assume(between := calendar.between(start, end))
    there = calendar.after(start, Length(between // MINUTE, "m"))
    assert there is not None
    assert there <= end
    assert calendar.between(there, end) == timedelta(0)


@times(2)
@given(scenes(4), st.one_of(lengths, days))
def test_who_begins_later_ends_no_sooner(scene: tuple[Calendar, list[datetime]], length: Length) -> None:
    calendar, starts = scene
    ends = [calendar.after(start, length) for start in starts]
    assert all(one is None or other is None or one <= other for one, other in pairwise(ends))


@given(scenes(), st.integers(1, 8))
def test_longer_ends_later(scene: tuple[Calendar, list[datetime]], amount: int) -> None:
    calendar, (start,) = scene
    for unit in "hd":
        ends = [calendar.after(start, Length(each, unit)) for each in (amount, amount + 1)]
        assert None in ends or ends[0] < ends[1]  # type: ignore[operator]


@given(zones, st.data(), lengths)
def test_round_the_clock_is_the_wall_clock(zone: str, data: st.DataObject, length: Length) -> None:
    calendar = Calendar(zone, ALWAYS)
    start = data.draw(st.sampled_from(changes(zone))) + data.draw(st.timedeltas(-3 * A_DAY, 3 * A_DAY))
    assert calendar.after(start, length) == start + length.span
    assert calendar.between(start, start + length.span) == length.span
    assert calendar.is_open(start)


@given(zones, st.sampled_from(["", "DE"]), st.one_of(lengths, days))
def test_without_hours_it_never_opens(zone: str, holidays: str, length: Length) -> None:
    calendar, start = Calendar(zone, ((),) * 7, holidays), changes(zone)[0]
    assert calendar.after(start, length) is None
    assert calendar.next_opening(start) is None
    assert calendar.next_opening(start, SOON) is None
    assert not calendar.is_open(start)
    assert calendar.between(start, start + 400 * A_DAY) == timedelta(0)


@given(scenes())
def test_the_next_opening_is_open_and_nothing_before_it_is(scene: tuple[Calendar, list[datetime]]) -> None:
    calendar, (start,) = scene
    opening = calendar.next_opening(start, SOON)
    assert calendar.is_open(start) == (opening == start)
    if opening is not None:
        assert opening >= start
        assert calendar.is_open(opening)
        assert calendar.between(start, opening) == timedelta(0)


def test_soon_is_within_fourteen_days() -> None:
    """Who works on the fourteenth day is asked; whose first hour lies beyond is not."""
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    opens = {after: Calendar("UTC", ((),) * 7, "", ((date(2026, 6, 1) + timedelta(days=after), ((600, 660),)),))
             for after in (14, 15)}  # fmt: skip
    assert opens[14].next_opening(start, SOON)
    assert opens[15].next_opening(start, SOON) is None


class TestHoliday:
    MIDNIGHT = datetime(2026, 12, 25, tzinfo=UTC)

    def test_is_free_unless_an_exception_says_otherwise(self) -> None:
        for holidays, exception, worked in [
            ("", None, 24), ("DE", None, 0), ("DE-BY", None, 0), ("US", None, 0),
            ("DE", ((600, 660),), 1), ("DE", ((0, 1440),), 24), ("", (), 0),
        ]:  # fmt: skip
            exceptions = () if exception is None else ((self.MIDNIGHT.date(), exception),)
            calendar = Calendar("UTC", ALWAYS, holidays, exceptions)
            assert calendar.between(self.MIDNIGHT, self.MIDNIGHT + A_DAY) == timedelta(hours=worked)

    def test_of_a_region_is_free_there_alone(self) -> None:
        corpus_christi = date(2026, 6, 4)
        assert not Calendar("UTC", OFFICE, "DE-BY").hours_on(corpus_christi)
        assert Calendar("UTC", OFFICE, "DE").hours_on(corpus_christi) == ((540, 1020),)


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
        # A Coruña (ES-C) is no part of Catalonia (ES-CT), though its code begins alike.
        assert calendar_of({**self.VENDOR, "holidays": "ES-CT"}, {"home": "ES-C"}).holidays == "ES-C"

    def test_each_part_is_ones_own_whole_or_inherited_whole(self) -> None:
        own = calendar_of(self.VENDOR, {"time_zone": "Asia/Tokyo", "hours": {"sat": ["10:00-14:00"]}})
        assert own.time_zone == "Asia/Tokyo"
        assert own.week == ((), (), (), (), (), ((600, 840),), ())
        assert own.exceptions == calendar_of(self.VENDOR).exceptions
        assert calendar_of(self.VENDOR, {"exceptions": []}).exceptions == ()
