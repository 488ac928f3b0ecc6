"""Votes on one hot release: how many a second are acknowledged once they are durable, on both databases."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.figures import figure, show
from catalog.ratings import queries
from catalog.ratings.model import Ballot
from catalog.ratings.usecases import VoteWriter
from kernel.ids import new_id
from kernel.scope import Container
from server.boot import open_services
from server.local_stack import Postgres
from server.settings import Settings
from tests.support.catalog.ratings import add_releases, histogram
from tests.support.servers.databases import migrate

VOTERS = 200
"""At once, each with one vote under way."""
SECONDS = 5.0


@asynccontextmanager
async def container_on(database_url: str, folder: Path) -> AsyncIterator[Container]:
    settings = Settings.load(
        _env_file=None, data_dir=folder, database_url=database_url, secret_key="a secret of the bench, long enough"
    )
    await migrate(settings.database_url)
    async with open_services(settings) as services:
        yield services.container


async def measure(name: str, container: Container) -> list[dict[str, Any]]:
    (release_id,) = await add_releases(container, 1)
    async with container.scope(write=False) as scope:
        writer = scope.port(VoteWriter)
    took_ms: list[float] = []
    end = time.perf_counter() + SECONDS

    async def voter(number: int) -> None:
        user_id, turn = new_id(), 0
        while (began := time.perf_counter()) < end:
            turn += 1
            score = (number + turn) % 10 + 1
            await writer.cast(
                Ballot(user_id=user_id, release_id=release_id, score=score, at=container.clock.now(), is_news=turn == 1)
            )
            took_ms.append((time.perf_counter() - began) * 1000)

    await asyncio.gather(*(voter(number) for number in range(VOTERS)))
    async with container.scope(write=False) as scope:
        counted = (await queries.stats(scope.uow.session, [release_id]))[release_id].tally
    exact = counted == await histogram(container, release_id) and counted.votes == VOTERS
    took_ms.sort()
    p95 = took_ms[int(len(took_ms) * 0.95)]
    return [
        figure(f"{name}: votes on one release, {VOTERS} voters at once", len(took_ms) / SECONDS, "/s"),
        figure("– a vote until it is durable, median", took_ms[len(took_ms) // 2], "ms"),
        figure("– p95", p95, "ms"),
        figure("– the histogram is that of the votes", exact, "", 1, least=True),
    ]


async def both() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder:
        path = Path(folder)
        async with container_on(f"sqlite:///{path / 'sqlite' / 'ani.sqlite3'}", path / "sqlite") as container:
            figures = await measure("SQLite", container)
        with Postgres() as server:
            await server.create_database("votes")
            async with container_on(server.url("votes"), path / "postgresql") as container:
                return figures + await measure("PostgreSQL", container)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure votes on one hot release.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    given = parser.parse_args()
    figures = asyncio.run(both())
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
