"""Reading a source from its checkpoint to its end."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, Final

import structlog

from catalog.imports.applying.usecases import (
    ApplyContext,
    Catalogue,
    Records,
    StreamOrders,
    import_schedules,
    sorted_out,
)
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.limits import CHUNK_ATTEMPTS
from catalog.imports.records.model import Batch, Row
from catalog.imports.rules.usecases import Rules
from catalog.imports.runs import usecases
from catalog.imports.runs.model import ImportRun, RunState, RunTakenOver
from catalog.imports.runs.usecases import RunContext, Runs
from catalog.imports.sources.usecases import Readers, Sources
from catalog.releases.usecases import Releases
from catalog.schedule.usecases import Listings, Schedules
from kernel.access import Role
from kernel.errors import AniError, Conflict
from kernel.ids import new_id
from kernel.jobs import JobContext, Jobs, OwnerMayNot
from kernel.scope import Container, Scope

log = structlog.get_logger()

JOB_KIND: Final = "catalog-import"

Show = Callable[[str, float], Awaitable[None]]
"""Told what is being done and how far it is, from 0 to 1."""
Romanise = Callable[[Sequence[Row]], Awaitable[Sequence[Row]]]


def worker_name() -> str:
    """Which process this is, for others to see whether it still lives."""
    return f"{socket.gethostname()}:{os.getpid()}:{new_id()}"[:200]


class RunEngine:
    """Carries runs on."""

    def __init__(self, readers: Readers, romanise: Romanise) -> None:
        self._readers, self._romanise = readers, romanise

    async def run_job(self, job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
        """Job ``catalog-import``: goes on where an interrupted one stopped."""
        run_id = payload["run_id"]
        try:
            await job.ensure_owner(Role.ADMIN)
            run = await self.perform(job.container, run_id, job.report)
        except RunTakenOver:  # it was stopped before it began, or the program was started again meanwhile
            run = await self._seen(job.container, run_id)
        except OwnerMayNot as error:
            async with job.container.scope(write=True) as scope:
                run = await usecases.get(scope.port(Runs), run_id)
                run.end(RunState.STOPPED, scope.clock.now(), reason=error.message)
            raise
        return {"run_id": run.id, "state": run.state.value}

    async def perform(self, container: Container, run_id: str, show: Show) -> ImportRun:
        """Read until the end, a stop or a failure, which are in the run that is returned.

        Raises ``RunNotFound``, and :class:`RunTakenOver` where another process goes on with it.
        """
        worker = worker_name()
        async with container.scope(write=True) as scope:
            run, source = await usecases.begin(scope.port(Sources), scope.port(Runs), run_id, worker, scope.clock.now())
        try:
            async with self._readers.open(source, run.given, container.clock.now()) as reader:
                async for batch in reader.batches(run.reached):
                    if not await self._go_on(container, run, worker):
                        break
                    await self._chunk(container, run, worker, batch)
                    run = await self._seen(container, run_id)
                    await show(_stage(run), run.share_done)
                else:
                    async with container.scope(write=True, origin=_origin(run)) as scope:
                        now = scope.clock.now()
                        await usecases.finish(scope.port(Sources), scope.port(Runs), run_id, worker, now)
        except RunTakenOver:
            raise
        except AniError as error:
            log.info("import failed", run_id=run_id, source=source.slug, reason=error.message)
            await self._fail(container, run, worker, error.message)
        except Exception:
            log.exception("import failed", run_id=run_id, source=source.slug)
            await self._fail(
                container, run, worker, "Something went wrong on our side; the log of the server says what."
            )
        run = await self._seen(container, run_id)
        await show(_stage(run), run.share_done)
        return run

    async def _go_on(self, container: Container, run: ImportRun, worker: str) -> bool:
        async with container.scope(write=True, origin=_origin(run)) as scope:
            return await usecases.may_go_on(scope.port(Sources), scope.port(Runs), run.id, worker, scope.clock.now())

    async def _chunk(self, container: Container, run: ImportRun, worker: str, batch: Batch) -> None:
        rows = usecases.without_unreadable(batch)
        async with container.scope(write=False) as scope:
            looking = replace(context_of(scope, run).apply, dry=True)
            _, fresh, _ = await sorted_out(looking, rows)
        if fresh:
            wanted = {row.record.key for row in fresh}
            spelled = await self._romanise([row for row in rows if row.record.key in wanted])
            by_key = {row.record.key: row for row in spelled}
            rows = [by_key.get(row.record.key, row) for row in rows]
            batch = usecases.put_back(batch, rows)
        for attempt in range(CHUNK_ATTEMPTS):
            try:
                if run.dry:
                    async with container.scope(write=False) as scope:
                        outcomes = await usecases.worked_out(context_of(scope, run).apply, rows)
                    async with container.scope(write=True) as scope:
                        await usecases.store(context_of(scope, run), run.id, worker, batch, outcomes)
                else:
                    async with container.scope(write=True, origin=_origin(run)) as scope:
                        await usecases.advance(context_of(scope, run), run.id, worker, batch, rows)
            except RunTakenOver:
                raise
            except Conflict:  # somebody edited one of these releases, or took an address, in this moment
                if attempt + 1 == CHUNK_ATTEMPTS:
                    raise
                await asyncio.sleep(0.1 * (attempt + 1))
            else:
                return

    async def _fail(self, container: Container, run: ImportRun, worker: str, reason: str) -> None:
        async with container.scope(write=True, origin=_origin(run)) as scope:
            await usecases.fail(scope.port(Sources), scope.port(Runs), run.id, worker, reason, scope.clock.now())

    async def _seen(self, container: Container, run_id: str) -> ImportRun:
        async with container.scope(write=False) as scope:
            return await usecases.get(scope.port(Runs), run_id)


async def enqueue(scope: Scope, run: ImportRun) -> None:
    """Have a worker carry ``run`` on; its owner is told how far it is."""
    run.job_id = await scope.port(Jobs).enqueue(
        JOB_KIND, {"run_id": run.id}, key=f"import:{run.id}", owner_id=run.started_by
    )


async def start_due(container: Container) -> None:
    """Begin what timetables say."""
    async with container.scope(write=True) as scope:
        for run in await usecases.due_runs(scope.port(Sources), scope.port(Runs), scope.clock.now()):
            await scope.flush()
            await enqueue(scope, run)


def context_of(scope: Scope, run: ImportRun) -> RunContext:
    """What a run works with in the transaction of ``scope``."""
    now = scope.clock.now()
    return RunContext(
        sources=scope.port(Sources),
        runs=scope.port(Runs),
        conflicts=scope.port(Conflicts),
        apply=ApplyContext(
            source_id=run.source_id,
            records=scope.port(Records),
            catalogue=scope.port(Catalogue),
            rules=scope.port(Rules),
            schedules=import_schedules(scope.port(Releases), scope.port(Schedules), scope.port(Listings), now),
            streams=scope.port(StreamOrders),
            now=now,
            publish=run.publish,
            dry=run.dry,
        ),
        now=now,
    )


def _origin(run: ImportRun) -> dict[str, Any]:
    return {} if run.started_by is None else {"actor_id": run.started_by}


def _stage(run: ImportRun) -> str:
    words = {RunState.SUCCEEDED: "done", RunState.FAILED: "failed", RunState.STOPPED: "stopped"}
    return words.get(run.state, f"{run.reached.rows:,} works")
