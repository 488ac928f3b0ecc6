"""Imports from the command line: in this process, with a bar."""

import asyncio
import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from rich.table import Table

import catalog.imports.runs.usecases
from catalog.imports.applying.model import Action
from catalog.imports.runs.jobs import RunEngine
from catalog.imports.runs.model import ImportRun, Trigger
from catalog.imports.runs.usecases import Order, Runs
from catalog.imports.sources.model import BadSource, SourceKind
from catalog.imports.sources.usecases import Input, Sources, by_slug_or_new
from server.services import Services

ROWS_SHOWN = 200
"""Of a dry run or of what went wrong: a few screens; the administration's page has them all."""
CHANGE_CHARS = 60


async def run(
    services: Services,
    source: str,
    file: Path | None,
    show: Callable[[str, float], None],
    *,
    dry: bool = False,
    publish: bool | None = None,
) -> ImportRun:
    """Read the source called ``source``, or a new one of that kind, from ``file``; goes on where a killed run of it stopped."""
    given = Input() if file is None else await asyncio.to_thread(_input, file)
    async with services.container.scope(write=True) as scope:
        sources, runs = scope.port(Sources), scope.port(Runs)
        now = scope.clock.now()
        known = await sources.by_slug(source)
        if known is None:
            if source not in set(SourceKind):
                raise BadSource(why=f"there is none called {source!r}; kinds are {', '.join(SourceKind)}")
            known = await by_slug_or_new(sources, source, SourceKind(source), now)
            await scope.flush()
        active = await runs.active_of(known.id)
        wanted = Order(
            source_id=known.id,
            given=given,
            trigger=Trigger.COMMAND,
            dry=dry,
            publish=publish,
            lost_worker=active.worker if active is not None and _is_gone(active.worker) else "",
        )
        run_id = (await catalog.imports.runs.usecases.order(sources, runs, wanted, now)).id

    async def told(stage: str, fraction: float) -> None:
        show(stage, fraction)

    async with services.container.scope(write=False) as scope:
        engine = scope.port(RunEngine)
    return await engine.perform(services.container, run_id, told)


async def summary(services: Services, done: ImportRun) -> Table:
    """How many rows came to what; of a dry run, or where something went wrong, also which."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for action in Action:
        if count := done.counts.get(action.value):
            table.add_row(action.value, f"{count:,}")
    async with services.container.scope(write=False) as scope:
        rows = await scope.port(Runs).rows(done.id, None, offset=0, limit=ROWS_SHOWN)
    for row in rows[0]:
        changes = "; ".join(
            f"{name}: {_short(before)} → {_short(after)}" for name, (before, after) in row.changes.items()
        )
        said = row.fault.text if row.fault else ""
        table.add_row(f"{row.action.value} {row.key}", f"{row.title} {said}", changes)
    if rows[1] > ROWS_SHOWN:
        table.add_row("…", f"and {rows[1] - ROWS_SHOWN:,} more")
    return table


def _short(value: object) -> str:
    text = "–" if value in (None, []) else str(value)
    return text if len(text) <= CHANGE_CHARS else f"{text[:CHANGE_CHARS]}…"


def _input(file: Path) -> Input:
    try:
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise BadSource(why=f"{file}: {error.strerror}") from None
    return Input(path=str(file.resolve()), name=file.name, digest=digest)


def _is_gone(worker: str) -> bool:
    """Whether the process of this machine that read is over."""
    host, _, rest = worker.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(number) == os.getpid()
