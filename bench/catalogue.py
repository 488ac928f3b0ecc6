"""The catalogue as a list: pages with filters and counts over HTTP: ``python -m bench.catalogue [--json]``.

A server of its own on each database, with so many generated releases; one visitor asks one question after the other, and for
suggestions.  Each is counted by the processor time that the server spends on it, which other work on the machine lengthens
less than the wall time.  The loop's stalls, the time and the memory of reading all of it are taken in a process that does nothing else.
"""

import argparse
import asyncio
import itertools
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

import migrations
import server.wiring  # noqa: F401 - maps every table
from bench.figures import figure, show
from bench.loop_watch import settled, watched
from catalog.people.persons.model import StaffRole
from catalog.people.persons.repository import credit_table, person_table
from catalog.people.studios.model import StudioRole
from catalog.people.studios.repository import studio_part_table, studio_table
from catalog.people.tags.model import TagCategory
from catalog.people.tags.repository import release_tag_table, tag_table
from catalog.releases.model import AgeRating, ReleaseType, Season, Status
from catalog.releases.names import Names, search_text
from catalog.releases.repository import genre_table, release_genre_table, release_table
from catalog.search.adapters.live_index import LiveIndex
from catalog.search.listing.adapters.live_columns import LiveColumns
from kernel.db import Database
from kernel.ids import new_id
from kernel.nodes.bus import MemoryBus
from kernel.scope import Container
from kernel.text.titles import stored_key
from server.local_stack import Postgres
from tests.support.servers.live_server import LiveServer

COUNTS = (8_483, 100_000)
QUESTIONS = 300
TARGET_MS = 30.0
SUGGESTION_TARGETS_MS = {8_483: 20.0, 100_000: 50.0}
STALL_TARGET_MS = 50.0
GENRES = 44
AT_ONCE = 2_000
READY_S = 900.0
IDLE_S, IDLE_SHARE = 3.0, 0.05
"""A server that uses less than this share of a processor for so long has nothing to do."""
READY_CPU_S = 600.0
"""Processor time in which a server has long read 100,000 releases.  By the clock that takes ten times as long on a machine with other work."""
_WHOLE_PROCESS = 2
"""In the number of a clock, see clock_getcpuclockid(3): what its threads used together."""
SYLLABLES = tuple(
    consonant + vowel for consonant in ("k", "s", "sh", "t", "ch", "ts", "n", "m", "r", "y") for vowel in "aiueo"
)
PEOPLE, STUDIOS, TAGS = 15_000, 500, 300
"""Known in all; every release names one studio, and so many of the others."""
PEOPLE_EACH, TAGS_EACH = 4, 5


def names(dice: random.Random) -> Iterator[str]:
    """Names of two to five words that sound Japanese."""
    while True:
        words = ("".join(dice.choices(SYLLABLES, k=dice.randint(1, 4))) for _ in range(dice.randint(2, 5)))
        yield " ".join(words).title()


async def fill(database: Database, count: int) -> list[str]:
    """``count`` published releases, and what some of them are called."""
    dice = random.Random(1)
    called = names(dice)
    genres = [{"id": new_id(), "slug": f"genre-{number}", "name": f"Genre {number}"} for number in range(GENRES)]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    some: list[str] = []
    async with database.engine.begin() as connection:
        await connection.execute(insert(genre_table), genres)
        people = await _entries(connection, person_table, (next(called) for _ in range(PEOPLE)))
        studios = await _entries(connection, studio_table, (f"Studio {next(called)}" for _ in range(STUDIOS)))
        tags = await _entries(
            connection,
            tag_table,
            (f"Tag {next(called)}" for _ in range(TAGS)),
            category=TagCategory.THEME,
            spoiler=False,
        )
        for first in range(0, count, AT_ONCE):
            releases, links = [], []
            for number in range(first, min(count, first + AT_ONCE)):
                name, moment = Names(next(called), next(called)), start + timedelta(seconds=number)
                release_id = new_id()
                releases.append(
                    {
                        "id": release_id,
                        "alias": f"release-{number}",
                        "type": dice.choice(list(ReleaseType)),
                        "name_main": name.main,
                        "name_english": name.english,
                        "year": dice.randint(1970, 2026),
                        "season": dice.choice(list(Season)),
                        "description": "A story. " * 40,
                        "age_rating": dice.choice(list(AgeRating)),
                        "is_ongoing": dice.random() < 0.05,
                        "episodes_total": dice.randint(1, 26),
                        "status": Status.PUBLISHED,
                        "search_text": search_text(name),
                        "created_at": moment,
                        "updated_at": moment,
                        "published_at": moment,
                        "version": 1,
                    }
                )
                chosen = dice.sample(genres, dice.randint(1, 5))
                links += [{"release_id": release_id, "genre_id": genre["id"]} for genre in chosen]
                if number % (count // 200) == 0:
                    some.append(name.main)
            await connection.execute(insert(release_table), releases)
            await connection.execute(insert(release_genre_table), links)
            made = [str(release["id"]) for release in releases]
            staff = _links(made, people, PEOPLE_EACH, dice, role=StaffRole.DIRECTOR, character="")
            await connection.execute(insert(credit_table), staff)
            parts = _links(made, studios, 1, dice, role=StudioRole.ANIMATION)
            await connection.execute(insert(studio_part_table), parts)
            await connection.execute(
                insert(release_tag_table), _links(made, tags, TAGS_EACH, dice, rank=80, spoils=False)
            )
    return some


async def _entries(connection: AsyncConnection, table: Table, called: Iterator[str], **more: Any) -> list[str]:
    """The identifiers of new entries of a reference list."""
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        {
            "id": new_id(),
            "alias": f"{table.name}-{number}",
            "name": name,
            "names": (),
            "description": "",
            "search_text": name.lower(),
            "name_key": stored_key(name),
            "created_at": moment,
            "updated_at": moment,
            "version": 1,
            **more,
        }
        for number, name in enumerate(called)
    ]
    await connection.execute(insert(table), rows)
    return [str(row["id"]) for row in rows]


def _links(
    release_ids: Sequence[str], entry_ids: Sequence[str], each: int, dice: random.Random, **more: Any
) -> list[dict[str, Any]]:
    """``each`` entries for every release: a few of them are in many, most in few."""
    rows = []
    for release_id in release_ids:
        chosen = {int(len(entry_ids) * dice.random() ** 2) for _ in range(each)}
        rows += [
            {"release_id": release_id, "entry_id": entry_ids[entry], "position": position, **more}
            for position, entry in enumerate(sorted(chosen))
        ]
    return rows


def questions() -> Iterator[str]:
    """What people ask of the catalogue page: filters of several kinds, with counts, in some order."""
    dice = random.Random(2)
    while True:
        parts = [
            "facets=true",
            "page_size=24",
            f"sort={dice.choice(['-created_at', 'name', '-year', '-rating', '-fresh_at'])}",
        ]
        parts += [f"genre=genre-{number}" for number in dice.sample(range(GENRES), dice.randint(0, 3))]
        parts += [f"genre_not=genre-{number}" for number in dice.sample(range(GENRES), dice.randint(0, 1))]
        parts += [f"type={kind}" for kind in dice.sample(["TV", "MOVIE", "OVA"], dice.randint(0, 2))]
        if dice.random() < 0.3:
            parts.append(f"person=person-{int(PEOPLE * dice.random() ** 2)}")
        if dice.random() < 0.3:
            parts.append(f"tag=tag-{int(TAGS * dice.random() ** 2)}")
        if dice.random() < 0.5:
            parts += [f"year_from={dice.randint(1990, 2010)}", "year_to=2020"]
        if dice.random() < 0.3:
            parts.append(f"page={dice.randint(2, 20)}")
        yield "/api/v1/releases?" + "&".join(parts)


async def asked(url: str, pid: int, paths: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each answer, one after the other, by the clock and of the server's processor time."""
    took, used = [], []
    async with aiohttp.ClientSession(url) as session:
        for path in paths:
            before, began = processor_ms(pid), time.perf_counter()
            async with session.get(path) as answer:
                await answer.read()
                answer.raise_for_status()
            took.append((time.perf_counter() - began) * 1000)
            used.append(processor_ms(pid) - before)
    return took, used


def processor_ms(pid: int) -> float:
    """Milliseconds of processor time that a process has used; ``/proc`` counts in hundredths of a second."""
    return time.clock_gettime((~pid << 3) | _WHOLE_PROCESS) * 1000


def resident_mb(pid: int) -> float:
    """The memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


async def over_http(
    folder: Path, url: str | None, some: Sequence[str], count: int, database: str
) -> list[dict[str, Any]]:
    environment = {"ANI_SECRET_KEY": "x" * 40} if url is None else {"ANI_DATABASE_URL": url, "ANI_SECRET_KEY": "x" * 40}
    server_process = LiveServer(folder, environment)
    began = time.perf_counter()
    await server_process.start(timeout_s=READY_S)
    try:
        await listed(server_process)
        listed_s, listed_cpu_s = time.perf_counter() - began, processor_ms(server_process.pid) / 1000
        words = [f"/api/v1/search/suggestions?query={name}" for name in some]
        await _until(server_process, "no titles were suggested", _suggests("titles", words[0]))
        found_s, found_cpu_s = time.perf_counter() - began, processor_ms(server_process.pid) / 1000
        # The names of tags are the last ones read.
        await _until(
            server_process, "no tags were suggested", _suggests("tags", "/api/v1/search/suggestions?query=tag")
        )
        await idle(server_process.pid)
        pages = list(itertools.islice(questions(), QUESTIONS))
        await asked(server_process.url, server_process.pid, pages[:20])
        took, used = await asked(server_process.url, server_process.pid, pages)
        await asked(server_process.url, server_process.pid, words[:20])
        suggested, suggested_used = await asked(server_process.url, server_process.pid, words)
        memory_mb = resident_mb(server_process.pid)
    finally:
        await server_process.stop()
    of = f"{count:,} releases, {database}"
    return [
        figure(
            f"Catalogue page with filters and counts, {of}: the server's processor time, p95",
            p95(used),
            "ms",
            TARGET_MS,
        ),
        figure("– its median", statistics.median(used), "ms"),
        figure("– by the clock, p95", p95(took), "ms"),
        figure("– by the clock, median", statistics.median(took), "ms"),
        figure(
            f"Suggestions, {of}: the server's processor time, p95",
            p95(suggested_used),
            "ms",
            SUGGESTION_TARGETS_MS.get(count),
        ),
        figure("– their median", statistics.median(suggested_used), "ms"),
        figure("– by the clock, p95", p95(suggested), "ms"),
        figure("– by the clock, median", statistics.median(suggested), "ms"),
        figure("– from the start until it lists, with nothing stored", listed_s, "s"),
        figure("– its processor time", listed_cpu_s, "s"),
        figure("– until it finds by name", found_s, "s"),
        figure("– its processor time", found_cpu_s, "s"),
        figure("– memory of the server", memory_mb, "MB"),
    ]


async def _until(server: LiveServer, otherwise: str, there: Callable[[aiohttp.ClientSession], Awaitable[bool]]) -> None:
    """Wait until ``there``.  Raises ``TimeoutError`` when the server has used :data:`READY_CPU_S` without that."""
    async with aiohttp.ClientSession(server.url) as session:
        while not await there(session):
            used_s = processor_ms(server.pid) / 1000
            if used_s > READY_CPU_S:
                raise TimeoutError(f"{otherwise}, in {used_s:.0f} s of processor time")
            await asyncio.sleep(0.5)


async def listed(server: LiveServer) -> None:
    """Wait until the server lists releases: after a start it reads them first."""
    await _until(server, "the columns were not read", _lists)


async def _lists(session: aiohttp.ClientSession) -> bool:
    async with session.get("/api/v1/releases") as answer:
        return answer.status == HTTPStatus.OK


async def idle(pid: int) -> None:
    """Wait until a server reads nothing more in the background (what recommendations are made from comes last): it would be counted."""
    while True:
        before = processor_ms(pid)
        await asyncio.sleep(IDLE_S)
        if processor_ms(pid) - before < IDLE_SHARE * IDLE_S * 1000:
            return


def _suggests(group: str, path: str) -> Callable[[aiohttp.ClientSession], Awaitable[bool]]:
    """Whether the suggestions of ``path`` have something in ``group``; refused until the catalogue is read."""

    async def there(session: aiohttp.ClientSession) -> bool:
        async with session.get(path) as answer:
            return answer.status == HTTPStatus.OK and bool((await answer.json())[group])

    return there


async def longest_stall(work: Any) -> tuple[float, float, float]:
    """The longest time in ms that the event loop stood still during ``work``, and the seconds and processor seconds that took."""
    settled()
    began, used = time.perf_counter(), time.process_time()
    async with watched() as watch:
        await work
    return watch.longest_ms, time.perf_counter() - began, time.process_time() - used


async def inside(url: str, folder: Path, count: int, database_name: str) -> list[dict[str, Any]]:
    """Build and refresh in this process."""
    database = Database(url)
    container = Container(database)
    columns = LiveColumns(container, MemoryBus(), folder / "columns.npz")
    index = LiveIndex(container, MemoryBus(), folder / "names.npz")
    try:
        columns_stall, columns_s, columns_cpu_s = await longest_stall(columns._build())
        names_stall, names_s, names_cpu_s = await longest_stall(index._build())
        ids = (await columns.columns()).ids[:50]
        refresh_stall, refresh_s, _ = await longest_stall(columns._refresh(ids))
        names_refresh_stall, names_refresh_s, _ = await longest_stall(index._refresh(ids))
        bytes_held = sum(array.nbytes for array in (await columns.columns()).arrays().values())
    finally:
        await database.close()
    of = f"{count:,} releases, {database_name}"
    return [
        figure(f"Columns built, {of}: the loop's longest stall", columns_stall, "ms", STALL_TARGET_MS),
        figure("– in", columns_s, "s"),
        figure("– processor time", columns_cpu_s, "s"),
        figure("– their arrays", bytes_held / 1e6, "MB"),
        figure("– 50 changed releases taken in", refresh_s * 1000, "ms"),
        figure("– the loop's longest stall meanwhile", refresh_stall, "ms", STALL_TARGET_MS),
        figure(f"Names built, {of}: the loop's longest stall", names_stall, "ms", STALL_TARGET_MS),
        figure("– in", names_s, "s"),
        figure("– processor time", names_cpu_s, "s"),
        figure("– 50 changed releases taken in", names_refresh_s * 1000, "ms"),
        figure("– the loop's longest stall meanwhile", names_refresh_stall, "ms", STALL_TARGET_MS),
    ]


def p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


async def measure(
    folder: Path, counts: Sequence[int], databases: Sequence[str], *, http_only: bool
) -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = []
    with ExitStack() as services:
        postgres = services.enter_context(Postgres()) if "PostgreSQL" in databases else None
        for count in counts:
            for name in databases:
                own = folder / f"{name}-{count}"
                (own / "data").mkdir(parents=True)
                if postgres is None or name == "SQLite":
                    url, given = f"sqlite:///{own / 'data' / 'ani.sqlite3'}", None
                else:
                    await postgres.create_database(f"catalogue_{count}")
                    url = given = postgres.url(f"catalogue_{count}")
                database = Database(url)
                await migrations.upgrade(database)
                some = await fill(database, count)
                await database.close()
                if not http_only:
                    figures += await inside(url, own, count, name)
                figures += await over_http(own, given, some, count, name)
                print(f"{name}, {count:,}: done", file=sys.stderr)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the catalogue as a list.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument("--releases", type=int, nargs="*", default=COUNTS, help="how many; several one after the other")
    parser.add_argument("--sqlite-only", action="store_true", help="without PostgreSQL")
    parser.add_argument("--http-only", action="store_true", help="pages and suggestions alone")
    given = parser.parse_args()
    databases = ["SQLite"] if given.sqlite_only else ["SQLite", "PostgreSQL"]
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        figures = asyncio.run(measure(Path(folder), given.releases, databases, http_only=given.http_only))
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
