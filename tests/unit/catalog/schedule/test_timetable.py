"""Which episode airs when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.schedule.days import zone_named
from catalog.schedule.estimates import estimated_next
from catalog.schedule.timetable import EPOCH, Break, Override, OverrideKind, Slot, Timetable, limit_of

TOKYO = zone_named("Asia/Tokyo")
MOVED, CANCELLED, TOGETHER = OverrideKind.MOVED, OverrideKind.CANCELLED, OverrideKind.TOGETHER
FRIDAYS = "R/2026-07-03T16:15:00.000Z/P7D"
"""At 25:15 on Fridays, Tokyo."""


def utc(month: int, day: int, hour: int = 16, minute: int = 15) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def timetable(*overrides: Override, breaks: tuple[Break, ...] = (), limit: int | None = None, **slot: Any) -> Timetable:
    made = Slot(**{"site": "", "recurrence": FRIDAYS, **slot})
    return Timetable(made, TOKYO, breaks=breaks, overrides=overrides, limit=limit)


SINCE, UNTIL = utc(7, 1), utc(8, 22)


def told(table: Timetable, since: datetime = SINCE, until: datetime = UNTIL) -> list[str]:
    """As "3: 07-17 moved"."""
    return [
        f"{airing.ordinal:g}: {airing.airs_at:%m-%d}" + ("" if airing.state == "planned" else f" {airing.state}")
        for airing in table.between(since, until)
    ]


def test_one_a_week() -> None:
    assert told(timetable(limit=3)) == ["1: 07-03", "2: 07-10", "3: 07-17"]
    assert told(timetable(first_ordinal=13, episodes=2)) == ["13: 07-03", "14: 07-10"]
    assert told(timetable(recurrence="R2/2026-07-03T16:15Z/P7D")) == ["1: 07-03", "2: 07-10"]
    assert told(timetable(), since=utc(7, 15), until=utc(7, 24)) == ["3: 07-17"], "the end is not in it"
    assert told(timetable(), since=utc(7, 17), until=utc(7, 17, 17)) == ["3: 07-17"], "the beginning is"


def test_several_a_day() -> None:
    assert told(timetable(together=2, episodes=5)) == ["1: 07-03", "2: 07-03", "3: 07-10", "4: 07-10", "5: 07-17"]
    premiere = Override(kind=TOGETHER, ordinal=1, count=3)
    assert told(timetable(premiere, limit=5)) == ["1: 07-03", "2: 07-03", "3: 07-03", "4: 07-10", "5: 07-17"]
    finale = Override(kind=TOGETHER, ordinal=3, count=2)
    assert told(timetable(premiere, finale, limit=5)) == told(timetable(premiere, limit=5)), "the third came already"
    assert told(timetable(finale, limit=5)) == ["1: 07-03", "2: 07-10", "3: 07-17", "4: 07-17", "5: 07-24"]


def test_a_break_pushes_back_what_follows() -> None:
    olympics = Break(date(2026, 7, 10), date(2026, 7, 17), "Games")
    assert told(timetable(breaks=(olympics,), limit=3)) == ["1: 07-03", "2: 07-24", "3: 07-31"]
    # 25:15 on Friday the 10th is Saturday the 11th in Tokyo, but not for the broadcaster.
    friday, saturday = Break(date(2026, 7, 10), date(2026, 7, 10)), Break(date(2026, 7, 11), date(2026, 7, 11))
    assert told(timetable(breaks=(friday,), limit=2)) == ["1: 07-03", "2: 07-17"]
    assert told(timetable(breaks=(saturday,), limit=2)) == ["1: 07-03", "2: 07-10"]
    twice = (olympics, Break(date(2026, 7, 12), date(2026, 7, 26)))
    assert told(timetable(breaks=twice, limit=2)) == ["1: 07-03", "2: 07-31"], "days of two breaks are skipped once"


def test_moved_cancelled_and_beside_the_recurrence() -> None:
    changes = (
        Override(kind=MOVED, ordinal=2, airs_at=utc(7, 12, 3)),
        Override(kind=MOVED, ordinal=3),
        Override(kind=CANCELLED, ordinal=4),
        Override(kind=MOVED, ordinal=4.5, airs_at=utc(7, 30)),
    )
    table = timetable(*changes, limit=5)
    assert told(table) == [
        "1: 07-03", "2: 07-12 moved", "3: 07-17 postponed", "4: 07-24 cancelled", "4.5: 07-30 moved", "5: 07-31",
    ]  # fmt: skip
    moved, special = table.between(utc(7, 12, 0), utc(7, 13))[0], table.between(utc(7, 30), utc(7, 31))[0]
    assert (moved.planned_at, special.planned_at) == (utc(7, 10), None)
    assert told(table, since=utc(7, 10, 0), until=utc(7, 11)) == [], "it is not at its old place"
    elsewhere = Override(kind=CANCELLED, ordinal=1, site="netflix")
    assert told(timetable(elsewhere, limit=1)) == ["1: 07-03"]
    assert told(timetable(elsewhere, limit=1, site="netflix")) == ["1: 07-03 cancelled"]


@settings(max_examples=60)
@given(
    together=st.integers(1, 3),
    premiere=st.integers(1, 5),
    special=st.tuples(st.integers(1, 30), st.integers(1, 4)),
    breaks=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30)), max_size=4),
    count=st.integers(1, 60),
)
def test_windows_and_lookups_agree_with_counting(
    together: int, premiere: int, special: tuple[int, int], breaks: list[tuple[int, int]], count: int
) -> None:
    """Counts one time after another, as a person would."""
    pauses = tuple(
        Break(date(2026, 7, 1) + timedelta(days=first), date(2026, 7, 1) + timedelta(days=first + length))
        for first, length in breaks
    )
    overrides = (
        Override(kind=TOGETHER, ordinal=1, count=premiere),
        Override(kind=TOGETHER, ordinal=special[0], count=special[1]),
    )
    sizes = {1: premiere}
    if special[0] > premiere:
        sizes[special[0]] = special[1]
    expected: dict[float, datetime] = {}
    ordinal, moment = 1, utc(7, 3)
    while ordinal <= count:
        listed = moment.date()  # 25:15 in Tokyo is the same day in UTC
        if not any(pause.first <= listed <= pause.last for pause in pauses):
            said = next((start for start in sizes if ordinal <= start < ordinal + together), None)
            size = together if said is None else sizes.pop(said)
            sizes = {start: n for start, n in sizes.items() if start >= ordinal + size}
            for each in range(ordinal, min(ordinal + size, count + 1)):
                expected[each] = moment
            ordinal += size
        moment += timedelta(days=7)
    table = timetable(*overrides, breaks=pauses, together=together, episodes=count)
    found = {airing.ordinal: airing.airs_at for airing in table.between(utc(1, 1), datetime(2040, 1, 1, tzinfo=UTC))}
    assert found == expected
    assert {ordinal: table.planned(ordinal) for ordinal in expected} == expected
    assert table.planned(count + 1) is None
    bounds = table.bounds()
    days = [(moment.date() - EPOCH).days for moment in expected.values()]
    assert bounds.last_day is not None
    assert bounds.first_day <= min(days) <= max(days) <= bounds.last_day
    opened = timetable(*overrides, breaks=pauses, together=together, limit=count).bounds()
    assert opened.last_day is None
    assert max(days) <= opened.first_day + opened.slack_days + opened.step_days * count + 2


def test_how_many_episodes_there_are() -> None:
    slot = Slot(site="", recurrence=FRIDAYS, first_ordinal=13)
    assert limit_of(slot, episodes_total=24, is_ongoing=True) == 12
    assert limit_of(slot, episodes_total=12, is_ongoing=False) == 1
    assert limit_of(slot, episodes_total=None, is_ongoing=True) is None
    assert limit_of(slot, episodes_total=None, is_ongoing=False) == 1


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([0], None),
        ([0, 1], 8),
        ([0, 7, 14], 21),
        ([0, 10, 20], 30),
        # The middle half of 7, 7, 7, 8, 8, 9, 14, 30.
        ([0, 7, 14, 21, 29, 37, 46, 60, 90], 98),
        # Only the last eight intervals.
        ([0, 100, *range(107, 164, 7)], 170),
    ],
)
def test_the_next_of_what_announces_nothing(days: list[int], expected: int | None) -> None:
    start = utc(1, 1)
    found = estimated_next([start + timedelta(days=day) for day in days], start + timedelta(days=max(days)))
    assert (found and round((found - start) / timedelta(days=1), 1)) == expected


def test_an_estimate_is_dropped_when_it_is_a_week_overdue() -> None:
    dates = [utc(1, 1), utc(1, 8)]
    assert estimated_next(dates, utc(1, 22) - timedelta(seconds=1)) == utc(1, 15)
    assert estimated_next(dates, utc(1, 22)) is None
