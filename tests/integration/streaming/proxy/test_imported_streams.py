"""Streams that an API of Kodik's shape lists, played through the proxy."""

import asyncio
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from catalog.imports.runs import usecases as runs_usecases
from catalog.imports.runs.jobs import RunEngine
from catalog.imports.runs.model import RunState, Trigger
from catalog.imports.runs.usecases import Order, Runs
from catalog.imports.sources import usecases as sources_usecases
from catalog.imports.sources.adapters.readers import SourceReaders
from catalog.imports.sources.model import SourceDraft, SourceKind
from catalog.imports.sources.usecases import Input, Seal, Sources
from catalog.imports.streams.jobs import JOB_KIND, run_job
from kernel.jobs import JobContext, Jobs
from kernel.jobs.table import job_table
from server.services import Services
from streaming.proxy.repository import video_sources
from tests.conftest import AppClient
from tests.integration.streaming.proxy.conftest import StartUpstream, Upstream
from tests.integration.streaming.proxy.sources import media_playlist, play
from tests.support.people import Person
from tests.support.servers.kodik_server import TOKEN, KodikServer, row

Done = list[dict[str, Any]]


def serial(upstream: Upstream, *names: str, at: str, translation: str = "AniLibria") -> dict[str, Any]:
    """A work whose episodes are these playlists of ``upstream``."""
    episodes = {str(number): f"{upstream.base}{name}" for number, name in enumerate(names, start=1)}
    return row(1, translation, seasons={"1": {"episodes": episodes}}, updated_at=f"2026-02-01T00:{at}:00Z")


class Import:
    """A source at a server of Kodik's shape, and what its runs order."""

    def __init__(self, services: Services, kodik: KodikServer) -> None:
        self.services, self.kodik = services, kodik
        self._done: set[str] = set()

    async def read(self, **options: Any) -> Done:
        """Register the source or change its options, run it, and do the jobs that it ordered; returns what those came to."""
        container = self.services.container
        async with TestServer(self.kodik.app()) as server:
            async with container.scope(write=True) as scope:
                sources, now = scope.port(Sources), scope.clock.now()
                address = str(server.make_url(""))
                draft = SourceDraft("k", "Kodik", SourceKind.KODIK, url=address, publish=True, options=options)
                source = await sources.by_slug("k")
                if source is None:
                    source = await sources_usecases.register(sources, draft, now)
                    sources_usecases.take_token(source, scope.port(Seal), TOKEN)
                else:
                    source.change(draft, now)
                wanted = Order(source_id=source.id, given=Input(), trigger=Trigger.PERSON)
                await scope.flush()
                run = await runs_usecases.order(sources, scope.port(Runs), wanted, now)

            async def as_it_is(rows: Any) -> Any:
                return rows

            async def told(_stage: str, _share: float) -> None:
                pass

            engine = RunEngine(SourceReaders(container, ("127.0.0.0/8",)), as_it_is)
            assert (await engine.perform(container, run.id, told)).state is RunState.SUCCEEDED
        done = []
        for job_id, payload in await self._ordered():
            done.append(await self._finished(job_id))
            done.append(await run_job(JobContext(job_id, container), payload))  # as after a worker that died
        return done

    async def _finished(self, job_id: str) -> dict[str, Any]:
        """What the worker of the application made of it."""
        for _ in range(800):
            async with self.services.container.scope(write=False) as scope:
                job = await scope.port(Jobs).get(job_id)
            if job.state == "succeeded":
                return dict(job.result or {})
            await asyncio.sleep(0.025)
        raise TimeoutError(job)

    async def _ordered(self) -> list[tuple[str, dict[str, Any]]]:
        async with self.services.container.scope(write=False) as scope:
            jobs = (await scope.uow.session.execute(select(job_table).where(job_table.c.kind == JOB_KIND))).all()
        new = [(job.id, job.payload) for job in jobs if job.id not in self._done]
        self._done.update(job_id for job_id, _ in new)
        return new


async def attached(services: Services) -> list[Any]:
    async with services.container.scope(write=False) as scope:
        return list((await scope.uow.session.execute(video_sources.select())).all())


@pytest.mark.both_adapters
async def test_the_whole_way(
    app_client: AppClient, admin: Person, services: Services, start_upstream: StartUpstream
) -> None:
    upstream = await start_upstream("ppaapp")
    kodik = KodikServer([serial(upstream, "master.m3u8", "gone.txt", at="01")])
    reading = Import(services, kodik)
    # Without the switch nothing is fetched.
    assert await reading.read() == []
    assert upstream.asked == []
    kodik.rows = [serial(upstream, "master.m3u8", "missing/master.m3u8", at="02", translation="AniLibria")]
    first, second = await reading.read(attach_streams=True)
    assert first == {"attached": 1, "failed": 1}
    assert second == {"unchanged": 1, "failed": 1}
    (source,) = await attached(services)
    listed = await (await app_client.get("/api/v1/sources", headers=admin.headers)).json()
    assert [(one["name"], one["findings"]["ads"]) for one in listed["items"]] == [("Kodik: AniLibria", 2)]
    # Published at once, as the source says: anybody can play it.
    _, playlist = await media_playlist(app_client, await play(app_client, source.episode_id))
    assert "#EXTINF" in playlist

    # The source lists another address: the episode follows.
    kodik.rows = [serial(upstream, "media.m3u8", at="03")]
    assert await reading.read(attach_streams=True) == [{"redirected": 1}, {"unchanged": 1}]
    # What an administrator changed is theirs.
    body = {"name": "Ours", "url": upstream.base + "media.m3u8"}
    changed = await app_client.put(f"/api/v1/sources/{source.id}", json=body, headers=admin.headers)
    assert changed.status == 200
    kodik.rows = [serial(upstream, "master.m3u8", at="04")]
    assert await reading.read(attach_streams=True) == [{"kept": 1}, {"kept": 1}]
    assert len(await attached(services)) == 1


async def test_episodes_that_were_split_off_are_not_made_again(
    app_client: AppClient, admin: Person, services: Services, start_upstream: StartUpstream
) -> None:
    upstream = await start_upstream("ppaapp")
    kodik = KodikServer([serial(upstream, "media.m3u8", "master.m3u8", at="01")])
    reading = Import(services, kodik)
    assert await reading.read(attach_streams=True) == [{"attached": 2}, {"unchanged": 2}]

    async def call(method: str, path: str, body: Any = None) -> Any:
        answer = await app_client.request(method, f"/api/v1/{path}", json=body, headers=admin.headers)
        assert answer.status < 300, await answer.text()
        return await answer.json() if answer.status != 204 else None

    async def episodes(release_id: str) -> list[str]:
        return [one["id"] for one in (await call("GET", f"releases/{release_id}/episodes"))["items"]]

    (release,) = (await call("GET", "releases"))["items"]
    first, second = await episodes(release["id"])
    new = {"alias": "new", "type": "TV", "name": {"main": "New"}, "episode_ids": [second], "renumber": True}
    done = await call("POST", f"releases/{release['id']}/split", new)
    # The source goes on counting as before: its second episode is the first of the new release, and follows there.
    kodik.rows = [serial(upstream, "media.m3u8", "media.m3u8", at="02")]
    assert await reading.read(attach_streams=True) == [{"unchanged": 1, "redirected": 1}, {"unchanged": 2}]
    assert (await episodes(release["id"]), await episodes(done["target_id"])) == ([first], [second])
    await call("DELETE", f"releases/{done['target_id']}")
    kodik.rows = [serial(upstream, "media.m3u8", "master.m3u8", at="03")]
    assert await reading.read(attach_streams=True) == [{"unchanged": 1, "kept": 1}] * 2
    assert await episodes(release["id"]) == [first]
