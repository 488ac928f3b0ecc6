"""Jobs survive what happens to their workers, for both brokers."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from taskiq import InMemoryBroker
from taskiq.api import run_receiver_task

from kernel.errors import Invalid
from kernel.ids import new_id
from kernel.jobs import (
    LOST_AFTER_S,
    MAX_ATTEMPTS,
    JobContext,
    JobNews,
    JobNotFound,
    JobRunner,
    Jobs,
    JobView,
    SqlJobs,
    job_table,
)
from kernel.outbox.outbox import EventTable
from kernel.tasks import TaskSet
from server.boot import _broker
from server.services import Services
from tests.conftest import MakeUser

pytestmark = pytest.mark.both_adapters

TIMEOUT_S = 20


class TooShort(Invalid):
    """This clip is too short."""


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
    await asyncio.sleep(3600)


HANDLERS = {"succeed": succeed, "refuse": refuse, "break": break_down, "hang": hang}


@pytest.fixture
async def runner(services: Services) -> AsyncIterator[JobRunner]:
    runs.clear()
    heard.clear()
    broker = _broker(services.settings)
    runner = JobRunner(services.container, broker, HANDLERS, listener=listen)
    services.container.wire({**services.container.bindings, Jobs: lambda scope: SqlJobs(scope, runner)}, EventTable({}))
    tasks = TaskSet("test")
    await broker.startup()
    if not isinstance(broker, InMemoryBroker):
        tasks.spawn(run_receiver_task(broker, run_startup=False), name="receiver")
    yield runner
    await runner.close()
    await tasks.close()
    await broker.shutdown()


async def order(services: Services, kind: str, **options: Any) -> str:
    async with services.container.scope(write=True) as scope:
        return await scope.port(Jobs).enqueue(kind, {"n": 21}, **options)


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
    await until(services, job_id, "running")
    async with asyncio.timeout(TIMEOUT_S):
        while not runs:
            await asyncio.sleep(0.02)
    await runner.close()
    assert (await look(services, job_id)).state == "queued"


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
