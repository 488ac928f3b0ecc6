"""The iCalendar file, as two programs that nobody here wrote read it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream

from catalog.schedule.calendar_file import LINE_OCTETS, CalendarEvent, EventStatus, calendar_text, events_of, folded
from catalog.schedule.listing import ListedRelease, Listing, listed
from catalog.schedule.timetable import Override, OverrideKind, Slot

CHANGED = datetime(2026, 1, 1, tzinfo=UTC)
RELEASE = ListedRelease(
    release_id="01890000-0000-7000-8000-000000000001",
    alias="night-show",
    type="TV",
    name_main="夜の番組; \\ «Ночь», the very long name of a show that does not fit into one line of a calendar",
    name_english=None,
    name_alternative=None,
    poster_url=None,
    episodes_total=None,
    is_ongoing=True,
)


def a_listing(recurrence: str, *overrides: Override, zone: str = "Asia/Tokyo", version: int = 1) -> Listing:
    slot = Slot(site="", recurrence=recurrence, duration_min=24)
    return Listing(release=RELEASE, slot=slot, zone=zone, version=version, overrides=overrides, changed_at=CHANGED)


def events(listing: Listing) -> list[CalendarEvent]:
    found = listed([listing], datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC), CHANGED)
    return events_of(found, "https://ani.example.org")


@pytest.mark.parametrize(
    ("recurrence", "zone", "first", "local_clock"),
    [
        ("R/2026-02-06T25:15/P7D", "Asia/Tokyo", datetime(2026, 2, 6, 16, 15, tzinfo=UTC), None),
        ("R/2026-02-06T15:00:00.000Z/P7D", "Asia/Tokyo", datetime(2026, 2, 6, 15, tzinfo=UTC), None),
        ("R/2026-02-07T20:00/P1W", "America/New_York", None, "20:00"),
        ("R/2026-02-07T20:00/P1D", "Europe/Berlin", None, "20:00"),
    ],
)
def test_both_readers_find_the_same_instants_over_all_changes_of_clocks(
    recurrence: str, zone: str, first: datetime | None, local_clock: str | None
) -> None:
    """2026-03-08 and 2026-11-01 in New York, 2026-03-29 and 2026-10-25 in Berlin, never in Tokyo."""
    expected = events(a_listing(recurrence, zone=zone))
    text = calendar_text("Ani", expected)
    one = icalendar.Calendar.from_ical(text)
    by_icalendar = [
        (str(e["UID"]), e.decoded("DTSTART").astimezone(UTC), e.decoded("DTEND").astimezone(UTC))
        for e in one.walk("VEVENT")
    ]
    by_ical = [
        (event.uid, event.start_datetime.astimezone(UTC), event.end_datetime.astimezone(UTC))
        for event in IcsCalendarStream.calendar_from_ics(text).events
    ]
    assert (
        by_icalendar
        == by_ical
        == [(event.uid, event.starts_at, event.starts_at + timedelta(minutes=24)) for event in expected]
    )
    starts = [start for _, start, _ in by_ical]
    assert min(starts).month == 2
    assert max(starts).month == 11
    if first is not None:
        step = timedelta(days=7)
        assert starts == [first + step * n for n in range(len(starts))], "always the same time in UTC"
    if local_clock is not None:
        assert {f"{start.astimezone(ZoneInfo(zone)):%H:%M}" for start in starts} == {local_clock}
        assert len({start.time() for start in starts}) == 2, "which is an hour earlier in summer"


def test_names_lines_and_escapes_survive() -> None:
    text = calendar_text(RELEASE.name_main, events(a_listing("R2/2026-02-06T25:15/P7D")))
    assert all(len(line.encode()) <= LINE_OCTETS for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    calendar = icalendar.Calendar.from_ical(text)
    assert [str(event["SUMMARY"]) for event in calendar.walk("VEVENT")] == [
        f"{RELEASE.name_main} 1",
        f"{RELEASE.name_main} 2",
    ]
    other = IcsCalendarStream.calendar_from_ics(text)
    assert other.events[0].summary == f"{RELEASE.name_main} 1"
    hostile = "x\r\nBEGIN:VEVENT\r\nUID:1\x00\x07" + "é" * 500
    spoilt = calendar_text(hostile, [])
    assert "\r\nBEGIN:VEVENT" not in spoilt
    assert icalendar.Calendar.from_ical(spoilt).walk("VEVENT") == []
    assert IcsCalendarStream.calendar_from_ics(spoilt).events == []


@pytest.mark.parametrize("line", ["", "a" * 75, "a" * 76, "é" * 200, "日本" * 100, "😀" * 50])
def test_folding_is_undone_by_unfolding(line: str) -> None:
    assert folded(line).replace("\r\n ", "") == line
    assert all(len(piece.encode()) <= LINE_OCTETS for piece in folded(line).split("\r\n"))


def test_what_changes_keeps_its_identifier() -> None:
    recurrence = "R4/2026-02-06T25:15/P7D"
    before = events(a_listing(recurrence))
    moved = Override(kind=OverrideKind.MOVED, ordinal=2, airs_at=datetime(2026, 2, 15, 3, tzinfo=UTC))
    cancelled = Override(kind=OverrideKind.CANCELLED, ordinal=3)
    after = {event.uid: event for event in events(a_listing(recurrence, moved, cancelled, version=2))}
    uids = [event.uid for event in before]
    assert list(after) == [uids[0], uids[1], f"{uids[1]}-planned", uids[2], uids[3]]
    second = after[uids[1]]
    assert (second.starts_at, second.sequence, second.status) == (moved.airs_at, 2, EventStatus.CONFIRMED)
    was = after[f"{uids[1]}-planned"]
    assert (was.starts_at, was.status) == (before[1].starts_at, EventStatus.CANCELLED)
    assert after[uids[2]].status is EventStatus.CANCELLED
    statuses = [
        str(event.get("STATUS"))
        for event in icalendar.Calendar.from_ical(calendar_text("", list(after.values()))).walk("VEVENT")
    ]
    assert statuses == ["CONFIRMED", "CONFIRMED", "CANCELLED", "CANCELLED", "CONFIRMED"]


def test_the_sites_of_a_release_have_events_of_their_own() -> None:
    own = a_listing("R1/2026-02-06T25:15/P7D")
    assert own.slot is not None
    elsewhere = replace(own, slot=replace(own.slot, site="Netflix"))
    assert len({event.uid for listing in (own, elsewhere) for event in events(listing)}) == 2
