"""Imports of bangumi-data: how long two runs take, and how long the event loop stands still: ``python -m bench.imports [--json]``.

``--titles`` takes bangumi-data's file (CC BY 4.0; fetched by npm without it).  Both databases, each on a fresh one.
"""

import argparse
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import uvloop

import migrations
from bench.figures import figure, show
from bench.loop_watch import watched
from bench.search import fetched
from kernel.concurrency import collector
from server.boot import open_services
from server.cli import imports
from server.local_stack import Postgres
from server.settings import Settings

FIRST_S, SECOND_S, STALL_MS = 60, 15, 50


async def measure(database: str, settings: Settings, titles: Path) -> list[dict[str, Any]]:
    """A first and a second run."""
    figures = []
    async with open_services(settings) as services:
        await migrations.upgrade(services.database)
        for name, target_s in (("first", FIRST_S), ("second", SECOND_S)):
            collector.settle()
            began, began_cpu = time.perf_counter(), time.process_time()
            async with watched() as watch:
                done = await imports.run(services, "bangumi-data", titles, lambda *_: None, publish=True)
            took_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
            what = f"{database}, {name} run of {done.reached.rows:,} titles"
            figures += [
                figure(what, took_s, "s", target_s if database == "SQLite" else None),
                figure("– its processor time", cpu_s, "s"),
                figure("– titles a second", done.reached.rows / took_s, "1/s"),
                figure("– longest stall of the loop", watch.longest_ms, "ms", STALL_MS),
            ]
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure imports.")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON instead of lines")
    parser.add_argument(
        "--titles", type=Path, help="bangumi-data's data.json, plain or gzipped; fetched by npm without it"
    )
    parser.add_argument("--sqlite-only", action="store_true", help="without PostgreSQL")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ani-bench-") as folder, ExitStack() as running:
        titles = given.titles or fetched(Path(folder))
        urls = {"SQLite": f"sqlite:///{folder}/ani.sqlite3"}
        if not given.sqlite_only:
            urls["PostgreSQL"] = running.enter_context(Postgres()).url()
        figures = []
        for database, url in urls.items():
            settings = Settings.load(_env_file=None, data_dir=Path(folder, database), database_url=url)
            figures += uvloop.run(measure(database, settings, titles))
    show(figures, as_json=given.json)


if __name__ == "__main__":
    main()
