"""Calendars to subscribe to, and being told that an episode aired."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ical.calendar_stream import IcsCalendarStream
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.episodes.usecases import media_ready
from catalog.schedule import jobs
from catalog.schedule.model import EpisodeAired, ScheduleDraft
from catalog.schedule.repository import airing_mark_table, slot_table
from catalog.schedule.timetable import Slot
from catalog.schedule.usecases import put_schedule
from kernel.access import Role
from kernel.errors import Conflict
from kernel.events import Event
from kernel.outbox import outbox
from kernel.outbox.outbox import outbox_table
from kernel.outbox.relay import Relay
from kernel.scope import Container
from notify.notifications.repository import SqlNotifications
from tests.conftest import MakeUser
from tests.integration.catalog.moderation.moderating import Office
from tests.integration.catalog.schedule.scheduling import FixedClock, context
from tests.support.catalog.search import soon
from tests.support.people import Person

FRIDAYS = Slot(site="", recurrence="R/2026-07-03T25:15/P7D")


async def scheduled(container: Container, office: Office, **changes: Any) -> str:
    release_id = await office.release(**{"alias": "night-show", "is_ongoing": True, **changes})
    async with container.scope(write=True) as scope:
        await put_schedule(context(scope), release_id, ScheduleDraft(slots=(FRIDAYS,)), version=None)
    return release_id


@pytest.mark.both_adapters
async def test_the_calendar_of_a_release(office: Office, container: Container, clock: FixedClock) -> None:
    await scheduled(container, office)
    path = "/releases/night-show/schedule.ics"
    answer = await office.send(None, "GET", path)
    assert (answer.status, answer.content_type, answer.charset) == (200, "text/calendar", "utf-8")
    calendar = IcsCalendarStream.calendar_from_ics(await answer.text())
    starts = sorted(event.start_datetime.astimezone(UTC) for event in calendar.events)
    assert starts[:2] == [datetime(2026, 7, 3, 16, 15, tzinfo=UTC), datetime(2026, 7, 10, 16, 15, tzinfo=UTC)]
    clock.at += timedelta(minutes=20)
    known = {"If-None-Match": f'"other", W/{answer.headers["ETag"]}'}
    again = await office.send(None, "GET", path, **known)
    assert (again.status, await again.read()) == (304, b"")
    office.people.clear()
    await office.release(publish=False, alias="draft")
    assert (await office.send(None, "GET", "/releases/draft/schedule.ics")).status == 404


@pytest.mark.both_adapters
async def test_a_secret_calendar_is_its_owners_and_ends_with_the_account(
    office: Office, container: Container, clock: FixedClock, make_user: MakeUser
) -> None:
    release_id = await scheduled(container, office)
    await scheduled(container, office, alias="not-mine")
    owner, other, admin = await make_user(), await make_user(), await office.person(Role.ADMIN)
    await office.call(owner, "PUT", f"/library/collections/{release_id}", {"type": "WATCHING"}, status=204)
    created = await office.send(owner, "POST", "/schedule/feeds", {"label": "Phone"})
    made = await created.json()
    assert (created.status, created.headers["Cache-Control"]) == (201, "no-store")
    path = made["url"].partition("/api/v1")[2]
    token = path.removeprefix("/calendar/").removesuffix(".ics")

    async def read() -> tuple[int, str]:
        answer = await office.send(None, "GET", path)
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.text()

    status, text = await read()
    assert status == 200
    assert {event.uid[:36] for event in IcsCalendarStream.calendar_from_ics(text).events} == {release_id}
    assert owner.user_id not in text
    assert owner.nickname not in text
    listed = await office.call(owner, "GET", "/schedule/feeds")
    assert listed["items"] == [{name: made[name] for name in ("id", "label", "created_at")}], "not the address"
    for elsewhere in (f"/lists/shared/{token}", "/auth/me"):
        answer = await office.send(None, "GET", elsewhere, Authorization=f"Bearer {token}")
        assert answer.status in {401, 404}, "good for the calendar alone"
    data = await office.call(owner, "GET", "/me/data")
    assert [one["label"] for one in data["calendars"]] == ["Phone"]
    assert token not in repr(data)

    await office.call(admin, "POST", f"/admin/users/{owner.user_id}/ban", {"reason": "test"})
    assert (await office.send(None, "GET", path)).status == 404
    await office.call(admin, "DELETE", f"/admin/users/{owner.user_id}/ban")
    assert (await read())[0] == 200

    assert await office.refused(other, "DELETE", f"/schedule/feeds/{made['id']}") == (404, "feed_not_found")
    for wrong in (f"/calendar/{token[:-1]}.ics", "/calendar/x.ics", f"/calendar/{'a' * 5000}.ics", "/calendar/%ff.ics"):
        assert (await office.send(None, "GET", wrong)).status == 404


@pytest.mark.both_adapters
async def test_revoked_calendars_and_how_many_there_may_be(office: Office, clock: FixedClock) -> None:
    owner = await office.person(Role.USER)
    made = [await office.call(owner, "POST", "/schedule/feeds", {"label": f"{n}"}, status=201) for n in range(10)]
    assert await office.refused(owner, "POST", "/schedule/feeds", {}) == (409, "too_many_feeds")
    await office.call(owner, "DELETE", f"/schedule/feeds/{made[0]['id']}", status=204)
    assert (await office.send(None, "GET", made[0]["url"].partition("/api/v1")[2])).status == 404
    assert (await office.send(None, "GET", made[1]["url"].partition("/api/v1")[2])).status == 200
    await office.call(owner, "POST", "/schedule/feeds", {}, status=201)


async def told(container: Container, who: Person) -> list[tuple[str, object]]:
    await Relay(container).drain()
    async with container.scope(write=False) as scope:
        found = await SqlNotifications(scope.uow).page(who.user_id, before=None, unread=False, limit=50)
    return sorted((one.kind, one.params["ordinal"]) for one in found)


async def never_ran(container: Container) -> None:
    """Forget where the application's own task stands, which began by the real clock."""
    async with container.scope(write=True) as scope:
        await scope.uow.session.execute(update(slot_table).values(due_at=None))
        await scope.uow.session.execute(delete(airing_mark_table))


async def run_job(container: Container, *, times: int = 1) -> None:
    """As several processes do at once; who is too late is refused and comes again."""
    for outcome in await asyncio.gather(
        *(jobs.announce_aired(container) for _ in range(times)), return_exceptions=True
    ):
        assert outcome is None or isinstance(outcome, Conflict)


@pytest.mark.both_adapters
async def test_who_watches_is_told_once_within_a_minute(
    container: Container, office: Office, clock: FixedClock, make_user: MakeUser
) -> None:
    release_id = await scheduled(container, office)
    await never_ran(container)
    watches, likes, both, muted, stranger = [await make_user() for _ in range(5)]
    for person in (watches, both, muted):
        await office.call(person, "PUT", f"/library/collections/{release_id}", {"type": "WATCHING"}, status=204)
    for person in (likes, both):
        await office.call(person, "POST", f"/favorites/{release_id}", status=204)
    await office.call(muted, "PUT", "/notifications/preferences", {"kinds": {"episode_aired": False}})
    clock.at = datetime(2026, 7, 17, 16, 14, 50, tzinfo=UTC)
    await run_job(container)
    assert await told(container, watches) == [], "episodes that aired before anybody looked are no news"
    clock.at += timedelta(seconds=jobs.INTERVAL_S)
    await run_job(container, times=3)
    await run_job(container)
    assert await told(container, watches) == await told(container, both) == [("episode_aired", 3.0)]
    assert await told(container, likes) == [("favorite_episode", 3.0)]
    assert await told(container, muted) == await told(container, stranger) == []

    # Nothing ran for a week and a bit: what aired meanwhile is made up for, once.
    clock.at += timedelta(days=7, minutes=1)
    await run_job(container, times=2)
    await run_job(container)
    assert await told(container, watches) == [("episode_aired", 3.0), ("episode_aired", 4.0)]

    # What plays here is told when it is published, to those who have not heard of it.
    office.people.clear()
    editor = await office.person(Role.EDITOR)
    for ordinal in (4, 5):
        await playable(container, office, editor, await office.episode(release_id, ordinal))
    assert await told(container, watches) == [
        ("episode_aired", 3.0),
        ("episode_aired", 4.0),
        ("episode_published", 5.0),
    ]
    assert await told(container, muted) == [("episode_published", 5.0)], "unread ones of an evening are one line"
    clock.at += timedelta(days=7)
    await run_job(container)
    assert ("episode_aired", 5.0) not in await told(container, watches), "it is here already"
    async with container.scope(write=False) as scope:
        heard = await scope.uow.session.scalars(
            select(outbox_table.c.event).where(outbox_table.c.failed_at.is_not(None))
        )
        assert list(heard) == []


async def playable(container: Container, office: Office, editor: Person, episode_id: str) -> None:
    async with container.scope(write=True) as scope:
        await media_ready(context_of(scope), episode_id, duration_ms=1_440_000, thumbnail_url=None)
    await office.call(editor, "POST", f"/episodes/{episode_id}/release")
    await Relay(container).drain()


@pytest.mark.both_adapters
async def test_the_event_names_the_episode(
    container: Container, office: Office, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_id = await scheduled(container, office)
    await never_ran(container)
    await run_job(container)
    # What is written: the application here delivers it, and removes it, at once.  It may also come before us and write it itself.
    written: list[Event] = []
    write = outbox.write

    async def seen(session: AsyncSession, events: list[Event], *more: Any) -> Any:
        written.extend(events)
        return await write(session, events, *more)

    async def told() -> list[EpisodeAired]:
        return [event for event in written if isinstance(event, EpisodeAired)]

    monkeypatch.setattr(outbox, "write", seen)
    clock.at = datetime(2026, 7, 17, 16, 15, 1, tzinfo=UTC)
    await run_job(container)
    (aired,) = await soon(told, bool)
    assert (aired.release_id, aired.ordinal) == (release_id, 3.0)
    assert aired.airs_at == datetime(2026, 7, 17, 16, 15, tzinfo=UTC)
