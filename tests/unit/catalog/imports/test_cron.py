"""Timetables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from catalog.imports.sources.cron import BadCron, Cron

BERLIN = ZoneInfo("Europe/Berlin")
"""Forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00."""


def due(text: str, *moments: str, zone: ZoneInfo = BERLIN) -> list[str]:
    """The next time after each moment."""
    cron = Cron.parse(text)
    found = [cron.next_after(datetime.fromisoformat(moment).replace(tzinfo=UTC), zone) for moment in moments]
    return [each.strftime("%Y-%m-%d %H:%M") if each else "" for each in found]


@pytest.mark.parametrize(
    ("text", "after", "at"),
    [
        ("30 4 * * *", "2026-01-01 00:00", "2026-01-01 04:30"),
        ("30 4 * * *", "2026-01-01 04:30", "2026-01-02 04:30"),
        ("*/15 * * * *", "2026-01-01 00:14", "2026-01-01 00:15"),
        ("0 0 1 jan *", "2026-01-01 00:00", "2027-01-01 00:00"),
        ("0 12 * * mon-fri", "2026-01-02 12:00", "2026-01-05 12:00"),
        ("0 12 13 * fri", "2026-01-01 00:00", "2026-01-02 12:00"),
        ("0 0 29 2 *", "2026-01-01 00:00", "2028-02-29 00:00"),
        ("5-10/5,50 8 * * *", "2026-01-01 08:10", "2026-01-01 08:50"),
        ("0 0 * * 7", "2026-01-01 00:00", "2026-01-04 00:00"),
        ("@hourly", "2026-01-01 00:30", "2026-01-01 01:00"),
    ],
)
def test_when_something_is_due(text: str, after: str, at: str) -> None:
    assert due(text, after, zone=ZoneInfo("UTC")) == [at]


def test_an_hour_that_is_left_out_is_due_right_after_it() -> None:
    assert due("30 2 * * *", "2026-03-28 12:00", "2026-03-29 01:00") == ["2026-03-29 01:00", "2026-03-30 00:30"]


def test_an_hour_that_comes_twice_is_due_once() -> None:
    assert due("30 2 * * *", "2026-10-24 12:00", "2026-10-25 00:30") == ["2026-10-25 00:30", "2026-10-26 01:30"]


@pytest.mark.parametrize(
    "text",
    ["", "* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 30 2 *", "*/0 * * * *", "5-1 * * * *", "a * * * *",
     "* * * * * *", "- * * * *", "1,,2 * * * *", "* * * * " + "1," * 100 + "1", "²  * * * *"],
)  # fmt: skip
def test_what_is_no_timetable(text: str) -> None:
    with pytest.raises(BadCron):
        Cron.parse(text)
