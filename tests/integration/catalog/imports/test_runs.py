"""Runs of imports: what they make, leave alone, and go on with."""

import asyncio
import gc
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update

from catalog.imports.applying.repository import import_record_table
from catalog.imports.conflicts.repository import import_conflict_table
from catalog.imports.faults import Fault
from catalog.imports.runs.model import ImportRun, RunState
from catalog.imports.runs.usecases import Runs
from catalog.imports.sources.model import SourceResting
from catalog.imports.sources.usecases import Sources
from catalog.releases import usecases as releases_usecases
from catalog.releases.episodes.adapters.context import context_of
from catalog.releases.external_ids import ExternalIds
from catalog.releases.merge_locks.repository import release_merge_lock_table
from catalog.releases.model import ReleaseDraft, ReleaseType, Status
from catalog.releases.names import Names
from catalog.releases.repository import release_table
from catalog.releases.usecases import Releases
from kernel.access import Role
from kernel.concurrency import collector
from kernel.outbox.outbox import outbox_table
from kernel.outbox.relay import Relay
from server.services import Services
from tests.conftest import SECRET_KEY, AppClient, MakeUser
from tests.support.catalog.imports import run, work, write


async def count(services: Services) -> int:
    async with services.container.scope(write=False) as scope:
        return await scope.uow.session.scalar(select(func.count()).select_from(release_table)) or 0


@pytest.mark.both_adapters
async def test_a_second_run_changes_nothing(services: Services, tmp_path: Path) -> None:
    file = write(tmp_path / "data.json", [work(number) for number in range(250)])
    first = await run(services, file, publish=True)
    assert (first.state, first.counts, first.reached.rows) == (RunState.SUCCEEDED, {"created": 250}, 250)
    async with services.container.scope(write=False) as scope:
        made = await scope.port(Releases).by_alias("work-number-0007")
        before = await scope.uow.session.scalar(select(func.count()).select_from(outbox_table))
        links = await scope.uow.session.scalar(select(func.count()).select_from(import_record_table))
    assert links == 250
    assert made is not None
    assert made.status is Status.PUBLISHED
    assert (made.name.main, made.name.english, made.external_ids.mal) == ("作品 0007 号", "Work number 0007", "8")
    assert [name.text for name in made.names] == ["作品 0007"]
    statements: list[str] = []
    engine = services.database.engine.sync_engine

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    second = await run(services, file)
    event.remove(engine, "before_cursor_execute", note)
    assert second.counts == {"unchanged": 250}
    assert len([one for one in statements if "import_record" in one]) == 1, "one look at all of them"
    assert len(statements) < 40, "nearly all of them to begin and to end a run"
    async with services.container.scope(write=False) as scope:
        after = await scope.uow.session.scalar(select(func.count()).select_from(outbox_table))
    assert (after or 0) - (before or 0) <= 2  # the run itself is told of


async def test_what_a_run_leaves_is_no_work_for_the_collector(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collector, "_kept", set())
    monkeypatch.setattr(collector._Passes, "ended_at", float("-inf"))
    passes: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            passes.append(info["generation"])

    frozen = gc.get_freeze_count()
    gc.callbacks.append(note)
    try:
        await run(services, write(tmp_path / "data.json", [work(number) for number in range(3)]))
    finally:
        gc.callbacks.remove(note)
    assert gc.get_freeze_count() > frozen, "the statements that it put together stay for good"
    assert 2 in passes, "and what refers to itself is gone through while it is little"


@pytest.mark.both_adapters
async def test_people_win(services: Services, tmp_path: Path) -> None:
    file = write(tmp_path / "data.json", [work(1), work(2)])
    await run(services, file)
    async with services.container.scope(write=True) as scope:
        releases = scope.port(Releases)
        edited = await releases.by_alias("work-number-0001")
        deleted = await releases.by_alias("work-number-0002")
        assert edited is not None
        assert deleted is not None
        draft = ReleaseDraft(edited.alias, edited.type, Names("By hand", edited.name.english), year=edited.year)
        await releases_usecases.edit_release(context_of(scope), edited.id, draft, [], version=None)
        await releases.remove(deleted)
    newer = [work(number, title=f"新作 {number}", begin="2020-04-07T00:00:00.000Z") for number in (1, 2)]
    done = await run(services, write(tmp_path / "newer.json", newer))
    assert done.counts == {"updated": 1, "removed": 1}
    async with services.container.scope(write=False) as scope:
        again = await scope.port(Releases).get(edited.id)
    assert again is not None
    assert (again.name.main, again.year, again.status) == ("By hand", 2020, Status.DRAFT)
    assert [name.text for name in again.names] == ["作品 0001", "新作 1"]
    assert await count(services) == 1


@pytest.mark.both_adapters
async def test_a_killed_run_goes_on_where_it_stopped(services: Services, tmp_path: Path) -> None:
    file = write(tmp_path / "data.json", [work(number) for number in range(500)])
    program = [sys.executable, "-m", "tests.support.catalog.imports", str(services.settings.data_dir), str(file)]
    process = await asyncio.create_subprocess_exec(*program, env=os.environ | of_the_same(services))
    assert await asyncio.wait_for(process.wait(), 60) == -signal.SIGKILL
    killed = await _active(services)
    assert killed is not None
    done_before = killed.reached.rows
    assert 0 < done_before < 500
    assert await count(services) == done_before  # no chunk is half there
    done = await run(services, file)
    assert (done.id, done.state, done.counts) == (killed.id, RunState.SUCCEEDED, {"created": 500})
    assert await count(services) == 500


def of_the_same(services: Services) -> dict[str, str]:
    """For the environment of another process of the same installation."""
    settings = services.settings
    return {
        "ANI_DATABASE_URL": settings.database_url,
        "ANI_REDIS_URL": settings.redis_url,
        "ANI_SECRET_KEY": SECRET_KEY,
    }


LONG = json.dumps({"items": [work(1, title="x" * 10_000_000), work(2)]}).encode()
"""Ten megabytes in one row, and another row."""


class TestEmbedded:
    async def test_what_may_be_one_of_ours_waits_for_a_decision(self, services: Services, tmp_path: Path) -> None:
        async with services.container.scope(write=True) as scope:
            draft = ReleaseDraft("ours", ReleaseType.TV, Names("作品 0001 号"))
            await releases_usecases.create_release(context_of(scope), draft, [])
        file = write(tmp_path / "data.json", [work(1)])
        for _ in range(2):
            assert (await run(services, file)).counts == {"conflict": 1}
        async with services.container.scope(write=False) as scope:
            waiting = (await scope.uow.session.execute(select(import_conflict_table))).all()
        assert [(row.key, row.doubt, row.decision) for row in waiting] == [("bangumi/2", "almost", None)]
        assert await count(services) == 1

    async def test_a_dry_run_says_what_would_change(self, services: Services, tmp_path: Path) -> None:
        await run(services, write(tmp_path / "data.json", [work(1)]))
        items = [work(1, titleTranslate={"en": ["Renamed"]}), work(2), {"title": "?", "type": "opera"}]
        done = await run(services, write(tmp_path / "other.json", items), dry=True)
        assert done.counts == {"created": 1, "updated": 1, "failed": 1}
        async with services.container.scope(write=False) as scope:
            rows, total = await scope.port(Runs).rows(done.id, None, offset=0, limit=10)
        assert total == 3
        by_key = {row.key: row for row in rows}
        assert list(by_key["bangumi/2"].changes["english"]) == ["Work number 0001", "Renamed"]
        assert by_key["bangumi/3"].action == "created"
        assert by_key["#3"].fault == Fault(
            "This is no work that can be taken: its type 'opera' is unknown.", "unknown_type", {"type": "opera"}
        )
        assert await count(services) == 1

    @pytest.mark.parametrize(
        ("content", "counts", "state"),
        [
            (b"", {"failed": 1}, RunState.SUCCEEDED),
            (b"\x1f\x8bnothing", {}, RunState.FAILED),
            (b"\xff\xfe", {}, RunState.FAILED),
            (b'{"items": [5, {"title": "x"}, ', {"failed": 3}, RunState.SUCCEEDED),
            pytest.param(LONG, {"created": 1, "failed": 1}, RunState.SUCCEEDED, id="a row of 10 MB"),
        ],
    )
    async def test_garbage_is_told_of(
        self, services: Services, tmp_path: Path, content: bytes, counts: dict[str, int], state: RunState
    ) -> None:
        file = tmp_path / "data.json"
        file.write_bytes(content)
        done = await run(services, file)
        assert (done.counts, done.state) == (counts, state)

    async def test_three_failures_in_a_row_and_it_rests(self, services: Services, tmp_path: Path) -> None:
        file = tmp_path / "data.json"
        file.write_bytes(b"\xff")
        for _ in range(3):
            await run(services, file)
        with pytest.raises(SourceResting):
            await run(services, file)

    async def test_administrators_are_told_that_it_rests(
        self, services: Services, app_client: AppClient, make_user: MakeUser, tmp_path: Path
    ) -> None:
        admin, editor = await make_user(Role.ADMIN), await make_user(Role.EDITOR)
        broken = tmp_path / "data.json"
        broken.write_bytes(b"[\xff")
        for _ in range(3):
            await run(services, broken)
        await Relay(services.container).drain()
        told = {}
        for person in (admin, editor):
            async with app_client.get("/api/v1/notifications", headers=person.headers) as answer:
                items = (await answer.json())["items"]
                told[person.role] = [one["params"] for one in items if one["kind"] == "import_resting"]
        assert told[Role.EDITOR] == []
        (why,) = told[Role.ADMIN]
        assert why.pop("reason") == "This file cannot be read: byte 1 is not UTF-8."
        assert why == {"source": "bangumi-data", "code": "not_utf8", "fault_byte": 1}, "for words of any language"


async def _active(services: Services) -> ImportRun | None:
    async with services.container.scope(write=False) as scope:
        source = await scope.port(Sources).by_slug("bangumi-data")
        assert source is not None
        return await scope.port(Runs).active_of(source.id)


async def release_ids(services: Services) -> dict[str, str]:
    """Alias → release."""
    async with services.container.scope(write=False) as scope:
        c = release_table.c
        return {row.alias: row.id for row in await scope.uow.session.execute(select(c.alias, c.id))}


@pytest.mark.both_adapters
async def test_what_was_deleted_or_told_apart(services: Services, tmp_path: Path) -> None:
    await run(services, write(tmp_path / "data.json", [work(1), work(2), work(3)]))
    async with services.container.scope(write=True) as scope:
        draft = ReleaseDraft(
            "ours", ReleaseType.TV, Names("作品 0004 号"), year=1994, external_ids=ExternalIds(mal="5")
        )
        await releases_usecases.create_release(context_of(scope), draft, [])
    ids = await release_ids(services)
    one, two, three = (ids[f"work-number-000{number}"] for number in (1, 2, 3))
    async with services.container.scope(write=True) as scope:
        session, c, r = scope.uow.session, release_table.c, import_record_table.c
        deleted = {"deleted_at": scope.clock.now(), "deleted_alias": "gone", "status": Status.DRAFT}
        await session.execute(update(release_table).where(c.id.in_((two, ids["ours"]))).values(deleted))
        # As a merge of the third into the first left it, before that was undone.
        await session.execute(update(import_record_table).where(r.release_id == three).values(release_id=one))
        first, second = sorted((one, three))
        lock = {"release_id": first, "other_id": second, "reason": "", "created_at": scope.clock.now()}
        await session.execute(insert(release_merge_lock_table).values(lock))
    newer = [work(number, begin=f"{1991 + number}-04-07T00:00:00.000Z") for number in (1, 2, 3)]
    done = await run(services, write(tmp_path / "newer.json", [*newer, work(4)]))
    assert done.counts == {"updated": 2, "removed": 2}
    async with services.container.scope(write=False) as scope:
        session, c, r = scope.uow.session, release_table.c, import_record_table.c
        years = {row[0]: row[1] for row in await session.execute(select(c.id, c.year))}
        links = {row[0]: row[1] for row in await session.execute(select(r.key, r.release_id))}
    assert years == {one: 1992, two: 1992, three: 1994, ids["ours"]: 1994}, "the deleted one is left alone"
    assert links["bangumi/4"] == three
