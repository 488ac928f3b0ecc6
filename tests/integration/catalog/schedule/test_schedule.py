"""What editors say of schedules, and what viewers read in them."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import AiringStatus
from catalog.releases.repository import release_table
from catalog.schedule.model import BadOverride, Schedule, ScheduleChanged, ScheduleDraft
from catalog.schedule.recurrence import BadRecurrence
from catalog.schedule.timetable import Break, Override, OverrideKind, Slot
from catalog.schedule.usecases import (
    PUT_AT_ONCE,
    Schedules,
    WantedAirings,
    airings,
    put_schedule,
    put_schedules,
)
from kernel.access import Role
from kernel.errors import Stale
from kernel.scope import Container
from tests.integration.catalog.moderation.moderating import Office
from tests.integration.catalog.schedule.scheduling import FixedClock, context

FRIDAYS = Slot(site="", recurrence="R/2026-07-03T25:15/P7D")


async def made(container: Container, office: Office, **changes: Any) -> str:
    return await office.release(**{"alias": "night-show", "type": "TV", "is_ongoing": True, **changes})


@pytest.mark.both_adapters
async def test_stored_as_said_and_found_by_day(container: Container, office: Office, clock: FixedClock) -> None:
    release_id = await made(container, office, episodes_total=12)
    site = Slot(site="netflix", recurrence="R/2026-07-05T03:00Z/P7D", regions=("US", "JP", "US"), episodes=3)
    draft = ScheduleDraft(
        slots=(site, replace(FRIDAYS, duration_min=24)),
        breaks=(Break(date(2026, 7, 17), date(2026, 7, 17), "Games"),),
        overrides=(
            Override(kind=OverrideKind.MOVED, ordinal=2, site="", airs_at=datetime(2026, 7, 12, 1, tzinfo=UTC)),
        ),
    )
    async with container.scope(write=True) as scope:
        await put_schedule(context(scope), "night-show", draft, version=0)
    async with container.scope(write=False) as scope:
        kept = (await scope.port(Schedules).of_releases([release_id]))[release_id]
        assert kept.version == 1
        assert kept.draft == replace(
            draft,
            slots=(
                replace(FRIDAYS, duration_min=24, recurrence="R/2026-07-04T01:15:00.000/P7D"),
                replace(site, recurrence="R/2026-07-05T03:00:00.000Z/P7D", regions=("JP", "US")),
            ),
        ), "its own broadcast comes first"
        july = WantedAirings(since=datetime(2026, 7, 1, tzinfo=UTC), until=datetime(2026, 8, 1, tzinfo=UTC))
        found = await airings(context(scope), july)
        assert [f"{one.ordinal:g} {one.airs_at:%d %H:%M} {one.state}" for one in found] == [
            "1 03 16:15 planned", "2 12 01:00 moved", "3 24 16:15 planned", "4 31 16:15 planned",
        ]  # fmt: skip
        both = await airings(context(scope), replace(july, all_sites=True))
        assert [one.ordinal for one in both if one.site == "netflix"] == [1, 2, 3], "breaks are those of broadcast days"
    async with container.scope(write=True) as scope:
        with pytest.raises(Stale):
            await put_schedule(context(scope), release_id, draft, version=0)
    async with container.scope(write=True) as scope:
        _, changed = await put_schedule(context(scope), release_id, ScheduleDraft(), version=1)
        await scope.flush()
        assert changed.version == 2
    async with container.scope(write=False) as scope:
        assert await airings(context(scope), july) == []


@pytest.mark.both_adapters
async def test_a_slot_without_a_number_is_as_long_as_its_release(
    container: Container, office: Office, clock: FixedClock
) -> None:
    release_id = await made(container, office, is_ongoing=True, episodes_total=None)
    async with container.scope(write=True) as scope:
        await put_schedule(context(scope), release_id, ScheduleDraft(slots=(FRIDAYS,)), version=None)
    year = WantedAirings(since=datetime(2026, 1, 1, tzinfo=UTC), until=datetime(2027, 1, 1, tzinfo=UTC))
    later = WantedAirings(since=datetime(2026, 9, 1, tzinfo=UTC), until=datetime(2026, 9, 15, tzinfo=UTC))
    for total, ongoing, whole, autumn in (
        (None, True, 26, 2),
        (10, True, 10, 1),
        (10, False, 10, 1),
        (None, False, 1, 0),
    ):
        async with container.scope(write=True) as scope:
            await scope.uow.session.execute(
                update(release_table)
                .where(release_table.c.id == release_id)
                .values(episodes_total=total, airing_status=AiringStatus.ONGOING if ongoing else AiringStatus.FINISHED)
            )
        async with container.scope(write=False) as scope:
            assert len(await airings(context(scope), year)) == whole
            assert len(await airings(context(scope), later)) == autumn


async def test_imports_write_many_and_nothing_twice(container: Container, office: Office, clock: FixedClock) -> None:
    ids = [await made(container, office, alias=f"show-{n}") for n in range(3)]
    drafts = {release_id: ScheduleDraft(slots=(FRIDAYS,)) for release_id in ids[:2]} | {ids[2]: ScheduleDraft()}
    async with container.scope(write=True) as scope:
        assert await put_schedules(context(scope), drafts) == set(ids[:2])
    async with container.scope(write=True) as scope:
        assert await put_schedules(context(scope), drafts) == set()
        assert not scope.uow.session.dirty
    drafts[ids[0]] = ScheduleDraft(slots=(replace(FRIDAYS, recurrence="R/2026-07-04T01:15/P2W"),))
    async with container.scope(write=True) as scope:
        assert await put_schedules(context(scope), drafts) == {ids[0]}
        (schedule,) = (await scope.port(Schedules).of_releases([ids[0]])).values()
        events = schedule.pull_events()
        assert [type(event) for event in events] == [ScheduleChanged]
        assert isinstance(events[0], ScheduleChanged)
        assert list(events[0].changes) == ["slots"]
    bad = {**drafts, ids[1]: ScheduleDraft(slots=(replace(FRIDAYS, recurrence="R/2026/P7D"),))}
    async with container.scope(write=True) as scope:
        with pytest.raises(BadRecurrence):
            await put_schedules(context(scope), bad)


async def test_others_have_their_turn_between_the_schedules_of_an_import(
    container: Container, office: Office, clock: FixedClock
) -> None:
    """However many sites show a release."""
    sites = [replace(FRIDAYS, site=f"site{n}") for n in range(PUT_AT_ONCE // 2 - 1)]
    ids = [await made(container, office, alias=f"show-{n}") for n in range(6)]
    async with container.scope(write=True) as scope:
        session, written = scope.uow.session, list[int]()

        async def beside() -> None:
            while True:
                written.append(sum(isinstance(one, Schedule) for one in session.new))
                await asyncio.sleep(0)

        task = asyncio.create_task(beside())
        drafts = {release_id: ScheduleDraft(slots=(FRIDAYS, *sites)) for release_id in ids}
        assert await put_schedules(context(scope), drafts) == set(ids)
        await asyncio.sleep(0)
        task.cancel()
    assert sorted(set(written)) == [0, 2, 4, 6]


@pytest.mark.both_adapters
async def test_what_announces_nothing_is_estimated(container: Container, office: Office, clock: FixedClock) -> None:
    release_id = await made(container, office, episodes_total=None)
    for ordinal, days in ((1, 24), (2, 14), (3, 4)):
        episode_id = await office.episode(release_id, ordinal)
        async with container.scope(write=True) as scope:
            await scope.uow.session.execute(
                update(episode_table)
                .where(episode_table.c.id == episode_id)
                .values(status="published", published_at=clock.now() - timedelta(days=days))
            )
    async with container.scope(write=False) as scope:
        span = WantedAirings(since=clock.now(), until=clock.now() + timedelta(days=30))
        (guess,) = await airings(context(scope), span)
        assert (guess.ordinal, guess.airs_at, guess.state) == (4, clock.now() + timedelta(days=6), "estimated")
    clock.at += timedelta(days=13)
    async with container.scope(write=False) as scope:
        assert await airings(context(scope), replace(span, since=span.since - timedelta(days=30))) == [], (
            "a week overdue"
        )


async def test_over_http(office: Office, clock: FixedClock) -> None:
    editor = await office.person(Role.EDITOR)
    release_id = await office.release(alias="night-show", is_ongoing=True, year=2026, season="summer")
    path = "/releases/night-show/schedule"
    empty = await office.send(None, "GET", path)
    assert (await empty.json())["version"] == 0
    body = {
        "slots": [
            {"recurrence": "R/2026-07-03T25:15/P7D", "duration_min": 24},
            {"site": "Netflix", "recurrence": "R/2026-07-05T03:00Z/P7D", "address": "https://example.org/t/1", "regions": ["US"]},
        ],
        "breaks": [{"first": "2026-07-24", "last": "2026-07-24"}],
        "overrides": [{"kind": "cancelled", "ordinal": 4, "site": ""}],
    }  # fmt: skip
    put = await office.send(editor, "PUT", path, body, **{"If-Match": empty.headers["ETag"]})
    said = await put.json()
    assert (put.status, said["version"], said["slots"][0]["recurrence"]) == (200, 1, "R/2026-07-04T01:15:00.000/P7D")
    assert [(one["site"], one["ordinal"]) for one in said["upcoming"][:3]] == [("", 3), ("Netflix", 3), ("Netflix", 4)]
    stale = await office.send(editor, "PUT", path, body, **{"If-Match": empty.headers["ETag"]})
    assert stale.status == 412
    again = await office.send(editor, "PUT", f"/releases/{release_id}/schedule", said_again(said))
    assert (again.status, (await again.json())["version"]) == (200, 1), "saying the same changes nothing"
    read = await office.send(None, "GET", path)
    unchanged = await office.send(None, "GET", path, **{"If-None-Match": read.headers["ETag"]})
    assert unchanged.status == 304

    week = await office.call(None, "GET", "/schedule?from=2026-07-13&to=2026-07-19&tz=Asia/Tokyo")
    (item,) = week["items"]
    assert (item["day"], item["broadcast"]) == (
        "2026-07-18",
        {"day": "2026-07-17", "clock": "25:15", "zone": "Asia/Tokyo"},
    )
    assert (item["release"]["alias"], item["ordinal"], item["airs_at"]) == ("night-show", 3, "2026-07-17T16:15:00Z")
    berlin = await office.call(None, "GET", "/schedule?from=2026-07-17&to=2026-07-17&tz=Europe/Berlin&sites=all")
    assert [one["day"] for one in berlin["items"]] == ["2026-07-17"]
    month = await office.call(None, "GET", "/schedule/month?month=2026-07&tz=UTC")
    assert [(one["ordinal"], one["state"]) for one in month["items"]] == [
        (1, "planned"), (2, "planned"), (3, "planned"), (4, "cancelled"),
    ]  # fmt: skip
    clock.at = datetime(2026, 7, 17, 16, 20, tzinfo=UTC)
    now = await office.call(None, "GET", "/schedule/now")
    assert [len(now[part]) for part in ("on_air", "recent", "next")] == [1, 0, 0]
    clock.at += timedelta(minutes=20)
    now = await office.call(None, "GET", "/schedule/now?sites=all")
    assert [len(now[part]) for part in ("on_air", "recent", "next")] == [0, 1, 0]
    seasons = await office.call(None, "GET", "/schedule/seasons")
    assert seasons == {
        "year": 2026, "season": "summer", "items": [{"year": 2026, "season": "summer", "releases": 1}],
    }  # fmt: skip
    (title,) = (await office.call(None, "GET", "/schedule/season?year=2026&season=summer"))["items"]
    assert (title["starts_at"], title["next"]["ordinal"], title["broadcast"]["clock"]) == (
        "2026-07-03T16:15:00Z", 4, "25:15",
    )  # fmt: skip

    office.people.clear()  # their access expired with the clock
    editor, viewer = await office.person(Role.EDITOR), await office.person(Role.USER)
    mine = "/schedule/month?month=2026-07&mine=true"
    assert await office.refused(None, "GET", mine) == (401, "unauthenticated")
    assert (await office.call(viewer, "GET", mine))["items"] == []
    await office.call(viewer, "PUT", f"/library/collections/{release_id}", {"type": "WATCHING"}, status=204)
    assert len((await office.call(viewer, "GET", mine))["items"]) == 4

    draft_id = await office.release(publish=False, alias="draft", is_ongoing=True)
    await office.call(editor, "PUT", f"/releases/{draft_id}/schedule", body)
    assert await office.refused(viewer, "GET", "/releases/draft/schedule") == (404, "release_not_found")
    assert len((await office.call(editor, "GET", "/schedule?from=2026-07-13&to=2026-07-19"))["items"]) == 1


def said_again(said: dict[str, Any]) -> dict[str, Any]:
    return {name: said[name] for name in ("zone", "slots", "breaks", "overrides")}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"slots": [{"recurrence": "every Friday"}]}, (400, "bad_recurrence")),
        ({"slots": [{"recurrence": "R/2026-07-03T16:15Z/PT1S"}]}, (400, "bad_recurrence")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence}] * 2}, (400, "two_slots_of_one_site")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "address": "javascript:alert(1)"}]}, (400, "bad_slot")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "regions": ["jp"]}]}, (400, "bad_slot")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "site": "x" * 61}]}, (422, "invalid_payload")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "site": "a\0"}]}, (422, "invalid_payload")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "together": 0}]}, (422, "invalid_payload")),
        ({"slots": [{"recurrence": FRIDAYS.recurrence, "first_ordinal": 1e300}]}, (422, "invalid_payload")),
        ({"zone": "Mars/Olympus"}, (400, "unknown_zone")),
        ({"zone": "../../etc/passwd"}, (400, "unknown_zone")),
        ({"breaks": [{"first": "2026-07-02", "last": "2026-07-01"}]}, (400, "bad_break")),
        ({"breaks": [{"first": "0001-01-01", "last": "9999-12-31"}]}, (422, "invalid_payload")),
        ({"overrides": [{"kind": "cancelled", "ordinal": 1, "site": "nowhere"}]}, (400, "bad_override")),
        ({"overrides": [{"kind": "cancelled", "ordinal": 1}] * 2}, (400, "bad_override")),
        ({"overrides": [{"kind": "moved", "ordinal": 1, "airs_at": "2026-07-01T00:00:00"}]}, (422, "invalid_payload")),
        ({"overrides": [{"kind": "cancelled", "ordinal": n} for n in range(501)]}, (422, "invalid_payload")),
        ({"unknown": 1}, (422, "invalid_payload")),
    ],
)
async def test_what_is_refused(
    office: Office, clock: FixedClock, change: dict[str, Any], code: tuple[int, str]
) -> None:
    editor = await office.person(Role.EDITOR)
    release_id = await office.release()
    assert await office.refused(editor, "PUT", f"/releases/{release_id}/schedule", change) == code


async def test_ranges_have_bounds(office: Office, clock: FixedClock) -> None:
    for query in (
        "from=2026-07-01&to=2026-06-30",
        "from=2026-07-01&to=2026-08-15",
        "from=0001-01-01&to=0001-01-02",
        "from=2026-07-01",
        "from=2026-07-01&to=2026-07-02&sites=some",
        "from=x&to=y",
    ):
        assert await office.refused(None, "GET", f"/schedule?{query}") == (422, "invalid_payload"), query
    assert await office.refused(None, "GET", "/schedule?from=2026-07-01&to=2026-07-02&tz=Nowhere/Land") == (
        400,
        "unknown_zone",
    )
    assert await office.refused(None, "GET", "/schedule/month?month=2026-13") == (422, "invalid_payload")
    assert await office.refused(None, "GET", "/releases/nothing/schedule") == (404, "release_not_found")


def test_an_override_of_nothing_is_refused_before_it_is_stored(adapters: str) -> None:
    with pytest.raises(BadOverride):
        ScheduleDraft(
            slots=(FRIDAYS,),
            overrides=(Override(kind=OverrideKind.CANCELLED, ordinal=1, airs_at=datetime(2026, 7, 1, tzinfo=UTC)),),
        ).checked()
