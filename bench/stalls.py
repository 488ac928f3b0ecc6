"""How long the event loop of a server stands still under the catalogue's heaviest work: ``python -m bench.stalls [--json]``.

The server runs in this process with its background work, over bangumi-data's titles; a visitor in another process asks for
pages and suggestions all the while.  ``--titles`` takes bangumi-data's file (CC BY 4.0; fetched by npm without it).
"""

import argparse
import asyncio
import itertools
import json
import random
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from sqlalchemy import func, insert, select

import migrations
from accounts.library.collections.repository import shelf_items
from bench.figures import figure, show
from bench.loop_watch import watched
from bench.search import fetched
from catalog.releases.episodes.repository import episode_table
from catalog.releases.model import Status
from catalog.releases.repository import release_table
from catalog.releases.usecases import NameSearch
from catalog.search.adapters.live_index import LiveIndex
from catalog.search.listing.usecases import Catalogue
from kernel import log as logs
from kernel.access import Role
from kernel.concurrency import collector
from kernel.ids import new_id
from kernel.outbox.outbox import outbox_table
from server.boot import open_services
from server.cli import imports
from server.http.app import create_runner
from server.local_stack import Postgres
from server.services import Services
from server.settings import Settings
from tests.support.people import Person, make_passwords_quick, sign_up

STALL_MS = 50
SHELVED = 8_000
PEOPLE, LIKED = 300, 60
"""Who has a taste, and how many releases each of them has finished."""
BULK = 1_000
FITTED = 2_000
"""Releases that those are of."""
EPISODES = 2_000
"""Of each of two long releases that are merged."""
FOLLOWED_S = 180.0
PAUSE_S = 0.05


def visit(url: str) -> None:
    """Ask for pages and suggestions until killed, as a visitor does."""
    dice = random.Random(1)
    for turn in itertools.count():
        letters = "".join(dice.choices("aeiouknst", k=3))
        path = f"search/suggestions?query={letters}" if turn % 2 else "releases?facets=true&page_size=24"
        try:
            with urllib.request.urlopen(f"{url}/api/v1/{path}", timeout=30) as answer:
                answer.read()
        except OSError:
            pass
        time.sleep(PAUSE_S)


class Bench:
    """A server and whoever uses it."""

    def __init__(self, services: Services, session: aiohttp.ClientSession, admin: Person, database: str) -> None:
        self.services, self.session, self.admin, self.database = services, session, admin, database
        self.figures: list[dict[str, Any]] = []

    async def of(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do ``work`` and write down the longest stop."""
        began, used = time.perf_counter(), time.process_time()
        async with watched() as watch:
            result = await work()
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - used
        self.figures.append(figure(f"{self.database}: {name}", watch.longest_ms, "ms", STALL_MS))
        print(
            f"{self.database}: {name}: {watch.longest_ms:.1f} ms; took {took_s:.1f} s, {cpu_s:.1f} s of CPU; "
            f"the collector {watch.collector_ms:.1f} ms, at most {watch.bound_ms:.1f} ms",
            file=sys.stderr,
        )
        if watch.longest_ms > STALL_MS / 2:
            print(f"  {watch.stack}", file=sys.stderr)
        return result

    async def asked(self, method: str, path: str, body: Any = None) -> bytes:
        """What is answered; raises where that is an error."""
        headers = {"Authorization": f"Bearer {self.admin.access_token}"}
        async with self.session.request(method, f"/api/v1{path}", json=body, headers=headers) as answer:
            text = await answer.read()
            if answer.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:500]!r}")
            return text

    async def followed(self) -> None:
        """Until every event is delivered, and search has taken in what it was told."""
        end = time.perf_counter() + FOLLOWED_S
        while time.perf_counter() < end:
            async with self.services.container.scope(write=False) as scope:
                waiting = await scope.uow.session.scalar(select(func.count()).select_from(outbox_table))
            if not waiting:
                return
            await asyncio.sleep(0.2)
        print(f"  {waiting} events still wait", file=sys.stderr)


async def measure(bench: Bench, titles: Path) -> None:
    services, container = bench.services, bench.services.container

    async def run() -> None:
        await imports.run(services, "bangumi-data", titles, lambda *_: None, publish=True)

    await bench.of("first import of 8,483 titles", run)
    await bench.of("its events delivered, search follows", bench.followed)
    await bench.of("second import", run)
    async with container.scope(write=False) as scope:
        r = release_table.c
        ids = list(await scope.uow.session.scalars(select(r.id).where(r.deleted_at.is_(None)).order_by(r.id)))
        index, catalogue = scope.port(NameSearch), scope.port(Catalogue)
    assert isinstance(index, LiveIndex)
    await bench.of("index of names built anew", index._build)
    await bench.of("columns of the list built anew", catalogue._live._build)  # type: ignore[attr-defined]
    for month in ("2026-07", "2017-04"):
        for sites in ("first", "all"):
            await bench.of(
                f"schedule of {month}, {sites} sites",
                lambda month=month, sites=sites: bench.asked(  # type: ignore[misc]
                    "GET", f"/schedule/month?month={month}&sites={sites}&tz=Europe/Berlin"
                ),
            )
    await bench.of("a season", lambda: bench.asked("GET", "/schedule/season?year=2026&season=summer"))

    async def shelve() -> None:
        for first in range(0, SHELVED, 500):
            items = [{"release_id": one, "type": "WATCHING"} for one in ids[first : first + 500]]
            await bench.asked("POST", "/library/collections", {"items": items})

    await bench.of(f"{SHELVED:,} releases put on a shelf", shelve)
    await bench.of("their events delivered", bench.followed)
    feed = json.loads(await bench.asked("POST", "/schedule/feeds", {"label": "all"}))
    address = urllib.parse.urlsplit(feed["url"]).path.removeprefix("/api/v1")
    await bench.of(f"the calendar of {SHELVED:,} releases", lambda: bench.asked("GET", address))
    await bench.of(
        "a page of one's schedule", lambda: bench.asked("GET", "/schedule/month?month=2026-07&mine=true&sites=all")
    )
    await bench.of("the copy of one's data", lambda: bench.asked("GET", "/me/data"))
    await bench.of("the library as a file", lambda: bench.asked("GET", "/library/export"))
    await bench.of("the statistics of one's list", lambda: bench.asked("GET", "/library/statistics"))

    async def edit() -> None:
        for first in range(0, BULK, 200):
            body = {"ids": ids[first : first + 200], "add_genres": ["Bench"], "set": {"age_rating": 16}}
            await bench.asked("POST", "/releases/bulk", body)

    await bench.of(f"{BULK:,} releases changed by hand, 200 at a time", edit)
    await bench.of("their events delivered, search follows", bench.followed)
    await merge(bench)
    await add_tastes(bench, ids)
    await bench.of(f"recommendations fitted to {PEOPLE} people", lambda: fit(bench))
    await bench.of("its events delivered", bench.followed)
    await bench.of("recommendations of one who has 8,000", lambda: bench.asked("GET", "/recommendations"))


async def merge(bench: Bench) -> None:
    """Two works with many episodes each, half of them of the same numbers."""
    made, now = [], bench.services.container.clock.now()
    for number in range(2):
        body = {"alias": f"long-{number}", "type": "TV", "name": {"main": f"Long {number}"}}
        release = json.loads(await bench.asked("POST", "/releases", body))
        made.append(release["id"])
        rows = [
            {
                "id": new_id(),
                "release_id": release["id"],
                "ordinal": float(ordinal + number * EPISODES // 2),
                "name": f"Episode {ordinal}",
                "status": Status.DRAFT,
                "playable": False,
                "created_at": now,
                "updated_at": now,
                "version": 1,
            }
            for ordinal in range(EPISODES)
        ]
        async with bench.services.database.engine.begin() as connection:
            await connection.execute(insert(episode_table), rows)
    body = {"source_id": made[0], "target_id": made[1]}
    await bench.of(
        f"two releases of {EPISODES:,} episodes: look at a merge", lambda: bench.asked("POST", "/merges/preview", body)
    )
    merged = json.loads(await bench.of("– merge", lambda: bench.asked("POST", "/merges", body)))
    await bench.of("– undo it", lambda: bench.asked("POST", f"/merges/{merged['id']}/undo"))


async def add_tastes(bench: Bench, ids: Sequence[str]) -> None:
    """People who have finished some releases."""
    dice, now = random.Random(3), bench.services.container.clock.now()
    for _ in range(PEOPLE):
        person = await sign_up(bench.services.container)
        rows = [
            {
                "user_id": person.user_id,
                "release_id": release_id,
                "shelf": "WATCHED",
                "changed_at": now,
                "removed": False,
                "revision": number,
            }
            for number, release_id in enumerate(dice.sample(ids[:FITTED], LIKED))
        ]
        async with bench.services.database.engine.begin() as connection:
            await connection.execute(insert(shelf_items), rows)


async def fit(bench: Bench) -> None:
    """The nightly job, at once."""
    ordered = json.loads(await bench.asked("POST", "/admin/recommendations/model"))
    while True:
        job = json.loads(await bench.asked("GET", f"/jobs/{ordered['job_id']}"))
        if job["state"] not in {"queued", "running"}:
            break
        await asyncio.sleep(0.5)
    if job["state"] != "succeeded":
        raise RuntimeError(f"the fit ended as {job}")


@asynccontextmanager
async def serving(settings: Settings, database: str) -> AsyncIterator[Bench]:
    """The server, and somebody who looks around in it."""
    async with open_services(settings) as services:
        await migrations.upgrade(services.database)
        runner = create_runner(services)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        visitor = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.stalls", "--visit", url)
        try:
            admin = await sign_up(services.container, Role.ADMIN)
            async with aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=300)) as session:
                collector.settle()
                yield Bench(services, session, admin, database)
        finally:
            visitor.kill()
            await visitor.wait()
            await runner.cleanup()


async def on(settings: Settings, database: str, titles: Path) -> list[dict[str, Any]]:
    async with serving(settings, database) as bench:
        await measure(bench, titles)
        return bench.figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure how long the event loop stands still.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument(
        "--titles", type=Path, help="bangumi-data's data.json, plain or gzipped; fetched by npm without it"
    )
    parser.add_argument("--sqlite-only", action="store_true", help="without PostgreSQL")
    parser.add_argument("--visit", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.visit:
        visit(given.visit)
    make_passwords_quick()
    logs.configure(level="warning", json=False)
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder, ExitStack() as running:
        titles = given.titles or fetched(Path(folder))
        urls = {"SQLite": f"sqlite:///{folder}/SQLite/ani.sqlite3"}
        if not given.sqlite_only:
            urls["PostgreSQL"] = running.enter_context(Postgres()).url()
        figures = []
        for database, url in urls.items():
            settings = Settings.load(
                _env_file=None, data_dir=Path(folder, database), database_url=url, log_level="warning"
            )
            figures += uvloop.run(on(settings, database, titles))
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
