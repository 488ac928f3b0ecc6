"""Imports in tests: works of bangumi-data's shape, and runs of them; as a program one that kills itself half-way."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from catalog.imports.limits import CHUNK_ROWS
from catalog.imports.runs import usecases as runs_usecases
from catalog.imports.runs.jobs import RunEngine
from catalog.imports.runs.model import ImportRun, Trigger
from catalog.imports.runs.usecases import Order, Runs
from catalog.imports.sources import usecases as sources_usecases
from catalog.imports.sources.adapters.readers import SourceReaders
from catalog.imports.sources.model import SourceDraft, SourceKind
from catalog.imports.sources.usecases import Input, Sources
from server.boot import open_services
from server.cli import imports
from server.services import Services
from server.settings import Settings


def work(number: int, **changes: Any) -> dict[str, Any]:
    """An item of bangumi-data."""
    item = {
        "title": f"作品 {number:04} 号",
        "titleTranslate": {"zh-Hans": [f"作品 {number:04}"], "en": [f"Work number {number:04}"]},
        "type": "tv",
        "lang": "zh-Hans",
        "begin": f"{1990 + number % 30}-04-07T16:35:00.000Z",
        "end": f"{1990 + number % 30}-06-25T17:35:00.000Z",
        "sites": [{"site": "bangumi", "id": str(number + 1)}, {"site": "mal", "id": str(number + 1)}],
    }
    return item | changes


def write(path: Path, items: list[dict[str, Any]], sites: dict[str, Any] | None = None) -> Path:
    """A file like bangumi-data's."""
    path.write_text(json.dumps({"siteMeta": sites or {}, "items": items}, ensure_ascii=False))
    return path


async def run(services: Services, file: Path, *, dry: bool = False, publish: bool | None = None) -> ImportRun:
    """What `ani import bangumi-data FILE` does."""
    return await imports.run(services, "bangumi-data", file, lambda *_: None, dry=dry, publish=publish)


async def registered(services: Services, kind: SourceKind, **facts: Any) -> str:
    async with services.container.scope(write=True) as scope:
        draft = SourceDraft("s", "Source", kind, publish=True, **facts)
        return (await sources_usecases.register(scope.port(Sources), draft, scope.clock.now())).id


async def read(
    services: Services, source_id: str, after: Callable[[], Awaitable[None]] | None = None, *, dry: bool = False
) -> ImportRun:
    """Read it once, and do something ``after`` each chunk."""
    container = services.container
    async with container.scope(write=True) as scope:
        wanted = Order(source_id=source_id, given=Input(), trigger=Trigger.PERSON, dry=dry)
        ordered = await runs_usecases.order(scope.port(Sources), scope.port(Runs), wanted, scope.clock.now())

    async def as_it_is(rows: Any) -> Any:
        return rows

    async def told(_stage: str, _share: float) -> None:
        if after is not None:
            await after()

    engine = RunEngine(SourceReaders(container, ("127.0.0.0/8",)), as_it_is)
    return await engine.perform(container, ordered.id, told)


async def _killed(data_dir: Path, file: Path) -> None:
    def show(_stage: str, fraction: float) -> None:
        if fraction >= CHUNK_ROWS / 500:
            os.kill(os.getpid(), signal.SIGKILL)

    async with open_services(Settings.load(_env_file=None, data_dir=data_dir)) as services:
        await imports.run(services, "bangumi-data", file, show)


if __name__ == "__main__":
    asyncio.run(_killed(Path(sys.argv[1]), Path(sys.argv[2])))
