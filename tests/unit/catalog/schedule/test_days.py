"""Whose day a moment is on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.schedule.days import (
    BadClock,
    UnknownZone,
    broadcast_clock,
    broadcast_day,
    listed_at,
    starts_at,
    viewer_day,
    zone_named,
)

TOKYO = zone_named("Asia/Tokyo")
ZONES = ("UTC", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "America/Santiago", "Pacific/Apia", "Asia/Kathmandu")


@pytest.mark.parametrize(
    ("clock", "moment"),
    [
        ("21:30", "2026-07-03T12:30"),
        ("0:00", "2026-07-02T15:00"),
        ("24:00", "2026-07-03T15:00"),
        ("25:15", "2026-07-03T16:15"),
        ("25：15", "2026-07-03T16:15"),
        ("29:59", "2026-07-03T20:59"),
        ("30:00", "2026-07-03T21:00"),
    ],
)
def test_late_hours_of_a_listing(clock: str, moment: str) -> None:
    assert listed_at(date(2026, 7, 3), clock, TOKYO) == datetime.fromisoformat(f"{moment}+00:00")


@pytest.mark.parametrize("clock", ["", "25", "30:01", "31:00", "12:60", "-1:00", "1:2:3", "٢:٠٠", "9" * 1_000_000])
def test_no_time_of_day(clock: str) -> None:
    with pytest.raises(BadClock):
        listed_at(date(2026, 7, 3), clock, TOKYO)


@settings(max_examples=50)
@given(
    day=st.dates(min_value=date(1970, 1, 2), max_value=date(2100, 1, 1)),
    minute=st.integers(5 * 60, 29 * 60 - 1),
)
def test_a_listing_is_read_back_as_it_was_written(day: date, minute: int) -> None:
    clock = f"{minute // 60:02}:{minute % 60:02}"
    moment = listed_at(day, clock, TOKYO)
    assert (broadcast_day(moment, TOKYO), broadcast_clock(moment, TOKYO)) == (day, clock)


def test_around_fifteen_hundred_utc_tokyo_begins_another_day_but_not_another_broadcast_day() -> None:
    for minutes, viewer, evening in ((-1, 3, 3), (0, 4, 3), (1, 4, 3), (5 * 60 - 1, 4, 3), (5 * 60, 4, 4)):
        moment = datetime(2026, 7, 3, 15, tzinfo=UTC) + timedelta(minutes=minutes)
        assert viewer_day(moment, TOKYO) == date(2026, 7, viewer)
        assert broadcast_day(moment, TOKYO) == date(2026, 7, evening)
        assert viewer_day(moment, zone_named("UTC")) == moment.date()
        assert viewer_day(moment, zone_named("America/New_York")) == (moment - timedelta(hours=4)).date()


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 23),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Asia/Tokyo", date(2026, 3, 8), 24),
        ("America/Santiago", date(2026, 9, 6), 23),
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_days_on_which_clocks_change(zone: str, day: date, hours: int) -> None:
    where = zone_named(zone)
    start, end = starts_at(day, where), starts_at(day + timedelta(days=1), where)
    assert end - start == timedelta(hours=hours)
    if hours:
        assert viewer_day(start, where) == viewer_day(end - timedelta(seconds=1), where) == day
        assert viewer_day(start - timedelta(seconds=1), where) == day - timedelta(days=1)


@settings(max_examples=60)
@given(minutes=st.integers(365 * 1440, 120 * 365 * 1440), zone=st.sampled_from(ZONES))
def test_every_moment_is_within_its_day(minutes: int, zone: str) -> None:
    where, instant = ZoneInfo(zone), datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    day = viewer_day(instant, where)
    assert starts_at(day, where) <= instant
    # In a night of a second midnight the first counts (PEP 495), and so the hour between them has two days' names.
    assert instant < starts_at(day + timedelta(days=1), where) + timedelta(hours=1)


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "America", "localtime", "right/UTC", "a/" * 60, "UTC\n"],
)
def test_no_zone(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)
