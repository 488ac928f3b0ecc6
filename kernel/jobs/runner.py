"""Does jobs: waits for the broker's bell and a free slot, claims the most urgent job, and looks after it until it ends."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal

import structlog
from sqlalchemy.exc import SQLAlchemyError
from taskiq import AsyncBroker

from kernel.concurrency.tasks import TaskSet
from kernel.errors import AniError
from kernel.jobs import queries
from kernel.jobs.context import JobContext, nobody
from kernel.jobs.kinds import JobKind
from kernel.jobs.model import Listener, State
from kernel.jobs.queries import SWEEP_S, Claimed
from kernel.metrics import JOBS, JOBS_RUNNING
from kernel.scope import Container

log = structlog.get_logger()

MAX_ATTEMPTS: Final = 3
RETRY_DELAY_S: Final = 10
HEARTBEAT_S: Final = 5
"""Also how long a running job takes to hear that somebody stopped it."""
SEND_AGAIN_S: Final = 60
WAITS_OUT: Final = timedelta(days=1)
"""How long a job is begun again while what it needs is away (:attr:`JobKind.waits_out`): a night, and somebody to see it in the morning."""
SOONEST_AGAIN: Final = timedelta(seconds=15)
LATEST_AGAIN: Final = timedelta(minutes=10)
"""Between two beginnings of it; in between as long again as it waited already."""

Interruption = Literal["cancelled", "lost"]


class JobRunner:
    """Sends job ids to the broker and, where a worker runs, does the work."""

    def __init__(
        self,
        container: Container,
        broker: AsyncBroker,
        kinds: Mapping[str, JobKind],
        *,
        concurrency: int = 1,
        listener: Listener = nobody,
    ) -> None:
        """``listener`` hears how jobs with an owner go on."""
        self._container = container
        self._listener = listener
        self.broker = broker
        self.kinds = kinds
        self._slots = asyncio.Semaphore(concurrency)
        self._tasks = TaskSet("jobs")
        self._present: dict[str, asyncio.Task[Any]] = {}
        self._sent_at_ms: dict[str, float] = {}
        self._sends = True
        self._closes = False

        async def deliver(job_id: str) -> None:
            try:
                await self.run(job_id)
            except asyncio.CancelledError:
                if not self._closes:
                    raise
                # The broker would tell of it as of a failure, with a traceback.

        self._deliver = broker.register_task(deliver, task_name="ani.job")

    async def send(self, job_id: str) -> None:
        """Hand a committed job to the broker; a broker that is away is no error, the sweep tries again."""
        if not self._sends:
            return
        try:
            async with asyncio.timeout(5):
                await self._deliver.kiq(job_id)
        except Exception as error:  # noqa: BLE001 - every broker has its own errors, and the row is safe
            log.warning("job not sent yet", job_id=job_id, reason=str(error))

    def leave_to_others(self) -> None:
        """Only order jobs here: what works finds them at its next sweep, within :data:`SWEEP_S`."""
        self._sends = False

    def start_worker(self) -> None:
        """Sweep for lost jobs as long as the runner lives."""
        self._tasks.spawn(self._sweep(), name="sweep")

    async def close(self) -> None:
        """Give running jobs back to the queue, and stop."""
        self._closes = True
        await self._tasks.close()
        present = list(self._present.values())
        for task in present:
            task.cancel()
        if present:
            await asyncio.wait(present, timeout=10)

    async def run(self, job_id: str) -> None:
        """Do one job, unless nothing waits any more; called by the broker, once or more for each ``job_id``.

        It is the most urgent one that waits, not always the one delivered: each delivery does one, so that all get done.
        """
        if job_id in self._present:
            return  # delivered twice, and waiting for a slot here already
        task = asyncio.current_task()
        assert task is not None
        self._present[job_id] = task
        try:
            async with self._slots:
                async with self._container.scope(write=True) as scope:
                    claimed = await queries.claim(scope.uow.session, self.kinds.keys(), scope.clock.now())
                if claimed is not None:
                    await self._work(claimed)
        finally:
            del self._present[job_id]

    async def _work(self, claimed: Claimed) -> None:
        context = JobContext(
            claimed.id,
            self._container,
            kind=claimed.kind,
            owner_id=claimed.owner_id,
            claim_id=claimed.claim_id,
            listener=self._listener,
        )
        if claimed.is_cancelled:  # while its worker was lost
            await self._end(context, state="cancelled")
            return
        work = asyncio.create_task(self._handled(context, claimed), name=f"job:{claimed.id}")
        watch = asyncio.create_task(self._interrupted(context), name=f"heartbeat:{claimed.id}")
        JOBS_RUNNING.inc()
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                await self._record(context, claimed, work)
                return
            work.cancel()
            await asyncio.wait({work})  # it cleans up after itself
            if watch.result() == "cancelled":
                log.info("job stopped", job_id=claimed.id, kind=claimed.kind)
                await self._end(context, state="cancelled")
                JOBS.labels(claimed.kind, "cancelled").inc()
            else:
                log.warning("job left to the worker that took it over", job_id=claimed.id, kind=claimed.kind)
        except asyncio.CancelledError:
            work.cancel()
            await asyncio.wait({work})
            await asyncio.shield(
                self._end(context, state="queued", attempts=claimed.attempts - 1, claim_id=None, ended_at=None)
            )
            log.info("job given back", job_id=claimed.id, kind=claimed.kind)
            raise
        finally:
            JOBS_RUNNING.dec()
            watch.cancel()

    async def _handled(self, context: JobContext, claimed: Claimed) -> dict[str, Any] | None:
        await context.ensure_owner()
        return await self.kinds[claimed.kind].run(context, claimed.payload)

    async def _record(self, context: JobContext, claimed: Claimed, work: "asyncio.Task[dict[str, Any] | None]") -> None:
        kind = claimed.kind
        try:
            result = work.result()
        except AniError as error:
            if isinstance(error, self.kinds[kind].waits_out) and await self._waits(context, claimed, error):
                return
            log.info("job refused", job_id=claimed.id, kind=kind, code=error.code)
            await self._end(context, state="failed", error=_told(error))
            JOBS.labels(kind, "failed").inc()
        except Exception:
            log.exception("job failed", job_id=claimed.id, kind=kind, attempts=claimed.attempts)
            await self._failed(context, kind, claimed.attempts)
        else:
            await self._end(context, state="succeeded", progress=1.0, result=result)
            JOBS.labels(kind, "succeeded").inc()

    async def _interrupted(self, context: JobContext) -> Interruption:
        """Beat, until somebody stops the job or another worker has it."""
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            try:
                is_cancelled = await context.heartbeat()
            except (SQLAlchemyError, AniError) as error:
                log.warning("job heartbeat not stored", job_id=context.id, reason=str(error))
                continue
            if is_cancelled is None:
                return "lost"
            if is_cancelled:
                return "cancelled"

    async def _waits(self, context: JobContext, claimed: Claimed, error: AniError) -> bool:
        """Whether the job waits until ``error`` passed; not after :data:`WAITS_OUT`.  Waiting costs it no attempt."""
        now = self._container.clock.now()
        since = claimed.waiting_since or now
        if now - since >= WAITS_OUT:
            return False
        again = now + min(max(now - since, SOONEST_AGAIN), LATEST_AGAIN)
        log.warning(
            "job waits", job_id=claimed.id, kind=claimed.kind, code=error.code, since=str(since), again=str(again)
        )
        await self._end(
            context,
            state="queued",
            not_before=again,
            waiting_since=since,
            attempts=claimed.attempts - 1,
            error=_told(error),
            ended_at=None,
        )
        return True

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
        if await context.store(state=state, **values):
            await context.announce(state)
        else:
            log.warning("job ended after another worker took it over", job_id=context.id, state=state)

    async def _sweep(self) -> None:
        while True:
            try:
                await self._send_lost()
            except (SQLAlchemyError, AniError) as error:
                log.warning("job sweep could not read the jobs", reason=str(error))
            await asyncio.sleep(SWEEP_S)

    async def _send_lost(self) -> None:
        async with self._container.scope(write=False) as scope:
            found = await queries.waiting(scope.uow.session, scope.clock.now())
        lost = [job_id for job_id in found if job_id not in self._present]
        # Where every worker is busy a job rightly waits long; sending it at every sweep would only fill the broker.
        now_ms = self._container.clock.monotonic_ms()
        self._sent_at_ms = {
            job_id: at_ms for job_id, at_ms in self._sent_at_ms.items() if now_ms - at_ms < SEND_AGAIN_S * 1000
        }
        for job_id in lost:
            if job_id not in self._sent_at_ms:
                self._sent_at_ms[job_id] = now_ms
                await self.send(job_id)


def _told(error: AniError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message}
