"""Reading a source from its checkpoint to its end."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import structlog

from catalog.franchises.usecases import FranchiseContext, Franchises
from catalog.imports.applying.model import Outcome
from catalog.imports.applying.relations import RelateContext, SourceRelations
from catalog.imports.applying.usecases import (
    ApplyContext,
    Catalogue,
    Records,
    StreamOrders,
    import_schedules,
    sorted_out,
)
from catalog.imports.conflicts.ports import Conflicts
from catalog.imports.faults import Fault
from catalog.imports.limits import CHUNK_ATTEMPTS, LOOK_ROWS, LOOK_S
from catalog.imports.records.model import Batch, Row
from catalog.imports.rules.usecases import Rules
from catalog.imports.runs import foresight, usecases
from catalog.imports.runs.model import ImportRun, RunState, RunTakenOver
from catalog.imports.runs.usecases import RunContext, Runs
from catalog.imports.sources.usecases import Reader, Readers, Sources
from catalog.releases.usecases import Releases
from catalog.schedule.usecases import Listings, Schedules
from kernel.access import Role
from kernel.concurrency import collector
from kernel.errors import AniError, Conflict
from kernel.ids import new_id
from kernel.jobs import JobContext, Jobs, OwnerMayNot
from kernel.scope import Container, Scope

log = structlog.get_logger()

JOB_KIND: Final = "catalog-import"

KEPT_AFTER: Final = (1, 5, 20, 50, 100)
"""Chunks of an import after which what it made is kept (see :func:`kernel.concurrency.collector.keep`): statements put together, and
those that connections have prepared, a hundred for each with twenty objects for each."""

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
                run.end(RunState.STOPPED, scope.clock.now(), reason=Fault.of(error))
            raise
        return {"run_id": run.id, "state": run.state.value}

    async def perform(self, container: Container, run_id: str, show: Show) -> ImportRun:
        """Read until the end, a stop or a failure, which are in the run that is returned.

        Raises ``RunNotFound``, and :class:`RunTakenOver` where another process goes on with it.
        """
        worker, relations, chunks = worker_name(), None, 0
        async with container.scope(write=True) as scope:
            run, source = await usecases.begin(scope.port(Sources), scope.port(Runs), run_id, worker, scope.clock.now())
            linked = await foresight.linked_so_far(scope.port(Runs), run) if run.dry else {}
        try:
            async with self._readers.open(source, run.given, container.clock.now()) as reader:
                async for batch, done in self._looked_at(container, run, reader):
                    if not await self._go_on(container, run, worker):
                        break
                    await self._chunk(container, run, worker, batch, done, linked)
                    # Entities and their lists refer to each other in circles.  Left to itself, the collector of garbage goes
                    # through those of a thousand releases at once, and everybody waits for it for half a second.
                    chunks += 1
                    if chunks in KEPT_AFTER:
                        collector.keep(f"import, {chunks}")
                    await collector.clear()
                    run = await self._seen(container, run_id)
                    await show(_stage(run), run.share_done)
                else:
                    # When all are read: a relation may be to a record further down.
                    if run.dry:
                        async with container.scope(write=False) as scope:
                            relations = await foresight.foreseen(context_of(scope, run), run_id)
                    if run.dry or await self._related(container, run, worker):
                        async with container.scope(write=True, origin=_origin(run)) as scope:
                            now = scope.clock.now()
                            if relations is not None:
                                await foresight.keep(context_of(scope, run), run_id, worker, relations)
                            await usecases.finish(scope.port(Sources), scope.port(Runs), run_id, worker, now)
        except RunTakenOver:
            raise
        except AniError as error:
            log.info("import failed", run_id=run_id, source=source.slug, reason=error.message)
            await self._fail(container, run, worker, Fault.of(error))
        except Exception:
            log.exception("import failed", run_id=run_id, source=source.slug)
            text = "Something went wrong on our side; the log of the server says what."
            await self._fail(container, run, worker, Fault(text, "own_fault"))
        run = await self._seen(container, run_id)
        await show(_stage(run), run.share_done)
        return run

    async def _go_on(self, container: Container, run: ImportRun, worker: str) -> bool:
        async with container.scope(write=True, origin=_origin(run)) as scope:
            return await usecases.may_go_on(scope.port(Sources), scope.port(Runs), run.id, worker, scope.clock.now())

    async def _related(self, container: Container, run: ImportRun, worker: str) -> bool:
        """Make the relations that records said, a few in a transaction; false where the run was stopped meanwhile."""
        while True:
            async with container.scope(write=True, origin=_origin(run)) as scope:
                if not await usecases.relate_some(context_of(scope, run), run.id, worker):
                    return True
            if not await self._go_on(container, run, worker):
                return False

    async def _looked_at(
        self, container: Container, run: ImportRun, reader: Reader
    ) -> AsyncIterator[tuple[Batch, Sequence[Outcome] | None]]:
        """What is read, and what it comes to where it says nothing new; batches of which all say nothing new as one."""
        async for batches in _ahead(reader.batches(run.reached)):
            async with container.scope(write=False) as scope:
                looking = replace(context_of(scope, run).apply, dry=True)
                done, fresh = await sorted_out(looking, usecases.without_unreadable(usecases.joined(batches)))
            outcomes, new = {each.key: each for each in done}, {row.record.key for row in fresh}
            told = [(bool(new.intersection(_keys(batch))), batch) for batch in batches]
            for says_new, group in groupby(told, itemgetter(0)):
                together = [batch for _, batch in group]
                if says_new:
                    for batch in together:
                        yield await self._spelled(batch, new), None
                else:
                    batch = usecases.joined(together)
                    yield batch, [outcomes[key] for key in _keys(batch)]

    async def _spelled(self, batch: Batch, new: Collection[str]) -> Batch:
        rows = usecases.without_unreadable(batch)
        spelled = await self._romanise([row for row in rows if row.record.key in new])
        by_key = {row.record.key: row for row in spelled}
        return usecases.put_back(batch, [by_key.get(row.record.key, row) for row in rows])

    async def _chunk(
        self,
        container: Container,
        run: ImportRun,
        worker: str,
        batch: Batch,
        done: Sequence[Outcome] | None,
        linked: dict[str, str],
    ) -> None:
        rows = usecases.without_unreadable(batch)
        for attempt in range(CHUNK_ATTEMPTS):
            try:
                if run.dry and done is None:
                    async with container.scope(write=False) as scope:
                        looking = replace(context_of(scope, run).apply, foreseen=linked)
                        done = await usecases.worked_out(looking, rows)
                if done is not None:
                    async with container.scope(write=True, origin=_origin(run)) as scope:
                        await usecases.store(context_of(scope, run), run.id, worker, batch, done)
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

    async def _fail(self, container: Container, run: ImportRun, worker: str, reason: Fault) -> None:
        async with container.scope(write=True, origin=_origin(run)) as scope:
            await usecases.fail(scope.port(Sources), scope.port(Runs), run.id, worker, reason, scope.clock.now())

    async def _seen(self, container: Container, run_id: str) -> ImportRun:
        async with container.scope(write=False) as scope:
            return await usecases.get(scope.port(Runs), run_id)


async def _ahead(batches: AsyncIterator[Batch]) -> AsyncIterator[Sequence[Batch]]:
    """So many together as are looked at at once; what came before a failure is not lost by it."""
    some: list[Batch] = []
    began = 0.0
    failure: AniError | None = None
    try:
        async for batch in batches:
            began = began if some else time.monotonic()
            some.append(batch)
            if sum(len(each.rows) for each in some) >= LOOK_ROWS or time.monotonic() - began >= LOOK_S:
                yield some
                some = []
    except AniError as error:
        failure = error
    if some:
        yield some
    if failure is not None:
        raise failure


def _keys(batch: Batch) -> list[str]:
    return [row.record.key for row in usecases.without_unreadable(batch)]


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
            relating=RelateContext(
                relations=scope.port(SourceRelations),
                merged=scope.port(Catalogue),
                franchises=FranchiseContext(franchises=scope.port(Franchises), releases=scope.port(Releases), now=now),
            ),
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
