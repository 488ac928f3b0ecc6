"""Jobs survive what happens to their workers, for both brokers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from taskiq import InMemoryBroker
from taskiq.api import run_receiver_task

from kernel.concurrency.tasks import TaskSet
from kernel.errors import Invalid, Unavailable
from kernel.ids import new_id
from kernel.jobs import (
    JobContext,
    JobControl,
    JobEnded,
    JobKind,
    JobNews,
    JobNotFound,
    JobNotStoppable,
    JobRunner,
    Jobs,
    JobUnderWay,
    JobView,
    Priority,
    queries,
)
from kernel.jobs.orders import bindings
from kernel.jobs.queries import KEPT, LOST_AFTER_S
from kernel.jobs.runner import MAX_ATTEMPTS, WAITS_OUT
from kernel.jobs.table import job_table
from kernel.outbox.outbox import EventTable
from server.boot import _broker
from server.services import Services
from tests.conftest import MakeUser

pytestmark = pytest.mark.both_adapters

TIMEOUT_S = 20


class TooShort(Invalid):
    """This clip is too short."""


class KettleAway(Unavailable):
    """The kettle does not answer."""


runs: list[dict[str, Any]] = []
heard: list[JobNews] = []


async def listen(news: JobNews) -> None:
    heard.append(news)


async def succeed(job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    runs.append(payload)
    await job.report("thinking", 0.5)
    return {"doubled": payload["n"] * 2}


async def refuse(_job: JobContext, payload: dict[str, Any]) -> None:
    runs.append(payload)
    raise TooShort


async def break_down(_job: JobContext, payload: dict[str, Any]) -> None:
    runs.append(payload)
    raise RuntimeError("a defect")


async def hang(_job: JobContext, payload: dict[str, Any]) -> None:
    runs.append(payload)
    try:
        await asyncio.sleep(3600)
    finally:
        runs.append({"cleaned": True})


async def brew(_job: JobContext, payload: dict[str, Any]) -> dict[str, Any]:
    runs.append(payload)
    if len(runs) <= payload["n"]:
        raise KettleAway
    return {}


KINDS = {
    "succeed": JobKind(succeed, is_stoppable=True),
    "refuse": JobKind(refuse),
    "break": JobKind(break_down),
    "brew": JobKind(brew, waits_out=(KettleAway,)),
    "hang": JobKind(hang, is_stoppable=True),
    "less urgent": JobKind(succeed, Priority.LOW),
}


@pytest.fixture
async def runner(services: Services) -> AsyncIterator[JobRunner]:
    runs.clear()
    heard.clear()
    broker = _broker(services.settings)
    runner = JobRunner(services.container, broker, KINDS, listener=listen)
    services.container.wire({**services.container.bindings, **bindings(runner)}, EventTable({}))
    tasks = TaskSet("test")
    await broker.startup()
    if not isinstance(broker, InMemoryBroker):
        tasks.spawn(run_receiver_task(broker, run_startup=False), name="receiver")
    yield runner
    await runner.close()
    await tasks.close()
    await broker.shutdown()


async def order(services: Services, kind: str, n: int = 21, **options: Any) -> str:
    async with services.container.scope(write=True) as scope:
        return await scope.port(Jobs).enqueue(kind, {"n": n}, **options)


async def orders(services: Services, *kinds: str) -> list[str]:
    """Several in one transaction; their numbers count from 0."""
    async with services.container.scope(write=True) as scope:
        return [await scope.port(Jobs).enqueue(kind, {"n": n}) for n, kind in enumerate(kinds)]


async def cancel(services: Services, job_id: str) -> JobView:
    async with services.container.scope(write=True) as scope:
        return await scope.port(JobControl).cancel(job_id)


async def retry(services: Services, job_id: str) -> JobView:
    async with services.container.scope(write=True) as scope:
        return await scope.port(JobControl).retry(job_id)


async def put_before(services: Services, job_id: str, priority: Priority) -> None:
    async with services.container.scope(write=True) as scope:
        await scope.port(JobControl).put_before(job_id, priority)


async def running(services: Services, job_id: str) -> None:
    """Wait until the handler of ``job_id`` is at work."""
    await until(services, job_id, "running")
    async with asyncio.timeout(TIMEOUT_S):
        while not runs:
            await asyncio.sleep(0.02)


@pytest.fixture
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.jobs.runner.HEARTBEAT_S", 0.02)


async def look(services: Services, job_id: str) -> JobView:
    async with services.container.scope(write=False) as scope:
        return await scope.port(Jobs).get(job_id)


async def until(services: Services, job_id: str, *states: str) -> JobView:
    async with asyncio.timeout(TIMEOUT_S):
        while (job := await look(services, job_id)).state not in states:
            await asyncio.sleep(0.02)
    return job


async def test_a_job_is_done_and_keeps_its_result(services: Services, runner: JobRunner) -> None:
    job = await until(services, await order(services, "succeed"), "succeeded", "failed")
    assert (job.state, job.progress, job.result, job.error) == ("succeeded", 1.0, {"doubled": 42}, None)


async def test_nothing_is_done_for_somebody_who_is_gone(services: Services, runner: JobRunner) -> None:
    job = await until(services, await order(services, "succeed", owner_id=new_id()), "succeeded", "failed")
    assert job.error == {"code": "owner_may_not", "message": "Whoever ordered this may not have it done any more."}
    assert runs == []


async def test_the_owner_of_a_job_hears_how_it_goes_on(
    services: Services, runner: JobRunner, make_user: MakeUser
) -> None:
    owner_id = (await make_user()).user_id
    nobodys = await order(services, "succeed")
    mine = await order(services, "succeed", owner_id=owner_id)
    await until(services, nobodys, "succeeded")
    await until(services, mine, "succeeded")
    async with asyncio.timeout(TIMEOUT_S):
        while len(heard) < 2:
            await asyncio.sleep(0.02)
    assert heard == [
        JobNews(mine, "succeed", owner_id, "running", "thinking", 0.5),
        JobNews(mine, "succeed", owner_id, "succeeded", "thinking", 1.0),
    ]


async def test_a_refusal_is_final_and_says_why(services: Services, runner: JobRunner) -> None:
    job = await until(services, await order(services, "refuse"), "succeeded", "failed")
    assert job.error == {"code": "too_short", "message": "This clip is too short."}
    assert len(runs) == 1


async def test_a_defect_is_tried_again_and_then_given_up(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "break")
    for attempt in range(1, MAX_ATTEMPTS + 1):
        async with asyncio.timeout(TIMEOUT_S):
            while len(runs) < attempt:
                await asyncio.sleep(0.02)
        job = await until(services, job_id, "queued" if attempt < MAX_ATTEMPTS else "failed")
        assert job.error is not None
        assert "a defect" not in job.error["message"], "the reason is for the log, not for everybody"
        await _change(services, job_id, not_before=services.clock.now() - timedelta(seconds=1))
        await runner.send(job_id)
    assert len(runs) == MAX_ATTEMPTS


async def begun_again(services: Services, runner: JobRunner, job_id: str, **values: Any) -> None:
    """As if the time for it had come."""
    await _change(services, job_id, not_before=services.clock.now() - timedelta(seconds=1), **values)
    await runner.send(job_id)


async def refused(services: Services, job_id: str, times: int) -> JobView:
    async with asyncio.timeout(TIMEOUT_S):
        while len(runs) < times or (job := await look(services, job_id)).error is None:
            await asyncio.sleep(0.02)
    return job


async def test_what_passes_is_waited_out_whatever_it_takes(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "brew", n=MAX_ATTEMPTS + 2)
    delays = []
    for times in range(1, MAX_ATTEMPTS + 3):
        job = await refused(services, job_id, times)
        assert (job.state, job.error) == (
            "queued",
            {"code": "kettle_away", "message": "The kettle does not answer."},
        )
        assert job.tried_again_at is not None
        delays.append(job.tried_again_at - services.clock.now())
        # Each time it waited for some minutes more than it did.
        await begun_again(services, runner, job_id, waiting_since=services.clock.now() - timedelta(minutes=4 * times))
    job = await until(services, job_id, "succeeded", "failed")
    assert (job.state, job.error, job.tried_again_at) == ("succeeded", None, None)
    assert [round(delay / timedelta(minutes=1)) for delay in delays] == [0, 4, 8, 10, 10]
    async with services.container.scope(write=False) as scope:
        assert await scope.uow.session.scalar(select(job_table.c.attempts).where(job_table.c.id == job_id)) == 1


async def test_what_does_not_pass_fails_after_a_day_and_is_done_again_by_hand(
    services: Services, runner: JobRunner
) -> None:
    job_id = await order(services, "brew", n=3)
    await refused(services, job_id, 1)
    await begun_again(services, runner, job_id, waiting_since=services.clock.now() - WAITS_OUT)
    job = await until(services, job_id, "failed")
    assert job.error is not None
    assert (job.error["code"], job.tried_again_at) == ("kettle_away", None)
    await retry(services, job_id)
    assert (await refused(services, job_id, 3)).state == "queued", "with a day anew"


async def test_a_job_whose_worker_fell_silent_is_taken_over(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    silent = services.clock.now() - timedelta(seconds=LOST_AFTER_S + 1)
    await _change(services, job_id, state="running", heartbeat_at=silent)
    runner.start_worker()  # its sweep finds the job
    await until(services, job_id, "succeeded")
    assert len(runs) == 2


async def test_a_living_workers_job_is_left_alone(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    await _change(services, job_id, state="running", heartbeat_at=services.clock.now())
    await runner.run(job_id)
    assert len(runs) == 1


async def test_a_stopped_worker_gives_its_job_back(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "hang")
    await running(services, job_id)
    await runner.close()
    assert (await look(services, job_id)).state == "queued"


@pytest.mark.usefixtures("quick_heartbeat")
async def test_the_most_urgent_is_next(services: Services, runner: JobRunner) -> None:
    first = await order(services, "hang", 100)
    await running(services, first)
    _, _, late = ids = await orders(services, "less urgent", "succeed", "succeed")
    await put_before(services, late, Priority.HIGH)
    async with services.container.scope(write=False) as scope:
        listed, _ = await queries.jobs(scope.uow.session, "queued", offset=0, limit=10)
    assert [ids.index(job.id) for job in listed] == [2, 1, 0]
    await cancel(services, first)
    for job_id in ids:
        await until(services, job_id, "succeeded")
    assert [run["n"] for run in runs if "n" in run] == [100, 2, 1, 0]


async def test_two_workers_never_take_one(services: Services, runner: JobRunner) -> None:
    await running(services, await order(services, "hang"))
    known = await orders(services, *["succeed"] * 4)

    async def take() -> str | None:
        async with services.container.scope(write=True) as scope:
            taken = await queries.claim(scope.uow.session, ["succeed"], scope.clock.now())
            return None if taken is None else taken.id

    taken = await asyncio.gather(*(take() for _ in range(8)))
    assert sorted(job_id for job_id in taken if job_id) == sorted(known)


async def test_a_job_of_a_newer_version_waits_for_its_worker(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    await _change(services, job_id, state="queued", kind="from-tomorrow")
    await runner.run(job_id)
    assert (await look(services, job_id)).state == "queued"


@pytest.mark.usefixtures("quick_heartbeat")
async def test_what_waits_is_stopped_at_once(services: Services, runner: JobRunner) -> None:
    first = await order(services, "hang")
    await running(services, first)
    waiting, last = await orders(services, "succeed", "succeed")
    assert (await cancel(services, waiting)).state == "cancelled"
    await cancel(services, first)
    await until(services, last, "succeeded")
    assert (await look(services, waiting)).state == "cancelled"
    assert [run["n"] for run in runs if "n" in run] == [21, 1]


@pytest.mark.usefixtures("quick_heartbeat")
async def test_what_runs_is_stopped_and_cleans_up(services: Services, runner: JobRunner, make_user: MakeUser) -> None:
    job_id = await order(services, "hang", owner_id=(await make_user()).user_id)
    await running(services, job_id)
    stopping = await cancel(services, job_id)
    assert (stopping.state, stopping.is_stopping) == ("running", True)
    job = await until(services, job_id, "cancelled")
    assert not job.is_stopping
    assert runs[-1] == {"cleaned": True}
    assert heard[-1].state == "cancelled"


@pytest.mark.usefixtures("quick_heartbeat")
async def test_a_worker_taken_for_lost_lets_go(services: Services, runner: JobRunner) -> None:
    job_id, other = await order(services, "hang"), new_id()
    await running(services, job_id)
    await _change(services, job_id, claim_id=other, stage="theirs")
    async with asyncio.timeout(TIMEOUT_S):
        while runner._present:
            await asyncio.sleep(0.02)
    assert runs[-1] == {"cleaned": True}
    job = await look(services, job_id)
    assert (job.state, job.stage) == ("running", "theirs"), "it is the other worker's"


async def test_what_a_lost_worker_says_changes_nothing(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    lost = JobContext(job_id, services.container, claim_id=new_id())
    await lost.report("still at it", 0.1)
    assert (await look(services, job_id)).progress == 1.0


async def test_a_stop_of_the_worker_does_not_queue_what_has_ended(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    async with services.container.scope(write=False) as scope:
        claim_id = await scope.uow.session.scalar(select(job_table.c.claim_id).where(job_table.c.id == job_id))
    assert claim_id is not None
    assert not await JobContext(job_id, services.container, claim_id=claim_id).store(state="queued")
    assert (await look(services, job_id)).state == "succeeded"


async def test_a_job_stopped_while_its_worker_was_lost_is_not_begun_again(
    services: Services, runner: JobRunner
) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    silent = services.clock.now() - timedelta(seconds=LOST_AFTER_S + 1)
    await _change(services, job_id, state="running", heartbeat_at=silent, ended_at=None)
    await cancel(services, job_id)
    await runner.run(job_id)
    assert (await look(services, job_id)).state == "cancelled"
    assert len(runs) == 1


async def test_what_failed_is_done_again(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "refuse")
    await until(services, job_id, "failed")
    assert (await retry(services, job_id)).error is None
    await until(services, job_id, "failed")
    assert len(runs) == 2


async def test_what_was_stopped_is_done_again(services: Services, runner: JobRunner) -> None:
    first = await order(services, "hang")
    await running(services, first)
    job_id = await order(services, "succeed")
    await cancel(services, job_id)
    await _change(services, job_id, kind="succeed")
    assert (await retry(services, job_id)).state == "queued"
    with pytest.raises(JobUnderWay):
        await retry(services, job_id)


async def test_refusals(services: Services, runner: JobRunner) -> None:
    job_id = await order(services, "succeed")
    await until(services, job_id, "succeeded")
    with pytest.raises(JobEnded):
        await cancel(services, job_id)
    with pytest.raises(JobEnded):
        await put_before(services, job_id, Priority.HIGH)
    with pytest.raises(JobUnderWay):
        await retry(services, job_id)
    await _change(services, job_id, kind="break", state="queued")
    with pytest.raises(JobNotStoppable):
        await cancel(services, job_id)
    for act in (cancel, retry):
        with pytest.raises(JobNotFound):
            await act(services, new_id())


async def test_old_jobs_are_forgotten(services: Services, runner: JobRunner) -> None:
    old, young, waits = await orders(services, "succeed", "succeed", "succeed")
    for job_id in (old, young, waits):
        await until(services, job_id, "succeeded")
    now = services.clock.now()
    await _change(services, old, ended_at=now - KEPT - timedelta(minutes=1))
    await _change(services, young, ended_at=now - KEPT + timedelta(minutes=1))
    await _change(services, waits, ended_at=None, state="running", created_at=now - KEPT * 2)
    await queries.forget_ended(services.container)
    with pytest.raises(JobNotFound):
        await look(services, old)
    await look(services, young)
    await look(services, waits)


async def test_the_same_key_orders_once(services: Services, runner: JobRunner) -> None:
    assert await order(services, "succeed", key="k") == await order(services, "succeed", key="k")


async def test_nothing_is_ordered_by_a_transaction_that_fails(services: Services, runner: JobRunner) -> None:
    with pytest.raises(ZeroDivisionError):
        async with services.container.scope(write=True) as scope:
            job_id = await scope.port(Jobs).enqueue("succeed", {"n": 1})
            raise ZeroDivisionError
    with pytest.raises(JobNotFound):
        await look(services, job_id)
    assert runs == []


async def _change(services: Services, job_id: str, **values: Any) -> None:
    async with services.container.scope(write=True) as scope:
        await scope.uow.session.execute(update(job_table).where(job_table.c.id == job_id).values(**values))
