"""Jobs as a use case orders, stops and repeats them, within its transaction."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite
from typing_extensions import override

from kernel.ids import new_id
from kernel.jobs.model import (
    JobControl,
    JobEnded,
    JobNotFound,
    JobNotStoppable,
    Jobs,
    JobUnderWay,
    JobView,
    Priority,
)
from kernel.jobs.queries import tried_again_at
from kernel.jobs.runner import JobRunner
from kernel.jobs.table import job_table
from kernel.scope import Bindings, Scope

AT_ONCE: Final = 500
"""Keys in one query."""


def bindings(runner: JobRunner) -> Bindings:
    """The ports of a container whose jobs ``runner`` does."""
    return {Jobs: lambda scope: SqlJobs(scope, runner), JobControl: lambda scope: SqlJobs(scope, runner)}


class SqlJobs(JobControl):
    """Jobs of one scope."""

    def __init__(self, scope: Scope, runner: JobRunner) -> None:
        self._scope = scope
        self._runner = runner

    @override
    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        session = self._scope.uow.session
        of_key = select(job_table.c.id).where(job_table.c.key == key)
        known = None if key is None else await session.scalar(of_key)
        if known is not None:
            return str(known)
        job_id, now = new_id(), self._scope.clock.now()
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        ordered = insert(job_table).values(
            id=job_id,
            kind=kind,
            key=key,
            owner_id=owner_id,
            payload=payload,
            state="queued",
            stage="",
            progress=0.0,
            priority=self._runner.kinds[kind].priority,
            attempts=0,
            created_at=now,
            not_before=now,
        )
        # Two may order the same at once: the second one waits here for the first, and then finds its order.
        once = ordered.on_conflict_do_nothing(index_elements=["key"]).returning(job_table.c.id)
        if await session.scalar(once) is None:
            return str((await session.scalars(of_key)).one())
        self._scope.uow.after_commit(lambda: self._runner.send(job_id))
        return job_id

    @override
    async def get(self, job_id: str) -> JobView:
        row = (await self._scope.uow.session.execute(select(job_table).where(job_table.c.id == job_id))).one_or_none()
        if row is None:
            raise JobNotFound
        return _view(row)

    @override
    async def of_keys(self, keys: Collection[str]) -> Mapping[str, JobView]:
        held, found = sorted(keys), dict[str, JobView]()
        for first in range(0, len(held), AT_ONCE):
            query = select(job_table).where(job_table.c.key.in_(held[first : first + AT_ONCE]))
            found.update({row.key: _view(row) for row in await self._scope.uow.session.execute(query)})
        return found

    @override
    async def cancel(self, job_id: str) -> JobView:
        job = await self.get(job_id)
        if job.state not in {"queued", "running"}:
            raise JobEnded
        if not self.is_stoppable(job.kind):
            raise JobNotStoppable
        now = self._scope.clock.now()
        # By its state in the statement: a worker may have taken or ended it since it was read.
        if not (
            await self._changed(job_id, ("queued",), state="cancelled", cancelled_at=now, ended_at=now)
            or await self._changed(job_id, ("running",), cancelled_at=now)
        ):
            raise JobEnded
        return await self.get(job_id)

    @override
    async def retry(self, job_id: str) -> JobView:
        await self.get(job_id)
        now = self._scope.clock.now()
        again = await self._changed(
            job_id,
            ("failed", "cancelled"),
            state="queued",
            stage="",
            progress=0.0,
            attempts=0,
            claim_id=None,
            cancelled_at=None,
            error=None,
            not_before=now,
            waiting_since=None,
            ended_at=None,
        )
        if not again:
            raise JobUnderWay
        self._scope.uow.after_commit(lambda: self._runner.send(job_id))
        return await self.get(job_id)

    @override
    def is_stoppable(self, kind: str) -> bool:
        known = self._runner.kinds.get(kind)
        return known is not None and known.is_stoppable

    @override
    async def put_before(self, job_id: str, priority: Priority) -> None:
        await self.get(job_id)
        if not await self._changed(job_id, ("queued",), priority=priority):
            raise JobEnded

    async def _changed(self, job_id: str, states: tuple[str, ...], **values: Any) -> bool:
        c = job_table.c
        changed = await self._scope.uow.session.execute(
            update(job_table).where(c.id == job_id, c.state.in_(states)).values(**values).returning(c.id)
        )
        return changed.one_or_none() is not None


def _view(row: Row[Any]) -> JobView:
    is_stopping = row.state == "running" and row.cancelled_at is not None
    return JobView(
        row.id,
        row.kind,
        row.state,
        row.stage,
        row.progress,
        row.owner_id,
        row.error,
        row.result,
        is_stopping,
        tried_again_at(row.state, row.error, row.not_before),
    )
