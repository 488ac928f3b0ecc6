"""Accounts: logins, authenticated requests, progress and "continue watching", ``python -m bench.accounts [--json]``.

Logins and ``GET /auth/me`` go over HTTP to a real server; the rest calls the use cases on the embedded database, one
process, nothing else running in it.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web

import migrations
from accounts.library.next_up import usecases as next_up
from accounts.library.next_up.usecases import Seasons
from accounts.library.progress.model import CatalogEpisode, Progress, Sample
from accounts.library.progress.usecases import History, ProgressContext, record_progress
from kernel.ids import new_id
from server.boot import open_services
from server.services import Services
from server.settings import Settings
from tests.support.people import PASSWORD, sign_up
from tests.support.servers.live_server import LiveServer

CONNECTIONS = 8
SECONDS = 5.0
TRIES = 60
EVENTS_SECONDS = 60
EVENTS_TARGET = 20_000
BATCH = 2_000
VIEWERS = 500
HISTORY_ROWS = 5_000
CONTINUE_TARGET_MS = 50


async def rate(ask: Callable[[aiohttp.ClientSession], Awaitable[None]]) -> float:
    """Answers a second that 8 connections get in 5 s, each asking again at once."""
    done = 0
    end = time.perf_counter() + SECONDS

    async def keep_asking(session: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.perf_counter() < end:
            await ask(session)
            done += 1

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(keep_asking(session) for _ in range(CONNECTIONS)))
    return done / SECONDS


async def over_http(folder: Path) -> list[dict[str, Any]]:
    server = LiveServer(folder / "server", {})
    await server.start()
    try:
        body = {"email": "bench@example.org", "nickname": "bench", "password": PASSWORD}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{server.url}/api/v1/auth/register", json=body) as answer,
        ):
            token = (await answer.json())["access_token"]

        async def log_in(session: aiohttp.ClientSession) -> None:
            login = {"login": "bench", "password": PASSWORD}
            async with session.post(f"{server.url}/api/v1/auth/login", json=login) as answer:
                assert answer.status == 200, await answer.text()

        async def me(session: aiohttp.ClientSession) -> None:
            headers = {"Authorization": f"Bearer {token}"}
            async with session.get(f"{server.url}/api/v1/auth/me", headers=headers) as answer:
                assert answer.status == 200
                await answer.read()

        # One after the other: the hashing of the logins would slow what is measured beside it.
        logins, mes = await rate(log_in), await rate(me)
    finally:
        await server.stop()

    async def nothing(_request: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.router.add_get("/", nothing)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()

    async def empty(session: aiohttp.ClientSession) -> None:
        async with session.get(f"http://127.0.0.1:{runner.addresses[0][1]}/") as answer:
            await answer.read()

    nothings = await rate(empty)
    await runner.cleanup()
    return [
        figure("logins", logins, "/s"),
        figure("GET /auth/me, signed in", mes, "/s"),
        figure("an empty aiohttp handler, in the client's own process", nothings, "/s"),
    ]


class EveryEpisode:
    """A catalogue that has every episode, at no cost."""

    async def known(self, episode_ids: Any) -> dict[str, CatalogEpisode]:
        return {id_: CatalogEpisode(episode_id=id_, release_id=id_, duration_ms=1_440_000) for id_ in episode_ids}


class NoShelves:
    """Shelves that nothing is moved to: what is measured is the history."""

    async def after_watching(self, changed: Sequence[Progress]) -> None:
        pass


async def progress(services: Services, user_ids: list[str]) -> list[dict[str, Any]]:
    """20,000 positions a second of 500 viewers for a minute, in batches as the group commit of the sockets makes them.

    Whoever got an answer was promised that the position is kept: afterwards each viewer's last one is read back.
    """
    episodes = {user_id: new_id() for user_id in user_ids}
    reached: dict[str, int] = {}
    batch_s = []
    began = time.perf_counter()
    for number in range(EVENTS_TARGET * EVENTS_SECONDS // BATCH):
        early_s = began + number * BATCH / EVENTS_TARGET - time.perf_counter()
        if early_s > 0:
            await asyncio.sleep(early_s)  # players report at their own pace, not as fast as they are heard
        samples = [
            Sample(
                user_id,
                episodes[user_id],
                (number * (BATCH // VIEWERS) + turn) % 1_400_000,
                1_440_000,
                number * 10 + turn + 1,
            )
            for turn in range(BATCH // VIEWERS)
            for user_id in user_ids
        ]
        started = time.perf_counter()
        async with services.container.scope(write=True) as scope:
            context = ProgressContext(
                history=scope.port(History), episodes=EveryEpisode(), shelves=NoShelves(), now=services.clock.now()
            )
            await record_progress(context, samples)
        batch_s.append(time.perf_counter() - started)
        reached.update((sample.user_id, sample.position_ms) for sample in samples)
    seconds = time.perf_counter() - began
    lost = 0
    async with services.container.scope(write=False) as scope:
        for user_id, position_ms in reached.items():
            found = await scope.port(History).get(user_id, episodes[user_id])
            lost += found is None or found.position_ms != position_ms
    speed = len(batch_s) * BATCH / seconds
    kept_up = seconds <= EVENTS_SECONDS + 1  # the last batch may end in the second after
    return [
        figure(
            f"progress reports for {EVENTS_SECONDS} s, durable", speed, "/s", f"{EVENTS_TARGET:,} asked for", kept_up
        ),
        figure("– acknowledged ones lost", lost, "", "0", lost == 0),
        figure("– what one second of them takes", sum(batch_s) / seconds, "s"),
        figure("– a batch of 2,000, p99", statistics.quantiles(batch_s, n=100)[-1] * 1000, "ms"),
    ]


class Season:
    """Every series has the one episode that was watched, and another."""

    def __init__(self, rows: list[Progress]) -> None:
        self._order = {row.release_id: [row.episode_id, new_id()] for row in rows}

    async def in_order(self, release_ids: Any) -> dict[str, list[str]]:
        return {release_id: self._order[release_id] for release_id in release_ids & self._order.keys()}

    async def following(self, release_ids: Any) -> dict[str, list[str]]:  # noqa: ARG002 - the port's signature
        return {}


async def continue_watching(services: Services, user_id: str) -> list[dict[str, Any]]:
    rows = [
        Progress(
            user_id=user_id,
            episode_id=new_id(),
            release_id=new_id(),
            position_ms=600_000,
            duration_ms=1_440_000,
            at_ms=number + 1,
            finished=number % 2 == 0,
            watched_at_ms=number + 1 if number % 2 == 0 else 0,
            completions=int(number % 2 == 0),
        )
        for number in range(HISTORY_ROWS)
    ]
    async with services.container.scope(write=True) as scope:
        await scope.port(History).store(rows)
    seasons: Seasons = Season(rows)
    times_ms = []
    for _ in range(TRIES):
        started = time.perf_counter()
        async with services.container.scope(write=False) as scope:
            entries = await next_up.continue_watching(scope.port(History), seasons, user_id=user_id, limit=20)
        times_ms.append((time.perf_counter() - started) * 1000)
        assert len(entries) == 20
    p95 = statistics.quantiles(times_ms, n=20)[-1]
    title = f"continue watching with {HISTORY_ROWS:,} rows of history, p95"
    return [figure(title, p95, "ms", f"≤ {CONTINUE_TARGET_MS}", p95 <= CONTINUE_TARGET_MS)]


def figure(name: str, value: float, unit: str, target: str = "", ok: bool | None = None) -> dict[str, Any]:
    return {"figure": name, "value": round(value, 1), "unit": unit, "target": target, "ok": ok}


async def measure(folder: Path) -> list[dict[str, Any]]:
    figures = await over_http(folder)
    async with open_services(Settings.load(_env_file=None, data_dir=folder / "data")) as services:
        await migrations.upgrade(services.database)
        people = [await sign_up(services.container) for _ in range(VIEWERS)]
        figures += await progress(services, [person.user_id for person in people])
        figures += await continue_watching(services, people[0].user_id)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = uvloop.run(measure(Path(folder)))
    if arguments.json:
        print(json.dumps(figures))
        return
    for found in figures:
        print(f"{found['figure']:70} {found['value']:>12,.1f} {found['unit']:4} {found['target']}")


if __name__ == "__main__":
    main()
