"""Long work outside the request: a durable row for what is to be done, taskiq to carry its id to a worker.

The row is the truth: a worker claims it with a heartbeat, and a row whose worker fell silent is claimed again.  The broker
(in-process, or Valkey streams) may therefore deliver an id twice or never; the sweep sends what it lost.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal, Protocol

import structlog
from sqlalchemy import Column, Float, Index, Integer, String, Table, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from taskiq import AsyncBroker

from kernel.access import Role, Standing
from kernel.db import Id, Json, UtcDateTime, metadata
from kernel.errors import AniError, Forbidden, NotFound
from kernel.ids import new_id
from kernel.metrics import JOBS, JOBS_RUNNING
from kernel.scope import Container, Scope
from kernel.tasks import TaskSet

log = structlog.get_logger()

State = Literal["queued", "running", "succeeded", "failed"]

job_table = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(60), nullable=False),
    Column("key", String(200), unique=True),
    Column("owner_id", Id),
    Column("payload", Json, nullable=False),
    Column("state", String(12), nullable=False),
    Column("stage", String(80), nullable=False, default=""),
    Column("progress", Float, nullable=False, default=0.0),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Json),
    Column("result", Json),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("ix_job_state", "state", "not_before"),
)

MAX_ATTEMPTS: Final = 3
RETRY_DELAY_S: Final = 10
HEARTBEAT_S: Final = 5
LOST_AFTER_S: Final = 20
"""A running job without a heartbeat for this long has lost its worker (four beats missed)."""
SWEEP_S: Final = 5
SWEEP_LIMIT: Final = 100
SEND_AGAIN_S: Final = 60
REPORT_INTERVAL_S: Final = 0.5


class JobNotFound(NotFound):
    """There is no such job."""


class OwnerMayNot(Forbidden):
    """Whoever ordered this may not have it done any more."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as its owner sees it; ``progress`` runs from 0 to 1."""

    id: str
    kind: str
    state: State
    stage: str
    progress: float
    owner_id: str | None
    error: dict[str, Any] | None
    result: dict[str, Any] | None


class Jobs(Protocol):
    """Orders work, and looks at it."""

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """Order a job in this scope's transaction; returns its id.  The same ``key`` orders only once."""
        ...

    async def get(self, job_id: str) -> JobView:
        """Raises :class:`JobNotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class JobNews:
    """How far somebody's job is."""

    job_id: str
    kind: str
    owner_id: str
    state: State
    stage: str
    progress: float


Listener = Callable[[JobNews], Awaitable[None]]
"""Called in the worker's process for jobs that have an owner; best effort, for what is told here can be asked."""


async def _nobody(_news: JobNews) -> None:
    pass


class SqlJobs:
    """Jobs of one scope."""

    def __init__(self, scope: Scope, runner: "JobRunner") -> None:
        self._scope = scope
        self._runner = runner

    async def enqueue(
        self, kind: str, payload: dict[str, Any], *, key: str | None = None, owner_id: str | None = None
    ) -> str:
        """See ``Jobs``."""
        session = self._scope.uow.session
        if key is not None:
            known = (await session.execute(select(job_table.c.id).where(job_table.c.key == key))).scalar_one_or_none()
            if known is not None:
                return str(known)
        job_id, now = new_id(), self._scope.clock.now()
        await session.execute(
            insert(job_table).values(
                id=job_id,
                kind=kind,
                key=key,
                owner_id=owner_id,
                payload=payload,
                state="queued",
                stage="",
                progress=0.0,
                attempts=0,
                created_at=now,
                not_before=now,
            )
        )
        self._scope.uow.after_commit(lambda: self._runner.send(job_id))
        return job_id

    async def get(self, job_id: str) -> JobView:
        """See ``Jobs``."""
        row = (await self._scope.uow.session.execute(select(job_table).where(job_table.c.id == job_id))).one_or_none()
        if row is None:
            raise JobNotFound
        return JobView(row.id, row.kind, row.state, row.stage, row.progress, row.owner_id, row.error, row.result)


class JobContext:
    """What a job's handler is given."""

    def __init__(
        self,
        job_id: str,
        container: Container,
        *,
        kind: str = "",
        owner_id: str | None = None,
        listener: Listener = _nobody,
    ) -> None:
        self.id = job_id
        self.container = container
        self._kind = kind
        self._owner_id = owner_id
        self._listener = listener
        self._stage = ""
        self._progress = 0.0
        self._reported_at_ms = float("-inf")

    async def report(self, stage: str, progress: float) -> None:
        """Say how far the work is (``progress`` from 0 to 1); cheap to call often."""
        now_ms = self.container.clock.monotonic_ms()
        if now_ms - self._reported_at_ms < REPORT_INTERVAL_S * 1000:
            return
        self._reported_at_ms = now_ms
        self._stage, self._progress = stage, min(max(progress, 0.0), 1.0)
        await self._update(stage=self._stage, progress=self._progress)
        await self.announce("running")

    async def announce(self, state: State) -> None:
        """Tell the owner, if there is one."""
        if self._owner_id is not None:
            progress = 1.0 if state == "succeeded" else self._progress
            await self._listener(JobNews(self.id, self._kind, self._owner_id, state, self._stage, progress))

    async def ensure_owner(self, role: Role = Role.USER) -> None:
        """Make sure that whoever ordered this may still have it done; work that nobody ordered is the program's own.

        A job begins after the request that ordered it, and may go on for hours: ask before its work shows.
        Raises :class:`OwnerMayNot` for an account that is banned, gone, or below ``role`` by now.
        """
        if self._owner_id is None:
            return
        async with self.container.scope(write=False) as scope:
            owner = await scope.port(Standing).of_user(self._owner_id)
        if owner is None or not owner.may(role):
            raise OwnerMayNot

    async def heartbeat(self) -> None:
        """Show that this worker lives, until cancelled."""
        while True:
            try:
                await self._update(heartbeat_at=self.container.clock.now())
            except (SQLAlchemyError, AniError) as error:
                log.warning("job heartbeat not stored", job_id=self.id, reason=str(error))
            await asyncio.sleep(HEARTBEAT_S)

    async def _update(self, **values: Any) -> None:
        async with self.container.scope(write=True) as scope:
            await scope.uow.session.execute(update(job_table).where(job_table.c.id == self.id).values(**values))


JobHandler = Callable[[JobContext, dict[str, Any]], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """Small regular work: removing what expired, sending what is due.

    ``name`` is what the processes of an installation agree by, so that one of them does it in each interval; it stays when
    the code behind it moves.
    """

    name: str
    interval_s: float
    run: Callable[[Container], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Claimed:
    kind: str
    payload: dict[str, Any]
    attempts: int
    owner_id: str | None


class JobRunner:
    """Sends job ids to the broker and, where a worker runs, does the work."""

    def __init__(
        self,
        container: Container,
        broker: AsyncBroker,
        handlers: Mapping[str, JobHandler],
        *,
        concurrency: int = 1,
        listener: Listener = _nobody,
    ) -> None:
        """``listener`` hears how jobs with an owner go on."""
        self._container = container
        self._listener = listener
        self.broker = broker
        self._handlers = handlers
        self._slots = asyncio.Semaphore(concurrency)
        self._tasks = TaskSet("jobs")
        self._present: dict[str, asyncio.Task[Any]] = {}
        self._sent_at_ms: dict[str, float] = {}

        async def deliver(job_id: str) -> None:
            await self.run(job_id)

        self._deliver = broker.register_task(deliver, task_name="ani.job")

    async def send(self, job_id: str) -> None:
        """Hand a committed job to the broker; a broker that is away is no error, the sweep tries again."""
        try:
            async with asyncio.timeout(5):
                await self._deliver.kiq(job_id)
        except Exception as error:  # noqa: BLE001 - every broker has its own errors, and the row is safe
            log.warning("job not sent yet", job_id=job_id, reason=str(error))

    def start_worker(self) -> None:
        """Sweep for lost jobs as long as the runner lives."""
        self._tasks.spawn(self._sweep(), name="sweep")

    async def close(self) -> None:
        """Give running jobs back to the queue, and stop."""
        await self._tasks.close()
        present = list(self._present.values())
        for task in present:
            task.cancel()
        if present:
            await asyncio.wait(present, timeout=10)

    async def run(self, job_id: str) -> None:
        """Do one job, unless somebody else does; called by the broker, by the job's id."""
        if job_id in self._present:
            return  # delivered twice, and waiting for a slot here already
        task = asyncio.current_task()
        assert task is not None
        self._present[job_id] = task
        try:
            async with self._slots:
                claimed = await self._claim(job_id)
                if claimed is not None:
                    await self._work(job_id, claimed)
        finally:
            del self._present[job_id]

    async def _claim(self, job_id: str) -> "_Claimed | None":
        now = self._container.clock.now()
        async with self._container.scope(write=True) as scope:
            row = (
                await scope.uow.session.execute(
                    update(job_table)
                    .where(
                        job_table.c.id == job_id,
                        job_table.c.not_before <= now,
                        or_(
                            job_table.c.state == "queued",
                            (job_table.c.state == "running")
                            & (job_table.c.heartbeat_at < now - timedelta(seconds=LOST_AFTER_S)),
                        ),
                    )
                    .values(state="running", heartbeat_at=now, attempts=job_table.c.attempts + 1, error=None)
                    .returning(job_table.c.kind, job_table.c.payload, job_table.c.attempts, job_table.c.owner_id)
                )
            ).one_or_none()
        return None if row is None else _Claimed(row.kind, row.payload, row.attempts, row.owner_id)

    async def _work(self, job_id: str, claimed: "_Claimed") -> None:
        kind, attempts = claimed.kind, claimed.attempts
        context = JobContext(job_id, self._container, kind=kind, owner_id=claimed.owner_id, listener=self._listener)
        heartbeat = self._tasks.spawn(context.heartbeat(), name=f"heartbeat:{job_id}")
        JOBS_RUNNING.inc()
        try:
            await context.ensure_owner()
            result = await self._handlers[kind](context, claimed.payload)
        except asyncio.CancelledError:
            await asyncio.shield(self._end(context, state="queued", attempts=attempts - 1, ended_at=None))
            raise
        except AniError as error:
            log.info("job refused", job_id=job_id, kind=kind, code=error.code)
            await self._end(context, state="failed", error={"code": error.code, "message": error.message})
            JOBS.labels(kind, "failed").inc()
        except Exception:
            log.exception("job failed", job_id=job_id, kind=kind, attempts=attempts)
            await self._failed(context, kind, attempts)
        else:
            await self._end(context, state="succeeded", progress=1.0, result=result)
            JOBS.labels(kind, "succeeded").inc()
        finally:
            JOBS_RUNNING.dec()
            heartbeat.cancel()

    async def _failed(self, context: JobContext, kind: str, attempts: int) -> None:
        error = {"code": "internal", "message": "Something went wrong on our side; the log of the server says what."}
        if attempts < MAX_ATTEMPTS:
            again = self._container.clock.now() + timedelta(seconds=RETRY_DELAY_S * attempts)
            await self._end(context, state="queued", not_before=again, error=error, ended_at=None)
        else:
            await self._end(context, state="failed", error=error)
            JOBS.labels(kind, "failed").inc()

    async def _end(self, context: JobContext, *, state: State, **values: Any) -> None:
        values.setdefault("ended_at", self._container.clock.now())
        async with self._container.scope(write=True) as scope:
            await scope.uow.session.execute(
                update(job_table).where(job_table.c.id == context.id).values(state=state, **values)
            )
        await context.announce(state)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._send_lost()
            except (SQLAlchemyError, AniError) as error:
                log.warning("job sweep could not read the jobs", reason=str(error))
            await asyncio.sleep(SWEEP_S)

    async def _send_lost(self) -> None:
        now = self._container.clock.now()
        async with self._container.scope(write=False) as scope:
            found = await scope.uow.session.execute(
                select(job_table.c.id)
                .where(
                    or_(
                        # A fresh order is on its way through the broker; only one that waits longer needs the sweep.
                        (job_table.c.state == "queued") & (job_table.c.not_before < now - timedelta(seconds=SWEEP_S)),
                        (job_table.c.state == "running")
                        & (job_table.c.heartbeat_at < now - timedelta(seconds=LOST_AFTER_S)),
                    )
                )
                .order_by(job_table.c.id)
                .limit(SWEEP_LIMIT)
            )
            lost = set(found.scalars()) - self._present.keys()
        # Where every worker is busy a job rightly waits long; sending it at every sweep would only fill the broker.
        now_ms = self._container.clock.monotonic_ms()
        self._sent_at_ms = {
            job_id: at_ms for job_id, at_ms in self._sent_at_ms.items() if now_ms - at_ms < SEND_AGAIN_S * 1000
        }
        for job_id in sorted(lost - self._sent_at_ms.keys()):
            self._sent_at_ms[job_id] = now_ms
            await self.send(job_id)
