"""When a broadcast is to be looked at again: never after something of it aired."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.schedule.listing import LOOK_AGAIN, ListedRelease, Listing, due_after, listed
from catalog.schedule.recurrence import LATEST
from catalog.schedule.timetable import AiringState, Break, Override, OverrideKind, Slot

RELEASE = ListedRelease(
    release_id="r", alias="r", type="TV", name_main="R", name_english=None, name_alternative=None, poster_url=None,
    episodes_total=None, is_ongoing=True,
)  # fmt: skip
TICK = timedelta(minutes=30)


def listing(recurrence: str, *, zone: str = "Asia/Tokyo", episodes: int | None = None, together: int = 1) -> Listing:
    slot = Slot(site="", recurrence=recurrence, episodes=episodes, together=together)
    return Listing(release=RELEASE, slot=slot, zone=zone)


def cancelled(ordinal: float) -> Override:
    return Override(kind=OverrideKind.CANCELLED, ordinal=ordinal)


def moved(ordinal: float, at: datetime | None) -> Override:
    return Override(kind=OverrideKind.MOVED, ordinal=ordinal, airs_at=at)


def at(month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    "one",
    [
        pytest.param(listing("R/2026-03-06T25:15/P7D"), id="weekly"),
        pytest.param(listing("R/2026-03-06T25:15/P7D", episodes=3), id="three"),
        pytest.param(listing("R4/2026-03-06T18:00Z/P1D", together=2), id="daily"),
        pytest.param(listing("R/2026-03-31T10:00Z/P1M"), id="monthly"),
        pytest.param(listing("R/2026-03-20T10:00Z/P0D"), id="once"),
        pytest.param(listing("R/2026-03-22T02:30/P7D", zone="Europe/Berlin"), id="hour-that-is-left-out"),
        pytest.param(listing("R/2026-03-25T03:00/P1D", zone="Europe/London"), id="clock-put-forward"),
        pytest.param(
            replace(listing("R/2026-03-06T25:15/P7D"), breaks=(Break(date(2026, 3, 13), date(2026, 4, 10)),)),
            id="break",
        ),
        pytest.param(
            replace(
                listing("R/2026-03-06T25:15/P7D", episodes=4),
                overrides=(
                    moved(1, at(3, 2, 7, 45)), moved(2, None), cancelled(3), moved(4, at(4, 28, 3, 10)),
                    moved(99, at(4, 30, 1)),
                ),
            ),
            id="overrides",
        ),
    ],
)  # fmt: skip
def test_nothing_airs_unseen(one: Listing) -> None:
    """Two months of ticks that look only when it is due find what one look at all of them finds."""
    assert one.slot is not None
    since, end = at(3, 1), at(5, 1)
    found = []
    looks = 0
    due: datetime | None = None
    for tick in range(int((end - since) / TICK)):
        start, until = since + tick * TICK, since + (tick + 1) * TICK
        if due is None or due < until:
            looks += 1
            found += listed([one], start, until, until)
            due = due_after(one, one.slot, until)
            assert until <= due
    assert found == listed([one], since, end, end)
    assert {AiringState.PLANNED, AiringState.MOVED} & {airing.state for airing in found}
    assert looks <= 61 + len(found), "once a day, and when something airs"


def test_at_the_next_airing_but_within_a_day_and_never_after_the_last() -> None:
    weekly = listing("R3/2026-03-06T16:15Z/P7D")
    assert weekly.slot is not None
    assert due_after(weekly, weekly.slot, at(3, 13, 16)) == at(3, 13, 16, 15)
    assert due_after(weekly, weekly.slot, at(3, 13, 16, 15)) == at(3, 13, 16, 15), "it airs then, and was not announced"
    assert due_after(weekly, weekly.slot, at(3, 13, 16, 16)) == at(3, 13, 16, 16) + LOOK_AGAIN
    assert due_after(weekly, weekly.slot, at(4, 1)) == LATEST


@pytest.mark.parametrize("release", [replace(RELEASE, episodes_total=1), replace(RELEASE, is_ongoing=False)])
def test_a_release_can_get_longer(release: ListedRelease) -> None:
    """Nothing is said of its schedule then, and so nobody would look earlier."""
    weekly = replace(listing("R/2026-03-06T16:15Z/P7D"), release=release)
    assert weekly.slot is not None
    assert listed([weekly], at(3, 13), at(3, 14), at(3, 14)) == []
    assert due_after(weekly, weekly.slot, at(3, 13)) == at(3, 13, 16, 15)
