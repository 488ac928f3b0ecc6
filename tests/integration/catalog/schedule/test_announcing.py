"""Which broadcasts are read to say what aired, and that none is missed."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, select, update

from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from catalog.releases.usecases import Reader
from catalog.schedule import jobs
from catalog.schedule.model import EpisodeAired, ScheduleDraft
from catalog.schedule.repository import SqlDueBroadcasts, airing_mark_table, schedule_table, slot_table
from catalog.schedule.timetable import Break, Override, OverrideKind, Slot
from catalog.schedule.usecases import DueBroadcasts, put_schedule
from kernel.db import UnitOfWork
from kernel.events import Event
from kernel.ids import new_id
from kernel.scope import Container
from tests.integration.catalog.moderation.moderating import Office
from tests.integration.catalog.schedule.scheduling import FixedClock, context

FRIDAYS = Slot(site="", recurrence="R/2026-07-03T25:15/P7D")
"""At 16:15 UTC; the clock stands on Monday 13 July, before the third."""
HOUR = timedelta(hours=1)
READER = Reader(sees_drafts=False, everywhere=True)

pytestmark = pytest.mark.both_adapters


@pytest.fixture
async def release_id(container: Container, office: Office, clock: FixedClock) -> str:
    """A release that airs on Fridays, looked at already and not due."""
    release_id = await office.release(alias="night-show", is_ongoing=True, episodes_total=None)
    await say(container, release_id, ScheduleDraft(slots=(FRIDAYS,)))
    async with container.scope(write=True) as scope:
        # The application's own task began by the real clock.
        await scope.uow.session.execute(delete(airing_mark_table))
    await jobs.announce_aired(container)
    await tick(container, clock, timedelta(minutes=1))
    async with container.scope(write=False) as scope:
        assert await scope.port(DueBroadcasts).before(clock.at, READER) == []
    return release_id


async def say(container: Container, release_id: str, draft: ScheduleDraft) -> None:
    async with container.scope(write=True) as scope:
        await put_schedule(context(scope), release_id, draft, version=None)


async def tick(container: Container, clock: FixedClock, after: timedelta) -> None:
    clock.at += after
    await jobs.announce_aired(container)


async def run_until(container: Container, clock: FixedClock, until: datetime, step: timedelta = 3 * HOUR) -> None:
    while clock.at < until:
        await tick(container, clock, step)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[EpisodeAired]:
    """What the job records: the relay of the application takes it out of the outbox at once."""
    aired: list[EpisodeAired] = []
    record = UnitOfWork.record

    def note(self: UnitOfWork, happened: Event) -> None:
        if isinstance(happened, EpisodeAired):
            aired.append(happened)
        record(self, happened)

    monkeypatch.setattr(UnitOfWork, "record", note)
    return aired


def told(recorded: list[EpisodeAired]) -> list[tuple[float, str]]:
    return sorted((one.ordinal, f"{one.airs_at:%m-%d %H:%M:%S}") for one in recorded)


def july(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 7, day, hour, minute, tzinfo=UTC)


async def test_a_tick_reads_what_is_due_alone(
    container: Container, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    async with container.scope(write=True) as scope:
        session = scope.uow.session
        copies = [new_id() for _ in range(1_999)]
        for table, column in ((release_table, "id"), (schedule_table, "release_id"), (slot_table, "release_id")):
            row = (await session.execute(select(table).where(table.c[column] == release_id))).mappings().one()
            rows = [{**row, column: copy} for copy in copies]
            for copy in rows:
                if table is release_table:
                    copy["alias"] = f"copy-{copy['id']}"
                if table is slot_table:
                    copy["id"] = new_id()
            await session.execute(insert(table), rows)
        ten = copies[::200]
        await session.execute(
            update(slot_table)
            .where(slot_table.c.release_id.in_(ten))
            .values(due_at=clock.at, recurrence="R/2026-07-06T12:01:10.000Z/P7D")
        )
    clock.at += timedelta(seconds=jobs.INTERVAL_S)
    async with container.scope(write=False) as scope:
        due = await scope.port(DueBroadcasts).before(clock.at, READER)
        assert sorted(one.listing.release.release_id for one in due) == sorted(ten)

    statements: list[str] = []
    job = asyncio.current_task()
    engine = container.database.engine.sync_engine

    def note(*arguments: Any) -> None:
        if asyncio.current_task() is job and not arguments[2].startswith(("BEGIN", "INSERT INTO outbox")):
            statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        await jobs.announce_aired(container)
        busy = statements.copy()
        statements.clear()
        await tick(container, clock, timedelta(seconds=jobs.INTERVAL_S))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len(busy) == 5, "the mark read and moved, what is due read, locked and written"
    assert len(statements) == 3, "the mark read and moved, and what is due read"
    assert told(recorded) == [(2.0, "07-13 12:01:10")] * 10


async def test_all_that_is_new_or_said_anew_is_looked_at(
    container: Container, office: Office, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    """Moved to before it was due, a break that is called off, and one of a release nobody had looked at."""
    sooner = Override(kind=OverrideKind.MOVED, ordinal=3, airs_at=july(13, 12, 30))
    await say(container, release_id, ScheduleDraft(slots=(FRIDAYS,), overrides=(sooner,)))
    await tick(container, clock, HOUR)
    assert told(recorded) == [(3.0, "07-13 12:30:00")]
    pause = Break(date(2026, 7, 20), date(2026, 8, 20))
    await say(container, release_id, ScheduleDraft(slots=(FRIDAYS,), breaks=(pause,), overrides=(sooner,)))
    await run_until(container, clock, july(24, 12))
    assert len(told(recorded)) == 1
    await say(container, release_id, ScheduleDraft(slots=(FRIDAYS,), overrides=(sooner,)))
    office.people.clear()  # their access expired with the clock
    other = await office.release(alias="other", is_ongoing=True)
    await say(container, other, ScheduleDraft(slots=(replace(FRIDAYS, first_ordinal=21),)))
    await run_until(container, clock, july(24, 18))
    assert (told(recorded))[1:] == [(4.0, "07-24 16:15:00"), (24.0, "07-24 16:15:00")]


async def test_a_break_and_what_comes_after_it(
    container: Container, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    draft = ScheduleDraft(
        slots=(FRIDAYS,),
        breaks=(Break(date(2026, 7, 17), date(2026, 7, 24)),),
        overrides=(
            Override(kind=OverrideKind.CANCELLED, ordinal=4),
            Override(kind=OverrideKind.MOVED, ordinal=6, airs_at=july(19, 10)),
        ),
    )
    await say(container, release_id, draft)
    await run_until(container, clock, july(13) + timedelta(days=34), step=8 * HOUR)
    assert told(recorded) == [
        (3.0, "07-31 16:15:00"), (5.0, "08-14 16:15:00"), (6.0, "07-19 10:00:00"),
    ]  # fmt: skip


async def test_over_the_change_of_the_clock(
    container: Container, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    """Berlin's clocks go back on 25 October 2026: an hour later by the clock of the world."""
    await say(
        container, release_id, ScheduleDraft(slots=(replace(FRIDAYS, recurrence="R/2026-10-18T20:00/P7D"),), zone="Europe/Berlin")
    )  # fmt: skip
    clock.at = datetime(2026, 10, 18, 17, tzinfo=UTC)
    await jobs.announce_aired(container)
    await run_until(container, clock, datetime(2026, 11, 2, tzinfo=UTC), step=timedelta(hours=5))
    assert told(recorded) == [
        (1.0, "10-18 18:00:00"), (2.0, "10-25 19:00:00"), (3.0, "11-01 19:00:00"),
    ]  # fmt: skip


async def test_a_release_that_gets_longer_or_comes_back(
    container: Container, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    """Neither says anything of the schedule."""

    async def change(**values: Any) -> None:
        async with container.scope(write=True) as scope:
            await scope.uow.session.execute(
                update(release_table).where(release_table.c.id == release_id).values(**values)
            )

    await change(episodes_total=2)
    await run_until(container, clock, july(18))
    assert told(recorded) == [], "it has two, and this would be the third"
    await change(episodes_total=12)
    await run_until(container, clock, july(25))
    await change(status=Status.DRAFT)
    await run_until(container, clock, july(31, 20))
    await change(status=Status.PUBLISHED)
    await run_until(container, clock, july(31, 20) + timedelta(days=7))
    assert [ordinal for ordinal, _ in told(recorded)] == [4.0, 6.0]


async def test_estimates_are_not_announced(
    container: Container, office: Office, clock: FixedClock, release_id: str, recorded: list[EpisodeAired]
) -> None:
    guessed = await office.release(alias="guessed", is_ongoing=True)
    for ordinal, days in ((1, 24), (2, 14), (3, 4)):
        episode_id = await office.episode(guessed, ordinal)
        async with container.scope(write=True) as scope:
            await scope.uow.session.execute(
                update(episode_table)
                .where(episode_table.c.id == episode_id)
                .values(status="published", published_at=clock.now() - timedelta(days=days))
            )
    await run_until(container, clock, july(20), step=6 * HOUR)
    assert told(recorded) == [(3.0, "07-17 16:15:00")], "the scheduled one alone"
    await say(container, guessed, ScheduleDraft(slots=(replace(FRIDAYS, recurrence="R/2026-07-21T10:00Z/P7D"),)))
    await run_until(container, clock, july(22), step=6 * HOUR)
    assert (1.0, "07-21 10:00:00") in told(recorded), "once something is said, it is"


async def test_a_process_that_dies_misses_nothing_and_repeats_nothing(
    container: Container,
    clock: FixedClock,
    release_id: str,
    recorded: list[EpisodeAired],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def dies(*_: Any) -> None:
        raise ConnectionError

    await run_until(container, clock, july(17, 15))
    clock.at = july(17, 16, 15) + timedelta(seconds=10)
    with monkeypatch.context() as patch:
        patch.setattr(SqlDueBroadcasts, "look_again", dies)
        with pytest.raises(ConnectionError):
            await jobs.announce_aired(container)
    assert told(recorded) == [(3.0, "07-17 16:15:00")]
    with monkeypatch.context() as patch:
        patch.setattr(SqlDueBroadcasts, "before", dies)
        with pytest.raises(ConnectionError):
            await tick(container, clock, timedelta(days=7))
    # The next one begins where that ended, as after days that nothing ran.
    await tick(container, clock, timedelta(days=2))
    await tick(container, clock, HOUR)
    assert told(recorded) == [(3.0, "07-17 16:15:00"), (4.0, "07-24 16:15:00")]
